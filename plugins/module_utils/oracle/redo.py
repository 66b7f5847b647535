# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redo logs and undo: how often logs are switched, the groups, errors for want of undo (ENV-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Impossible,
    Observation,
    Problem,
    Row,
    absent,
    error,
    first_problem,
    integer,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    date,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_HOURS = 24
_MIB = 2**20

PARTS = (
    # FIRST_TIME is the moment of the switch to this log.
    Part(
        "log_history",
        "V$LOG_HISTORY",
        (
            number("thread", "thread#"),
            date("hour", "TRUNC(first_time, 'HH24')"),
            number("switches", "COUNT(*)"),
        ),
        "WHERE first_time >= SYSDATE - 1 GROUP BY thread#, TRUNC(first_time, 'HH24')",
        max_rows=400,
    ),
    Part(
        "redo_logs",
        "V$LOG",
        (
            number("group", "group#"),
            number("thread", "thread#"),
            number("bytes"),
            number("members"),
            text("archived"),
            text("status"),
        ),
        max_rows=1000,
    ),
    # The status of a member that is well is NULL; DELETED is one that is in use no more.
    Part(
        "redo_members",
        "V$LOGFILE",
        (number("group", "group#"), text("status"), text("member")),
        "WHERE status IN ('INVALID', 'STALE')",
        max_rows=1000,
    ),
    # Ten minutes a row, for four days; without automatic undo the view has NULLs only.
    Part(
        "undo_statistics",
        "V$UNDOSTAT",
        (
            number("samples", "COUNT(undoblks)"),
            date("since", "MIN(begin_time)"),
            number("too_old", "SUM(ssolderrcnt)"),
            number("no_space", "SUM(nospaceerrcnt)"),
            number("longest_query_seconds", "MAX(maxquerylen)"),
            number("least_retention_seconds", "MIN(tuned_undoretention)"),
        ),
        max_rows=1,
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "log_switches": ("log_history",),
    "redo_groups": ("redo_logs",),
    "redo_members": ("redo_members",),
    "undo_errors": ("undo_statistics",),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES; switches and groups have a row for each redo thread."""
    return {
        "log_switches": _switches(answers),
        "redo_groups": _groups(answers),
        "redo_members": _members(answers),
        "undo_errors": _undo(answers),
    }


def _by_thread(answers: Answers, name: str) -> dict[Any, list[Mapping[str, Any]]]:
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows_of(answers, name):
        found.setdefault(row.get("thread"), []).append(row)
    return dict(sorted(found.items(), key=lambda item: str(item[0])))


def _switches(answers: Answers) -> Observation:
    """``peak`` is the most switches within an hour of the clock, in the last 24 hours."""
    problem = first_problem(answers, "log_history")
    if problem:
        return error(problem)
    found: list[Row] = []
    for thread, hours in _by_thread(answers, "log_history").items():
        busiest = max(hours, key=lambda row: row.get("switches") or 0)
        total = sum(row.get("switches") or 0 for row in hours)
        moment = busiest.get("hour")
        found.append(
            {
                "label": f"THREAD {thread}",
                "thread": str(thread),
                "peak": busiest.get("switches"),
                "peak_hour": moment.strftime("%m-%d %H:00") if moment else None,
                "switches": total,
                "average": round(total / _HOURS, 1),
            }
        )
    return rows(found)


def _groups(answers: Answers) -> Observation:
    """``ready`` groups can be switched to now; ``members`` is the least that a group has.

    Where the database archives, a group that is not archived yet cannot be overwritten, though no
    recovery of the instance needs it any more (INACTIVE): so it is when archiving is stuck.
    """
    problem = first_problem(answers, "redo_logs")
    if problem:
        return error(problem)
    archives = any(row.get("log_mode") == "ARCHIVELOG" for row in rows_of(answers, "database"))
    threads = _by_thread(answers, "redo_logs")
    return rows([_thread(str(thread), groups, archives) for thread, groups in threads.items()])


def _status(group: Mapping[str, Any], archives: bool) -> str:
    """V$LOG.STATUS, and whether an INACTIVE group still waits for the archiver."""
    waits = archives and group.get("status") == "INACTIVE" and group.get("archived") == "NO"
    return "INACTIVE(ARCHIVED=NO)" if waits else str(group.get("status"))


def _thread(thread: str, groups: Sequence[Mapping[str, Any]], archives: bool) -> Row:
    row: Row = {"label": f"THREAD {thread}", "thread": thread}
    try:
        sizes = sorted({integer(group, "bytes") // _MIB for group in groups})
        members = min(integer(group, "members") for group in groups)
    except Impossible as contradiction:
        return row | error(Problem("bad_answer", f"V$LOG: {contradiction}"))
    statuses = [_status(group, archives) for group in groups]
    return row | {
        "groups": len(groups),
        "ready": sum(status in ("INACTIVE", "UNUSED") for status in statuses),
        "members": members,
        "size_mib": "/".join(str(size) for size in sizes),
        "statuses": " ".join(statuses),
    }


def _members(answers: Answers) -> Observation:
    problem = first_problem(answers, "redo_members")
    if problem:
        return error(problem)
    return rows(
        [
            {"file": row.get("member"), "group": row.get("group"), "state": row.get("status")}
            for row in rows_of(answers, "redo_members")
        ]
    )


def _undo(answers: Answers) -> Observation:
    problem = first_problem(answers, "undo_statistics")
    if problem:
        return error(problem)
    row = next(iter(rows_of(answers, "undo_statistics")), {})
    if not row.get("samples"):
        return absent("not_configured", "V$UNDOSTAT")
    try:
        too_old, no_space = integer(row, "too_old"), integer(row, "no_space")
    except Impossible as contradiction:
        return error(Problem("bad_answer", f"V$UNDOSTAT: {contradiction}"))
    since = row.get("since")
    return rows(
        [
            {
                "too_old": too_old,
                "no_space": no_space,
                "since": since.strftime("%Y-%m-%d %H:%M") if since else None,
                "longest_query_minutes": round((row.get("longest_query_seconds") or 0) / 60, 1),
                "least_retention_minutes": round((row.get("least_retention_seconds") or 0) / 60, 1),
            }
        ]
    )
