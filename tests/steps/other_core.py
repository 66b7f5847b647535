# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unit tests and one run on the lab with ansible-core 2.21, where Python 3.12 or newer is found."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

VERSIONS = ("3.13", "3.12")
ONE_RUN = "tests/integration/test_main_job.py::test_green_shows_nothing_wrong"


def main(root: Path) -> int:
    """Run them; 0 with a loud notice when no such interpreter is there."""
    interpreter = _interpreter()
    if interpreter is None:
        print("NOT TESTED: ansible-core 2.21, for no Python 3.12 or 3.13 was found", flush=True)
        return 0
    venv = root / ".cache" / f"venv-{interpreter.name}"
    lock = root / "requirements-dev.txt"
    ready = venv / "ready"
    if not ready.is_file() or ready.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([str(interpreter), "-m", "venv", "--clear", str(venv)], check=True)
        pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
        ready.touch()
    path = f"{venv / 'bin'}:{os.environ['PATH']}"
    subprocess.run(
        [str(venv / "bin" / "ansible"), "--version"], env={**os.environ, "PATH": path}, check=True
    )
    # The lab's own tests know nothing of ansible-core.
    rest = ["-n", "2", "tests/unit", "--ignore", "tests/unit/lab_oracle", ONE_RUN]
    return subprocess.run(
        [str(venv / "bin" / "python"), "-m", "pytest", "-q", *rest],
        cwd=root,
        env={**os.environ, "PATH": path},
        check=False,
    ).returncode


def _interpreter() -> Path | None:
    """Return a Python that really starts: a version manager's shim may not."""
    for version in VERSIONS:
        named = shutil.which(f"python{version}")
        kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))
        for candidate in [*([Path(named)] if named else []), *kept]:
            works = subprocess.run(
                [candidate, "-c", "import venv, ssl"], capture_output=True, check=False
            )
            if works.returncode == 0:
                return candidate
    return None
