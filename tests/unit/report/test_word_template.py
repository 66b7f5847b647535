# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Word templates: the committed one is the script's, and a hospital's own is checked."""

from __future__ import annotations

import runpy
import zipfile
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils import report
from ansible_collections.ebill.ops.plugins.plugin_utils.report import docx
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from docx import Document

from tests.golden import extract, source

TEMPLATES = Path(__file__).resolve().parents[3] / "report_templates/quarterly"
MODEL = report.build_quarterly(source.full())


def own(path: Path, *paragraphs: str) -> Path:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def test_committed_template_is_what_the_script_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("make_word_template.py", "word_tables.txt"):
        (tmp_path / name).write_bytes((TEMPLATES / name).read_bytes())
    runpy.run_path(str(tmp_path / "make_word_template.py"), run_name="__main__")
    with (
        zipfile.ZipFile(tmp_path / "report.docx") as new,
        zipfile.ZipFile(TEMPLATES / "report.docx") as committed,
    ):
        for part in ("word/document.xml", "word/styles.xml", "word/header1.xml"):
            assert new.read(part) == committed.read(part), "run make_word_template.py"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_committed_template_has_no_unknown_placeholder(language: str) -> None:
    assert docx.lint(TEMPLATES / "report.docx", MODEL, language) == []


def test_hospitals_template_is_used(tmp_path: Path) -> None:
    path = own(tmp_path / "our.docx", "{{ cover.hospital }}：{{ conclusion.label }}")
    made = docx.render(MODEL, "zh", [path, TEMPLATES])
    assert extract.word_text(made) == "湛江中心人民医院：异常（未完成）\n"


def test_markup_in_a_result_stays_text(tmp_path: Path) -> None:
    path = own(tmp_path / "our.docx", "{% for r in results %}{{ r.part }}{% endfor %}")
    assert "<script>alert('票据')</script>" in extract.word_text(docx.render(MODEL, "zh", path))


def test_a_template_reaches_nothing_but_the_report(tmp_path: Path) -> None:
    path = own(tmp_path / "our.docx", "{{ cover.__class__.__mro__ }}")
    with pytest.raises(ReportError, match="unsafe"):
        docx.render(MODEL, "zh", path)


def test_lint_lists_every_unknown_placeholder(tmp_path: Path) -> None:
    path = own(
        tmp_path / "our.docx",
        "{{ cover.hosptal }}",
        "{{ conclusions }}",
        "{% for r in finding_list %}{{ r.x }}{% endfor %}",
        "{{ cover.title }}",
    )
    problems = docx.lint(path, MODEL)
    assert problems == [
        f"Word template {path}: unknown placeholder {name}"
        for name in ("….hosptal", "conclusions", "finding_list")
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{ cover.hosptal }}", "hosptal"),
        ("{{ conclusions.label }}", "conclusions"),
        ("{% for r in findings %}", "end of template|endfor"),
        ("{{ cover | nofilter }}", "nofilter"),
    ],
)
def test_error_names_template_and_placeholder(tmp_path: Path, text: str, named: str) -> None:
    path = own(tmp_path / "our.docx", text)
    with pytest.raises(ReportError, match=rf"our\.docx.*({named})"):
        docx.render(MODEL, "zh", path)
    assert len(docx.lint(path, MODEL)) == 1


def test_file_that_is_no_word_document(tmp_path: Path) -> None:
    path = tmp_path / "our.docx"
    path.write_bytes(b"nothing")
    with pytest.raises(ReportError, match=r"our\.docx cannot be used"):
        docx.render(MODEL, "zh", path)
