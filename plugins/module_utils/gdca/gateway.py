# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway: is the server reachable, which TLS does it speak, does a client trust it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca import link
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import (
    Observation,
    Trouble,
    error,
    rows,
)
from ansible_collections.ebill.ops.plugins.module_utils.gdca.talk import Channel
from ansible_collections.ebill.ops.plugins.module_utils.probe.tls import unverified_context

# What a failed first contact says about the server itself; any other reason is ours.
_DOWN = {"connection_refused": "refused", "timeout": "no_answer", "listener_silent": "silent"}


@dataclass
class Contact:
    """The first contact: `trouble` says why no TLS session came about, None when one did."""

    observations: dict[str, Observation] = field(default_factory=dict)
    chain: list[bytes] = field(default_factory=list)
    trouble: Trouble | None = None


def contact(channel: Channel) -> Contact:
    """Connect and shake hands once without trust, to see what is there."""
    settings, made = channel.settings, Contact()
    begun = time.monotonic()
    row: dict[str, Any] = {"host": settings.host, "port": settings.port, "connect_seconds": None}
    try:
        raw = link.connect(
            channel.addresses, settings.place, channel.deadline.step(settings.request_seconds)
        )
        row["connect_seconds"] = round(time.monotonic() - begun, 4)
        begun = time.monotonic()
        seconds = channel.deadline.step(settings.request_seconds)
        with link.handshake(
            raw, unverified_context(), channel.name, settings.place, seconds
        ) as wrapped:
            spent = round(time.monotonic() - begun, 4)
            made.chain = link.sent_chain(wrapped)
            tls = {"state": "completed", "protocol": wrapped.version(), "handshake_seconds": spent}
            made.observations["tls"] = rows([tls])
    except Trouble as exc:
        made.trouble = exc
        made.observations["tls"] = _tls_of(exc)
    made.observations["reachability"] = _reachability(row, made.trouble)
    return made


def trust(channel: Channel) -> Observation:
    """Shake hands again as a client that validates: against the CA file or the system's CAs."""
    row: dict[str, Any] = {"server_name": channel.name, "state": "trusted", "openssl_code": 0}
    try:
        channel.open().close()
    except link.Untrusted as exc:
        row |= {"state": exc.state, "openssl_code": exc.code}
    except Trouble as exc:
        return error(exc)
    return rows([row])


def _reachability(row: dict[str, Any], trouble: Trouble | None) -> Observation:
    if trouble is None or trouble.reason == "tls_failed":
        return rows([row | {"state": "answered"}])
    if isinstance(trouble, link.OutOfTime):
        return error(trouble)
    if trouble.reason in _DOWN:
        return rows([row | {"state": _DOWN[trouble.reason]}])
    return error(trouble)


def _tls_of(trouble: Trouble) -> Observation:
    if trouble.reason != "tls_failed":
        return error(trouble)
    return rows(
        [{"state": "failed", "protocol": None, "handshake_seconds": None, "detail": trouble.detail}]
    )
