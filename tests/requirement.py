# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test needs of the machine: skipped loudly without it, never skipped in .ci/run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

STRICT = bool(os.environ.get("EBILL_TESTS_STRICT"))


def need(present: object, what: str) -> None:
    """Skip the test when ``present`` is false; fail it where everything must be there."""
    if present:
        return
    if STRICT:
        pytest.fail(f"{what} is missing, and EBILL_TESTS_STRICT allows no skip")
    pytest.skip(f"NOT TESTED: {what} is missing")


def need_command(*names: str) -> str:
    """Return the path of the first command found among ``names``."""
    found = next((path for path in map(shutil.which, names) if path), None)
    need(found, " or ".join(names))
    return str(found)


def postgresql_bin() -> Path:
    """Return the folder of the system's PostgreSQL server programs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [
        Path(path).parent for path in [shutil.which("initdb")] if path
    ]
    need(folders, "a PostgreSQL server (Debian: postgresql)")
    return folders[-1]
