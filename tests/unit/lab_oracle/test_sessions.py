# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session does beside queries: LOBs, pipelines, cancelling, TLS, SYSDBA, many at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import oracledb
import pytest

from lab.oracle import seam
from lab.oracle.listener import Listener, User
from lab.oracle.seam import Column, OraError, Result, SessionFacts
from lab.oracle.server import RunningServer
from lab.oracle.wire.profiles import PROFILES
from lab.tls import Authority

TEXT, BYTES = "电子票据𠀀" * 5_000, bytes(range(256)) * 300


class Words:
    """An engine that does what the words of a statement say."""

    def __init__(self, facts: SessionFacts) -> None:
        self.facts = facts
        self.stopped = threading.Event()
        self.running = threading.Event()

    def execute(self, sql: str, binds: Sequence[Any]) -> Result:
        word = sql.split()[1]
        if word == "error":
            raise OraError(942, "table or view does not exist", 7)
        if word == "lobs":
            columns = [Column("C", seam.CLOB), Column("B", seam.BLOB), Column("N", seam.NUMBER)]
            return Result(columns, [[TEXT, BYTES, 1], [None, None, 2], ["", b"", 3]])
        if word == "sleep":
            self.running.set()
            self.stopped.wait()
            raise OraError(1013, "user requested cancel of current operation")
        if word == "who":
            said = [self.facts.user, self.facts.driver.split(" ")[0], self.facts.sysdba]
            return Result([Column(f"C{i}", seam.VARCHAR2) for i in range(3)], [said])
        if word == "told":
            kept = sorted(self.facts.told.items())
            return Result([Column("T", seam.VARCHAR2)], [[f"{k}={v}"] for k, v in kept])
        return Result([Column("N", seam.NUMBER)], [[int(word)]])

    def describe(self, sql: str, binds: Sequence[Any]) -> Result:
        return Result(self.execute(sql, binds).columns)

    def interrupt(self) -> None:
        self.stopped.set()

    def close(self) -> None:
        self.stopped.set()


class Place:
    """A listener with the engines of its sessions, by session number."""

    def __init__(self, profile: str, **options: Any) -> None:
        self.engines: dict[int, Words] = {}
        users = [User("U", "p"), User("DBA", "p", privileges={"CREATE SESSION", "SYSDBA"})]
        self.listener = Listener(self._engine, users, profile, **options)

    def _engine(self, _: Listener, facts: SessionFacts) -> Words:
        self.engines[facts.sid] = Words(facts)
        return self.engines[facts.sid]

    @property
    def dsn(self) -> str:
        return f"127.0.0.1:{self.listener.port}/EBILLDB"

    def connect(self, **options: Any) -> oracledb.Connection:
        return oracledb.connect(**{"user": "u", "password": "p", "dsn": self.dsn} | options)


@pytest.fixture(params=list(PROFILES))
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    made = Place(request.param)
    with RunningServer(made.listener):
        yield made
        assert made.listener.protocol_errors == []


def test_lobs_by_locator_and_as_values(place: Place) -> None:
    with place.connect() as connection:
        for _ in range(2):
            rows = connection.cursor().execute("select lobs").fetchall()
            assert [rows[0][0].read(), rows[0][1].read()] == [TEXT, BYTES]
            # 𠀀 counts as two units.
            assert rows[0][0].size() == len(TEXT.encode("utf-16-be")) // 2
            assert rows[0][0].read(2, 3) == TEXT[1:4]
            assert rows[1] == (None, None, 2)
        cursor = connection.cursor()
        cursor.outputtypehandler = as_values
        for _ in range(2):
            rows = cursor.execute("select lobs again").fetchall()
            assert rows[0] == (TEXT, BYTES, 1)


def as_values(cursor: oracledb.Cursor, metadata: Any) -> Any:
    kinds = {
        oracledb.DB_TYPE_CLOB: oracledb.DB_TYPE_LONG,
        oracledb.DB_TYPE_BLOB: oracledb.DB_TYPE_LONG_RAW,
    }
    wanted = kinds.get(metadata.type_code)
    return cursor.var(wanted, arraysize=cursor.arraysize) if wanted else None


def test_temporary_lobs(place: Place) -> None:
    with place.connect() as connection:
        lob = connection.createlob(oracledb.DB_TYPE_BLOB)
        lob.write(b"0123456789")
        lob.write(b"xy", 4)
        lob.trim(7)
        assert lob.read() == b"012xy56"
        assert not lob.isopen()
        lob.open()
        assert lob.isopen()
        lob.close()
        assert lob.getchunksize() > 0
        del lob
        connection.ping()


def test_cancel(place: Place) -> None:
    with place.connect() as connection:
        (engine,) = place.engines.values()

        def stop() -> None:
            engine.running.wait()
            connection.cancel()

        thread = threading.Thread(target=stop)
        thread.start()
        with pytest.raises(oracledb.OperationalError, match="ORA-01013"):
            connection.cursor().execute("select sleep")
        thread.join()
        assert connection.cursor().execute("select 5").fetchone() == (5,)


