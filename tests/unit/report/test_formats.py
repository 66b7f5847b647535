# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All formats say the same, and text from outside stays text in each."""

from __future__ import annotations

import importlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils import report
from ansible_collections.ebill.ops.plugins.plugin_utils.report import pdf, prometheus
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError

from tests.golden import extract, source

TEMPLATES = Path(__file__).resolve().parents[3] / "report_templates/quarterly"


@cache
def model() -> dict[str, Any]:
    return report.build_quarterly(source.full())


@cache
def made(form: str, language: str = "zh") -> bytes:
    return report.render(form, model(), language, TEMPLATES)


def expected() -> list[int]:
    counts = model()["conclusion"]["counts"]
    return [*(counts[status] for status in STATUSES), model()["conclusion"]["total"]]


def total_html() -> list[int]:
    page = extract.page(made("html"))
    assert [int(page.tiles[status]) for status in STATUSES] == expected()[:6]
    return [int(cell) for cell in page.tables["areas"][-1][1:8]]


def total_docx() -> list[int]:
    areas = next(t for t in extract.word_tables(made("docx")) if t[-1][0] == "合计")
    return [int(cell) for cell in areas[-1][1:8]]


def total_xlsx() -> list[int]:
    rows = extract.sheets(made("xlsx"))["概览"]
    return next(row[1:8] for row in rows if row[0] == "合计")


def total_pdf() -> list[int]:
    found = re.search(r"合计\s+(\d+(?:\s+\d+){6})\b", extract.pdf_text(made("pdf")))
    assert found
    return [int(number) for number in found.group(1).split()]


def total_json() -> list[int]:
    read = json.loads(made("json"))
    statuses = [row["status"] for row in read["results"]]
    return [*(statuses.count(status) for status in STATUSES), len(statuses)]


def total_prometheus() -> list[int]:
    text = made("prometheus").decode()
    numbers = [
        int(re.search(rf'ebill_run_results{{status="{status}"}} (\d+)', text).group(1))  # type: ignore[union-attr]
        for status in STATUSES
    ]
    assert text.count("ebill_check_status{") == sum(numbers)
    return [*numbers, sum(numbers)]


@pytest.mark.parametrize(
    "total",
    [total_html, total_docx, total_xlsx, total_pdf, total_json, total_prometheus],
    ids=lambda total: total.__name__,
)
def test_counts_are_the_same(total: Any) -> None:
    assert list(total()) == expected()


def test_junit_counts_are_the_same() -> None:
    counts, root = model()["conclusion"]["counts"], ET.fromstring(made("junit"))
    found = {key: int(root.attrib[key]) for key in ("tests", "failures", "errors", "skipped")}
    assert found == {
        "tests": len(model()["results"]),
        "failures": counts["fail"],
        "errors": counts["error"] + counts["not_run"],
        "skipped": counts["skipped"],
    }
    for key in found:
        assert sum(int(suite.attrib[key]) for suite in root) == found[key]
    assert len(root.findall(".//failure")) == counts["fail"]
    assert len(root.findall(".//error[@type='not_run']")) == counts["not_run"]


def rows_html() -> list[list[str]]:
    table = extract.page(made("html")).tables["results"][1:]
    return [[row[0], row[1].split()[1], row[6], row[7], row[8]] for row in table]


def rows_docx() -> list[list[str]]:
    table = max(extract.word_tables(made("docx")), key=len)[1:]
    return [[row[0], row[1].split()[1], row[7], row[8], row[9]] for row in table]


@pytest.mark.parametrize("rows", [rows_html, rows_docx], ids=lambda rows: rows.__name__)
def test_every_result_is_the_same(rows: Any) -> None:
    names = {status: report.words.status_text(status)["zh"] for status in STATUSES}
    assert rows() == [
        [
            str(row["number"]),
            names[row["status"]],
            row["observed_text"]["zh"],
            row["limit_text"]["zh"],
            row["evidence"],
        ]
        for row in model()["results"]
    ]


def test_every_result_is_the_same_in_excel() -> None:
    rows = extract.sheets(made("xlsx"))["全部结果"][1:]
    assert [row[0] for row in rows] == [row["number"] for row in model()["results"]]
    for shown, row in zip(rows, model()["results"], strict=True):
        assert shown[8] == row["message"]["zh"]
        value = row["observed"]
        words = {True: "是", False: "否"}
        wanted = words[value] if isinstance(value, bool) else value
        if isinstance(value, str):
            wanted = row["observed_text"]["zh"]
        # A workbook holds 16 digits.
        assert shown[9] == ("" if value is None else pytest.approx(wanted))


