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


def observe(answers: Answers) -> dict[str, Observation]:
    """Return ``instance`` (V$INSTANCE) and ``database`` (V$DATABASE), a row each."""
    return {
        "instance": _one(answers, "instance", "V$INSTANCE", _instance),
        "database": _one(answers, "database", "V$DATABASE", _database),
    }


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
        "version": row.get("version"),
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
