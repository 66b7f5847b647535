#!/usr/bin/env python3
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory script: where the running lab's targets are. Prints nothing of use without a lab.

The state directory is EBILL_LAB_STATE, or .cache/lab in the project. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def inventory() -> dict[str, object]:
    """Return the hosts of state.json in the shape that Ansible's script plugin reads."""
    project = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("EBILL_LAB_STATE") or project / ".cache" / "lab")
    try:
        hostvars = json.loads((folder / "state.json").read_text(encoding="utf-8"))["hostvars"]
    except FileNotFoundError:
        sys.stderr.write(f"no lab is running in {folder}: `python -m lab up` starts one\n")
        hostvars = {}
    group = {"hosts": sorted(hostvars), "vars": {"lab_is_up": True}}
    return {"lab": group, "_meta": {"hostvars": hostvars}}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(inventory()))
