# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build report.docx, the Word template of the quarterly report.

Run it after changing it: ``python report_templates/quarterly/make_word_template.py``. A hospital
does not need it: it copies report.docx, edits it in Word and names its own in the inventory.
Needs python-docx (requirements-dev.txt).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

SONG, HEI, LATIN = "宋体", "黑体", "Times New Roman"
ACCENT, MUTED = RGBColor(0x1F, 0x4E, 0x79), RGBColor(0x5A, 0x66, 0x75)
CHIP = "{% cellbg r.status_tint %}{{ r.status_symbol }} {{ r.status_text }}"
STATUSES = ("pass", "warn", "fail", "error", "skipped", "not_run")


@dataclass(frozen=True)
class Column:
    """A column: the word above it, what stands in a row, its width in cm."""

    title: str
    cell: str | tuple[str, ...]
    width: float
    numeric: bool = False


def font(target: Any, east: str, size: float | None = None, *, bold: bool | None = None) -> None:
    """Set the fonts for Latin and for Chinese; Word ignores the first for Chinese letters."""
    target.font.name = LATIN
    target.font.bold = bold
    if size:
        target.font.size = Pt(size)
    fonts = target._element.get_or_add_rPr().get_or_add_rFonts()
    for key in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(key), LATIN)
    fonts.set(qn("w:eastAsia"), east)


def shade(cell: Any, fill: str) -> None:
    element = OxmlElement("w:shd")
    for key, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", fill)):
        element.set(qn(key), value)
    cell._tc.get_or_add_tcPr().append(element)


def row_flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def write(
    cell: Any, text: str, size: float = 8, *, bold: bool = False, right: bool = False
) -> None:
    paragraph = cell.paragraphs[0]
    if paragraph.runs:
        paragraph = cell.add_paragraph()
    paragraph.style = cell.part.document.styles["Table Text"]
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    font(paragraph.add_run(text), HEI if bold else SONG, size, bold=bold or None)


def table(document: Any, columns: list[Column], loop: str, *, size: float = 8) -> Any:
    """Add a table: a head that repeats on each page, then one row for each item of ``loop``."""
    made = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    made.autofit = False
    head, start, body, end = made.rows
    row_flag(head, "w:tblHeader")
    for row in (head, body):
        row_flag(row, "w:cantSplit")
    for n, column in enumerate(columns):
        made.columns[n].width = Cm(column.width)
        for row in made.rows:
            row.cells[n].width = Cm(column.width)
        shade(head.cells[n], "E4EAF1")
        write(head.cells[n], "{{ w." + column.title + " }}", size, bold=True)
        texts = (column.cell,) if isinstance(column.cell, str) else column.cell
        for text in texts:
            write(body.cells[n], text, size, right=column.numeric)
    write(start.cells[0], "{%tr for r in " + loop + " %}")
    write(end.cells[0], "{%tr endfor %}")
    return made


def styles(document: Any) -> None:
    normal = document.styles["Normal"]
    font(normal, SONG, 10.5)
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.25
    for level, size in ((1, 15), (2, 11.5)):
        style = document.styles[f"Heading {level}"]
        font(style, HEI, size, bold=False)
        style.font.color.rgb = ACCENT if level == 1 else None
        style.paragraph_format.space_before = Pt(16 if level == 1 else 10)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True
    text = document.styles.add_style("Table Text", 1)
    text.base_style = normal
    text.paragraph_format.space_after = Pt(0)
    text.paragraph_format.line_spacing = 1.1


def field(paragraph: Any, code: str) -> None:
    """Add a Word field such as PAGE."""
    for kind, text in (("begin", None), (None, code), ("separate", None), ("end", None)):
        run = paragraph.add_run()
        font(run, SONG, 9)
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._r.append(element)


def furniture(section: Any) -> None:
    """Running head and page numbers; the cover has neither."""
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)
    section.different_first_page_header_footer = True
    head = section.header.paragraphs[0]
    title = "{{ cover.hospital }}　{{ cover.title }}　{{ cover.quarter }}　{{ cover.version }}"
    font(head.add_run(title), SONG, 9)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in (
        "{{ w.page_before }}",
        "=PAGE",
        "{{ w.page_between }}",
        "=NUMPAGES",
        "{{ w.page_after }}",
    ):
        if part.startswith("="):
            field(foot, part[1:])
        else:
            font(foot.add_run(part), SONG, 9)


