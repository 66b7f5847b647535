# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates a server shows, over TLS, over its interface and as exported files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca import certificate, signature
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import (
    Observation,
    Trouble,
    clean,
    dig,
    rows,
)
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Settings
from ansible_collections.ebill.ops.plugins.module_utils.gdca.talk import Channel

LARGEST_LIST = 50


@dataclass
class Shown:
    """A certificate to report: a role for its row, its DER or why there is none."""

    role: str
    usage: str
    content: bytes | Trouble
    source: str  # tls, device (interface and exported files), own (the inspection's test user)
    parsed: Any = None


def certificates(
    channel: Channel | Trouble,
    settings: Settings,
    chain: Sequence[bytes] | Trouble,
    roots: Sequence[bytes],
    now: datetime,
) -> dict[str, Observation]:
    """Return the observations certificates, certificate_signatures and chains.

    `chain` is what TLS sent; the interface's list and the given files are added here. `roots`
    are further trusted certificates, DER, beside the two CA files.
    """
    found = _numbered(
        [*_from_chain(chain), *_from_interface(channel, settings), *_from_files(settings)]
    )
    anchors = _anchors(settings, roots)
    for shown in found:
        if isinstance(shown.content, bytes):
            try:
                shown.parsed = certificate.parse(shown.content)
            except Trouble as exc:
                shown.content = exc
    shown_by_server = [shown for shown in found if shown.source != "own"]
    known = [shown.parsed for shown in shown_by_server if shown.parsed is not None]
    return {
        "certificates": rows(_facts(shown, now) for shown in found),
        "certificate_signatures": rows(
            _signature(shown, [*known, *anchors]) for shown in shown_by_server
        ),
        "chains": rows(
            _chain(shown, shown_by_server, anchors) for shown in shown_by_server if _is_leaf(shown)
        ),
    }


def _from_chain(chain: Sequence[bytes] | Trouble) -> list[Shown]:
    if isinstance(chain, Trouble):
        return [Shown("tls_server", "server", chain, "tls")]
    return [
        Shown("tls_ca" if number else "tls_server", "ca" if number else "server", der, "tls")
        for number, der in enumerate(chain[:LARGEST_LIST])
    ]


def _from_interface(channel: Channel | Trouble, settings: Settings) -> list[Shown]:
    profile = settings.profile
    if not profile.certificates_path:
        return []
    usages = {profile.signing_role: "signing", profile.encryption_role: "encryption"}
    try:
        if isinstance(channel, Trouble):
            raise channel
        listed = dig(channel.get(profile.certificates_path).checked(), profile.certificates_field)
        if not isinstance(listed, list):
            raise Trouble("bad_answer", profile.certificates_field)
    except Trouble as exc:
        # The pair is owed: its rows say that nobody could look.
        return [Shown(role, usage, exc, "device") for role, usage in usages.items()]
    return [_listed(item, settings, usages) for item in listed[:LARGEST_LIST]]


def _listed(item: Any, settings: Settings, usages: dict[str, str]) -> Shown:
    role = "interface"
    try:
        role = clean(dig(item, settings.profile.certificate_role_field), 40)
        text = str(dig(item, settings.profile.certificate_pem_field))
        content: bytes | Trouble = certificate.split(text.encode("ascii", "replace"))[0]
    except Trouble as exc:
        content = exc
    return Shown(role, usages.get(role, "any"), content, "device")


def _from_files(settings: Settings) -> list[Shown]:
    wanted = [(item.name, item.path, item.usage, "device") for item in settings.certificate_files]
    if settings.test_pair:
        wanted.append(("test_certificate", settings.test_pair.certificate_file, "any", "own"))
    found = []
    for name, path, usage, source in wanted:
        try:
            content: bytes | Trouble = certificate.read_file(path)[0]
        except Trouble as exc:
            content = exc
        found.append(Shown(name, usage, content, source))
    return found


def _numbered(found: list[Shown]) -> list[Shown]:
    """Give a role that occurs again a number: a part names one row."""
    seen: dict[str, int] = {}
    for shown in found:
        seen[shown.role] = seen.get(shown.role, 0) + 1
        if seen[shown.role] > 1:
            shown.role = f"{shown.role} {seen[shown.role]}"
    return found


def _anchors(settings: Settings, roots: Sequence[bytes]) -> list[Any]:
    """Parse the roots that this side knows; one that cannot be parsed anchors nothing."""
    ders = list(roots)
    for path in (settings.ca_file, settings.certificate_ca_file):
        if path:
            try:
                ders += certificate.read_file(path)
            except Trouble:
                continue
    found = []
    for der in ders:
        try:
            found.append(certificate.parse(der))
        except Trouble:
            continue
    return found


def _facts(shown: Shown, now: datetime) -> dict[str, Any]:
    if isinstance(shown.content, Trouble):
        return {"role": shown.role, "error": shown.content.as_dict()}
    return {"role": shown.role, **certificate.facts(shown.parsed, now, shown.usage)}


def _signature(shown: Shown, candidates: Sequence[Any]) -> dict[str, Any]:
    if isinstance(shown.content, Trouble):
        return {"role": shown.role, "error": shown.content.as_dict()}
    row: dict[str, Any] = {
        "role": shown.role,
        "subject_cn": certificate.subject_cn(shown.parsed),
        "issuer_cn": certificate.issuer_cn(shown.parsed),
    }
    try:
        return row | {"valid": signature.valid(shown.parsed, candidates)}
    except Trouble as exc:
        return row | {"error": exc.as_dict()}


def _is_leaf(shown: Shown) -> bool:
    if shown.parsed is None:
        return shown.usage != "ca"
    return not certificate.is_ca(shown.parsed)


def _chain(shown: Shown, found: Sequence[Shown], anchors: Sequence[Any]) -> dict[str, Any]:
    """One chain; only what came the same way counts as sent with it."""
    if isinstance(shown.content, Trouble):
        return {"role": shown.role, "error": shown.content.as_dict()}
    sent = [one.parsed for one in found if one.source == shown.source and one.parsed is not None]
    row = {"role": shown.role, "subject_cn": certificate.subject_cn(shown.parsed)}
    return row | signature.chain_state(shown.parsed, sent, anchors)
