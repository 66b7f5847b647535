# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario green: what testinfra sees on the servers is what the ledger says, and all is right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from looks import host, newest_results, of

SERVERS = ("app01", "db01", "bak01")


def test_nothing_is_wrong() -> None:
    wrong = [r for r in newest_results() if r["status"] not in ("pass", "skipped")]
    assert wrong == []


@pytest.mark.parametrize("name", SERVERS)
def test_the_disk_use_is_what_df_says(name: str) -> None:
    for line in host(name).check_output("df -P -k").splitlines()[1:]:
        *_device, used, free, _percent, mount = line.split(None, 5)
        result = of("host.disk_used", name).get(mount)
        if result:
            expected = 100 * int(used) / (int(used) + int(free))
            assert result["observed"] == pytest.approx(expected, abs=1.0)


def test_the_inspection_left_nothing_behind() -> None:
    server = host("app01")
    # testinfra's own module is unpacked there while it looks.
    left = [name for name in server.file("/tmp").listdir() if not name.startswith("ansible_")]
    assert left == []
    commands = server.check_output("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    assert "sh -s" not in commands
