# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs, objects, parameters and recovery through the unmodified driver, from run to run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import (
    Collected,
    Wanted,
    collect,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login

from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, inspector, running_server
from lab.oracle.world.multitenant import multitenant_world
from lab.oracle.world.upkeep import JobRun, Patch, ScheduledJob, SchemaObject
from tests.integration.oracle_verdicts import verdicts

SUBJECTS = ("jobs", "objects", "integrity", "parameters", "recovery", "rman_history")
KINDS = ("full", "incremental", "archivelog")


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with running_server() as running:
        yield running


def seen(server: OracleServer, earlier: Any = None, **site: Any) -> Collected:
    login = Login(
        host="127.0.0.1",
        port=server.port,
        service=server.service_name,
        user=INSPECTOR,
        password=PASSWORD,
        protocol="tcp",
    )
    given = {"gather": SUBJECTS, "rman_expected": KINDS, "earlier": earlier or {}}
    return collect(login, Wanted(**(given | site)))


def rows(found: Collected, name: str) -> list[dict[str, Any]]:
    observation = found.observations[name]
    assert "rows" in observation, observation
    return list(observation["rows"])


def test_what_changed_since_the_last_run(server: OracleServer) -> None:
    first = seen(server)
    assert first.observations["parameter_changes"]["absent"]["reason"] == "no_baseline"
    kept = json.loads(json.dumps(first.bookmarks))
    assert rows(seen(server, kept), "parameter_changes") == []
    server.world.parameters["processes"] = "300"
    server.world.upkeep.patches.append(Patch(36233263, "Database Release Update", timedelta(2)))
    second = seen(server, kept)
    assert rows(second, "parameter_changes") == [
        {"parameter": "processes", "change": "changed", "old_value": "600", "new_value": "300"}
    ]
    assert [row["patch"] for row in rows(second, "patch_changes")] == ["36233263"]
    assert verdicts(second)["oracle.parameters_changed"] == {"warn"}


def test_a_test_of_backups_is_remembered_when_its_record_has_gone(server: OracleServer) -> None:
    kept = json.loads(json.dumps(seen(server).bookmarks))
    server.world.upkeep.tested = None
    assert [row["age_days"] for row in rows(seen(server, kept), "backup_test")] == [
        pytest.approx(47, abs=0.1)
    ]
    assert rows(seen(server), "backup_test") == []


def test_bookmarks_hold_no_secret_and_stay_small(server: OracleServer) -> None:
    text = json.dumps(seen(server).bookmarks)
    assert PASSWORD not in text
    assert len(text) < 20_000


def test_only_the_sites_schemas_are_judged(server: OracleServer) -> None:
    world = server.world.upkeep
    world.jobs.append(
        ScheduledJob("LIS", "J_SYNC", runs=[JobRun(timedelta(hours=1), "FAILED", 942)])
    )
    world.objects.append(SchemaObject("LIS", "V_SYNC", "VIEW", "INVALID"))
    listed = verdicts(seen(server, application_schemas=["EBILL"]))
    assert listed["oracle.jobs_state"] == {"pass"}
    assert listed["oracle.objects_invalid"] == {"pass"}
    every = verdicts(seen(server))
    assert every["oracle.jobs_state"] == {"fail"}
    assert every["oracle.objects_invalid"] == {"warn"}


def test_from_the_root_all_containers_answer() -> None:
    with running_server(multitenant_world()) as server:
        found = seen(server)
        (oldest,) = rows(found, "file_backups")
        assert (oldest["never"], oldest["backed_up"]) == (0, "backed_up")
        assert oldest["files"] > 12
        containers = {row["container"] for row in rows(found, "statistics_task")}
    assert {"CDB$ROOT", "EBILLPDB"} <= containers


def test_a_database_without_archiving_and_without_rman_is_judged_sensibly(
    server: OracleServer,
) -> None:
    """Cold exports only: what is left to warn of is the missing archiving itself."""
    server.world.log_mode = "NOARCHIVELOG"
    server.world.rman_jobs.clear()
    server.world.recovery_area = None
    found = verdicts(seen(server, gather=(), rman_expected=()))
    backups = {name: statuses for name, statuses in found.items() if "backup" in name}
    assert set().union(*backups.values()) == {"skipped"}
    assert found["oracle.archive_gaps"] == {"skipped"}
    assert found["oracle.archive_mode"] == {"warn"}


@pytest.mark.parametrize(
    ("view", "lost"),
    [
        ("DBA_SCHEDULER_JOBS", {"scheduler_jobs", "jobs_overview"}),
        ("DBA_OBJECTS", {"invalid_objects"}),
        ("V$PARAMETER", {"parameters", "parameter_changes"}),
        ("V$BACKUP_DATAFILE_DETAILS", {"file_backups"}),
        ("V$ARCHIVED_LOG", {"archived_logs"}),
        ("V$RMAN_STATUS", {"running_backups", "backup_test"}),
    ],
)
def test_a_missing_grant_costs_its_own_only(view: str, lost: set[str]) -> None:
    user = inspector()
    user.grants.discard(view)
    with running_server(users=[user]) as server:
        found = seen(server)
    failed = {name for name, seen_of in found.observations.items() if "error" in seen_of}
    assert failed == lost