def test_cancel_async(place: Place) -> None:
    async def talk() -> Any:
        async with oracledb.connect_async(user="u", password="p", dsn=place.dsn) as connection:
            (engine,) = place.engines.values()
            call = asyncio.create_task(connection.fetchall("select sleep"))
            await asyncio.to_thread(engine.running.wait)
            connection.cancel()
            with pytest.raises(oracledb.OperationalError, match="ORA-01013"):
                await call
            return await connection.fetchall("select 5")

    assert asyncio.run(talk()) == [(5,)]


Outcome = list[tuple[Any, int]]


@pytest.mark.parametrize(
    ("keep_on", "expected"),
    [(True, [([(1,)], 0), (None, 942), ([(3,)], 0)]), (False, [])],
)
def test_pipeline(place: Place, keep_on: bool, expected: Outcome) -> None:
    """Where the server offers it, the driver sends all calls at once."""

    async def talk() -> Outcome:
        async with oracledb.connect_async(user="u", password="p", dsn=place.dsn) as connection:
            pipeline = oracledb.create_pipeline()
            for sql in ("select 1", "select error", "select 3"):
                pipeline.add_fetchall(sql)
            found: Outcome = []
            try:
                results = await connection.run_pipeline(pipeline, continue_on_error=keep_on)
                found = [(one.rows, one.error.code if one.error else 0) for one in results]
            except oracledb.DatabaseError as error:
                assert error.args[0].code == 942
            assert await connection.fetchall("select 4") == [(4,)]
            return found

    assert asyncio.run(asyncio.wait_for(talk(), 30)) == expected


def test_a_long_pipeline(place: Place) -> None:
    async def talk() -> list[Any]:
        async with oracledb.connect_async(user="u", password="p", dsn=place.dsn) as connection:
            pipeline = oracledb.create_pipeline()
            for number in range(200):
                pipeline.add_fetchone(f"select {number}")
            return [one.rows for one in await connection.run_pipeline(pipeline)]

    assert asyncio.run(asyncio.wait_for(talk(), 30)) == [[(number,)] for number in range(200)]


def test_what_a_client_says_of_itself(place: Place) -> None:
    with place.connect() as connection:
        connection.module, connection.action = "ebill.ops", "inspect"
        connection.clientinfo, connection.current_schema = "巡检", "EBILL"
        assert connection.cursor().execute("select told").fetchall() == [
            ("action=inspect",),
            ("client_info=巡检",),
            ("current_schema=EBILL",),
            ("module=ebill.ops",),
        ]
        connection.action = None
        assert connection.cursor().execute("select told").fetchone() == ("action=",)


def test_sysdba_is_a_privilege(place: Place) -> None:
    mode = oracledb.AUTH_MODE_SYSDBA
    with place.connect(user="dba", mode=mode) as connection:
        assert connection.cursor().execute("select who").fetchone()[0] == "SYS"
    with pytest.raises(oracledb.DatabaseError, match="ORA-01017"):
        place.connect(mode=mode)
    with place.connect() as connection:
        user, driver, _ = connection.cursor().execute("select who").fetchone()
        assert (user, driver) == ("U", "python-oracledb")


def test_sixty_at_a_time(place: Place) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(place.connect()) for _ in range(60)]
        found = [
            connection.cursor().execute(f"select {number}").fetchone()[0]
            for number, connection in enumerate(opened)
        ]
        assert found == list(range(60))
        assert len(place.listener.sessions) == 60


def _secure(directory: Path) -> tuple[Place, Callable[[], oracledb.Connection]]:
    authority = Authority("lab", datetime.now(UTC))
    authority.write(directory / "ewallet.pem")
    issued = authority.issue("127.0.0.1", names=["127.0.0.1"])
    place = Place("19c", tls=issued.server_context(directory, "server"))

    def connect() -> oracledb.Connection:
        dsn = f"tcps://{place.dsn}?ssl_server_dn_match=off"
        return place.connect(dsn=dsn, wallet_location=str(directory))

    return place, connect


def test_tls(tmp_path: Path) -> None:
    """Also a call that is stopped, and a client without the authority's certificate."""
    place, connect = _secure(tmp_path)
    with RunningServer(place.listener):
        with connect() as connection:
            assert connection.cursor().execute("select 7").fetchone() == (7,)
            connection.call_timeout = 200
            with pytest.raises(oracledb.DatabaseError, match="DPY-4024"):
                connection.cursor().execute("select sleep")
            assert connection.cursor().execute("select 8").fetchone() == (8,)
        with pytest.raises(oracledb.OperationalError, match=r"(?i)certificate"):
            place.connect(dsn=f"tcps://{place.dsn}")


def test_a_rejected_call_of_another_kind(place: Place) -> None:
    """What the stand-in does not know it refuses; it leaves nobody waiting."""
    with place.connect() as connection:
        with pytest.raises(oracledb.DatabaseError, match="ORA-03115"):
            connection.tpc_begin(connection.xid(1, "a", "b"))
        cursor = connection.cursor()
        for sql in ("insert into t values (:1) returning n into :2", "delete t return n into :2"):
            binds = [1, cursor.var(int)][-sql.count(":") :]
            with pytest.raises(oracledb.DatabaseError, match="ORA-03115"):
                cursor.execute(sql, binds)
        with pytest.raises(oracledb.DatabaseError, match="ORA-03115"):
            cursor.executemany("insert into t values (:1)", [[1], [2]], batcherrors=True)
        assert connection.cursor().execute("select 5").fetchone() == (5,)
