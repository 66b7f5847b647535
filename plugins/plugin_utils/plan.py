# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run owes: every selected check on every selected target, fixed before the first touch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.judge import explain
from ansible_collections.ebill.ops.plugins.module_utils.result import Result, Status, new_result
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    CatalogueError,
    compile_check,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue_model import Catalogue

Owed = dict[str, dict[str, list[str]]]
"""Target -> area -> ids of the checks that are owed there."""


def looked_at(counts: Mapping[str, int]) -> int:
    """Return how many results say that somebody looked; 0 makes a run no inspection.

    That nothing of the kind is here may stand in the inventory alone, so beside errors it is no
    look; a run that owed nothing else looked.
    """
    judged = counts["pass"] + counts["warn"] + counts["fail"]
    return judged if counts["error"] else judged + counts["skipped"]


def _with_nearest(unknown: Sequence[str], known: Sequence[str]) -> str:
    """Say each unknown name with the known one that it is most like, if any."""
    near = {name: get_close_matches(name, known, 1) for name in unknown}
    return ", ".join(
        f"{name} (did you mean {found[0]}?)" if found else name for name, found in near.items()
    )


def select_checks(
    catalogue: Catalogue,
    wanted: Sequence[str],
    run_tags: Sequence[str] = (),
    skip_tags: Sequence[str] = (),
) -> list[str]:
    """Return the ids of the selected checks in the catalogue's order.

    ``wanted`` are check ids or areas (all when empty); ``run_tags`` and ``skip_tags`` are
    Ansible's tags, of which those that name areas count. An area that is ``on_demand`` counts only
    where it, or a check of it, is named. An unknown id raises CatalogueError with the known ones.
    """
    unknown = [name for name in wanted if name not in catalogue.checks | catalogue.areas]
    if unknown:
        known = "\n  ".join(catalogue.checks)
        raise CatalogueError(
            f"checks: unknown: {_with_nearest(unknown, [*catalogue.checks, *catalogue.areas])};"
            f" known are the areas {', '.join(catalogue.areas)} and (docs/checks.md)\n  {known}"
        )
    ours = {*catalogue.areas, "report", "all", "always", "never", "tagged", "untagged"}
    strange = [tag for tag in run_tags if tag not in ours]
    if strange:
        areas_known = ", ".join(catalogue.areas)
        raise CatalogueError(f"tags: unknown: {', '.join(strange)}; known are {areas_known}")
    tagged = [area for area in catalogue.areas if area in run_tags]
    areas = [area for area in tagged or catalogue.areas if area not in skip_tags]
    return [
        check
        for check, area in catalogue.area_of.items()
        if area in areas
        and (check in wanted or area in wanted or not wanted)
        and (not catalogue.areas[area].on_demand or {check, area} & {*wanted, *run_tags})
    ]


def owed_results(
    catalogue: Catalogue,
    groups: Mapping[str, Sequence[str]],
    targets: Iterable[str],
    checks: Iterable[str],
) -> Owed:
    """Return what is owed: checks x targets in the group of the check's area."""
    selected = list(targets)
    owed: Owed = {}
    for check in checks:
        area = catalogue.area_of[check]
        members = set(groups.get(catalogue.areas[area].group, ()))
        for target in selected:
            if target in members:
                owed.setdefault(target, {}).setdefault(area, []).append(check)
    return owed


def pairs(owed: Owed) -> list[tuple[str, str]]:
    """Return (target, check) for everything owed."""
    return [
        (target, check)
        for target, areas in owed.items()
        for checks in areas.values()
        for check in checks
    ]


