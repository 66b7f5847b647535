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
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from lab.oracle.seam import OraError

TAG, INTERVAL_TAG = "\x01", "\x02"
BIAS = 10**17
DATE_LENGTH, TIMESTAMP_LENGTH = 20, 27
NLS_DATE_FORMAT = "DD-MON-RR"
NLS_TIMESTAMP_FORMAT = "DD-MON-RR HH.MI.SSXFF AM"
MONTHS = [name.upper() for name in calendar.month_name]
ROMAN = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
DAYS = [name.upper() for name in calendar.day_name]
ELEMENT = re.compile(
    r"""(?P<el>FM|FX|SYYYY|YYYY|Y,YYY|RRRR|IYYY|IYY|IY|YYY|YY|RR|CC|MONTH|MON|MM|RM|DAY|DDD|DD|DY
        |D|J|HH24|HH12|HH|MI|SSSSS|SS|FF[1-9]?|A\.M\.|P\.M\.|A\.D\.|AM|PM|AD|Q|WW|IW|W|TZH|TZM|TZR|X
        |Y|I)
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


def has_zone(value: Any) -> bool:
    return is_temporal(value) and len(value) > TIMESTAMP_LENGTH


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


def in_utc(value: str) -> str:
    """SYS_EXTRACT_UTC: the moment of a value with a time zone, as a timestamp without one."""
    return timestamp(when(value).astimezone(UTC).replace(tzinfo=None))


def at_zone(value: str, zone: str) -> str:
    """AT TIME ZONE with an offset or UTC; a region is refused."""
    offset = "+00:00" if zone.upper() in ("UTC", "GMT", "ETC/UTC") else zone
    found = re.fullmatch(r"([+-]?)(\d\d?):(\d\d)", offset)
    if not found:
        raise OraError(3001, "unimplemented feature (stand-in: time zone regions)")
    span = timedelta(hours=int(found.group(2)), minutes=int(found.group(3)))
    return timestamp_tz(when(value).astimezone(timezone(-span if found.group(1) == "-" else span)))


def like(pattern: str, moment: datetime) -> str:
    """`moment` in the same type as the tagged `pattern`."""
    if len(pattern) == DATE_LENGTH:
        return date(moment)
    if len(pattern) == TIMESTAMP_LENGTH:
        return timestamp(moment)
    return timestamp_tz(moment.replace(tzinfo=moment.tzinfo or UTC))


def add_days(value: str, days: Decimal) -> str:
    """DATE or TIMESTAMP plus days is a DATE, to the second."""
    seconds = int((days * 86400).to_integral_value(ROUND_HALF_UP))
    try:
        return date(when(as_date(value)) + timedelta(seconds=seconds))
    except OverflowError as problem:
        raise OraError(1841, "(full) year must be between -4713 and +9999") from problem


def days_between(left: str, right: str) -> Decimal:
    span = when(as_date(left)) - when(as_date(right))
    return Context(prec=60).divide(Decimal(span // timedelta(seconds=1)), Decimal(86400))


def add_months(value: str, months: Decimal | int) -> str:
    """The last day of a month stays the last day, as Oracle has it."""
    moment = when(as_date(value))
    count = moment.year * 12 + moment.month - 1 + int(months)
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends = moment.day == calendar.monthrange(moment.year, moment.month)[1]
    day = last if ends else min(moment.day, last)
    return date(moment.replace(year=year, month=month + 1, day=day))


def months_between(left: str, right: str) -> Decimal:
    a, b = when(as_date(left)), when(as_date(right))
    months = (a.year - b.year) * 12 + a.month - b.month
    last_a = a.day == calendar.monthrange(a.year, a.month)[1]
    last_b = b.day == calendar.monthrange(b.year, b.month)[1]
    if a.day == b.day or (last_a and last_b):
        return Decimal(months)
    within = [one - one.replace(day=1, hour=0, minute=0, second=0) for one in (a, b)]
    seconds = (within[0] - within[1]) // timedelta(seconds=1)
    return months + Context(prec=60).divide(Decimal(seconds), Decimal(86400 * 31))


def last_day(value: str) -> str:
    moment = when(as_date(value))
    return date(moment.replace(day=calendar.monthrange(moment.year, moment.month)[1]))


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
        if element in ("FM", "FX"):
            filled = filled != (element == "FM")
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
    if element in ("AD", "A.D.", "RM"):
        text = ROMAN[moment.month].ljust(4) if element == "RM" else element
        return text if written[0].isupper() else text.lower()
    if element in ("AM", "PM", "A.M.", "P.M."):
        half = "AM" if moment.hour < 12 else "PM"
        return f"{half[0]}.M." if "." in element else half
    if element.startswith("FF"):
        digits = int(element[2:] or 6)
        return f"{moment.microsecond * 1000:09d}"[:digits]
    return _numeric_element(moment, element)


def _numeric_element(moment: datetime, element: str) -> str:
    if element in ("TZH", "TZM", "TZR"):
        if moment.tzinfo is None:
            raise BAD_FORMAT
        offset = moment.strftime("%z")
        shown = {"TZH": offset[:3], "TZM": offset[3:5], "TZR": f"{offset[:3]}:{offset[3:5]}"}
        return shown[element]
    if element == "X":
        return "."
    year, week, weekday = moment.isocalendar()
    day = moment.timetuple().tm_yday
    table = {
        "YYYY": f"{moment.year:04d}", "RRRR": f"{moment.year:04d}", "IYYY": f"{year:04d}",
        "SYYYY": f" {moment.year:04d}", "Y,YYY": f"{moment.year:,d}",
        "YYY": f"{moment.year:04d}"[1:], "Y": str(moment.year % 10),
        "IYY": f"{year:04d}"[1:], "IY": f"{year:04d}"[2:],
        "I": str(year % 10), "CC": f"{(moment.year + 99) // 100:02d}",
        "J": str(moment.toordinal() + 1721425), "YY": f"{moment.year % 100:02d}",
        "RR": f"{moment.year % 100:02d}",
        "MM": f"{moment.month:02d}", "DD": f"{moment.day:02d}", "DDD": f"{day:03d}",
        "D": str(weekday % 7 + 1), "HH24": f"{moment.hour:02d}",
        "HH12": f"{(moment.hour - 1) % 12 + 1:02d}", "HH": f"{(moment.hour - 1) % 12 + 1:02d}",
        "MI": f"{moment.minute:02d}", "SS": f"{moment.second:02d}",
        "SSSSS": f"{moment.hour * 3600 + moment.minute * 60 + moment.second:05d}",
        "Q": str((moment.month + 2) // 3), "WW": f"{(day + 6) // 7:02d}",
        "IW": f"{week:02d}", "W": str((moment.day + 6) // 7),
    }  # fmt: skip
    return table[element]
