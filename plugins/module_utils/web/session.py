# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session with a web site: cookies, redirects within the site only, bounded in every way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from urllib.parse import urlsplit

from ansible_collections.ebill.ops.plugins.module_utils.probe.answer import DEFAULT_PORTS
from ansible_collections.ebill.ops.plugins.module_utils.probe.charset import decode
from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import (
    Broken,
    CouldNotLook,
    problem_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.probe.tls import (
    trusting_context,
    unverified_context,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.flow import Site
from ansible_collections.ebill.ops.plugins.module_utils.web.outcome import Page
from ansible_collections.ebill.ops.plugins.module_utils.web.page import visible_text

try:
    import httpx

    HAS_HTTPX = True
except ImportError:
    HAS_HTTPX = False

AGENT = "ebill.ops inspection"
MAX_REDIRECTS = 10

Origin = tuple[str, str, int]


def origin_of(url: str) -> Origin:
    """Return (scheme, host, port); ValueError for what is no http(s) address or names a user."""
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("base_url must be http://HOST[:PORT] or https://HOST[:PORT]")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("base_url must hold no user, query or fragment")
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]


class Session:
    """Sends the steps of all flows. Every method raises Broken or CouldNotLook."""

    def __init__(self, site: Site) -> None:
        if not HAS_HTTPX:
            raise CouldNotLook("driver_missing", "httpx")
        self._site = site
        self.origin = origin_of(site.base_url)
        self._deadline = time.monotonic() + site.timeout_seconds
        verify = trusting_context(site.ca_file) if site.validate_certs else unverified_context()
        self._client = httpx.AsyncClient(
            verify=verify,
            trust_env=False,
            timeout=site.request_timeout_seconds,
            headers={"User-Agent": AGENT, "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"},
        )
        self._last = ""

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    @property
    def endpoint(self) -> str:
        """host:port."""
        return f"{self.origin[1]}:{self.origin[2]}"

    @property
    def left(self) -> float:
        """Seconds left for the next request: its own limit, or what remains of the whole time."""
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise CouldNotLook("timeout", f"> {self._site.timeout_seconds:g} s")
        return min(self._site.request_timeout_seconds, remaining)

    def grant(self, seconds: float) -> None:
        """Allow this much more, however much of the whole time is used up."""
        self._deadline = max(self._deadline, time.monotonic() + seconds)

    async def open(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Page:
        """Send one request, follow its redirects, and return the page they end on."""
        seconds = self.left
        whole = seconds < self._site.request_timeout_seconds
        headers = {}
        if method == "POST" and self._last:
            # Systems that check where a form came from ask for these two.
            headers = {"Referer": self._last, "Origin": self._site.base_url.rstrip("/")}
        request = self._client.build_request(
            method, self._site.base_url.rstrip("/") + path, data=form, headers=headers
        )
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(request)
        except (TimeoutError, httpx.TimeoutException):
            if whole:
                raise CouldNotLook("timeout", f"> {self._site.timeout_seconds:g} s") from None
            raise Broken("no_answer", f"> {seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise problem_of(error, self.endpoint) from error

    async def _follow(self, request: httpx.Request) -> Page:
        begin = time.monotonic()
        for _hop in range(MAX_REDIRECTS + 1):
            response = await self._client.send(request, stream=True)
            try:
                if response.next_request is None:
                    body = await self._read(response)
                    self._last = str(response.url)
                    break
                self._check_redirect(response.next_request, response.status_code)
                request = response.next_request
            finally:
                await response.aclose()
        else:
            raise Broken("redirect_loop", f"HTTP {response.status_code} × {MAX_REDIRECTS + 1}")
        kind = response.headers.get("content-type", "")
        source = decode(kind, body)
        elapsed = time.monotonic() - begin
        return Page(response.status_code, visible_text(source, kind), source, elapsed)

    async def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._site.max_bytes:
                raise Broken("too_large", f"> {self._site.max_bytes} B")
        return bytes(body)

    def _check_redirect(self, request: httpx.Request, status: int) -> None:
        """Cookies and forms stay with the site: another origin is not followed.

        A 307 or 308 repeats the form, so the password: that would be another attempt to log in.
        """
        url = request.url
        port = url.port or DEFAULT_PORTS.get(url.scheme, 0)
        if (url.scheme, url.host, port) != self.origin:
            place = f"{url.scheme}://{url.host}:{port}"
            raise Broken("redirected_away", f"HTTP {status} → {place}")
        if request.method not in ("GET", "HEAD"):
            raise CouldNotLook("post_redirected", f"HTTP {status} → {url.path}")
