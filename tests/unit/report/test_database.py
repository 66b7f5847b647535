# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chapter on databases: nothing of a database is left out, and each format tells the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.module_utils.oracle import tablespaces, temp_undo
from ansible_collections.ebill.ops.plugins.plugin_utils import report
from ansible_collections.ebill.ops.plugins.plugin_utils.forecast import MOST, Point
from ansible_collections.ebill.ops.plugins.plugin_utils.report import database, database_spaces
from ansible_collections.ebill.ops.plugins.plugin_utils.report.database_chart import panels_chart
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import WORDS

from tests.golden import extract, source

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "report_templates/quarterly"


@cache
def full() -> dict[str, Any]:
    return report.build_quarterly(source.full())


def part(model: dict[str, Any]) -> dict[str, Any]:
    (only,) = model["databases"]
    found: dict[str, Any] = only
    return found


def changed(change: Callable[[QuarterSource], None]) -> dict[str, Any]:
    made = source.full()
    change(made)
    return part(report.build_quarterly(made))


def test_every_check_of_the_catalogue_has_a_subject() -> None:
    files = [ROOT / "catalogue/oracle.yml", *(ROOT / "catalogue/oracle").glob("*.yml")]
    ids = [
        check["id"] for file in files for check in yaml.safe_load(file.read_text("utf-8"))["checks"]
    ]
    assert len(ids) > 50
    assert [name for name in ids if database._topic(name) == "other"] == []


def test_an_unknown_check_is_told_nevertheless() -> None:
    def add(made: QuarterSource) -> None:
        row = source.told("oracle.version", "pass", "新检查", "a new check")
        made.results = [*made.results, {**row, "check": "oracle.novelty_seen"}]

    told = {topic["key"]: topic for topic in changed(add)["topics"]}
    assert told["other"]["checks"][0]["value"][0]["zh"] == "新检查"


def test_what_was_lost_on_the_way_is_noticed() -> None:
    model = report.build_quarterly(source.full())
    part(model)["topics"][0]["checks"].pop()
    with pytest.raises(report.ReportError, match="database ebilldb"):
        report.model.verify(model)


def test_views_named_are_those_that_are_read() -> None:
    said = set(re.findall(r"DBA_\w+", WORDS["spaces_source"][0]))
    parts = (*tablespaces.PARTS, *temp_undo.PARTS)
    read = {part.view for part in parts if not part.licensed}
    assert said == {view for view in read if view.startswith("DBA_")}
    assert said == set(re.findall(r"DBA_\w+", WORDS["spaces_source"][1]))


def test_a_tablespace_is_as_bad_as_its_worst_result() -> None:
    spaces = {row["space"]: row for row in part(full())["spaces"]}
    archive = spaces["EBILL_ARCHIVE"]  # 52.7 % used, but read only
    assert (archive["status"], archive["state_text"]["zh"]) == ("warn", "只读")
    assert archive["used_gib"] == 105.4  # 52.7 % of 200 GiB
    assert archive["used_text"] == "105.4 GiB"
    assert [row["kind"] for row in spaces.values()] == sorted(
        (row["kind"] for row in spaces.values()), key=database_spaces.KINDS.index
    )


def test_without_sizes_the_reason_is_told() -> None:
    def blind(made: QuarterSource) -> None:
        made.results = [
            source.unknown(row["check"], row["target"], "error", "missing_grant", "缺少授权", "no")
            if "tablespace" in row["data"]
            else row
            for row in made.results
        ]

    told = changed(blind)
    assert told["spaces"] == told["forecasts"] == told["panels"] == []
    storage = told["topics"][0]
    assert (storage["key"], storage["checks"][0]["status"]) == ("storage", "error")


