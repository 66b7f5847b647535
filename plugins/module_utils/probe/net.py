# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolve and connect, each within a time limit."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import (
    CouldNotLook,
    problem_of,
)


async def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Return the host's addresses; CouldNotLook("name_unresolved") without any.

    getaddrinfo cannot be interrupted: it runs in a daemon thread that is left behind when late.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(addresses: list[str]) -> None:
        if not answer.done():
            answer.set_result(addresses)

    def work() -> None:
        addresses: list[str] = []
        # UnicodeError: a name that IDNA cannot encode.
        with contextlib.suppress(OSError, UnicodeError):
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        # RuntimeError: the loop was closed while the resolver was still at it.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, addresses)

    threading.Thread(target=work, daemon=True).start()
    with contextlib.suppress(TimeoutError):
        if addresses := await asyncio.wait_for(answer, seconds):
            return addresses
    raise CouldNotLook("name_unresolved", host)


async def connect(
    host: str, port: int, seconds: float, **tls: Any
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, float]:
    """Connect to the first address that accepts; the third value is the seconds it took.

    `tls` is handed to asyncio.open_connection (ssl, server_hostname). Raises Broken or
    CouldNotLook, with what the socket raised as the cause.
    """
    begin = time.monotonic()
    addresses = await resolve(host, port, seconds)
    endpoint = f"{host}:{port}"
    trouble: BaseException = TimeoutError()
    for address in addresses:
        left = seconds - (time.monotonic() - begin)
        if left <= 0:
            break
        try:
            streams = await asyncio.wait_for(asyncio.open_connection(address, port, **tls), left)
        except (OSError, EOFError) as error:
            trouble = error
        else:
            return *streams, time.monotonic() - begin
    raise problem_of(trouble, endpoint) from trouble


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a connection without waiting for the other side to agree."""
    with contextlib.suppress(OSError):
        writer.transport.abort()
    await asyncio.sleep(0)
