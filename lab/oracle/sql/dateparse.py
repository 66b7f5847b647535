# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TO_DATE and TO_TIMESTAMP: text to moments by a format."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from lab.oracle.seam import OraError
from lab.oracle.sql import dates

DIGITS_OF = {
    "YYYY": 4, "RRRR": 4, "YY": 2, "RR": 2, "MM": 2, "DD": 2, "DDD": 3, "HH24": 2, "HH12": 2,
    "HH": 2, "MI": 2, "SS": 2, "SSSSS": 5, "TZM": 2, "J": 7, "YYY": 3, "Y": 1, "SYYYY": 4,
}  # fmt: skip
FIRST_DAY = 1721426
"""The Julian day of 0001-01-01, the first that Python knows."""
MISMATCH = OraError(1861, "literal does not match format string")


def parse_date(text: str, picture: str, now: datetime) -> datetime:
    """A naive datetime. Missing parts: this year, this month, day 1, midnight."""
    return _build(_elements(text, picture), now)


def parse_zoned(text: str, picture: str, now: datetime) -> datetime:
    """An aware datetime; without a zone in the text it has that of `now`."""
    found = _elements(text, picture)
    naive = _build(found, now)
    if "TZH" not in found:
        return naive.replace(tzinfo=now.tzinfo)
    minutes = abs(found["TZH"]) * 60 + found.get("TZM", 0)
    offset = timedelta(minutes=-minutes if found["WEST"] else minutes)
    return naive.replace(tzinfo=timezone(offset))


def _elements(text: str, picture: str) -> dict[str, int]:
    found: dict[str, int] = {}
    rest = text.strip()
    for element, written in dates.elements(picture):
        if element in ("FM", "FX"):
            continue
        if not element and written.isalnum():
            if not rest.startswith(written):
                raise MISMATCH
            rest = rest[len(written) :]
        elif not element:
            rest = rest[1:] if rest and not rest[0].isalnum() else rest
        elif rest:
            rest = _take(rest, element, found)
    if rest.strip():
        raise OraError(1830, "date format picture ends before converting entire input string")
    return found


def _take(rest: str, element: str, found: dict[str, int]) -> str:
    """Read one element from the front of the text and return what is left."""
    if element in ("MON", "MONTH"):
        if not rest[0].isalpha():
            raise MISMATCH
        for number, name in enumerate(dates.MONTHS[1:], 1):
            for shape in (name, name[:3]):
                if rest.upper().startswith(shape):
                    found["MM"] = number
                    return rest[len(shape) :]
        raise OraError(1843, "not a valid month")
    if element in ("AM", "PM", "A.M.", "P.M."):
        half = re.match(r"([AP])\.?M\.?", rest, re.IGNORECASE)
        if not half:
            raise OraError(1855, "AM/A.M. or PM/P.M. required")
        found["PM"] = int(half.group(1).upper() == "P")
        return rest[half.end() :]
    if element == "X":
        return rest[1:] if rest.startswith(".") else rest
    if element == "TZH":
        hours = re.match(r"[+-]?\d{1,2}", rest)
        if not hours:
            raise MISMATCH
        found["TZH"] = int(hours.group())
        found["WEST"] = int(hours.group().startswith("-"))
        return rest[hours.end() :]
    width = int(element[2:] or 9) if element.startswith("FF") else DIGITS_OF.get(element)
    if width is None:
        raise OraError(1820, "format code cannot appear in date input format")
    digits = re.match(rf"\d{{1,{width}}}", rest)
    if not digits:
        raise MISMATCH
    shown = digits.group()
    if element.startswith("FF"):
        found["FF"] = int(shown.ljust(9, "0")) // 1000
    else:
        found["HH12" if element == "HH" else element] = int(shown)
    return rest[digits.end() :]


def _build(found: dict[str, int], now: datetime) -> datetime:
    if found.get("J", FIRST_DAY) < FIRST_DAY:
        raise OraError(3001, "unimplemented feature (stand-in: years before Christ)")
    if "J" in found:
        return datetime.fromordinal(found["J"] - 1721425) + timedelta(seconds=_seconds(found))
    year = found.get("YYYY", found.get("SYYYY", now.year))
    for name, base in (("YYY", 1000), ("Y", 10)):
        if name in found:
            year = now.year // base * base + found[name]
    if "YY" in found:
        year = now.year // 100 * 100 + found["YY"]
    for name in ("RR", "RRRR"):
        if name in found:
            short = found[name]
            year = short if short > 99 else (2000 if short < 50 else 1900) + short
    month, day = found.get("MM", now.month), found.get("DD", 1)
    if not 1 <= month <= 12:
        raise OraError(1843, "not a valid month")
    seconds = _seconds(found)
    try:
        built = datetime(year, month, day)
    except ValueError as problem:
        code = 1839 if 1 <= day <= 31 else 1847
        raise OraError(code, "date not valid for month specified") from problem
    if "DDD" in found:
        built = built.replace(month=1, day=1) + timedelta(days=found["DDD"] - 1)
    return built + timedelta(seconds=seconds, microseconds=found.get("FF", 0))


def _seconds(found: dict[str, int]) -> int:
    """The seconds since midnight."""
    hour = found.get("HH24", 0)
    if "HH12" in found:
        if not 1 <= found["HH12"] <= 12:
            raise OraError(1849, "hour must be between 1 and 12")
        hour = found["HH12"] % 12 + 12 * found.get("PM", 0)
    if hour > 23:
        raise OraError(1850, "hour must be between 0 and 23")
    if found.get("MI", 0) > 59:
        raise OraError(1851, "minutes must be between 0 and 59")
    if found.get("SS", 0) > 59:
        raise OraError(1852, "seconds must be between 0 and 59")
    return found.get("SSSSS", hour * 3600 + found.get("MI", 0) * 60 + found.get("SS", 0))
