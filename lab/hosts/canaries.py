# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patient-like data that the lab plants in its logs. No output of ebill.ops may hold any of it.

The numbers are well-formed (check digits right) and of nobody: the region code 440899 is unused.
"""

from __future__ import annotations

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = "10X98765432"


def id_number(first17: str) -> str:
    """Complete a resident id number by its check digit (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return first17 + _DIGITS[total % 11]


NAMES = ("欧阳测试", "诸葛样例")
ID_NUMBERS = (id_number("44089919900307001"), id_number("44089919651122003"))
PHONES = ("13800138099", "15900159077")
CARD_NUMBERS = ("6217001234567890123",)
CANARIES = NAMES + ID_NUMBERS + PHONES + CARD_NUMBERS
