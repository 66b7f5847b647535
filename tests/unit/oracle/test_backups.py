# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RMAN jobs and the recovery area."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.backups import (
    TYPES,
    observe_rman,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.recovery_area import observe
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

NOW = datetime(2026, 11, 22, 8, 0)
GRANT = Problem("missing_grant", "SELECT ON SYS.V_$BACKUP_SET_DETAILS (ORA-00942)")


def job(
    kind: str, age: float | None, status: str = "COMPLETED", session: int = 0
) -> dict[str, Any]:
    ended = None if age is None else NOW - timedelta(days=age)
    return {
        "session_recid": session,
        "session_stamp": 99,
        "input_type": kind,
        "status": status,
        "start_time": (ended or NOW) - timedelta(hours=1),
        "end_time": ended,
        "age_days": age,
        "output_bytes": 2**30,
    }


def sets(session: int, kind: str, level: int | None) -> dict[str, Any]:
    return {
        "session_recid": session,
        "session_stamp": 99,
        "backup_type": kind,
        "incremental_level": level,
        "backup_sets": 1,
    }


def seen(
    jobs: Any, found_sets: Any = (), expected: Any = TYPES, log_mode: str = "ARCHIVELOG"
) -> Any:
    answers = {
        "database": [{"log_mode": log_mode}],
        "rman_jobs": jobs,
        "rman_sets": found_sets,
    }
    return observe_rman(answers, expected)


def age(observation: Any) -> float | None:
    return observation["rows"][0]["age_days"] if observation["rows"] else None


AGES: dict[str, tuple[list[Any], list[Any], tuple[Any, Any, Any]]] = {
    "nothing ever ran": ([], [], (None, None, None)),
    "one of each": (
        [job("DB FULL", 3), job("DB INCR", 1), job("ARCHIVELOG", 0.1)],
        [],
        (3, 1, 0.1),
    ),
    "the newest good one counts": ([job("DB FULL", 9), job("DB FULL", 2)], [], (2, 2, None)),
    "a failed one does not count": (
        [job("DB FULL", 9), job("DB FULL", 2, "FAILED")],
        [],
        (9, 9, None),
    ),
    "with warnings is a backup": (
        [job("DB FULL", 2, "COMPLETED WITH WARNINGS")],
        [],
        (2, 2, None),
    ),
    "with errors is none": ([job("DB FULL", 2, "COMPLETED WITH ERRORS")], [], (None, None, None)),
    "a running one is none yet": ([job("DB FULL", None, "RUNNING")], [], (None, None, None)),
    "level 0 is a full one": (
        [job("DB INCR", 4, session=1), job("DB INCR", 1, session=2)],
        [sets(1, "D", 0)],
        (4, 1, None),
    ),
    "archived logs inside a full job": (
        [job("DB FULL", 0.5, session=5), job("ARCHIVELOG", 3)],
        [sets(5, "L", None)],
        (0.5, 0.5, 0.5),
    ),
    "one data file is not the database": ([job("DATAFILE FULL", 1)], [], (None, None, None)),
    "a control file is not either": (
        [job("CONTROLFILE", 1), job("SPFILE", 1)],
        [],
        (None, None, None),
    ),
}


@pytest.mark.parametrize(("jobs", "found_sets", "wanted"), AGES.values(), ids=AGES)
def test_ages(jobs: list[Any], found_sets: list[Any], wanted: tuple[Any, ...]) -> None:
    found = seen(jobs, found_sets)
    assert tuple(age(found[f"rman_{kind}"]) for kind in TYPES) == wanted


def test_a_clock_that_ran_backwards_is_an_error() -> None:
    found = seen([job("DB FULL", -0.5)])
    assert found["rman_full"]["error"]["detail"] == "RMAN FULL: age_days=-0.500"


def test_not_expected_is_absent() -> None:
    found = seen([job("DB FULL", 1)], expected=["full"])
    assert "rows" in found["rman_full"]
    assert found["rman_archivelog"]["absent"]["detail"] == "RMAN ARCHIVELOG"
    nothing = seen([job("DB FULL", 1)], expected=[])
    assert all("absent" in observation for observation in nothing.values())


