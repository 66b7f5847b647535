# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the observations of one target and area to the results that it owes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.module_utils.redact import redact_data
from ansible_collections.ebill.ops.plugins.module_utils.result import Result
from ansible_collections.ebill.ops.plugins.plugin_utils.plan import unanswered, waive

PLAN_FILE = "plan.json"


@lru_cache(maxsize=1)
def load_plan(folder: Path) -> dict[str, Any]:
    """Return the plan of a run from its folder; read once, before workers are forked."""
    plan: dict[str, Any] = json.loads((folder / PLAN_FILE).read_text(encoding="utf-8"))
    return plan


def owed_checks(plan: Mapping[str, Any], target: str, area: str) -> list[dict[str, Any]]:
    """Return the compiled checks that the target owes in the area."""
    return [
        {**plan["checks"][check], "reasons": plan["reasons"]}
        for check in plan["owed"].get(target, {}).get(area, ())
    ]


def judge_all(
    plan: Mapping[str, Any],
    checks: Sequence[Mapping[str, Any]],
    target: str,
    observations: Mapping[str, Any],
) -> list[Result]:
    """Judge all checks; one whose observation did not come, or whose judging fails, is an error."""
    results: list[Result] = []
    overrides = plan["overrides"].get(target, {})
    for check in checks:
        observation = observations.get(check["observation"])
        if not isinstance(observation, Mapping):
            results.append(_error(plan, check, target, "bad_answer", check["observation"]))
            continue
        try:
            results += judge(check, observation, target, overrides.get(check["id"]))
        except Exception as error:  # a check's own fault costs that check, never the others
            detail = f"{type(error).__name__}: {error}"
            results.append(_error(plan, check, target, "crashed", detail))
    return results


def all_errors(
    plan: Mapping[str, Any],
    checks: Sequence[Mapping[str, Any]],
    target: str,
    reason: str,
    detail: str,
) -> list[Result]:
    """Return an error for every check: the target could not be looked at."""
    return [_error(plan, check, target, reason, detail) for check in checks]


def _error(
    plan: Mapping[str, Any], check: Mapping[str, Any], target: str, reason: str, detail: str
) -> Result:
    return unanswered(check, plan["reasons"], target, "error", reason, detail)


def finish(
    plan: Mapping[str, Any],
    results: Sequence[Result],
    observations: Mapping[str, Any],
    started: datetime,
    duration_seconds: float,
) -> tuple[list[Result], str]:
    """Stamp results with time, evidence and waivers, and scrub them once more.

    Returns them with the evidence: the canonical JSON of the masked observations.
    """
    evidence = json.dumps(
        redact_data(observations), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    digest = hashlib.sha256(evidence.encode("utf-8", "replace")).hexdigest()
    stamp = started.strftime("%Y-%m-%dT%H:%M:%SZ")
    scrubbed: list[Result] = redact_data(list(results))
    for result, raw in zip(scrubbed, results, strict=True):
        # Names of ours, by which a result is found: no place for a patient or a secret.
        result["target"], result["check"], result["area"] = raw["target"], raw["check"], raw["area"]
        result["started"] = stamp
        result["duration_seconds"] = round(duration_seconds, 3)
        result["evidence"] = digest if observations else None
        result["catalogue_version"] = plan["catalogue_version"]
        waive(result, plan["waivers"], started.date())
    return scrubbed, evidence
