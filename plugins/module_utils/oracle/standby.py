# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data Guard: is redo sent, and how far is the standby behind (ENV-03).

A standby knows its own lag (V$DATAGUARD_STATS). A primary sees what has been applied by whole
archived logs only: the lag is the time from the last log that the standby applied to the last one
that the primary archived, so a quiet night is no lag. A log that was archived in the last quarter
of an hour may still be on its way, or applied and not yet known to be: it does not count, however
many hours of a quiet night it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Problem,
    Row,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
    words,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_INTERVAL = re.compile(r"\+(\d+) (\d+):(\d+):(\d+(?:\.\d+)?)$")
_LAGS = {"transport lag": "transport", "apply lag": "apply"}
_NONE = "DATA GUARD"
_ON_ITS_WAY_MINUTES = 15
# Data Guard's own kinds; a backup appliance or a capture database applies nothing.
_STANDBYS = frozenset({"PHYSICAL", "LOGICAL", "SNAPSHOT"})


def is_standby(answers: Answers) -> bool:
    """Whether the database that was reached is a standby itself."""
    return any(row.get("database_role") != "PRIMARY" for row in rows_of(answers, "database"))


def has_standby(answers: Answers) -> bool:
    """Whether this database sends its redo to another one."""
    return bool(rows_of(answers, "standby_dests"))


PARTS = (
    Part(
        "standby_dests",
        "V$ARCHIVE_DEST_STATUS",
        (
            number("dest_id"),
            text("dest_name"),
            text("status"),
            text("type"),
            text("db_unique_name"),
            text("recovery_mode"),
            words("error"),
        ),
        "WHERE status <> 'INACTIVE' AND type NOT IN ('LOCAL', 'CROSS-INSTANCE')",
        max_rows=31,
    ),
    Part(
        "shipped_logs",
        "V$ARCHIVED_LOG",
        (
            number("dest_id"),
            number("thread", "thread#"),
            text("standby_dest"),
            number("newest_minutes", "ROUND((SYSDATE - MAX(next_time)) * 1440, 2)"),
            number("began_minutes", "ROUND((SYSDATE - MAX(first_time)) * 1440, 2)"),
            number(
                "applied_minutes",
                "ROUND((SYSDATE - MAX(CASE WHEN applied IN ('YES', 'IN-MEMORY')"
                " THEN next_time END)) * 1440, 2)",
            ),
        ),
        "WHERE next_time >= SYSDATE - 30 GROUP BY dest_id, thread#, standby_dest",
        max_rows=400,
        when=has_standby,
    ),
    Part(
        "standby_statistics",
        "V$DATAGUARD_STATS",
        (text("name"), text("value")),
        "WHERE name IN ('transport lag', 'apply lag')",
        max_rows=20,
        when=is_standby,
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "standby_destinations": ("database", "standby_dests"),
    "standby_lag": ("database", "standby_dests", "shipped_logs", "standby_statistics"),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES; ``absent`` where there is no Data Guard."""
    return {"standby_destinations": _destinations(answers), "standby_lag": _lag(answers)}


def _name(row: Mapping[str, Any]) -> str:
    """The standby's unique name, or the destination where it is not known (NONE)."""
    name = row.get("db_unique_name")
    return str(row.get("dest_name") if name in (None, "NONE") else name)


def _destinations(answers: Answers) -> Observation:
    problem = first_problem(answers, "database", "standby_dests")
    if problem:
        return error(problem)
    if is_standby(answers) or not has_standby(answers):
        return absent("not_listed", _NONE)
    return rows(
        [
            {
                "standby": _name(row),
                "state": row.get("status"),
                "kind": row.get("type"),
                "recovery_mode": row.get("recovery_mode"),
                "ora_code": _ora_code(row.get("error")),
            }
            for row in rows_of(answers, "standby_dests")
        ]
    )


def _ora_code(message: Any) -> str:
    match = re.search(r"ORA-\d+", str(message))
    return match[0] if match else "-"


def _lag(answers: Answers) -> Observation:
    problem = first_problem(answers, "database", "standby_dests")
    if problem:
        return error(problem)
    if is_standby(answers):
        return _own_lag(answers)
    if not has_standby(answers):
        return absent("not_listed", _NONE)
    problem = first_problem(answers, "shipped_logs")
    if problem:
        return error(problem)
    logs = rows_of(answers, "shipped_logs")
    found = [
        _behind(dest, logs)
        for dest in rows_of(answers, "standby_dests")
        if dest.get("type") in _STANDBYS
    ]
    return rows(found) if found else absent("not_listed", _NONE)


def _settled_minutes(log: Mapping[str, Any]) -> float | None:
    """How long ago the newest log ended that should be applied by now."""
    newest, began = log.get("newest_minutes"), log.get("began_minutes")
    fresh = newest is not None and began is not None and newest < _ON_ITS_WAY_MINUTES
    return began if fresh else newest


def _behind(dest: Mapping[str, Any], logs: list[Mapping[str, Any]]) -> Row:
    """Return the greatest lag of a standby's redo threads."""
    row: Row = {"standby": _name(dest), "measure": "apply"}
    own = {
        log.get("thread"): _settled_minutes(log) for log in logs if log.get("standby_dest") == "NO"
    }
    theirs = {
        log.get("thread"): log.get("applied_minutes")
        for log in logs
        if log.get("standby_dest") == "YES" and log.get("dest_id") == dest.get("dest_id")
    }
    lags: list[float] = []
    for thread, newest in own.items():
        applied = theirs.get(thread)
        if applied is None or newest is None:
            missing = Problem("bad_answer", f"V$ARCHIVED_LOG: {_name(dest)}, THREAD# {thread}")
            return row | error(missing)
        lags.append(max(0.0, applied - newest))
    if not lags:
        return row | error(Problem("bad_answer", "V$ARCHIVED_LOG: 0 rows"))
    return row | {"lag_minutes": round(max(lags), 1)}


def _own_lag(answers: Answers) -> Observation:
    problem = first_problem(answers, "standby_statistics")
    if problem:
        return error(problem)
    name = str(next(iter(rows_of(answers, "database")), {}).get("db_unique_name"))
    found: list[Row] = []
    for item in rows_of(answers, "standby_statistics"):
        measure = _LAGS.get(str(item.get("name")))
        if measure is None:
            continue
        row: Row = {"standby": f"{name} ({measure})", "measure": measure}
        minutes = _minutes(item.get("value"))
        if minutes is None:
            found.append(row | error(Problem("bad_answer", f"{item.get('name')}: {_NONE}")))
        else:
            found.append(row | {"lag_minutes": minutes})
    return rows(found) if found else error(Problem("bad_answer", "V$DATAGUARD_STATS: 0 rows"))


def _minutes(written: Any) -> float | None:
    """Read an interval such as +00 00:00:05; None for none, which means that it is not known."""
    match = _INTERVAL.match(str(written).strip())
    if not match:
        return None
    days, hours, minutes, seconds = (float(part) for part in match.groups())
    return round(days * 1440 + hours * 60 + minutes + seconds / 60, 1)
