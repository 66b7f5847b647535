# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inspection's own test key: read from its file, used here, never handed on."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca import certificate, sm2
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble, driver
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Pair


@dataclass(frozen=True, repr=False)
class Identity:
    """A test user that can sign. The key lives only in the closure of `sign`."""

    certificate: Any
    algorithm: str
    sign: Callable[[bytes], bytes]

    @property
    def encoded(self) -> str:
        """The certificate, DER in base64, as it goes to the server."""
        return base64.b64encode(self.certificate.dump()).decode()

    def check(self, now: datetime) -> None:
        """Trouble test_identity when the server would be right to refuse this identity."""
        row = certificate.facts(self.certificate, now, "any")
        if row["days_left"] < 0:
            raise Trouble("test_identity", f"{row['subject_cn']} {row['not_after']}")


def load(pair: Pair) -> Identity:
    """Read a certificate and its key.

    Trouble unreadable (no such file), not_supported (encrypted key, unknown kind of key),
    test_identity (the key is not the certificate's), driver_missing.
    """
    subject = certificate.parse(certificate.read_file(pair.certificate_file)[0])
    algorithm = certificate.algorithm(subject)
    try:
        text = Path(pair.key_file).read_bytes()
    except OSError as exc:
        raise Trouble("unreadable", pair.key_file) from exc
    signer = _sm2_signer if algorithm == "sm2" else _other_signer
    return Identity(subject, algorithm, signer(text, subject, pair.key_file))


def _sm2_signer(text: bytes, subject: Any, path: str) -> Callable[[bytes], bytes]:
    pem, keys = driver("asn1crypto.pem"), driver("asn1crypto.keys")
    try:
        kind, _headers, der = pem.unarmor(text)
        if kind == "ENCRYPTED PRIVATE KEY":
            raise Trouble("not_supported", f"encrypted key {path}")
        if kind == "PRIVATE KEY":
            info = keys.PrivateKeyInfo.load(der, strict=True)
            number = info["private_key"].parsed["private_key"].native
        else:
            number = keys.ECPrivateKey.load(der, strict=True)["private_key"].native
    except (ValueError, TypeError, KeyError) as exc:
        raise Trouble("not_supported", f"key {path}") from exc
    point = subject.public_key["public_key"].native
    probe = b"ebill.ops"
    if not 0 < number < sm2.ORDER or not sm2.verify(point, sm2.sign(number, point, probe), probe):
        raise Trouble("test_identity", f"key {path}")
    return lambda data: sm2.sign(number, point, data)


def _other_signer(text: bytes, subject: Any, path: str) -> Callable[[bytes], bytes]:
    serialization = driver("cryptography.hazmat.primitives.serialization")
    hashes = driver("cryptography.hazmat.primitives.hashes")
    asymmetric = driver("cryptography.hazmat.primitives.asymmetric")
    rsa, ec = (driver(f"{asymmetric.__name__}.{name}") for name in ("rsa", "ec"))
    padding = driver(f"{asymmetric.__name__}.padding")
    exceptions = driver("cryptography.exceptions")
    x509 = driver("cryptography.x509")
    try:
        key = serialization.load_pem_private_key(text, None)
        certified = x509.load_der_x509_certificate(subject.dump()).public_key()
    except (ValueError, TypeError, exceptions.UnsupportedAlgorithm) as exc:
        raise Trouble("not_supported", f"key {path}") from exc
    if key.public_key() != certified:
        raise Trouble("test_identity", f"key {path}")
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda data: bytes(key.sign(data, padding.PKCS1v15(), hashes.SHA256()))
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return lambda data: bytes(key.sign(data, ec.ECDSA(hashes.SHA256())))
    raise Trouble("not_supported", f"key {path}")
