# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every certificate of the lab's GDCA server: TLS chain, SM2 pair, and those of its test users."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from lab.gdca import sm2
from lab.tls import Issued, new_key

CA_USAGE = {"key_cert_sign", "crl_sign"}
SIGNING_USAGE = {"digital_signature", "non_repudiation"}
ENCRYPTION_USAGE = {"key_encipherment", "data_encipherment"}

EXPIRING_DAYS = 20
SERVER_NAMES = ("gdca01.lab.invalid",)


@dataclass(frozen=True)
class UserPair:
    """The files of one test user: a certificate and its key, on the inspecting side."""

    certificate: Path
    key: Path


class Pki:
    """Made once when the lab starts; the server's leaf is issued again at will."""

    def __init__(self, now: datetime, address: str) -> None:
        self.now = now
        self.address = address
        leaf_key, user_key = new_key(), new_key()
        self.root = self._issue("GDCA lab root", new_key(), None, 3650)
        self.intermediate = self._issue("GDCA lab server CA", new_key(), self.root, 1800)
        self._server_key = leaf_key
        self.user_ca = self._issue("GDCA lab user CA", new_key(), None, 1800)
        foreign = self._issue("Foreign lab CA", new_key(), None, 1800)
        self.users = {
            "inspection": self._issue("inspection", user_key, self.user_ca, 365, ca=False),
            "expired": self._issue("inspection expired", user_key, self.user_ca, -5, ca=False),
            "revoked": self._issue("inspection revoked", user_key, self.user_ca, 365, ca=False),
            "unknown_ca": self._issue("inspection", user_key, foreign, 365, ca=False),
        }
        self.sm2_root = sm2.issue("GDCA lab SM2 root", CA_USAGE, self._validity(3650))
        self.sm2_user = sm2.issue(
            "inspection SM2", SIGNING_USAGE, self._validity(365), self.sm2_root
        )
        self._sm2_keys = {role: sm2.Sm2Key.generate() for role in ("signing", "encryption")}
        self._sm2_pairs: dict[tuple[float, bool], dict[str, str]] = {}

    def server(self, days_left: float = 365) -> Issued:
        """Issue the TLS leaf that runs out `days_left` days from now."""
        return self._issue(
            SERVER_NAMES[0], self._server_key, self.intermediate, days_left, ca=False, server=True
        )

    def sm2_pair(self, days_left: float = 365, *, spoiled: bool = False) -> dict[str, str]:
        """Issue the server's signing and encryption certificates; PEM by role, with their root."""
        if (days_left, spoiled) in self._sm2_pairs:
            return self._sm2_pairs[days_left, spoiled]
        pair = {}
        for role, usage in (("signing", SIGNING_USAGE), ("encryption", ENCRYPTION_USAGE)):
            days = days_left if role == "signing" else 365
            issued = sm2.issue(
                f"gdca01 {role}", usage, self._validity(days), self.sm2_root, self._sm2_keys[role]
            )
            wrong = spoiled and role == "signing"
            pair[role] = (sm2.spoiled(issued) if wrong else issued).certificate_pem.decode()
        pair["sm2_root"] = self.sm2_root.certificate_pem.decode()
        self._sm2_pairs[days_left, spoiled] = pair
        return pair

    def write_users(self, directory: Path) -> dict[str, UserPair]:
        """Write the test users' files and return their paths by name."""
        written = {
            name: UserPair(*issued.write(directory, name)) for name, issued in self.users.items()
        }
        written["inspection_sm2"] = UserPair(*self.sm2_user.write(directory, "inspection_sm2"))
        return written

    def revoked(self) -> Collection[int]:
        """The serial numbers that the user CA has revoked."""
        return {self.users["revoked"].certificate.serial_number}

    def _validity(self, days_left: float) -> tuple[datetime, datetime]:
        end = self.now + timedelta(days=days_left)
        return min(self.now, end) - timedelta(days=365), end

    def _issue(
        self,
        common_name: str,
        key: rsa.RSAPrivateKey,
        issuer: Issued | None,
        days_left: float,
        *,
        ca: bool = True,
        server: bool = False,
    ) -> Issued:
        name = _name(common_name)
        begin, end = self._validity(days_left)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer.certificate.subject if issuer else name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), True)
            .add_extension(_key_usage(ca), True)
        )
        if server:
            builder = builder.add_extension(_alternatives(self.address), False)
        return Issued(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _alternatives(address: str) -> x509.SubjectAlternativeName:
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in SERVER_NAMES]
    return x509.SubjectAlternativeName([*names, x509.IPAddress(ip_address(address))])


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ebill.ops lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _key_usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=not ca,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
