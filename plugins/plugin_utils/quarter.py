# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contract quarters (R-10): every three months from the contract's start, or the calendar's."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

LABEL = re.compile(r"^(\d{4})Q([1-4])$")


@dataclass(frozen=True)
class Quarter:
    """A quarter; ``label`` is written 2026Q4, ``start`` and ``end`` are its first and last day.

    On the contract basis the year is that in which the contract year began.
    """

    label: str
    number: int
    start: date
    end: date


def add_months(day: date, months: int) -> date:
    """Add months, clamped to the month's end: 2026-11-30 plus 3 is 2027-02-28."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def quarter_of(day: date, contract_start: date, basis: str) -> Quarter:
    """Return the quarter that holds ``day``; ValueError when it lies before the contract."""
    if basis == "calendar":
        return _quarter(date(day.year, 1, 1), (day.month - 1) // 3 + 1)
    if day < contract_start:
        raise ValueError(f"{day} lies before the contract's start {contract_start}")
    months = 0
    while add_months(contract_start, months + 3) <= day:
        months += 3
    year, number = divmod(months // 3, 4)
    return _quarter(add_months(contract_start, 12 * year), number + 1)


def quarter_labelled(label: str, contract_start: date, basis: str) -> Quarter:
    """Return the quarter of a label such as 2026Q4; ValueError when it is not one."""
    match = LABEL.match(label)
    if not match:
        raise ValueError(f"{label!r} is not a quarter such as 2026Q4")
    year, number = int(match[1]), int(match[2])
    if basis == "calendar":
        return _quarter(date(year, 1, 1), number)
    if year < contract_start.year:
        raise ValueError(f"{label} lies before the contract's start {contract_start}")
    return _quarter(add_months(contract_start, 12 * (year - contract_start.year)), number)


def _quarter(year_start: date, number: int) -> Quarter:
    start = add_months(year_start, 3 * (number - 1))
    end = add_months(year_start, 3 * number) - timedelta(days=1)
    return Quarter(f"{year_start.year}Q{number}", number, start, end)