def centred(document: Any, text: str, size: float, east: str = HEI, before: float = 0) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = Pt(before)
    run = paragraph.add_run(text)
    font(run, east, size)
    return run


def cover(document: Any) -> None:
    centred(document, "{{ cover.hospital }}", 20, before=110).font.color.rgb = ACCENT
    centred(document, "{{ cover.title }}", 34, before=30)
    centred(document, "{{ cover.project }}", 15, SONG, before=10)
    centred(document, "{{ cover.quarter_text }}", 15, SONG)
    limited = "{% if cover.selection_text %}{{ cover.selection_text }}{% endif %}"
    centred(document, limited, 11, SONG)
    centred(document, "", 10, before=40)
    made = document.add_table(rows=0, cols=2)
    made.alignment = 1
    made.autofit = False
    for key in (
        "contract_no",
        "vendor",
        "inspected",
        "version",
        "prepared_by",
        "reviewed_by",
        "approved_by",
    ):
        cells = made.add_row().cells
        cells[0].width, cells[1].width = Cm(3.2), Cm(8)
        write(cells[0], "{{ w." + key + " }}：", 12, right=True)
        write(cells[1], "{{ cover." + key + " }}", 12)
        underline(cells[1])
        for cell in cells:
            cell.paragraphs[0].paragraph_format.space_before = Pt(9)
    document.add_page_break()


def underline(cell: Any) -> None:
    borders, bottom = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for key, value in (("w:val", "single"), ("w:sz", "4"), ("w:color", "8D99A6")):
        bottom.set(qn(key), value)
    borders.append(bottom)
    cell._tc.get_or_add_tcPr().append(borders)


def chapter(document: Any, key: str) -> None:
    document.add_heading("{{ sections." + key + ".number }}　{{ sections." + key + ".title }}", 1)


def paragraph(document: Any, text: str) -> None:
    document.add_paragraph(text)


def summary(document: Any) -> None:
    chapter(document, "conclusion")
    made = document.add_table(rows=1, cols=1, style="Table Grid")
    label = "{{ conclusion.status_symbol }} {{ conclusion.label }}"
    write(made.rows[0].cells[0], "{% cellbg conclusion.status_tint %}" + label, 15, bold=True)
    paragraph(document, "")
    paragraph(document, "{%p for text in conclusion.sentences %}")
    paragraph(document, "· {{ text }}")
    paragraph(document, "{%p endfor %}")
    document.add_heading("{{ w.by_area }}", 2)
    counts = [
        Column(f"status_{name}", "{{ r.counts." + name + " }}", 1.65, True) for name in STATUSES
    ]
    made = table(
        document,
        [
            Column("area", "{{ r.title }}", 3.1),
            *counts,
            Column("total", "{{ r.results }}", 1.6, True),
            Column("verdict", CHIP, 2.4),
        ],
        "areas",
        size=9,
    )
    total = made.add_row()
    texts = [
        "{{ w.total }}",
        *("{{ conclusion.counts." + name + " }}" for name in STATUSES),
        "{{ conclusion.total }}",
        "",
    ]
    for n, (cell, text) in enumerate(zip(total.cells, texts, strict=True)):
        write(cell, text, 9, bold=True, right=0 < n < 8)
        shade(cell, "F5F7F9")
    chapter(document, "scope")
    table(
        document,
        [
            Column("no", "{{ r.number }}", 1, True),
            Column("name", "{{ r.title }}", 3.9),
            Column("object", "{{ r.target }}", 1.8),
            Column("area", "{{ r.area_title }}", 2.2),
            Column("address", "{{ r.address }}", 3),
            Column("facts", "{{ r.facts }}", 2.6),
            Column("results_count", "{{ r.results }}", 1.1, True),
            Column("verdict", CHIP, 1.8),
        ],
        "targets",
    )


VALUE = ("{%p for text in r.value %}", "{{ text }}", "{%p endfor %}")


