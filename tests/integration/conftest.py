# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab for the tests of this folder: one for all, mended before each test that takes it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.estate import Lab


@pytest.fixture(scope="session")
def running_lab() -> Iterator[Lab]:
    """A lab that runs for the whole session, in a short path: sockets have 108 bytes."""
    with tempfile.TemporaryDirectory(prefix="lab") as folder:
        lab = Lab(Path(folder))
        lab.command("up", "--scenario", "green")
        yield lab
        lab.command("down")


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    """The session's lab with nothing broken."""
    running_lab.command("mend", "--all")
    return running_lab
