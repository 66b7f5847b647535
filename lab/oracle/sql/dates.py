# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporal values inside SQLite, and date formats.

A temporal value is a tagged text, so that it sorts and compares as text and knows its type:
DATE `\\x01YYYY-MM-DD HH:MM:SS`, TIMESTAMP the same with `.ffffff`, with a time zone `+08:00`
behind it; INTERVAL `\\x02` and the microseconds plus a bias, so that negative ones sort first.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from lab.oracle.seam import OraError

TAG, INTERVAL_TAG = "\x01", "\x02"
BIAS = 10**17
DATE_LENGTH, TIMESTAMP_LENGTH = 20, 27
NLS_DATE_FORMAT = "DD-MON-RR"
NLS_TIMESTAMP_FORMAT = "DD-MON-RR HH.MI.SSXFF AM"
MONTHS = [name.upper() for name in calendar.month_name]
DAYS = [name.upper() for name in calendar.day_name]
ELEMENT = re.compile(
    r"""(?P<el>FM|YYYY|RRRR|IYYY|YY|RR|MONTH|MON|MM|DAY|DDD|DD|DY|D|HH24|HH12|HH|MI|SSSSS|SS
        |FF[1-9]?|A\.M\.|P\.M\.|AM|PM|Q|WW|IW|W|TZH|TZM|X)
      | "(?P<text>[^"]*)" | (?P<mark>[-/,.;:\ ])""",
    re.VERBOSE | re.IGNORECASE,
)
BAD_FORMAT = OraError(1821, "date format not recognized")


def date(when: datetime) -> str:
    return TAG + when.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")


def timestamp(when: datetime) -> str:
    return f"{date(when)}.{when.microsecond:06d}"


def timestamp_tz(when: datetime) -> str:
    """`when` must be aware."""
    offset = when.strftime("%z")
    return f"{timestamp(when)}{offset[:3]}:{offset[3:5]}"


def interval(span: timedelta) -> str:
    return f"{INTERVAL_TAG}{span // timedelta(microseconds=1) + BIAS:018d}"


