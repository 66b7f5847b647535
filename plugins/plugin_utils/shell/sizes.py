# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as they stand in sentences of either language."""

from __future__ import annotations

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def in_words(size: float) -> str:
    """Write a number of bytes with the unit that leaves one to four digits before the point."""
    for unit in _UNITS[:-1]:
        if size < 1023.95:  # what would be rounded to 1024 is 1 of the next unit
            return f"{round(size, 1):g} {unit}"
        size /= 1024
    return f"{round(size, 1):g} {_UNITS[-1]}"
