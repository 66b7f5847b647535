# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client's conversation: negotiation, logon, then one request at a time until it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from lab.oracle.faults import Faults
from lab.oracle.seam import Column, Engine, OraError, Result, SessionFacts
from lab.oracle.wire import logon, requests, responses, tns
from lab.oracle.wire.codec import Malformed, Reader, Short
from lab.oracle.wire.logon import AuthMessage, Challenge, Client, Profile
from lab.oracle.wire.requests import BindType, Request

T = TypeVar("T")
CANCELLED = OraError(1013, "user requested cancel of current operation")
LARGEST_REQUEST = 64 * 1024 * 1024


class Gone(Exception):
    """The client has left, or the connection was cut."""


class Host(Protocol):
    """What a session needs of the server."""

    profile: Profile
    faults: Faults
    instance_name: str
    service_name: str

    def next_session(self, user: str, hello: logon.Pairs) -> SessionFacts: ...

    def password(self, user: str) -> str | None: ...

    def judge(self, user: str, *, right: bool) -> OraError | None:
        """Count a login attempt; the error that it gets, None for success."""
        ...

    def open_engine(self, facts: SessionFacts) -> Engine: ...

    def close_engine(self, facts: SessionFacts, engine: Engine) -> None: ...


@dataclass
class Cursor:
    sql: str
    bind_types: list[BindType]
    columns: list[Column] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    sent: int = 0


