# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes the lab's database slow: a statement, a disk, statistics, memory.

Only a performance diagnosis sees these; the quarterly inspection does not look for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.oracle.breaks import add
from lab.oracle.server import OracleServer
from lab.oracle.world.load import Load, Scan, Statement

STALE = 15
COMMIT_MILLISECONDS = 41.0

Change = Callable[[Load], dict[str, Any]]


def _loaded(name: str, zh: str, en: str, change: Change) -> None:
    """A break of some fields of the load; mending gives them the green values again."""

    def apply(server: OracleServer) -> None:
        for key, value in change(Load()).items():
            setattr(server.world.load, key, value)

    def mend(server: OracleServer) -> None:
        fresh = Load()
        for key in change(Load()):
            setattr(server.world.load, key, getattr(fresh, key))

    add(name, zh, en, apply, mend)


def _slow_statement(load: Load) -> dict[str, Any]:
    """A search of the details that no index serves."""
    scan = Scan("EBILL", "T_INVOICE_DETAIL", 40)
    slow = Statement(
        "detail search", 9_140, 1_160_000, 28_400_000_000, 27_900_000_000 // 4, scans=[scan]
    )
    return {"statements": [*load.statements, slow]}


def _slow_commits(load: Load) -> dict[str, Any]:
    for event in load.events:
        if event.name == "log file sync":
            event.milliseconds = COMMIT_MILLISECONDS
    return {"events": load.events}


def _stale(load: Load) -> dict[str, Any]:
    for table in load.tables[:STALE]:
        table.stale, table.days = True, 61.0
    return {"tables": load.tables}


_loaded("sql_scans_table", "一条明细查询全表扫描 24 GiB 的表，占全部语句耗时的三分之一",
        "A search scans a table of 24 GiB and takes a third of all statements' time",
        _slow_statement)  # fmt: skip
_loaded("commits_slow", f"提交等待平均 {COMMIT_MILLISECONDS:.0f} 毫秒",
        f"A commit waits for {COMMIT_MILLISECONDS:.0f} ms on average", _slow_commits)  # fmt: skip
_loaded("statistics_stale", f"{STALE} 张业务表的统计信息已过期",
        f"The statistics of {STALE} tables of the application are stale", _stale)  # fmt: skip
_loaded("memory_short", "SGA 偏小，加倍可减少四分之一的数据库时间；PGA 曾超出目标",
        "Twice the SGA would save a quarter of DB time; the PGA went over its target",
        lambda _: {"sga_gain": 0.25, "pga_over_allocations": 418})  # fmt: skip
