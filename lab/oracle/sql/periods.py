# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TRUNC and ROUND of a date to a unit. Units: SQL Language Reference, "ROUND and TRUNC Date
Functions"; weeks begin on Sunday, as where NLS_TERRITORY is AMERICA."""

from __future__ import annotations

from datetime import datetime, timedelta

from lab.oracle.seam import OraError
from lab.oracle.sql import dates

UNITS: dict[str, str] = {
    **dict.fromkeys(("CC", "SCC"), "century"),
    **dict.fromkeys(("SYYYY", "YYYY", "YEAR", "SYEAR", "YYY", "YY", "Y"), "year"),
    **dict.fromkeys(("IYYY", "IYY", "IY", "I"), "iso year"),
    "Q": "quarter",
    **dict.fromkeys(("MONTH", "MON", "MM", "RM"), "month"),
    "WW": "week of year", "IW": "iso week", "W": "week of month",
    **dict.fromkeys(("DDD", "DD", "J"), "day"),
    **dict.fromkeys(("DAY", "DY", "D"), "week"),
    **dict.fromkeys(("HH", "HH12", "HH24"), "hour"),
    "MI": "minute",
}  # fmt: skip
LENGTHS = {
    "week of year": timedelta(days=7), "week of month": timedelta(days=7),
    "iso week": timedelta(days=7), "week": timedelta(days=7), "day": timedelta(days=1),
    "hour": timedelta(hours=1), "minute": timedelta(minutes=1),
}  # fmt: skip


def _unit(name: str) -> str:
    unit = UNITS.get(name.upper())
    if unit is None:
        raise OraError(1899, "bad precision specifier")
    return unit


def _start(moment: datetime, unit: str) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0)
    if unit in ("hour", "minute"):
        return moment.replace(minute=moment.minute if unit == "minute" else 0, second=0)
    if unit == "century":
        return day.replace(year=(day.year - 1) // 100 * 100 + 1, month=1, day=1)
    if unit == "iso year":
        return datetime.fromisocalendar(day.isocalendar()[0], 1, 1)
    starts = {
        "year": day.replace(month=1, day=1),
        "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "month": day.replace(day=1),
        "iso week": day - timedelta(days=day.weekday()),
        "week": day - timedelta(days=(day.weekday() + 1) % 7),
        "week of year": day - timedelta(days=(day.timetuple().tm_yday - 1) % 7),
        "week of month": day - timedelta(days=(day.day - 1) % 7),
        "day": day,
    }
    return starts[unit]


def truncate(value: str, unit: str = "DD") -> str:
    return dates.date(_start(dates.when(dates.as_date(value)), _unit(unit)))


def nearest(value: str, unit: str = "DD") -> str:
    """ROUND: years from July 1, quarters and months from a 16th, the rest from its half on."""
    name, moment = _unit(unit), dates.when(dates.as_date(value))
    start = _start(moment, name)
    if name in LENGTHS:
        return dates.date(start + LENGTHS[name] if 2 * (moment - start) >= LENGTHS[name] else start)
    if name == "century":
        return dates.date(start.replace(year=start.year + 100) if moment.year % 100 > 50 else start)
    if name == "iso year":
        following = datetime.fromisocalendar(start.isocalendar()[0] + 1, 1, 1)
        return dates.date(following if moment.month >= 7 and moment < following else start)
    months, turn = {
        "year": (12, start.replace(month=7)),
        "quarter": (3, start.replace(month=start.month + 1, day=16)),
        "month": (1, start.replace(day=16)),
    }[name]
    text = dates.date(start)
    return dates.add_months(text, months) if moment >= turn else text
