# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authentication round trip with a test user, and the attempts that must be refused."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca import key
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import (
    Observation,
    Trouble,
    absent,
    dig,
    error,
    rows,
)
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Pair, Settings
from ansible_collections.ebill.ops.plugins.module_utils.gdca.talk import Channel

OBSERVATIONS = (
    "authentication",
    "challenges",
    "wrong_signature",
    "replay",
    "refused_certificates",
)


@dataclass(frozen=True)
class Challenge:
    """A challenge: the server's id for it and the bytes to sign."""

    identity: str
    value: bytes


@dataclass(frozen=True)
class Verdict:
    """The server's decision: accepted, refused or failed (it answered with HTTP 5xx)."""

    state: str
    user: str


class Server:
    """The server's authentication interface, as the site's profile describes it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._profile = channel.settings.profile
        self.given: list[bytes] = []

    def challenge(self) -> Challenge:
        """Ask for a challenge; Trouble bad_answer when there is none to sign."""
        data = self._channel.get(self._profile.challenge_path).checked()
        text = str(dig(data, self._profile.challenge_field))
        value = _decoded(text, self._profile.challenge_encoding)
        if not value:
            raise Trouble("bad_answer", f"field {self._profile.challenge_field}")
        self.given.append(value)
        field = self._profile.challenge_id_field
        return Challenge(str(dig(data, field)) if field else "", value)

    def verify(self, challenge: Challenge, certificate: str, signature: bytes) -> Verdict:
        """Hand a signature in. 401 and 403 are refusals; Trouble bad_answer for other oddities."""
        profile = self._profile
        body = {
            profile.verify_certificate_field: certificate,
            profile.verify_signature_field: base64.b64encode(signature).decode(),
        }
        if profile.verify_id_field:
            body[profile.verify_id_field] = challenge.identity
        answer = self._channel.post(profile.verify_path, body)
        if answer.status in (401, 403):
            return Verdict("refused", "")
        if answer.status >= 500:
            return Verdict("failed", "")
        result = str(dig(answer.checked(), profile.result_field))
        if result not in profile.accepted_values:
            return Verdict("refused", "")
        try:
            user = str(dig(answer.data, profile.user_field)) if profile.user_field else ""
        except Trouble:
            user = ""
        return Verdict("accepted", user)


def observe(channel: Channel | Trouble, settings: Settings) -> dict[str, Observation]:
    """Return the observations of this role, in one order: the right attempt comes first."""
    if not settings.test_pair:
        # Not an absence: the role is there and nobody has looked.
        missing = Trouble("not_configured", "test_certificate_file")
        return dict.fromkeys(OBSERVATIONS, error(missing))
    try:
        if isinstance(channel, Trouble):
            raise channel
        identity = key.load(settings.test_pair)
        identity.check(channel.now())
    except Trouble as exc:
        return dict.fromkeys(OBSERVATIONS, error(exc))
    server = Server(channel)
    found: dict[str, Observation] = {}
    try:
        row, challenge, signature = _right(server, identity, settings)
        found["authentication"] = rows([row])
    except Trouble as exc:
        return dict.fromkeys(OBSERVATIONS, error(exc))
    found |= _negative(server, identity, settings, row["state"], (challenge, signature))
    found["challenges"] = _challenges(server.given)
    return found


def _right(
    server: Server, identity: key.Identity, settings: Settings
) -> tuple[dict[str, Any], Challenge, bytes]:
    """Authenticate rightly. The row never holds the user's id, only whether it is the right one."""
    begun = time.monotonic()
    challenge = server.challenge()
    signature = identity.sign(challenge.value)
    verdict = server.verify(challenge, identity.encoded, signature)
    elapsed = round(time.monotonic() - begun, 4)
    state = verdict.state
    if state == "accepted" and settings.profile.user_field:
        if not verdict.user:
            state = "no_user"
        elif settings.expected_user and verdict.user != settings.expected_user:
            state = "wrong_user"
    row = {"state": state, "algorithm": identity.algorithm, "elapsed_seconds": elapsed}
    return row, challenge, signature


def _negative(
    server: Server,
    identity: key.Identity,
    settings: Settings,
    state: str,
    used: tuple[Challenge, bytes],
) -> dict[str, Observation]:
    """Make the attempts that must fail; they mean nothing where the right one is refused too."""
    names = ("wrong_signature", "replay", "refused_certificates")
    if not settings.negative_tests:
        return dict.fromkeys(names, absent("not_configured", "negative_tests"))
    if state in ("refused", "failed"):
        return dict.fromkeys(names, error(Trouble("control_failed", f"authentication {state}")))

    def replay() -> Verdict:
        return server.verify(used[0], identity.encoded, used[1])

    def wrong() -> Verdict:
        challenge = server.challenge()
        other = bytes([challenge.value[0] ^ 1]) + challenge.value[1:]
        return server.verify(challenge, identity.encoded, identity.sign(other))

    found = {"wrong_signature": _one(wrong), "replay": _one(replay)}
    if settings.refused_pairs:
        listed = [_refused(server, pair) for pair in settings.refused_pairs]
        found["refused_certificates"] = rows(listed)
    else:
        found["refused_certificates"] = absent("not_configured", "refused_certificates")
    return found


def _one(attempt: Callable[[], Verdict]) -> Observation:
    try:
        return rows([{"refused": _is_refusal(attempt())}])
    except Trouble as exc:
        return error(exc)


def _refused(server: Server, pair: Pair) -> dict[str, Any]:
    """Authenticate rightly as a user whose certificate is bad."""
    try:
        identity = key.load(pair)
        challenge = server.challenge()
        verdict = server.verify(challenge, identity.encoded, identity.sign(challenge.value))
        return {"name": pair.name, "refused": _is_refusal(verdict)}
    except Trouble as exc:
        return {"name": pair.name, "error": exc.as_dict()}


def _is_refusal(verdict: Verdict) -> bool:
    if verdict.state == "failed":
        raise Trouble("bad_answer", "HTTP 5xx")
    return verdict.state == "refused"


def _challenges(given: list[bytes]) -> Observation:
    """The challenges of one run must differ: an equal one lets a signature be used again."""
    if len(given) < 2:
        return absent("not_configured", "negative_tests")
    row = {
        "count": len(given),
        "unique": len(set(given)) == len(given),
        "shortest_bytes": min(len(value) for value in given),
    }
    return rows([row])


def _decoded(text: str, encoding: str) -> bytes:
    try:
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        if encoding == "hex":
            return bytes.fromhex(text)
        return text.encode()
    except (ValueError, binascii.Error) as exc:
        raise Trouble("bad_answer", f"challenge {encoding}") from exc
