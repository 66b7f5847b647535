# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SM2 keys and certificates for the lab, made with asn1crypto and gmssl: stock tools cannot."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import algos, core, keys, pem, x509
from gmssl import sm2

SM2_CURVE = "1.2.156.10197.1.301"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
keys.NamedCurve.register("sm2", SM2_CURVE, 32)
ORDER = int(sm2.default_ecc_table["n"], 16)


def engine(public: bytes, private: str = "") -> Any:
    """A gmssl engine for a public point of 64 bytes (x, y) and, to sign, a private key in hex.

    The point is set afterwards because gmssl strips every leading 0 and 4 from what it is given.
    """
    made = sm2.CryptSM2(private_key=private, public_key="", asn1=True)
    made.public_key = public.hex()
    return made


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """Verify a DER signature, SM2 with SM3 and the default id; False for anything malformed."""
    try:
        return bool(engine(public).verify_with_sm3(signature.hex(), data))
    except (ValueError, IndexError, TypeError):
        return False


@dataclass(frozen=True)
class Sm2Key:
    """A private key and its public point of 64 bytes."""

    private: str
    public: bytes

    @classmethod
    def generate(cls) -> Sm2Key:
        """Make a key."""
        number = secrets.randbelow(ORDER - 2) + 1
        table = sm2.default_ecc_table
        point = engine(b"")._kg(number, table["g"])
        return cls(f"{number:064x}", bytes.fromhex(point))

    def sign(self, data: bytes) -> bytes:
        """Sign with SM3 and the default id; DER."""
        nonce = f"{secrets.randbelow(ORDER - 1) + 1:064x}"
        return bytes.fromhex(engine(self.public, self.private).sign_with_sm3(data, nonce))

    def pem(self) -> bytes:
        """The key, PEM, PKCS #8, without a password: it is a lab's."""
        inner = keys.ECPrivateKey(
            {
                "version": 1,
                "private_key": int(self.private, 16),
                "public_key": keys.ECPointBitString(b"\x04" + self.public),
            }
        )
        info = keys.PrivateKeyInfo(
            {
                "version": 0,
                "private_key_algorithm": {"algorithm": EC_PUBLIC_KEY, "parameters": _curve()},
                "private_key": inner,
            }
        )
        return bytes(pem.armor("PRIVATE KEY", info.dump()))


@dataclass(frozen=True)
class Sm2Issued:
    """A certificate with its key; `usages` are asn1crypto's names of key usage bits."""

    certificate: x509.Certificate
    key: Sm2Key

    @property
    def certificate_pem(self) -> bytes:
        """The certificate alone, PEM."""
        return bytes(pem.armor("CERTIFICATE", self.certificate.dump()))

    def write(self, directory: Path, stem: str) -> tuple[Path, Path]:
        """Write <stem>.crt and <stem>.key (0600) and return both paths."""
        certificate, key = directory / f"{stem}.crt", directory / f"{stem}.key"
        certificate.write_bytes(self.certificate_pem)
        handle = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(self.key.pem())
        return certificate, key


def issue(
    common_name: str,
    usages: set[str],
    validity: tuple[datetime, datetime],
    issuer: Sm2Issued | None = None,
    key: Sm2Key | None = None,
) -> Sm2Issued:
    """Issue a certificate for `validity` (begin, end); without an issuer it is a root."""
    key = key or Sm2Key.generate()
    subject = _name(common_name)
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(120) | 1,
            "signature": {"algorithm": SM2_WITH_SM3},
            "issuer": issuer.certificate.subject if issuer else subject,
            "validity": {
                "not_before": _time(validity[0]),
                "not_after": _time(validity[1]),
            },
            "subject": subject,
            "subject_public_key_info": {
                "algorithm": {"algorithm": EC_PUBLIC_KEY, "parameters": _curve()},
                "public_key": keys.ECPointBitString(b"\x04" + key.public),
            },
            "extensions": [
                _extension("basic_constraints", {"ca": "key_cert_sign" in usages}),
                _extension("key_usage", usages),
            ],
        }
    )
    return Sm2Issued(_signed(body, issuer.key if issuer else key), key)


def spoiled(issued: Sm2Issued) -> Sm2Issued:
    """The same certificate with a well-formed signature that is not its issuer's."""
    body = issued.certificate["tbs_certificate"]
    return Sm2Issued(_signed(body, Sm2Key.generate()), issued.key)


def _signed(body: x509.TbsCertificate, signer: Sm2Key) -> x509.Certificate:
    return x509.Certificate(
        {
            "tbs_certificate": body,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": SM2_WITH_SM3}),
            "signature_value": core.OctetBitString(signer.sign(body.dump())),
        }
    )


def _curve() -> keys.ECDomainParameters:
    return keys.ECDomainParameters(name="named", value=keys.NamedCurve(SM2_CURVE))


def _name(common_name: str) -> x509.Name:
    return x509.Name.build(
        {
            "country_name": "CN",
            "organization_name": "ebill.ops lab",
            "common_name": common_name,
        }
    )


def _time(moment: datetime) -> x509.Time:
    return x509.Time(name="utc_time", value=core.UTCTime(moment.replace(microsecond=0)))


def _extension(name: str, value: Any) -> dict[str, Any]:
    return {"extn_id": name, "critical": True, "extn_value": value}
