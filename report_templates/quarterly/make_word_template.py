# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build report.docx, the Word template of the quarterly report.

Run it after changing it: ``python report_templates/quarterly/make_word_template.py``. A hospital
does not need it: it copies report.docx, edits it in Word and names its own in the inventory.
Needs python-docx (requirements-dev.txt). Longer than 300 lines since it is one document from
cover to annex; what varies, the tables' columns, is in word_tables.txt.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

SONG, HEI, LATIN = "宋体", "黑体", "Times New Roman"
ACCENT = RGBColor(0x1F, 0x4E, 0x79)
STATUSES = ("pass", "warn", "fail", "error", "skipped", "not_run")
CELLS = {
    "CHIP": ["{% cellbg r.status_tint %}{{ r.status_symbol }} {{ r.status_text }}"],
    "LINES": ["{%p for text in r.value %}", "{{ text }}", "{%p endfor %}"],
    "LIMITS": ["{%p for text in r.limits %}", "{{ text }}", "{%p endfor %}"],
}


class Column(NamedTuple):
    """A column: the word above it, its width in cm, to the right or not, its paragraphs."""

    title: str
    width: float
    right: bool
    cell: list[str]


def read_tables(path: Path) -> dict[str, tuple[str, float, list[Column]]]:
    """Read the tables' description: name -> (list shown, size of letters, columns)."""
    tables: dict[str, tuple[str, float, list[Column]]] = {}
    columns: list[Column] = []
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("table "):
            name, loop, size = line.removeprefix("table ").split(" | ")
            columns = []
            tables[name] = (loop, float(size), columns)
            continue
        title, width, text = line.split(None, 2)
        cell = CELLS.get(text) or text.split(" ¶ ")
        columns.append(Column(title, float(width.removesuffix("r")), width.endswith("r"), cell))
    return tables


TABLES = read_tables(Path(__file__).with_name("word_tables.txt"))


def element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def font(target: Any, east: str, size: float | None = None) -> None:
    """Set the fonts for Latin and for Chinese; Word ignores the first for Chinese letters."""
    target.font.name = LATIN
    target.font.bold = False
    if size:
        target.font.size = Pt(size)
    properties = target._element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for key, name in (("w:ascii", LATIN), ("w:hAnsi", LATIN), ("w:eastAsia", east)):
        fonts.set(qn(key), name)


def shade(cell: Any, fill: str) -> None:
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=fill))


def row_flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def write(
    cell: Any, text: str, size: float = 8.5, *, east: str = SONG, right: bool = False
) -> None:
    paragraph = cell.paragraphs[0]
    if paragraph.runs:
        paragraph = cell.add_paragraph()
    paragraph.style = cell.part.document.styles["Table Text"]
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    font(paragraph.add_run(text), east, size)


def framed(document: Any, rows: int, columns: int, color: str = "B8C3CE") -> Any:
    """Add a table with thin grey lines and some room in its cells."""
    made = document.add_table(rows=rows, cols=columns)
    made.autofit = False
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color=color))
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", "40"), ("left", "70"), ("bottom", "40"), ("right", "70")):
        margins.append(element(f"w:{side}", w=width, type="dxa"))
    properties = made._tbl.tblPr
    # The schema of Word wants this order: borders, layout, margins.
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    layout.addnext(margins)
    return made


def table(document: Any, name: str, loop: str | None = None) -> Any:
    """Add a table: a head that repeats on each page, then one row for each item of its list."""
    shown, size, columns = TABLES[name]
    made = framed(document, 4, len(columns))
    head, start, body, end = made.rows
    row_flag(head, "w:tblHeader")
    for row in (head, body):
        row_flag(row, "w:cantSplit")
    for n, column in enumerate(columns):
        made.columns[n].width = Cm(column.width)
        for row in made.rows:
            row.cells[n].width = Cm(column.width)
        shade(head.cells[n], "E4EAF1")
        write(head.cells[n], "{{ w." + column.title + " }}", size, east=HEI, right=column.right)
        for text in column.cell:
            write(body.cells[n], text, size, right=column.right)
    write(start.cells[0], "{%tr for r in " + (loop or shown) + " %}")
    write(end.cells[0], "{%tr endfor %}")
    return made


def styles(document: Any) -> None:
    normal = document.styles["Normal"]
    font(normal, SONG, 10.5)
    normal._element.rPr.append(element("w:lang", val="en-US", eastAsia="zh-CN"))
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.25
    for level, size in ((1, 15), (2, 11.5), (3, 10.5)):
        style = document.styles[f"Heading {level}"]
        font(style, HEI, size)
        style.font.color.rgb = ACCENT if level == 1 else RGBColor(0x1D, 0x27, 0x33)
        style.paragraph_format.space_before = Pt(16 if level == 1 else 10)
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True
    text = document.styles.add_style("Table Text", 1)
    text.base_style = normal
    text.paragraph_format.space_after = Pt(0)
    text.paragraph_format.line_spacing = 1.1


