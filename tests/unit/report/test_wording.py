# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader of the documents meets: limits with names, the right value, words and no codes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures, limits
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import build_quarterly
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import WORDS
from hypothesis import given
from hypothesis import strategies as st

from tests.golden import source

READINGS = Path(__file__).resolve().parents[3] / "catalogue/readings.yml"
CHINA = figures.zone(None)


def model(**changes: Any) -> dict[str, Any]:
    return build_quarterly(replace(source.full(), **changes))


def only(*results: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The model of some results alone."""
    owed = [{"check": row["check"], "target": row["target"]} for row in results]
    return model(results=list(results), owed=owed, previous_findings=[], history=[], **changes)


def clause(found: dict[str, Any], name: str) -> dict[str, Any]:
    row: dict[str, Any] = next(row for row in found["matrix"] if row["clause"] == name)
    return row


def check(found: dict[str, Any], name: str) -> dict[str, Any]:
    row: dict[str, Any] = next(row for row in found["checks"] if row["check"] == name)
    return row


def zh(texts: list[dict[str, str]]) -> list[str]:
    return [text["zh"] for text in texts]


def test_each_number_among_the_limits_of_a_clause_is_named() -> None:
    assert set(zh(clause(model(), "ENV-07")["limits"])) == {
        "备份保留份数（缺少份数）：异常 ≥ 1",
        "最近备份时效：关注 ≥ 24 小时，异常 ≥ 30 小时",
        "备份空间使用率：关注 ≥ 80 %，异常 ≥ 90 %",
        "数据库全量备份时间：关注 ≥ 8 天，异常 ≥ 15 天",
        "归档日志备份时间：关注 ≥ 24 小时，异常 ≥ 30 小时",
        "其余 2 项按状态判定，见明细",
    }


def test_many_states_are_summed_up_beside_numbers() -> None:
    definitions = {
        f"host.state{n}": {"title": {"zh": f"状态{n}", "en": f"state {n}"}, "clauses": ["ENV-03"]}
        for n in range(5)
    }
    base = source.stated("host.service_running", "app01", None, True)
    rows = [{**base, "check": name} for name in definitions]
    rows.append(source.measured("host.memory_used", "app01", None, "%", 71.3))
    found = only(*rows, checks={**source.full().checks, **definitions})
    assert zh(clause(found, "ENV-03")["limits"]) == [
        "内存使用率：关注 ≥ 80 %，异常 ≥ 90 %",
        "其余 5 项按状态判定，见明细",
    ]


def test_more_than_six_limits_are_told_by_the_details() -> None:
    base = source.measured("host.memory_used", "app01", None, "%", 71.3)
    definitions = {
        f"host.use{n}": {"title": {"zh": f"用量{n}", "en": f"use {n}"}, "clauses": ["ENV-03"]}
        for n in range(8)
    }
    rows = [{**base, "check": name} for name in definitions]
    rows.append(source.stated("host.service_running", "app01", None, True))
    found = only(*rows, checks={**source.full().checks, **definitions})
    limits = zh(clause(found, "ENV-03")["limits"])
    assert len(limits) == 7
    assert limits[-1] == "其余 3 项见明细"


def test_settings_go_by_their_titles() -> None:
    shown = {row["key"]: row for row in model()["readings"]}
    assert shown["usage_limit_pct"]["setting"]["zh"] == "使用率限值（%）"
    assert shown["report_due_days"]["value"]["zh"] == "未设定"
    known = {reading["key"] for reading in yaml.safe_load(READINGS.read_text("utf-8"))}
    assert [key for key in known if f"setting_{key}" not in WORDS] == []
    assert figures.limit_source("site:usage_limit_pct")["zh"] == "现场设定：使用率限值（%）"
    assert figures.limit_source("site:other")["zh"] == "现场设定：other"


def test_limit_of_a_single_object_is_said_with_its_place() -> None:
    rows = [source.measured("host.disk_used", "app01", part, "%", 10.0) for part in "abcdef"]
    for row in rows[1:5]:
        row["limit"] = {"direction": "above", "warn": 85, "fail": 95}
    rows[5]["limit"] = {"direction": "above", "warn": 70, "fail": 80}
    found = only(*rows)
    assert zh(clause(found, "ENV-08")["limits"])[0] == "磁盘使用率：关注 ≥ 85 %，异常 ≥ 95 %"
    shown = zh(clause(found, "ENV-08")["limits"])[1:]
    assert shown == ["app01 a：关注 ≥ 80 %，异常 ≥ 90 %", "app01 f：关注 ≥ 70 %，异常 ≥ 80 %"]


def test_limit_stands_also_where_nothing_was_answered() -> None:
    definition = {
        **source.full().checks["host.disk_used"],
        "limits": {"direction": "above", "warn": 80, "fail": 90},
        "unit": "%",
    }
    lost = source.unknown("host.disk_used", "app01", "error", "unreachable", "无", "none")
    found = only(lost, checks={"host.disk_used": definition})
    assert zh(clause(found, "ENV-08")["limits"]) == ["磁盘使用率：关注 ≥ 80 %，异常 ≥ 90 %"]
    assert found["results"][0]["limit_text"]["zh"] == "—"  # none was applied


@pytest.mark.parametrize(
    ("kind", "values", "worst"),
    [
        ("%", (10.0, 78.9, 40.0), 78.9),
        ("days", (400, 61, 90), 61),  # a minimum: the lowest is the worst
        ("seconds", (0, 0, 0), None),  # as far from the limit as can be: nothing to say
    ],
)
def test_worst_of_many_is_the_one_nearest_to_its_limit(
    kind: str, values: tuple[float, ...], worst: float | None
) -> None:
    rows = [
        source.measured("gdca.certificate_days", "gdca01", f"c{n}", kind, value)
        for n, value in enumerate(values)
    ]
    lines = zh(check(only(*rows), "gdca.certificate_days")["value"])
    assert lines[0] == "3 条均正常"
    if worst is None:
        assert lines[1:] == []
    else:
        part = f"c{values.index(worst)}"
        assert lines[1].startswith(f"最接近阈值：gdca01：{part} 为 {worst:g} ")


def test_value_that_is_not_what_the_title_names_says_what_it_is() -> None:
    """A minimum of copies is judged by the copies missing: "最高 0" contradicted its sentence."""
    row = next(row for row in model()["results"] if row["check"] == "backup.kept_count")
    assert row["observed_text"] == {"zh": "缺少份数：0", "en": "copies missing: 0"}
    assert zh(check(model(), "backup.kept_count")["value"]) == ["保留 8 份备份（要求不少于 7 份）"]


def test_worse_of_two_findings_is_quoted_first() -> None:
    rows = [
        source.measured("host.disk_used", "app01", part, "%", value)
        for part, value in (("/a", 90.5), ("/b", 99.0), ("/c", 93.0))
    ]
    lines = zh(check(only(*rows), "host.disk_used")["value"])
    assert [line.partition(" 为")[0] for line in lines[1:]] == [
        "[异常] app01：/b",
        "[异常] app01：/c",
        "[异常] app01：/a",
    ]


def test_what_is_said_of_many_checks_is_said_once() -> None:
    rows = [
        source.unknown(name, "app01", "error", "unreachable", "无法连接目标：x", "unreachable: x")
        for name in ("host.memory_used", "host.load_per_core", "host.swap_used")
    ]
    assert zh(clause(only(*rows), "ENV-03")["value"])[1:] == [
        "[无法检查] app01：无法连接目标：x（3 条）"
    ]


def test_codes_are_worded_in_values_and_limits() -> None:
    row = next(row for row in model()["results"] if row["check"] == "oracle.datafile_online")
    assert row["observed"] == "ONLINE"
    assert row["observed_text"] == {"zh": "联机", "en": "online"}
    assert row["limit_text"] == {"zh": "应为“联机”", "en": "expected: online"}


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("d", "1.1 天"),
        ("h", "1.1 小时"),
        ("s", "1.1 秒"),
        ("bit", "1.1 位"),
        ("%", "1.1 %"),
        ("", "1.1"),
    ],
)
def test_units_are_worded(unit: str, shown: str) -> None:
    assert figures.observed({"observed": 1.1, "unit": unit})["zh"] == shown
    limit = figures.limit({"direction": "above", "fail": 1.1}, unit)
    assert limit["zh"] == f"异常 ≥ {shown}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("有效期至 2026-12-09 17:30 UTC，剩余", "有效期至 2026-12-10 01:30，剩余"),
        ("since 2026-12-09T17:30:05Z.", "since 2026-12-10 01:30."),
        ("开始于 2026-12-09 17:30（数据库时间）", "开始于 2026-12-09 17:30（数据库时间）"),
        ("2026-13-45 99:99 UTC", "2026-13-45 99:99 UTC"),
    ],
)
def test_utc_times_in_sentences_become_local(text: str, shown: str) -> None:
    assert figures.in_zone({"zh": text, "en": text}, CHINA) == {"zh": shown, "en": shown}


@given(st.text())
def test_any_sentence_can_be_looked_at_for_times(text: str) -> None:
    assert set(figures.in_zone({"zh": text, "en": text}, CHINA)) == {"zh", "en"}


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["above", "below"]),
    st.floats(min_value=0.001, max_value=1e9),
)
def test_closeness_tells_the_sides_of_a_limit(value: float, direction: str, bound: float) -> None:
    row = {"observed": value, "limit": {"direction": direction, "fail": bound}}
    bad = value >= bound if direction == "above" else value < bound
    assert limits.closeness(row) >= 1 if bad else limits.closeness(row) <= 1


def test_findings_say_impact_and_cause() -> None:
    rows = {row["check"]: row for row in model()["findings"]}
    assert rows["interface.certificate_days"]["impact"]["zh"] == "证书过期后接口调用会被拒绝。"
    assert rows["interface.certificate_days"]["cause"]["zh"] == "证书有效期将满，尚未更换。"
    assert rows["host.disk_used"]["cause"] == {"zh": "待查", "en": "to be investigated"}
    assert rows["log.error_lines"]["impact"]["zh"] == "—"  # a run of before the catalogue had it


def test_what_hangs_is_named_among_the_findings() -> None:
    found = model()
    hung = [row for row in found["blocked"] if "/mnt/nas" in row["titles"]["zh"]]
    assert [row["message"]["zh"] for row in hung] == ["超时：/mnt/nas 5 s"]
    assert [row["number"] for row in found["blocked"]] == [
        f"2026Q4-E{n:02d}" for n in range(1, len(found["blocked"]) + 1)
    ]
    assert {row["status"] for row in found["blocked"]} == {"error"}
    assert f"无法检查的归为 {len(found['blocked'])} 处，须先查明原因，见第 6 章。" in zh(
        found["conclusion"]["sentences"]
    )


def test_remarks_on_what_the_ledger_does_not_keep() -> None:
    remarks = {row["reading"]: row for row in model()["remarks"]}
    assert (remarks["R-15"]["clause"], remarks["R-15"]["status"]) == ("SVC-02", "warn")
    assert remarks["R-17"]["clause"] == "GDCA-02"
    assert remarks["R-17"]["text"]["zh"].startswith("未登记：")
    assert not re.search(r"故障[：:]?\s*0 起", remarks["R-17"]["text"]["zh"])
    assert clause(model(), "GDCA-02")["value"] == [remarks["R-17"]["text"]]
    assert clause(model(), "SVC-02")["remark"] == remarks["R-15"]["text"]
    for row in remarks.values():
        assert clause(model(), row["clause"])["status"] == row["status"]
    assert model(clauses=[])["remarks"] == []


@pytest.mark.parametrize(
    ("site", "basis", "term", "span"),
    [
        ("2026-01-01", "contract", "2026-01-01 至 2026-12-31", "2026-10-01 至 2026-12-31"),
        ("2026-03-15", "contract", "2026-03-15 至 2027-03-14", "2026-12-15 至 2027-03-14"),
        ("2026-03-15", "calendar", "2026-03-15 至 2027-03-14", "2026-10-01 至 2026-12-31"),
        ("2024-02-29", "contract", "2024-02-29 至 2025-02-27", "2026-11-28 至 2027-02-27"),
        (None, "contract", "", ""),
        ("soon", "contract", "", ""),
    ],
)
def test_cover_has_the_term_and_the_days_of_the_quarter(
    site: str | None, basis: str, term: str, span: str
) -> None:
    readings = [{**row, "value": basis} if row["id"] == "R-10" else row for row in source.READINGS]
    cover = model(site={"contract_start": site}, readings=readings)["cover"]
    assert (cover["service_term"]["zh"], cover["quarter_span"]["zh"]) == (term, span)


def test_runs_that_still_go_on_are_said() -> None:
    run = {**source.full().run, "running": ["20261120T010000Z-aaaa"]}
    sentences = zh(model(run=run)["conclusion"]["sentences"])
    assert sentences[-1] == (
        "本季度另有 1 个批次仍在进行（20261120T010000Z-aaaa），其结果未计入本报告。"
    )


def test_bars_that_are_not_drawn_are_said_with_their_places() -> None:
    rows = [
        source.measured("host.disk_used", target, f"/{n:02d}", "%", float(n), "disk")
        for target, number in (("app01", 3), ("db01", 24))
        for n in range(40 - number, 40)
    ]
    (group,) = only(*rows)["capacity"]
    assert len(group["bars"]) == 20
    assert min(bar["used_percent"] for bar in group["bars"]) == 23
    assert group["hidden_text"]["zh"] == (
        "图中为使用率最高的 20 项；另有 7 项使用率不高于 22 %，见附表：db01 7 项。"
    )


def test_settings_of_readings_are_worded() -> None:
    first, second = model(readings=source.READINGS[1:3])["readings"]
    assert first["value"]["zh"] == "自然季度"
    assert first["default"]["zh"] == "自合同起始日起每三个月"
    assert second["value"] == {"zh": "是", "en": "yes"}


def test_a_part_that_is_a_code_goes_by_its_words() -> None:
    made = source.full()
    words = {"SM2": {"zh": "国密", "en": "SM2 pair"}}
    check = {**made.checks["gdca.certificate_days"], "words": words}
    made.checks = {**made.checks, "gdca.certificate_days": {**check, "worded": ["part"]}}
    built = build_quarterly(made)
    row = next(row for row in built["results"] if row["part"] == "SM2")
    assert row["part_text"] == {"zh": "国密", "en": "SM2 pair"}
    found = next(row for row in built["findings"] if row["part"] == "SM2")
    assert found["part_text"]["zh"] == "国密"  # the part itself stays: waivers and history use it
    made.checks = {**made.checks, "gdca.certificate_days": check}
    row = next(row for row in build_quarterly(made)["results"] if row["part"] == "SM2")
    assert row["part_text"]["zh"] == "SM2"
