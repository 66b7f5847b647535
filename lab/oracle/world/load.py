# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in database has been busy with since its start, as plain data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

_ALPHABET = "0123456789abcdfghjkmnpqrstuvwxyz"
"""Of SQL_ID: 32 digits without e, i, l and o."""


def sql_id(seed: str) -> str:
    """A SQL_ID of thirteen digits."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(12, -1, -1))


@dataclass
class Scan:
    """A full scan of a plan: `rows` by the optimizer's estimate, after the filter if it has one."""

    owner: str
    table: str
    rows: int
    filtered: bool = True


@dataclass
class Statement:
    """A row of V$SQLSTATS and its cursor; `command` is 3 SELECT, 2 INSERT, 6 UPDATE, 47 PL/SQL."""

    seed: str
    executions: int
    elapsed_seconds: float
    gets: int
    reads: int
    schema: str = "EBILL"
    module: str = "JDBC Thin Client"
    command: int = 3
    scans: list[Scan] = field(default_factory=list)

    @property
    def sql_id(self) -> str:
        return sql_id(self.seed)

    @property
    def plan(self) -> int:
        return int.from_bytes(hashlib.sha256(self.seed.encode()).digest()[8:12], "big")


@dataclass
class Event:
    """A row of V$SYSTEM_EVENT; `milliseconds` is the average wait."""

    name: str
    wait_class: str
    waits: int
    milliseconds: float

    @property
    def seconds(self) -> float:
        return self.waits * self.milliseconds / 1000


@dataclass
class TableStatistics:
    """`days` since they were gathered; None: never."""

    owner: str
    name: str
    rows: int | None
    days: float | None = 2.2
    stale: bool = False


def events() -> list[Event]:
    return [
        Event("db file sequential read", "User I/O", 96_412_310, 4.4),
        Event("db file scattered read", "User I/O", 14_020_114, 6.8),
        Event("direct path read", "User I/O", 8_114_302, 5.1),
        Event("log file sync", "Commit", 33_018_227, 2.8),
        Event("SQL*Net more data to client", "Network", 41_330_120, 0.9),
        Event("SQL*Net message to client", "Network", 611_204_118, 0.002),
        Event("buffer busy waits", "Concurrency", 3_014_220, 3.1),
        Event("library cache lock", "Concurrency", 118_204, 21.0),
        Event("enq: TX - row lock contention", "Application", 21_044, 412.0),
        Event("log buffer space", "Configuration", 9_020, 31.0),
        Event("control file sequential read", "System I/O", 5_114_029, 0.5),
        Event("SQL*Net message from client", "Idle", 611_204_118, 380.0),
    ]


def statements() -> list[Statement]:
    """What the application does: many short statements, none of which stands out."""
    made = [
        Statement(
            f"ebill {place}",
            executions=9_400_000 // (place + 1),
            elapsed_seconds=900_000 / (place + 12),
            gets=4_100_000_000 // (place + 5),
            reads=21_000_000 // (place + 2),
            command=(3, 3, 2, 6)[place % 4],
        )
        for place in range(60)
    ]
    made += [
        Statement(
            "nightly report", 143, 61_200, 2_900_000_000, 48_000_000, module="ebill-report",
            scans=[Scan("EBILL", "T_INVOICE", 71_000_000, filtered=False)],
        ),
        Statement(
            "dictionary", 2_100_000, 5_300, 31_000_000, 12_000,
            scans=[Scan("EBILL", "T_CFG_ITEM", 12)],
        ),
        Statement(
            "job queue", 410_000, 31_000, 61_000_000, 81_000, "SYS", "DBMS_SCHEDULER"
        ),
    ]  # fmt: skip
    return made


def table_statistics() -> list[TableStatistics]:
    large = {
        "T_INVOICE": 96_000_000,
        "T_INVOICE_DETAIL": 214_000_000,
        "T_PUSH_RECORD": 88_000_000,
        "T_INVOICE_2024": 81_000_000,
        "T_ACCESS_LOG": 52_000_000,
    }
    made = [TableStatistics("EBILL", name, rows) for name, rows in large.items()]
    made += [TableStatistics("EBILL", f"T_CFG_{number:02d}", 400 * number) for number in range(20)]
    return [*made, TableStatistics("EBILL", "GTT_IMPORT", None, None)]


@dataclass
class Load:
    """`statistics` are those of V$SYSSTAT that a diagnosis looks at; seconds are sums."""

    cpu_seconds: float = 1_911_000.0
    parse_seconds: float = 31_000.0
    hard_parse_seconds: float = 12_400.0
    events: list[Event] = field(default_factory=events)
    statements: list[Statement] = field(default_factory=statements)
    tables: list[TableStatistics] = field(default_factory=table_statistics)
    statistics: dict[str, int] = field(
        default_factory=lambda: {
            "parse count (total)": 118_204_331,
            "parse count (hard)": 2_114_090,
            "execute count": 604_118_220,
            "user commits": 33_004_118,
            "redo size": 2_914_118_302_204,
            "redo log space requests": 611,
            "session logical reads": 41_118_204_331,
            "physical reads cache": 212_044_118,
            "db block gets from cache": 4_118_204_311,
            "consistent gets from cache": 36_204_118_331,
            "sorts (disk)": 12,
            "sorts (memory)": 88_204_113,
        }
    )
    pga_over_allocations: int = 0
    sga_gain: float = 0.03
    """The share of DB time that twice the SGA would save."""

    @property
    def db_seconds(self) -> float:
        """DB time: the processor's and the waits', and what waits for the processor."""
        waits = sum(event.seconds for event in self.events if event.wait_class != "Idle")
        return (self.cpu_seconds + waits) * 1.03
