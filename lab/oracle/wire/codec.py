# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The primitives of the TTC protocol: universal integers and length-prefixed bytes.

Readers raise Short when the bytes end early: a request carries no end mark, so the session
reads another packet and parses again from the start. Parsing therefore changes nothing.
"""

from __future__ import annotations

CHUNK = 32767
LONGEST_SHORT = 252
ESCAPE, CHUNKED = 253, 254


class Short(Exception):
    """The bytes end before the value does; more packets are needed."""


class Malformed(Exception):
    """The bytes cannot be what the client should have sent here."""


class Reader:
    """Reads primitives from one byte string."""

    def __init__(self, data: bytes, pos: int = 0) -> None:
        self.data = data
        self.pos = pos

    @property
    def left(self) -> int:
        return len(self.data) - self.pos

    def raw(self, count: int) -> bytes:
        if count > self.left:
            raise Short
        start = self.pos
        self.pos += count
        return self.data[start : self.pos]

    def u8(self) -> int:
        return self.raw(1)[0]

    def u16(self) -> int:
        return int.from_bytes(self.raw(2), "big")

    def u16le(self) -> int:
        return int.from_bytes(self.raw(2), "little")

    def u32(self) -> int:
        return int.from_bytes(self.raw(4), "big")

    def ub(self) -> int:
        """A universal integer of any width (ub2, ub4, ub8, sb2, sb4, sb8)."""
        head = self.u8()
        size = head & 0x7F
        if size > 8:
            raise Malformed(f"universal integer of {size} bytes")
        value = int.from_bytes(self.raw(size), "big")
        return -value if head & 0x80 else value

    def lp(self) -> bytes | None:
        """Length-prefixed bytes; None is NULL."""
        length = self.u8()
        if length in (0, 255):
            return None
        if length == ESCAPE:
            self.u8()
            return None
        if length != CHUNKED:
            return self.raw(length)
        parts = []
        while size := self.ub():
            parts.append(self.raw(size))
        return b"".join(parts)

    def tl(self) -> bytes | None:
        """Bytes with two lengths; None when the first is 0."""
        return self.lp() if self.ub() else None

    def skip(self, layout: str) -> None:
        """Read and drop values: u = one byte, b = universal integer, l = lp, t = tl."""
        for letter in layout:
            {"u": self.u8, "b": self.ub, "l": self.lp, "t": self.tl}[letter]()


class Writer:
    """Collects primitives; `bytes(writer)` is the message."""

    def __init__(self) -> None:
        self.out = bytearray()

    def __bytes__(self) -> bytes:
        return bytes(self.out)

    def raw(self, data: bytes) -> Writer:
        self.out += data
        return self

    def u8(self, *values: int) -> Writer:
        self.out += bytes(value & 0xFF for value in values)
        return self

    def u16(self, value: int) -> Writer:
        self.out += value.to_bytes(2, "big")
        return self

    def u32(self, value: int) -> Writer:
        self.out += value.to_bytes(4, "big")
        return self

    def ub(self, *values: int) -> Writer:
        """Universal integers in their canonical widths 0, 1, 2, 4 or 8."""
        for value in values:
            size = abs(value)
            width = next(n for n in (0, 1, 2, 4, 8) if size < 1 << (8 * n))
            self.out.append(width | (0x80 if value < 0 else 0))
            self.out += size.to_bytes(width, "big")
        return self

    def lp(self, data: bytes | None) -> Writer:
        if not data:
            self.out.append(0)
        elif len(data) <= LONGEST_SHORT:
            self.out.append(len(data))
            self.out += data
        else:
            self.out.append(CHUNKED)
            for start in range(0, len(data), CHUNK):
                part = data[start : start + CHUNK]
                self.ub(len(part)).raw(part)
            self.ub(0)
        return self

    def tl(self, data: bytes | None) -> Writer:
        self.ub(len(data or b""))
        return self.lp(data) if data else self
