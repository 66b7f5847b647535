# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups by file, archived logs, tests of backups, sizes and running jobs, from answers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import recovery, rman_history
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.backups import observe_rman
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

NOW = datetime(2026, 11, 22, 8, 0)
PLAN = Wanted(rman_expected=("full", "incremental", "archivelog"))
MAKES = recovery.MAKES | rman_history.MAKES
EMPTY: dict[str, Any] = {name: () for parts in MAKES.values() for name in parts}
FILE = {"file_number": 1, "file_name": "/u01/a.dbf", "creation_change": 10}


def seen(wanted: Wanted = PLAN, **answers: Any) -> dict[str, Any]:
    known = {"database": [{"database_role": "PRIMARY", "log_mode": "ARCHIVELOG"}],
             "datafile_ages": [FILE | {"checkpoint_change": 900, "created_days": 400}]}  # fmt: skip
    given = EMPTY | known | answers
    return recovery.observe(given, wanted) | rman_history.observe(given, wanted)


def full(age: float, size: int | None = 1000, status: str = "COMPLETED") -> dict[str, Any]:
    ended = NOW - timedelta(days=age)
    return {
        "session_recid": int(age * 10),
        "session_stamp": 1,
        "input_type": "DB FULL",
        "status": status,
        "start_time": ended - timedelta(hours=12),
        "end_time": ended,
        "age_days": age,
        "output_bytes": size,
    }


def backup(number: int, age: float, checkpoint: int = 800, creation: int = 10) -> dict[str, Any]:
    return {"file_number": number, "creation_change": creation, "checkpoint_change": checkpoint,
            "age_days": age}  # fmt: skip


def file(number: int, created: float = 400, checkpoint: int = 900, creation: int = 10) -> Any:
    return {
        "file_number": number,
        "file_name": f"/u01/{number}.dbf",
        "creation_change": creation,
        "checkpoint_change": checkpoint,
        "created_days": created,
    }


FILES: dict[str, tuple[list[Any], list[Any], tuple[str, str, float, int]]] = {
    # files, backups, (file, how, age, never backed up)
    "all last night": (
        [file(1), file(2)], [backup(1, 0.5), backup(2, 0.6)], ("/u01/2.dbf", "backed_up", 0.6, 0),
    ),
    "one long ago": (
        [file(1), file(2)], [backup(1, 40), backup(2, 0.6)], ("/u01/1.dbf", "backed_up", 40, 0),
    ),
    "one never": (
        [file(1), file(2)], [backup(1, 0.5)], ("/u01/2.dbf", "never_backed_up", 400, 1),
    ),
    "a new one, created after the last backup": (
        [file(1), file(2, created=0.1)], [backup(1, 0.5)], ("/u01/1.dbf", "backed_up", 0.5, 1),
    ),
    "read only, backed up once and for all": (
        [file(1), file(2, checkpoint=700)], [backup(1, 0.5), backup(2, 300, checkpoint=700)],
        ("/u01/1.dbf", "backed_up", 0.5, 0),
    ),
    "read only, changed after its backup": (
        [file(1), file(2, checkpoint=700)], [backup(1, 0.5), backup(2, 300, checkpoint=699)],
        ("/u01/2.dbf", "backed_up", 300, 0),
    ),
    "the number was another file's before": (
        [file(1), file(2, creation=99)], [backup(1, 0.5), backup(2, 0.5)],
        ("/u01/2.dbf", "never_backed_up", 400, 1),
    ),
    "a dropped file's backup is nobody's": (
        [file(1)], [backup(1, 0.5), backup(7, 500)], ("/u01/1.dbf", "backed_up", 0.5, 0),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "backups", "wanted"), FILES.values(), ids=FILES)
def test_one_forgotten_file(
    files: list[Any], backups: list[Any], wanted: tuple[str, str, float, int]
) -> None:
    (row,) = seen(datafile_ages=files, file_backups=backups)["file_backups"]["rows"]
    assert (row["file"], row["backed_up"], row["age_days"], row["never"]) == wanted
    assert row["files"] == len(files)


def test_files_that_cannot_be() -> None:
    assert seen(datafile_ages=[])["file_backups"]["error"]["detail"] == "V$DATAFILE: 0 rows"
    ahead = seen(file_backups=[backup(1, -0.5)])["file_backups"]
    assert ahead["error"]["reason"] == "bad_answer"


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"backups": 3, "age_days": 0.5}, [{"backups": 3, "age_days": 0.5}]),
        ({"backups": 0, "age_days": None}, []),
    ],
)
def test_control_file(row: dict[str, Any], wanted: list[Any]) -> None:
    assert seen(controlfile_backups=[row])["controlfile_backup"]["rows"] == wanted


