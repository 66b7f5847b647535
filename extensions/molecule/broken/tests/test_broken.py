# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario broken passes only if the inspection found what is really broken."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from looks import host, of


def test_the_full_disk_is_full_and_found() -> None:
    line = host("app01").check_output("df -P -k /data").splitlines()[1]
    used, free = (int(number) for number in line.split()[2:4])
    assert 100 * used / (used + free) >= 90
    assert of("host.disk_used", "app01")["/data"]["status"] == "fail"


@pytest.mark.parametrize(
    ("check", "target"),
    [
        ("host.service_running", "app01"),
        ("host.clock_offset", "db01"),
        ("oracle.user_tablespace_used", "ebilldb"),
        ("interface.reachable", "his"),
        ("gdca.wrong_signature_refused", "gdca01"),
        ("business.issuing_page", "ebillweb"),
        ("backup.newest_age", "bak01"),
        ("log.errors_new", "app01"),
    ],
)
def test_what_is_broken_fails(check: str, target: str) -> None:
    assert "fail" in {result["status"] for result in of(check, target).values()}
