# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ledger says of the newest run, and what the servers say, for the scenarios' tests."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import testinfra


def newest_results() -> list[dict[str, Any]]:
    """Return the results of the newest run, read without our own code."""
    with sqlite3.connect(Path(os.environ["EBILL_OUTPUT"]) / "ledger.db") as connection:
        (run,) = connection.execute("SELECT id FROM run ORDER BY opened DESC LIMIT 1").fetchone()
        rows = connection.execute("SELECT body FROM result WHERE run = ?", (run,))
        return [json.loads(body) for (body,) in rows]


def of(check: str, target: str) -> dict[str | None, dict[str, Any]]:
    """Return the results of a check on a target by part."""
    found = [r for r in newest_results() if r["check"] == check and r["target"] == target]
    return {result["part"]: result for result in found}


def host(name: str) -> testinfra.host.Host:
    """Return testinfra's own look at a server of the lab, independent of our collectors."""
    inventory = Path(os.environ["MOLECULE_PROJECT_DIRECTORY"]) / "inventories" / "lab"
    return testinfra.get_host(
        f"ansible://{name}?force_ansible=True", ansible_inventory=str(inventory)
    )
