# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of a logged-on client: function messages and the piggybacks before them, parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lab.oracle.wire import lobs, values
from lab.oracle.wire.codec import Malformed, Reader
from lab.oracle.wire.piggybacks import Asides, read_piggyback
from lab.oracle.wire.values import Value, decode_bind

FUNCTION, PIGGYBACK, ROW = 3, 17, 7
EXECUTE, FETCH, REEXECUTE, REEXECUTE_FETCH = 94, 5, 4, 78
COMMIT, ROLLBACK, PING, LOGOFF, LOB_OPERATION = 14, 15, 147, 9, 96
PIPELINE_END = 200
OPTION_DEFINE, OPTION_EXECUTE, OPTION_FETCH = 0x10, 0x20, 0x40
OPTION_COMMIT, OPTION_PLSQL, OPTION_BATCH_ERRORS = 0x100, 0x400, 0x80000
COMMIT_AGAIN = 1
"""The bit of a re-execution's second options that commits."""
RETURNING = re.compile(r"\breturn(ing)?\b.*\binto\b", re.IGNORECASE | re.DOTALL)
MAX_STRING_SIZE = 32767
LONGEST_BINDS = 65535


@dataclass(frozen=True)
class BindType:
    kind: int
    size: int
    form: int


@dataclass
class Request:
    """One call. `function` says which fields mean something."""

    function: int
    token: int = 0
    """The call's number in a pipeline; 0 outside of one."""
    asides: Asides = field(default_factory=Asides)
    cursor: int = 0
    sql: str | None = None
    options: int = 0
    rows: int = 0
    binds: list[list[Value]] = field(default_factory=list)
    bind_types: list[BindType] = field(default_factory=list)
    defines: list[BindType] = field(default_factory=list)
    commit: bool = False
    returning: bool = False
    """DML that returns values into binds: which of them the client sends is not said."""
    lob: lobs.LobCall | None = None


def read_request(data: bytes, fields: int, known: dict[int, list[BindType]]) -> Request:
    """Parse a request. `known`: bind types by cursor, for re-execution. Raises Short, Malformed.

    The body of a function that the stand-in does not know is left unread.
    """
    reader = Reader(data)
    request = Request(0)
    while (kind := reader.u8()) == PIGGYBACK:
        function = reader.u8()
        _token(reader, fields)
        read_piggyback(reader, function, request.asides)
    if kind != FUNCTION:
        raise Malformed(f"message of type {kind}")
    request.function = reader.u8()
    request.token = _token(reader, fields)
    if request.function == EXECUTE:
        _read_execute(reader, fields, request)
    elif request.function == FETCH:
        request.cursor, request.rows = reader.ub(), reader.ub()
    elif request.function in (REEXECUTE, REEXECUTE_FETCH):
        _read_reexecute(reader, request, known)
    elif request.function == LOB_OPERATION:
        request.lob = lobs.read_call(reader)
    elif request.function == PIPELINE_END:
        reader.ub()
    return request


def _token(reader: Reader, fields: int) -> int:
    reader.u8()
    return reader.ub() if fields >= 18 else 0


def _read_execute(reader: Reader, fields: int, request: Request) -> None:
    request.options, request.cursor = reader.ub(), reader.ub()
    request.commit = bool(request.options & OPTION_COMMIT)
    has_sql = reader.u8()
    reader.skip("bubuub")
    request.rows = reader.ub()
    reader.ub()
    has_binds, binds = reader.u8(), reader.ub()
    reader.raw(5)
    has_defines, defines = reader.u8(), reader.ub()
    reader.skip("buuububbubu")
    if fields >= 8:
        reader.skip("ububu")
    if fields >= 9:
        reader.skip("ub")
    if has_sql:
        request.sql = (reader.lp() or b"").decode()
    extra = [reader.ub() for _ in range(13)]
    if has_binds and binds:
        request.bind_types = _read_types(reader, binds, fields)
        plsql = request.options & OPTION_PLSQL
        request.returning = not plsql and bool(RETURNING.search(request.sql or ""))
        if request.returning:
            return
        # For a query that is executed again the second number is the rows to fetch, not the
        # iterations; the eighth says that it is a query.
        _read_rows(reader, request, 1 if extra[7] else max(extra[1], 1))
    elif has_defines and defines:
        request.defines = _read_types(reader, defines, fields)


def _read_types(reader: Reader, count: int, fields: int) -> list[BindType]:
    if count > LONGEST_BINDS:
        raise Malformed("number of binds")
    types = []
    for _ in range(count):
        kind = reader.u8()
        reader.skip("uuu")
        size = reader.ub()
        reader.skip("bb")
        if reader.ub():
            raise Malformed("object bind")
        reader.skip("bb")
        form = reader.u8()
        reader.ub()
        if fields >= 8:
            reader.ub()
        types.append(BindType(kind, size, form))
    return types


def _read_rows(reader: Reader, request: Request, count: int) -> None:
    """Bind rows; long values stand behind the others (SQL only)."""
    types = request.bind_types
    late = [not request.options & OPTION_PLSQL and t.size > MAX_STRING_SIZE for t in types]
    order = sorted(range(len(types)), key=lambda i: late[i])
    for _ in range(count):
        if reader.u8() != ROW:
            raise Malformed("no bind row")
        row: list[Value] = [None] * len(types)
        for index in order:
            kind = types[index]
            data = reader.tl() if kind.kind in (values.CLOB, values.BLOB) else reader.lp()
            row[index] = decode_bind(kind.kind, kind.form, data)
        request.binds.append(row)


def _read_reexecute(reader: Reader, request: Request, known: dict[int, list[BindType]]) -> None:
    request.cursor, request.rows = reader.ub(), reader.ub()
    reader.ub()
    request.commit = bool(reader.ub() & COMMIT_AGAIN)
    request.options = OPTION_EXECUTE
    fetch = request.function == REEXECUTE_FETCH
    request.options |= OPTION_FETCH if fetch else 0
    request.bind_types = known.get(request.cursor, [])
    if request.bind_types:
        _read_rows(reader, request, 1 if fetch else request.rows)
    elif not fetch:
        request.binds = [[] for _ in range(request.rows)]
