# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in rows and binds: NUMBER, dates, intervals and text as bytes and back.

A decoded NUMBER is an int or a Decimal. Dates are naive `datetime`; the fraction of a TIMESTAMP
is cut at microseconds because Python has no finer clock.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal

from lab.oracle.wire.codec import Malformed

VARCHAR2, NUMBER, BINARY_INTEGER, LONG, DATE, RAW, LONG_RAW = 1, 2, 3, 8, 12, 23, 24
CHAR, BINARY_FLOAT, BINARY_DOUBLE = 96, 100, 101
CLOB, BLOB = 112, 113
TIMESTAMP, TIMESTAMP_TZ, INTERVAL_DS, TIMESTAMP_LTZ = 180, 181, 183, 231
BOOLEAN = 252
BIAS = 1 << 31
DIGITS = Context(prec=40, rounding=ROUND_HALF_UP)

Value = int | float | Decimal | str | bytes | datetime | timedelta | None


class NumberOverflow(Exception):
    """The number does not fit in a NUMBER (ORA-01426)."""


def encode_number(value: int | float | Decimal) -> bytes:
    """NUMBER as base-100 digits behind an exponent byte; rounds to 40 digits."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise NumberOverflow(str(value))
    sign, digits, exponent = DIGITS.plus(number).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).lstrip("0")
    if not text:
        return b"\x80"
    if exponent % 2:
        text, exponent = text + "0", exponent - 1
    text = "0" * (len(text) % 2) + text
    pairs = [int(text[i : i + 2]) for i in range(0, len(text), 2)]
    high = len(pairs) + exponent // 2
    pairs = _fit(pairs)
    head = 192 + high
    if not 128 <= head <= 255:
        raise NumberOverflow(str(value))
    if not sign:
        return bytes([head, *(pair + 1 for pair in pairs)])
    tail = [102] if len(pairs) < 20 else []
    return bytes([255 - head, *(101 - pair for pair in pairs), *tail])


def _fit(pairs: list[int]) -> list[int]:
    """At most 20 pairs (the 21st only ever holds half a pair), no zero pairs at the end."""
    pairs = pairs[:20]
    while pairs[-1] == 0:
        pairs.pop()
    return pairs


def decode_number(data: bytes) -> int | Decimal:
    if data == b"\x80":
        return 0
    if not data:
        raise Malformed("empty NUMBER")
    positive = bool(data[0] & 0x80)
    high = (data[0] if positive else 255 - data[0]) - 192
    body = data[1:]
    if not positive and body.endswith(b"\x66"):
        body = body[:-1]
    pairs = [byte - 1 if positive else 101 - byte for byte in body]
    if any(not 0 <= pair <= 99 for pair in pairs) or not pairs:
        raise Malformed("NUMBER digits")
    text = "".join(f"{pair:02d}" for pair in pairs)
    exponent = 2 * (high - len(pairs))
    if exponent >= 0:
        whole = int(text) * int(10**exponent)
        return whole if positive else -whole
    number = Decimal((0 if positive else 1, tuple(map(int, text)), exponent))
    return int(number) if number == number.to_integral_value() else number


def encode_date(when: datetime) -> bytes:
    return bytes(
        [
            when.year // 100 + 100,
            when.year % 100 + 100,
            when.month,
            when.day,
            when.hour + 1,
            when.minute + 1,
            when.second + 1,
        ]
    )


def encode_timestamp(when: datetime) -> bytes:
    if not when.microsecond:
        return encode_date(when)
    return encode_date(when) + (when.microsecond * 1000).to_bytes(4, "big")


def encode_timestamp_tz(when: datetime) -> bytes:
    """`when` must be aware; the bytes hold UTC and the offset."""
    offset = when.utcoffset() or timedelta(0)
    minutes = int(offset.total_seconds() // 60)
    hours = int(minutes / 60)
    there = when.astimezone(UTC)
    fraction = (there.microsecond * 1000).to_bytes(4, "big")
    return encode_date(there) + fraction + bytes([hours + 20, minutes - hours * 60 + 60])


def decode_datetime(data: bytes) -> datetime:
    """DATE, TIMESTAMP (naive) and TIMESTAMP TZ (aware), told apart by their length."""
    if len(data) not in (7, 11, 13):
        raise Malformed("length of a date")
    year = (data[0] - 100) * 100 + data[1] - 100
    micro = int.from_bytes(data[7:11], "big") // 1000 if len(data) > 7 else 0
    when = datetime(year, data[2], data[3], data[4] - 1, data[5] - 1, data[6] - 1, micro)
    if len(data) < 13:
        return when
    offset = timedelta(hours=data[11] - 20, minutes=data[12] - 60)
    return when.replace(tzinfo=UTC).astimezone(timezone(offset))


def encode_interval(span: timedelta) -> bytes:
    total = abs(span)
    sign = -1 if span < timedelta(0) else 1
    hours, rest = divmod(total.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return (
        (BIAS + sign * total.days).to_bytes(4, "big")
        + bytes([60 + sign * hours, 60 + sign * minutes, 60 + sign * seconds])
        + (BIAS + sign * total.microseconds * 1000).to_bytes(4, "big")
    )


def decode_interval(data: bytes) -> timedelta:
    if len(data) != 11:
        raise Malformed("length of an interval")
    return timedelta(
        days=int.from_bytes(data[:4], "big") - BIAS,
        hours=data[4] - 60,
        minutes=data[5] - 60,
        seconds=data[6] - 60,
        microseconds=(int.from_bytes(data[7:], "big") - BIAS) // 1000,
    )


def encode_double(value: float, *, single: bool = False) -> bytes:
    """BINARY_DOUBLE or BINARY_FLOAT: IEEE, with the bits turned so that bytes sort as numbers."""
    plain = struct.pack(">f" if single else ">d", value)
    if plain[0] & 0x80:
        return bytes(255 - byte for byte in plain)
    return bytes([plain[0] | 0x80]) + plain[1:]


def decode_double(data: bytes) -> float:
    """BINARY_DOUBLE (8 bytes) and BINARY_FLOAT (4)."""
    if len(data) not in (4, 8):
        raise Malformed("length of a binary number")
    if data[0] & 0x80:
        plain = bytes([data[0] & 0x7F]) + data[1:]
    else:
        plain = bytes(255 - byte for byte in data)
    return float(struct.unpack(">d" if len(data) == 8 else ">f", plain)[0])


def decode_bind(kind: int, form: int, data: bytes | None) -> Value:
    """One bind value; raises Malformed for a type the stand-in does not take.

    A CLOB or BLOB stays its locator, a BOOLEAN becomes 0 or 1.
    """
    if data is None:
        return None
    if kind in (VARCHAR2, CHAR, LONG):
        return data.decode("utf-16-be" if form == 2 else "utf-8")
    if kind in (NUMBER, BINARY_INTEGER):
        return decode_number(data)
    if kind in (DATE, TIMESTAMP, TIMESTAMP_TZ, TIMESTAMP_LTZ):
        return decode_datetime(data)
    if kind in (RAW, LONG_RAW, CLOB, BLOB):
        return data
    if kind == BOOLEAN:
        return int(data[-1])
    if kind == INTERVAL_DS:
        return decode_interval(data)
    if kind in (BINARY_DOUBLE, BINARY_FLOAT):
        return decode_double(data)
    raise Malformed(f"bind of type {kind}")