@pytest.mark.parametrize(
    ("start", "basis", "quarter", "last"),
    [
        ("2026-01-01", "calendar", "2026Q4", date(2027, 3, 31)),
        # Contract quarters: the fourth ends on 2027-03-14, the one after it three months later.
        ("2026-03-15", "contract", "2026Q4", date(2027, 6, 14)),
        ("2026-03-15", "contract", "2026Q1", date(2026, 9, 14)),
        ("", "contract", "2026Q4", date(2027, 3, 31)),  # made in November 2026: the calendar's
    ],
)
def test_the_next_inspection_is_due_by_the_end_of_the_next_quarter(
    start: str, basis: str, quarter: str, last: date
) -> None:
    made = source.full()
    made.site = {**made.site, "contract_start": start}
    made.run = {**made.run, "quarter": quarter}
    made.readings = [{"id": "R-10", "value": basis}]
    assert database_spaces.horizon(made) == last


def test_forecasts_of_all_kinds() -> None:
    told = {row["space"]: row for row in part(full())["forecasts"]}
    assert {name: row["outcome"] for name, row in told.items()} == {
        "EBILL_LOB": "reached",
        "EBILL_DATA": "reached",
        "EBILL_INDEX": "will",
        "EBILL_LOG": "uncertain",
        "SYSAUX": "too_few",
        "SYSTEM": "will_not",
        "EBILL_ARCHIVE": "will_not",
        "EBILL_TMP_LOAD": "purged",
        "EBILL_NEW": "too_few",
    }
    assert "暂不预测" in told["SYSAUX"]["outcome_text"]["zh"]
    assert "上限比上次增大" in told["EBILL_ARCHIVE"]["outcome_text"]["zh"]
    assert "EBILL_INDEX" in part(full())["summary"][3]["zh"]


def test_a_point_without_a_day_or_size_is_left_out() -> None:
    def spoil(made: QuarterSource) -> None:
        made.history = [{**point, "day": None} for point in made.history]

    told = changed(spoil)["forecasts"]
    assert {row["outcome"] for row in told} == {"reached", "too_few"}


def with_daily(made: QuarterSource, space: str, points: dict[date, int]) -> None:
    text = ";".join(f"{day}={used}B" for day, used in points.items())
    made.results = [
        {**row, "data": {**row["data"], "daily_used": text}}
        if row.get("capacity") and row.get("part") == space
        else row
        for row in made.results
    ]


def growing(days: int, last: date) -> dict[date, int]:
    """A tenth of a GiB more each day, up to 150 of 200 GiB on the last day."""
    return {
        last - timedelta(days=age): int((150 - age / 10) * 2**30) for age in range(days - 1, -1, -1)
    }


def test_the_databases_own_history_makes_a_forecast_where_we_have_none() -> None:
    last = date(2026, 11, 10)
    told = changed(lambda made: with_daily(made, "EBILL_NEW", growing(40, last)))
    (row,) = (row for row in told["forecasts"] if row["space"] == "EBILL_NEW")
    assert row["outcome"] not in ("too_few", "too_short")
    assert row["points"] == MOST  # forty days, thinned, and the inspection
    assert (last - timedelta(days=39)).isoformat() in row["points_text"]["zh"]
    assert "DBA_HIST_TBSPC_SPACE_USAGE" in told["forecast_note"]["zh"]
    assert "DBA_HIST_TBSPC_SPACE_USAGE" in told["forecast_note"]["en"]
    assert "daily" not in row


def test_without_it_nothing_is_said_of_it() -> None:
    for points in ({}, {date(2030, 1, 1): 1}):  # a day to come is no history
        told = changed(lambda made, points=points: with_daily(made, "EBILL_NEW", points))  # type: ignore[misc]
        assert told["forecasts"] == part(full())["forecasts"]
        assert "AWR" not in told["forecast_note"]["zh"] + told["forecast_note"]["en"]


def test_what_an_inspection_measured_counts_before_the_databases_own() -> None:
    days = [date.fromisoformat(day) for day in source.DAYS.values()]
    told = changed(lambda made: with_daily(made, "EBILL_INDEX", dict.fromkeys(days, 1)))
    assert told["forecasts"] == part(full())["forecasts"]