def logs(**changed: Any) -> dict[str, Any]:
    row = {"thread": 1, "incarnation": 5, "logs": 90, "lowest": 1, "highest": 100, "missing": 0,
           "missing_days": None, "lost": 0, "lost_days": None}  # fmt: skip
    return row | changed


GAPS: dict[str, tuple[dict[str, Any], list[Any], int]] = {
    "complete": (logs(), [full(2)], 0),
    "a hole after the full backup": (logs(missing=3, missing_days=1.0), [full(2)], 3),
    "a hole while the full backup ran": (logs(missing=3, missing_days=2.2), [full(2)], 3),
    "a hole before it": (logs(missing=3, missing_days=2.6), [full(2)], 0),
    "no full backup: every hole counts": (logs(missing=3, missing_days=90.0), [], 3),
    "deleted without a backup": (logs(lost=2, lost_days=0.5), [full(2)], 2),
    "a failed full backup is no base": (
        logs(missing=3, missing_days=5.0), [full(2, status="FAILED"), full(9)], 3,
    ),
    "a validation is no base": (logs(missing=3, missing_days=5.0), [full(2, 0), full(9)], 3),
}  # fmt: skip


@pytest.mark.parametrize(("row", "jobs", "unusable"), GAPS.values(), ids=GAPS)
def test_archived_logs(row: dict[str, Any], jobs: list[Any], unusable: int) -> None:
    (found,) = seen(archived_logs=[row], rman_jobs=jobs)["archived_logs"]["rows"]
    assert found["unusable"] == unusable


def test_only_the_newest_incarnation_counts() -> None:
    old = logs(incarnation=4, missing=9, missing_days=1.0)
    found = seen(archived_logs=[old, logs(), logs(thread=2)])["archived_logs"]["rows"]
    assert [(row["thread"], row["unusable"]) for row in found] == [("THREAD 1", 0), ("THREAD 2", 0)]


def test_logs_that_rman_does_not_back_up_may_be_elsewhere() -> None:
    plan = Wanted(rman_expected=("full",))
    (row,) = seen(plan, archived_logs=[logs(lost=9, lost_days=0.1)])["archived_logs"]["rows"]
    assert row["unusable"] == 0


def test_without_a_full_backup_in_the_plan_no_log_can_be_missed() -> None:
    plan = Wanted(rman_expected=("archivelog",))
    found = seen(plan, archived_logs=[logs(missing=3, missing_days=400.0)])["archived_logs"]
    assert found["absent"] == {"reason": "not_configured", "detail": "RMAN FULL"}


def test_without_archiving_there_are_no_logs() -> None:
    database = [{"database_role": "PRIMARY", "log_mode": "NOARCHIVELOG"}]
    found = seen(database=database, archived_logs=[logs(missing=1, missing_days=1.0)])
    assert found["archived_logs"]["absent"]["detail"] == "NOARCHIVELOG"


def test_a_gap_is_the_standbys() -> None:
    gap = [{"thread": 1, "lowest": 52101, "highest": 52104}]
    assert seen(standby_gaps=gap)["standby_gaps"]["absent"]["reason"] == "not_listed"
    role = [{"database_role": "PHYSICAL STANDBY", "log_mode": "ARCHIVELOG"}]
    (row,) = seen(database=role, standby_gaps=gap)["standby_gaps"]["rows"]
    assert (row["missing"], row["lowest"]) == (4, 52101)
    assert seen(database=role, standby_gaps=[])["standby_gaps"] == {"rows": []}


@pytest.mark.parametrize(
    ("state", "attached", "left"),
    [("EXECUTING", 1, False), ("NOT RUNNING", 0, True), ("NOT RUNNING", 1, False),
     ("STOP PENDING", 0, False)],
)  # fmt: skip
def test_data_pump_jobs(state: str, attached: int, left: bool) -> None:
    row = {"con_id": None, "owner_name": "EBILL", "job_name": "J", "operation": "EXPORT",
           "state": state, "attached_sessions": attached}  # fmt: skip
    assert bool(seen(datapump_jobs=[row])["datapump_jobs"]["rows"]) is left


@pytest.mark.parametrize(
    ("sizes", "percent", "compared"),
    [
        ([500, 1000, 1000, 1000, 1000], 50.0, 4),
        # the median, so that one odd backup is no measure; older ones than four do not count
        ([900, 1000, 10, 1000, 800, 9999], 100 * 900 / 900, 4),
        ([1000, 2000, 4000], 100 * 1000 / 3000, 2),
        ([1000, 2000], None, None),
        ([], None, None),
        # what wrote nothing, or whose size is not known, is not compared
        ([0, 500, 1000, None, 1000], 50.0, 2),
    ],
)
def test_size_against_the_last_ones(
    sizes: list[int | None], percent: float | None, compared: int | None
) -> None:
    jobs = [full(1 + 7 * place, size) for place, size in enumerate(sizes)]
    rows = seen(rman_jobs=list(reversed(jobs)))["backup_size"]["rows"]
    assert [(row["percent_of_usual"], row["compared"]) for row in rows] == (
        [] if percent is None else [(percent, compared)]
    )


