# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduled jobs, those of DBMS_JOB, and the nightly statistics, from answers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.jobs import MAKES, observe
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import (
    container_of,
    kind_of_owner,
    labelled,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

EMPTY: dict[str, Any] = dict.fromkeys({part for parts in MAKES.values() for part in parts}, ())


def job(name: str = "J_PUSH", state: str = "SCHEDULED", owner: str = "EBILL") -> dict[str, Any]:
    return {
        "con_id": None,
        "owner": owner,
        "job_name": name,
        "state": state,
        "failure_count": 2,
        "last_start_days": 0.3,
    }


def runs(
    good: float | None, failed: float | None, name: str = "J_PUSH", **changed: Any
) -> dict[str, Any]:
    row = {
        "con_id": None,
        "owner": "EBILL",
        "job_name": name,
        "runs": 7,
        "failures": 0 if failed is None else 3,
        "succeeded_days": good,
        "failed_days": failed,
        "error_code": None if failed is None else 942,
    }
    return row | changed


def seen(wanted: Wanted | None = None, **answers: Any) -> dict[str, Any]:
    return observe(EMPTY | answers, wanted or Wanted())


STATES: dict[str, tuple[str, dict[str, Any] | None, str | None]] = {
    # state in the view, its runs of seven days, the state that is reported
    "never ran in these days": ("SCHEDULED", None, None),
    "ran well": ("SCHEDULED", runs(0.1, None), None),
    "failed, then ran well": ("SCHEDULED", runs(0.1, 0.5), None),
    "ran well, then failed": ("SCHEDULED", runs(0.5, 0.1), "failed"),
    "only failed": ("RETRY SCHEDULED", runs(None, 0.1), "failed"),
    "was only stopped": ("SCHEDULED", runs(None, None), None),
    "runs now after a failure": ("RUNNING", runs(1.0, 0.1), "failed"),
    "ran once and is done": ("COMPLETED", runs(3.0, None), None),
    "broken, whatever its runs": ("BROKEN", runs(0.1, None), "broken"),
    "ran once and failed": ("FAILED", None, "failed"),
    "its chain stalls": ("CHAIN_STALLED", None, "stalled"),
    "switched off after a failure": ("DISABLED", runs(None, 0.1), None),
}


@pytest.mark.parametrize(("state", "run", "wanted"), STATES.values(), ids=STATES)
def test_state_of_a_job(state: str, run: dict[str, Any] | None, wanted: str | None) -> None:
    found = seen(scheduler_jobs=[job(state=state)], job_runs=[run] if run else [])
    rows = found["scheduler_jobs"]["rows"]
    assert [row["state"] for row in rows] == ([wanted] if wanted else [])


def test_what_is_told_of_a_failed_job() -> None:
    found = seen(scheduler_jobs=[job()], job_runs=[runs(None, 0.2)])
    (row,) = found["scheduler_jobs"]["rows"]
    assert row["job"] == "EBILL.J_PUSH"
    assert (row["failures"], row["runs"], row["failures_in_all"]) == (3, 7, 2)
    assert row["error_code"] == "ORA-00942"
    assert found["jobs_overview"]["rows"] == [{"jobs": 1, "disabled": 0, "runs": 7, "failures": 3}]


def test_jobs_of_one_name_in_two_schemas_are_two() -> None:
    jobs = [job(), job(owner="LIS")]
    found = seen(
        Wanted(application_schemas=["ebill"]), scheduler_jobs=jobs, job_runs=[runs(0.5, 0.1)]
    )
    assert [row["job"] for row in found["scheduler_jobs"]["rows"]] == ["EBILL.J_PUSH"]
    assert found["jobs_overview"]["rows"][0]["jobs"] == 1


def test_containers_are_told_apart() -> None:
    jobs = [job() | {"con_id": 3}, job() | {"con_id": 4}]
    found = seen(
        scheduler_jobs=jobs,
        job_runs=[runs(None, 0.1, con_id=4)],
        containers=[{"con_id": 3, "name": "EBILLPDB"}, {"con_id": 4, "name": "LISPDB"}],
    )
    assert [row["job"] for row in found["scheduler_jobs"]["rows"]] == ["LISPDB/EBILL.J_PUSH"]


@pytest.mark.parametrize(
    ("broken", "failures", "state"),
    [
        ("N", None, None),
        ("N", 0, None),
        ("N", 3, "failed"),
        ("Y", 16, "broken"),
        ("Y", 15, "stopped"),
        ("Y", 0, "stopped"),
        ("Y", None, "stopped"),
    ],
)
def test_jobs_of_dbms_job(broken: str, failures: int | None, state: str | None) -> None:
    row = {"con_id": None, "job": 23, "schema_user": "EBILL", "broken": broken}
    found = seen(old_jobs=[row | {"failures": failures, "last_good_days": None}])
    rows = found["old_jobs"]["rows"]
    assert [(one["job"], one["state"]) for one in rows] == ([("EBILL #23", state)] if state else [])
    assert found["jobs_overview"]["rows"][0]["jobs"] == 1


def test_without_any_job_there_is_no_overview() -> None:
    found = seen(scheduler_jobs=[job(owner="SYS", name="PURGE_LOG")])
    assert found["jobs_overview"]["absent"]["reason"] == "not_listed"
    assert found["scheduler_jobs"] == {"rows": []}


def statistics(status: str, runs_of: Any, con_id: int | None = None) -> Any:
    name = "auto optimizer stats collection"
    client = {"con_id": con_id, "client_name": name, "status": status}
    return seen(autotask_clients=[client], autotask_runs=runs_of)["statistics_task"]


@pytest.mark.parametrize(
    ("runs_of", "state", "good_days"),
    [
        ([], "never", None),
        ([{"con_id": None, "runs": 3, "good_runs": 0, "good_days": None}], "never", None),
        ([{"con_id": None, "runs": 3, "good_runs": 2, "good_days": 1.5}], "ran", 1.5),
        # the runs of another container are not its own
        ([{"con_id": 4, "runs": 3, "good_runs": 2, "good_days": 1.5}], "never", None),
    ],
)
def test_nightly_statistics(runs_of: Any, state: str, good_days: float | None) -> None:
    (row,) = statistics("ENABLED", runs_of)["rows"]
    assert (row["state"], row["good_days"]) == (state, good_days)


def test_statistics_that_are_switched_off_are_absent() -> None:
    assert statistics("DISABLED", [])["absent"]["reason"] == "not_configured"


@pytest.mark.parametrize("name", sorted(EMPTY.keys() - {"containers"}))
def test_a_missing_grant_costs_its_own_observations_only(name: str) -> None:
    problem = Problem("missing_grant", f"SELECT ON SYS.{name.upper()} (ORA-00942)")
    found = seen(**{name: problem})
    lost = {key for key, observation in found.items() if "error" in observation}
    assert lost == {key for key, parts in MAKES.items() if name in parts}
    assert all(found[key]["error"] == problem.as_dict() for key in lost)


@pytest.mark.parametrize(
    ("owner", "listed", "kind"),
    [
        ("EBILL", [], "site"),
        ("EBILL", ["ebill"], "site"),
        ("LIS", ["EBILL"], "other"),
        ("SYS", ["SYS"], "oracle"),
        ("PUBLIC", [], "oracle"),
        ("APEX_190200", [], "oracle"),
        (None, [], "site"),
    ],
)
def test_whose_an_object_is(owner: str | None, listed: list[str], kind: str) -> None:
    assert kind_of_owner(owner, Wanted(application_schemas=listed)) == kind


def test_containers_without_a_name_keep_their_number() -> None:
    assert container_of({"con_id": None}, {}) is None
    assert labelled("EBILL", {"con_id": 7}, {}) == "CON_ID 7/EBILL"
