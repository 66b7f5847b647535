# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a certificate says: facts for one row each, from DER or PEM of any origin."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca import sm2
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble, clean, driver

LARGEST_FILE = 1024 * 1024

# What the two key usages of a Chinese double certificate must and must not hold.
_SIGNS = {"digital_signature", "non_repudiation"}
_ENCRYPTS = {"key_encipherment", "data_encipherment", "key_agreement"}
_HASHES = {
    sm2.WITH_SM3: "sm3",
    "1.2.840.113549.1.1.4": "md5",
    "1.2.840.113549.1.1.5": "sha1",
    "1.2.840.10045.4.1": "sha1",
}


def split(content: bytes) -> list[bytes]:
    """Return the DER certificates of a PEM text, or of a single DER; Trouble bad_answer if none."""
    if len(content) > LARGEST_FILE:
        raise Trouble("bad_answer", "certificate file too large")
    if b"-----BEGIN" not in content:
        if content[:1] == b"\x30":
            return [content]
        raise Trouble("bad_answer", "no PEM or DER certificate")
    pem = driver("asn1crypto.pem")
    try:
        found = [
            der
            for kind, _headers, der in pem.unarmor(content, multiple=True)
            if der and kind in ("CERTIFICATE", "X509 CERTIFICATE")
        ]
    except (ValueError, TypeError) as exc:
        raise Trouble("bad_answer", "PEM") from exc
    if not found:
        raise Trouble("bad_answer", "no certificate in PEM")
    return [bytes(der) for der in found]


def read_file(path: str) -> list[bytes]:
    """Return the DER certificates of a file; Trouble unreadable or bad_answer."""
    try:
        return split(Path(path).read_bytes())
    except OSError as exc:
        raise Trouble("unreadable", path) from exc


def parse(der: bytes) -> Any:
    """Return asn1crypto's certificate with every part that is used here already decoded.

    asn1crypto decodes late and raises several kinds of exception on a broken encoding, so all of
    it is touched here once; Trouble bad_answer for whatever goes wrong.
    """
    x509 = driver("asn1crypto.x509")
    try:
        certificate = x509.Certificate.load(der, strict=True)
        facts(certificate, datetime.fromisoformat("2000-01-01T00:00:00+00:00"), "any")
        _parsed = (
            self_issued(certificate),
            is_ca(certificate),
            certificate["signature_value"].native,
        )
    except Exception as exc:  # a broken DER: ValueError, TypeError, KeyError, OverflowError, ...
        raise Trouble("bad_answer", "certificate DER") from exc
    return certificate


def facts(certificate: Any, now: datetime, usage: str) -> dict[str, Any]:
    """Return the row of a certificate; `usage` as settings.CertificateFile has it.

    subject_cn, issuer_cn, serial (hex pairs with colons), algorithm (rsa, sm2, ec or a dotted
    OID), key_bits, signature_hash, not_before, not_after (2026-11-22 16:00 UTC), days_left,
    started, usage_state (ok, wrong, missing), fingerprint (SHA-256, hex).
    """
    body = certificate["tbs_certificate"]
    begin, end = body["validity"]["not_before"].native, body["validity"]["not_after"].native
    kind, bits = _key(certificate)
    return {
        "subject_cn": _common_name(certificate.subject),
        "issuer_cn": _common_name(certificate.issuer),
        "serial": _serial(certificate),
        "algorithm": kind,
        "key_bits": bits,
        "signature_hash": _hash(certificate["signature_algorithm"]),
        "not_before": _minute(begin),
        "not_after": _minute(end),
        "days_left": round((end - now).total_seconds() / 86400, 2),
        "started": begin <= now,
        "usage_state": _usage_state(certificate, usage),
        "fingerprint": hashlib.sha256(certificate.dump()).hexdigest(),
    }


def subject_cn(certificate: Any) -> str:
    """Return the common name of the subject."""
    return _common_name(certificate.subject)


def issuer_cn(certificate: Any) -> str:
    """Return the common name of the issuer."""
    return _common_name(certificate.issuer)


def algorithm(certificate: Any) -> str:
    """Return the kind of its public key: rsa, sm2, ec or a dotted OID."""
    return _key(certificate)[0]


def is_ca(certificate: Any) -> bool:
    """Tell whether the certificate says that it is an authority."""
    constraints = certificate.basic_constraints_value
    return bool(constraints is not None and constraints["ca"].native)


def self_issued(certificate: Any) -> bool:
    """Tell whether subject and issuer are the same name: a root, or a device's own making."""
    return bool(certificate.subject.hashable == certificate.issuer.hashable)


def _serial(certificate: Any) -> str:
    """Write the serial number as OpenSSL does: colons keep it from looking like a card number."""
    return str(certificate["tbs_certificate"]["serial_number"].contents.hex(":"))


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _key(certificate: Any) -> tuple[str, int | None]:
    info = certificate.public_key
    kind = info["algorithm"]["algorithm"]
    if kind.native in ("rsa", "rsassa_pss"):
        return "rsa", info["public_key"].parsed["modulus"].native.bit_length()
    if kind.native == "ec":
        point = info["public_key"].native
        bits = (len(point) - 1) * (4 if point[:1] == b"\x04" else 8)
        curve = info["algorithm"]["parameters"].chosen
        return ("sm2" if getattr(curve, "dotted", "") == sm2.CURVE else "ec"), bits
    return str(kind.dotted), None


def _hash(algorithm: Any) -> str:
    dotted = algorithm["algorithm"].dotted
    if dotted in _HASHES:
        return _HASHES[dotted]
    try:
        return str(algorithm.hash_algo)
    except ValueError:
        return str(dotted)


def _usage_state(certificate: Any, usage: str) -> str:
    value = certificate.key_usage_value
    if value is None:
        return "missing"
    bits: set[str] = value.native
    if is_ca(certificate):
        good = "key_cert_sign" in bits and usage in ("any", "ca")
    elif usage == "signing":
        good = bool(bits & _SIGNS) and not bits & _ENCRYPTS
    elif usage == "encryption":
        good = bool(bits & _ENCRYPTS) and not bits & _SIGNS
    elif usage == "server":
        good = bool(bits & (_SIGNS | _ENCRYPTS))
    else:
        good = usage == "any" and bool(bits)
    return "ok" if good else "wrong"


def _common_name(name: Any) -> str:
    """Return the CN (an organisation where there is none), one line of at most 80 characters."""
    native = name.native
    found = native.get("common_name") or native.get("organization_name") or ""
    return clean(" ".join(found) if isinstance(found, list) else found)