def test_every_result_and_finding_is_in_the_pdf() -> None:
    text = extract.squeeze(extract.pdf_text(made("pdf")))
    for row in model()["results"]:
        assert extract.squeeze(row["message"]["zh"]) in text, row
        assert extract.squeeze(row["observed_text"]["zh"]) in text
    for finding in model()["findings"]:
        assert finding["number"] in text
    for item in model()["evidence"]:
        assert item["sha256"] in text
    assert model()["quality"]["data_sha256"] in text


def test_findings_are_the_same() -> None:
    numbers = [row["number"] for row in model()["findings"]]
    page = extract.page(made("html"))
    assert [row[0] for row in page.tables["finding-list"][1:]] == numbers
    assert [row[0] for row in extract.sheets(made("xlsx"))["问题"][1:]] == numbers
    tables = extract.word_tables(made("docx"))
    assert [
        row[0] for row in next(t for t in tables if t[0][0] == "编号" and len(t[0]) == 10)[1:]
    ] == numbers


def test_matrix_shows_all_numbered_clauses() -> None:
    ids = [clause["id"] for clause in source.full().clauses]
    page = extract.page(made("html"))
    assert [row[0] for row in page.tables["clause-matrix"][1:]] == ids
    assert [row[0] for row in extract.sheets(made("xlsx"))["条款矩阵"][1:]] == ids


def test_excel_keeps_text_as_text() -> None:
    cells = [cell for sheet in extract.book(made("xlsx")) for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if cell.hyperlink]
    assert any(str(cell.value).startswith('=cmd|"/c calc"!A1') for cell in cells)


def test_excel_has_filters_and_a_frozen_head() -> None:
    for sheet in extract.book(made("xlsx")).worksheets[1:]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref


def test_html_runs_and_loads_nothing_but_its_own() -> None:
    text = made("html").decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert "default-src &#39;none&#39;" in text
    assert not re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"", text)
    assert "style=" not in text


def test_word_sets_the_chinese_fonts() -> None:
    document = extract.word(made("docx"))
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    fonts = {element.get(f"{space}eastAsia") for element in document.element.iter(f"{space}rFonts")}
    assert fonts >= {"宋体", "黑体"}
    heads = list(document.element.iter(f"{space}tblHeader"))
    assert len(heads) >= 14


def test_pdf_embeds_the_font_and_numbers_its_pages() -> None:
    text = extract.pdf_text(made("pdf"))
    pages = text.split("--- ")[1:]
    assert f"第 2 页，共 {len(pages)} 页" in text
    assert "湛江中心人民医院" in pages[-1]
    assert b"NotoSansCJK" in made("pdf")


@pytest.mark.parametrize("form", ["html", "docx", "xlsx", "pdf", "junit"])
def test_english_has_no_chinese_words_of_ours(form: str) -> None:
    read = {
        "html": extract.plain_html,
        "docx": extract.word_text,
        "xlsx": extract.book_text,
        "pdf": extract.pdf_text,
        "junit": bytes.decode,
    }[form]
    text = read(made(form, "en"))
    assert not re.findall("季度巡检报告|异常|未检查|见附表|巡检结论|不适用", text)
    assert "Abnormal (incomplete)" in text or form == "junit"


def test_prometheus_escapes_labels_and_repeats_no_sample() -> None:
    assert prometheus.escape('a"b\\c\nd') == 'a\\"b\\\\c\\nd'
    samples = [
        line.rpartition(" ")[0]
        for line in made("prometheus").decode().splitlines()
        if not line.startswith("#")
    ]
    assert len(samples) == len(set(samples))


def test_charts_are_drawn_for_word() -> None:
    document = extract.word(made("docx"))
    assert len(document.inline_shapes) == 6
    assert (
        pdf.picture("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", 20)[:4]
        == b"\x89PNG"
    )


@pytest.mark.parametrize("form", list(report.FORMATS))
def test_green_and_empty_quarters_render(form: str) -> None:
    bare = report.QuarterSource(
        site={},
        run={"id": "1", "opened": "2026-10-01T00:00:00+00:00", "quarter": "2026Q4"},
        targets=[],
        areas=[],
        sections=[],
        clauses=[],
        checks={},
        owed=[],
        results=[],
        made="2026-10-01T00:00:00+00:00",
    )
    for sample in (source.green(), bare):
        assert report.render(form, report.build_quarterly(sample), "zh", TEMPLATES)