def test_without_archiving_no_log_backup_is_owed() -> None:
    found = seen([], log_mode="NOARCHIVELOG")
    assert found["rman_archivelog"]["absent"]["detail"] == "NOARCHIVELOG"
    assert found["rman_full"] == {"rows": []}


@pytest.mark.parametrize(
    ("jobs", "lost"),
    [
        ([job("DB FULL", 3), job("ARCHIVELOG", 0.1)], set()),
        # the incremental may have been a level 0
        ([job("DB FULL", 30), job("DB INCR", 1), job("ARCHIVELOG", 0.1)], {"rman_full"}),
        # the full job may have taken the logs along
        ([job("DB FULL", 1), job("ARCHIVELOG", 3)], {"rman_archivelog"}),
        ([job("DB FULL", 1, "FAILED"), job("ARCHIVELOG", 3)], set()),
    ],
)
def test_without_the_sets_only_what_they_decide_is_lost(jobs: list[Any], lost: set[str]) -> None:
    found = seen(jobs, GRANT)
    assert {name for name, observation in found.items() if "error" in observation} == lost


def test_without_the_jobs_all_is_lost() -> None:
    assert all(o["error"] == GRANT.as_dict() for o in seen(GRANT).values())


def test_last_status_is_of_the_last_job_that_ended() -> None:
    found = seen(
        [
            job("DB FULL", 9),
            job("DB FULL", 2, "FAILED"),
            job("DB FULL", None, "RUNNING"),
            job("ARCHIVELOG", 1, "COMPLETED WITH WARNINGS"),
        ]
    )["rman_jobs"]["rows"]
    assert [(r["type"], r["last_status"], r["running"], r["failed_jobs"]) for r in found] == [
        ("FULL", "FAILED", True, 1),
        ("ARCHIVELOG", "COMPLETED WITH WARNINGS", False, 0),
    ]
    assert found[0]["last_started_at"] == "2026-11-20 07:00"


@pytest.mark.parametrize(
    ("expected", "wanted"),
    [
        (["full"], [("FULL", "FAILED")]),
        (["full", "incremental"], [("FULL", "COMPLETED"), ("INCREMENTAL", "FAILED")]),
    ],
)
def test_a_failed_job_of_unknown_level(expected: list[str], wanted: list[Any]) -> None:
    jobs = [job("DB INCR", 3, session=1), job("DB INCR", 1, "FAILED", session=2)]
    found = seen(jobs, [sets(1, "I", 0)], expected)["rman_jobs"]["rows"]
    assert [(row["type"], row["last_status"]) for row in found] == wanted


def test_a_full_backup_counts_for_the_incrementals_age() -> None:
    jobs = [job("DB INCR", 0.4, session=1), job("DB INCR", 1.4, session=2)]
    found = seen(jobs, [sets(1, "I", 0), sets(2, "I", 1)])
    assert (age(found["rman_full"]), age(found["rman_incremental"])) == (0.4, 0.4)


def area_of(answers: Any) -> dict[str, Any]:
    return observe(answers, Wanted())["recovery_area"]


def area(limit: Any, used: Any, reclaimable: Any) -> dict[str, Any]:
    row = {"name": "/u01/fra", "space_limit": limit, "space_used": used}
    rows = [row | {"space_reclaimable": reclaimable, "number_of_files": 3}]
    return area_of({"recovery_area": rows})


@pytest.mark.parametrize(
    ("limit", "used", "reclaimable", "percent"),
    [(200, 180, 0, 90.0), (200, 180, 80, 50.0), (200, 260, 0, 130.0), (200, 0, 0, 0.0)],
)
def test_recovery_area(limit: int, used: int, reclaimable: int, percent: float) -> None:
    assert area(limit, used, reclaimable)["rows"][0]["used_percent"] == percent


def test_recovery_area_that_is_not_or_cannot_be() -> None:
    assert area_of({"recovery_area": []})["absent"]["reason"] == "not_configured"
    assert "absent" in area(0, 0, 0)
    assert area(200, 100, 101)["error"]["reason"] == "bad_answer"
    assert area(200, None, 0)["error"]["reason"] == "bad_answer"
    assert area_of({"recovery_area": GRANT})["error"] == GRANT.as_dict()
