# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The performance diagnosis, end to end on the lab: on demand, one log-in, a proposal to sign."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lab.oracle.world.load import statements
from tests.integration.estate import Lab, inspect

PLAYBOOK = "playbooks/performance_diagnosis.yml"
PATIENT = "张三"
"""Stands in the text and in the predicates of every statement of the stand-in."""


def proposals(output: Path) -> list[Path]:
    return sorted((output / "reports").glob("*/optimisation_proposal/v*/*"))


def test_a_database_that_is_well_needs_no_proposal(lab: Lab, tmp_path: Path) -> None:
    before = lab.logins()
    run = inspect(lab, tmp_path, PLAYBOOK)
    assert run.status == 0, run.output
    assert lab.logins() - before == 1
    assert {result["area"] for result in run.results} == {"performance"}
    wrong = [r["message"]["zh"] for r in run.results if r["status"] not in ("pass", "skipped")]
    assert wrong == []
    assert {path.suffix for path in proposals(tmp_path)} >= {".html", ".docx", ".pdf"}
    assert "未发现需要优化的项目" in run.html_text
    assert "未发现需要优化的项目" in run.word_text
    assert "未声明已购DiagnosticsPack许可" in run.word_text


def test_what_is_slow_becomes_a_proposal_and_no_patient_leaves(lab: Lab, tmp_path: Path) -> None:
    lab.command("break", "oracle.sql_scans_table", "oracle.statistics_stale")
    run = inspect(
        lab,
        tmp_path,
        PLAYBOOK,
        "-e",
        '{"inspect_oracle_licensed_diagnostics": true, "report_language": "en"}',
    )
    assert run.status == 0, run.output
    found = {result["check"] for result in run.results if result["status"] == "warn"}
    assert found == {
        "performance.full_scan",
        "performance.sql_seconds",
        "performance.sql_share",
        "performance.statistics_stale",
    }
    (html,) = [path for path in proposals(tmp_path) if path.suffix == ".html"]
    page = html.read_text(encoding="utf-8")
    for word in ("Who decides", "Effort", "Risk", "EBILL.T_INVOICE_DETAIL"):
        assert word in page, word
    history = [r for r in run.results if r["check"] == "performance.sql_history"]
    assert {result["status"] for result in history} == {"pass"}
    kept = {statement.sql_id for statement in statements()}
    assert {result["part"] for result in history} <= kept
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        raw = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                raw += b"".join(archive.read(name) for name in archive.namelist())
        assert PATIENT.encode() not in raw, path
    assert PATIENT not in run.output


def test_the_quarterly_inspection_owes_none_of_it(lab: Lab, tmp_path: Path) -> None:
    diagnosis = inspect(lab, tmp_path, PLAYBOOK, "-e", "optimisation_proposal_formats=html")
    assert diagnosis.status == 0, diagnosis.output
    words = ("--limit", "ebilldb", "-e", "report_formats=html", "-e", "checks=oracle.instance_open")
    inspection = inspect(lab, tmp_path, *words)
    assert inspection.status == 0, inspection.output
    newest = inspection.ledger.runs()[-1]["id"]
    assert {r["area"] for r in inspection.ledger.results(newest)} == {"oracle"}
    # The report of the quarter shows both, and adds up over both areas.
    assert "数据库性能诊断" in inspection.html_text


def test_a_refused_log_in_is_an_answer_and_no_diagnosis(lab: Lab, tmp_path: Path) -> None:
    run = inspect(lab, tmp_path, PLAYBOOK, "-e", "inspect_oracle_password=wrong")
    assert {result["status"] for result in run.results} == {"error"}
    assert run.status != 0
    assert "登录被拒绝" in run.output
