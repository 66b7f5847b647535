# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny certificate authority for the lab's servers: RSA, any validity, also in the past."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

KEY_BITS = 2048
"""Small enough to be made while the lab starts, large enough for OpenSSL's security level 2."""

SERVER = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH


def new_key() -> rsa.RSAPrivateKey:
    """Make an RSA key (about a tenth of a second)."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def certificate_pem(self) -> bytes:
        """The certificate alone, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key, PEM, PKCS #8, without a password: it is a lab's."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def write(self, directory: Path, stem: str) -> tuple[Path, Path]:
        """Write <stem>.crt and <stem>.key (0600) and return both paths."""
        certificate, key = directory / f"{stem}.crt", directory / f"{stem}.key"
        certificate.write_bytes(self.certificate_pem)
        handle = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(self.key_pem)
        return certificate, key

    def server_context(self, directory: Path, stem: str) -> ssl.SSLContext:
        """Write the pair below `directory` and return a TLS server context that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.write(directory, stem))
        return context


class Authority:
    """A root that signs. `now` is the lab's clock, UTC aware."""

    def __init__(self, common_name: str, now: datetime, days: float = 3650) -> None:
        self.now = now
        key = new_key()
        name = _name(common_name)
        builder = _builder(name, name, key, now - timedelta(days=days), now + timedelta(days=days))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), True)
        builder = builder.add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False
        )
        self.root = Issued(builder.sign(key, hashes.SHA256()), key)

    def write(self, path: Path) -> Path:
        """Write the root's certificate (no key) and return the path."""
        path.write_bytes(self.root.certificate_pem)
        return path

    def issue(
        self,
        common_name: str,
        *,
        names: Sequence[str] = (),
        days_left: float = 365,
        days_before: float = 365,
        usages: Sequence[x509.ObjectIdentifier] = (SERVER,),
        key: rsa.RSAPrivateKey | None = None,
    ) -> Issued:
        """Issue a leaf that runs out `days_left` days from now (negative: it has run out).

        `names` are its subject alternative names, host names or IP addresses; `days_before` is how
        long before now or before its end, whichever is earlier, it began. A given key is reused.
        """
        key = key or new_key()
        end = self.now + timedelta(days=days_left)
        begin = min(self.now, end) - timedelta(days=days_before)
        builder = _builder(
            _name(common_name), self.root.certificate.subject, key, begin, end
        ).add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        builder = builder.add_extension(_key_usage(signs_certificates=False), True)
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(usages)), False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root.key.public_key()), False
        )
        if names:
            builder = builder.add_extension(_alternative_names(names), False)
        return Issued(builder.sign(self.root.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    begin: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ebill.ops lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _alternative_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_alternative_name(name) for name in names])


def _alternative_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
