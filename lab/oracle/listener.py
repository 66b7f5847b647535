# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listener: accounts, sessions and faults, without any SQL."""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from lab.oracle.faults import LOGON_TEXTS, Faults
from lab.oracle.seam import Engine, OraError, SessionFacts
from lab.oracle.wire import tns
from lab.oracle.wire.codec import Malformed
from lab.oracle.wire.profiles import PROFILES
from lab.oracle.wire.session import Session
from lab.oracle.wire.verifier import Pairs

SMALLEST_SDU, LARGEST_SDU = 512, 65535
TOO_OLD = 314
FAILED_LOGIN_ATTEMPTS = 10
"""Oracle's DEFAULT profile locks an account after so many failures in a row."""


@dataclass
class User:
    """An account. Change it while the server runs: the next logon or statement sees it.

    `grants`: dictionary views it may read, as queried (V$INSTANCE, DBA_USERS).
    `privileges`: system privileges; SELECT ANY DICTIONARY opens every view, SYSDBA lets it log on
    as SYS. `verifier`: the kind of password that the server keeps: 12c, 11g or 10g.
    """

    name: str
    password: str
    grants: set[str] = field(default_factory=set)
    privileges: set[str] = field(default_factory=lambda: {"CREATE SESSION"})
    locked: bool = False
    expired: bool = False
    failures: int = 0
    verifier: str = "12c"


@dataclass
class LoginCount:
    success: int = 0
    failure: int = 0


EngineFactory = Callable[["Listener", SessionFacts], Engine]


