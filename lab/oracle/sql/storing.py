# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values on their way into SQLite and out of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lab.oracle import seam
from lab.oracle.sql import dates, numbers
from lab.oracle.sql.core import NULL


def bind_kind(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, str):
        return seam.VARCHAR2
    if isinstance(value, int | float | Decimal):
        return seam.NUMBER
    if isinstance(value, datetime):
        if value.tzinfo:
            return seam.TIMESTAMP_TZ
        return seam.TIMESTAMP if value.microsecond else seam.DATE
    return seam.INTERVAL if isinstance(value, timedelta) else seam.RAW


def stored(value: Any, kind: str, zone: Any = None) -> Any:
    """A Python value of a column or bind of this kind as SQLite holds it.

    `zone`: that of a timestamp with time zone that was given without one.
    """
    if value is None or value == "":
        return None
    if kind == seam.NUMBER:
        return numbers.encode(int(value) if isinstance(value, bool) else value)
    if isinstance(value, timedelta):
        return dates.interval(value)
    if isinstance(value, datetime):
        if kind == seam.TIMESTAMP_TZ:
            return dates.timestamp_tz(value if value.tzinfo else value.replace(tzinfo=zone))
        return dates.date(value) if kind == seam.DATE else dates.timestamp(value)
    return value


def loaded(value: Any, kind: str) -> Any:
    """A value out of SQLite as the seam hands it on."""
    if isinstance(value, bytes) and kind == seam.NUMBER:
        number = numbers.decode(value)
        return int(number) if number == number.to_integral_value() else number
    if isinstance(value, str):
        if value.startswith(dates.TAG):
            return dates.when(value)
        if value.startswith(dates.INTERVAL_TAG):
            return dates.span(value)
    return value
