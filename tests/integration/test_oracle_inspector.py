# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inspection account through the real driver, and by the playbook, on the lab's stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import oracledb
import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import performance
from ansible_collections.ebill.ops.plugins.module_utils.oracle.administration import (
    AdministrationError,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.inspector import (
    Inspector,
    RefusedError,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.provide import Request, provide
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

from lab.oracle.server import OracleServer, User, running_server
from lab.oracle.wire.profiles import PROFILES
from lab.oracle.world.model import Table, TableColumn
from lab.oracle.world.multitenant import PDB, multitenant_world

ROOT = Path(__file__).resolve().parents[2]
NAME, SECRET, ADMIN_SECRET = "EBILL_OPS", "Insp#2026x", "Admin#2026y"


def administrator() -> User:
    return User("SYS", ADMIN_SECRET, privileges={"CREATE SESSION", "SYSDBA"})


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with running_server(users=[administrator()]) as running:
        yield running


@pytest.fixture
def containers() -> Iterator[OracleServer]:
    with running_server(multitenant_world(), [administrator()]) as running:
        yield running


def login(server: OracleServer, **changed: Any) -> Login:
    values = {"service": server.service_name, "user": "SYS", "password": ADMIN_SECRET, **changed}
    return Login(
        host="127.0.0.1",
        port=server.port,
        timeout_seconds=20,
        connect_timeout_seconds=5,
        query_timeout_seconds=5,
        **values,
    )


def asked(
    server: OracleServer, state: str = "present", *, dry: bool = False, **changed: Any
) -> dict[str, Any]:
    """Ask as SYS; the answer holds ``problem`` where it was refused."""
    service = changed.pop("service", server.service_name)
    owed = changed.pop("owed", {})
    inspector = Inspector(**{"name": NAME, "password": SECRET, **changed})
    return run(Request(state, inspector, owed, False, True, dry), login(server, service=service))


def checked(server: OracleServer, user: str = NAME, **changed: Any) -> dict[str, Any]:
    """Ask as the inspection account itself."""
    inspector = Inspector(user, common=user.startswith("C##"))
    where = login(server, user=user, password=SECRET, **changed)
    return run(Request("checked", inspector, {}, False, False, True), where)


def run(request: Request, where: Login) -> dict[str, Any]:
    answer = request.answer()
    try:
        provide(where, request, answer)
    except (AdministrationError, RefusedError) as error:
        answer.problem_of(error)
    found = answer.result()
    text = json.dumps(found)
    assert SECRET not in text
    assert ADMIN_SECRET not in text
    return found


def table(owner: str) -> Table:
    return Table(owner, "BILLS", [TableColumn("ID", "NUMBER")])


def test_created_and_then_nothing_to_do(server: OracleServer) -> None:
    first = asked(server)
    assert first["changed"]
    assert not first["refused"]
    assert first["statements"][:2] == [
        f"CREATE USER {NAME} IDENTIFIED BY ********",
        f"GRANT CREATE SESSION TO {NAME}",
    ]
    before = deepcopy(server.users[NAME])
    second = asked(server)
    assert (second["changed"], second["missing"], second["surplus"]) == (False, [], [])
    assert server.users[NAME] == before
    assert before.password == SECRET
    assert before.privileges == {"CREATE SESSION"}
    assert checked(server)["missing"] == []


def test_the_account_is_enough_for_the_whole_inspection(server: OracleServer) -> None:
    asked(server)
    found = collect(login(server, user=NAME, password=SECRET), Wanted())
    assert found.observations["grants"] == {"rows": []}


def test_the_account_is_enough_for_the_performance_diagnosis(server: OracleServer) -> None:
    asked(server)
    where = login(server, user=NAME, password=SECRET)
    found = performance.collect(where, Wanted()).observations
    assert "missing_grant" not in json.dumps(found, default=str)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_release_that_the_driver_reaches(profile: str) -> None:
    with running_server(users=[administrator()], profile=profile) as server:
        assert not asked(server)["refused"]
        assert asked(server)["changed"] is False
        assert checked(server)["missing"] == []


def test_one_grant_less_costs_something(server: OracleServer) -> None:
    """Each grant is needed by a check, so none is too many."""
    asked(server)
    held = set(server.users[NAME].grants)
    server.users[NAME].grants = set()
    lacking = {one["grant"] for one in checked(server)["missing"]}
    assert len(lacking) == len(held)


def test_check_mode_changes_nothing(server: OracleServer) -> None:
    before = deepcopy(server.users)
    found = asked(server, dry=True)
    assert found["changed"]
    assert found["statements"][0] == f"CREATE USER {NAME} IDENTIFIED BY ********"
    assert server.users == before
    assert asked(server)["statements"] == found["statements"]


def test_a_missing_grant_is_named_and_added(server: OracleServer) -> None:
    asked(server)
    server.users[NAME].grants.discard("V$SESSION")
    seen = checked(server)
    assert [one["grant"] for one in seen["missing"]] == ["SYS.V_$SESSION"]
    assert seen["missing"][0]["checks"]
    assert (seen["changed"], seen["statements"]) == (
        False,
        [f"GRANT READ ON SYS.V_$SESSION TO {NAME}"],
    )
    assert asked(server)["statements"] == seen["statements"]
    assert checked(server)["missing"] == []


def test_a_surplus_grant_goes_only_when_asked(server: OracleServer) -> None:
    asked(server)
    owed = {"sessions_blocking": ["oracle.sessions_blocking"]}
    kept = asked(server, owed=owed)
    assert (kept["changed"], bool(kept["surplus"])) == (False, True)
    gone = asked(server, owed=owed, revoke_surplus=True)
    assert len(gone["statements"]) == len(kept["surplus"])
    assert asked(server, owed=owed, revoke_surplus=True)["changed"] is False


def test_a_right_that_is_not_ours_stays(server: OracleServer) -> None:
    asked(server)
    server.users[NAME].privileges.add("SELECT ANY TABLE")
    found = asked(server, revoke_surplus=True)
    assert (found["changed"], found["beyond"]) == (False, ["SELECT ANY TABLE"])


def test_lock_and_expiry_are_left_alone(server: OracleServer) -> None:
    asked(server)
    server.users[NAME].locked = True
    found = asked(server)
    assert (found["changed"], found["account"]["status"]) == (False, "LOCKED")
    assert server.users[NAME].locked


def test_a_new_password(server: OracleServer) -> None:
    asked(server)
    asked(server, password="Other#2026")
    assert server.users[NAME].password == SECRET
    found = asked(server, password="Other#2026", renew_password=True)
    assert found["statements"] == [f"ALTER USER {NAME} IDENTIFIED BY ********"]
    assert server.users[NAME].password == "Other#2026"


def test_dropped_and_then_nothing_to_drop(server: OracleServer) -> None:
    asked(server)
    assert asked(server, "absent", dry=True)["changed"]
    assert NAME in server.users
    assert asked(server, "absent")["statements"] == [f"DROP USER {NAME}"]
    assert NAME not in server.users
    assert asked(server, "absent")["changed"] is False


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_account_that_owns_something_is_left_alone(server: OracleServer, state: str) -> None:
    asked(server)
    mine = table(NAME)
    server.world.tables[mine.full_name] = mine
    found = asked(server, state, renew_password=True)
    assert (found["changed"], found["problem"]["reason"]) == (False, "owns_objects")
    assert NAME in server.users


def test_an_application_account_is_not_dropped(server: OracleServer) -> None:
    asked(server)
    bills = table("EBILL")
    server.world.tables[bills.full_name] = bills
    server.users[NAME].grants.add(f"SELECT {bills.full_name}")
    found = asked(server, "absent")
    assert found["problem"] == {
        "reason": "more_than_inspector",
        "detail": f"{NAME}: SELECT ON EBILL.BILLS",
    }
    assert NAME in server.users


def test_an_account_that_is_logged_in_is_not_dropped(server: OracleServer) -> None:
    asked(server)
    with oracledb.connect(
        user=NAME,
        password=SECRET,
        host="127.0.0.1",
        port=server.port,
        service_name=server.service_name,
    ):
        found = asked(server, "absent")
    assert found["refused"] == [{"statement": f"DROP USER {NAME}", "code": "ORA-01940"}]
    assert (found["changed"], NAME in server.users) == (False, True)


def test_an_administrator_who_may_not_is_told_so(server: OracleServer) -> None:
    server.users["CLERK"] = User("CLERK", ADMIN_SECRET, {"DBA_USERS"})
    request = Request("present", Inspector(NAME, SECRET), {}, False, False, False)
    found = run(request, login(server, user="CLERK"))
    assert NAME not in server.users
    refused = found["refused"]
    assert [one["code"] for one in refused] == ["ORA-01031"]
    assert (found["changed"], len(found["missing"]) > 40) == (False, True)


def test_one_login_also_when_it_fails(server: OracleServer) -> None:
    request = Request("present", Inspector(NAME, SECRET), {}, False, True, False)
    found = run(request, login(server, password="wrong"))
    assert found["problem"]["reason"] == "login_refused"
    assert (server.logins["SYS"].success, server.logins["SYS"].failure) == (0, 1)


def test_a_silent_listener_costs_its_time_limit(server: OracleServer) -> None:
    server.faults.silent = "connect"
    request = Request("present", Inspector(NAME, SECRET), {}, False, True, False)
    where = Login("127.0.0.1", "SYS", ADMIN_SECRET, server.port, connect_timeout_seconds=0.5)
    assert run(request, where)["problem"]["reason"] == "listener_silent"


def test_a_local_user_of_the_pluggable_database(containers: OracleServer) -> None:
    assert asked(containers)["problem"]["reason"] == "in_root"
    assert asked(containers, service=PDB)["account"]["container"] == PDB
    assert asked(containers, service=PDB)["changed"] is False
    assert checked(containers, service=PDB)["missing"] == []


def test_a_common_user_of_all_containers(containers: OracleServer) -> None:
    given = {"name": f"C##{NAME}", "common": True}
    assert asked(containers, service=PDB, **given)["problem"]["reason"] == "not_in_root"
    found = asked(containers, **given)
    assert not found["refused"]
    assert f"GRANT READ ON SYS.CDB_DATA_FILES TO C##{NAME} CONTAINER = ALL" in found["statements"]
    assert containers.world.details[f"C##{NAME}"].all_containers
    assert asked(containers, **given)["changed"] is False
    assert checked(containers, f"C##{NAME}")["missing"] == []
    inspected = collect(login(containers, user=f"C##{NAME}", password=SECRET), Wanted())
    assert inspected.observations["grants"] == {"rows": []}
    assert {row["tablespace"] for row in inspected.observations["tablespaces"]["rows"]} >= {
        "EBILLPDB/EBILL_DATA"
    }
    assert asked(containers, "absent", **given)["statements"] == [f"DROP USER C##{NAME}"]


ADMIN = {"oracle_inspector_admin_user": "SYS", "oracle_inspector_admin_sysdba": True}


def play(server: OracleServer, folder: Path, *words: str, code: int = 0, **variables: Any) -> str:
    """Run the playbook against one database; passwords come from the inventory only."""
    inventory = folder / "hosts.json"
    host = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "inspect_oracle_host": "127.0.0.1",
        "inspect_oracle_port": server.port,
        "inspect_oracle_service": server.service_name,
        "inspect_oracle_user": NAME.lower(),
        "inspect_oracle_password": SECRET,
        "oracle_inspector_admin_password": ADMIN_SECRET,
        **variables,
    }
    inventory.write_text(json.dumps({"ebill_databases": {"hosts": {"ebilldb": host}}}))
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "ansible-playbook"),
            *("-i", str(inventory), "playbooks/oracle_inspector.yml", *words),
        ],
        cwd=ROOT,
        env={**os.environ, "EBILL_OUTPUT": str(folder), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == code, output
    assert SECRET not in output
    assert ADMIN_SECRET not in output
    return output


def test_the_playbook_from_nothing_to_nothing(server: OracleServer, tmp_path: Path) -> None:
    preview = play(server, tmp_path, "--check", "--diff", **ADMIN)
    assert f"CREATE USER {NAME} IDENTIFIED BY ********;" in preview
    assert "SYS.V_$SESSION：阻塞其他会话的会话、长时间执行的会话" in preview
    assert NAME not in server.users
    assert "账号已建立" in play(server, tmp_path, **ADMIN)
    again = play(server, tmp_path, **ADMIN)
    assert "授权齐全" in again
    assert "changed=0" in again
    server.users[NAME].grants.discard("V$SESSION")
    own = play(server, tmp_path)
    assert f"GRANT READ ON SYS.V_$SESSION TO {NAME};" in own
    assert "changed=0" in own
    assert "已补齐 1 项授权" in play(server, tmp_path, "-vvvv", **ADMIN)
    gone = play(server, tmp_path, **ADMIN, oracle_inspector_state="absent")
    assert "账号已删除" in gone
    assert NAME not in server.users


def test_the_playbook_says_why_it_does_not(server: OracleServer, tmp_path: Path) -> None:
    found = play(server, tmp_path, code=2, **ADMIN, oracle_inspector_user="SYSTEM")
    assert "这是 Oracle 自带账号，未作任何改动：SYSTEM" in found
    found = play(server, tmp_path, code=2, **ADMIN, oracle_inspector_checks="web,host")
    assert "none of a database: web, host" in found
    assert server.logins["SYS"].success == 1
