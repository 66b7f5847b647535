# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The codec: every value comes back, and the bytes that a real driver and server agree on."""

from __future__ import annotations

import contextlib
import struct
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.oracle.seam import OraError
from lab.oracle.wire import values
from lab.oracle.wire.codec import Malformed, Reader, Short, Writer
from lab.oracle.wire.lobs import Lobs
from lab.oracle.wire.requests import read_request

KNOWN_NUMBERS = [
    (0, "80"),
    (1, "c102"),
    (100, "c202"),
    (Decimal("123.45"), "c202182e"),
    (Decimal("-123.45"), "3d644e3866"),
    (Decimal("0.01"), "c002"),
    (Decimal("0.0001"), "bf02"),
    (-1, "3e6466"),
    (Decimal("1e125"), "ff0b"),
    (0.5, "c033"),
]


@pytest.mark.parametrize(("number", "shape"), KNOWN_NUMBERS)
def test_known_number(number: float | Decimal, shape: str) -> None:
    assert values.encode_number(number).hex() == shape
    assert values.decode_number(bytes.fromhex(shape)) == number


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**60), max_value=10**60
    ).filter(lambda d: len(d.as_tuple().digits) <= 38 and d.adjusted() > -100)
)
def test_number_round_trip(number: Decimal) -> None:
    data = values.encode_number(number)
    assert len(data) <= 22
    assert values.decode_number(data) == number


@given(st.integers(min_value=-(10**38), max_value=10**38))
def test_integer_round_trip(number: int) -> None:
    back = values.decode_number(values.encode_number(number))
    assert back == number
    assert isinstance(back, int)


@given(st.integers(), st.integers())
def test_number_bytes_sort_as_numbers(left: int, right: int) -> None:
    """Oracle compares NUMBERs by their bytes: a wrong exponent or complement would show."""
    if abs(left) < 10**38 and abs(right) < 10**38:
        a, b = values.encode_number(left), values.encode_number(right)
        assert (a < b) == (left < right)


@pytest.mark.parametrize("number", [Decimal("1e126"), Decimal("1e-131"), Decimal("NaN")])
def test_number_overflow(number: Decimal) -> None:
    with pytest.raises(values.NumberOverflow):
        values.encode_number(number)


@given(st.binary(max_size=22))
def test_number_never_crashes(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        values.decode_number(data)


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))
def test_dates(when: datetime) -> None:
    assert values.decode_datetime(values.encode_timestamp(when)) == when
    assert values.decode_datetime(values.encode_date(when)) == when.replace(microsecond=0)


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31)),
    st.integers(min_value=-14 * 60, max_value=14 * 60),
)
def test_dates_with_zone(when: datetime, minutes: int) -> None:
    aware = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    data = values.encode_timestamp_tz(aware)
    assert len(data) == 13
    back = values.decode_datetime(data)
    assert back == aware
    assert back.utcoffset() == aware.utcoffset()


@given(st.timedeltas(min_value=timedelta(days=-900_000), max_value=timedelta(days=900_000)))
def test_intervals(span: timedelta) -> None:
    assert values.decode_interval(values.encode_interval(span)) == span


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_binary_double(left: float, right: float) -> None:
    """They come back, and sort by their bytes as by their values."""
    assert values.decode_double(values.encode_double(left)) == left
    if left < right:
        assert values.encode_double(left) < values.encode_double(right)


@given(st.floats(allow_nan=False, width=32))
def test_binary_float(number: float) -> None:
    assert values.decode_double(values.encode_double(number, single=True)) == number


def test_known_double() -> None:
    assert values.encode_double(1.0) == b"\xbf" + b"\xf0" + bytes(6)
    assert values.decode_double(bytes(255 - byte for byte in struct.pack(">d", -2.0))) == -2.0


@given(
    st.one_of(st.text(min_size=1), st.binary(min_size=1)),
    st.integers(min_value=1, max_value=50),
    st.binary(min_size=2, max_size=20),
)
def test_lob_write_keeps_what_it_does_not_touch(
    value: str | bytes, offset: int, data: bytes
) -> None:
    lobs = Lobs()
    lob = lobs.find(lobs.add(value))
    before, data = lob.data, data[: len(data) // 2 * 2]
    lob.write(offset, data)
    start = (offset - 1) * lob.unit
    assert lob.data[start : start + len(data)] == data
    assert lob.data[:start].startswith(before[:start])
    assert lob.data[start + len(data) :] == before[start + len(data) :]


def test_locator_of_nobody() -> None:
    lobs = Lobs()
    locator = lobs.add("x")
    assert len(locator) == 40
    lobs.free(locator)
    assert len(lobs) == 0
    for wrong in (locator, b"", bytes(40)):
        with pytest.raises(OraError, match="ORA-22275"):
            lobs.find(wrong)


@given(st.binary(max_size=400), st.sampled_from([7, 12, 24]))
def test_no_bytes_crash_the_reader(data: bytes, fields: int) -> None:
    """What a client cannot have sent is told as such (the session makes one error of them)."""
    for head in (b"", b"\x03\x5e\x01", b"\x11\x87\x01", b"\x03\x60\x01", b"\x11\x60\x01"):
        with contextlib.suppress(Short, Malformed, ValueError, OverflowError):
            read_request(head + data, fields, {})


@given(st.lists(st.integers(min_value=-(2**63), max_value=2**63 - 1)))
def test_universal_integers(numbers: list[int]) -> None:
    reader = Reader(bytes(Writer().ub(*numbers)))
    assert [reader.ub() for _ in numbers] == numbers
    assert reader.left == 0


@given(st.lists(st.binary(max_size=300)), st.binary(min_size=252, max_size=70_000))
def test_strings_with_lengths(parts: list[bytes], long: bytes) -> None:
    writer = Writer()
    for part in [*parts, long]:
        writer.lp(part).tl(part)
    reader = Reader(bytes(writer))
    for part in [*parts, long]:
        assert reader.lp() == (part or None)
        assert reader.tl() == (part or None)


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1), st.data())
def test_cut_bytes_are_short(parts: list[bytes], data: st.DataObject) -> None:
    """A message that has not arrived whole must say so, wherever it was cut."""
    writer = Writer()
    for part in parts:
        writer.tl(part)
    whole = bytes(writer)
    cut = data.draw(st.integers(min_value=0, max_value=len(whole) - 1))
    reader = Reader(whole[:cut])
    with pytest.raises(Short):
        for _ in parts:
            reader.tl()


def test_bind_types() -> None:
    assert values.decode_bind(values.VARCHAR2, 1, "票据".encode()) == "票据"
    assert values.decode_bind(values.VARCHAR2, 2, "票据".encode("utf-16-be")) == "票据"
    assert values.decode_bind(values.RAW, 0, b"\x00\xff") == b"\x00\xff"
    assert values.decode_bind(values.NUMBER, 0, None) is None
    aware = datetime(2026, 3, 31, 2, tzinfo=UTC)
    assert values.decode_bind(values.TIMESTAMP_TZ, 0, values.encode_timestamp_tz(aware)) == aware
    with pytest.raises(Malformed):
        values.decode_bind(109, 0, b"object")
