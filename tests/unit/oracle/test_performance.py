# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The performance diagnosis: what it makes of answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import performance
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

GIB = 2**30
LICENSED = Wanted(licensed_diagnostics=True)
EVERY = performance.parts(LICENSED)


def well() -> dict[str, Any]:
    """A small database that has been up for ten days."""
    return {
        "instance": [{"startup_time": datetime(2026, 11, 1), "uptime_days": 10.0}],
        "time_model": [
            {"name": "DB time", "us": 1_000_000_000},
            {"name": "DB CPU", "us": 600_000_000},
            {"name": "hard parse elapsed time", "us": 20_000_000},
        ],
        "wait_classes": [{"wait_class": "Commit", "waits": 2000, "centiseconds": 20_000}],
        "wait_events": [
            {"event": "log file sync", "wait_class": "Commit", "waits": 2000, "us": 200_000_000},
            {"event": "db file sequential read", "wait_class": "User I/O", "waits": 3, "us": 99},
        ],
        "statistics_system": [
            {"name": "parse count (total)", "value": 1000},
            {"name": "parse count (hard)", "value": 100},
            {"name": "execute count", "value": 4000},
            {"name": "consistent gets from cache", "value": 2_000_000},
            {"name": "physical reads cache", "value": 20_000},
            {"name": "redo log space requests", "value": 50},
            {"name": "redo size", "value": 20 * GIB},
            {"name": "user commits", "value": 864_000},
        ],
        "library_cache": [{"pins": 200_000, "hits": 199_000, "reloads": 5, "invalidations": 1}],
        "pga_state": [
            {"name": "aggregate PGA target parameter", "value": 8 * GIB},
            {"name": "over allocation count", "value": 7},
        ],
        "pga_advice": [
            {"bytes": 4 * GIB, "factor": 0.5, "over": 0},
            {"bytes": 8 * GIB, "factor": 1, "over": 7},
            {"bytes": 12 * GIB, "factor": 1.5, "over": 0},
            {"bytes": 16 * GIB, "factor": 2, "over": 0},
        ],
        "sga_advice": [
            {"mib": 1024, "factor": 1, "load": 100},
            {"mib": 1536, "factor": 1.5, "load": 80},
            {"mib": 2048, "factor": 2, "load": 80},
            {"mib": 4096, "factor": 4, "load": 10},
        ],
        "cache_advice": [],
        "sql_total": [{"statements": 2, "elapsed_us": 100_000_000}],
        "sql_leaders": [
            statement("a" * 13, 60_000_000, 2000),
            statement("b" * 13, 40_000_000, 10),
            statement("c" * 13, 30_000_000, 10),
        ],
        "sql_origins": [
            {"sql_id": "a" * 13, "schema": "EBILL", "module": "web", "command": 3, "cursors": 1},
            {"sql_id": "b" * 13, "schema": "SYS", "module": None, "command": 47, "cursors": 1},
        ],
        "sql_scans": [scan("a" * 13, "T_BILL", 40), scan("a" * 13, "T_SMALL", 1)],
        "tables": [
            {"owner": "EBILL", "table": "T_BILL", "num_rows": 1_000_000, "age_days": 3.0},
            {"owner": "EBILL", "table": "T_OLD", "num_rows": 9, "stale": "YES", "age_days": 80.4},
            {"owner": "EBILL", "table": "T_NEVER", "num_rows": None, "age_days": None},
            {"owner": "EBILL", "table": "GTT", "num_rows": None, "age_days": None},
            {"owner": "MDSYS", "table": "SDO", "num_rows": 9, "stale": "YES", "age_days": 80.4},
        ],
        "large_segments": [
            {"owner": "EBILL", "segment": "T_BILL", "kind": "TABLE", "bytes": 4 * GIB},
            {"owner": "EBILL", "segment": "T_NEVER", "kind": "TABLE", "bytes": GIB // 2},
        ],
    }


def statement(sql_id: str, elapsed_us: int, executions: int) -> dict[str, Any]:
    figures = {"cpu_us": 1000, "gets": 20_000, "reads": 5, "fetched": 1, "plan": 77}
    return {"sql_id": sql_id, "elapsed_us": elapsed_us, "executions": executions, **figures}


def scan(sql_id: str, table: str, estimated: int, filtered: int = 1) -> dict[str, Any]:
    return {
        "sql_id": sql_id,
        "owner": "EBILL",
        "table": table,
        "estimated": estimated,
        "filtered": filtered,
    }


def rows(name: str, answers: dict[str, Any], **wanted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = performance.observe(answers, Wanted(**wanted))[name]["rows"]
    return found


def reason(name: str, answers: dict[str, Any], **wanted: Any) -> str:
    return str(performance.observe(answers, Wanted(**wanted))[name]["absent"]["reason"])


def test_shares_are_of_db_time() -> None:
    shares = {row["wait_class"]: row["share_percent"] for row in rows("wait_classes", well())}
    assert shares == {"CPU": 60.0, "Commit": 20.0}


def test_an_average_needs_a_thousand_waits() -> None:
    (only,) = rows("latencies", well())
    assert (only["event"], only["milliseconds"]) == ("log file sync", 100.0)


def test_figures_by_day_and_by_second() -> None:
    (row,) = rows("redo", well())
    assert row == {"space_waits_day": 5.0, "redo_gib_day": 2.0, "commits_second": 1.0}


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("parsing", "hard_share_percent", 2.0),
        ("parsing", "hard_percent", 10.0),
        ("library_cache", "hit_percent", 99.5),
        ("buffer_cache", "hit_percent", 99.0),
        ("basis", "hours", 240.0),
        ("basis", "licence", "unlicensed"),
    ],
)
def test_ratios(name: str, field: str, value: Any) -> None:
    (row,) = rows(name, well())
    assert row[field] == value


