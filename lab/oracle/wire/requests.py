# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of a logged-on client: function messages and the piggybacks before them, parsed."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.oracle.wire.codec import Malformed, Reader
from lab.oracle.wire.values import Value, decode_bind

FUNCTION, PIGGYBACK, ROW = 3, 17, 7
EXECUTE, FETCH, REEXECUTE, REEXECUTE_FETCH = 94, 5, 4, 78
COMMIT, ROLLBACK, PING, LOGOFF, LOB_OPERATION = 14, 15, 147, 9, 96
OPTION_EXECUTE, OPTION_FETCH, OPTION_DEFINE, OPTION_PLSQL = 0x20, 0x40, 0x10, 0x400
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
    close: list[int] = field(default_factory=list)
    module: dict[str, str] = field(default_factory=dict)
    cursor: int = 0
    sql: str | None = None
    options: int = 0
    rows: int = 0
    binds: list[list[Value]] = field(default_factory=list)
    bind_types: list[BindType] = field(default_factory=list)
    body: Reader | None = None


def read_request(data: bytes, fields: int, known: dict[int, list[BindType]]) -> Request:
    """Parse a request. `known`: bind types by cursor, for re-execution. Raises Short, Malformed.

    Logon functions are left unparsed: `body` stands behind their header.
    """
    reader = Reader(data)
    request = Request(0)
    while (kind := reader.u8()) == PIGGYBACK:
        function = reader.u8()
        _header_rest(reader, fields)
        _read_piggyback(reader, function, request)
    if kind != FUNCTION:
        raise Malformed(f"message of type {kind}")
    request.function = reader.u8()
    _header_rest(reader, fields)
    if request.function == EXECUTE:
        _read_execute(reader, fields, request)
    elif request.function == FETCH:
        request.cursor, request.rows = reader.ub(), reader.ub()
    elif request.function in (REEXECUTE, REEXECUTE_FETCH):
        _read_reexecute(reader, request, known)
    request.body = reader
    return request


def _header_rest(reader: Reader, fields: int) -> None:
    reader.u8()
    if fields >= 18:
        reader.ub()


def _read_execute(reader: Reader, fields: int, request: Request) -> None:
    request.options, request.cursor = reader.ub(), reader.ub()
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
        # For a query that is executed again the second number is the rows to fetch, not the
        # iterations; the eighth says that it is a query.
        _read_rows(reader, request, 1 if extra[7] else max(extra[1], 1))
    elif has_defines and defines:
        _read_types(reader, defines, fields)


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
        values: list[Value] = [None] * len(types)
        for index in order:
            kind = types[index]
            values[index] = decode_bind(kind.kind, kind.form, reader.lp())
        request.binds.append(values)


def _read_reexecute(reader: Reader, request: Request, known: dict[int, list[BindType]]) -> None:
    request.cursor, request.rows = reader.ub(), reader.ub()
    reader.skip("bb")
    request.bind_types = known.get(request.cursor, [])
    if request.bind_types:
        fetch = request.function == REEXECUTE_FETCH
        _read_rows(reader, request, 1 if fetch else request.rows)


def _read_piggyback(reader: Reader, function: int, request: Request) -> None:
    if function == 105:
        reader.u8()
        request.close += [reader.ub() for _ in range(reader.ub())]
    elif function == 152:
        reader.skip("ut")
    elif function == 135:
        _read_end_to_end(reader, request)
    elif function == 154:
        reader.skip("ubu")
        count = reader.ub()
        reader.skip("bul")
        _skip_pairs(reader, count)
    elif function == 176:
        reader.ub()
    elif function == 204:
        reader.skip("bu")
        _skip_pairs(reader, reader.ub())
    elif function == 96:
        _skip_free_lobs(reader)
    else:
        raise Malformed(f"piggyback {function}")


def _skip_pairs(reader: Reader, count: int) -> None:
    for _ in range(count):
        reader.skip("ttb")


def _read_end_to_end(reader: Reader, request: Request) -> None:
    """Module, action and the like; what a length of 0 stands for is absent from the strings."""
    reader.skip("uub")
    lengths = {}
    for name in ("client_identifier", "module", "action"):
        reader.u8()
        lengths[name] = reader.ub()
    reader.skip("ububu")
    lengths["client_info"] = reader.ub()
    reader.skip("ububu")
    lengths["dbop"] = reader.ub()
    for name, length in lengths.items():
        if length:
            request.module[name] = (reader.lp() or b"").decode()


def _skip_free_lobs(reader: Reader) -> None:
    reader.u8()
    size = reader.ub()
    reader.skip("ubbbuuububbu" + "ub" * 3)
    reader.raw(size)
