# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client's packets: whole messages in, responses out, breaks answered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from lab.oracle.faults import Faults
from lab.oracle.seam import OraError
from lab.oracle.wire import responses, tns
from lab.oracle.wire.codec import Malformed, Short, Writer
from lab.oracle.wire.logon import OLD_CLIENT_FIELDS, Client

T = TypeVar("T")
CANCELLED = OraError(1013, "user requested cancel of current operation")
LARGEST_REQUEST = 64 * 1024 * 1024
TOKEN, END_OF_RESPONSE = 33, 29


class Gone(Exception):
    """The client has left, or the connection was cut."""


class Conversation:
    """Packets of one connection. `fields` is the field version that both sides speak."""

    def __init__(self, stream: tns.Stream, faults: Faults, fields: int) -> None:
        self.stream = stream
        self.faults = faults
        self.fields = fields
        self.client = Client(fields)
        self.arrived: asyncio.Queue[tns.Packet | None] = asyncio.Queue()
        self.ahead: deque[tns.Packet] = deque()
        """What came while a call was running: the further calls of a pipeline."""

    @property
    def answer_fields(self) -> int:
        """The field version of responses: 1.x drivers agree to more than they can read."""
        return min(self.fields, OLD_CLIENT_FIELDS) if self.client.universal_scale else self.fields

    def agree(self, client: Client) -> None:
        """Take what the client said of itself."""
        self.client = client
        self.fields = min(self.fields, client.field_version)

    async def pump(self) -> None:
        """Packets into the queue, None at the end: a call in progress can look for a break."""
        try:
            while True:
                self.arrived.put_nowait(await self.stream.read())
        except (asyncio.IncompleteReadError, OSError, Malformed):
            self.arrived.put_nowait(None)

    async def new_packet(self) -> tns.Packet:
        packet = await self.arrived.get()
        if packet is None or packet.is_end:
            raise Gone
        return packet

    async def _next(self) -> tns.Packet:
        return self.ahead.popleft() if self.ahead else await self.new_packet()

    async def until_gone(self) -> None:
        while True:
            await self._next()

    async def receive(self, parse: Callable[[bytes], T]) -> T:
        """One message: packets are added until it can be parsed whole."""
        buffer = b""
        while True:
            packet = await self._next()
            if packet.kind == tns.MARKER:
                buffer = b""
                await self.reset(packet.marker)
                continue
            if packet.kind != tns.DATA:
                raise Malformed(f"packet of type {packet.kind}")
            buffer += packet.body[2:]
            try:
                return parse(buffer)
            except Short:
                if len(buffer) > LARGEST_REQUEST:
                    raise Malformed("request without end") from None
            except (ValueError, OverflowError) as error:
                raise Malformed(f"a value that no client sends: {error}") from error

    async def reset(self, marker: int) -> None:
        """Answer a break (1, 3) with the whole exchange and ORA-01013, a lone reset with one."""
        if marker == tns.RESET:
            await self.stream.send_marker(tns.RESET)
            return
        if self.faults.ignore_break:
            await self.until_gone()
        self.ahead.clear()
        await self.stream.send_marker(tns.BREAK)
        while (await self.new_packet()).marker != tns.RESET:
            pass
        await self.stream.send_marker(tns.RESET)
        await self.respond(responses.error(CANCELLED, self.answer_fields))

    async def respond(self, message: bytes, token: int = 0) -> None:
        """A whole response, with its number in a pipeline and its end marked where agreed."""
        if token:
            message = bytes(Writer().u8(TOKEN).ub(token)) + message
        marked = self.client.end_of_response
        if marked:
            message += bytes([END_OF_RESPONSE])
        await self.stream.send_data(message, last=marked)

    def cut(self) -> None:
        """End the connection without a word."""
        self.stream.writer.transport.abort()
        raise Gone
