# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unmodified thin driver against the stand-in, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import oracledb
import pytest

from lab.oracle import seam
from lab.oracle.listener import Listener, User
from lab.oracle.seam import Column, OraError, Result, SessionFacts
from lab.oracle.server import OracleServer, RunningServer
from lab.oracle.wire.profiles import PROFILES

from .conftest import Connect

MOMENT = datetime(2024, 2, 29, 23, 59, 58, 123456)
TYPES: list[tuple[str, Any, Any]] = [
    (seam.NUMBER, 7, 7),
    (seam.NUMBER, -12345678901234567890, -12345678901234567890),
    (seam.NUMBER, Decimal("0.25"), 0.25),
    (seam.NUMBER, 54.58332121371645, 54.58332121371645),
    (seam.VARCHAR2, "电子票据 e-bill", "电子票据 e-bill"),
    (seam.VARCHAR2, "x" * 4000, "x" * 4000),
    (seam.DATE, MOMENT, MOMENT.replace(microsecond=0)),
    (seam.TIMESTAMP, MOMENT, MOMENT),
    (seam.TIMESTAMP, MOMENT.replace(microsecond=0), MOMENT.replace(microsecond=0)),
    (seam.TIMESTAMP_TZ, MOMENT.replace(tzinfo=timezone(timedelta(hours=8))), MOMENT),
    (seam.INTERVAL, timedelta(days=-3, seconds=5), timedelta(days=-3, seconds=5)),
    (seam.RAW, b"\x00\x01\xff", b"\x00\x01\xff"),
    (seam.LONG, "长" * 50_000, "长" * 50_000),
]


def awkward_rows(count: int) -> list[tuple[Any, ...]]:
    """Rows of all lengths, some of them longer than a packet of 512 bytes, with NULLs."""
    return [
        (
            i if i % 5 else None,
            "列" * (i * 7 % 400) or None,
            None if i % 3 else datetime(2020, 1, 1) + timedelta(hours=i),
            f"{i}:" * (i % 97) or None,
        )
        for i in range(1, count + 1)
    ]


class Canned:
    """An engine of fixed answers, to look at the wire alone."""

    ROWS = awkward_rows(700)

    def __init__(self) -> None:
        self.seen: list[tuple[str, list[Any]]] = []

    def execute(self, sql: str, binds: Sequence[Any]) -> Result:
        self.seen.append((sql, list(binds)))
        words = sql.split()
        if "error" in words:
            raise OraError(int(words[-1]), "as told", 6)
        if "types" in words:
            columns = [Column(f"C{i}", kind) for i, (kind, _, _) in enumerate(TYPES)]
            return Result(columns, [[value for _, value, _ in TYPES], [None] * len(TYPES)])
        if binds:
            return Result([Column("N", seam.NUMBER)], [[len(binds)]])
        kinds = (seam.NUMBER, seam.VARCHAR2, seam.DATE, seam.LONG)
        return Result([Column(f"C{i}", kind) for i, kind in enumerate(kinds)], self.ROWS)

    describe = execute

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture(scope="module", params=list(PROFILES))
def canned(request: pytest.FixtureRequest) -> Iterator[tuple[Listener, Canned]]:
    engine = Canned()

    def engines(_: Listener, facts: SessionFacts) -> Canned:
        return engine

    with RunningServer(Listener(engines, [User("U", "p")], request.param)) as listener:
        yield listener, engine
        assert listener.protocol_errors == []


Canon = Callable[..., oracledb.Connection]


