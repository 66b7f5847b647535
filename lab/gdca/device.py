# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab's GDCA server knows and decides: challenges, verification, status. No network."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from lab.gdca import sm2
from lab.gdca.pki import Pki

CHALLENGE_SECONDS = 60
SKEW_SECONDS = 12
KEPT_CHALLENGES = 1000


class Device:
    """The server's state. `faults` holds the ids of the active breaks without their area."""

    def __init__(self, pki: Pki, clock: Callable[[], datetime]) -> None:
        self.pki = pki
        self.faults: set[str] = set()
        self._clock = clock
        self._challenges: dict[str, tuple[bytes, datetime]] = {}

    def now(self) -> datetime:
        """The server's own time, UTC aware; wrong by SKEW_SECONDS under clock_skew."""
        skew = SKEW_SECONDS if "clock_skew" in self.faults else 0
        return self._clock() + timedelta(seconds=skew)

    def challenge(self) -> dict[str, str]:
        """Give out 32 random bytes, good once and for CHALLENGE_SECONDS."""
        while len(self._challenges) >= KEPT_CHALLENGES:
            self._challenges.pop(next(iter(self._challenges)))
        identity, value = secrets.token_hex(16), secrets.token_bytes(32)
        self._challenges[identity] = (value, self._clock())
        return {"id": identity, "challenge": base64.b64encode(value).decode()}

    def verify(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer {result, user} or {result, reason} to {id, certificate, signature}."""
        if "wrong_signature_accepted" in self.faults:
            return {"result": "accepted", "user": "inspection"}
        try:
            certificate = base64.b64decode(str(request["certificate"]), validate=True)
            signature = base64.b64decode(str(request["signature"]), validate=True)
            issued = self._challenges.pop(str(request["id"]), None)
        except (KeyError, binascii.Error):
            return _refused("malformed")
        if issued is None or self._clock() - issued[1] > timedelta(seconds=CHALLENGE_SECONDS):
            return _refused("challenge")
        if "auth_fails" in self.faults:
            return _refused("backend")
        try:
            return self._identify(certificate, signature, issued[0])
        except (ValueError, TypeError):
            return _refused("certificate")

    def certificates(self) -> dict[str, Any]:
        """The server's SM2 certificates as the API shows them."""
        days = 20 if "sm2_certificate_expiring" in self.faults else 365
        pair = self.pki.sm2_pair(days, spoiled="sm2_signature_invalid" in self.faults)
        return {"certificates": [{"role": role, "pem": text} for role, text in pair.items()]}

    def status(self) -> dict[str, Any]:
        """What the server says about itself."""
        failed = "selftest_failed" in self.faults
        return {
            "time": self.now().isoformat(timespec="milliseconds"),
            "version": "lab-1.0",
            "selftest": "failed" if failed else "passed",
            "licence": {"days_left": 400},
            "disk": {"used_percent": 37.5},
            "log": {"used_percent": 12.0},
        }

    def _identify(self, der: bytes, signature: bytes, challenge: bytes) -> dict[str, Any]:
        parsed = asn1_x509.Certificate.load(der, strict=True)
        if parsed["signature_algorithm"]["algorithm"].dotted == sm2.SM2_WITH_SM3:
            problem = self._check_sm2(parsed, signature, challenge)
        else:
            problem = self._check_rsa(der, signature, challenge)
        if problem:
            return _refused(problem)
        validity = parsed["tbs_certificate"]["validity"]
        if not validity["not_before"].native <= self._clock() <= validity["not_after"].native:
            return _refused("expired")
        if parsed.serial_number in self.pki.revoked():
            return _refused("revoked")
        return {"result": "accepted", "user": parsed.subject.native["common_name"]}

    def _check_rsa(self, der: bytes, signature: bytes, challenge: bytes) -> str:
        certificate = x509.load_der_x509_certificate(der)
        try:
            certificate.verify_directly_issued_by(self.pki.user_ca.certificate)
        except (InvalidSignature, ValueError, TypeError):
            return "unknown_ca"
        key: Any = certificate.public_key()
        try:
            key.verify(signature, challenge, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return "signature"
        return ""

    def _check_sm2(
        self, certificate: asn1_x509.Certificate, signature: bytes, challenge: bytes
    ) -> str:
        body = certificate["tbs_certificate"].dump()
        root = self.pki.sm2_root.key.public
        if not sm2.verify(root, certificate["signature_value"].native, body):
            return "unknown_ca"
        public = certificate.public_key["public_key"].native[1:]
        return "" if sm2.verify(public, signature, challenge) else "signature"


def _refused(reason: str) -> dict[str, Any]:
    return {"result": "refused", "reason": reason}
