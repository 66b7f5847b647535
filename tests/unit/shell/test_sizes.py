# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes in sentences."""

from __future__ import annotations

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.sizes import in_words


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (3500, "3.4 KiB"),
        (1024**2 - 1, "1 MiB"),
        (5 << 20, "5 MiB"),
        (36.79 * 1024**3, "36.8 GiB"),
        (1.5 * (1 << 30), "1.5 GiB"),
        (7 << 50, "7168 TiB"),
    ],
)
def test_the_unit_fits_the_number(size: float, text: str) -> None:
    assert in_words(size) == text
