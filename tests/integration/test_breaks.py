# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every break of the lab is told by the right check: in ledger, HTML and Word report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures

from tests.integration.estate import Lab, Run, fold, inspect

TABLE: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("breaks.yml").read_text(encoding="utf-8")
)
CASES = [(batch, name) for batch, breaks in TABLE.items() for name in breaks]


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    """The run of each batch, made when its first case asks for it."""
    return {}


def _run(batch: str, lab: Lab, runs: dict[str, Run], folder: Path) -> Run:
    if batch not in runs:
        lab.command("mend", "--all")
        lab.command("break", *TABLE[batch])
        limit = ",".join(sorted({case["target"] for case in TABLE[batch].values()}))
        words = ["--limit", limit, "-e", '{"report_formats": ["html", "docx"]}']
        if all(case["check"].startswith("performance.") for case in TABLE[batch].values()):
            # Only the diagnosis on demand sees these; its document is the proposal.
            words.insert(0, "playbooks/performance_diagnosis.yml")
        runs[batch] = inspect(lab, folder, *words)
    return runs[batch]


@pytest.mark.parametrize(("batch", "name"), CASES, ids=[name for _batch, name in CASES])
def test_break(
    batch: str,
    name: str,
    running_lab: Lab,
    runs: dict[str, Run],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    run = _run(batch, running_lab, runs, tmp_path_factory.mktemp(f"batch{batch}"))
    wanted = TABLE[batch][name]
    assert run.ledger.missing(run.id) == []
    found = {r["part"]: r for r in run.of(wanted["check"], wanted["target"])}
    assert wanted["part"] in found, run.output
    result = found[wanted["part"]]
    message = result["message"]["zh"]
    assert (result["status"], wanted["zh"] in message) == (wanted["status"], True), message
    # On paper the moments that a sentence gives as UTC are local ones.
    shown = fold(figures.in_zone(result["message"], figures.zone(None))["zh"])
    assert shown in run.html_text
    assert shown in run.word_text


def test_the_table_holds_every_break(running_lab: Lab) -> None:
    answer = json.loads(running_lab.command("breaks", "--json"))
    breaks = answer if isinstance(answer, list) else answer["breaks"]
    assert sorted(name for _batch, name in CASES) == sorted(one["id"] for one in breaks)
    assert len(CASES) >= 25