def test_a_ratio_of_little_is_none() -> None:
    answers = well() | {"library_cache": [{"pins": 12, "hits": 1}], "statistics_system": []}
    for name in ("library_cache", "buffer_cache", "parsing"):
        assert reason(name, answers) == "too_little"


def test_the_smallest_target_that_is_enough_is_wanted() -> None:
    (row,) = rows("pga", well())
    assert (row["over_allocations"], row["target_mib"], row["wanted_mib"]) == (7, 8192, 12288)
    assert reason("pga", well() | {"pga_state": []}) == "not_configured"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # the smallest size with the least load, up to twice the memory
        ([(1024, 1, 100), (1536, 1.5, 80), (2048, 2, 80), (4096, 4, 1)], ("sga", 1536, 20.0)),
        # nothing to gain is said of the largest size
        ([(1024, 1, 100), (2048, 2, 100)], ("sga", 2048, 0.0)),
    ],
)
def test_the_gain_of_more_memory(
    steps: list[tuple[int, float, int]], expected: tuple[str, int, float]
) -> None:
    advice = [{"mib": mib, "factor": factor, "load": load} for mib, factor, load in steps]
    (row,) = rows("sga", well() | {"sga_advice": advice})
    assert (row["memory"], row["best_mib"], row["gain_percent"]) == expected


def test_without_automatic_memory_the_main_cache_advises() -> None:
    small = {"mib": 64, "factor": 1, "load": 9, "block": 16384}
    main = [
        {"mib": 900, "factor": 1, "load": 100, "block": 8192},
        {"mib": 1800, "factor": 2, "load": 50, "block": 8192},
    ]
    (row,) = rows("sga", well() | {"sga_advice": [], "cache_advice": [small, *main]})
    assert (row["memory"], row["best_mib"], row["gain_percent"]) == ("buffer_cache", 1800, 50.0)
    assert reason("sga", well() | {"sga_advice": []}) == "not_configured"


def test_statements_of_oracle_are_left_out_and_those_without_a_cursor_kept() -> None:
    found = rows("top_sql", well())
    assert [row["sql_id"] for row in found] == ["a" * 13, "c" * 13]
    first, last = found
    assert (first["share_percent"], first["seconds_each"], first["often"]) == (60.0, 0.03, True)
    assert (first["kind"], first["module"], first["gets_each"]) == ("SELECT", "web", 10)
    assert (last["schema"], last["kind"], last["often"]) == ("-", "SQL", False)