def test_daily_points_hide_no_enlargement() -> None:
    points = growing(5, date(2026, 11, 10))
    told = changed(lambda made: with_daily(made, "EBILL_ARCHIVE", points))
    (row,) = (row for row in told["forecasts"] if row["space"] == "EBILL_ARCHIVE")
    assert row["points"] == 10
    assert "上限比上次增大" in row["outcome_text"]["zh"]


@pytest.mark.parametrize("text", [None, 7, "x", "2026-11-01=;=5B;2026-13-01=5B", ";"])
def test_a_history_that_makes_no_sense_is_none(text: Any) -> None:
    now = Point(date(2026, 11, 18), 5.0, 10.0)
    assert database_spaces._daily(text, [], now) == []


def test_the_fullest_are_drawn_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_spaces, "PANELS", 3)
    told = part(report.build_quarterly(source.full()))
    assert [panel["label"] for panel in told["panels"]] == [
        "EBILL_LOB",
        "EBILL_DATA",
        "EBILL_INDEX",
    ]
    assert "5" in told["panels_text"]["zh"]
    drawn = panels_chart(told["panels"], "x")
    assert drawn.count("<polygon") == 1  # a way ahead for the one that is not at its limit
    assert "style=" not in drawn


def test_backups_are_told_by_type() -> None:
    rows = {row["type"]: row for row in part(full())["backups"]}
    assert list(rows) == ["FULL", "ARCHIVELOG"]
    assert (rows["FULL"]["status"], rows["FULL"]["size_text"]) == ("fail", "36 GiB")
    assert rows["ARCHIVELOG"]["job_text"]["zh"] == "完成但有警告；近 30 次失败 2 次"


def test_a_missing_grant_names_checks_by_title() -> None:
    topics = {topic["key"]: topic for topic in part(full())["topics"]}
    said = [line["zh"] for check in topics["accounts"]["checks"] for line in check["value"]]
    assert any("RMAN 备份时效" in line and "oracle." not in line for line in said)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_formats_tell_the_same_of_tablespaces(language: str) -> None:
    rows = part(full())["spaces"]
    wanted = [[row["space"], row["used_text"], row["used_percent_text"]] for row in rows]
    assert len(wanted) == 11

    def made(form: str) -> bytes:
        return report.render(form, full(), language, TEMPLATES)

    page = extract.page(made("html"))
    head = WORDS["space_maximum"][language == "en"]
    (html,) = [table for table in page.tables.values() if head in table[0]]
    assert [[row[0], row[2], row[5]] for row in html[1:]] == wanted
    (word,) = [table for table in extract.word_tables(made("docx")) if head in table[0]]
    assert [[row[0], row[2], row[5]] for row in word[1:]] == wanted
    sheet = extract.sheets(made("xlsx"))["表空间" if language == "zh" else "Tablespaces"]
    shares = [[row["space"], pytest.approx(row["used_percent"] / 100)] for row in rows]
    assert [[row[1], row[6]] for row in sheet[1:]] == shares
    assert [row[3] for row in sheet[1:]] == [row["used_gib"] for row in rows]
    text = extract.squeeze(extract.pdf_text(made("pdf")))
    for name, used, share in wanted:
        assert all(extract.squeeze(shown) in text for shown in (name, used, share))
    for row in part(full())["forecasts"]:
        said = extract.squeeze(row["outcome_text"][language])
        assert said in extract.squeeze(" ".join(page.text))


def test_days_are_local() -> None:
    row = {"data": {"used_bytes": 1, "total_bytes": 2}, "started": "2026-11-18T20:00:00Z"}
    where = database_spaces.figures.zone("Asia/Shanghai")
    at_home, abroad = (database_spaces._point(row, zone) for zone in (where, UTC))
    assert at_home and abroad
    assert (at_home.day.day, abroad.day.day) == (19, 18)