class Session:
    def __init__(self, host: Host, stream: tns.Stream) -> None:
        self.host = host
        self.stream = stream
        self.packets: asyncio.Queue[tns.Packet | None] = asyncio.Queue()
        self.cursors: dict[int, Cursor] = {}
        self.last_cursor = 0
        self.fields = host.profile.field_version
        self.client = Client(self.fields, universal_scale=False)

    async def serve(self) -> None:
        """Run until the client leaves. Raises Malformed for what no client should send."""
        pump = asyncio.create_task(self._pump())
        try:
            await self._negotiate()
            facts = await self._log_on()
            if facts is None:
                await self._until_gone()
                return
            self.engine = self.host.open_engine(facts)
            try:
                while True:
                    await self._one_request()
            finally:
                self.host.close_engine(facts, self.engine)
        except Gone:
            pass
        finally:
            pump.cancel()

    async def _pump(self) -> None:
        """Packets into the queue, None at the end: a call in progress can look for a break."""
        try:
            while True:
                self.packets.put_nowait(await self.stream.read())
        except (asyncio.IncompleteReadError, OSError, Malformed):
            self.packets.put_nowait(None)

    async def _next(self) -> tns.Packet:
        packet = await self.packets.get()
        if packet is None or packet.is_end:
            raise Gone
        return packet

    async def _until_gone(self) -> None:
        while True:
            await self._next()

    async def _receive(self, parse: Callable[[bytes], T]) -> T:
        """One message: packets are added until it can be parsed whole."""
        buffer = b""
        while True:
            packet = await self._next()
            if packet.kind == tns.MARKER:
                buffer = b""
                await self._reset(packet.marker)
                continue
            if packet.kind != tns.DATA:
                raise Malformed(f"packet of type {packet.kind}")
            buffer += packet.body[2:]
            try:
                return parse(buffer)
            except Short:
                if len(buffer) > LARGEST_REQUEST:
                    raise Malformed("request without end") from None

    async def _reset(self, marker: int) -> None:
        """Answer a break (1, 3) with the whole exchange and ORA-01013, a lone reset with one."""
        if marker == tns.RESET:
            await self.stream.send_marker(tns.RESET)
            return
        if self.host.faults.ignore_break:
            await self._until_gone()
        await self.stream.send_marker(tns.BREAK)
        while (await self._next()).marker != tns.RESET:
            pass
        await self.stream.send_marker(tns.RESET)
        await self.stream.send_data(responses.error(CANCELLED, self.fields))

    async def _negotiate(self) -> None:
        def protocol(data: bytes) -> None:
            reader = Reader(data)
            if reader.u8() != logon.PROTOCOL:
                raise Malformed("no PROTOCOL message")
            logon.read_protocol(reader)

        def data_types(data: bytes) -> Client:
            reader = Reader(data)
            if reader.u8() != logon.DATA_TYPES:
                raise Malformed("no DATA TYPES message")
            return logon.read_data_types(reader)

        await self._receive(protocol)
        await self.stream.send_data(logon.protocol_answer(self.host.profile))
        self.client = await self._receive(data_types)
        self.fields = min(self.fields, self.client.field_version)
        await self.stream.send_data(b"\x02\x00\x00")

    async def _log_on(self) -> SessionFacts | None:
        """None when the logon was refused; the client has its error by then."""

        def auth(data: bytes) -> AuthMessage:
            request = requests.read_request(data, self.fields, {})
            if request.function not in (logon.AUTH_1, logon.AUTH_2) or request.body is None:
                raise Malformed("no logon")
            return logon.read_auth(request.body, request.function)

        hello = await self._receive(auth)
        user = logon.fold_user(hello.user)
        challenge = Challenge(self.host.password(user))
        await self.stream.send_data(challenge.message() + responses.error(None, self.fields))
        answer = await self._receive(auth)
        proof = challenge.proof(answer.pairs)
        problem = self.host.judge(user, right=proof is not None)
        if problem or proof is None:
            await self.stream.send_data(responses.error(problem, self.fields))
            return None
        facts = self.host.next_session(user, hello.pairs)
        welcome = logon.welcome(
            self.host.profile, self.host.instance_name, self.host.service_name, facts, proof
        )
        await self.stream.send_data(welcome + responses.error(None, self.fields))
        return facts

    async def _one_request(self) -> None:
        known = {number: cursor.bind_types for number, cursor in self.cursors.items()}
        request = await self._receive(lambda data: requests.read_request(data, self.fields, known))
        for number in request.close:
            self.cursors.pop(number, None)
        answer = await self._watch(self._answer(request))
        if answer is not None:
            await self.stream.send_data(answer)

    async def _watch(self, job: Awaitable[bytes]) -> bytes | None:
        """The job's answer; None when a break came first (and has been answered)."""
        task = asyncio.ensure_future(job)
        packet = asyncio.ensure_future(self._next())
        await asyncio.wait({task, packet}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            packet.cancel()
            await asyncio.gather(packet, return_exceptions=True)
            if packet.cancelled():
                return task.result()
        self.engine.interrupt()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        arrived = packet.result()
        if arrived.kind != tns.MARKER:
            raise Malformed("a second request during the first")
        await self._reset(arrived.marker)
        return None

    async def _answer(self, request: Request) -> bytes:
        kind = request.function
        try:
            if kind in (requests.EXECUTE, requests.REEXECUTE, requests.REEXECUTE_FETCH):
                return await self._execute(request)
            if kind == requests.FETCH:
                return await self._fetch(request)
            if kind in (requests.COMMIT, requests.ROLLBACK, requests.PING, requests.LOGOFF):
                return responses.status()
            raise OraError(3115, "unsupported network datatype or representation")
        except OraError as problem:
            return responses.error(problem, self.fields, cursor=request.cursor)

    def _cursor(self, request: Request) -> Cursor:
        if request.sql is None:
            if request.cursor not in self.cursors:
                raise OraError(1001, "invalid cursor")
            cursor = self.cursors[request.cursor]
            if request.function == requests.EXECUTE and request.bind_types:
                cursor.bind_types = request.bind_types
            return cursor
        if request.cursor == 0:
            self.last_cursor = request.cursor = self.last_cursor % 65535 + 1
        cursor = self.cursors[request.cursor] = Cursor(request.sql, request.bind_types)
        return cursor

    async def _execute(self, request: Request) -> bytes:
        faults = self.host.faults
        cursor = self._cursor(request)
        if faults.kill_on_execute:
            self._cut()
        if faults.slow_seconds:
            await asyncio.sleep(faults.slow_seconds)
        execute = request.function != requests.EXECUTE or request.options & 0x20
        binds = request.binds[0] if request.binds else []
        job = self.engine.execute if execute else self.engine.describe
        result: Result = await _in_thread(self.engine, job, cursor.sql, binds)
        cursor.columns, cursor.rows, cursor.sent = list(result.columns), list(result.rows), 0
        if not result.is_query:
            return responses.error(None, self.fields, cursor=request.cursor)
        answer = b""
        if request.function == requests.EXECUTE:
            scale = self.client.universal_scale
            answer = responses.describe(cursor.columns, self.fields, universal_scale=scale)
        return answer + self._batch(request, cursor, more=not execute)

    async def _fetch(self, request: Request) -> bytes:
        if self.host.faults.kill_on_fetch:
            self._cut()
        if self.host.faults.hang_in_fetch:
            await asyncio.Event().wait()
        return self._batch(request, self._cursor(request), more=False)

    def _batch(self, request: Request, cursor: Cursor, *, more: bool) -> bytes:
        """The next rows and the ERROR that says whether more may follow."""
        batch = cursor.rows[cursor.sent : cursor.sent + request.rows]
        cursor.sent += len(batch)
        body = responses.rows(cursor.columns, batch) if batch else b""
        done = None if more or cursor.sent < len(cursor.rows) else responses.NO_DATA
        end = responses.error(done, self.fields, cursor=request.cursor, rows=cursor.sent)
        return body + end

    def _cut(self) -> None:
        self.stream.writer.transport.abort()
        raise Gone


async def _in_thread(
    engine: Engine, job: Callable[[str, list[Any]], Result], sql: str, binds: list[Any]
) -> Result:
    """Run in a thread; when cancelled, stop the engine and wait until it really has ended."""
    future = asyncio.get_running_loop().run_in_executor(None, job, sql, binds)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        while not future.done():
            engine.interrupt()
            await asyncio.wait({future}, timeout=0.05)
        raise
