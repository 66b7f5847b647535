# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions: limits, who blocks whom, what runs for long."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import sessions
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers, Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted
from hypothesis import given
from hypothesis import strategies as st

GRANT = Problem("missing_grant", "SELECT ON SYS.V_$SESSION (ORA-00942)")
HOLDER = {
    "instance": 1,
    "sid": 57,
    "serial": 1203,
    "username": "EBILL",
    "program": "JDBC Thin Client",
    "machine": "ebill-app01",
    "status": "INACTIVE",
    "type": "USER",
    "idle_seconds": 1275,
}
WAIT = {
    "holder": 57,
    "holder_instance": 1,
    "sessions": 7,
    "longest_seconds": 1260,
    "event": "enq: TX - row lock contention",
}


def limit(name: str, current: Any, highest: Any, most: Any) -> dict[str, Any]:
    return {
        "resource_name": name,
        "current_utilization": current,
        "max_utilization": highest,
        "limit_value": most,
    }


def answers(**changes: Any) -> Answers:
    found: dict[str, Any] = {
        "session_limits": [limit("processes", 96, 214, "600")],
        "session_waits": [],
        "session_holders": [],
        "active_sessions": [],
        "long_operations": [],
    }
    return found | changes


def seen(name: str, found: Answers) -> Any:
    return sessions.observe(found, Wanted())[name]


def test_every_observation_is_made() -> None:
    assert sessions.observe(answers(), Wanted()).keys() == sessions.MAKES.keys()


@pytest.mark.parametrize("name", sessions.MAKES)
def test_a_missing_grant_costs_its_own_observations_only(name: str) -> None:
    for part in sessions.MAKES[name]:
        found = sessions.observe(answers(**{part: GRANT}), Wanted())
        assert found[name]["error"] == GRANT.as_dict()
        lost = {key for key, value in found.items() if "error" in value}
        assert lost == {key for key, parts in sessions.MAKES.items() if part in parts}


@pytest.mark.parametrize(
    ("rows", "percents"),
    [
        ([limit("processes", 96, 214, "600")], [(16, 35 + 2 / 3)]),
        # the maximum is behind the current number for a moment
        ([limit("processes", 300, 299, "600")], [(50, 50)]),
        ([limit("sessions", 924, 924, "924")], [(100, 100)]),
        ([limit("transactions", 3, 9, "UNLIMITED")], []),
        # of a container's row and the instance's the fuller one
        ([limit("sessions", 9, 9, "924"), limit("sessions", 45, 60, "100")], [(45, 60)]),
        ([limit("sessions", 45, 60, "100"), limit("sessions", 9, 9, "924")], [(45, 60)]),
        ([], []),
    ],
)
def test_limits(rows: list[Any], percents: list[tuple[float, float]]) -> None:
    found = seen("session_limits", answers(session_limits=rows))["rows"]
    assert [(row["used_percent"], row["highest_percent"]) for row in found] == [
        (pytest.approx(used), pytest.approx(highest)) for used, highest in percents
    ]


@pytest.mark.parametrize(
    "row",
    [
        limit("processes", 601, 601, "600"),
        limit("processes", -1, 4, "600"),
        limit("processes", None, 4, "600"),
        limit("processes", 4, 4, "0"),
        limit("processes", 4, 4, "many"),
        limit("processes", 4, 4, None),
    ],
)
def test_impossible_limits_are_no_verdict(row: Any) -> None:
    (found,) = seen("session_limits", answers(session_limits=[row]))["rows"]
    assert found["error"]["reason"] == "bad_answer"
    assert found["resource"] == "processes"


@pytest.mark.parametrize(
    ("holder", "state", "who", "idle_minutes"),
    [
        ({}, "idle", "EBILL / JDBC Thin Client / ebill-app01", 21.2),
        ({"status": "ACTIVE"}, "active", "EBILL / JDBC Thin Client / ebill-app01", 0),
        # one that was told to end still holds its locks until it has rolled back
        ({"status": "KILLED"}, "idle", "EBILL / JDBC Thin Client / ebill-app01", 21.2),
        (
            {"type": "BACKGROUND", "status": "ACTIVE", "username": None, "machine": "db"},
            "background",
            "JDBC Thin Client / db",
            0,
        ),
        ({"username": None, "program": None, "machine": None}, "idle", "-", 21.2),
    ],
)
def test_the_holder_is_named(
    holder: dict[str, Any], state: str, who: str, idle_minutes: float
) -> None:
    found = answers(session_waits=[WAIT], session_holders=[HOLDER | holder])
    (row,) = seen("blockers", found)["rows"]
    assert (row["session"], row["waiting"], row["longest_seconds"]) == ("57,1203", 7, 1260)
    assert (row["state"], row["who"], row["idle_minutes"]) == (state, who, idle_minutes)


@pytest.mark.parametrize(
    ("wait", "session"),
    [
        # the same number on another instance is another session
        ({"holder_instance": 2}, "57@2"),
        ({"holder": 99}, "99@1"),
    ],
)
def test_a_holder_that_cannot_be_seen(wait: dict[str, Any], session: str) -> None:
    found = answers(session_waits=[WAIT | wait], session_holders=[HOLDER])
    (row,) = seen("blockers", found)["rows"]
    assert (row["session"], row["state"]) == (session, "unknown")


def test_the_longest_wait_comes_first() -> None:
    waits = [WAIT | {"holder": sid, "longest_seconds": s} for sid, s in ((1, 20), (2, 90), (3, 40))]
    found = seen("blockers", answers(session_waits=waits))["rows"]
    assert [row["longest_seconds"] for row in found] == [90, 40, 20]


def test_of_the_operations_of_a_session_the_longest_counts() -> None:
    def operation(sid: int, minutes: float | None) -> dict[str, Any]:
        return {"sid": sid, "serial": 5, "username": "SYS", "opname": "RMAN", "done_percent": 9.5,
                "elapsed_minutes": minutes, "remaining_minutes": 4}  # fmt: skip

    rows = [operation(1, 12), operation(1, 64), operation(1, None), operation(2, 30)]
    found = seen("long_operations", answers(long_operations=rows))["rows"]
    assert [(row["session"], row["elapsed_minutes"]) for row in found] == [("1,5", 64), ("2,5", 30)]


def test_long_sessions() -> None:
    row = {"sid": 4, "serial": 2, "username": "RPT", "program": None, "machine": "pc1"}
    rows = [row | {"active_seconds": seconds} for seconds in (600, 8160)]
    found = seen("long_sessions", answers(active_sessions=rows))["rows"]
    assert [(r["session"], r["who"], r["active_minutes"]) for r in found] == [
        ("4,2", "RPT / pc1", 136),
        ("4,2", "RPT / pc1", 10),
    ]


def test_nothing_that_may_hold_patient_data_is_asked() -> None:
    for part in sessions.PARTS:
        assert not re.search(r"(?i)sql_|message|client_info|osuser|action|target", part.sql())


@given(
    st.lists(
        st.builds(
            limit,
            st.sampled_from(["processes", "sessions"]),
            st.none() | st.integers(-5, 2000),
            st.none() | st.integers(-5, 2000),
            st.sampled_from(["600", "0", "UNLIMITED", "", "x"]) | st.none(),
        ),
        max_size=6,
    )
)
def test_whatever_the_view_says_a_percentage_is_possible(rows: list[Any]) -> None:
    for row in seen("session_limits", answers(session_limits=rows))["rows"]:
        assert "error" in row or 0 <= row["used_percent"] <= 100
