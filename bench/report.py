# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quarterly report with 500 results in all formats: CPU time and memory.

Each side runs in a fresh process, imports and the model included, and they alternate. The bare
side writes the same 500 rows with the same libraries as one plain table each (Jinja2, docxtpl,
XlsxWriter, Typst, json): what the formats cost before any document is made of them. The ratio is
the price of the document; the absolute figures have limits of their own (3 s, 300 MB).
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "report_templates/quarterly"
RESULTS = 500
ROUNDS = 3
LIMIT_SECONDS, LIMIT_MIB = 3.0, 300.0


def sample() -> Any:
    from tests.golden import source

    return source.large(RESULTS)


def documents() -> None:
    """The report, as ``ebill.ops.report`` makes it."""
    from ansible_collections.ebill.ops.plugins.plugin_utils import report
    from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import build_quarterly

    model = build_quarterly(sample())
    for form in report.FORMATS:
        report.render(form, model, "zh", TEMPLATES)


def bare() -> None:
    """The same rows, one plain table in each format."""
    rows = [
        [row["target"], row["part"] or "", row["check"], row["status"], row["message"]["zh"]]
        for row in sample().results
    ]
    bare_html(rows)
    bare_docx(rows)
    bare_xlsx(rows)
    bare_pdf(rows)


def bare_html(rows: list[list[str]]) -> None:
    import json

    import jinja2

    text = "{% for r in rows %}<tr>{% for c in r %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}"
    jinja2.Environment(autoescape=True).from_string(text).render(rows=rows)
    json.dumps(rows, ensure_ascii=False)


def bare_docx(rows: list[list[str]]) -> None:
    import io

    from docx import Document
    from docxtpl import DocxTemplate

    document = Document()
    table = document.add_table(rows=3, cols=5)
    table.rows[0].cells[0].text = "{%tr for r in rows %}"
    for n, cell in enumerate(table.rows[1].cells):
        cell.text = "{{ r[" + str(n) + "] }}"
    table.rows[2].cells[0].text = "{%tr endfor %}"
    stored = io.BytesIO()
    document.save(stored)
    template = DocxTemplate(stored)
    template.render({"rows": rows}, autoescape=True)
    template.save(io.BytesIO())


def bare_xlsx(rows: list[list[str]]) -> None:
    import io

    import xlsxwriter

    with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            for m, cell in enumerate(row):
                sheet.write_string(n, m, cell)


def bare_pdf(rows: list[list[str]]) -> None:
    import json

    import typst
    from ansible_collections.ebill.ops.plugins.plugin_utils.report import fonts

    text = (
        f'#set text(font: "{fonts.FAMILY}", size: 8pt)\n'
        '#table(columns: 5, ..json("rows.json").flatten())'
    )
    compiler: Any = typst.compile
    compiler(
        {"main.typ": text.encode(), "rows.json": json.dumps(rows).encode()},
        font_paths=[str(fonts.folder())],
        ignore_system_fonts=True,
    )


def measure(side: str) -> tuple[float, float]:
    """Run a side in a process of its own; return its CPU seconds and peak memory in MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.report", side],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, mebibytes = done.stdout.split()
    return float(seconds), float(mebibytes)


def main() -> list[str]:
    """Measure; return the lines to print."""
    ours, theirs = [], []
    for _round in range(ROUNDS):
        theirs.append(measure("bare"))
        ours.append(measure("documents"))
    seconds = statistics.median(cpu for cpu, _memory in ours)
    memory = statistics.median(used for _cpu, used in ours)
    ratio = statistics.median(
        cpu / plain for (cpu, _m), (plain, _n) in zip(ours, theirs, strict=True)
    )
    return [
        f"quarterly report, {RESULTS} results, 7 formats, fresh process, imports included:"
        f" {seconds:.2f} s CPU (under {LIMIT_SECONDS:g}), {memory:.0f} MiB (under {LIMIT_MIB:g})",
        f"  ratio to bare tables of the same rows by the same libraries: {ratio:.2f}",
    ]


def run_side(side: str) -> None:
    {"bare": bare, "documents": documents}[side]()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run_side(sys.argv[1])
    else:
        print("\n".join(main()))