def compile_plan(
    catalogue: Catalogue, owed: Owed, settings: Mapping[str, Any], overrides: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the plan as the plain JSON that a worker reads: no catalogue, no pydantic there.

    ``overrides`` maps a target to its ``ebill_limits``.
    """
    checks = sorted({check for _target, check in pairs(owed)})
    compiled = {check: compile_check(catalogue, check, settings) for check in checks}
    for check in compiled.values():
        del check["reasons"]
    return {
        "catalogue_version": catalogue.version,
        "reasons": catalogue.reasons,
        "checks": compiled,
        "owed": owed,
        "overrides": overrides,
    }


def check_overrides(catalogue: Catalogue, target: str, limits: Any) -> dict[str, Any]:
    """Validate an inventory's ``ebill_limits``; CatalogueError names target, check and key."""
    name = f"{target}: ebill_limits"
    if not isinstance(limits, Mapping):
        raise CatalogueError(f"{name}: must map check ids to {{warn, fail, parts}}")
    for check_id, override in limits.items():
        check = catalogue.checks.get(check_id)
        if check is None:
            raise CatalogueError(f"{name}: {check_id}: unknown check; see docs/checks.md")
        if check.limits is None:
            raise CatalogueError(f"{name}: {check_id}: this check has no limits to override")
        levels = [key for key in ("warn", "fail") if getattr(check.limits, key) is not None]
        _check_levels(f"{name}.{check_id}", override, (*levels, "parts"))
        for part, own in override.get("parts", {}).items():
            _check_levels(f"{name}.{check_id}.parts.{part}", own, levels)
    return dict(limits)


def _check_levels(name: str, levels: Any, allowed: Sequence[str]) -> None:
    if not isinstance(levels, Mapping):
        raise CatalogueError(f"{name}: must be a mapping with {', '.join(allowed)}")
    for key, value in levels.items():
        if key not in allowed:
            raise CatalogueError(f"{name}.{key}: unknown key; allowed: {', '.join(allowed)}")
        if key == "parts":
            if not isinstance(value, Mapping):
                raise CatalogueError(f"{name}.parts: must map parts to {{warn, fail}}")
        elif (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not math.isfinite(value)
        ):
            raise CatalogueError(f"{name}.{key}: {value!r} is not a number")


_WAIVER_KEYS = ("check", "target", "part", "reason", "owner", "expires")


def check_waivers(
    catalogue: Catalogue, waivers: Any, targets: Iterable[str]
) -> list[dict[str, Any]]:
    """Validate ``ebill_waivers``; one without reason, owner, expiry or known target is refused."""
    known = set(targets)
    if not isinstance(waivers, Sequence) or isinstance(waivers, str):
        raise CatalogueError("ebill_waivers: must be a list")
    checked = []
    for number, waiver in enumerate(waivers):
        name = f"ebill_waivers[{number}]"
        if not isinstance(waiver, Mapping):
            raise CatalogueError(f"{name}: must be a mapping with {', '.join(_WAIVER_KEYS)}")
        for key in waiver:
            if key not in _WAIVER_KEYS:
                allowed = ", ".join(_WAIVER_KEYS)
                raise CatalogueError(f"{name}.{key}: unknown key; allowed: {allowed}")
        for key in _WAIVER_KEYS:
            if key != "part" and not waiver.get(key):
                raise CatalogueError(f"{name}.{key}: is missing")
        if waiver["check"] not in catalogue.checks:
            raise CatalogueError(f"{name}.check: unknown check {waiver['check']!r}")
        if waiver["target"] not in known:
            raise CatalogueError(
                f"{name}.target: {waiver['target']!r} is no host of the inventory's group ebill"
            )
        try:
            expires = date.fromisoformat(str(waiver["expires"]))
        except ValueError:
            problem = f"{name}.expires: {waiver['expires']!r} is not a date such as 2027-03-31"
            raise CatalogueError(problem) from None
        checked.append({**waiver, "expires": expires.isoformat()})
    return checked


def waive(result: Result, waivers: Iterable[Mapping[str, Any]], today: date) -> None:
    """Mark a result with the waiver that speaks of it; a waiver never hides or changes one.

    ``waiver`` becomes ``{reason, owner, expires, expired}``; a result that is right gets none.
    """
    if result["status"] in ("pass", "skipped"):
        return
    for waiver in waivers:
        same = waiver["check"] == result["check"] and waiver["target"] == result["target"]
        if same and waiver.get("part") in (None, result["part"]):
            result["waiver"] = {
                "reason": str(waiver["reason"]),
                "owner": str(waiver["owner"]),
                "expires": waiver["expires"],
                "expired": date.fromisoformat(waiver["expires"]) < today,
            }
            return


def unanswered(
    check: Mapping[str, Any],
    reasons: Mapping[str, dict[str, str]],
    target: str,
    status: Status,
    reason: str,
    detail: str,
) -> Result:
    """Return the result of a check that no collector answered (``check`` is compiled)."""
    result = new_result(check, target, None, status)
    result["reason"] = reason
    result["message"] = explain(reasons, reason, detail)
    return result
