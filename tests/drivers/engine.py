# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine of fixed answers behind the stand-in's wire: what a statement names is what it does."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from lab.oracle import seam
from lab.oracle.seam import Column, OraError, Result, SessionFacts

MOMENT = datetime(2024, 2, 29, 23, 59, 58, 123000)
TYPES: list[tuple[Column, Any]] = [
    (Column("N", seam.NUMBER), 7),
    (Column("BIG", seam.NUMBER), -12345678901234567890),
    (Column("PART", seam.NUMBER), Decimal("0.0001")),
    (Column("MONEY", seam.NUMBER, 0, 10, 2), Decimal("-54.25")),
    (Column("TEXT", seam.VARCHAR2, 100), "电子票据 e-bill"),
    (Column("LONGEST", seam.VARCHAR2, 4000), "x" * 4000),
    (Column("FIXED", seam.CHAR, 6), "ab    "),
    (Column("DAY", seam.DATE), MOMENT.replace(microsecond=0)),
    (Column("MOMENT", seam.TIMESTAMP), MOMENT),
    (Column("PLAIN", seam.TIMESTAMP), MOMENT.replace(microsecond=0)),
    (Column("RAW_BYTES", seam.RAW, 16), b"\x00\x01\xff"),
    (Column("DOUBLE", seam.BINARY_DOUBLE), -2.5),
    (Column("SINGLE", seam.BINARY_FLOAT), 1.5),
    (Column("LONG_TEXT", seam.LONG), "长" * 50_000),
]
ZONED = MOMENT.replace(tzinfo=timezone(timedelta(hours=8)))
SPAN = timedelta(days=-3, seconds=5)
LOBS = ("文" * 9_000 + "end", b"\x00\xfe" * 20_000)
KINDS: dict[type, str] = {
    str: seam.VARCHAR2,
    bytes: seam.RAW,
    datetime: seam.TIMESTAMP,
    timedelta: seam.INTERVAL,
}
LONGEST_TEXT = 4000


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


ROWS = awkward_rows(700)
ROW_COLUMNS = [
    Column("N", seam.NUMBER),
    Column("T", seam.VARCHAR2, 1000),
    Column("D", seam.DATE),
    Column("L", seam.LONG),
]


def _echo(binds: Sequence[Any]) -> Result:
    columns = []
    for index, value in enumerate(binds):
        kind = KINDS.get(type(value), seam.VARCHAR2 if value is None else seam.NUMBER)
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            kind = seam.LONG
        columns.append(Column(f"B{index}", kind))
    return Result(columns, [binds])


class CannedEngine:
    """One session. `table` is all it can change; a rollback takes it back."""

    def __init__(self, facts: SessionFacts) -> None:
        self.facts = facts
        self.table: list[Any] = []
        self.committed: list[Any] = []
        self.stopped = threading.Event()

    @property
    def in_transaction(self) -> bool:
        return self.table != self.committed

    def commit(self) -> None:
        self.committed = list(self.table)

    def rollback(self) -> None:
        self.table = list(self.committed)

    def execute(self, sql: str, binds: Sequence[Any]) -> Result:
        self.stopped.clear()
        name = re.findall(r"[a-z_0-9]+", sql.split("--")[0].lower())
        if name[0] == "begin":
            return Result(outs={0: "out of " + str(binds[2]), 1: (binds[2] or 0) * 2})
        if name[0] == "insert":
            if binds[0] is None:
                raise OraError(1400, "cannot insert NULL")
            self.table.append(binds[0])
            return Result(affected=1)
        if name[0] == "create":
            self.commit()
            return Result()
        return self._query(name[-1], binds)

    def _query(self, source: str, binds: Sequence[Any]) -> Result:
        if source.startswith("fail_"):
            raise OraError(int(source[5:]), "as told", 6)
        if source == "sleep":
            self.stopped.wait()
            raise OraError(1013, "user requested cancel of current operation")
        if source == "echo":
            return _echo(binds)
        if source == "session":
            told = [f"{key}={value}" for key, value in sorted(self.facts.told.items())]
            return Result([Column("TOLD", seam.VARCHAR2, 400)], [[line] for line in told])
        if source == "changes":
            return Result([Column("N", seam.NUMBER)], [[value] for value in self.table])
        return _fixed(source)

    def describe(self, sql: str, binds: Sequence[Any]) -> Result:
        return Result(self.execute(sql, binds).columns)

    def interrupt(self) -> None:
        self.stopped.set()

    def close(self) -> None:
        self.stopped.set()


def _fixed(source: str) -> Result:
    if source == "types":
        columns = [column for column, _ in TYPES]
        return Result(columns, [[value for _, value in TYPES], [None] * len(TYPES)])
    if source == "zoned":
        return Result([Column("Z", seam.TIMESTAMP_TZ)], [[ZONED]])
    if source == "span":
        return Result([Column("S", seam.INTERVAL)], [[SPAN], [None]])
    if source == "numbers":
        return Result([Column("N", seam.NUMBER)], [[i] for i in range(1, 501)])
    if source == "lobs":
        columns = [Column("I", seam.NUMBER), Column("C", seam.CLOB), Column("B", seam.BLOB)]
        return Result(columns, [[1, *LOBS], [2, None, None], [3, "short", b"\x01"]])
    if source == "empty_lobs":
        return Result([Column("C", seam.CLOB)], [])
    if source == "rows":
        return Result(ROW_COLUMNS, ROWS)
    if source == "dual":
        # The node driver asks for DBTIMEZONE while it connects.
        return Result([Column("DBTIMEZONE", seam.VARCHAR2, 6)], [["+00:00"]])
    raise OraError(942, "table or view does not exist", 0)
