# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a probe asks for, and the pure decision what an answer is worth.

`expected` and `seen` are written in signs that need no language: HTTP 200, 0.12 s, /regex/, ×.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.ebill.ops.plugins.module_utils.probe.legal import refuse_legal_acts
from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import duration
from ansible_collections.ebill.ops.plugins.module_utils.redact import redact

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Probe:
    """One question to one end. `expect` is a regex over the answer, "" when anything will do."""

    name: str
    kind: str  # tcp | http | https
    host: str
    port: int
    url: str
    tls: bool
    send: str
    expect: str
    expect_status: tuple[int, ...]
    ca_file: str
    server_name: str
    within_seconds: float

    @property
    def endpoint(self) -> str:
        """The address without a query, which may hold a token."""
        if self.kind == "tcp":
            return f"{self.host}:{self.port}"
        return redact(f"{self.kind}://{self.host}:{self.port}{urlsplit(self.url).path}")

    @property
    def asks(self) -> bool:
        """False for a bare TCP probe: a connection is all that it wants."""
        return self.kind != "tcp" or bool(self.expect)


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is None over TCP. The body itself is never handed on."""

    status: int | None
    body: str
    size_bytes: int
    elapsed_seconds: float


def read_probes(given: Sequence[Mapping[str, Any]]) -> list[Probe]:
    """Read the module's `probes`; ValueError names the probe and what is wrong with it."""
    probes = [_read_probe(one) for one in given]
    names = [probe.name for probe in probes]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"probe {name!r} is named twice")
    return probes


def _read_probe(given: Mapping[str, Any]) -> Probe:
    name, kind = str(given["name"]), str(given["kind"])
    url = str(given.get("url") or "")
    host, port = str(given.get("host") or ""), int(given.get("port") or 0)
    if kind != "tcp":
        parts = urlsplit(url)
        if parts.scheme != kind or not parts.hostname:
            raise ValueError(f"probe {name!r}: url must begin with {kind}://HOST")
        if parts.username or parts.password:
            raise ValueError(f"probe {name!r}: url must not hold a user or password")
        host, port = parts.hostname, parts.port or DEFAULT_PORTS[kind]
    send = str(given.get("send") or "")
    for key, text in (("url", url), ("send", send)):
        refuse_legal_acts(f"probe {name!r}: {key}", text)
    if not host or not 0 < port < 65536:
        raise ValueError(f"probe {name!r}: host and port (1-65535) are needed")
    expect = str(given.get("expect") or "")
    try:
        re.compile(expect)
    except re.error as error:
        raise ValueError(f"probe {name!r}: expect is no regular expression: {error}") from error
    return Probe(
        name=name,
        kind=kind,
        host=host,
        port=port,
        url=url,
        tls=kind == "https" or bool(given.get("tls")),
        send=send,
        expect=expect,
        expect_status=tuple(given.get("expect_status") or (200,)),
        ca_file=str(given.get("ca_file") or ""),
        server_name=str(given.get("server_name") or ""),
        within_seconds=float(given.get("within_seconds") or 10),
    )


def expected(probe: Probe) -> str:
    """Write what a good answer is."""
    parts = []
    if probe.kind != "tcp":
        parts.append("HTTP " + "/".join(str(status) for status in probe.expect_status))
    if probe.expect:
        parts.append(f"/{probe.expect}/")
    parts.append(f"≤ {probe.within_seconds:g} s")
    return ", ".join(parts)


def seen(probe: Probe, answer: Answer) -> str:
    """Write what came, never the body: its size, and whether it matched."""
    first = f"{answer.size_bytes} B" if answer.status is None else f"HTTP {answer.status}"
    parts = [first, duration(answer.elapsed_seconds)]
    if probe.expect:
        parts.append(f"{'✓' if matches(probe, answer) else '×'} /{probe.expect}/")
    return ", ".join(parts)


def matches(probe: Probe, answer: Answer) -> bool:
    """Whether the answer's text holds what is expected, on any of its lines."""
    return re.search(probe.expect, answer.body, re.MULTILINE) is not None


def outcome(probe: Probe, answer: Answer) -> str:
    """Return ok, wrong_status, silent or body_differs.

    ========================  =============  ============
    status as expected        text matches   outcome
    ========================  =============  ============
    no                        any            wrong_status
    yes (or TCP)              nothing came   silent
    yes (or TCP)              no             body_differs
    yes (or TCP)              yes            ok
    ========================  =============  ============
    """
    if answer.status is not None and answer.status not in probe.expect_status:
        return "wrong_status"
    if matches(probe, answer):
        return "ok"
    return "silent" if answer.size_bytes == 0 else "body_differs"
