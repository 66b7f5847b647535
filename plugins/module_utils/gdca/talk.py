# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to the server's JSON interface: one bounded https request each, no redirects."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca import link
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Settings

LARGEST_ANSWER = 512 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back, with the controller's time around the exchange (after the handshake)."""

    status: int
    data: Any
    date: str
    asked: datetime
    answered: datetime
    elapsed_seconds: float

    def checked(self) -> Any:
        """Return the data of a 2xx answer; Trouble bad_answer for any other."""
        if not 200 <= self.status < 300:
            raise Trouble("bad_answer", f"HTTP {self.status}")
        return self.data


@dataclass(frozen=True)
class Channel:
    """The way to one server: resolved addresses, a TLS context, bounds and the clock (UTC)."""

    settings: Settings
    addresses: list[link.Address]
    context: ssl.SSLContext
    deadline: link.Deadline
    now: Callable[[], datetime]

    @property
    def name(self) -> str:
        """The name asked for and, where certificates are validated, expected."""
        return self.settings.server_name or self.settings.host

    def open(self) -> ssl.SSLSocket:
        """Connect and shake hands; raises link.Untrusted or Trouble."""
        seconds = self.deadline.step(self.settings.request_seconds)
        raw = link.connect(self.addresses, self.settings.place, seconds)
        seconds = self.deadline.step(self.settings.request_seconds)
        return link.handshake(raw, self.context, self.name, self.settings.place, seconds)

    def get(self, path: str) -> Answer:
        """Ask for a path."""
        return self._exchange("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """Send a JSON object to a path."""
        return self._exchange("POST", path, json.dumps(body).encode())

    def _exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        begun = time.monotonic()
        try:
            sock = self.open()
        except link.Untrusted as exc:
            raise Trouble("tls_failed", f"{self.settings.place} {exc.state}") from exc
        silent = Trouble("timeout", f"{method} {path}")
        try:
            with link.limited(sock, self.deadline.step(self.settings.request_seconds), silent):
                asked = self.now()
                response, content = self._send(sock, method, path, body)
                answered = self.now()
        except (OSError, ValueError, http.client.HTTPException) as exc:
            raise Trouble("bad_answer", f"{method} {path} {type(exc).__name__}") from exc
        finally:
            sock.close()
        elapsed = time.monotonic() - begun
        date = response.getheader("Date") or ""
        return Answer(response.status, _parsed(content), date, asked, answered, elapsed)

    def _send(
        self, sock: ssl.SSLSocket, method: str, path: str, body: bytes | None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(self.settings.host, self.settings.port)
        connection.sock = sock
        headers = {"Accept": "application/json", "Connection": "close", "Cache-Control": "no-cache"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, self.settings.base_path + path, body, headers)
        response = connection.getresponse()
        content = response.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER or response.length:
            raise ValueError("too large, or shorter than announced")
        return response, content


def _parsed(content: bytes) -> Any:
    """Return the JSON value, None for anything else: the caller misses its field and says so."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
