# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model: nothing vanishes, everything adds up, and what is not known is never called right."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import (
    build_quarterly,
    verify,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import (
    QuarterSource,
    ReportError,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import WORDS
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.golden import source


def one(status: str, **changes: Any) -> QuarterSource:
    """A quarter with a pass and one result of the given status; all clauses have results."""
    base = source.full()
    row = next(row for row in base.results if row["status"] == "pass")
    every = [clause["id"] for clause in base.clauses if clause["answered"] == "automated"]
    first = {**row, "clauses": every}
    second = {
        **row,
        "part": "x",
        "status": status,
        "clauses": [every[0]],
        "message": {"zh": "m", "en": "m"},
        **changes,
    }
    owed = [{"check": row["check"], "target": row["target"]}]
    return replace(base, results=[first, second], owed=owed, history=[], previous_findings=[])


@pytest.mark.parametrize(
    ("status", "changes", "verdict", "complete", "zh"),
    [
        ("pass", {}, "normal", True, "正常"),
        ("skipped", {}, "normal", True, "正常"),
        ("warn", {}, "mostly", True, "基本正常"),
        ("fail", {}, "abnormal", True, "异常"),
        ("error", {}, "normal", False, "未完成（已检查部分正常）"),
        ("not_run", {}, "normal", False, "未完成（已检查部分正常）"),
        (
            "fail",
            {"waiver": {"reason": "r", "owner": "o", "expires": "2026-11-18"}},
            "mostly",
            True,
            "基本正常",
        ),
        (
            "fail",
            {"waiver": {"reason": "r", "owner": "o", "expires": "2026-11-17"}},
            "abnormal",
            True,
            "异常",
        ),
        (
            "fail",
            {"waiver": {"reason": "r", "owner": "o", "expires": "soon"}},
            "abnormal",
            True,
            "异常",
        ),
    ],
)
def test_conclusion(
    status: str, changes: dict[str, Any], verdict: str, complete: bool, zh: str
) -> None:
    conclusion = build_quarterly(one(status, **changes))["conclusion"]
    assert (conclusion["verdict"], conclusion["complete"]) == (verdict, complete)
    assert conclusion["label"]["zh"] == zh
    assert conclusion["counts"][status] >= 1


def test_no_result_at_all_is_no_verdict() -> None:
    conclusion = build_quarterly(replace(source.full(), results=[]))["conclusion"]
    assert conclusion["verdict"] == "none"
    assert not conclusion["complete"]
    assert conclusion["counts"]["not_run"] == conclusion["owed"] == conclusion["total"]


def test_waived_result_keeps_its_status_and_is_listed() -> None:
    model = build_quarterly(source.full())
    waived = [row for row in model["findings"] if row["waiver"] and row["waiver"]["valid"]]
    assert [row["status"] for row in waived] == ["fail"]
    assert "2027-03-31" in waived[0]["waiver"]["text"]["zh"]
    assert model["conclusion"]["waived"] == model["conclusion"]["waivers_expired"] == 1


def test_owed_without_a_result_is_not_run_in_every_summary() -> None:
    model = build_quarterly(source.full())
    rows = [row for row in model["results"] if row["target"] == "gdca02"]
    assert [row["status"] for row in rows] == ["not_run"]
    assert any(row["target"] == "gdca02" for row in model["not_inspected"])
    assert any(row["target"] == "gdca02" for row in model["targets"])


def test_unreached_host_is_one_line_with_all_its_checks() -> None:
    lines = [
        row for row in build_quarterly(source.full())["not_inspected"] if row["target"] == "old01"
    ]
    assert len(lines) == 1
    assert lines[0]["results"] == 6


def test_clause_states() -> None:
    model = build_quarterly(source.full())
    states = {row["clause"]: row["status"] for row in model["matrix"]}
    assert len(states) == len(source.full().clauses)
    assert states["BIZ-07"] == "not_run"  # automated, and nobody answered
    assert states["GDCA-02"] == "record"
    assert states["ENV-05"] == "fail"
    assert states["ENV-06"] == "warn"
    unanswered = next(row for row in model["matrix"] if row["clause"] == "BIZ-07")
    assert unanswered["note"]["zh"] == "本次巡检没有该条款的检查结果"


def test_warning_is_one_level_lower_than_its_check() -> None:
    findings = build_quarterly(source.full())["findings"]
    disks = {row["status"]: row["level"] for row in findings if row["check"] == "host.disk_used"}
    assert disks == {"fail": "high", "warn": "medium"}
    order = ["high", "medium", "low"]
    assert findings == sorted(findings, key=lambda row: order.index(row["level"]))


def test_last_quarters_findings() -> None:
    model = build_quarterly(source.full())
    carried = [row for row in model["findings"] if row["carried"]]
    assert [(row["part"], row["first_quarter"]) for row in carried] == [("EBILL_DATA", "2026Q2")]
    assert {row["target"]: row["outcome"] for row in model["resolved"]} == {
        "app01": "fixed",
        "old01": "unknown",
    }


def test_this_quarters_findings_feed_the_next() -> None:
    first = build_quarterly(source.full())
    later = replace(source.full(), previous_findings=first["findings"])
    later.run = {**later.run, "quarter": "2027Q1"}
    second = build_quarterly(later)
    assert all(row["carried"] for row in second["findings"])
    assert {row["first_quarter"] for row in second["findings"]} == {"2026Q4", "2026Q2"}


Break = Callable[[dict[str, Any]], None]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda model: model["conclusion"]["counts"].update({"fail": 0}),
        lambda model: model["areas"].pop(),
        lambda model: model["targets"][0]["counts"].update({"pass": 99}),
        lambda model: model["findings"].pop(),
        lambda model: model["results"].pop(),
        lambda model: model["not_inspected"].pop(),
        lambda model: model["not_applicable"].pop(),
        lambda model: model["checks"].pop(),
        lambda model: model["matrix"][3].update({"results": 7}),
    ],
)
def test_summary_that_does_not_add_up_raises(spoil: Break) -> None:
    model = copy.deepcopy(build_quarterly(source.full()))
    spoil(model)
    with pytest.raises(ReportError, match="does not add up"):
        verify(model)


