# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""LOBs behind locators, for one session: reading, temporary ones, freeing.

Text is kept as UTF-16BE, which is how it travels; its offsets and sizes count 2-byte units.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from lab.oracle.seam import OraError
from lab.oracle.wire.codec import Reader, Writer

PARAMETER, LOB_DATA = 8, 14
LENGTH, READ, TRIM, WRITE, CHUNK_SIZE = 0x01, 0x02, 0x20, 0x40, 0x4000
CREATE_TEMP, FREE_TEMP, IS_OPEN, OPEN, CLOSE = 0x110, 0x111, 0x11000, 0x8000, 0x10000
LOCATOR, CHUNK = 40, 8060
BLOB_KIND = 113
TEXT = "utf-16-be"
VARIABLE_WIDTH, TEMPORARY = 0x80, 0x01


@dataclass
class Lob:
    data: bytes
    is_text: bool
    temporary: bool = False
    is_open: bool = False

    @property
    def unit(self) -> int:
        return 2 if self.is_text else 1

    @property
    def value(self) -> str | bytes:
        return self.data.decode(TEXT) if self.is_text else self.data

    def write(self, offset: int, data: bytes) -> None:
        """Put `data` at `offset` (from 1), padded where the LOB is shorter."""
        start = (offset - 1) * self.unit
        pad = " ".encode(TEXT) if self.is_text else b"\0"
        missing = max(0, start - len(self.data)) // self.unit
        self.data = (self.data + pad * missing)[:start] + data + self.data[start + len(data) :]


@dataclass(frozen=True)
class LobCall:
    """One LOB operation as the client asked for it."""

    operation: int
    locator: bytes = b""
    offset: int = 0
    kind: int = 0
    """The wanted type of a new temporary LOB."""
    data: bytes | None = None
    amount: int | None = None


def read_call(reader: Reader) -> LobCall:
    """The body of a LOB operation, behind the function header."""
    reader.u8()
    size = reader.ub()
    reader.u8()
    reader.ub()
    reader.skip("bbuuu")
    operation = reader.ub()
    reader.skip("uu")
    offset, kind = reader.ub(), reader.ub()
    has_amount = reader.u8()
    reader.raw(6)
    locator = reader.raw(size)
    data = None
    if operation == CREATE_TEMP:
        reader.ub()
    elif operation == WRITE:
        reader.u8()
        data = reader.lp() or b""
    amount = reader.ub() if has_amount else None
    return LobCall(operation, locator, offset, kind, data, amount)


class Lobs:
    """The LOBs that a session has locators of."""

    def __init__(self) -> None:
        self._lobs: dict[int, Lob] = {}
        self._numbers = itertools.count(1)

    def __len__(self) -> int:
        return len(self._lobs)

    def add(self, value: str | bytes, *, temporary: bool = False) -> bytes:
        """Keep a value; return its locator."""
        is_text = isinstance(value, str)
        data = value.encode(TEXT) if isinstance(value, str) else value
        number = next(self._numbers)
        self._lobs[number] = Lob(data, is_text, temporary)
        out = bytearray(LOCATOR)
        out[:2] = (LOCATOR - 2).to_bytes(2, "big")
        out[6] = VARIABLE_WIDTH if is_text else 0
        out[7] = TEMPORARY if temporary else 0
        out[16:24] = number.to_bytes(8, "big")
        return bytes(out)

    def find(self, locator: bytes) -> Lob:
        number = int.from_bytes(locator[16:24], "big")
        if len(locator) < 24 or number not in self._lobs:
            raise OraError(22275, "invalid LOB locator specified")
        return self._lobs[number]

    def free(self, locator: bytes) -> None:
        self._lobs.pop(int.from_bytes(locator[16:24], "big"), None)

    def column(self, value: str | bytes | None, *, sizes: bool = True) -> bytes:
        """A LOB in a row: NULL, or a new locator, with its sizes for who asked for them."""
        if value is None:
            return bytes(Writer().ub(0))
        locator = self.add(value)
        lob = self.find(locator)
        out = Writer().ub(LOCATOR)
        if sizes:
            out.ub(len(lob.data) // lob.unit, CHUNK)
        return bytes(out.lp(locator))

    def answer(self, call: LobCall) -> bytes:
        """The answer's messages but for the ERROR that ends it."""
        if call.operation == CREATE_TEMP:
            empty: str | bytes = b"" if call.kind == BLOB_KIND else ""
            locator = self.add(empty, temporary=True)
            made = Writer().u8(PARAMETER).raw(locator).ub(873).u8(0)
            if call.amount is not None:
                made.ub(call.amount)
            return bytes(made)
        lob = self.find(call.locator)
        out, amount = Writer(), call.amount
        if call.operation == READ:
            start = (call.offset - 1) * lob.unit
            part = lob.data[start : start + (amount or 0) * lob.unit]
            amount = len(part) // lob.unit
            if part:
                out.u8(LOB_DATA).lp(part)
        elif call.operation in (LENGTH, CHUNK_SIZE):
            amount = len(lob.data) // lob.unit if call.operation == LENGTH else CHUNK
        else:
            self._change(lob, call)
        out.u8(PARAMETER).raw(call.locator)
        if call.amount is not None:
            out.ub(amount or 0)
        if call.operation == IS_OPEN:
            out.u8(lob.is_open)
        return bytes(out)

    def _change(self, lob: Lob, call: LobCall) -> None:
        if call.operation == WRITE:
            lob.write(call.offset, call.data or b"")
        elif call.operation == TRIM:
            lob.data = lob.data[: (call.amount or 0) * lob.unit]
        elif call.operation in (OPEN, CLOSE):
            lob.is_open = call.operation == OPEN
        elif call.operation == FREE_TEMP:
            self.free(call.locator)
        elif call.operation != IS_OPEN:
            raise OraError(3115, "unsupported network datatype or representation")
