# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment for each driver below .cache/drivers, made when missing or its lock changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "drivers"
PROGRAMS = HERE / "programs"
LOCKS = HERE / "locks"


class Missing(Exception):
    """A program of the system that a driver needs is not there."""


@dataclass(frozen=True)
class Driver:
    name: str
    family: str
    program: str
    package: str = ""
    profiles: tuple[str, ...] = ("12.1", "19c", "23ai")

    @property
    def home(self) -> Path:
        return CACHE / ("node" if self.family == "node" else self.name)

    def command(self) -> list[str]:
        """The program's command line; its environment must be ready."""
        if self.family == "node":
            package = self.home / "node_modules" / self.package
            return ["node", str(PROGRAMS / self.program), str(package)]
        return [str(self.home / "bin" / "python"), str(PROGRAMS / self.program)]


DRIVERS = (
    *(
        Driver(f"python-oracledb-{version}", "python", "python_oracledb.py")
        for version in ("1.4.2", "2.5.1", "4.0.2", "26.1.0")
    ),
    Driver("node-oracledb-6.10.0", "node", "node_oracledb.cjs", "oracledb-6"),
    Driver("node-oracledb-26.0.0", "node", "node_oracledb.cjs", "oracledb"),
    Driver("seerdb-3.3.0", "seerdb", "seerdb_client.py"),
)


def make_ready(driver: Driver) -> None:
    """Install a driver by its lock, with every hash checked. Raises Missing."""
    if driver.family == "node":
        _ready(driver.home, HERE / "node" / "package-lock.json", _npm)
    else:
        _ready(driver.home, LOCKS / f"{driver.name}.txt", _venv)


def _ready(home: Path, lock: Path, install: Callable[[Path, Path], None]) -> None:
    mark = home / "ready"
    if mark.is_file() and mark.read_bytes() == lock.read_bytes():
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    install(home, lock)
    mark.write_bytes(lock.read_bytes())


def _venv(home: Path, lock: Path) -> None:
    # The pip that runs the tests installs into it: a pip of its own would take seconds more.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(home), "--disable-pip-version-check"]
    install = ["install", "--quiet", "--no-compile", "--only-binary", ":all:", "--no-deps"]
    subprocess.run([*pip, *install, "--require-hashes", "-r", lock], check=True)


def _npm(home: Path, lock: Path) -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        raise Missing("node and npm (Debian packages nodejs and npm)")
    for name in ("package.json", "package-lock.json"):
        shutil.copy2(lock.with_name(name), home / name)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(["npm", "ci", *quiet], cwd=home, env={**os.environ, "CI": "1"}, check=True)
