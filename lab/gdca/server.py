# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The https end of the lab's GDCA server: one port that can also be silent or closed."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from email.utils import format_datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from lab.gdca.device import Device

SLOW_SECONDS = 3.2
LARGEST_BODY = 64 * 1024


def application(device: Device) -> Starlette:
    """The server's API: challenge, verify, certificates, status; each answer carries its Date."""

    def answer(content: Any, status: int = 200) -> JSONResponse:
        date = format_datetime(device.now(), usegmt=True)
        return JSONResponse(content, status, headers={"Date": date, "Cache-Control": "no-store"})

    async def challenge(_request: Request) -> JSONResponse:
        return answer(device.challenge())

    async def verify(request: Request) -> JSONResponse:
        try:
            body = json.loads((await request.body())[:LARGEST_BODY])
        except ValueError:
            return answer({"result": "refused", "reason": "malformed"}, 400)
        if not isinstance(body, dict):
            return answer({"result": "refused", "reason": "malformed"}, 400)
        verdict = device.verify(body)
        if "auth_slow" in device.faults and verdict["result"] == "accepted":
            await asyncio.sleep(SLOW_SECONDS)
        return answer(verdict)

    async def certificates(_request: Request) -> JSONResponse:
        return answer(device.certificates())

    async def status(_request: Request) -> JSONResponse:
        return answer(device.status())

    return Starlette(
        routes=[
            Route("/auth/challenge", challenge),
            Route("/auth/verify", verify, methods=["POST"]),
            Route("/certificates", certificates),
            Route("/status", status),
        ]
    )


class _Uvicorn(uvicorn.Server):
    """Uvicorn inside somebody else's event loop: signals are not its business."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Listener:
    """One loopback port, kept for the whole life; `open`, `silence` and `close` change its state.

    A second socket bound to the port but not listening keeps it ours while it is closed.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._holder = _bound(address, 0)
        self.port: int = self._holder.getsockname()[1]
        self._uvicorn: _Uvicorn | None = None
        self._serving: asyncio.Task[None] | None = None
        self._mute: socket.socket | None = None

    async def open(self, app: Starlette, context: ssl.SSLContext) -> None:
        """Serve https."""
        await self.close()
        config = uvicorn.Config(
            app,
            log_config=None,
            lifespan="off",
            date_header=False,
            server_header=False,
            access_log=False,
            timeout_graceful_shutdown=1,
            ssl_context_factory=lambda _config, _default: context,
        )
        self._uvicorn = _Uvicorn(config)
        listening = _bound(self.address, self.port)
        self._serving = asyncio.create_task(self._uvicorn.serve(sockets=[listening]))
        while not self._uvicorn.started:
            if self._serving.done():
                self._serving.result()
                raise RuntimeError("the GDCA end did not start")
            await asyncio.sleep(0.005)

    async def silence(self) -> None:
        """Let the kernel accept connections that nobody ever reads."""
        await self.close()
        self._mute = _bound(self.address, self.port)
        self._mute.listen(64)

    async def close(self) -> None:
        """Refuse connections."""
        if self._mute:
            self._mute.close()
            self._mute = None
        if self._uvicorn and self._serving:
            self._uvicorn.should_exit = True
            with suppress(asyncio.CancelledError):
                await self._serving
        self._uvicorn = self._serving = None

    async def release(self) -> None:
        """Close and give the port back."""
        await self.close()
        self._holder.close()


def _bound(address: str, port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off: 40 ms for each answer.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, port))
    made.setblocking(False)
    return made
