# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault as the unmodified driver shows it. Classes and codes: what real servers cause."""

from __future__ import annotations

import asyncio
import socket

import oracledb
import pytest

from lab.oracle.listener import FAILED_LOGIN_ATTEMPTS, User
from lab.oracle.server import OracleServer, running_server

from .conftest import Connect


def refused(connect: Connect, **options: object) -> oracledb.Error:
    with pytest.raises(oracledb.Error) as caught:
        connect(**options)
    return caught.value


def test_password_and_counters(connect: Connect, server: OracleServer) -> None:
    server.logins.clear()
    connect()
    for user, password in (("ebill_inspect", "wrong"), ("nobody", "wrong")):
        problem = refused(connect, user=user, password=password)
        assert problem.args[0].code == 1017
    assert server.logins["EBILL_INSPECT"].success == 1
    assert server.logins["EBILL_INSPECT"].failure == 1
    assert server.logins["NOBODY"].failure == 1


def test_account_locks_after_too_many_failures() -> None:
    with running_server(users=[User("U", "right")]) as server:
        dsn = f"127.0.0.1:{server.port}/ebilldb"
        codes = []
        for password in ["wrong"] * FAILED_LOGIN_ATTEMPTS + ["right"]:
            with pytest.raises(oracledb.DatabaseError) as caught:
                oracledb.connect(user="u", password=password, dsn=dsn)
            codes.append(caught.value.args[0].code)
        assert codes == [1017] * FAILED_LOGIN_ATTEMPTS + [28000]
        assert server.logins["U"].failure == FAILED_LOGIN_ATTEMPTS + 1


@pytest.mark.parametrize(("key", "code"), [("locked", 28000), ("expired", 28001)])
def test_account_state(connect: Connect, server: OracleServer, key: str, code: int) -> None:
    user = server.users["EBILL_INSPECT"]
    setattr(user, key, True)
    try:
        assert refused(connect).args[0].code == code
    finally:
        setattr(user, key, False)


@pytest.mark.parametrize("code", [1033, 1034, 1045, 28040])
def test_logon_errors(connect: Connect, server: OracleServer, code: int) -> None:
    server.faults.logon_error = code
    problem = refused(connect)
    assert problem.args[0].code == code
    assert problem.args[0].isrecoverable is (code < 1045)


def test_no_create_session(connect: Connect, server: OracleServer) -> None:
    server.users["EBILL_INSPECT"].privileges.discard("CREATE SESSION")
    try:
        assert refused(connect).args[0].code == 1045
    finally:
        server.users["EBILL_INSPECT"].privileges.add("CREATE SESSION")


def test_unknown_service_and_sid(connect: Connect, server: OracleServer) -> None:
    problem = refused(connect, dsn=f"127.0.0.1:{server.port}/other")
    assert "DPY-6001" in str(problem)
    assert "ORA-12514" in str(problem)
    address = f"(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT={server.port}))"
    dsn = f"(DESCRIPTION={address}(CONNECT_DATA=(SID=other)))"
    assert "ORA-12505" in str(refused(connect, dsn=dsn))


@pytest.mark.parametrize("code", [12514, 12516, 12528])
def test_listener_refuses(connect: Connect, server: OracleServer, code: int) -> None:
    server.faults.refuse = code
    problem = refused(connect)
    assert problem.args[0].full_code == "DPY-6005"
    assert f"ORA-{code}" in str(problem)


def test_server_too_old(connect: Connect, server: OracleServer) -> None:
    server.faults.too_old = True
    assert "DPY-3010" in str(refused(connect))


def test_closed_in_place_of_an_answer(connect: Connect, server: OracleServer) -> None:
    server.faults.close_at_connect = True
    problem = refused(connect)
    assert problem.args[0].full_code == "DPY-6005"
    assert "DPY-4011" in str(problem)


def test_native_encryption_required(connect: Connect, server: OracleServer) -> None:
    server.faults.encryption_required = True
    assert "DPY-3001" in str(refused(connect))


@pytest.mark.parametrize(("kind", "code"), [("10g", "DPY-3015"), ("11g", ""), ("12c", "")])
def test_verifiers(connect: Connect, server: OracleServer, kind: str, code: str) -> None:
    """The kind is an account's; the fault gives all of them the same."""
    user = server.users["EBILL_INSPECT"]
    for place in (user, server.faults):
        before = place.verifier
        place.verifier = kind
        try:
            if code:
                assert refused(connect).args[0].full_code == code
            else:
                assert connect().is_healthy()
                assert refused(connect, password="wrong").args[0].code == 1017
        finally:
            place.verifier = before


def test_asked_again_and_sent_elsewhere(connect: Connect, server: OracleServer) -> None:
    server.faults.resend = True
    assert connect().is_healthy()
    with running_server() as front:
        front.faults.redirect = f"127.0.0.1:{server.port}"
        assert connect(dsn=f"127.0.0.1:{front.port}/ebilldb").is_healthy()


