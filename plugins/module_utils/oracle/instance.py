# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What database this is, and whether it is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Problem,
    Row,
    error,
    first_problem,
    local_time,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Column,
    Part,
    date,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_INSTANCE = (
    text("instance_name"),
    text("host_name"),
    text("version"),
    text("status"),
    text("logins"),
    text("archiver"),
    date("startup_time"),
    number("uptime_days", "ROUND(SYSDATE - startup_time, 4)"),
    text("log_switch_wait"),
    text("shutdown_pending"),
    text("database_status"),
    text("active_state"),
)
_CONTAINER = text("container", "SYS_CONTEXT('USERENV', 'CON_NAME')")


def _variant(*columns: Column, since: tuple[int, int], until: tuple[int, int] | None) -> Part:
    return Part(
        "instance",
        "V$INSTANCE",
        (*_INSTANCE, *columns),
        max_rows=1,
        since=since,
        until=until,
        lane="identity",
    )


PARTS = (
    # 11.2 answers ORA-02003 to a parameter of USERENV that it does not know; VERSION_FULL, which
    # tells the release update, came with 18.1.
    _variant(
        text("container", "NULL"),
        text("version_full", "NULL"),
        since=(11, 2),
        until=(12, 1),
    ),
    _variant(_CONTAINER, text("version_full", "NULL"), since=(12, 1), until=(18, 1)),
    _variant(_CONTAINER, text("version_full"), since=(18, 1), until=None),
    Part(
        "database",
        "V$DATABASE",
        (
            text("name"),
            text("db_unique_name"),
            text("database_role"),
            text("open_mode"),
            text("log_mode"),
            text("force_logging"),
        ),
        max_rows=1,
        lane="identity",
    ),
)

MAKES = {
    "instance": ("instance",),
    "database": ("database",),
    "open_state": ("database",),
}

# What the database itself said of its state when it refused the login.
_NOT_OPEN = {
    "database_not_open": "not_open",
    "login_restricted": "restricted",
    "archiver_stuck": "stuck",
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return ``instance`` (V$INSTANCE), ``database`` (V$DATABASE), ``open_state``; a row each.

    ``open_state`` is known also when the database refuses the login because it is not open: we
    looked, and it is not. All else is then unknown.
    """
    return {
        "open_state": _open_state(answers),
        "instance": _one(answers, "instance", "V$INSTANCE", _instance),
        "database": _one(answers, "database", "V$DATABASE", _database),
    }


def _open_state(answers: Answers) -> Observation:
    problem = first_problem(answers, "database")
    if problem and problem.fatal and problem.reason in _NOT_OPEN:
        return rows([{"open_state": _NOT_OPEN[problem.reason], "open_mode": problem.code}])
    return _one(answers, "database", "V$DATABASE", _database)


def _one(answers: Answers, name: str, view: str, build: Any) -> Observation:
    problem = first_problem(answers, name)
    if problem:
        return error(problem)
    found = rows_of(answers, name)
    return rows([build(found[0])]) if found else error(Problem("bad_answer", f"{view}: 0 rows"))


def _instance(row: Mapping[str, Any]) -> Row:
    return {
        "instance": row.get("instance_name"),
        "database_host": row.get("host_name"),
        "version": row.get("version_full") or row.get("version"),
        "status": row.get("status"),
        "logins": row.get("logins"),
        "archiver": row.get("archiver"),
        "container": row.get("container"),
        "started_at": local_time(row.get("startup_time")),
        "uptime_days": row.get("uptime_days"),
    }


def _database(row: Mapping[str, Any]) -> Row:
    """``open_state`` is ``open``, ``standby``, ``read_only`` (a primary), or ``mounted``."""
    role, mode = str(row.get("database_role")), str(row.get("open_mode"))
    if role != "PRIMARY":
        state = "standby"
    elif mode == "READ WRITE":
        state = "open"
    else:
        state = "read_only" if mode.startswith("READ ONLY") else "mounted"
    return {
        "database": row.get("name"),
        "unique_name": row.get("db_unique_name"),
        "role": role,
        "open_mode": mode,
        "open_state": state,
        "log_mode": row.get("log_mode"),
    }
