# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client's session: negotiation, logon, then its requests until it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Protocol

from lab.oracle.faults import Faults
from lab.oracle.seam import Engine, OraError, SessionFacts
from lab.oracle.wire import logon, requests, responses, tns
from lab.oracle.wire.calls import Calls
from lab.oracle.wire.codec import Malformed, Reader
from lab.oracle.wire.conversation import Conversation, Gone
from lab.oracle.wire.logon import AuthMessage, Client
from lab.oracle.wire.piggybacks import ABORT_ON_ERROR
from lab.oracle.wire.profiles import Profile
from lab.oracle.wire.requests import Request
from lab.oracle.wire.verifier import CHALLENGES, Challenge, Pairs

NO_DATA_TYPES = b"\x02\x00\x00"
"""An answer to DATA TYPES without entries is enough for every client."""
SKIPPED = OraError(3115, "unsupported network datatype or representation")
"""For the calls of a pipeline behind one that failed; clients throw it away."""


class Host(Protocol):
    """What a session needs of the server."""

    profile: Profile
    faults: Faults
    instance_name: str
    service_name: str

    def next_session(self, user: str, hello: Pairs, *, sysdba: bool) -> SessionFacts: ...

    def credentials(self, user: str) -> tuple[str | None, str]:
        """Password (None: no such user) and kind of verifier: 12c, 11g, 10g."""
        ...

    def judge(self, user: str, *, right: bool, sysdba: bool) -> OraError | None:
        """Count a login attempt; the error that it gets, None for success."""
        ...

    def open_engine(self, facts: SessionFacts) -> Engine: ...

    def close_engine(self, facts: SessionFacts, engine: Engine) -> None: ...


class Session:
    def __init__(self, host: Host, stream: tns.Stream) -> None:
        self.host = host
        self.talk = Conversation(stream, host.faults, host.profile.field_version)
        self.pipeline = 0
        """The mode of the pipeline that is being answered, 0 outside of one."""
        self.skip = False

    async def serve(self) -> None:
        """Run until the client leaves. Raises Malformed for what no client should send."""
        pump = asyncio.create_task(self.talk.pump())
        try:
            admitted = await self._log_on(await self._negotiate())
            if admitted is None:
                await self.talk.until_gone()
                return
            facts, welcome = admitted
            facts = self.facts = replace(facts, service=self.talk.stream.service)
            # Before the client hears that it is in: what it then sees of itself must be there.
            self.engine = self.host.open_engine(facts)
            self.calls = Calls(self.talk, self.engine)
            try:
                await self._greet(welcome)
                while True:
                    await self._one_request()
            finally:
                self.host.close_engine(facts, self.engine)
        except Gone:
            pass
        finally:
            pump.cancel()

    async def _negotiate(self) -> AuthMessage:
        """PROTOCOL and DATA TYPES; the client's AUTH 1, which FAST AUTH brings along.

        A client may ask for the PROTOCOL first and log on fast all the same (seerdb does).
        """
        protocol = self.host.profile.protocol()
        self.greeting = b""
        said = await self.talk.receive(_read_negotiation)
        if said is None:
            await self.talk.stream.send_data(protocol)
            said = await self.talk.receive(_read_negotiation)
        if said is None:
            raise Malformed("PROTOCOL twice")
        client, hello = said
        if hello:
            self.talk.agree(client)
            self.greeting = protocol + NO_DATA_TYPES
            return hello
        await self.talk.stream.send_data(NO_DATA_TYPES)
        self.talk.agree(client)
        return await self._auth(logon.AUTH_1)

    async def _auth(self, function: int) -> AuthMessage:
        fields = self.talk.fields
        return await self.talk.receive(lambda data: logon.read_auth(Reader(data), function, fields))

    async def _log_on(self, hello: AuthMessage) -> tuple[SessionFacts, bytes] | None:
        """The session and its welcome; None when refused: the client has its error by then."""
        user = logon.fold_user(hello.user)
        password, kind = self.host.credentials(user)
        challenge: Challenge = CHALLENGES[kind](password)
        await self._greet(logon.parameters(challenge.pairs()))
        answer = await self._auth(logon.AUTH_2)
        sysdba = bool(answer.mode & logon.MODE_SYSDBA)
        proof = challenge.proof(answer.pairs)
        problem = self.host.judge(user, right=proof is not None, sysdba=sysdba)
        if problem or proof is None:
            await self.talk.respond(responses.error(problem, self.talk.answer_fields))
            return None
        facts = self.host.next_session(user, hello.pairs | answer.pairs, sysdba=sysdba)
        host = self.host
        welcome = logon.welcome(host.profile, host.instance_name, host.service_name, facts, proof)
        return facts, welcome

    async def _greet(self, message: bytes) -> None:
        end = responses.error(None, self.talk.answer_fields)
        await self.talk.respond(self.greeting + message + end)
        self.greeting = b""

    async def _one_request(self) -> None:
        known = self.calls.known_binds()
        fields = self.talk.fields
        request = await self.talk.receive(lambda data: requests.read_request(data, fields, known))
        self.facts.told.update(request.asides.told)
        self._follow_pipeline(request)
        if self.skip:
            await self.talk.respond(
                responses.error(SKIPPED, self.talk.answer_fields), request.token
            )
            return
        answer = await self._watch(self._answer(request))
        if answer is not None:
            await self.talk.respond(answer, request.token)

    def _follow_pipeline(self, request: Request) -> None:
        if request.asides.pipeline:
            self.pipeline = request.asides.pipeline
        if request.function == requests.PIPELINE_END:
            self.pipeline, self.skip = 0, False

    async def _answer(self, request: Request) -> bytes:
        answer, failed = await self.calls.answer(request)
        self.skip = failed and self.pipeline == ABORT_ON_ERROR
        return answer

    async def _watch(self, job: Awaitable[bytes]) -> bytes | None:
        """The job's answer; None when a break came first (and has been answered)."""
        task = asyncio.ensure_future(job)
        while True:
            packet = asyncio.ensure_future(self.talk.new_packet())
            await asyncio.wait({task, packet}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                packet.cancel()
                await asyncio.gather(packet, return_exceptions=True)
                if packet.cancelled():
                    return task.result()
            if packet.exception() or packet.result().kind == tns.MARKER:
                break
            if not self.pipeline:
                raise Malformed("a second request during the first")
            self.talk.ahead.append(packet.result())
            if task.done():
                return task.result()
        self.engine.interrupt()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await self.talk.reset(packet.result().marker)
        return None


def _read_negotiation(data: bytes) -> tuple[Client, AuthMessage | None] | None:
    """FAST AUTH or DATA TYPES; None for a PROTOCOL message."""
    reader = Reader(data)
    kind = data[:1]
    if kind == bytes([logon.FAST_AUTH]):
        return logon.read_fast_auth(reader)
    if kind == bytes([logon.DATA_TYPES]):
        return logon.read_data_types(reader), None
    logon.read_protocol(reader)
    return None
