# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packets: framing, the CONNECT / ACCEPT / REFUSE exchange, markers."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass

from lab.oracle.wire.codec import Malformed, Reader, Writer

CONNECT, ACCEPT, REFUSE, REDIRECT, DATA, RESEND, MARKER = 1, 2, 4, 5, 6, 11, 12
EOF_FLAG, END_OF_RESPONSE_FLAG = 0x0040, 0x2000
NO_SERVICES, ENCRYPTION_REQUIRED = 0x04, 0x10
"""Flags of ACCEPT on native network services."""
BREAK, RESET, INTERRUPT = 1, 2, 3
WITH_IDENTITY = 319
HEADER = 8
LONGEST = 1 << 21
"""No client of ours sends a larger packet; a larger length is a stray client (HTTP, say)."""


@dataclass(frozen=True)
class Packet:
    kind: int
    body: bytes

    @property
    def is_end(self) -> bool:
        """The client's last packet: DATA with the EOF flag and nothing else."""
        return self.kind == DATA and bool(int.from_bytes(self.body[:2], "big") & EOF_FLAG)

    @property
    def marker(self) -> int:
        return self.body[2] if self.kind == MARKER and len(self.body) >= 3 else 0


@dataclass(frozen=True)
class ConnectRequest:
    version: int
    lowest: int
    sdu: int
    text: str

    def wanted(self, key: str) -> str:
        """A value of the connect data, such as SERVICE_NAME or SID; '' when absent."""
        found = re.search(rf"\(\s*{key}\s*=\s*([^()]*?)\s*\)", self.text, re.IGNORECASE)
        return found.group(1) if found else ""


class Stream:
    """Packets over one TCP connection. Lengths take 4 bytes once `accepted` is set."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.sdu = 8192
        self.accepted = False
        self.service = ""
        """The service that the client asked for; "" when it named an instance."""

    async def read(self) -> Packet:
        """The next packet; IncompleteReadError or ConnectionError when the client is gone."""
        head = await self.reader.readexactly(HEADER)
        length = int.from_bytes(head[: 4 if self.accepted else 2], "big")
        if not HEADER <= length <= LONGEST:
            raise Malformed(f"packet of {length} bytes")
        return Packet(head[4], await self.reader.readexactly(length - HEADER))

    def packet(self, kind: int, body: bytes) -> bytes:
        length = HEADER + len(body)
        head = length.to_bytes(4, "big") if self.accepted else length.to_bytes(2, "big") + b"\0\0"
        return head + bytes([kind, 0, 0, 0]) + body

    def write(self, kind: int, body: bytes) -> None:
        self.writer.write(self.packet(kind, body))

    async def send_data(self, message: bytes, *, last: bool = False) -> None:
        """A TTC message, cut at the SDU (which counts 8 header and 2 flag bytes).

        `last`: its last packet is marked as the end of a response.
        """
        size = self.sdu - 10
        parts = [message[start : start + size] for start in range(0, len(message), size)]
        packets = [self.packet(DATA, b"\0\0" + part) for part in parts[:-1]]
        flags = END_OF_RESPONSE_FLAG if last else 0
        packets.append(self.packet(DATA, flags.to_bytes(2, "big") + parts[-1]))
        self.writer.write(b"".join(packets))
        await self.writer.drain()

    async def send_marker(self, kind: int) -> None:
        self.write(MARKER, bytes([1, 0, kind]))
        await self.writer.drain()

    async def read_connect(self) -> ConnectRequest:
        packet = await self.read()
        if packet.kind != CONNECT or len(packet.body) < 66:
            raise Malformed("no CONNECT packet")
        body = Reader(packet.body)
        version, lowest = body.u16(), body.u16()
        body.pos = 24 - HEADER
        size, offset = body.u16(), body.u16()
        body.pos = 58 - HEADER
        sdu = body.u32()
        text = packet.body[offset - HEADER : offset - HEADER + size]
        while len(text) < size:
            text += (await self.read()).body[2:]
        return ConnectRequest(version, lowest, sdu, text.decode("utf-8", "replace"))

    async def accept(
        self, version: int, sdu: int, flags: int = 0, *, encryption: bool = False
    ) -> None:
        """`flags`: what the server can do. `encryption`: it insists on its own, below TLS."""
        services = NO_SERVICES | (ENCRYPTION_REQUIRED if encryption else 0)
        body = Writer().u16(version).u16(1).u16(min(sdu, 65535)).u16(min(sdu, 65535))
        body.u16(1).u16(0).u16(45).u8(services, services).raw(bytes(8))
        body.u32(sdu).u32(sdu).u8(0).u32(flags)
        if version >= WITH_IDENTITY:
            # Random, so that no client takes this server for one that it has met.
            body.raw(os.urandom(16))
        self.write(ACCEPT, bytes(body))
        self.sdu, self.accepted = sdu, True
        await self.writer.drain()

    async def refuse(self, code: int) -> None:
        text = (
            f"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR={code})"
            f"(ERROR_STACK=(ERROR=(CODE={code})(EMFI=4))))"
        ).encode()
        self.write(REFUSE, bytes(Writer().u8(0x22, 0).u16(len(text)).raw(text)))
        await self.writer.drain()

    async def ask_again(self) -> None:
        """RESEND: the client repeats its CONNECT."""
        self.write(RESEND, b"")
        await self.writer.drain()

    async def redirect(self, address: str, text: str) -> None:
        """Send the client to another address, with connect data for it."""
        target = f"{address}\0{text}".encode()
        self.write(REDIRECT, bytes(Writer().u16(len(target))))
        self.write(DATA, b"\0\0" + target)
        await self.writer.drain()
