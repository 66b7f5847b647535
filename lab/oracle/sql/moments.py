# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions on dates, timestamps and intervals, in the tagged texts of dates.py."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from lab.oracle.seam import OraError
from lab.oracle.sql import dates

SECONDS = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
DAY_TO_SECOND = re.compile(r"\s*([+-]?)(\d+) (\d\d?):(\d\d?):(\d\d?)(\.\d{1,9})?\s*")


def number_to_interval(value: Decimal, unit: str) -> str:
    seconds = SECONDS.get(unit.upper().strip())
    if seconds is None:
        raise OraError(1760, "illegal argument for function")
    return dates.interval(timedelta(microseconds=round(value * seconds * 1_000_000)))


def text_to_interval(text: str) -> str:
    """TO_DSINTERVAL of '[+|-]days hours:minutes:seconds[.fraction]'."""
    found = DAY_TO_SECOND.fullmatch(text)
    if not found:
        raise OraError(1867, "the interval is invalid")
    sign, days, hours, minutes, seconds, fraction = found.groups()
    if int(hours) > 23 or int(minutes) > 59 or int(seconds) > 59:
        raise OraError(1850, "hour must be between 0 and 23")
    span = timedelta(
        days=int(days), hours=int(hours), minutes=int(minutes), seconds=int(seconds),
        microseconds=int((fraction or ".0")[1:].ljust(6, "0")[:6]),
    )  # fmt: skip
    return dates.interval(-span if sign == "-" else span)


def interval_text(value: str) -> str:
    """The implicit conversion of a DAY TO SECOND interval to text."""
    span = dates.span(value)
    total = abs(span)
    hours, rest = divmod(total.seconds, 3600)
    sign = "-" if span < timedelta(0) else "+"
    clock = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}.{total.microseconds:06d}"
    return f"{sign}{total.days:09d} {clock}"


def extract(field: str, value: str) -> Decimal:
    """EXTRACT(field FROM ...); the field is known to the emitter."""
    if value.startswith(dates.INTERVAL_TAG):
        span = dates.span(value)
        sign = -1 if span < timedelta(0) else 1
        total = abs(span)
        parts: dict[str, Decimal | int] = {
            "DAY": total.days,
            "HOUR": total.seconds // 3600,
            "MINUTE": total.seconds // 60 % 60,
            "SECOND": total.seconds % 60 + Decimal(total.microseconds) / 1_000_000,
        }
    else:
        moment = dates.when(value)
        sign = 1
        parts = {"YEAR": moment.year, "MONTH": moment.month, "DAY": moment.day}
        if len(value) > dates.DATE_LENGTH:
            # Oracle gives hours and minutes of a value with a time zone in UTC.
            utc = dates.when(dates.in_utc(value)) if moment.tzinfo else moment
            second = utc.second + Decimal(utc.microsecond) / 1_000_000
            parts = {"YEAR": utc.year, "MONTH": utc.month, "DAY": utc.day}
            parts |= {"HOUR": utc.hour, "MINUTE": utc.minute, "SECOND": second}
    if field not in parts:
        raise OraError(30076, "invalid extract field for extract source")
    return Decimal(sign * parts[field])


def arithmetic(sign: str, left: Any, right: Any) -> Any:
    """+ and - where an interval takes part, and the difference of two timestamps."""
    a_span, b_span = (str(v).startswith(dates.INTERVAL_TAG) for v in (left, right))
    factor = 1 if sign == "+" else -1
    if a_span and b_span:
        return dates.interval(dates.span(left) + factor * dates.span(right))
    if b_span:
        return dates.like(left, dates.when(left) + factor * dates.span(right))
    if a_span:
        return dates.like(right, dates.when(right) + dates.span(left))
    if dates.has_zone(left) and dates.has_zone(right):
        left, right = dates.in_utc(left), dates.in_utc(right)
    one, two = (dates.when(dates.as_timestamp(v)) for v in (left, right))
    return dates.interval(one - two)


def scale(value: str, factor: Decimal, sign: str) -> str:
    """An interval times or divided by a number."""
    if sign == "/" and not factor:
        raise OraError(1476, "divisor is equal to zero")
    micros = Decimal(dates.span(value) // timedelta(microseconds=1))
    result = micros * factor if sign == "*" else micros / factor
    return dates.interval(timedelta(microseconds=round(result)))
