# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Excel by XlsxWriter: sheets to filter and to go on working with; text always stays text."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils.report import templates as files
from ansible_collections.ebill.ops.plugins.plugin_utils.report.charts import text_width
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from ansible_collections.ebill.ops.plugins.plugin_utils.report.view import localise
from ansible_collections.ebill.ops.plugins.plugin_utils.report.xlsx_columns import (
    CLAUSES,
    DATABASE,
    EVIDENCE,
    FINDINGS,
    MATRIX,
    OPEN,
    RESULTS,
    SPACES,
    STATUS,
    Column,
    Row,
    database_rows,
    space_rows,
)

FONT = "微软雅黑"
# A cell holds at most 32,767 characters (Excel's own limit); longer texts are cut and marked.
_CELL_LIMIT = 32_000

NUMERIC = ("number", "value", "percent")

_SHORT = {
    "environment": ("环境", "Environment"),
    "business": ("业务", "Business"),
    "gdca": ("GDCA", "GDCA"),
    "findings": ("问题", "Findings"),
    "open": ("未得出结论", "Undetermined"),
    "results": ("全部结果", "Results"),
    "spaces": ("表空间", "Tablespaces"),
    "database": ("数据库", "Databases"),
    "matrix": ("条款矩阵", "Clauses"),
    "evidence": ("证据", "Evidence"),
}


def render(model: Mapping[str, Any], language: str, templates: files.Templates) -> bytes:
    """Render the workbook; it needs no template. Raises ReportError without XlsxWriter."""
    del templates
    try:
        import xlsxwriter
    except ImportError as problem:
        raise ReportError("Excel needs the Python package XlsxWriter") from problem
    view = localise(model, language)
    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties(
            {
                "title": f"{view['cover']['hospital']}{view['cover']['title']}",
                "subject": view["cover"]["quarter"],
                "comments": view["quality"]["data_sha256"],
            }
        )
        _Workbook(book, view).write()
    return made.getvalue()


