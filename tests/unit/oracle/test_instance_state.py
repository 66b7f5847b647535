# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the instance: archiver, force logging, activity, restarts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import instance_state
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers, Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

GRANT = Problem("missing_grant", "SELECT ON SYS.V_$INSTANCE (ORA-00942)")
START = datetime(2026, 7, 2, 4, 48, 13)
INSTANCE = {
    "instance_name": "EBILLDB",
    "host_name": "ebill-db01",
    "status": "OPEN",
    "archiver": "STARTED",
    "startup_time": START,
    "uptime_days": 143.2,
    "log_switch_wait": None,
    "shutdown_pending": "NO",
    "database_status": "ACTIVE",
    "active_state": "NORMAL",
}
DATABASE = {"name": "EBILLDB", "log_mode": "ARCHIVELOG", "force_logging": "NO"}
STANDBY = {"dest_id": 2, "status": "VALID", "type": "PHYSICAL"}


def answers(**changes: Any) -> Answers:
    """Answers of a database that is well; ``changes`` by column, or a whole answer by name."""
    found: dict[str, Any] = {
        "instance": [INSTANCE | {k: v for k, v in changes.items() if k in INSTANCE}],
        "database": [DATABASE | {k: v for k, v in changes.items() if k in DATABASE}],
        "standby_dests": [],
    }
    return found | {k: v for k, v in changes.items() if k in found}


def seen(name: str, found: Answers, earlier: dict[str, Any] | None = None) -> Any:
    return instance_state.observe(found, Wanted(earlier=earlier or {}))[name]


def test_every_observation_is_made() -> None:
    assert instance_state.observe(answers(), Wanted()).keys() == instance_state.MAKES.keys()


@pytest.mark.parametrize(
    ("name", "changes", "state"),
    [
        ("archiver", {}, "started"),
        ("archiver", {"archiver": "STOPPED"}, "stopped"),
        ("archiver", {"archiver": "FAILED"}, "failed"),
        ("archiver", {"log_switch_wait": "ARCHIVE LOG"}, "waiting"),
        # waiting for a checkpoint is not the archiver's fault
        ("archiver", {"log_switch_wait": "CHECKPOINT"}, "started"),
        ("archiver", {"archiver": "FAILED", "log_switch_wait": "ARCHIVE LOG"}, "failed"),
        ("force_logging", {"force_logging": "YES"}, "on"),
        ("force_logging", {"force_logging": "STANDBY NOLOGGING FOR LOAD PERFORMANCE"}, "on"),
        ("force_logging", {}, "not_needed"),
        ("force_logging", {"standby_dests": [STANDBY]}, "off"),
        ("activity", {}, "normal"),
        ("activity", {"database_status": "SUSPENDED"}, "suspended"),
        ("activity", {"active_state": "QUIESCED"}, "quiesced"),
        ("activity", {"active_state": "QUIESCING"}, "quiesced"),
        ("activity", {"status": "OPEN MIGRATE"}, "upgrading"),
        ("activity", {"shutdown_pending": "YES"}, "stopping"),
    ],
)
def test_states(name: str, changes: dict[str, Any], state: str) -> None:
    (row,) = seen(name, answers(**changes))["rows"]
    assert row["state"] == state


@pytest.mark.parametrize("mode", ["NOARCHIVELOG", "MANUAL"])
def test_no_archiver_is_needed(mode: str) -> None:
    found = seen("archiver", answers(log_mode=mode, archiver="STOPPED"))
    assert found["absent"]["reason"] == "not_configured"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("archiver", {"instance": GRANT}),
        ("archiver", {"database": GRANT}),
        ("force_logging", {"database": GRANT}),
        ("force_logging", {"standby_dests": GRANT}),
        ("activity", {"instance": GRANT}),
        ("restart", {"instance": GRANT}),
    ],
)
def test_a_missing_grant(name: str, changes: dict[str, Any]) -> None:
    assert seen(name, answers(**changes))["error"] == GRANT.as_dict()


def test_force_logging_needs_no_other_view_when_it_is_on() -> None:
    found = seen("force_logging", answers(force_logging="YES", standby_dests=GRANT))
    assert found["rows"][0]["state"] == "on"


@pytest.mark.parametrize("name", ["archiver", "activity", "restart"])
def test_no_rows_is_no_answer(name: str) -> None:
    assert seen(name, answers(instance=[]))["error"]["reason"] == "bad_answer"


def test_the_first_run_is_the_baseline() -> None:
    assert seen("restart", answers())["absent"]["reason"] == "no_baseline"


def test_a_restart_is_told_from_none() -> None:
    earlier = instance_state.remember(answers(), Wanted())
    assert seen("restart", answers(), earlier)["rows"][0]["state"] == "same"
    later = answers(startup_time=datetime(2026, 11, 2, 22, 10, 1))
    (row,) = seen("restart", later, earlier)["rows"]
    assert row["state"] == "restarted"
    assert (row["started_before"], row["started_at"]) == ("2026-07-02 04:48", "2026-11-02 22:10")


def test_another_instance_of_the_cluster_has_its_own_baseline() -> None:
    earlier = instance_state.remember(answers(), Wanted())
    other = answers(instance_name="EBILLDB2", startup_time=datetime(2026, 8, 1))
    assert seen("restart", other, earlier)["absent"]["reason"] == "no_baseline"
    both = instance_state.remember(other, Wanted(earlier=earlier))
    assert list(both["started"]) == ["EBILLDB@ebill-db01", "EBILLDB2@ebill-db01"]
    assert seen("restart", answers(), both)["rows"][0]["state"] == "same"


def test_what_is_remembered_is_bounded_and_survives_a_failed_run() -> None:
    earlier: dict[str, Any] = {}
    for number in range(20):
        found = answers(instance_name=f"I{number}")
        earlier = instance_state.remember(found, Wanted(earlier=earlier))
    assert [name.split("@")[0] for name in earlier["started"]] == [f"I{n}" for n in range(12, 20)]
    assert instance_state.remember(answers(instance=GRANT), Wanted(earlier=earlier)) == earlier


def test_a_start_without_a_time() -> None:
    assert seen("restart", answers(startup_time=None))["error"]["reason"] == "bad_answer"
