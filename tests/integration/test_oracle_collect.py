# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Oracle area through the unmodified driver against the lab's stand-in, well and broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import (
    Collected,
    all_parts,
    collect,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login, Session
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, inspector, running_server
from lab.oracle.wire.profiles import PROFILES
from tests.integration.oracle_verdicts import verdicts

USER = ("EBILL_DATA", "EBILL_IDX", "EBILL_ARCH", "EBILL_LOG", "USERS")
NAMES = {name for subject in SUBJECTS.values() for name in subject.MAKES} | {
    "grants",
    "statements",
}


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with running_server() as running:
        yield running


def login(server: OracleServer, **changed: Any) -> Login:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "service": server.service_name,
        "user": INSPECTOR,
        "password": PASSWORD,
        "timeout_seconds": 20,
        "connect_timeout_seconds": 5,
        "query_timeout_seconds": 5,
    }
    if "sid" in changed:
        del values["service"]
    return Login(**{**values, **changed})


def seen(server: OracleServer, **changed: Any) -> Collected:
    found = collect(login(server, **changed), Wanted(user_tablespaces=USER))
    assert set(found.observations) == NAMES
    text = json.dumps([found.observations, found.queries])
    assert PASSWORD not in text
    assert server.protocol_errors == []
    return found


def reasons(found: Collected) -> set[str]:
    """The reasons of every observation that has something to say here."""
    return {
        observation["error"]["reason"] if "error" in observation else "answered"
        for observation in found.observations.values()
        if "absent" not in observation and observation is not found.observations["statements"]
    }


def made_of(view: str) -> set[str]:
    """The observations that a view has a part in."""
    names = {part.name for part in all_parts(Wanted()) if part.view == view}
    makes = {name: needs for subject in SUBJECTS.values() for name, needs in subject.MAKES.items()}
    return {name for name, needs in makes.items() if names & set(needs)}


def test_green_world(server: OracleServer) -> None:
    found = seen(server)
    assert set().union(*verdicts(found).values()) == {"pass", "skipped"}
    assert (server.logins[INSPECTOR].success, server.logins[INSPECTOR].failure) == (1, 0)
    assert len(found.queries) <= 12
    spaces = {row["tablespace"]: row for row in found.observations["tablespaces"]["rows"]}
    for name, space in server.world.tablespaces.items():
        if name in spaces:
            assert spaces[name]["used_bytes"] == space.used_bytes
            assert spaces[name]["total_bytes"] == space.limit_bytes
            assert spaces[name]["used_percent"] == pytest.approx(space.used_percent)


@pytest.mark.parametrize("profile", PROFILES)
def test_old_and_new_servers_answer_alike(profile: str) -> None:
    with running_server(profile=profile) as server:
        assert reasons(seen(server)) == {"answered"}


def test_by_sid(server: OracleServer) -> None:
    assert reasons(seen(server, sid=server.instance_name)) == {"answered"}


def test_a_full_tablespace_fails_by_the_maximum(server: OracleServer) -> None:
    space = server.world.tablespaces["EBILL_DATA"]
    for file in space.files:
        file.size_bytes = file.max_bytes
    space.used_bytes = space.limit_bytes * 95 // 100
    found = verdicts(seen(server))
    assert found["oracle.user_tablespace_used"] == {"pass", "fail"}
    assert found["oracle.system_tablespace_used"] == {"pass"}


def test_offline_tablespace_and_file(server: OracleServer) -> None:
    server.world.tablespaces["EBILL_IDX"].status = "OFFLINE"
    server.world.tablespaces["EBILL_DATA"].files[1].online = False
    found = verdicts(seen(server))
    assert found["oracle.user_tablespace_used"] == {"pass", "error"}
    assert found["oracle.tablespace_online"] == {"pass", "fail"}
    assert found["oracle.datafile_online"] == {"fail"}


def test_no_backups_at_all(server: OracleServer) -> None:
    server.world.rman_jobs.clear()
    server.world.recovery_area = None
    found = verdicts(seen(server))
    assert found["oracle.rman_full_age"] == {"fail"}
    assert found["oracle.rman_archivelog_age"] == {"fail"}
    assert found["oracle.rman_last_status"] == {"fail"}
    assert found["oracle.recovery_area_used"] == {"skipped"}


def test_not_archiving(server: OracleServer) -> None:
    server.world.log_mode = "NOARCHIVELOG"
    found = verdicts(seen(server))
    assert found["oracle.archive_mode"] == {"warn"}
    assert found["oracle.rman_archivelog_age"] == {"skipped"}


@pytest.mark.parametrize("silent", ["connect", "accept"])
def test_a_silent_listener_is_given_up(server: OracleServer, silent: str) -> None:
    server.faults.silent = silent
    assert reasons(seen(server, connect_timeout_seconds=1)) == {"listener_silent"}


def test_nothing_listens(server: OracleServer) -> None:
    assert reasons(seen(server, port=1)) == {"connection_refused"}


def test_a_wrong_password_is_tried_once(server: OracleServer) -> None:
    assert reasons(seen(server, password="not-this-one")) == {"login_refused"}
    assert (server.logins[INSPECTOR].success, server.logins[INSPECTOR].failure) == (0, 1)


