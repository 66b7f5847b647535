# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's past: real inspections of the stand-in at earlier dates, in the lab's ledger only."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger
from ansible_collections.ebill.ops.plugins.plugin_utils.quarterly_source import quarterly_source
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import build_quarterly

ROOT = Path(__file__).resolve().parents[2]


def seed(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "EBILL_LEDGER_URL"}
    environment |= {
        "EBILL_OUTPUT": str(folder),
        "PYTHONPATH": f"{ROOT / 'collections'}:{ROOT}",
    }
    command = [sys.executable, str(ROOT / "tools/lab_history.py")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_four_quarters_once(tmp_path: Path) -> None:
    done = seed(tmp_path)
    assert done.returncode == 0, done.stderr
    with closing(Ledger(default_url(tmp_path))) as ledger:
        runs = ledger.runs()
        assert len({row["quarter"] for row in runs}) == 4
        assert {row["engineer"] for row in runs} == {"lab"}
        assert all(row["id"].startswith("lab-") for row in runs)
        counts = [ledger.counts(row["id"]) for row in runs]
        assert [(count["error"], count["not_run"]) for count in counts] == [(0, 0)] * 4
        model = build_quarterly(quarterly_source(ledger, datetime.now(UTC)))
    (database,) = model["databases"]
    known = {row["space"]: row for row in database["forecasts"]}
    assert known["EBILL_DATA"]["points"] == 4
    assert known["EBILL_DATA"]["outcome"] == "will_not"
    assert known["EBILL_IDX"]["outcome"] in ("uncertain", "will", "will_not")
    assert seed(tmp_path).stdout == ""
    with closing(Ledger(default_url(tmp_path))) as ledger:
        assert len(ledger.runs()) == 4


def test_a_hospitals_ledger_is_not_touched(tmp_path: Path) -> None:
    with closing(Ledger(default_url(tmp_path))) as ledger:
        kept = ("process", "selection", "targets", "definitions", "versions")
        run = {
            "id": "20261118T010500Z-7f3a",
            "quarter": "2026Q4",
            "opened": "2026-11-18T01:05:00Z",
            "state": "complete",
            "engineer": "engineer01",
            "site": {"contract_no": "EB-2026-0417"},
        }
        ledger.open_run({**{key: {} for key in kept}, **run}, {})
    done = seed(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "20261118T010500Z-7f3a" in done.stderr
    with closing(Ledger(default_url(tmp_path))) as ledger:
        assert len(ledger.runs()) == 1
