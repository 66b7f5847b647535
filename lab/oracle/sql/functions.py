# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Oracle's functions as Python, by name, with the kinds of their arguments and results.

A signature lists the kinds of the arguments, the optional ones behind a `?`: N number, V text,
D date, T timestamp, Z timestamp with time zone, R raw, I interval, A as SQLite has it. Numbers
arrive as Decimal, moments and intervals as the tagged texts of dates.py. None is NULL; a function
is not called when an argument is NULL (the engine sees to it), except those of NULL_AWARE.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lab.oracle import seam
from lab.oracle.seam import OraError
from lab.oracle.sql import dateparse, dates, like, moments, numberformat, numbers, periods, texts
from lab.oracle.sql.settings import Settings

KINDS = {
    "N": seam.NUMBER,
    "V": seam.VARCHAR2,
    "D": seam.DATE,
    "T": seam.TIMESTAMP,
    "Z": seam.TIMESTAMP_TZ,
    "R": seam.RAW,
    "I": seam.INTERVAL,
    "L": seam.LONG,
    "A": "",
}
Call = Callable[..., Any]
Entry = tuple[str, str, Call]
"""(arguments, result, function)."""


@dataclass(frozen=True)
class Signature:
    needed: str
    optional: str
    result: str

    @property
    def letters(self) -> str:
        return self.needed + self.optional

    def kind(self, place: int) -> str:
        return KINDS[self.letters[place]]


def signature(entry: Entry) -> Signature:
    needed, _, optional = entry[0].partition("?")
    return Signature(needed, optional, KINDS[entry[1]])


def raw_from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}")
    except ValueError as problem:
        raise OraError(1465, "invalid hex number") from problem


def next_day(value: str, name: str) -> str:
    """The first such weekday behind the date."""
    places = [i for i, day in enumerate(dates.DAYS) if day.startswith(name.strip().upper()[:3])]
    if not places or len(name.strip()) < 3:
        raise OraError(1846, "not a valid day of the week")
    weekday = dates.when(dates.as_date(value)).weekday()
    return dates.add_days(value, Decimal((places[0] - weekday - 1) % 7 + 1))


NUMERIC: dict[str, Entry] = {
    "ABS": ("N", "N", abs),
    "CEIL": ("N", "N", numbers.ceiling),
    "FLOOR": ("N", "N", numbers.floor),
    "SIGN": ("N", "N", lambda n: (n > 0) - (n < 0)),
    "MOD": ("NN", "N", numbers.modulo),
    "REMAINDER": ("NN", "N", numbers.remainder),
    "POWER": ("NN", "N", numbers.power),
    "SQRT": ("N", "N", numbers.square_root),
    "EXP": ("N", "N", lambda n: numbers.DIGITS.exp(n)),
    "LN": ("N", "N", numbers.logarithm),
    "LOG": (
        "NN",
        "N",
        lambda base, n: numbers.DIGITS.divide(numbers.logarithm(n), numbers.logarithm(base)),
    ),
    "BITAND": ("NN", "N", numbers.bit_and),
}
TEMPORAL: dict[str, Entry] = {
    "ADD_MONTHS": ("DN", "D", dates.add_months),
    "MONTHS_BETWEEN": ("DD", "N", dates.months_between),
    "LAST_DAY": ("D", "D", dates.last_day),
    "NEXT_DAY": ("DV", "D", next_day),
    "NUMTODSINTERVAL": ("NV", "I", moments.number_to_interval),
    "TO_DSINTERVAL": ("V", "I", moments.text_to_interval),
    "SYS_EXTRACT_UTC": ("Z", "T", dates.in_utc),
}
OTHERS: dict[str, Entry] = {
    "HEXTORAW": ("V", "R", raw_from_hex),
    "RAWTOHEX": ("R", "V", lambda raw: raw.hex().upper()),
    "TO_CLOB": ("V", "L", str),
}


def table(now: Callable[[], datetime], settings: Settings) -> dict[str, Entry]:
    """What SQL may call by its name. `now` is the statement's time, aware."""

    def to_date(text: str, picture: str = "") -> str:
        when = dateparse.parse_date(text, picture or settings.date_format, now())
        return dates.date(when.replace(microsecond=0))

    def to_timestamp(text: str, picture: str = "") -> str:
        shape = picture or settings.timestamp_format
        return dates.timestamp(dateparse.parse_date(text, shape, now()))

    def to_timestamp_tz(text: str, picture: str = "") -> str:
        shape = picture or settings.timestamp_tz_format
        return dates.timestamp_tz(dateparse.parse_zoned(text, shape, now()))

    return {
        **texts.TABLE,
        **NUMERIC,
        **TEMPORAL,
        **OTHERS,
        "TO_DATE": ("V?V", "D", to_date),
        "TO_TIMESTAMP": ("V?V", "T", to_timestamp),
        "TO_TIMESTAMP_TZ": ("V?V", "Z", to_timestamp_tz),
    }


