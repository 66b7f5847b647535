# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Redo logs and undo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import redo
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers, Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

GRANT = Problem("missing_grant", "SELECT ON SYS.V_$LOG (ORA-00942)")
UNDO = {
    "samples": 576,
    "since": datetime(2026, 11, 18, 10),
    "too_old": 0,
    "no_space": 0,
    "longest_query_seconds": 640,
    "least_retention_seconds": 21600,
}


def hour(day: int, clock: int, switches: int, thread: int = 1) -> dict[str, Any]:
    return {"thread": thread, "hour": datetime(2026, 11, day, clock), "switches": switches}


def group(number: int, status: str = "INACTIVE", **more: Any) -> dict[str, Any]:
    return {"group": number, "thread": 1, "bytes": 2**30, "members": 2, "status": status} | more


def answers(**changes: Any) -> Answers:
    found: dict[str, Any] = {
        "log_history": [],
        "redo_logs": [],
        "redo_members": [],
        "undo_statistics": [UNDO],
    }
    return found | changes


def seen(name: str, **changes: Any) -> Any:
    return redo.observe(answers(**changes), Wanted())[name]


def test_every_observation_is_made() -> None:
    assert redo.observe(answers(), Wanted()).keys() == redo.MAKES.keys()


@pytest.mark.parametrize(("name", "parts"), redo.MAKES.items())
def test_a_missing_grant_costs_one_observation(name: str, parts: tuple[str, ...]) -> None:
    found = redo.observe(answers(**{parts[0]: GRANT}), Wanted())
    assert [key for key, value in found.items() if "error" in value] == [name]


def test_the_busiest_hour_of_each_thread() -> None:
    hours = [hour(21, 23, 4), hour(22, 2, 31), hour(22, 3, 13), hour(22, 2, 2, thread=2)]
    one, two = seen("log_switches", log_history=hours)["rows"]
    assert (one["thread"], one["peak"], one["peak_hour"]) == ("1", 31, "11-22 02:00")
    assert (one["switches"], one["average"]) == (48, 2.0)
    assert (two["thread"], two["peak"]) == ("2", 2)


def test_no_switches_are_no_rows() -> None:
    assert seen("log_switches") == {"rows": []}


@pytest.mark.parametrize(
    ("groups", "count", "ready", "members", "sizes"),
    [
        ([group(1), group(2, "CURRENT"), group(3)], 3, 2, 2, "1024"),
        ([group(1, "CURRENT"), group(2, "ACTIVE")], 2, 0, 2, "1024"),
        ([group(1, "CURRENT"), group(2, "UNUSED", members=1)], 2, 1, 1, "1024"),
        ([group(1, "CLEARING"), group(2, "CURRENT", bytes=2**29)], 2, 0, 2, "512/1024"),
    ],
)
def test_groups(groups: list[Any], count: int, ready: int, members: int, sizes: str) -> None:
    (row,) = seen("redo_groups", redo_logs=groups)["rows"]
    assert (row["groups"], row["ready"], row["members"]) == (count, ready, members)
    assert row["size_mib"] == sizes


@pytest.mark.parametrize(
    ("log_mode", "archived", "ready", "statuses"),
    [
        ("ARCHIVELOG", "YES", 2, "CURRENT INACTIVE INACTIVE"),
        ("ARCHIVELOG", "NO", 0, "CURRENT INACTIVE(ARCHIVED=NO) INACTIVE(ARCHIVED=NO)"),
        ("NOARCHIVELOG", "NO", 2, "CURRENT INACTIVE INACTIVE"),
    ],
)
def test_a_group_that_is_not_archived_is_not_free(
    log_mode: str, archived: str, ready: int, statuses: str
) -> None:
    groups = [group(1, "CURRENT"), group(2), group(3)]
    logs = [one | {"archived": archived} for one in groups]
    (row,) = seen("redo_groups", redo_logs=logs, database=[{"log_mode": log_mode}])["rows"]
    assert (row["ready"], row["statuses"]) == (ready, statuses)


def test_each_thread_has_its_own_groups() -> None:
    groups = [group(1), group(2, "CURRENT"), group(3, thread=2), group(4, "CURRENT", thread=2)]
    found = seen("redo_groups", redo_logs=groups)["rows"]
    assert [(row["thread"], row["groups"]) for row in found] == [("1", 2), ("2", 2)]


@pytest.mark.parametrize("wrong", [{"bytes": None}, {"bytes": -1}, {"members": "two"}])
def test_impossible_groups_are_no_verdict(wrong: dict[str, Any]) -> None:
    (row,) = seen("redo_groups", redo_logs=[group(1), group(2, **wrong)])["rows"]
    assert row["error"]["reason"] == "bad_answer"


def test_bad_members_are_named() -> None:
    bad = {"group": 2, "status": "INVALID", "member": "/u01/redo02b.log"}
    (row,) = seen("redo_members", redo_members=[bad])["rows"]
    assert row == {"file": "/u01/redo02b.log", "group": 2, "state": "INVALID"}


def test_undo() -> None:
    (row,) = seen("undo_errors", undo_statistics=[UNDO | {"too_old": 3, "no_space": 2}])["rows"]
    assert (row["too_old"], row["no_space"], row["since"]) == (3, 2, "2026-11-18 10:00")
    assert (row["longest_query_minutes"], row["least_retention_minutes"]) == (10.7, 360)


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        # without automatic undo the view is all NULL; a pluggable database may have no rows
        ([dict.fromkeys(UNDO) | {"samples": 0}], "absent"),
        ([], "absent"),
        ([UNDO | {"too_old": None}], "error"),
        ([UNDO | {"no_space": -4}], "error"),
    ],
)
def test_undo_that_cannot_be_told(rows: list[Any], kind: str) -> None:
    assert kind in seen("undo_errors", undo_statistics=rows)
