# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Oracle's functions as Python, by name, with the kinds of their arguments and results.

A signature lists the kinds of the arguments, the optional ones behind a `?`:
N number, V text, D date or timestamp (given as DATE), Z with time zone, R raw, I interval. None is
NULL; a function is not called when an argument is NULL (the engine sees to it), except those of NULL_AWARE.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lab.oracle import seam
from lab.oracle.seam import OraError
from lab.oracle.sql import dateparse, dates, numbers

WORD = re.compile(r"[^\W_]+")
KINDS = {
    "N": seam.NUMBER,
    "V": seam.VARCHAR2,
    "D": seam.DATE,
    "T": seam.TIMESTAMP,
    "Z": seam.TIMESTAMP_TZ,
    "R": seam.RAW,
    "I": seam.INTERVAL,
    "L": seam.LONG,
}


@dataclass(frozen=True)
class Signature:
    needed: str
    optional: str
    result: str

    @property
    def most(self) -> int:
        return len(self.needed) + len(self.optional)

    def kind(self, place: int) -> str:
        return KINDS[(self.needed + self.optional)[place]]


def substr(text: str, start: float, length: float | None = None) -> str | None:
    first = int(start)
    if length is not None and length < 1:
        return None
    if first < 0:
        first += len(text) + 1
        if first < 1:
            return None
    first = max(first, 1) - 1
    return text[first:] if length is None else text[first : first + int(length)]


def instr(text: str, part: str, start: float = 1, nth: float = 1) -> int:
    place = int(start) - 1
    if place < 0:
        raise OraError(3001, "unimplemented feature")
    for _ in range(int(nth)):
        place = text.find(part, place) + 1
        if not place:
            return 0
    return place


def pad(text: str, width: float, fill: str = " ", *, left: bool) -> str:
    size = int(width)
    if len(text) >= size:
        return text[: max(size, 0)]
    filler = (fill * size)[: size - len(text)]
    return filler + text if left else text + filler


def left_trim(text: str, chars: str = " ") -> str:
    return text.lstrip(chars)


def right_trim(text: str, chars: str = " ") -> str:
    return text.rstrip(chars)


def initcap(text: str) -> str:
    return WORD.sub(lambda word: word.group().capitalize(), text)


def translate(text: str, old: str, new: str) -> str:
    table = {ord(a): (new[i] if i < len(new) else None) for i, a in reversed([*enumerate(old)])}
    return text.translate(table)


def num_to_interval(value: float, unit: str) -> str:
    scale = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}.get(unit.upper().strip())
    if scale is None:
        raise OraError(1760, "illegal argument for function")
    return dates.interval(timedelta(seconds=float(value) * scale))


def as_text(value: Any) -> str:
    """The implicit conversion to text."""
    if isinstance(value, int | float):
        return numbers.to_text(value)
    if isinstance(value, bytes):
        return value.hex().upper()
    if dates.is_temporal(value):
        short = len(value) == dates.DATE_LENGTH
        picture = dates.NLS_DATE_FORMAT if short else dates.NLS_TIMESTAMP_FORMAT
        return dates.format_date(value, picture)
    if isinstance(value, str) and value.startswith(dates.INTERVAL_TAG):
        return interval_text(dates.span(value))
    return str(value)


def interval_text(span: timedelta) -> str:
    total = abs(span)
    hours, rest = divmod(total.seconds, 3600)
    sign = "-" if span < timedelta(0) else "+"
    clock = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}.{total.microseconds:06d}"
    return f"{sign}{total.days:09d} {clock}"


def raw_from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as problem:
        raise OraError(1465, "invalid hex number") from problem


def extract(field: str, value: str) -> float:
    """EXTRACT(field FROM ...); the field is known to the emitter."""
    if value.startswith(dates.INTERVAL_TAG):
        span = dates.span(value)
        sign = -1 if span < timedelta(0) else 1
        total = abs(span)
        parts: dict[str, float] = {
            "DAY": total.days,
            "HOUR": total.seconds // 3600,
            "MINUTE": total.seconds // 60 % 60,
            "SECOND": total.seconds % 60 + total.microseconds / 1e6,
        }
    else:
        moment = dates.when(value)
        sign = 1
        parts = {"YEAR": moment.year, "MONTH": moment.month, "DAY": moment.day}
        if len(value) > dates.DATE_LENGTH:
            second = moment.second + moment.microsecond / 1e6
            parts |= {"HOUR": moment.hour, "MINUTE": moment.minute, "SECOND": second}
    if field not in parts:
        raise OraError(30076, "invalid extract field for extract source")
    number = sign * parts[field]
    return int(number) if number == int(number) else number


def temporal_arithmetic(sign: str, left: Any, right: Any) -> Any:
    """+ and - where an interval takes part, and the difference of two timestamps."""
    if left is None or right is None:
        return None
    a_span, b_span = (str(v).startswith(dates.INTERVAL_TAG) for v in (left, right))
    factor = 1 if sign == "+" else -1
    if a_span and b_span:
        return dates.interval(dates.span(left) + factor * dates.span(right))
    if b_span:
        return dates.like(left, dates.when(left) + factor * dates.span(right))
    if a_span:
        return dates.like(right, dates.when(right) + dates.span(left))
    one, two = (dates.when(dates.as_timestamp(v)) for v in (left, right))
    return dates.interval(one - two)


