# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the instance runs: archiving, force logging, suspended or not, started again or not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Problem,
    Row,
    absent,
    error,
    first_problem,
    local_time,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.standby import has_standby
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

PARTS: tuple[Part, ...] = ()
"""None of its own: V$INSTANCE and V$DATABASE are asked by instance.py, anyhow."""

MAKES: dict[str, tuple[str, ...]] = {
    "archiver": ("instance", "database"),
    "force_logging": ("database", "standby_dests"),
    "activity": ("instance",),
    "restart": ("instance",),
}

_MOST_INSTANCES = 8
"""Instances that are remembered: a cluster's listener hands out one or another."""


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES, one row each."""
    return {
        "archiver": _archiver(answers),
        "force_logging": _force_logging(answers),
        "activity": _activity(answers),
        "restart": _restart(answers, wanted),
    }


def remember(answers: Answers, wanted: Wanted) -> dict[str, Any]:
    """Return when each instance that was ever met was started, the newest last."""
    started = dict(wanted.earlier.get("started") or {})
    for row in rows_of(answers, "instance")[:1]:
        moment = row.get("startup_time")
        if isinstance(moment, datetime):
            started.pop(_name(row), None)
            started[_name(row)] = moment.isoformat(sep=" ")
    return {"started": dict(list(started.items())[-_MOST_INSTANCES:])}


def _name(row: Mapping[str, Any]) -> str:
    return f"{row.get('instance_name')}@{row.get('host_name')}"


def _row(answers: Answers, *names: str) -> Row | Problem:
    """Return the only rows of these answers as one."""
    problem = first_problem(answers, *names)
    if problem:
        return problem
    found: Row = {}
    for name in names:
        if not rows_of(answers, name):
            return Problem("bad_answer", f"{name}: 0 rows")
        found.update(rows_of(answers, name)[0])
    return found


def _archiver(answers: Answers) -> Observation:
    """``state``: ``started``, ``stopped``, ``failed`` or ``waiting`` (logs wait to be archived).

    STOPPED is right for a database that archives nothing, or by hand.
    """
    row = _row(answers, "instance", "database")
    if isinstance(row, Problem):
        return error(row)
    if row.get("log_mode") != "ARCHIVELOG":
        return absent("not_configured", f"ARCHIVELOG ({row.get('log_mode')})")
    state = str(row.get("archiver")).lower()
    if state == "started" and row.get("log_switch_wait") == "ARCHIVE LOG":
        state = "waiting"
    return rows([{"instance": row.get("instance_name"), "state": state}])


def _force_logging(answers: Answers) -> Observation:
    """``state``: ``on``, ``off``, or ``not_needed``: off, and nothing depends on it.

    From 18c on the column may name a mode of its own beside YES and NO (nologging for a standby),
    which logs what the standby needs.
    """
    row = _row(answers, "database")
    if isinstance(row, Problem):
        return error(row)
    state = "on"
    if row.get("force_logging") == "NO":
        problem = first_problem(answers, "standby_dests")
        if problem:
            return error(problem)
        state = "off" if has_standby(answers) else "not_needed"
    return rows([{"database": row.get("name"), "state": state}])


def _activity(answers: Answers) -> Observation:
    """``state``: ``normal``, ``suspended``, ``quiesced``, ``upgrading`` or ``stopping``."""
    row = _row(answers, "instance")
    if isinstance(row, Problem):
        return error(row)
    state = "normal"
    if row.get("shutdown_pending") == "YES":
        state = "stopping"
    elif row.get("database_status") == "SUSPENDED":
        state = "suspended"
    elif row.get("active_state") in ("QUIESCING", "QUIESCED"):
        state = "quiesced"
    elif row.get("status") == "OPEN MIGRATE":
        state = "upgrading"
    return rows([{"instance": row.get("instance_name"), "state": state}])


def _restart(answers: Answers, wanted: Wanted) -> Observation:
    """``state``: ``same`` or ``restarted``; an instance that was never met has no baseline."""
    row = _row(answers, "instance")
    if isinstance(row, Problem):
        return error(row)
    moment = row.get("startup_time")
    if not isinstance(moment, datetime):
        return error(Problem("bad_answer", f"STARTUP_TIME={moment}"))
    before = (wanted.earlier.get("started") or {}).get(_name(row))
    if before is None:
        return absent("no_baseline", f"{_name(row)} {local_time(moment)}")
    return rows(
        [
            {
                "instance": row.get("instance_name"),
                "state": "same" if before == moment.isoformat(sep=" ") else "restarted",
                "started_at": local_time(moment),
                "started_before": str(before)[:16],
                "uptime_days": row.get("uptime_days"),
            }
        ]
    )