def field(paragraph: Any, code: str) -> None:
    """Add a Word field such as PAGE."""
    for kind in ("begin", "", "separate", "end"):
        run = paragraph.add_run()
        font(run, SONG, 9)
        part = element("w:fldChar", fldCharType=kind) if kind else OxmlElement("w:instrText")
        if not kind:
            part.text = code
        run._r.append(part)


def furniture(section: Any) -> None:
    """Running head and page numbers; the cover has neither."""
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)
    section.different_first_page_header_footer = True
    title = "{{ cover.hospital }}　{{ cover.title }}　{{ cover.quarter }}　{{ cover.version }}"
    font(section.header.paragraphs[0].add_run(title), SONG, 9)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in ("page_before", "=PAGE", "page_between", "=NUMPAGES", "page_after"):
        if part.startswith("="):
            field(foot, part[1:])
        else:
            font(foot.add_run("{{ w." + part + " }}"), SONG, 9)


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
    centred(document, "", 10, before=24)
    made = document.add_table(rows=0, cols=2)
    made.alignment = 1
    made.autofit = False
    for key in ("contract_no", "vendor", "service_term", "quarter_span", "inspected", "version",
                "prepared_by", "reviewed_by", "approved_by"):  # fmt: skip
        label, value = made.add_row().cells
        label.width, value.width = Cm(3.2), Cm(8)
        write(label, "{{ w." + key + " }}：", 12, right=True)
        write(value, "{{ cover." + key + " }}", 12)
        borders = OxmlElement("w:tcBorders")
        borders.append(element("w:bottom", val="single", sz="4", color="8D99A6"))
        value._tc.get_or_add_tcPr().append(borders)
        for cell in (label, value):
            cell.paragraphs[0].paragraph_format.space_before = Pt(9)
    document.add_page_break()


def chapter(document: Any, key: str, empty: str = "") -> None:
    """Add a chapter's heading; ``empty`` is a list and the word that stands for an empty one."""
    document.add_heading("{{ sections." + key + ".number }}　{{ sections." + key + ".title }}", 1)
    if empty:
        name, word = empty.split()
        document.add_paragraph("{%p if not " + name + " %}")
        document.add_paragraph("{{ w." + word + " }}")
        document.add_paragraph("{%p endif %}")


def listed(document: Any, name: str) -> None:
    """Add a table that is left out, head and all, when its list is empty."""
    document.add_paragraph("{%p if (" + TABLES[name][0] + ") %}")
    table(document, name)
    document.add_paragraph("{%p endif %}")


def summary(document: Any) -> None:
    chapter(document, "conclusion")
    label = "{{ conclusion.status_symbol }} {{ conclusion.label }}"
    box = framed(document, 1, 1).rows[0].cells[0]
    box.width = Cm(17.4)
    write(box, "{% cellbg conclusion.status_tint %}" + label, 15, east=HEI)
    for text in ("", "{%p for text in conclusion.sentences %}", "· {{ text }}", "{%p endfor %}"):
        document.add_paragraph(text)
    document.add_heading("{{ w.by_area }}", 2)
    total = table(document, "areas").add_row()
    texts = ["{{ w.total }}", *("{{ conclusion.counts." + name + " }}" for name in STATUSES),
             "{{ conclusion.total }}", ""]  # fmt: skip
    for n, (cell, text) in enumerate(zip(total.cells, texts, strict=True)):
        write(cell, text, 9, east=HEI, right=0 < n < 8)
        shade(cell, "F5F7F9")
    document.add_paragraph("{%p if remarks %}")
    document.add_heading("{{ w.remarks }}", 2)
    table(document, "remarks")
    document.add_paragraph("{%p endif %}")
    chapter(document, "scope")
    table(document, "targets")


def clause_tables(document: Any) -> None:
    for n, key in enumerate(("environment", "business", "gdca")):
        chapter(document, key)
        table(document, "clauses", f"tables[{n}].clauses")
        document.add_paragraph("{%p if tables[" + str(n) + "].checks %}")
        document.add_heading("{{ w.check_detail }}", 2)
        table(document, "checks", f"tables[{n}].checks")
        document.add_paragraph("{%p endif %}")


def turned(document: Any, *, wide: bool) -> None:
    """Begin a page that lies on its side, or stands again."""
    section = document.add_section()
    sides = (Cm(29.7), Cm(21)) if wide else (Cm(21), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = sides
    section.different_first_page_header_footer = False


def found(document: Any) -> None:
    turned(document, wide=True)
    chapter(document, "findings", "findings no_findings")
    listed(document, "findings")
    document.add_paragraph("{%p if blocked %}")
    document.add_heading("{{ w.blocked }}", 2)
    table(document, "blocked")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p if resolved %}")
    document.add_heading("{{ w.resolved }}", 2)
    table(document, "resolved")
    document.add_paragraph("{%p endif %}")
    turned(document, wide=False)
    chapter(document, "advice", "advice no_advice")
    listed(document, "advice")
    chapter(document, "capacity", "capacity capacity_none")
    for text in ("{%p for chart in charts %}", "{{ chart.title }}", "{%p if chart.image %}",
                 "{{ chart.image }}", "{%p endif %}", "{%p if chart.text %}", "{{ chart.text }}",
                 "{%p endif %}", "{%p endfor %}", "{%p if capacity %}", "{{ w.capacity_key }}",
                 "{%p endif %}"):  # fmt: skip
        line = document.add_paragraph(text)
        line.paragraph_format.keep_with_next = "title" in text