def is_temporal(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(TAG)


def when(value: str) -> datetime:
    """The datetime of a tagged value; aware when it has a zone."""
    return datetime.fromisoformat(value[1:])


def span(value: str) -> timedelta:
    return timedelta(microseconds=int(value[1:]) - BIAS)


def as_date(value: str) -> str:
    return value[:DATE_LENGTH]


def as_timestamp(value: str) -> str:
    return (value + ".000000")[:TIMESTAMP_LENGTH]


def like(pattern: str, moment: datetime) -> str:
    """`moment` in the same type as the tagged `pattern`."""
    if len(pattern) == DATE_LENGTH:
        return date(moment)
    if len(pattern) == TIMESTAMP_LENGTH:
        return timestamp(moment)
    return timestamp_tz(moment.replace(tzinfo=moment.tzinfo or UTC))


def add_days(value: str, days: float) -> str:
    """DATE or TIMESTAMP plus days is a DATE, to the second."""
    seconds = round(days * 86400)
    try:
        return date(when(as_date(value)) + timedelta(seconds=seconds))
    except OverflowError as problem:
        raise OraError(1841, "(full) year must be between -4713 and +9999") from problem


def days_between(left: str, right: str) -> float:
    return (when(as_date(left)) - when(as_date(right))) / timedelta(days=1)


def add_months(value: str, months: float) -> str:
    """The last day of a month stays the last day, as Oracle has it."""
    moment = when(as_date(value))
    count = moment.year * 12 + moment.month - 1 + int(months)
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends = moment.day == calendar.monthrange(moment.year, moment.month)[1]
    day = last if ends else min(moment.day, last)
    return date(moment.replace(year=year, month=month + 1, day=day))


def months_between(left: str, right: str) -> float:
    a, b = when(as_date(left)), when(as_date(right))
    months = (a.year - b.year) * 12 + a.month - b.month
    last_a = a.day == calendar.monthrange(a.year, a.month)[1]
    last_b = b.day == calendar.monthrange(b.year, b.month)[1]
    if a.day == b.day or (last_a and last_b):
        return float(months)
    seconds = (a - a.replace(day=1, hour=0, minute=0, second=0)).total_seconds() - (
        b - b.replace(day=1, hour=0, minute=0, second=0)
    ).total_seconds()
    return months + seconds / 86400 / 31


def last_day(value: str) -> str:
    moment = when(as_date(value))
    return date(moment.replace(day=calendar.monthrange(moment.year, moment.month)[1]))


def truncate(value: str, unit: str = "DD") -> str:
    """TRUNC(date, unit) for years, quarters, months, ISO weeks, days, hours and minutes."""
    moment = when(as_date(value))
    day = moment.replace(hour=0, minute=0, second=0)
    name = unit.upper()
    if name in ("YYYY", "YEAR", "YY", "SYYYY", "Y"):
        return date(day.replace(month=1, day=1))
    if name == "Q":
        return date(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
    if name in ("MM", "MONTH", "MON"):
        return date(day.replace(day=1))
    if name == "IW":
        return date(day - timedelta(days=day.weekday()))
    if name in ("DD", "DDD", "J"):
        return date(day)
    if name in ("HH", "HH24", "HH12"):
        return date(moment.replace(minute=0, second=0))
    if name == "MI":
        return date(moment.replace(second=0))
    raise OraError(1899, "bad precision specifier")


def elements(picture: str) -> list[tuple[str, str]]:
    """The format as (element, as written) pairs; text and punctuation have element ''."""
    out = []
    place = 0
    while place < len(picture):
        found = ELEMENT.match(picture, place)
        if not found:
            raise BAD_FORMAT
        place = found.end()
        written = found.group("el")
        if written:
            out.append((written.upper(), written))
        else:
            out.append(("", found.group("text") or found.group("mark") or ""))
    return out


def format_date(value: str, picture: str) -> str:
    """TO_CHAR(date, format)."""
    moment = when(value)
    filled, out = True, []
    for element, written in elements(picture):
        if element == "FM":
            filled = not filled
            continue
        if element.startswith("FF") and len(value) == DATE_LENGTH:
            raise BAD_FORMAT
        text = _element(moment, element, written) if element else written
        if element in ("MONTH", "DAY") and filled:
            text = text.ljust(9)
        out.append(text if filled or not element else text.lstrip("0") or "0")
    return "".join(out)


def _element(moment: datetime, element: str, written: str) -> str:
    if element in ("MONTH", "MON", "DAY", "DY"):
        names = MONTHS[moment.month] if element[0] == "M" else DAYS[moment.weekday()]
        name = names[:3] if element in ("MON", "DY") else names
        if written.isupper():
            return name
        return name.capitalize() if written[0].isupper() else name.lower()
    if element in ("AM", "PM", "A.M.", "P.M."):
        half = "AM" if moment.hour < 12 else "PM"
        return f"{half[0]}.M." if "." in element else half
    if element.startswith("FF"):
        digits = int(element[2:] or 6)
        return f"{moment.microsecond * 1000:09d}"[:digits]
    return _numeric_element(moment, element)


def _numeric_element(moment: datetime, element: str) -> str:
    if element in ("TZH", "TZM"):
        if moment.tzinfo is None:
            raise BAD_FORMAT
        offset = moment.strftime("%z")
        return offset[:3] if element == "TZH" else offset[3:5]
    if element == "X":
        return "."
    year, week, weekday = moment.isocalendar()
    day = moment.timetuple().tm_yday
    table = {
        "YYYY": f"{moment.year:04d}", "RRRR": f"{moment.year:04d}", "IYYY": f"{year:04d}",
        "YY": f"{moment.year % 100:02d}", "RR": f"{moment.year % 100:02d}",
        "MM": f"{moment.month:02d}", "DD": f"{moment.day:02d}", "DDD": f"{day:03d}",
        "D": str(weekday % 7 + 1), "HH24": f"{moment.hour:02d}",
        "HH12": f"{(moment.hour - 1) % 12 + 1:02d}", "HH": f"{(moment.hour - 1) % 12 + 1:02d}",
        "MI": f"{moment.minute:02d}", "SS": f"{moment.second:02d}",
        "SSSSS": f"{moment.hour * 3600 + moment.minute * 60 + moment.second:05d}",
        "Q": str((moment.month + 2) // 3), "WW": f"{(day + 6) // 7:02d}",
        "IW": f"{week:02d}", "W": str((moment.day + 6) // 7),
    }  # fmt: skip
    return table[element]
