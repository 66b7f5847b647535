# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The optimisation proposal: made of one area, whole, and readable in each format."""

from __future__ import annotations

import importlib.util
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report import docx
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import build_quarterly
from ansible_collections.ebill.ops.plugins.plugin_utils.report.performance_section import (
    performance_section,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.proposal import (
    FORMATS,
    build_proposal,
    diagnosed,
    issue_proposal,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import (
    QuarterSource,
    ReportError,
)

from tests.golden import source as golden

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = [ROOT / "report_templates" / name for name in ("optimisation_proposal", "quarterly")]
CATALOGUE = load()
AREA = {"id": "performance", "zh": "数据库性能诊断", "en": "Performance of the database"}
MARKUP = "<b>T_明细</b> & {{ x }} #let"

OBSERVED: dict[str, dict[str, Any]] = {
    "performance.basis_hours": {"rows": [{"hours": 900.0, "licence": "unlicensed"}]},
    "performance.basis_licence": {"rows": [{"hours": 900.0, "licence": "unlicensed"}]},
    "performance.statistics_stale": {
        "rows": [
            {"schema": "EBILL", "outdated": 15, "stale": 15, "never": 0, "locked": 0,
             "oldest_days": 61, "examples": MARKUP}
        ]
    },
    "performance.full_scan": {
        "rows": [
            {"place": f"{sql_id} EBILL.T", "sql_id": sql_id, "table": "EBILL.T", "table_gib": 24.0,
             "executions": 9, "scanned_gib": 216.0, "selected_rows": 4, "table_rows": 900,
             "seconds_each": 12.0}
            for sql_id in ("aaaaaaaaaaaaa", "bbbbbbbbbbbbb")
        ]
    },
    "performance.segment_size": {
        "rows": [{"segment": f"EBILL.T{n}", "kind": "TABLE", "size_gib": float(n)} for n in (2, 9)]
    },
    "performance.library_cache": {
        "error": {"reason": "missing_grant", "detail": "SELECT ON SYS.V_$LIBRARYCACHE"}
    },
}  # fmt: skip


def quarter(*left_out: str) -> QuarterSource:
    """The golden quarter with a diagnosis beside the inspection."""
    whole = golden.full()
    settings = resolve_settings(CATALOGUE, {})
    checks = {name: compile_check(CATALOGUE, name, settings) for name in OBSERVED}
    results = []
    for name, check in checks.items():
        if name not in left_out:
            for result in judge(check, OBSERVED[name], "ebilldb"):
                stamp = {"started": whole.run["opened"], "duration_seconds": 1.0}
                results.append({**result, **stamp, "catalogue_version": "test", "evidence": None})
    return replace(
        whole,
        areas=[*whole.areas, AREA],
        checks={**whole.checks, **checks},
        owed=[*whole.owed, *({"check": name, "target": "ebilldb"} for name in checks)],
        results=[*whole.results, *results],
    )


def section_of(source: QuarterSource) -> dict[str, Any] | None:
    """The section as the quarterly report has it: of a model of all areas."""
    return performance_section(source, build_quarterly(source))


def test_only_runs_with_a_diagnosis_are_named() -> None:
    whole = quarter()
    times = {"opened": "2026-11-01T00:00:00Z", "closed": "2026-11-01T01:00:00Z"}
    each = {**times, "state": "complete", "engineer": "E"}
    parts = [
        {**each, "id": "first", "areas": ["host"]},
        {**each, "id": "second", "areas": ["host", "performance"]},
    ]
    own = diagnosed(replace(whole, run={**whole.run, "id": "first, second", "parts": parts}))
    assert own is not None
    assert own.run["id"] == "second"


def test_a_quarter_without_a_diagnosis_has_no_section_and_no_document() -> None:
    assert section_of(golden.full()) is None
    with pytest.raises(ReportError, match=r"performance_diagnosis\.yml"):
        build_proposal(golden.full())


def test_the_report_and_the_document_say_the_same() -> None:
    assert section_of(quarter()) == build_proposal(quarter())["proposal"]


def test_only_the_diagnosis_is_in_it() -> None:
    own = diagnosed(quarter())
    assert own is not None
    assert {row["area"] for row in own.results} == {"performance"}
    assert {row["check"] for row in own.owed} == set(OBSERVED)
    assert [row["name"] for row in own.targets] == ["ebilldb"]


def test_each_check_that_found_something_is_one_proposal_with_all_its_evidence() -> None:
    section = section_of(quarter())
    assert section is not None
    found = {row["check"]: row for row in section["proposals"]}
    assert set(found) == {"performance.full_scan", "performance.statistics_stale"}
    assert section["proposals"][0]["check"] == "performance.full_scan"
    scan = found["performance.full_scan"]
    assert (scan["findings"], len(scan["evidence"]), scan["targets"]) == (2, 2, ["ebilldb"])
    for row in section["proposals"]:
        for key in ("title", "impact", "advice", "decides", "effort", "risk"):
            assert row[key]["zh"], (row["check"], key)
            assert row[key]["en"], (row["check"], key)
    assert len(section["basis"]) == 2
    assert [line["en"] for line in section["figures"][0]["lines"]] == [
        "EBILL.T9 (TABLE): 9 GiB",
        "EBILL.T2 (TABLE): 2 GiB",
    ]


def test_what_could_not_be_told_is_said() -> None:
    section = section_of(quarter("performance.segment_size"))
    assert section is not None
    assert sum(1 for row in section["blocked"]) == 2
    assert "2" in section["sentences"][1]["zh"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_documents_say_it(language: str, tmp_path: Path) -> None:
    model, paths = issue_proposal(quarter(), tmp_path, TEMPLATES, language=language)
    assert set(paths) == set(FORMATS)
    page = paths["html"].read_text(encoding="utf-8")
    assert "bbbbbbbbbbbbb" in page
    assert "<b>T_明细</b>" not in page
    assert paths["pdf"].read_bytes().startswith(b"%PDF")
    with zipfile.ZipFile(paths["docx"]) as archive:
        text = archive.read("word/document.xml").decode()
    for row in model["proposal"]["proposals"]:
        for key in ("advice", "decides", "effort", "risk"):
            assert row[key][language].replace("&", "&amp;") in text, key
    assert "{{ x }}" in text
    _again, second = issue_proposal(
        quarter(), tmp_path, TEMPLATES, language=language, formats=["html"]
    )
    assert second["html"].parent.name == "v2"


def test_a_diagnosis_without_findings_says_so(tmp_path: Path) -> None:
    well = quarter()
    kept = [row for row in well.results if row["status"] not in ("warn", "fail")]
    owed = [row for row in well.owed if row["check"] not in ("performance.full_scan",)]
    calm = replace(well, results=kept, owed=owed)
    section = section_of(calm)
    assert section is not None
    assert section["proposals"] == []
    assert "未发现" in section["sentences"][0]["zh"]
    _model, paths = issue_proposal(calm, tmp_path, TEMPLATES)
    assert "无优化建议" in paths["html"].read_text(encoding="utf-8")


def test_the_word_template_has_no_unknown_placeholder() -> None:
    model = build_proposal(quarter())
    assert docx.lint(TEMPLATES[0] / "report.docx", model) == []


def test_the_committed_word_template_is_what_its_maker_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = TEMPLATES[0] / "make_word_template.py"
    spec = importlib.util.spec_from_file_location("proposal_word_template", path)
    assert spec is not None
    assert spec.loader is not None
    maker: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    quarterly = maker.quarterly()
    monkeypatch.setattr(maker, "quarterly", lambda: quarterly)
    monkeypatch.setattr(maker, "HERE", tmp_path)
    maker.main()

    def body(file: Path) -> bytes:
        with zipfile.ZipFile(file) as archive:
            return archive.read("word/document.xml")

    assert body(tmp_path / "report.docx") == body(TEMPLATES[0] / "report.docx")