def databases(document: Any) -> None:
    """The chapter on databases: one part for each, from its name to its last subject."""
    chapter(document, "database", "databases database_none")
    add = document.add_paragraph
    add("{%p for db in databases %}")
    document.add_heading(
        "{{ db.title }}（{{ db.target }}） {{ db.status_symbol }} {{ db.status_text }}", 2
    )
    for text in ("{%p for text in db.summary %}", "· {{ text }}", "{%p endfor %}"):
        add(text)
    listed(document, "facts")
    for title, name in (("spaces", "spaces"), ("forecast", "forecasts"), ("backups", "backups")):
        add("{%p if db." + name + " %}")
        document.add_heading("{{ w." + title + " }}", 3)
        table(document, name)
        if name == "spaces":
            small(document, "{{ w.spaces_source }}")
        if name != "forecasts":
            for text in ("{%p for r in db." + name.removesuffix("s") + "_remarks %}",
                         "{{ r.status_symbol }} {{ r.message }} {{ r.finding }}",
                         "{%p endfor %}"):  # fmt: skip
                add(text)
        if name == "forecasts":
            small(document, "{{ db.forecast_note }}")
            for text in ("{%p if db.image %}", "{{ w.forecast_chart }}", "{{ db.image }}",
                         "{%p endif %}", "{%p if db.panels_text %}", "{{ db.panels_text }}",
                         "{%p endif %}"):  # fmt: skip
                add(text).paragraph_format.keep_with_next = "forecast_chart" in text
        add("{%p endif %}")
    add("{%p for topic in db.topics %}")
    document.add_heading("{{ topic.title }}", 3)
    listed(document, "topic")
    add("{%p if topic.skipped_text %}")
    small(document, "{{ topic.skipped_text }}")
    for text in ("{%p endif %}", "{%p endfor %}", "{%p endfor %}"):
        add(text)


def small(document: Any, text: str) -> None:
    font(document.add_paragraph().add_run(text), SONG, 8.5)


def proof(document: Any) -> None:
    chapter(document, "matrix")
    table(document, "matrix")
    chapter(document, "not_inspected")
    for text in (
        "{%p if conclusion.unanswered_text %}",
        "{{ conclusion.unanswered_text }}",
        "{%p elif not not_inspected %}",
        "{{ w.nothing_missing }}",
        "{%p endif %}",
    ):
        document.add_paragraph(text)
    for name, word in (("not_inspected", "undetermined"), ("not_applicable", "inapplicable")):
        document.add_paragraph("{%p if " + name + " %}")
        document.add_heading("{{ w." + word + " }}", 2)
        table(document, "not_inspected", name)
        document.add_paragraph("{%p endif %}")
    chapter(document, "readings", "readings no_readings")
    listed(document, "readings")
    chapter(document, "evidence", "evidence no_evidence")
    listed(document, "evidence")


def signatures(document: Any) -> None:
    chapter(document, "signatures")
    # A page of its own: Word and LibreOffice keep a table's rows together in different ways.
    document.paragraphs[-1].paragraph_format.page_break_before = True
    document.add_paragraph("{{ w.sign_statement }}").paragraph_format.keep_with_next = True
    made = framed(document, 3, 2, "5A6675")
    for row, height in zip(made.rows, (2.6, 2.6, 3.4), strict=True):
        row.height = Cm(height)
        row_flag(row, "w:cantSplit")
    for n, key in enumerate(("sign_engineer", "sign_vendor", "sign_customer", "sign_date")):
        write(made.rows[n // 2].cells[n % 2], "{{ w." + key + " }}：", 10.5)
    write(made.rows[2].cells[0].merge(made.rows[2].cells[1]), "{{ w.sign_opinion }}：", 10.5)
    document.add_heading("{{ w.quality }}", 2)
    for key in ("run_id", "opened", "closed", "run_state", "engineer", "tool_version",
                "catalogue_version", "data_sha256"):  # fmt: skip
        name = {"run_id": "run", "run_state": "state_text"}.get(key, key)
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        font(line.add_run("{{ w." + key + " }}：{{ quality." + name + " }}"), SONG, 9)


def annex(document: Any) -> None:
    turned(document, wide=True)
    document.add_heading("{{ w.annex }}", 1)
    table(document, "results")


def main() -> None:
    document = Document()
    document.core_properties.author = "ebill.ops"
    document.core_properties.title = "季度巡检报告"
    styles(document)
    furniture(document.sections[0])
    for part in (cover, summary, clause_tables, found, databases, proof, signatures, annex):
        part(document)
    document.save(str(Path(__file__).with_name("report.docx")))


if __name__ == "__main__":
    main()