def test_statements_of_other_schemas_are_left_out() -> None:
    found = rows("top_sql", well(), application_schemas=["HIS"])
    assert [row["sql_id"] for row in found] == ["c" * 13]


@pytest.mark.parametrize(
    ("estimated", "filtered", "found"),
    [(40, 1, 1), (50_000, 1, 1), (50_001, 1, 0), (40, 0, 0)],
)
def test_a_scan_is_a_hint_when_the_filter_keeps_few_rows(
    estimated: int, filtered: int, found: int
) -> None:
    answers = well() | {"sql_scans": [scan("a" * 13, "T_BILL", estimated, filtered)]}
    assert len(rows("full_scans", answers)) == found


def test_a_scan_of_a_small_table_is_none() -> None:
    (only,) = rows("full_scans", well())
    assert (only["table"], only["scanned_gib"], only["table_gib"]) == ("EBILL.T_BILL", 8000.0, 4.0)


def test_statistics_that_are_stale_or_missing_on_a_large_table() -> None:
    (row,) = rows("statistics", well())
    assert (row["schema"], row["outdated"], row["stale"], row["never"]) == ("EBILL", 2, 1, 1)
    assert (row["oldest_days"], row["examples"]) == (80, "T_OLD, T_NEVER")


def test_growth_is_reckoned_to_a_month() -> None:
    before = {"at": "2026-10-12T00:00:00", "segments": {"EBILL.T_BILL": 3 * GIB}}
    (row,) = rows("segment_growth", well(), earlier=before)
    assert (row["days"], row["month_gib"], row["month_percent"]) == (30, 1.0, 33.3)
    assert performance.bookmarks(well(), Wanted(earlier=before))["at"] == "2026-11-11T00:00:00"


def test_growth_waits_for_a_week_from_the_first_look() -> None:
    assert reason("segment_growth", well()) == "no_baseline"
    young = {"at": "2026-11-09T00:00:00", "segments": {"EBILL.T_BILL": 3 * GIB}}
    assert reason("segment_growth", well(), earlier=young) == "baseline_young"
    assert performance.bookmarks(well(), Wanted(earlier=young)) == young


def test_history_needs_the_licence() -> None:
    assert reason("sql_history", well()) == "not_licensed"
    answers = well() | {
        "snapshots": [{"snapshots": 60, "days": 2.5}],
        "sql_history": [
            {"sql_id": "a" * 13, "schema": "EBILL", "executions": 9, "elapsed_us": 60_000_000}
        ],
    }
    (row,) = rows("sql_history", answers, licensed_diagnostics=True)
    assert (row["elapsed_minutes"], row["executions"], row["days"]) == (1.0, 9, 2.5)


@pytest.mark.parametrize("part", sorted({name for n in performance.MAKES.values() for name in n}))
def test_a_missing_grant_costs_what_is_made_of_it_and_nothing_else(part: str) -> None:
    answers = well() | {"sql_history": [], "snapshots": []}
    answers[part] = Problem("missing_grant", "SELECT ON SYS.X (ORA-00942)")
    found = performance.observe(answers, LICENSED)
    lost = {name for name, observation in found.items() if "error" in observation}
    assert lost == {name for name, parts in performance.MAKES.items() if part in parts}
    performance.bookmarks(answers, LICENSED)


def test_a_session_that_came_to_nothing_skips_nothing() -> None:
    refused = Problem("login_refused", "ORA-01017", fatal=True)
    found = performance.observe({part.name: refused for part in EVERY}, Wanted())
    assert all("error" in observation for observation in found.values())


def test_every_part_may_come_back_empty() -> None:
    empty = {part.name: [] for part in EVERY}
    found = performance.observe(empty, LICENSED)
    assert found.keys() == performance.MAKES.keys()
    assert not [name for name, observation in found.items() if "error" in observation]
    assert performance.bookmarks(empty, LICENSED) == {}