@pytest.mark.parametrize("form", list(report.FORMATS))
def test_texts_that_no_document_can_hold(form: str) -> None:
    """A server may answer anything: controls, half surrogates, markup of each format, length."""
    sample = source.full()
    odd = "a\x00b\x1b[31m\n换行\t\ud83d {{ 7*7 }} {% x %} #panic() ]]> </w:t> & \ufffe "
    odd += "长" * 40_000
    for row in sample.results[:6]:
        row.update(message={"zh": odd, "en": odd}, part=odd[:40])
    content = report.render(form, report.build_quarterly(sample), "zh", TEMPLATES)
    read = {
        "html": extract.plain_html,
        "docx": extract.word_text,
        "xlsx": extract.book_text,
        "pdf": extract.pdf_text,
    }.get(form, bytes.decode)
    assert "{{ 7*7 }}" in read(content).replace("\n", " ")


def test_unknown_format_and_language() -> None:
    with pytest.raises(ReportError, match=r"unknown report format 'odt'; known: html"):
        report.render("odt", model(), "zh", TEMPLATES)
    with pytest.raises(ReportError, match=r"language 'fr'; known: zh, en"):
        report.render("html", model(), "fr", TEMPLATES)


@pytest.mark.parametrize("form", ["html", "docx", "pdf"])
def test_missing_template_names_where_it_looked(form: str, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=re.escape(str(tmp_path))):
        report.render(form, model(), "zh", tmp_path)


def test_hospitals_folder_goes_first(tmp_path: Path) -> None:
    (tmp_path / "report.html.j2").write_text("{{ v.cover.hospital }}", "utf-8")
    assert (
        report.render("html", model(), "zh", [tmp_path, TEMPLATES]).decode() == "湛江中心人民医院"
    )
    (tmp_path / "cover.typ").write_text('#import "style.typ": *\n#d.nothing', "utf-8")
    with pytest.raises(ReportError, match=r"(?s)report\.typ.*nothing.*cover\.typ"):
        report.render("pdf", model(), "zh", [tmp_path, TEMPLATES])


def test_template_with_an_unknown_name_says_which(tmp_path: Path) -> None:
    (tmp_path / "report.html.j2").write_text("{{ v.hospitl }}", "utf-8")
    with pytest.raises(ReportError, match=r"report\.html\.j2.*hospitl"):
        report.render("html", model(), "zh", [tmp_path, TEMPLATES])


def test_characters_the_font_lacks_are_written_out() -> None:
    fonts = importlib.import_module(f"{report.__name__}.fonts")
    assert fonts.drawable("票据😀●▲■◆－○□≥“”…—") == "票据[U+1F600]●▲■◆－○□≥“”…—"
    assert fonts.breakable("a" * 30).count("\u200b") == 2
    assert fonts.prepare({"sha256": "a" * 64}) == {"sha256": "a" * 64}


def test_missing_font_is_an_error_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = importlib.import_module(f"{report.__name__}.fonts")
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_font_package")
    with pytest.raises(ReportError, match="install noto-cjk-sans-otc"):
        report.render("pdf", model(), "zh", TEMPLATES)


def test_other_font_than_ours_is_refused(tmp_path: Path) -> None:
    text = (TEMPLATES / "style.typ").read_text("utf-8")
    (tmp_path / "style.typ").write_text(text.replace("font: d.font", 'font: "SimSun"'), "utf-8")
    with pytest.raises(ReportError, match="unknown font family: simsun"):
        report.render("pdf", model(), "zh", [tmp_path, TEMPLATES])


def test_signatures_of_the_word_document_begin_a_page() -> None:
    """LibreOffice broke the table over two pages where it began low on one."""
    heading = next(
        part for part in extract.word(made("docx")).paragraphs if part.text.endswith("签署")
    )
    assert heading.paragraph_format.page_break_before


def test_excel_rows_are_high_enough_for_every_limit() -> None:
    sheet = next(sheet for sheet in extract.book(made("xlsx")) if sheet.title == "环境")
    for number, row in enumerate(sheet.iter_rows(min_row=2), start=2):
        lines = max(str(cell.value or "").count("\n") + 1 for cell in row)
        assert sheet.row_dimensions[number].height >= 14 * lines


@pytest.mark.parametrize("form", ["html", "docx", "xlsx", "pdf"])
def test_remarks_impact_and_what_hangs_are_in_every_document(form: str) -> None:
    read = {
        "html": extract.plain_html,
        "docx": extract.word_text,
        "xlsx": extract.book_text,
        "pdf": extract.pdf_text,
    }[form]
    text = extract.squeeze(read(made(form)))
    remarks = [row["text"]["zh"] for row in model()["remarks"]]
    impacts = [row["impact"]["zh"] for row in model()["findings"]]
    hanging = [row["message"]["zh"] for row in model()["blocked"]]
    terms = [model()["cover"][key]["zh"] for key in ("service_term", "quarter_span")]
    for shown in (*remarks, *impacts, *hanging, *terms):
        assert extract.squeeze(shown) in text
