# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same database by each transport: the driver, SQL*Plus of two releases, an archive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer

ROOT = Path(__file__).resolve().parents[2]
SITE: dict[str, Any] = {
    "user_tablespaces": ("EBILL_DATA", "EBILL_IDX", "EBILL_ARCH", "EBILL_LOG", "USERS"),
    "rman_expected": ("full", "incremental", "archivelog"),
}
MANNERS = ("11.2", "19")


def oracle_home(folder: Path, manner: str = "19", before: str = "") -> Path:
    """An Oracle home whose bin/sqlplus is the lab's; ``before``: sh lines that it runs first."""
    program = folder / "bin" / "sqlplus"
    program.parent.mkdir(parents=True)
    # PATH is of no use to it: the collector's may be an empty one.
    program.write_text(
        f"#!/bin/sh\n{before}\n"
        f"PYTHONPATH='{ROOT}' EBILL_LAB_SQLPLUS={manner} export PYTHONPATH EBILL_LAB_SQLPLUS\n"
        f'exec "{sys.executable}" -m lab.oracle.sqlplus "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return folder


def options(server: OracleServer, **changed: Any) -> dict[str, Any]:
    """The options of the task, as the role passes them."""
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "service": server.service_name,
        "user": INSPECTOR,
        "password": PASSWORD,
        "timeout_seconds": 40,
        "connect_timeout_seconds": 5,
        **SITE,
    }
    return {**values, **changed}
