# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions: how many there may be, who blocks others, what has been running for long (ENV-03).

The one who blocks is named, never one who waits: V$SESSION.FINAL_BLOCKING_SESSION is the end of
a chain of waiting sessions. What a session executes is never read: SQL may hold patient data.
V$ views are those of the instance that was reached; of a cluster the others are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Impossible,
    Observation,
    Problem,
    Row,
    error,
    first_problem,
    integer,
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

_SHORTEST_WAIT = 10
"""Seconds. Every busy database has shorter waits at any moment, and they mean nothing."""
_LONG_SECONDS = 600
_WAITS = f"blocking_session_status = 'VALID' AND wait_time_micro >= {_SHORTEST_WAIT * 10**6}"
_HOLDER = "NVL(final_blocking_session, blocking_session)"
_HOLDER_INSTANCE = "NVL(final_blocking_instance, blocking_instance)"
_WHO = ("username", "program", "machine")
_OTHER_MODE = "state <> 'WAITING' OR wait_class <> 'Idle'"

PARTS = (
    Part(
        "session_limits",
        "V$RESOURCE_LIMIT",
        (
            text("resource_name"),
            number("current_utilization"),
            number("max_utilization"),
            text("limit_value", "TRIM(limit_value)"),
        ),
        "WHERE resource_name IN ('processes', 'sessions')",
        max_rows=20,
    ),
    Part(
        "session_waits",
        "V$SESSION",
        (
            number("holder", _HOLDER),
            number("holder_instance", _HOLDER_INSTANCE),
            number("sessions", "COUNT(*)"),
            number("longest_seconds", "ROUND(MAX(wait_time_micro) / 1000000)"),
            text("event", "MIN(event)"),
        ),
        f"WHERE {_WAITS} GROUP BY {_HOLDER}, {_HOLDER_INSTANCE}",
        max_rows=200,
    ),
    Part(
        "session_holders",
        "V$SESSION",
        (
            number("instance", "TO_NUMBER(SYS_CONTEXT('USERENV', 'INSTANCE'))"),
            number("sid"),
            number("serial", "serial#"),
            text("username"),
            words("program"),
            words("machine"),
            text("status"),
            text("type"),
            number("idle_seconds", "last_call_et"),
        ),
        f"WHERE sid IN (SELECT {_HOLDER} FROM v$session WHERE {_WAITS})",  # noqa: S608 - constants
        max_rows=200,
    ),
    # Queue readers and the like are ACTIVE for ever, in a wait of the class Idle.
    Part(
        "active_sessions",
        "V$SESSION",
        (
            number("sid"),
            number("serial", "serial#"),
            text("username"),
            words("program"),
            words("machine"),
            number("active_seconds", "last_call_et"),
        ),
        "WHERE type = 'USER' AND status = 'ACTIVE' AND username IS NOT NULL"
        f" AND last_call_et >= {_LONG_SECONDS} AND ({_OTHER_MODE})",
        max_rows=500,
    ),
    # An operation of a session that is gone stays in the view as it was: only those that moved
    # within the last quarter of an hour count. MESSAGE and SQL are not read.
    Part(
        "long_operations",
        "V$SESSION_LONGOPS",
        (
            number("sid"),
            number("serial", "serial#"),
            text("username"),
            words("opname"),
            number("done_percent", "ROUND(100 * sofar / totalwork, 1)"),
            number("elapsed_minutes", "ROUND(elapsed_seconds / 60, 1)"),
            number("remaining_minutes", "ROUND(time_remaining / 60, 1)"),
        ),
        "WHERE totalwork > 0 AND sofar < totalwork AND time_remaining > 0"
        f" AND elapsed_seconds >= {_LONG_SECONDS} AND last_update_time >= SYSDATE - 1 / 96",
        max_rows=500,
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "session_limits": ("session_limits",),
    "blockers": ("session_waits", "session_holders"),
    "long_sessions": ("active_sessions",),
    "long_operations": ("long_operations",),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES; a row for each limit, blocker, session, operation."""
    return {
        "session_limits": _limits(answers),
        "blockers": _blockers(answers),
        "long_sessions": _long_sessions(answers),
        "long_operations": _operations(answers),
    }


def _limits(answers: Answers) -> Observation:
    """Return a row for each limit; of several rows of one limit (containers) the fullest."""
    problem = first_problem(answers, "session_limits")
    if problem:
        return error(problem)
    found: dict[str, Row] = {}
    for limit in rows_of(answers, "session_limits"):
        name = str(limit.get("resource_name"))
        row = _limit(name, limit)
        if row and row.get("used_percent", 101) >= found.get(name, {}).get("used_percent", -1):
            found[name] = row
    return rows(list(found.values()))


def _limit(name: str, limit: Mapping[str, Any]) -> Row | None:
    """Return what is used of a limit, now and at most since the start; None for no limit."""
    written = str(limit.get("limit_value"))
    if written == "UNLIMITED":
        return None
    row: Row = {"resource": name}
    try:
        current, highest = (integer(limit, f"{which}_utilization") for which in ("current", "max"))
        most = int(written)
        # MAX_UTILIZATION is brought up to date a little later than the current one.
        highest = max(current, highest)
        if most <= 0 or current > most:
            raise Impossible(f"current={current} limit={most}")
    except ValueError as contradiction:
        return row | error(Problem("bad_answer", f"{name.upper()}: {contradiction}"))
    return row | {
        "current": current,
        "highest": highest,
        "most": most,
        "used_percent": 100 * current / most,
        "highest_percent": 100 * highest / most,
    }


def _blockers(answers: Answers) -> Observation:
    problem = first_problem(answers, "session_waits", "session_holders")
    if problem:
        return error(problem)
    holders = {
        (row.get("instance"), row.get("sid")): row for row in rows_of(answers, "session_holders")
    }
    found: list[Row] = []
    for wait in rows_of(answers, "session_waits"):
        key = (wait.get("holder_instance"), wait.get("holder"))
        found.append(_blocker(wait, holders.get(key)))
    return rows(sorted(found, key=lambda row: -(row["longest_seconds"] or 0)))


def _blocker(wait: Mapping[str, Any], holder: Mapping[str, Any] | None) -> Row:
    """``state``: ``active``, ``idle`` (it holds a transaction open), ``background`` or ``unknown``
    (on another instance of a cluster, or gone since)."""
    row: Row = {
        "longest_seconds": wait.get("longest_seconds"),
        "waiting": wait.get("sessions"),
        "event": wait.get("event"),
    }
    if holder is None:
        name = f"{wait.get('holder')}@{wait.get('holder_instance')}"
        who = f"INST_ID {wait.get('holder_instance')}"
        return row | {"session": name, "who": who, "state": "unknown", "idle_minutes": 0}
    state = "active" if holder.get("status") == "ACTIVE" else "idle"
    if holder.get("type") == "BACKGROUND":
        state = "background"
    idle = round((holder.get("idle_seconds") or 0) / 60, 1) if state == "idle" else 0
    return row | _session(holder) | {"state": state, "idle_minutes": idle}


def _session(row: Mapping[str, Any]) -> Row:
    return {
        "session": f"{row.get('sid')},{row.get('serial')}",
        "who": " / ".join(str(row[field]) for field in _WHO if row.get(field)) or "-",
    }


def _long_sessions(answers: Answers) -> Observation:
    problem = first_problem(answers, "active_sessions")
    if problem:
        return error(problem)
    found = [
        _session(row) | {"active_minutes": round((row.get("active_seconds") or 0) / 60, 1)}
        for row in rows_of(answers, "active_sessions")
    ]
    return rows(sorted(found, key=lambda row: -float(row["active_minutes"])))


def _operations(answers: Answers) -> Observation:
    problem = first_problem(answers, "long_operations")
    if problem:
        return error(problem)
    found: dict[str, Row] = {}
    for row in rows_of(answers, "long_operations"):
        # A session has finished operations in the view beside its present one, and RMAN a row for
        # the whole beside those for each piece: the one that takes longest speaks for it.
        session = f"{row.get('sid')},{row.get('serial')}"
        fields = ("done_percent", "elapsed_minutes", "remaining_minutes")
        item: Row = {
            "session": session,
            "user": row.get("username") or "-",
            "operation": row.get("opname") or "-",
            **{field: row.get(field) for field in fields},
        }
        known = found.get(session)
        if known is None or (item["elapsed_minutes"] or 0) > (known["elapsed_minutes"] or 0):
            found[session] = item
    return rows(list(found.values()))