@pytest.mark.parametrize(
    ("fault", "value", "reason"),
    [
        ("logon_error", 28000, "account_locked"),
        ("logon_error", 28001, "password_expired"),
        ("logon_error", 1045, "missing_grant"),
        ("logon_error", 1033, "database_not_open"),
        ("logon_error", 1034, "database_not_open"),
        ("refuse", 12514, "service_unknown"),
        ("refuse", 12505, "service_unknown"),
        ("refuse", 12519, "sessions_exhausted"),
        ("refuse", 12526, "login_restricted"),
        ("refuse", 12528, "database_not_open"),
        ("too_old", True, "needs_thick"),
    ],
)
def test_connecting_fails(server: OracleServer, fault: str, value: Any, reason: str) -> None:
    setattr(server.faults, fault, value)
    found = seen(server)
    # we looked, and it is not open; nothing else could be seen
    known = {"answered"} if reason in ("database_not_open", "login_restricted") else set()
    assert reasons(found) == {reason} | known
    assert ("rows" in found.observations["open_state"]) is bool(known)
    assert sum(count.failure for count in server.logins.values()) <= 1


@pytest.mark.parametrize(
    ("view", "lost"),
    [
        ("DBA_FREE_SPACE", {"tablespaces"}),
        ("DBA_TABLESPACES", {"tablespaces", "tablespace_states", "undo"}),
        ("DBA_DATA_FILES", {"tablespaces", "datafiles", "undo"}),
        ("DBA_UNDO_EXTENTS", {"undo"}),
        ("DBA_TEMP_FREE_SPACE", {"temp"}),
        ("V$RECOVERY_FILE_DEST", {"recovery_area"}),
        ("V$DATABASE", {"database", "open_state"}),
        ("V$RMAN_BACKUP_JOB_DETAILS", {"rman_jobs", "rman_full", "rman_archivelog"}),
    ],
)
def test_a_missing_grant_costs_only_its_own_and_is_named(view: str, lost: set[str]) -> None:
    user = inspector()
    user.grants.discard(view)
    with running_server(users=[user]) as server:
        found = seen(server)
    failed = {n: o["error"] for n, o in found.observations.items() if "error" in o}
    assert lost <= set(failed) <= made_of(view)
    name = view.replace("V$", "V_$")
    wanted = {"reason": "missing_grant", "detail": f"SELECT ON SYS.{name} (ORA-00942)"}
    assert all(error == wanted for error in failed.values())
    (row,) = found.observations["grants"]["rows"]
    assert row["grant"] == f"SELECT ON SYS.{name}"
    assert lost <= set(row["checks"].split(", ")) <= made_of(view)
    assert verdicts(found)["oracle.grants_complete"] == {"warn"}


def test_slow_queries_end_one_by_one_and_the_session_lives(server: OracleServer) -> None:
    server.faults.slow_seconds = 30
    found = seen(server, query_timeout_seconds=0.2)
    assert reasons(found) == {"timeout"}
    assert len(found.queries) > 5
    assert server.logins[INSPECTOR].success == 1


def test_the_whole_is_bounded_too(server: OracleServer) -> None:
    server.faults.slow_seconds = 30
    found = seen(server, query_timeout_seconds=30, timeout_seconds=1)
    assert reasons(found) == {"timeout"}


def test_a_hanging_fetch_is_given_up(server: OracleServer) -> None:
    server.faults.hang_in_fetch = True
    many = server.world.tablespaces["EBILL_DATA"].files
    many += [type(many[0])(f"{many[0].path}{i}", 2**20) for i in range(3000)]
    found = seen(server, query_timeout_seconds=0.5, timeout_seconds=10)
    assert found.observations["datafiles"]["error"]["reason"] == "timeout"
    assert "rows" in found.observations["recovery_area"]


def test_a_server_that_ignores_the_break_costs_the_rest(server: OracleServer) -> None:
    server.faults.slow_seconds = 30
    server.faults.ignore_break = True
    found = seen(server, query_timeout_seconds=0.3, timeout_seconds=10)
    assert reasons(found) == {"connection_lost"}
    assert len(found.queries) == 1


@pytest.mark.parametrize("fault", ["kill_on_execute", "kill_on_fetch"])
def test_a_lost_connection_is_not_tried_again(server: OracleServer, fault: str) -> None:
    many = server.world.tablespaces["EBILL_DATA"].files
    many += [type(many[0])(f"{many[0].path}{i}", 2**20) for i in range(3000)]
    setattr(server.faults, fault, True)
    found = seen(server)
    assert "connection_lost" in reasons(found)
    assert found.observations["rman_full"]["error"]["reason"] == "connection_lost"
    assert server.logins[INSPECTOR].success == 1


def test_more_rows_than_expected_are_not_judged(server: OracleServer) -> None:
    (part,) = (part for part in all_parts(Wanted()) if part.name == "data_files")
    answers, _ = Session(login(server), [replace(part, max_rows=5)]).run()
    assert answers["data_files"] == Problem("bad_answer", "DBA_DATA_FILES: > 5 rows")


def test_what_it_says_of_itself_to_the_dba(server: OracleServer) -> None:
    programs: list[str] = []
    create = server.next_session

    def watch(user: str, hello: Any, **more: Any) -> Any:
        facts = create(user, hello, **more)
        programs.append(facts.program)
        return facts

    server.next_session = watch  # type: ignore[method-assign]
    seen(server)
    assert programs == ["ebill.ops"]
