# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of the full sample, compared with the ones that were looked at and accepted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils import report

from tests.golden import extract, source

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE.parents[1] / "report_templates/quarterly"

READERS: dict[str, tuple[str, Callable[[bytes], str]]] = {
    "html": ("html", extract.plain_html),
    "docx": ("docx.txt", extract.word_text),
    "xlsx": ("xlsx.txt", extract.book_text),
    "pdf": ("pdf.txt", extract.pdf_text),
    "json": ("json", bytes.decode),
    "junit": ("junit.xml", bytes.decode),
    "prometheus": ("prom", bytes.decode),
}


@cache
def model() -> dict[str, Any]:
    return report.build_quarterly(source.full())


# JSON holds both languages, and Prometheus has ids only.
CASES = [
    (form, language)
    for form in READERS
    for language in ("zh", "en")
    if language == "zh" or form not in ("json", "prometheus")
]


@pytest.mark.parametrize(("form", "language"), CASES)
def test_document_is_as_accepted(form: str, language: str, request: pytest.FixtureRequest) -> None:
    suffix, read = READERS[form]
    text = read(report.render(form, model(), language, TEMPLATES))
    expected = HERE / f"quarterly.{language}.{suffix}"
    if request.config.getoption("--update-golden", default=False):
        expected.write_text(text, "utf-8")
    assert expected.is_file(), f"{expected.name} is missing: pytest tests/golden --update-golden"
    assert text == expected.read_text("utf-8")


def test_sample_holds_every_status_and_case() -> None:
    rows = model()["results"]
    assert {row["status"] for row in rows} == set(report.model.STATUSES)
    assert {row["waiver"]["valid"] for row in rows if row["waiver"]} == {True, False}
    assert len(model()["findings"]) == 49
    assert any("<script>" in row["part"] for row in rows)
    assert any(row["part"].startswith("=") for row in rows)
    assert {row["outcome"] for row in model()["resolved"]} == {"fixed", "unknown"}