class Listener:
    """A stand-in on loopback. `users` may hold User objects; they stay the caller's to change."""

    def __init__(
        self,
        engines: EngineFactory,
        users: Iterable[User],
        profile: str = "19c",
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        services: tuple[str, ...] = ("EBILLDB",),
        instance_name: str = "EBILLDB",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.engines = engines
        self.users = {user.name: user for user in users}
        self.profile = PROFILES[profile]
        self.tls = tls
        self.host = host
        self.port = port
        self.services = services
        self.service_name = services[0]
        self.instance_name = instance_name
        self.faults = Faults()
        self.logins: dict[str, LoginCount] = {}
        self.sessions: dict[int, SessionFacts] = {}
        self.protocol_errors: list[str] = []
        self._numbers = itertools.count(101)
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None] | None] = set()
        self._listener: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._holder: socket.socket | None = None

    async def start(self) -> None:
        """Listen. The port is held by a socket of its own so that it survives `pause`."""
        self._loop = asyncio.get_running_loop()
        self._holder = self._bind()
        self.port = self._holder.getsockname()[1]
        await self.resume()

    async def stop(self) -> None:
        await self.pause()
        await self.kill_sessions()
        await asyncio.gather(*[task for task in self._tasks if task], return_exceptions=True)
        if self._holder:
            self._holder.close()
            self._holder = None

    async def pause(self) -> None:
        """Stop listening (connections are refused by the system); sessions live on."""
        if self._listener:
            self._listener.close()
            self._listener = None

    async def resume(self) -> None:
        if not self._listener:
            self._listener = await asyncio.start_server(
                self._serve, sock=self._bind(), ssl=self.tls
            )

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `pause()` and the like on the server's loop, from another thread."""
        if self._loop is None:
            raise RuntimeError("the server has not been started")
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def kill_sessions(self) -> None:
        """Cut every connection at once."""
        for writer in list(self._writers):
            writer.transport.abort()

    def _bind(self) -> socket.socket:
        # The protocol by name: asyncio sets TCP_NODELAY only where a socket carries it.
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((self.host, self.port))
        return sock

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self._tasks.add(asyncio.current_task())
        stream = tns.Stream(reader, writer)
        try:
            if await self._open(stream):
                await Session(self, stream).serve()
            elif self.faults.silent:
                while await reader.read(4096):
                    pass
        except (asyncio.IncompleteReadError, OSError):
            pass
        except Malformed as problem:
            self.protocol_errors.append(str(problem))
        finally:
            self._writers.discard(writer)
            self._tasks.discard(asyncio.current_task())
            writer.close()

    async def _open(self, stream: tns.Stream) -> bool:
        """CONNECT to ACCEPT. False: refused, or silent by a fault."""
        if self.faults.silent == "connect":
            return False
        request = await stream.read_connect()
        if self.faults.resend:
            await stream.ask_again()
            request = await stream.read_connect()
        if self.faults.close_at_connect:
            return False
        if self.faults.redirect:
            host, _, port = self.faults.redirect.rpartition(":")
            address = f"(ADDRESS=(PROTOCOL=TCP)(HOST={host})(PORT={port}))"
            await stream.redirect(address, request.text)
            return False
        refusal = self.faults.refuse or self._refusal(request)
        if refusal:
            await stream.refuse(refusal)
            return False
        stream.service = request.wanted("SERVICE_NAME")
        await self._accept(stream, request)
        return not self.faults.too_old and self.faults.silent != "accept"

    async def _accept(self, stream: tns.Stream, request: tns.ConnectRequest) -> None:
        if self.faults.too_old:
            await stream.accept(TOO_OLD, 8192)
            return
        await stream.accept(
            min(request.version, self.profile.tns_version),
            max(SMALLEST_SDU, min(request.sdu, LARGEST_SDU)),
            self.profile.flags,
            encryption=self.faults.encryption_required,
        )

    def _refusal(self, request: tns.ConnectRequest) -> int:
        sid = request.wanted("SID")
        if sid:
            return 0 if sid.upper() == self.instance_name.upper() else 12505
        known = [name.upper() for name in self.services]
        return 0 if request.wanted("SERVICE_NAME").upper() in known else 12514

    def next_session(self, user: str, hello: Pairs, *, sysdba: bool) -> SessionFacts:
        def said(key: str) -> str:
            return hello.get(key, b"").decode("utf-8", "replace")

        number = next(self._numbers)
        return SessionFacts(
            sid=number,
            serial=number * 7 % 60000 + 1,
            user="SYS" if sysdba else user,
            program=said("AUTH_PROGRAM_NM"),
            machine=said("AUTH_MACHINE"),
            osuser=said("AUTH_SID"),
            process=said("AUTH_PID"),
            driver=said("SESSION_CLIENT_DRIVER_NAME"),
            sysdba=sysdba,
        )

    def credentials(self, user: str) -> tuple[str | None, str]:
        account = self.users.get(user)
        kind = self.faults.verifier or (account.verifier if account else "12c")
        return (account.password if account else None), kind

    def judge(self, user: str, *, right: bool, sysdba: bool) -> OraError | None:
        account = self.users.get(user)
        if sysdba and account and "SYSDBA" not in account.privileges:
            right = False
        problem = self._logon_problem(user, right=right)
        count = self.logins.setdefault(user, LoginCount())
        if problem:
            count.failure += 1
        else:
            count.success += 1
        return problem

    def _logon_problem(self, user: str, *, right: bool) -> OraError | None:
        account = self.users.get(user)
        code = self.faults.logon_error
        if not code and account and account.locked:
            code = 28000
        if not code and not right:
            code = 1017
            if account:
                account.failures += 1
                account.locked = account.failures >= FAILED_LOGIN_ATTEMPTS
        if not code and account and account.expired:
            code = 28001
        if not code and account and "CREATE SESSION" not in account.privileges:
            code = 1045
        if not code and account:
            account.failures = 0
        return OraError(code, LOGON_TEXTS.get(code, "logon refused")) if code else None

    def open_engine(self, facts: SessionFacts) -> Engine:
        self.sessions[facts.sid] = facts
        return self.engines(self, facts)

    def close_engine(self, facts: SessionFacts, engine: Engine) -> None:
        self.sessions.pop(facts.sid, None)
        engine.close()
