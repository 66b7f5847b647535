# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All observations of one GDCA server, every one answered, in a bounded time."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime

from ansible_collections.ebill.ops.plugins.module_utils.gdca import (
    appliance,
    auth,
    gateway,
    link,
    shown,
)
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import (
    Observation,
    Trouble,
    absent,
    error,
    rows,
)
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import (
    MANUAL_ROLES,
    Settings,
)
from ansible_collections.ebill.ops.plugins.module_utils.gdca.talk import Channel
from ansible_collections.ebill.ops.plugins.module_utils.probe.tls import unverified_context

GATEWAY = ("tls", "tls_trust", "certificates", "certificate_signatures", "chains")
OBSERVATIONS = (
    "reachability",
    *GATEWAY,
    *auth.OBSERVATIONS,
    *appliance.OBSERVATIONS,
    "other_roles",
)
"""Always all of them, each with rows, an error, or an absence."""


def collect(settings: Settings, now: Callable[[], datetime]) -> dict[str, Observation]:
    """Look at everything that the listed roles ask for. `now` is the controller's clock, UTC."""
    found = {"other_roles": _other_roles(settings)}
    try:
        context, bad_file = link.trusting_context(settings.ca_file), None
    except Trouble as exc:
        context, bad_file = unverified_context(), exc
    deadline = link.Deadline(settings.timeout_seconds)
    try:
        addresses = link.resolve(
            settings.host, settings.port, deadline.step(settings.request_seconds)
        )
    except Trouble as exc:
        return dict.fromkeys(OBSERVATIONS, error(exc)) | found | _unlisted(settings)
    channel = Channel(settings, addresses, context, deadline, now)
    contact = gateway.contact(channel)
    found |= contact.observations
    found["tls_trust"] = _trust(channel, contact.trouble or bad_file)
    asking = _asking(channel, contact.trouble or bad_file, found["tls_trust"])
    found |= shown.certificates(
        asking, settings, contact.trouble or contact.chain, _roots(context), now()
    )
    if "auth" in settings.roles:
        found |= auth.observe(asking, settings)
    if "appliance" in settings.roles:
        found |= appliance.observe(asking, settings)
    return found | _unlisted(settings)


def _trust(channel: Channel, trouble: Trouble | None) -> Observation:
    return error(trouble) if trouble else gateway.trust(channel)


def _asking(channel: Channel, trouble: Trouble | None, trust: Observation) -> Channel | Trouble:
    """The channel for questions to the interface, or why none can be asked.

    Nothing is signed for a server that is not trusted, unless the site has switched that off.
    """
    if not channel.settings.validate_certs and (trouble is None or trouble.reason == "unreadable"):
        return Channel(
            channel.settings,
            channel.addresses,
            unverified_context(),
            channel.deadline,
            channel.now,
        )
    if trouble:
        return trouble
    if "error" in trust:
        return Trouble(**trust["error"])
    state = trust["rows"][0]["state"]
    return channel if state == "trusted" else Trouble("tls_failed", state)


def _roots(context: ssl.SSLContext) -> list[bytes]:
    """The system's CA certificates as far as the handshakes have loaded them."""
    return context.get_ca_certs(binary_form=True)


def _other_roles(settings: Settings) -> Observation:
    """Roles that are listed but not measured here; their rows say so, never that all is well."""
    listed = [role for role in settings.roles if role in MANUAL_ROLES]
    return rows(
        {"role": role, "error": {"reason": "not_supported", "detail": role}} for role in listed
    )


def _unlisted(settings: Settings) -> dict[str, Observation]:
    """The observations of roles that the site does not have (reading R-19)."""
    owed = {"gateway": GATEWAY, "auth": auth.OBSERVATIONS, "appliance": appliance.OBSERVATIONS}
    return {
        name: absent("not_listed", role)
        for role, names in owed.items()
        if role not in settings.roles
        for name in names
    }