def internal(now: Callable[[], datetime], settings: Settings) -> dict[str, Entry]:
    """What the emitter itself calls, under names that no SQL can reach."""

    def moment_text(value: str) -> str:
        if len(value) == dates.DATE_LENGTH:
            return dates.format_date(value, settings.date_format)
        zoned = dates.has_zone(value)
        shape = settings.timestamp_tz_format if zoned else settings.timestamp_format
        return dates.format_date(value, shape)

    def as_date(value: str) -> str:
        if dates.is_temporal(value):
            return dates.as_date(value)
        return dates.date(dateparse.parse_date(value, settings.date_format, now()))

    def as_zoned(value: str) -> str:
        naive = dates.when(dates.as_timestamp(value))
        return (
            value
            if dates.has_zone(value)
            else dates.timestamp_tz(naive.replace(tzinfo=now().tzinfo))
        )

    return {
        "ora_text_moment": ("A", "V", moment_text),
        "ora_text_interval": ("I", "V", moments.interval_text),
        "ora_text_raw": ("R", "V", lambda raw: raw.hex().upper()),
        "ora_date": ("A", "D", as_date),
        "ora_zoned": ("A", "Z", as_zoned),
        **_numeric(settings),
        **FIXED,
    }


def _numeric(settings: Settings) -> dict[str, Entry]:
    """Conversions of numbers, by the session's NLS_NUMERIC_CHARACTERS."""

    def number_text(value: Decimal) -> str:
        return numbers.to_text(value, settings.numeric_characters)

    def format_number(value: Decimal, picture: str) -> str:
        return numberformat.format_number(value, picture, settings.numeric_characters)

    def parse_number(text: str, picture: str) -> Decimal:
        return numberformat.parse_number(text, picture, settings.numeric_characters)

    return {
        "ora_number": ("V", "N", lambda t: numbers.from_text(t, settings.numeric_characters)),
        "ora_text_number": ("N", "V", number_text),
        "ora_format_number": ("NV", "V", format_number),
        "ora_parse_number": ("VV", "N", parse_number),
    }


FIXED: dict[str, Entry] = {
    "ora_int": ("A", "N", int),
    "ora_whole": ("N", "A", lambda n: max(0, int(n))),
    "ora_ceiling": ("N", "A", lambda n: int(numbers.ceiling(n))),
    "ora_arith": ("VNN", "N", numbers.arithmetic),
    "ora_add_days": ("DN", "D", dates.add_days),
    "ora_days": ("DD", "N", dates.days_between),
    "ora_temporal": ("VAA", "A", moments.arithmetic),
    "ora_scale": ("INV", "I", moments.scale),
    "ora_timestamp": ("A", "T", dates.as_timestamp),
    "ora_utc": ("Z", "T", dates.in_utc),
    "ora_at_zone": ("ZV", "Z", dates.at_zone),
    "ora_round": ("N?N", "N", numbers.round_to),
    "ora_trunc": ("N?N", "N", functools.partial(numbers.round_to, cut=True)),
    "ora_fits": ("NNN", "N", numbers.fits),
    "ora_round_date": ("D?V", "D", periods.nearest),
    "ora_trunc_date": ("D?V", "D", periods.truncate),
    "ora_format_date": ("AV", "V", dates.format_date),
    "ora_extract": ("VA", "N", moments.extract),
    "ora_like": ("VV?V", "A", like.matches),
    "ora_regexp_like": ("VV?V", "A", texts.regexp_like),
    "ora_rtrim": ("V", "V", lambda text: text.rstrip(" ")),
}
NULL_AWARE: dict[str, Entry] = {
    **texts.NULL_AWARE,
    "ora_nvl": ("AA", "A", lambda first, second: second if first is None else first),
}


@functools.cache
def signatures() -> dict[str, Signature]:
    """Of the functions that SQL may call by their names."""
    return {name: signature(entry) for name, entry in table(datetime.now, Settings()).items()}