def test_unknown_status_raises() -> None:
    with pytest.raises(ReportError, match="unknown status 'fine'"):
        build_quarterly(one("fine"))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(STATUSES), max_size=40))
def test_any_mix_of_statuses_adds_up(statuses: list[str]) -> None:
    base = source.full()
    rows = [
        {**base.results[0], "status": status, "part": f"/{n}"} for n, status in enumerate(statuses)
    ]
    model = build_quarterly(replace(base, results=rows, owed=[], previous_findings=[]))
    assert model["conclusion"]["total"] == len(statuses)
    json.dumps(model)  # plain data


def test_digest_is_of_the_data_alone() -> None:
    first = build_quarterly(source.full())["quality"]["data_sha256"]
    again = replace(source.full(), version=7, made="2026-12-01T00:00:00+00:00")
    assert build_quarterly(again)["quality"]["data_sha256"] == first
    assert build_quarterly(source.green())["quality"]["data_sha256"] != first


def test_part_named_twice_counts_twice() -> None:
    doubled = one("pass")
    doubled.results = [*doubled.results, dict(doubled.results[1])]
    assert build_quarterly(doubled)["conclusion"]["total"] == 3


def test_trend_needs_an_earlier_quarter_and_keeps_gaps() -> None:
    groups = {group["kind"]: group for group in build_quarterly(source.full())["capacity"]}
    assert groups["backup"]["trend"] is None
    assert groups["disk"]["trend"]["quarters"] == [*source.DAYS, "2026Q4"]
    lines = {line["label"]: line["points"] for line in groups["disk"]["trend"]["lines"]}
    assert lines["app01 /"] == [37.5, 39.0, None, 44.0, 41.5]


def test_times_are_written_in_the_sites_zone() -> None:
    model = build_quarterly(source.full())
    assert model["quality"]["opened"] == "2026-11-18 09:05"
    utc = replace(source.full(), site={**source.full().site, "timezone": "UTC"})
    assert build_quarterly(utc)["quality"]["opened"] == "2026-11-18 01:05"


@pytest.mark.parametrize(
    ("limit", "unit", "zh", "en"),
    [
        (
            {"direction": "above", "warn": 80, "fail": 90},
            "%",
            "关注 ≥ 80 %，异常 ≥ 90 %",
            "warning ≥ 80 %, fail ≥ 90 %",
        ),
        ({"direction": "below", "fail": 30}, "", "异常 < 30", "fail < 30"),
        ({"states": {"pass": [True]}}, "", "应为“是”", "expected: yes"),
        (
            {"states": {"pass": ["OPEN", "MOUNTED"]}},
            "",
            "应为“OPEN、MOUNTED”",
            "expected: OPEN, MOUNTED",
        ),
        (None, "", "仅记录", "recorded only"),
    ],
)
def test_limits_in_words(limit: dict[str, Any] | None, unit: str, zh: str, en: str) -> None:
    assert figures.limit(limit, unit) == {"zh": zh, "en": en}


def test_observed_is_not_rounded_across_its_limit() -> None:
    row = {"observed": 89.96, "unit": "%", "limit": {"direction": "above", "fail": 90}}
    assert figures.observed(row)["zh"] == "89.96 %"
    assert figures.observed({"observed": 63.21, "unit": "%"})["zh"] == "63.2 %"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (200 * 2**30, "200 GiB"), (None, "—")],
)
def test_sizes(value: int | None, shown: str) -> None:
    assert figures.size(value) == shown


def test_no_word_hides_behind_a_method_of_dict() -> None:
    """In a template ``w.items`` would be the method, not the word."""
    assert not {key for key in WORDS if hasattr(dict, key)}