def clause_tables(document: Any) -> None:
    for n, key in enumerate(("environment", "business", "gdca")):
        chapter(document, key)
        table(
            document,
            [
                Column("no", "{{ r.number or loop.index }}", 0.9),
                Column("content", ("{{ r.content }}", "{{ r.clause }}"), 3.2),
                Column("standard", "{{ r.standard }}", 1.5),
                Column("method", "{{ r.method }}", 1.6),
                Column("result_value", VALUE, 4.6),
                Column("limit", "{{ r.limit_text }}", 2.1),
                Column("verdict", CHIP, 1.7),
                Column("note", "{{ r.note }}", 1.8),
            ],
            f"tables[{n}].clauses",
        )
        document.add_heading("{{ w.check_detail }}", 2)
        table(
            document,
            [
                Column("check", "{{ r.title }}", 3),
                Column("clause", "{{ r.clauses | join(' ') }}", 1.7),
                Column("results_count", "{{ r.results }}", 1.1, True),
                Column("result_value", VALUE, 5.4),
                Column("limit", "{{ r.limit_text }}", 2.6),
                Column("verdict", CHIP, 1.7),
                Column("note", "{{ r.note }}", 1.9),
            ],
            f"tables[{n}].checks",
        )


def found(document: Any) -> None:
    chapter(document, "findings")
    paragraph(document, "{% if not findings %}{{ w.no_findings }}{% endif %}")
    table(
        document,
        [
            Column("number", "{{ r.number }}", 1.9),
            Column("level", "{{ r.level_text }}", 0.9),
            Column("phenomenon", "{{ r.status_symbol }} {{ r.message }}", 3.9),
            Column("clause", "{{ r.clauses | join(' ') }}", 1.5),
            Column("object", "{{ r.target }} {{ r.part }}", 2.4),
            Column("measure", "{{ r.advice }}", 3),
            Column("owner", "{{ r.owner }}", 1.1),
            Column("due", "{{ r.due }}", 1.1),
            Column(
                "state", "{{ r.state_text }}{% if r.waiver %}；{{ r.waiver.text }}{% endif %}", 1.6
            ),
        ],
        "findings",
    )
    paragraph(document, "{%p if resolved %}")
    document.add_heading("{{ w.resolved }}", 2)
    table(
        document,
        [
            Column("number", "{{ r.number }}", 2),
            Column("check", "{{ r.title }}", 3.5),
            Column("object", "{{ r.target }} {{ r.part }}", 3.5),
            Column("phenomenon", "{{ r.message }}", 5.9),
            Column("state", "{{ r.outcome_text }}", 2.5),
        ],
        "resolved",
    )
    paragraph(document, "{%p endif %}")
    chapter(document, "advice")
    paragraph(document, "{% if not advice %}{{ w.no_advice }}{% endif %}")
    table(
        document,
        [
            Column("no", "{{ r.number }}", 1, True),
            Column("check", "{{ r.title }}", 3),
            Column("level", "{{ r.level_text }}", 1),
            Column("measure", "{{ r.advice }}", 6),
            Column("object", "{{ r.targets | join(w.list_joint) }}", 2.8),
            Column("related", "{{ r.findings | join(w.list_joint) }}", 3.6),
        ],
        "advice",
    )
    chapter(document, "capacity")
    key = "{% if capacity %}{{ w.capacity_key }}{% else %}{{ w.capacity_none }}{% endif %}"
    paragraph(document, key)
    for text in (
        "{%p for chart in charts %}",
        "{{ chart.title }}",
        "{%p if chart.image %}",
        "{{ chart.image }}",
        "{%p endif %}",
        "{%p if chart.text %}",
        "{{ chart.text }}",
        "{%p endif %}",
        "{%p endfor %}",
    ):
        paragraph(document, text)


