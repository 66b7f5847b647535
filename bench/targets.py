# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All targets at the same time: how long a run lasts against its slowest target.

On the lab, with four targets made slow. What a target takes is the sum of its areas in the ledger;
Ansible's own start is measured by a play without a task on the same inventory.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger

ROOT = Path(__file__).resolve().parents[1]
SLOW = ("web.page_slow", "business.report_slow", "interface.slow", "gdca.auth_slow")
ROUNDS = 3


def _seconds(environment: dict[str, str], *words: str) -> float:
    program = str(Path(sys.executable).parent / "ansible-playbook")
    began = time.monotonic()
    done = subprocess.run(
        [program, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return time.monotonic() - began


def slowest_target(folder: Path) -> tuple[str, float]:
    """Return the target of the newest run whose areas took longest, and how long, in seconds."""
    ledger = Ledger(default_url(folder))
    areas = {
        (result["target"], result["area"]): result["duration_seconds"]
        for result in ledger.results(ledger.runs()[-1]["id"])
    }
    ledger.close()
    totals: dict[str, float] = {}
    for (target, _area), seconds in areas.items():
        totals[target] = totals.get(target, 0.0) + seconds
    return max(totals.items(), key=lambda item: item[1])


def main() -> list[str]:
    """Measure; return the lines to print."""
    ratios, walls, slow = [], [], ("", 0.0)
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        environment = {
            **os.environ,
            "EBILL_LAB_STATE": str(folder / "lab"),
            "EBILL_OUTPUT": str(folder / "output"),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        }
        lab = [sys.executable, "-m", "lab"]
        up = subprocess.run(
            [*lab, "up"], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        assert up.returncode == 0
        try:
            subprocess.run(
                [*lab, "break", *SLOW], cwd=ROOT, env=environment, capture_output=True, check=True
            )
            for _ in range(ROUNDS):
                start = _seconds(environment, "bench/start.yml")
                wall = _seconds(environment, "quarterly_inspection.yml", "--skip-tags", "report")
                slow = slowest_target(folder / "output")
                ratios.append((wall - start) / slow[1])
                walls.append(wall)
            state = json.loads((folder / "lab" / "state.json").read_text(encoding="utf-8"))
            targets = len(state["hostvars"])
        finally:
            subprocess.run(
                [*lab, "down"], cwd=ROOT, env=environment, capture_output=True, check=True
            )
    return [
        f"all targets at the same time, {targets} targets: {statistics.median(walls):.2f} s;"
        f" slowest target {slow[0]} {slow[1]:.2f} s",
        f"  ratio to the slowest target: {statistics.median(ratios):.2f} (at most 1.5)",
    ]


if __name__ == "__main__":
    print("\n".join(main()))
