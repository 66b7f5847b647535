# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in as a whole: the listener with the SQL engine over a world."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from lab.oracle.listener import Listener, LoginCount, User
from lab.oracle.seam import Engine, SessionFacts
from lab.oracle.sql.engine import SqlEngine
from lab.oracle.world.dictionary import INSPECTION_VIEWS, SessionDictionary
from lab.oracle.world.green import green_world
from lab.oracle.world.model import World
from lab.oracle.world.views import Sight

__all__ = ["Listener", "LoginCount", "OracleServer", "User", "inspector", "running_server"]
INSPECTOR, PASSWORD = "EBILL_INSPECT", "Inspect#2026"


def inspector(password: str = PASSWORD) -> User:
    """The read-only account with the grants that the inspection needs."""
    return User(INSPECTOR, password, grants=set(INSPECTION_VIEWS))


class OracleServer(Listener):
    """A database on loopback; `world`, `users` and `faults` may be changed while it runs."""

    def __init__(
        self,
        world: World,
        users: Iterable[User],
        profile: str = "19c",
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(self._engine, users, profile, host, port, tls=tls)
        self.world = world
        self.broken: frozenset[str] = frozenset()
        """The breaks in force that must be known to combine: see breaks.py."""
        self.services = (world.name, "ebilldb", *(one.name for one in world.pluggable))
        self.service_name = self.instance_name = world.name

    def _engine(self, _: Listener, facts: SessionFacts) -> Engine:
        """A session is in the container whose service it asked for, else in the root."""
        sight = Sight(self.world, self.users, self.sessions, facts)
        dictionary = SessionDictionary(sight, facts.service or self.service_name)
        return SqlEngine(dictionary)


class RunningServer:
    """A server on a thread of its own, for code that is not async."""

    def __init__(self, server: OracleServer) -> None:
        self.server = server
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> OracleServer:
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self.loop).result()
        return self.server

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _end(self) -> None:
        await self.server.stop()
        mine = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)


@contextmanager
def running_server(
    world: World | None = None,
    users: Iterable[User] | None = None,
    profile: str = "19c",
    tls: ssl.SSLContext | None = None,
) -> Iterator[OracleServer]:
    """Run on a thread: `with running_server() as server: connect to server.port`.

    Without arguments: the green world and the inspector.
    """
    server = OracleServer(world or green_world(), users or [inspector()], profile, tls=tls)
    with RunningServer(server) as running:
        yield running