def proof(document: Any) -> None:
    chapter(document, "matrix")
    table(
        document,
        [
            Column("clause", "{{ r.clause }}", 1.7),
            Column("area", "{{ r.section_title }}", 2.4),
            Column("content", "{{ r.content }}", 5.6),
            Column("standard", "{{ r.standard }}", 1.5),
            Column("answered_by", "{{ r.answered_text }}", 1.5),
            Column("results_count", "{{ r.results }}", 1.1, True),
            Column("evidence_ids", "{{ r.evidence | join(w.list_joint) }}", 1.9),
            Column("state", CHIP, 1.7),
        ],
        "matrix",
    )
    chapter(document, "not_inspected")
    paragraph(document, "{% if not not_inspected %}{{ w.nothing_missing }}{% endif %}")
    table(
        document,
        [
            Column("no", "{{ r.number }}", 1, True),
            Column("state", CHIP, 1.8),
            Column("object", "{{ r.target }}", 1.8),
            Column("area", "{{ r.area_title }}", 1.5),
            Column("reason", "{{ r.message }}", 4),
            Column("items", "{{ r.titles }}", 4.3),
            Column("clause", "{{ r.clauses | join(' ') }}", 1.8),
            Column("results_count", "{{ r.results }}", 1.2, True),
        ],
        "not_inspected + not_applicable",
    )
    chapter(document, "readings")
    table(
        document,
        [
            Column("reading", "{{ r.reading }}", 1.3),
            Column("clauses", "{{ r.clauses | join(w.list_joint) }}", 3),
            Column("content", "{{ r.text }}", 6.3),
            Column("setting", "{{ r.key }}", 3),
            Column("value", "{{ r.value }}", 1.9),
            Column("default", "{{ r.default }}", 1.9),
        ],
        "readings",
    )
    chapter(document, "evidence")
    table(
        document,
        [
            Column("number", "{{ r.evidence }}", 1.2),
            Column("object", "{{ r.target }}", 1.6),
            Column("area", "{{ r.area_title }}", 1.6),
            Column("clause", "{{ r.clauses | join(w.list_joint) }}", 2.4),
            Column("sha256", "{{ r.sha256 }}", 6.2),
            Column("size", "{{ r.size_bytes }}", 1.6, True),
            Column("collected", "{{ r.collected_text }}", 2.8),
        ],
        "evidence",
        size=7.5,
    )


def signatures(document: Any) -> None:
    chapter(document, "signatures")
    paragraph(document, "{{ w.sign_statement }}")
    made = document.add_table(rows=3, cols=2, style="Table Grid")
    keys = ("sign_engineer", "sign_vendor", "sign_customer", "sign_date")
    for row, height in zip(made.rows, (2.6, 2.6, 3.4), strict=True):
        row.height = Cm(height)
        row_flag(row, "w:cantSplit")
    for n, key in enumerate(keys):
        write(made.rows[n // 2].cells[n % 2], "{{ w." + key + " }}：", 10.5)
    write(made.rows[2].cells[0].merge(made.rows[2].cells[1]), "{{ w.sign_opinion }}：", 10.5)
    document.add_heading("{{ w.quality }}", 2)
    for key in (
        "run_id",
        "opened",
        "closed",
        "run_state",
        "engineer",
        "tool_version",
        "catalogue_version",
        "data_sha256",
    ):
        name = {"run_id": "run", "run_state": "state_text"}.get(key, key)
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        font(line.add_run("{{ w." + key + " }}：{{ quality." + name + " }}"), SONG, 9)


def annex(document: Any) -> None:
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.different_first_page_header_footer = False
    document.add_heading("{{ w.annex }}", 1)
    table(
        document,
        [
            Column("no", "{{ r.number }}", 1, True),
            Column("status", CHIP, 1.9),
            Column("object", "{{ r.target }}", 1.9),
            Column("part", "{{ r.part }}", 3.2),
            Column("clause", "{{ r.clauses | join(' ') }}", 1.9),
            Column("check", "{{ r.title }}", 3),
            Column("message", "{{ r.message }}", 6.1),
            Column("observed", "{{ r.observed_text }}", 2),
            Column("limit", "{{ r.limit_text }}", 3.6),
            Column("evidence_ids", "{{ r.evidence }}", 1.4),
        ],
        "results",
        size=7.5,
    )


def main() -> None:
    document = Document()
    document.core_properties.author = "ebill.ops"
    document.core_properties.title = "季度巡检报告"
    styles(document)
    furniture(document.sections[0])
    cover(document)
    for part in (summary, clause_tables, found, proof, signatures, annex):
        part(document)
    document.save(str(Path(__file__).with_name("report.docx")))


if __name__ == "__main__":
    main()