class _Workbook:
    """Writes the sheets of one view."""

    def __init__(self, book: Any, view: dict[str, Any]) -> None:
        self.book, self.view, self.words = book, view, view["words"]
        base = {
            "font_name": FONT,
            "font_size": 10,
            "valign": "top",
            "text_wrap": True,
            "bottom": 1,
            "bottom_color": "#D9DEE4",
        }
        self.formats = {
            "text": book.add_format(base),
            "number": book.add_format({**base, "num_format": "0", "align": "right"}),
            "value": book.add_format({**base, "align": "right"}),
            "percent": book.add_format({**base, "num_format": "0.00%", "align": "right"}),
            "mono": book.add_format({**base, "font_name": "Consolas", "font_size": 9}),
            "head": book.add_format(
                {
                    **base,
                    "bold": True,
                    "bg_color": "#E4EAF1",
                    "bottom_color": "#9AA8B6",
                    "valign": "vcenter",
                }
            ),
            "head_number": book.add_format(
                {**base, "bold": True, "bg_color": "#E4EAF1", "align": "right", "valign": "vcenter"}
            ),
            "title": book.add_format(
                {"font_name": FONT, "font_size": 18, "bold": True, "font_color": "#1F4E79"}
            ),
            "label": book.add_format({**base, "font_color": "#5A6675"}),
            "strong": book.add_format({**base, "bold": True}),
            "total": book.add_format(
                {**base, "bold": True, "bg_color": "#F5F7F9", "num_format": "0"}
            ),
        }
        self.looks = {
            status: book.add_format(
                {
                    **base,
                    "bold": True,
                    "font_color": f"#{look['color']}",
                    "bg_color": f"#{look['tint']}",
                }
            )
            for status, look in view["looks"].items()
        }

    def write(self) -> None:
        view = self.view
        self._overview()
        for table in view["tables"]:
            self._sheet(table["key"], CLAUSES, table["clauses"])
        self._sheet("findings", FINDINGS, view["findings"])
        self._sheet("open", OPEN, [*view["not_inspected"], *view["not_applicable"]])
        self._sheet("spaces", SPACES, space_rows(view))
        self._sheet("database", DATABASE, database_rows(view))
        self._sheet("results", RESULTS, view["results"])
        self._sheet("matrix", MATRIX, view["matrix"])
        self._sheet("evidence", EVIDENCE, view["evidence"])

    def _name(self, key: str) -> str:
        return _SHORT[key][0 if self.view["language"] == "zh" else 1]

    def _sheet(self, key: str, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        sheet = self.book.add_worksheet(self._name(key))
        for n, column in enumerate(columns):
            sheet.set_column(n, n, column.width)
            form = self.formats["head_number" if column.kind in NUMERIC else "head"]
            sheet.write_string(0, n, self.words[column.title], form)
        sheet.set_row(0, 24)
        for y, row in enumerate(rows, start=1):
            for x, column in enumerate(columns):
                self._cell(sheet, y, x, column, row)
            sheet.set_row(y, _height(columns, row))
        sheet.freeze_panes(1, 1)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        self._paper(sheet)

    def _cell(self, sheet: Any, y: int, x: int, column: Column, row: Row) -> None:
        value = column.get(row)
        if column.kind == "status":
            sheet.write_string(y, x, value, self.looks[row["status"]])
            return
        form = self.formats[column.kind]
        if column.kind in NUMERIC and isinstance(value, (int, float)):
            if not isinstance(value, bool):
                sheet.write_number(
                    y, x, round(value / 100, 8) if column.kind == "percent" else value, form
                )
                return
            value = self.words["yes" if value else "no_value"]
        sheet.write_string(y, x, _text(value), form)

    def _paper(self, sheet: Any) -> None:
        sheet.set_paper(9)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&C&P / &N")

    def _overview(self) -> None:
        view, words = self.view, self.words
        sheet = self.book.add_worksheet(words["overview"])
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 8, 13)
        sheet.hide_gridlines(2)
        cover, conclusion = view["cover"], view["conclusion"]
        sheet.write_string(0, 0, f"{cover['hospital']}　{cover['title']}", self.formats["title"])
        sheet.set_row(0, 32)
        y = 1
        for key in (
            "project",
            "contract_no",
            "service_term",
            "quarter_text",
            "quarter_span",
            "inspected",
            "version",
            "vendor",
            "made",
        ):
            label = words["quarter"] if key == "quarter_text" else words[key]
            y = self._pair(sheet, y, label, cover[key])
        sheet.write_string(y + 1, 0, words["conclusion"], self.formats["strong"])
        sheet.merge_range(y + 1, 1, y + 1, 8, conclusion["label"], self.looks[conclusion["status"]])
        y += 2
        for sentence in conclusion["sentences"]:
            y = self._wide(sheet, y, sentence)
        for remark in view["remarks"]:
            words_of = f"{remark['title']}（{remark['reading']}，{remark['clause']}）"
            text = f"{words_of} {remark['status_text']}：{remark['text']}"
            y = self._wide(sheet, y, text)
        y = self._areas(sheet, y + 1)
        for key in ("run_id", "tool_version", "catalogue_version", "data_sha256"):
            value = view["quality"]["run" if key == "run_id" else key]
            y = self._pair(sheet, y, words[key], value)
        self._paper(sheet)

    def _wide(self, sheet: Any, y: int, text: str) -> int:
        """A sentence over all columns, in as many lines as it needs."""
        sheet.merge_range(y, 0, y, 8, text, self.formats["text"])
        sheet.set_row(y, 4 + 14.5 * ceil(text_width(text, 2) / 1.12 / 128))
        return y + 1

    def _pair(self, sheet: Any, y: int, label: str, value: str) -> int:
        sheet.write_string(y, 0, label, self.formats["label"])
        sheet.merge_range(y, 1, y, 8, _text(value), self.formats["strong"])
        return y + 1

    def _areas(self, sheet: Any, y: int) -> int:
        """The counts by area, with the total of all results below."""
        view, words = self.view, self.words
        heads = [
            words["area"],
            *(view["looks"][status]["text"] for status in STATUSES),
            words["total"],
            words["verdict"],
        ]
        for x, head in enumerate(heads):
            form = self.formats["head_number" if 0 < x < 8 else "head"]
            sheet.write_string(y, x, head, form)
        for row in view["areas"]:
            y += 1
            sheet.write_string(y, 0, row["title"], self.formats["text"])
            for x, status in enumerate(STATUSES, start=1):
                sheet.write_number(y, x, row["counts"][status], self.formats["number"])
            sheet.write_number(y, 7, row["results"], self.formats["number"])
            self._cell(sheet, y, 8, STATUS, row)
        y += 1
        conclusion = view["conclusion"]
        sheet.write_string(y, 0, words["total"], self.formats["total"])
        for x, status in enumerate(STATUSES, start=1):
            sheet.write_number(y, x, conclusion["counts"][status], self.formats["total"])
        sheet.write_number(y, 7, conclusion["total"], self.formats["total"])
        sheet.write_string(y, 8, "", self.formats["total"])
        return y + 2


def _height(columns: Sequence[Column], row: Row) -> float:
    """The height in points that the longest cell of a row needs; not every program fits rows
    to wrapped text by itself. Widths are in letters of 10 points, a Chinese one takes two."""
    lines = 1
    for column in columns:
        if column.kind != "text":
            continue
        lines = max(
            lines,
            sum(
                max(1, ceil(text_width(part, 2) / 1.12 / column.width))
                for part in _text(column.get(row)).split("\n")
            ),
        )
    return min(4 + 14.5 * lines, 400)


def _text(value: Any) -> str:
    shown = "" if value is None else str(value)
    return shown if len(shown) <= _CELL_LIMIT else f"{shown[:_CELL_LIMIT]}…"