def record_of(tested_at: datetime | None, asked_at: datetime | None = NOW) -> list[Any]:
    return [{"operations": 9, "record_days": 14.2, "tested_at": tested_at, "asked_at": asked_at}]


def test_running_jobs_have_their_hours() -> None:
    job = full(0) | {"status": "RUNNING WITH WARNINGS", "end_time": None, "age_days": None,
                     "start_time": NOW - timedelta(hours=26)}  # fmt: skip
    found = seen(rman_jobs=[job, full(1)], rman_tests=record_of(None))["running_backups"]
    assert found["rows"] == [{"type": "DB FULL", "hours": 26.0, "started_at": "2026-11-21 06:00"}]
    unknown = seen(rman_jobs=[job], rman_tests=record_of(None, None))["running_backups"]
    assert unknown["error"]["reason"] == "bad_answer"


YEAR_AGO = NOW - timedelta(days=380)


@pytest.mark.parametrize(
    ("on_record", "earlier", "age"),
    [
        (NOW - timedelta(days=47), None, 47.0),
        (None, YEAR_AGO, 380.0),
        (NOW - timedelta(days=47), YEAR_AGO, 47.0),
        (NOW - timedelta(days=400), YEAR_AGO, 380.0),
        (None, None, None),
    ],
)
def test_the_last_test_is_remembered(
    on_record: datetime | None, earlier: datetime | None, age: float | None
) -> None:
    kept = {"tested_at": earlier.isoformat()} if earlier else {}
    wanted = Wanted(rman_expected=("full",), earlier=json.loads(json.dumps(kept)))
    answers = EMPTY | {"rman_tests": record_of(on_record)}
    found = rman_history.observe(answers, wanted)["backup_test"]["rows"]
    assert [row["age_days"] for row in found] == ([] if age is None else [age])
    newest = rman_history.remember(answers, wanted)
    assert newest == ({} if age is None else {"tested_at": max(
        moment for moment in (on_record, earlier) if moment).isoformat()})  # fmt: skip


def test_a_test_in_the_future_is_an_error() -> None:
    found = seen(rman_tests=record_of(NOW + timedelta(hours=1)))["backup_test"]
    assert found["error"]["reason"] == "bad_answer"


def test_a_baseline_that_is_no_date_is_none() -> None:
    wanted = Wanted(rman_expected=("full",), earlier={"tested_at": "yesterday"})
    answers = EMPTY | {"rman_tests": record_of(None)}
    assert rman_history.observe(answers, wanted)["backup_test"] == {"rows": []}


def test_a_site_without_rman_owes_no_rman() -> None:
    plan = Wanted(rman_expected=())
    found = seen(plan, archived_logs=[logs()])
    assert {name for name, observation in found.items() if "absent" in observation} == {
        "file_backups", "controlfile_backup", "archived_logs", "standby_gaps",
        *rman_history.MAKES,
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(EMPTY.keys() - {"containers", "database", "rman_sets"}))
def test_a_missing_grant_costs_its_own_observations_only(name: str) -> None:
    problem = Problem("missing_grant", f"SELECT ON SYS.{name.upper()} (ORA-00942)")
    found = seen(**{name: problem})
    lost = {key for key, observation in found.items() if "error" in observation}
    # a primary is not asked for the standby's gaps
    owed = {key for key, parts in MAKES.items() if name in parts} - {"standby_gaps"}
    assert lost == owed
    assert all(found[key]["error"] == problem.as_dict() for key in lost)


def test_a_validation_is_no_backup_and_failures_since_the_last_good_are_counted() -> None:
    jobs = [full(9), full(6, status="FAILED"), full(5, 0), full(2, status="FAILED")]
    found = observe_rman({"rman_jobs": jobs, "rman_sets": ()}, ("full",))
    assert found["rman_full"]["rows"][0]["age_days"] == 9
    (last,) = found["rman_jobs"]["rows"]
    assert (last["failed_since_good"], last["jobs"]) == (2, 3)


def test_a_validation_does_not_hide_that_the_last_backup_failed() -> None:
    jobs = [full(9), full(6, status="FAILED"), full(5, 0)]
    found = observe_rman({"rman_jobs": jobs, "rman_sets": ()}, ("full",))
    assert found["rman_jobs"]["rows"][0]["last_status"] == "FAILED"
