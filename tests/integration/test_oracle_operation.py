# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation of the instance, asked by the real driver, over one run and from run to run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import Collected, collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

from lab.oracle.part import OraclePart
from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, running_server
from lab.oracle.world.green import green_world
from lab.oracle.world.running import AlertEntry, LongOperation, Operation, Wait
from lab.part import running

SUBJECTS = ("instance", "instance_state", "sessions", "redo", "accounts", "alert", "standby")
START = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


class Database:
    """The stand-in, its clock, and what the last run remembered."""

    def __init__(self, server: OracleServer) -> None:
        self.server = server
        self.now = START
        self.earlier: dict[str, Any] = {}
        server.world.clock = lambda: self.now

    def look(self) -> Collected:
        login = Login(
            host=self.server.host, port=self.server.port, service="ebilldb", user=INSPECTOR,
            password=PASSWORD,
        )  # fmt: skip
        found = collect(login, Wanted(gather=SUBJECTS, earlier=self.earlier))
        self.earlier = found.bookmarks
        return found

    def rows(self, name: str) -> Any:
        return self.look().observations[name]["rows"]


@pytest.fixture
def database() -> Iterator[Database]:
    with running_server(green_world(lambda: START)) as server:
        yield Database(server)
        assert server.protocol_errors == []


def test_of_a_chain_only_the_first_is_named() -> None:
    with running(OraclePart(), clock=lambda: START) as lab, lab.broken("oracle.session_blocks"):
        server = cast(OraclePart, lab.part).server
        assert server is not None
        found = Database(server).look()
    (row,) = found.observations["blockers"]["rows"]
    assert (row["session"], row["waiting"], row["state"]) == ("22,1274", 7, "idle")
    assert row["longest_seconds"] == 1260


def test_a_blocker_on_another_instance_and_a_short_wait(database: Database) -> None:
    database.server.world.running = Operation(
        waits={25: Wait(300, 412, 412, instance=2), 26: Wait(9, 22, 22)}
    )
    (row,) = database.rows("blockers")
    assert (row["session"], row["state"]) == ("412@2", "unknown")


def test_idle_waits_and_dead_operations_do_not_count(database: Database) -> None:
    gone = LongOperation(33, "Table Scan", 3, 9, 8000, 400, updated=timedelta(hours=3))
    done = LongOperation(34, "RMAN: full datafile backup", 9, 9, 8000, 0)
    # the first two sessions of the application are ACTIVE in an idle wait, as queue readers are
    database.server.world.running = Operation(calls={20: 90_000}, operations=[gone, done])
    found = database.look().observations
    assert (found["long_sessions"], found["long_operations"]) == ({"rows": []}, {"rows": []})


def test_a_restart_between_two_runs(database: Database) -> None:
    assert database.look().observations["restart"]["absent"]["reason"] == "no_baseline"
    assert database.rows("restart")[0]["state"] == "same"
    database.server.world.started += timedelta(days=3, seconds=1)
    assert database.rows("restart")[0]["state"] == "restarted"
    assert database.rows("restart")[0]["state"] == "same"


def test_the_alert_log_from_run_to_run(database: Database) -> None:
    """Each entry counts in one run, also on the day of a run; ages are seen from the clock."""

    def written(age: timedelta) -> AlertEntry:
        return AlertEntry(age, "ORA-00600: internal error code, arguments: [1], []", 2)

    log = database.server.world.running.alert_log
    log.append(written(timedelta(minutes=30)))
    counts = [database.rows("alert_log")[0]["serious"], database.rows("alert_log")[0]["serious"]]
    log.append(written(timedelta(minutes=1)))
    counts.append(database.rows("alert_log")[0]["serious"])
    later = timedelta(days=90)
    for entry in log:
        entry.age += later
    database.now += later
    log += [written(timedelta(days=40)), written(timedelta(minutes=2))]
    (row,) = database.rows("alert_log")
    counts.append(row["serious"])
    assert counts == [1, 0, 1, 2]
    assert (row["incidents"], row["since_day"]) == (2, "2026-11-25")


def test_a_standby_tells_its_own_lag(database: Database) -> None:
    lags: dict[str, str | None] = {
        "transport lag": "+00 00:00:00",
        "apply lag": "+00 01:15:30",
        "apply finish time": "+00 00:00:12.000",
        "estimated startup time": "17",
    }
    database.server.world.running = Operation(role="PHYSICAL STANDBY", lags=lags)
    found = database.look().observations
    assert {row["measure"]: row["lag_minutes"] for row in found["standby_lag"]["rows"]} == {
        "transport": 0,
        "apply": 75.5,
    }
    assert found["standby_destinations"]["absent"]["reason"] == "not_listed"


def test_no_right_to_one_view_costs_its_own_checks(database: Database) -> None:
    user = database.server.users[INSPECTOR]
    user.grants = user.grants - {"V$UNDOSTAT"}
    found = database.look().observations
    lost = {name for name, observation in found.items() if "error" in observation}
    assert lost == {"undo_errors"}
    assert "V_$UNDOSTAT" in found["undo_errors"]["error"]["detail"]


def test_the_whole_is_few_statements(database: Database) -> None:
    queries = database.look().queries
    assert [query["name"] for query in queries] == ["identity", "fixed", "dictionary", "alert"]
