# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Independent clients against the stand-in database: tests/drivers in their own environments."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.drivers.environments import DRIVERS, Driver, Missing, make_ready


def main(root: Path) -> int:
    """Install the drivers that are not there, then run the scenario by each; the exit status."""
    homes = {driver.home: driver for driver in DRIVERS}
    with ThreadPoolExecutor(2) as pool:
        for driver, problem in zip(homes.values(), pool.map(_install, homes.values()), strict=True):
            if problem:
                print(f"NOT TESTED: {driver.family}, for want of {problem}", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/drivers"], cwd=root, check=False
    ).returncode


def _install(driver: Driver) -> str:
    try:
        make_ready(driver)
    except Missing as missing:
        return str(missing)
    return ""