def scale_interval(value: str | None, factor: float | None, sign: str) -> str | None:
    if value is None or factor is None:
        return None
    if sign == "/" and not factor:
        raise OraError(1476, "divisor is equal to zero")
    return dates.interval(dates.span(value) * (factor if sign == "*" else 1 / factor))


def round_date(value: str, unit: str = "DD") -> str:
    if unit.upper() not in ("DD", "DDD", "J"):
        raise OraError(3001, "unimplemented feature")
    return dates.truncate(dates.add_days(value, 0.5))


Call = Callable[..., Any]


TEXT: dict[str, tuple[str, str, Call]] = {
    "UPPER": ("V", "V", str.upper),
    "LOWER": ("V", "V", str.lower),
    "INITCAP": ("V", "V", initcap),
    "LENGTH": ("V", "N", len),
    "LENGTHB": ("V", "N", lambda text: len(text.encode())),
    "SUBSTR": ("VN?N", "V", substr),
    "INSTR": ("VV?NN", "N", instr),
    "LTRIM": ("V?V", "V", left_trim),
    "RTRIM": ("V?V", "V", right_trim),
    "LPAD": ("VN?V", "V", lambda *args: pad(*args, left=True)),
    "RPAD": ("VN?V", "V", lambda *args: pad(*args, left=False)),
    "TRANSLATE": ("VVV", "V", translate),
    "CHR": ("N", "V", lambda code: chr(int(code))),
    "ASCII": ("V", "N", lambda text: ord(text[0])),
}


def table(now: Callable[[], datetime]) -> dict[str, tuple[str, str, Call]]:
    """Name -> (arguments, result, function). `now` is the statement's naive local time."""

    def to_date(text: str, picture: str = dates.NLS_DATE_FORMAT) -> str:
        return dates.date(dateparse.parse_date(text, picture, now()))

    def to_timestamp(text: str, picture: str) -> str:
        return dates.timestamp(dateparse.parse_date(text, picture, now()))

    return {
        **TEXT,
        "ABS": ("N", "N", abs),
        "CEIL": ("N", "N", lambda n: -(-n // 1)),
        "FLOOR": ("N", "N", lambda n: n // 1),
        "SIGN": ("N", "N", lambda n: (n > 0) - (n < 0)),
        "MOD": ("NN", "N", numbers.modulo),
        "POWER": ("NN", "N", numbers.power),
        "SQRT": ("N", "N", numbers.square_root),
        "ADD_MONTHS": ("DN", "D", dates.add_months),
        "MONTHS_BETWEEN": ("DD", "N", dates.months_between),
        "LAST_DAY": ("D", "D", dates.last_day),
        "NUMTODSINTERVAL": ("NV", "I", num_to_interval),
        "HEXTORAW": ("V", "R", raw_from_hex),
        "RAWTOHEX": ("R", "V", lambda raw: raw.hex().upper()),
        "TO_CLOB": ("V", "L", str),
        "TO_DATE": ("V?V", "D", to_date),
        "TO_TIMESTAMP": ("VV", "T", to_timestamp),
        "SYS_EXTRACT_UTC": ("Z", "T", dates.in_utc),
    }


def concat(left: str | None, right: str | None) -> str:
    return (left or "") + (right or "")


def replace(text: str | None, old: str | None, new: str | None = None) -> str | None:
    return text.replace(old, new or "") if text and old else text


NULL_AWARE: dict[str, Call] = {"ora_concat": concat, "ora_replace": replace}


def internal(now: Callable[[], datetime]) -> dict[str, Call]:
    """What the emitter itself calls, under names that no SQL can reach."""
    return {
        "ora_arith": numbers.arithmetic,
        "ora_add_days": dates.add_days,
        "ora_days": dates.days_between,
        "ora_temporal": temporal_arithmetic,
        "ora_scale": scale_interval,
        "ora_number": numbers.from_text,
        "ora_text": as_text,
        "ora_date": lambda v: (
            dates.as_date(v)
            if dates.is_temporal(v)
            else dates.date(dateparse.parse_date(v, dates.NLS_DATE_FORMAT, now()))
        ),
        "ora_timestamp": dates.as_timestamp,
        "ora_round": numbers.round_to,
        "ora_trunc": lambda *args: numbers.round_to(*args, cut=True),
        "ora_round_date": round_date,
        "ora_trunc_date": dates.truncate,
        "ora_format_number": numbers.format_number,
        "ora_format_date": dates.format_date,
        "ora_parse_number": numbers.parse_number,
        "ora_extract": extract,
    }


def signatures() -> dict[str, Signature]:
    out = {}
    for name, (arguments, result, _) in table(datetime.now).items():
        needed, _, optional = arguments.partition("?")
        out[name] = Signature(needed, optional, KINDS[result])
    return out
