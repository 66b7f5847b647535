# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a real ledger to the source of a report: what was chosen, and what still goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.result import new_result
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import load, resolve_settings
from ansible_collections.ebill.ops.plugins.plugin_utils.definitions import definitions
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import (
    LedgerError,
    default_url,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.life import this_process
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger, utc
from ansible_collections.ebill.ops.plugins.plugin_utils.plan import compile_plan
from ansible_collections.ebill.ops.plugins.plugin_utils.quarterly_source import quarterly_source
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import build_quarterly
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import both

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CATALOGUE = load()
SETTINGS = resolve_settings(CATALOGUE, {})
EVERY = list(CATALOGUE.checks)
HOST = [check for check in EVERY if check.startswith("host.")]


def _open(ledger: Ledger, run: str, checks: list[str], *, chosen: bool, closed: bool = True) -> Any:
    owed: dict[str, dict[str, list[str]]] = {"app01": {}}
    for check in checks:
        owed["app01"].setdefault(CATALOGUE.area_of[check], []).append(check)
    plan = compile_plan(CATALOGUE, owed, SETTINGS, {})
    ledger.open_run(
        {
            "id": run,
            "quarter": "2026Q4",
            "opened": utc(NOW),
            "closed": None,
            "state": "running",
            "process": this_process(),
            "engineer": "engineer",
            "site": {},
            "selection": {"checks": checks, "targets": ["app01"], "all": not chosen},
            "targets": [{"name": "app01", "title": "应用", "address": "", "areas": ["host"]}],
            "definitions": definitions(CATALOGUE, plan["checks"], SETTINGS),
            "versions": {"tool": "1", "catalogue": CATALOGUE.version, "ansible": "2.19"},
        },
        owed,
    )
    if closed:
        ledger.settle(run, "complete", NOW, "not_run", "test")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(default_url(tmp_path))


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ([(EVERY, False)], ""),
        ([(EVERY, False), (["host.disk_used"], True)], ""),  # one run had all
        ([(HOST, False)], "服务器"),  # chosen by a tag
        ([(HOST, False), (["host.disk_used"], True)], "服务器"),
        (
            [(["host.disk_used"], True), (["oracle.archive_mode", "host.swap_used"], True)],
            "服务器（磁盘使用率、交换分区使用率）、数据库（归档模式）",
        ),
        (
            [(HOST[:8], True)],
            "服务器（磁盘使用率、文件节点（inode）使用率、文件系统可写、可用内存、交换分区使用率、"
            "每核平均负载等 8 项）",
        ),
    ],
)
def test_cover_words_what_was_chosen(
    ledger: Ledger, runs: list[tuple[list[str], bool]], shown: str
) -> None:
    for number, (checks, chosen) in enumerate(runs):
        _open(ledger, f"r{number}", checks, chosen=chosen)
    source = quarterly_source(ledger, NOW)
    found = both(source.run["selection"])["zh"]
    assert found == shown
    text = build_quarterly(source)["cover"]["selection_text"]
    assert text is None if not shown else text["zh"].startswith("本次仅检查：")
    assert "host." not in found


def test_runs_that_still_go_on_are_left_out_and_said(ledger: Ledger) -> None:
    _open(ledger, "done", EVERY, chosen=False)
    _open(ledger, "going-on", HOST, chosen=False, closed=False)
    source = quarterly_source(ledger, NOW)
    assert source.run["running"] == ["going-on"]
    assert any("going-on" in s["zh"] for s in build_quarterly(source)["conclusion"]["sentences"])
    assert not quarterly_source(ledger, NOW, run="done").run.get("running")


@pytest.mark.parametrize(
    ("later", "shown"), [(["interface.reachable"], "异常中断"), (["host.disk_used"], "已完成")]
)
def test_a_run_that_broke_off_is_said_while_something_of_it_counts(
    ledger: Ledger, later: list[str], shown: str
) -> None:
    _open(ledger, "dead", ["host.disk_used"], chosen=True, closed=False)
    ledger.settle("dead", "expired", NOW, "interrupted", "pid 1")
    _open(ledger, "whole", later, chosen=True)
    model = build_quarterly(quarterly_source(ledger, NOW))
    assert model["quality"]["state_text"]["zh"] == shown


@pytest.mark.parametrize(
    ("quarter", "said"),
    [("2026q4", "not a quarter such as 2026Q4"), ("2026Q3", "no finished run of 2026Q3")],
)
def test_a_quarter_that_is_none_is_told_from_one_without_runs(
    ledger: Ledger, quarter: str, said: str
) -> None:
    _open(ledger, "done", EVERY, chosen=False)
    with pytest.raises(LedgerError, match=said):
        quarterly_source(ledger, NOW, quarter=quarter)


def _measure(ledger: Ledger, run: str, day: datetime, used: float) -> None:
    """A run of its own with one tablespace; its quarter is the calendar's."""
    plan = compile_plan(
        CATALOGUE, {"db": {"oracle": ["oracle.user_tablespace_used"]}}, SETTINGS, {}
    )
    check = plan["checks"]["oracle.user_tablespace_used"]
    result = new_result(check, "db", "EBILL_DATA", "pass", {})
    result["started"] = utc(day)
    result["data"] = {"used_percent": used, "used_bytes": used, "total_bytes": 100.0}
    row = {
        "id": run,
        "quarter": f"{day.year}Q{(day.month - 1) // 3 + 1}",
        "opened": utc(day),
        "closed": None,
        "state": "running",
        "process": this_process(),
        "engineer": "engineer",
        "site": {},
        "selection": {"checks": [check["id"]], "targets": ["db"], "all": False},
        "targets": [{"name": "db", "title": "db", "address": "", "areas": ["oracle"]}],
        "definitions": definitions(CATALOGUE, plan["checks"], SETTINGS),
        "versions": {"tool": "1", "catalogue": CATALOGUE.version, "ansible": "2.19"},
    }
    ledger.open_run(row, {"db": {"oracle": [check["id"]]}})
    ledger.record(run, [result])
    ledger.settle(run, "complete", day, "not_run", "test")


def test_every_run_is_a_point_with_its_day(ledger: Ledger) -> None:
    days = {
        "a": datetime(2026, 5, 4, 3, tzinfo=UTC),
        "b": datetime(2026, 8, 4, 3, tzinfo=UTC),
        "c": datetime(2026, 9, 4, 3, tzinfo=UTC),  # a second visit of the same quarter
        "d": datetime(2026, 11, 4, 3, tzinfo=UTC),
        "e": datetime(2026, 11, 19, 23, tzinfo=UTC),  # the 20th in Shanghai
    }
    for n, (run, day) in enumerate(days.items()):
        _measure(ledger, run, day, 40.0 + n)
    source = quarterly_source(ledger, NOW)
    assert [(point["day"], point["used_bytes"]) for point in source.history] == [
        ("2026-05-04", 40.0),
        ("2026-08-04", 41.0),
        ("2026-09-04", 42.0),
        ("2026-11-04", 43.0),
        ("2026-11-20", 44.0),
    ]
    model = build_quarterly(source)
    assert model["databases"][0]["forecasts"] == []  # no limit was judged here, so no forecast
    tablespaces = next(group for group in model["capacity"] if group["kind"] == "tablespace")
    assert tablespaces["trend"]["quarters"] == ["2026Q2", "2026Q3", "2026Q4"]
    assert tablespaces["trend"]["lines"][0]["points"] == [40.0, 42.0, 44.0]
    # A report of one earlier run knows nothing of what came after it.
    alone = quarterly_source(ledger, NOW, run="d")
    assert [point["day"] for point in alone.history][-1] == "2026-11-04"
