# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A uvicorn server on a port that stays the same while the server is taken down and put back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from pathlib import Path
from typing import Any

import uvicorn

from lab.tls import Issued

STOP_SECONDS = 0.4
"""How long a stopping server waits for answers under way before it cuts them off."""

logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


class _Quiet(uvicorn.Server):
    """uvicorn without its signal handlers: the lab's supervisor has its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


class Listener:
    """One ASGI application on a loopback port.

    While it is down the port is bound but not listening: connections are refused, and nobody else
    can take the port.
    """

    def __init__(self, application: Any, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = 0
        self._application = application
        self._tls: ssl.SSLContext | None = None
        self._held: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    def show_certificate(self, issued: Issued, directory: Path, stem: str) -> None:
        """Serve TLS with this certificate; on a running server from the next handshake on."""
        paths = issued.write(directory, stem)
        if self._tls is None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            # A resumed session would go on showing nothing of a new certificate.
            self._tls.options |= ssl.OP_NO_TICKET
        self._tls.load_cert_chain(*paths)

    async def up(self) -> None:
        """Listen; nothing to do when it does already."""
        if self._server is not None:
            return
        held = self._held or self._bind()
        self._held = None
        tls = self._tls
        config = uvicorn.Config(
            self._application,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            ssl_context_factory=(lambda _config, _default: tls) if tls else None,
        )
        self._server = _Quiet(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[held]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.01)

    async def down(self) -> None:
        """Stop listening and keep the port."""
        await self._stop()
        if self._held is None:
            self._held = self._bind()

    async def close(self) -> None:
        """Stop listening and let the port go."""
        await self._stop()
        if self._held is not None:
            self._held.close()
            self._held = None

    async def _stop(self) -> None:
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await asyncio.wait([self._task], timeout=STOP_SECONDS)
        for connection in list(self._server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await self._task
        self._server = self._task = None

    def _bind(self) -> socket.socket:
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((self.host, self.port))
        held.setblocking(False)
        self.port = held.getsockname()[1]
        return held
