# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask one end over TCP or HTTP and give back its answer."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.probe.answer import Answer, Probe
from ansible_collections.ebill.ops.plugins.module_utils.probe.charset import decode
from ansible_collections.ebill.ops.plugins.module_utils.probe.net import connect, hang_up
from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import (
    Broken,
    CouldNotLook,
    problem_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.probe.tls import unverified_context

try:
    import httpx

    HAS_HTTPX = True
except ImportError:
    HAS_HTTPX = False

MAX_BYTES = 256 * 1024
"""A health answer is small; what is longer is cut and judged as far as it was read."""
AGENT = "ebill.ops inspection"


async def ask(probe: Probe) -> Answer:
    """Ask and wait for the whole answer, at most `within_seconds`; raises Broken, CouldNotLook."""
    return await (_ask_tcp(probe) if probe.kind == "tcp" else _ask_http(probe))


async def _ask_tcp(probe: Probe) -> Answer:
    """Send, then read until the expectation is met, the end closes or the time is over."""
    tls: dict[str, Any] = {}
    if probe.tls:
        name = probe.server_name or probe.host
        tls = {"ssl": unverified_context(), "server_hostname": name}
    begin = time.monotonic()
    reader, writer, _seconds = await connect(probe.host, probe.port, probe.within_seconds, **tls)
    body = bytearray()
    try:
        async with asyncio.timeout(probe.within_seconds - (time.monotonic() - begin)):
            writer.write(probe.send.encode())
            while len(body) < MAX_BYTES and (chunk := await reader.read(4096)):
                body += chunk
                if re.search(probe.expect, decode("", bytes(body)), re.MULTILINE):
                    break
    except TimeoutError:
        # What came until now is judged: nothing at all is "silent".
        pass
    except OSError as error:
        raise problem_of(error, probe.endpoint) from error
    finally:
        await hang_up(writer)
    text = decode("", bytes(body))
    return Answer(None, text, len(body), time.monotonic() - begin)


async def _ask_http(probe: Probe) -> Answer:
    """GET once, without following redirects. No secret is sent, so TLS is not verified here:
    what is wrong with the certificate is a finding of its own.
    """
    if not HAS_HTTPX:
        raise CouldNotLook("driver_missing", "httpx")
    begin, seconds = time.monotonic(), probe.within_seconds
    extensions = {"sni_hostname": probe.server_name} if probe.server_name else {}
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    body = bytearray()
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(
                verify=unverified_context(), trust_env=False, timeout=seconds
            ) as client,
            client.stream("GET", probe.url, headers=headers, extensions=extensions) as response,
        ):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) >= MAX_BYTES:
                    break
    except (TimeoutError, httpx.TimeoutException):
        raise Broken("no_answer", f"> {seconds:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise problem_of(error, probe.endpoint) from error
    text = decode(response.headers.get("content-type", ""), bytes(body))
    return Answer(response.status_code, text, len(body), time.monotonic() - begin)
