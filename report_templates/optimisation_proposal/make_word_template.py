# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make report.docx, the Word template of the optimisation proposal. A hospital may replace it.

Styles, cover and tables are made by the quarterly report's maker, whose file is beside this one's
folder.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from docx import Document
from docx.shared import Cm

HERE = Path(__file__).resolve().parent
# The word over a column (w. of all reports, t. of the proposal), its width in cm, its paragraphs.
PROPOSALS = (
    ("w.number", 2.6, ["{{ r.number }}", "{{ r.level_text }}"]),
    ("w.check", 2.6, ["{{ r.title }}"]),
    ("t.evidence", 7.4, ["{%p for text in r.evidence %}", "{{ text }}", "{%p endfor %}",
                         "{{ t.impact }}{{ proposal.colon }}{{ r.impact }}"]),
    ("t.advice", 6, ["{{ r.advice }}"]),
    ("t.decides", 2.5, ["{{ r.decides }}"]),
    ("t.effort", 2.4, ["{{ r.effort }}"]),
    ("t.risk", 2.6, ["{{ r.risk }}"]),
)  # fmt: skip
DECISIONS = (
    ("w.number", 2.6, ["{{ r.number }}"]),
    ("w.check", 4, ["{{ r.title }}"]),
    ("t.accepted", 2.2, [""]),
    ("t.reason", 4, [""]),
    ("w.owner", 2.3, [""]),
    ("w.due", 2.3, [""]),
)
BLOCKED = (
    ("w.object", 3, ["{{ r.target }}"]),
    ("w.reason", 7.2, ["{{ r.message }}"]),
    ("w.concerned", 7.2, ["{{ r.titles }}"]),
)


def quarterly() -> ModuleType:
    """Load the maker of the quarterly template: the folders of templates are no packages."""
    path = HERE.parent / "quarterly" / "make_word_template.py"
    spec = importlib.util.spec_from_file_location("quarterly_word_template", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table(make: Any, document: Any, shown: str, columns: Any) -> None:
    """Add a table: a head that repeats on each page, then a row for each item of a list."""
    made = make.framed(document, 4, len(columns))
    head, start, body, end = made.rows
    make.row_flag(head, "w:tblHeader")
    for row in (head, body):
        make.row_flag(row, "w:cantSplit")
    for n, (title, width, paragraphs) in enumerate(columns):
        made.columns[n].width = Cm(width)
        for row in made.rows:
            row.cells[n].width = Cm(width)
        make.shade(head.cells[n], "E4EAF1")
        make.write(head.cells[n], "{{ " + title.replace("t.", "proposal.words.") + " }}", 8.5,
                   east=make.HEI)  # fmt: skip
        for text in paragraphs:
            make.write(body.cells[n], text.replace("{{ t.", "{{ proposal.words."), 8.5)
    make.write(start.cells[0], "{%tr for r in " + shown + " %}")
    make.write(end.cells[0], "{%tr endfor %}")


def part(document: Any, number: int, word: str) -> None:
    document.add_heading(f"{number}　" + "{{ proposal.words." + word + " }}", 1)


def listed(document: Any, shown: str) -> None:
    for text in ("{%p for text in " + shown + " %}", "· {{ text }}", "{%p endfor %}"):
        document.add_paragraph(text)


def either(make: Any, document: Any, shown: str, columns: Any, word: str) -> None:
    """Add a table, or the word that stands for an empty one."""
    document.add_paragraph("{%p if " + shown + " %}")
    table(make, document, shown, columns)
    document.add_paragraph("{%p else %}")
    document.add_paragraph("{{ proposal.words." + word + " }}")
    document.add_paragraph("{%p endif %}")


def figures(document: Any) -> None:
    for text in (
        "{%p for row in proposal.figures %}",
        "{{ row.title }} · {{ row.target }}",
        "{%p for text in row.lines %}",
        "· {{ text }}",
        "{%p endfor %}",
        "{%p endfor %}",
    ):
        line = document.add_paragraph(text)
        line.paragraph_format.keep_with_next = "row.title" in text


def signatures(make: Any, document: Any) -> None:
    made = make.framed(document, 3, 2, "5A6675")
    for row, height in zip(made.rows, (2.6, 2.6, 3.4), strict=True):
        row.height = Cm(height)
        make.row_flag(row, "w:cantSplit")
    for n, key in enumerate(("sign_engineer", "sign_vendor", "sign_customer", "sign_date")):
        make.write(made.rows[n // 2].cells[n % 2], "{{ w." + key + " }}：", 10.5)
    last = made.rows[2].cells[0].merge(made.rows[2].cells[1])
    make.write(last, "{{ w.sign_opinion }}：", 10.5)


def main() -> None:
    make: Any = quarterly()
    document = Document()
    document.core_properties.author = "ebill.ops"
    document.core_properties.title = "优化建议方案"
    make.styles(document)
    make.furniture(document.sections[0])
    make.cover(document)
    part(document, 1, "result")
    listed(document, "proposal.sentences")
    part(document, 2, "basis")
    listed(document, "proposal.basis")
    make.turned(document, wide=True)
    part(document, 3, "proposals")
    either(make, document, "proposal.proposals", PROPOSALS, "no_proposals")
    make.turned(document, wide=False)
    part(document, 4, "decisions")
    either(make, document, "proposal.proposals", DECISIONS, "none")
    part(document, 5, "figures")
    figures(document)
    part(document, 6, "blocked")
    either(make, document, "proposal.blocked", BLOCKED, "none")
    part(document, 7, "notes")
    listed(document, "proposal.notes")
    part(document, 8, "signatures")
    signatures(make, document)
    document.save(str(HERE / "report.docx"))


if __name__ == "__main__":
    main()
