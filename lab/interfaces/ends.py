# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What answers at the three ends."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SLOW_SECONDS = 3.0
"""Longer than the catalogue's warning limit of an answer, shorter than its fail limit."""
BANNER = b"220 SMS gateway ready\r\n"


class His:
    """HIS: an HTTP health page with JSON."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.asgi = Starlette(routes=[Route("/his/health", self._health)])

    async def _health(self, request: Request) -> Response:
        if "interface.slow" in self.broken:
            await asyncio.sleep(SLOW_SECONDS)
        if "interface.his_error" in self.broken:
            return JSONResponse({"status": "DOWN", "database": "DOWN"}, status_code=500)
        return JSONResponse({"status": "UP", "database": "UP"})


class Finance:
    """The finance bureau: a heartbeat, to be shown over TLS."""

    def __init__(self) -> None:
        self.asgi = Starlette(routes=[Route("/finance/heartbeat", self._heartbeat)])

    async def _heartbeat(self, request: Request) -> Response:
        return JSONResponse({"result": "S0000", "message": "OK"})


class Sms:
    """The SMS gateway: greets with a line, answers PING with PONG; port handling as in Listener."""

    def __init__(self) -> None:
        self.port = 0
        self.silent = False
        self._server: asyncio.Server | None = None
        self._held: socket.socket | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    async def up(self) -> None:
        """Listen; nothing to do when it does already."""
        if self._server is None:
            held, self._held = self._held or self._bind(), None
            self._server = await asyncio.start_server(self._serve, sock=held)

    async def down(self) -> None:
        """Refuse connections and keep the port."""
        await self.close()
        self._held = self._bind()

    async def close(self) -> None:
        """Stop and let the port go."""
        if self._server is not None:
            self._server.close()
            for client in list(self._clients):
                client.close()
            await self._server.wait_closed()
            self._server = None
        if self._held is not None:
            self._held.close()
            self._held = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        # A caller that goes away in mid-sentence is nothing to report.
        with contextlib.suppress(OSError, ValueError):
            if not self.silent:
                writer.write(BANNER)
            while line := await reader.readline():
                if line.strip() == b"PING" and not self.silent:
                    writer.write(b"PONG\r\n")
        self._clients.discard(writer)
        writer.close()

    def _bind(self) -> socket.socket:
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", self.port))
        held.setblocking(False)
        self.port = held.getsockname()[1]
        return held