@pytest.mark.parametrize("place", ["connect", "accept"])
def test_silence(server: OracleServer, place: str) -> None:
    """TCP is accepted, then nothing: only the caller's own limit ends it."""
    server.faults.silent = place

    async def talk() -> None:
        dsn = f"127.0.0.1:{server.port}/ebilldb"
        await asyncio.wait_for(
            oracledb.connect_async(user="u", password="p", dsn=dsn, tcp_connect_timeout=0.2), 0.5
        )

    with pytest.raises(TimeoutError):
        asyncio.run(talk())


def test_listener_down_and_up_again() -> None:
    with running_server() as server:
        password = server.users["EBILL_INSPECT"].password
        settings = {"user": "ebill_inspect", "password": password}
        dsn = f"127.0.0.1:{server.port}/ebilldb"
        before = oracledb.connect(**settings, dsn=dsn)
        server.run(server.pause())
        with pytest.raises(oracledb.OperationalError, match="refused"):
            oracledb.connect(**settings, dsn=dsn)
        assert before.cursor().execute("select 1 from dual").fetchone() == (1,)
        server.run(server.resume())
        assert oracledb.connect(**settings, dsn=dsn).is_healthy()


def test_call_timeout_with_break(connect: Connect, server: OracleServer) -> None:
    connection = connect()
    connection.call_timeout = 200
    server.faults.slow_seconds = 60
    with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        connection.cursor().execute("select 1 from dual")
    server.faults.slow_seconds = 0
    assert connection.cursor().execute("select 2 from dual").fetchone() == (2,)


def test_call_timeout_in_a_parse(connect: Connect, server: OracleServer) -> None:
    connection = connect()
    connection.call_timeout = 200
    server.faults.hang_in_execute = True
    for job in ("parse", "execute"):
        with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
            getattr(connection.cursor(), job)("select 1 from dual")
    server.faults.hang_in_execute = False
    assert connection.cursor().execute("select 2 from dual").fetchone() == (2,)


def test_call_timeout_in_a_fetch(connect: Connect, server: OracleServer) -> None:
    connection = connect()
    cursor = connection.cursor()
    cursor.execute("select level from dual connect by level <= 500")
    connection.call_timeout = 200
    server.faults.hang_in_fetch = True
    with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        cursor.fetchall()
    server.faults.hang_in_fetch = False
    assert connection.cursor().execute("select 2 from dual").fetchone() == (2,)


def test_call_timeout_in_the_engine(connect: Connect) -> None:
    """A statement that really computes is interrupted, and the connection is usable after it."""
    connection = connect()
    connection.call_timeout = 300
    sql = "select count(*) from (select level n from dual connect by level <= 1000000000)"
    with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
        connection.cursor().execute(sql)
    assert connection.cursor().execute("select 2 from dual").fetchone() == (2,)


def test_ignored_break(connect: Connect, server: OracleServer) -> None:
    connection = connect()
    connection.call_timeout = 200
    server.faults.slow_seconds, server.faults.ignore_break = 60, True
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011") as caught:
        connection.cursor().execute("select 1 from dual")
    assert caught.value.args[0].isrecoverable
    assert not connection.is_healthy()


def test_cut_in_execute_and_fetch(connect: Connect, server: OracleServer) -> None:
    connection = connect()
    server.faults.kill_on_execute = True
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        connection.cursor().execute("select 1 from dual")
    server.faults.clear()
    cursor = connect().cursor()
    cursor.execute("select level from dual connect by level <= 500")
    server.faults.kill_on_fetch = True
    with pytest.raises(oracledb.DatabaseError, match="DPY-4011"):
        cursor.fetchall()


def test_killed_between_calls() -> None:
    with running_server() as server:
        password = server.users["EBILL_INSPECT"].password
        dsn = f"127.0.0.1:{server.port}/ebilldb"
        connection = oracledb.connect(user="ebill_inspect", password=password, dsn=dsn)
        server.run(server.kill_sessions())
        with pytest.raises(oracledb.Error, match=r"DPY-(4011|1001)"):
            connection.cursor().execute("select 1 from dual")


def test_missing_grant(connect: Connect, server: OracleServer) -> None:
    grants = server.users["EBILL_INSPECT"].grants
    cursor = connect().cursor()
    grants.discard("V$INSTANCE")
    try:
        with pytest.raises(oracledb.DatabaseError) as caught:
            cursor.execute("select status from v$instance")
        assert caught.value.args[0].code == 942
        assert caught.value.args[0].offset == 19
    finally:
        grants.add("V$INSTANCE")
    assert cursor.execute("select status from v$instance").fetchone() == ("OPEN",)


def test_strange_clients_do_no_harm(connect: Connect, server: OracleServer) -> None:
    """Garbage, half a packet, a web browser: noted, and the next client is served."""
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x00", b"\x00\x09\x00\x00\x01\x00\x00\x00\x00", b""):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(100):
                pass
    server.protocol_errors.clear()
    assert connect().is_healthy()
