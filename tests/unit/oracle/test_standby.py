# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data Guard, seen from the primary and from the standby."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import standby
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers, Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

GRANT = Problem("missing_grant", "SELECT ON SYS.X (ORA-00942)")
DEST = {
    "dest_id": 2,
    "dest_name": "LOG_ARCHIVE_DEST_2",
    "status": "VALID",
    "type": "PHYSICAL",
    "db_unique_name": "EBILLDG",
    "recovery_mode": "MANAGED REAL TIME APPLY",
    "error": None,
}


def log(dest: int, newest: float | None, applied: float | None, thread: int = 1) -> dict[str, Any]:
    return {
        "dest_id": dest,
        "thread": thread,
        "standby_dest": "NO" if dest == 1 else "YES",
        "newest_minutes": newest,
        "applied_minutes": applied,
    }


def answers(role: str = "PRIMARY", **changes: Any) -> Answers:
    found: dict[str, Any] = {
        "database": [{"database_role": role, "db_unique_name": "EBILLDG"}],
        "standby_dests": [],
        "shipped_logs": [],
        "standby_statistics": [],
    }
    return found | changes


def seen(name: str, *given: Any, **changes: Any) -> Any:
    return standby.observe(answers(*given, **changes), Wanted())[name]


@pytest.mark.parametrize("name", standby.MAKES)
def test_no_data_guard(name: str) -> None:
    assert seen(name)["absent"] == {"reason": "not_listed", "detail": "DATA GUARD"}


@pytest.mark.parametrize(
    ("name", "part"), [(name, part) for name, parts in standby.MAKES.items() for part in parts[:2]]
)
def test_a_missing_grant(name: str, part: str) -> None:
    assert seen(name, **{part: GRANT})["error"] == GRANT.as_dict()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("EBILLDG", "VALID", "-")),
        ({"db_unique_name": "NONE"}, ("LOG_ARCHIVE_DEST_2", "VALID", "-")),
        (
            {"status": "ERROR", "error": "ORA-12541: TNS:no listener on 192.0.2.9"},
            ("EBILLDG", "ERROR", "ORA-12541"),
        ),
    ],
)
def test_destinations(changes: dict[str, Any], expected: tuple[str, str, str]) -> None:
    (row,) = seen("standby_destinations", standby_dests=[DEST | changes])["rows"]
    assert (row["standby"], row["state"], row["ora_code"]) == expected


@pytest.mark.parametrize(
    ("logs", "lag"),
    [
        # the last log was archived 47 minutes ago and is applied: a quiet database is no lag
        ([log(1, 47, None), log(2, 47, 47)], 0),
        ([log(1, 47, None), log(2, 47, 347.5)], 300.5),
        # eight hours of a quiet night, archived two minutes ago and on their way
        ([log(1, 2, None) | {"began_minutes": 482}, log(2, 482, 482)], 0),
        # the same log a quarter of an hour later is missing there
        ([log(1, 15, None) | {"began_minutes": 495}, log(2, 495, 495)], 480),
        # a standby that stopped is late, however fresh the newest log
        ([log(1, 2, None) | {"began_minutes": 12}, log(2, 300, 312)], 300),
        # a log that is applied before the local copy is listed
        ([log(1, 50, None), log(2, 47, 47)], 0),
        # the slowest of a cluster's threads
        ([log(1, 5, None), log(1, 5, None, 2), log(2, 5, 6), log(2, 5, 90, 2)], 85),
        # a second local destination says the same
        ([log(1, 5, None), log(2, 5, 20), {**log(3, 5, None), "standby_dest": "NO"}], 15),
    ],
)
def test_the_lag_seen_from_the_primary(logs: list[Any], lag: float) -> None:
    (row,) = seen("standby_lag", standby_dests=[DEST], shipped_logs=logs)["rows"]
    assert row["lag_minutes"] == lag


@pytest.mark.parametrize(
    "logs",
    [
        [],
        [log(1, 5, None)],
        [log(1, 5, None), log(2, 5, None)],
        [log(1, 5, None), log(1, 5, None, 2), log(2, 5, 6)],
    ],
)
def test_a_lag_that_cannot_be_told(logs: list[Any]) -> None:
    (row,) = seen("standby_lag", standby_dests=[DEST], shipped_logs=logs)["rows"]
    assert row["error"]["reason"] == "bad_answer"


def test_what_applies_nothing_has_no_lag() -> None:
    dests = [DEST | {"type": "BACKUP APPLIANCE"}]
    found = seen("standby_lag", standby_dests=dests, shipped_logs=[log(1, 5, None)])
    assert found["absent"]["reason"] == "not_listed"


@pytest.mark.parametrize(
    ("value", "minutes"),
    [("+00 00:00:00", 0), ("+00 00:05:30", 5.5), ("+01 02:00:00", 1560), ("+00 00:00:06.5", 0.1)],
)
def test_the_lag_a_standby_knows(value: str, minutes: float) -> None:
    found = seen(
        "standby_lag",
        "PHYSICAL STANDBY",
        standby_statistics=[{"name": "apply lag", "value": value}],
    )
    assert found["rows"] == [
        {"standby": "EBILLDG (apply)", "measure": "apply", "lag_minutes": minutes}
    ]


@pytest.mark.parametrize("value", [None, "", "soon", "-00 00:00:05"])
def test_a_lag_that_the_standby_does_not_know(value: Any) -> None:
    found = seen(
        "standby_lag",
        "PHYSICAL STANDBY",
        standby_statistics=[{"name": "transport lag", "value": value}],
    )
    assert found["rows"][0]["error"]["reason"] == "bad_answer"


def test_a_standby_without_statistics() -> None:
    assert seen("standby_lag", "PHYSICAL STANDBY")["error"]["reason"] == "bad_answer"
    found = seen("standby_lag", "PHYSICAL STANDBY", standby_statistics=GRANT)
    assert found["error"] == GRANT.as_dict()
    assert seen("standby_destinations", "PHYSICAL STANDBY")["absent"]["reason"] == "not_listed"


def test_the_costly_views_are_asked_only_where_there_is_data_guard() -> None:
    asked = {part.name: part.when for part in standby.PARTS if part.when}
    here, there = answers(standby_dests=[DEST]), answers("PHYSICAL STANDBY")
    alone = answers()
    assert {
        name: [bool(when(a)) for a in (alone, here, there)] for name, when in asked.items()
    } == {
        "shipped_logs": [False, True, False],
        "standby_statistics": [False, False, True],
    }
