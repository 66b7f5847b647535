# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters and patches: as facts, and what changed since the last run (ENV-03).

V$PARAMETER shows what holds for the session that asks, so what a client sets for its session
(NLS_*) is left out, and what the database changes by itself with the maintenance windows
(RESOURCE_MANAGER_PLAN). The instances of a cluster have values of their own (INSTANCE_NUMBER,
UNDO_TABLESPACE, LOCAL_LISTENER), and its listener hands out one or another: what is remembered is
an instance's. Patches: DBA_REGISTRY_SQLPATCH from 12.1 on, before it
DBA_REGISTRY_HISTORY, which has no status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    GIB,
    Answers,
    Observation,
    Row,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.containers import (
    instance_of,
    remembered,
    remembering,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
    words,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

NUMBERS = ("processes", "sessions", "open_cursors", "undo_retention", "cpu_count", "db_files")
SIZES = (
    "sga_target",
    "sga_max_size",
    "pga_aggregate_target",
    "pga_aggregate_limit",
    "memory_target",
    "db_recovery_file_dest_size",
)
TEXTS = (
    "audit_trail",
    "compatible",
    "control_file_record_keep_time",
    "cursor_sharing",
    "optimizer_mode",
    "sec_case_sensitive_logon",
    "statistics_level",
)
CHOSEN = (*NUMBERS, *SIZES, *TEXTS, "spfile")
MOVING = frozenset({"resource_manager_plan"})
_LONGEST = 120

_LIST = ", ".join(f"'{name}'" for name in CHOSEN)

PARTS = (
    Part(
        "parameters",
        "V$PARAMETER",
        (text("name"), words("value"), text("isdefault")),
        f"WHERE (isdefault = 'FALSE' OR name IN ({_LIST})) AND name NOT LIKE 'nls%'",
        max_rows=1000,
    ),
    Part(
        "patches",
        "DBA_REGISTRY_SQLPATCH",
        (
            number("patch_id"),
            text("action"),
            text("status"),
            words("description"),
            number("age_days", "ROUND(SYSDATE - CAST(action_time AS DATE), 4)"),
        ),
        max_rows=1000,
        since=(12, 1),
    ),
    Part(
        "patches",
        "DBA_REGISTRY_HISTORY",
        (
            number("patch_id", "id"),
            text("action"),
            text("status", "'SUCCESS'"),
            words("description", "comments"),
            number("age_days", "ROUND(SYSDATE - CAST(action_time AS DATE), 4)"),
        ),
        max_rows=1000,
        until=(12, 1),
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "parameters": ("parameters",),
    "parameter_changes": ("parameters",),
    "patches": ("patches",),
    "patch_faults": ("patches",),
    "patch_changes": ("patches",),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES.

    ``parameters`` and ``patches`` are one row of facts; the others have a row for each change or
    fault. What changed is absent (no_baseline) in the first run.
    """
    return {
        "parameters": _facts(answers),
        "parameter_changes": _changes(answers, wanted),
        "patches": _patches(answers),
        "patch_faults": _faults(answers),
        "patch_changes": _new_patches(answers, wanted),
    }


def remember(answers: Answers, wanted: Wanted) -> dict[str, Any]:
    """Return values by instance and parameter, and the last action by patch.

    What failed stays as it was; the instance that was met last is the last one.
    """
    kept = dict(wanted.earlier)
    if not first_problem(answers, "parameters"):
        kept["parameters"] = remembering(answers, kept.get("parameters"), _values(answers))
    if not first_problem(answers, "patches"):
        kept["patches"] = {name: _label(row) for name, row in _last_by_patch(answers).items()}
    return kept


def _values(answers: Answers) -> dict[str, str]:
    """The values to compare, by name; long ones are cut alike each time."""
    return {
        str(row.get("name")): str(row.get("value") or "")[:_LONGEST]
        for row in rows_of(answers, "parameters")
        if row.get("name") not in MOVING
    }


def _facts(answers: Answers) -> Observation:
    problem = first_problem(answers, "parameters")
    if problem:
        return error(problem)
    found = {row.get("name"): row for row in rows_of(answers, "parameters")}
    values = {name: str(row.get("value") or "") for name, row in found.items()}
    row: Row = {name: values.get(name) or None for name in TEXTS}
    row.update({name: _whole(values.get(name)) for name in NUMBERS})
    row.update({f"{name}_gib": _gib(values.get(name)) for name in SIZES})
    row["started_from"] = "spfile" if values.get("spfile") else "pfile"
    row["changed_parameters"] = sum(row.get("isdefault") == "FALSE" for row in found.values())
    return rows([row])


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isdigit() else None


def _gib(value: str | None) -> float | None:
    size = _whole(value)
    return None if size is None else round(size / GIB, 2)


def _changes(answers: Answers, wanted: Wanted) -> Observation:
    """A parameter that is in one list only was set, or went back to its default."""
    problem = first_problem(answers, "parameters")
    if problem:
        return error(problem)
    before = remembered(answers, wanted.earlier.get("parameters"))
    if before is None:
        return absent("no_baseline", f"V$PARAMETER ({instance_of(answers)})")
    now = _values(answers)
    found: list[Row] = []
    for name in sorted({*before, *now}):
        if before.get(name) == now.get(name):
            continue
        change = "changed" if name in before and name in now else "set" if name in now else "unset"
        found.append(
            {
                "parameter": name,
                "change": change,
                "old_value": before.get(name),
                "new_value": now.get(name),
            }
        )
    return rows(found)


def _last_by_patch(answers: Answers) -> dict[str, Mapping[str, Any]]:
    """The newest action of each patch: one may be applied, rolled back and tried again.

    Actions without a time, which upgrades leave in DBA_REGISTRY_HISTORY, come before all others.
    """
    newest: dict[str, Mapping[str, Any]] = {}
    for row in sorted(rows_of(answers, "patches"), key=_order):
        name = str(row.get("patch_id") or row.get("description") or row.get("action"))
        newest[name] = row
    return newest


def _order(row: Mapping[str, Any]) -> float:
    age = row.get("age_days")
    return float("-inf") if age is None else -float(age)


def _label(row: Mapping[str, Any]) -> str:
    return f"{row.get('action')} {row.get('status')}"


def _patch(row: Mapping[str, Any]) -> Row:
    words_of_it = str(row.get("description") or "").strip()
    return {
        "patch": str(row.get("patch_id") or words_of_it or row.get("action")),
        "action": row.get("action"),
        "state": row.get("status"),
        "description": words_of_it[:_LONGEST] or None,
        "age_days": row.get("age_days"),
    }


def _patches(answers: Answers) -> Observation:
    problem = first_problem(answers, "patches")
    if problem:
        return error(problem)
    last = list(_last_by_patch(answers).values())
    return rows([_patch(last[-1]) | {"patches": len(last)}] if last else [])


def _faults(answers: Answers) -> Observation:
    """Patches whose last action did not end well."""
    problem = first_problem(answers, "patches")
    if problem:
        return error(problem)
    last = _last_by_patch(answers).values()
    return rows(
        [
            _patch(row)
            | {"outcome": "errors" if "ERROR" in str(row.get("status")) else "unfinished"}
            for row in last
            if row.get("status") != "SUCCESS"
        ]
    )


def _new_patches(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "patches")
    if problem:
        return error(problem)
    before = wanted.earlier.get("patches")
    if not isinstance(before, Mapping):
        return absent("no_baseline", "DBA_REGISTRY_SQLPATCH")
    return rows(
        [
            _patch(row)
            | {
                "old_action": before.get(name),
                "change": "changed" if name in before else "added",
            }
            for name, row in _last_by_patch(answers).items()
            if before.get(name) != _label(row)
        ]
    )
