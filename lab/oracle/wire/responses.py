# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses: DESCRIBE, rows, OUT binds, ERROR and STATUS messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lab.oracle import seam
from lab.oracle.seam import Column, OraError
from lab.oracle.wire import values
from lab.oracle.wire.codec import Writer
from lab.oracle.wire.lobs import Lobs
from lab.oracle.wire.requests import BindType

ERROR, ROW_HEADER, ROW, STATUS, IO_VECTOR, DESCRIBE = 4, 6, 7, 9, 11, 16
CALL_ENDED, IN_TRANSACTION = 1, 2
"""Bits of the call status. Clients of Oracle's only look at the second; seerdb's finds the end of
a LOB by the first."""
DIRECTION_IN, DIRECTION_IN_OUT = 32, 48
PLAIN_SCALE = -127
NO_DATA = OraError(1403, "no data found")
WIRE_TYPE = {
    seam.NUMBER: values.NUMBER,
    seam.VARCHAR2: values.VARCHAR2,
    seam.CHAR: values.CHAR,
    seam.DATE: values.DATE,
    seam.TIMESTAMP: values.TIMESTAMP,
    seam.TIMESTAMP_TZ: values.TIMESTAMP_TZ,
    seam.TIMESTAMP_LTZ: values.TIMESTAMP_LTZ,
    seam.INTERVAL: values.INTERVAL_DS,
    seam.RAW: values.RAW,
    seam.LONG: values.LONG,
    seam.LONG_RAW: values.LONG_RAW,
    seam.BINARY_DOUBLE: values.BINARY_DOUBLE,
    seam.BINARY_FLOAT: values.BINARY_FLOAT,
    seam.CLOB: values.CLOB,
    seam.BLOB: values.BLOB,
}
FIXED_SIZE = {
    seam.NUMBER: 22,
    seam.DATE: 7,
    seam.TIMESTAMP: 11,
    seam.TIMESTAMP_TZ: 13,
    seam.TIMESTAMP_LTZ: 11,
    seam.INTERVAL: 11,
    seam.LONG: 0x7FFFFFFF,
    seam.LONG_RAW: 0x7FFFFFFF,
    seam.BINARY_DOUBLE: 8,
    seam.BINARY_FLOAT: 4,
    seam.CLOB: 4000,
    seam.BLOB: 4000,
}
WITH_SCALE = (values.NUMBER, values.TIMESTAMP, values.TIMESTAMP_TZ, values.TIMESTAMP_LTZ,
              values.INTERVAL_DS)  # fmt: skip
TEXTS = (seam.VARCHAR2, seam.CHAR, seam.LONG, seam.CLOB)
TEXT_SIZE, RAW_SIZE = 4000, 2000


def status(*, in_transaction: bool = False) -> bytes:
    """The whole answer to ping, commit, rollback and logoff."""
    return bytes(Writer().u8(STATUS).ub(_call_status(in_transaction)).u8(0))


def _call_status(in_transaction: bool) -> int:
    return CALL_ENDED | (IN_TRANSACTION if in_transaction else 0)


def error(
    problem: OraError | None,
    fields: int,
    *,
    cursor: int = 0,
    rows: int = 0,
    in_transaction: bool = False,
) -> bytes:
    """The ERROR message that ends a response; None means success."""
    code = problem.code if problem else 0
    out = Writer().u8(ERROR).ub(_call_status(in_transaction))
    out.ub(0, rows, code, 0, 0, cursor)
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
    if column.kind in (seam.VARCHAR2, seam.CHAR):
        chars = column.size or TEXT_SIZE
        return chars, 4 * chars
    if column.kind == seam.RAW:
        return 0, column.size or RAW_SIZE
    return 0, FIXED_SIZE[column.kind]


def _scale(column: Column) -> int:
    if column.kind == seam.NUMBER:
        return PLAIN_SCALE if column.scale is None else column.scale
    return 6 if WIRE_TYPE[column.kind] in WITH_SCALE else 0


def _describe_column(
    out: Writer,
    column: Column,
    size: tuple[int, int],
    position: int,
    fields: int,
    universal_scale: bool,
) -> None:
    text = column.kind in TEXTS
    kind = WIRE_TYPE[column.kind]
    out.u8(kind, 0x80, column.precision)
    if universal_scale and kind in WITH_SCALE:
        out.ub(_scale(column))
    else:
        out.u8(_scale(column))
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


def fetch_types(columns: Sequence[Column], defines: Sequence[BindType]) -> list[int]:
    """How each column travels: LOBs as the client's defines say, all others by their own type."""
    types = [WIRE_TYPE[column.kind] for column in columns]
    for index, wanted in enumerate(defines[: len(types)]):
        if types[index] in (values.CLOB, values.BLOB):
            types[index] = wanted.kind
    return types


def rows(types: Sequence[int], batch: Sequence[Sequence[Any]], lobs: Lobs, *, sizes: bool) -> bytes:
    """`sizes`: the client has defined its columns, and so asked for the sizes of LOBs."""
    out = Writer().u8(ROW_HEADER, 2).raw(bytes(6))
    for row in batch:
        out.u8(ROW)
        for kind, value in zip(types, row, strict=True):
            if kind in (values.CLOB, values.BLOB):
                out.raw(lobs.column(value, sizes=sizes))
                continue
            out.lp(None if value is None else encode(kind, value))
            if kind in (values.LONG, values.LONG_RAW):
                out.ub(0 if value is not None else -1, 0)
    return bytes(out)


def out_binds(types: Sequence[BindType], outs: Mapping[int, Any], lobs: Lobs) -> bytes:
    """IO VECTOR and the values of the OUT binds, by position.

    They are said to be IN OUT: the client then sends all binds when it executes again.
    """
    high, low = divmod(len(types), 256)
    out = Writer().u8(IO_VECTOR, 0).ub(low, high, 0, 0, 0, 0)
    out.u8(*(DIRECTION_IN_OUT if i in outs else DIRECTION_IN for i in range(len(types))))
    out.u8(ROW)
    for index, bind in enumerate(types):
        if index not in outs:
            continue
        value = outs[index]
        if bind.kind in (values.CLOB, values.BLOB):
            out.raw(lobs.column(value))
        elif value is None and bind.kind == values.BOOLEAN:
            out.u8(0xFD, 1)
        else:
            out.lp(None if value is None else encode(bind.kind, value, bind.form))
        out.ub(0)
    return bytes(out)


def encode(kind: int, value: Any, form: int = 1) -> bytes:
    """A value as a type travels. Raises OraError where it does not fit."""
    if kind in (values.NUMBER, values.BINARY_INTEGER):
        try:
            return values.encode_number(value)
        except values.NumberOverflow as overflow:
            raise OraError(1426, "numeric overflow") from overflow
    if kind in (values.BINARY_DOUBLE, values.BINARY_FLOAT):
        return values.encode_double(float(value), single=kind == values.BINARY_FLOAT)
    if kind == values.BOOLEAN:
        return b"\x01\x01" if value else b"\x00"
    if isinstance(value, timedelta):
        return values.encode_interval(value)
    if isinstance(value, datetime):
        if kind == values.DATE:
            return values.encode_date(value)
        if kind == values.TIMESTAMP_TZ:
            return values.encode_timestamp_tz(value)
        return values.encode_timestamp(value)
    if isinstance(value, bytes):
        return value
    return str(value).encode("utf-16-be" if form == 2 else "utf-8")
