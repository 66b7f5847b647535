# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses: DESCRIBE, rows, ERROR and STATUS messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lab.oracle import seam
from lab.oracle.seam import Column, OraError
from lab.oracle.wire import values
from lab.oracle.wire.codec import Writer

ERROR, ROW_HEADER, ROW, STATUS, DESCRIBE = 4, 6, 7, 9, 16
NO_DATA = OraError(1403, "no data found")
WIRE_TYPE = {
    seam.NUMBER: values.NUMBER,
    seam.VARCHAR2: values.VARCHAR2,
    seam.DATE: values.DATE,
    seam.TIMESTAMP: values.TIMESTAMP,
    seam.TIMESTAMP_TZ: values.TIMESTAMP_TZ,
    seam.INTERVAL: values.INTERVAL_DS,
    seam.RAW: values.RAW,
    seam.LONG: values.LONG,
}
FIXED_SIZE = {
    seam.NUMBER: 22,
    seam.DATE: 7,
    seam.TIMESTAMP: 11,
    seam.TIMESTAMP_TZ: 13,
    seam.INTERVAL: 11,
    seam.LONG: 0x7FFFFFFF,
}
TEXT_SIZE, RAW_SIZE = 4000, 2000


def status() -> bytes:
    """The whole answer to ping, commit, rollback and logoff."""
    return bytes(Writer().u8(STATUS).ub(0).u8(0))


def error(problem: OraError | None, fields: int, *, cursor: int = 0, rows: int = 0) -> bytes:
    """The ERROR message that ends a response; None means success."""
    code = problem.code if problem else 0
    out = Writer().u8(ERROR).ub(0, 0, rows, code, 0, 0, cursor)
    out.ub(problem.offset if problem else 0).u8(0, 0, 0, 0, 0, 0)
    out.ub(0, 0).u8(0).ub(0, 0)
    out.ub(0).u8(0, 0).ub(0, 0, 0, 0, 0, 0)
    out.ub(code, rows)
    if fields >= 14:
        out.ub(0, 0)
    if problem:
        out.lp(f"{problem}\n".encode())
    return bytes(out)


def describe(columns: Sequence[Column], fields: int, *, universal_scale: bool) -> bytes:
    """`universal_scale`: a 1.x python driver, which reads the scale as a universal integer."""
    sizes = [_size(column) for column in columns]
    out = Writer().u8(DESCRIBE).lp(bytes(16)).ub(sum(size for _, size in sizes) & 0x7FFFFFFF)
    out.ub(len(columns))
    if columns:
        out.u8(1)
    for position, (column, size) in enumerate(zip(columns, sizes, strict=True), 1):
        _describe_column(out, column, size, position, fields, universal_scale)
    out.tl(bytes(7)).ub(0, 0, 0, 0, 0)
    return bytes(out)


def _size(column: Column) -> tuple[int, int]:
    """Characters and bytes. The bytes are never 0: that would mean "always NULL"."""
    if column.kind == seam.VARCHAR2:
        chars = column.size or TEXT_SIZE
        return chars, 4 * chars
    if column.kind == seam.RAW:
        return 0, column.size or RAW_SIZE
    return 0, FIXED_SIZE[column.kind]


def _describe_column(
    out: Writer,
    column: Column,
    size: tuple[int, int],
    position: int,
    fields: int,
    universal_scale: bool,
) -> None:
    text = column.kind in (seam.VARCHAR2, seam.LONG)
    scale = {seam.NUMBER: -127, seam.TIMESTAMP: 6, seam.TIMESTAMP_TZ: 6, seam.INTERVAL: 6}
    out.u8(WIRE_TYPE[column.kind], 0x80, 0)
    if universal_scale and column.kind in scale:
        out.ub(scale[column.kind])
    else:
        out.u8(scale.get(column.kind, 0))
    out.ub(size[1], 0, 0, 0, 0, 873 if text else 0).u8(1 if text else 0).ub(size[0])
    if fields >= 8:
        out.ub(0)
    name = column.name.encode()
    out.u8(1, len(name)).tl(name).ub(0, 0, position, 0)
    if fields >= 17:
        out.ub(0, 0)
    if fields >= 20:
        out.ub(0)
    if fields >= 24:
        out.ub(0).u8(0, 0)


def rows(columns: Sequence[Column], batch: Sequence[Sequence[Any]]) -> bytes:
    out = Writer().u8(ROW_HEADER, 2).raw(bytes(6))
    for row in batch:
        out.u8(ROW)
        for column, value in zip(columns, row, strict=True):
            _write_value(out, column.kind, value)
    return bytes(out)


def _write_value(out: Writer, kind: str, value: Any) -> None:
    out.lp(None if value is None else _encode(kind, value))
    if kind == seam.LONG:
        out.ub(0 if value is not None else -1, 0)


def _encode(kind: str, value: Any) -> bytes:
    if kind == seam.NUMBER:
        try:
            return values.encode_number(value)
        except values.NumberOverflow as overflow:
            raise OraError(1426, "numeric overflow") from overflow
    if isinstance(value, timedelta):
        return values.encode_interval(value)
    if isinstance(value, datetime):
        if kind == seam.DATE:
            return values.encode_date(value)
        if kind == seam.TIMESTAMP_TZ:
            return values.encode_timestamp_tz(value)
        return values.encode_timestamp(value)
    return value if isinstance(value, bytes) else str(value).encode()