@pytest.fixture
def canon(canned: tuple[Listener, Canned]) -> Iterator[Canon]:
    opened: list[oracledb.Connection] = []

    def open_one(**options: Any) -> oracledb.Connection:
        dsn = f"127.0.0.1:{canned[0].port}/EBILLDB"
        opened.append(oracledb.connect(user="u", password="p", dsn=dsn, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


SHAPES = [(1, 0), (2, 2), (7, 3), (100, 2), (299, 1), (700, 700), (1000, 1000)]
"""Sizes of array and prefetch."""


@pytest.mark.parametrize("sdu", [512, 513, 600, 1024, 8192, 32767, 65535])
def test_batches(canon: Canon, sdu: int) -> None:
    """Rows straddle packets anywhere, and come in batches of any size."""
    connection = canon(sdu=sdu)
    for arraysize, prefetch in SHAPES:
        cursor = connection.cursor()
        cursor.arraysize, cursor.prefetchrows = arraysize, prefetch
        for _ in range(2):
            assert cursor.execute("select rows").fetchall() == Canned.ROWS


def test_types(canon: Canon) -> None:
    cursor = canon().cursor()
    full, empty = cursor.execute("select types").fetchall()
    assert full == tuple(expected for _, _, expected in TYPES)
    assert [type(value) for value in full] == [type(expected) for _, _, expected in TYPES]
    assert set(empty) == {None}
    assert cursor.description[4][1] is oracledb.DB_TYPE_VARCHAR
    assert cursor.description[4][2:4] == (4000, 16000)


BINDS: list[Any] = [
    1,
    -7,
    10**30,
    Decimal("1.25"),
    1.5,
    "表空间",
    "x" * 40_000,
    datetime(2026, 1, 2, 3, 4, 5),
    b"\x00\xfe",
    timedelta(days=1, hours=2),
    None,
]


@pytest.mark.parametrize("sdu", [512, 8192])
def test_binds(canon: Canon, canned: tuple[Listener, Canned], sdu: int) -> None:
    """One by one, and all in one statement: long values then come behind the others."""
    cursor = canon(sdu=sdu).cursor()
    for value in BINDS:
        cursor.execute("select :1 from dual", [value])
        assert canned[1].seen[-1][1] == [value]
    sql = "select " + ", ".join(f":{i}" for i in range(1, len(BINDS) + 1)) + " from dual"
    for _ in range(2):
        cursor.execute(sql, BINDS)
        assert canned[1].seen[-1][1] == BINDS


def test_aware_and_fine_moments(canon: Canon, canned: tuple[Listener, Canned]) -> None:
    cursor = canon().cursor()
    cursor.setinputsizes(oracledb.DB_TYPE_TIMESTAMP, oracledb.DB_TYPE_TIMESTAMP_TZ)
    aware = MOMENT.replace(tzinfo=UTC)
    cursor.execute("select :1, :2 from dual", [MOMENT, aware])
    first, second = canned[1].seen[-1][1]
    assert first == MOMENT
    assert second.replace(tzinfo=None) == MOMENT


@pytest.mark.parametrize("code", [900, 904, 942, 1722, 12899])
def test_errors_leave_the_connection_usable(canon: Canon, code: int) -> None:
    cursor = canon().cursor()
    for _ in range(3):
        with pytest.raises(oracledb.DatabaseError, match=f"ORA-{code:05d}: as told") as caught:
            cursor.execute(f"select error {code}")
        assert caught.value.args[0].code == code
        assert caught.value.args[0].offset == 6
        assert len(cursor.execute("select rows").fetchmany(5)) == 5


def test_statement_cache_and_many_cursors(canon: Canon) -> None:
    """More statements than the cache holds: cursors are closed by piggyback."""
    connection = canon(stmtcachesize=5)
    for turn in range(3):
        for number in range(20):
            cursor = connection.cursor()
            rows = cursor.execute(f"select rows {number}").fetchmany(10 + turn)
            assert rows == Canned.ROWS[: 10 + turn]


def test_parse_describes_only(canon: Canon) -> None:
    cursor = canon().cursor()
    cursor.parse("select rows")
    assert [column[0] for column in cursor.description] == ["C0", "C1", "C2", "C3"]


def test_calls_without_sql(connect: Connect) -> None:
    connection = connect()
    assert connection.version == "19.0.0.0.0"
    connection.ping()
    connection.commit()
    connection.rollback()
    connection.module = "ebill.ops"
    connection.action = "inspect"
    connection.client_identifier = "run 12"
    assert connection.cursor().execute("select 1 from dual").fetchone() == (1,)
    connection.close()


def test_service_or_sid(connect: Connect, server: OracleServer) -> None:
    long_name = "p" * 400
    for part in ("SERVICE_NAME=EBILLDB", "SID=ebilldb"):
        dsn = (
            f"(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT={server.port}))"
            f"(CONNECT_DATA=({part})))"
        )
        assert connect(dsn=dsn, program=long_name).is_healthy()


def test_async_connection(server: OracleServer) -> None:
    async def talk() -> Any:
        connection = await oracledb.connect_async(
            user="ebill_inspect",
            password=server.users["EBILL_INSPECT"].password,
            dsn=f"127.0.0.1:{server.port}/ebilldb",
        )
        async with connection:
            return await connection.fetchall("select dummy from dual")

    assert asyncio.run(talk()) == [("X",)]


def test_pool(server: OracleServer) -> None:
    pool = oracledb.create_pool(
        user="ebill_inspect",
        password=server.users["EBILL_INSPECT"].password,
        dsn=f"127.0.0.1:{server.port}/ebilldb",
        min=1,
        max=4,
    )
    for _ in range(10):
        with pool.acquire() as connection:
            assert connection.cursor().execute("select 1 from dual").fetchone() == (1,)
    pool.close()
