# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room below the data files: asked of the database's server, over ssh, in the main job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.integration.estate import Lab, inspect


def rooms(lab: Lab, output: Path, server: str) -> list[dict[str, Any]]:
    run = inspect(
        lab,
        output,
        "--limit",
        "ebilldb",
        "--skip-tags",
        "report",
        "-e",
        json.dumps(
            {
                "checks": "oracle.disk_room",
                "inspect_oracle_server": server,
                "inspect_oracle_disks": {},
            }
        ),
    )
    return run.of("oracle.disk_room")


def test_the_servers_real_disk_counts(lab: Lab, tmp_path: Path) -> None:
    """The lab's /u01 is a real, small disk: the files of the database cannot grow on it."""
    (found,) = rooms(lab, tmp_path, "db01")
    assert (found["status"], found["part"]) == ("warn", "/u01")


def test_a_server_that_cannot_be_reached_is_an_error(lab: Lab, tmp_path: Path) -> None:
    lab.command("break", "host.unreachable")
    (found,) = rooms(lab, tmp_path, "app01")
    assert (found["status"], found["reason"]) == ("error", "unreachable")
    assert "app01" in found["message"]["zh"]


def test_nobody_named_a_server(lab: Lab, tmp_path: Path) -> None:
    (found,) = rooms(lab, tmp_path, "")
    assert (found["status"], found["reason"]) == ("skipped", "not_configured")
