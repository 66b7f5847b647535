# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a server's certificate whatever is wrong with it, and say what is wrong, each by itself.

Running out, trust and name are three values: a certificate that expired yesterday is still signed
by the right authority and still carries the right name. Revocation is not asked; the row says so.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address

from ansible_collections.ebill.ops.plugins.module_utils.probe.net import connect, hang_up
from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import CouldNotLook, Row
from ansible_collections.ebill.ops.plugins.module_utils.probe.tls import (
    accept_old,
    trusting_context,
    unverified_context,
)

try:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h; Python's VerifyFlags does not name it."""

_NOT_YET, _EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
_SECONDS_A_DAY = 86400


@dataclass(frozen=True)
class Server:
    """Where the certificate is shown. `ca_file` is trusted besides the system's authorities."""

    host: str
    port: int
    server_name: str = ""
    ca_file: str = ""

    @property
    def name(self) -> str:
        """The name that the certificate must carry."""
        return self.server_name or self.host

    @property
    def endpoint(self) -> str:
        """host:port."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Leaf:
    """What is read from a certificate; `names` are its subject alternative names."""

    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]
    issuer: str


def read_leaf(der: bytes) -> Leaf:
    """Read DER. CouldNotLook("driver_missing") without `cryptography`, "bad_answer" for rubbish."""
    if not HAS_CRYPTOGRAPHY:
        raise CouldNotLook("driver_missing", "cryptography")
    try:
        certificate = x509.load_der_x509_certificate(der)
        issuer = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
        return Leaf(
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            _alternative_names(certificate),
            str(issuer[0].value) if issuer else "",
        )
    except ValueError as error:
        raise CouldNotLook("bad_answer", f"X.509: {error}"[:120]) from error


def name_matches(names: tuple[str, ...], wanted: str) -> bool:
    """Compare as RFC 9525 says: one wildcard for the leftmost label, addresses exactly."""
    try:
        address = ip_address(wanted)
    except ValueError:
        return any(_dns_matches(name.lower(), wanted.lower().rstrip(".")) for name in names)
    return str(address) in names


async def read_certificate(server: Server, seconds: float, now: datetime) -> Row:
    """Return the row of the certificate that the server shows; raises Broken or CouldNotLook.

    {endpoint, server_name, days_left (unrounded, negative when over), not_after, trusted,
    trust (ok or a code), name_matches, issuer, protocol, revocation: "not_tested"}
    """
    deadline = asyncio.get_running_loop().time() + seconds
    _reader, writer, _seconds = await connect(
        server.host, server.port, seconds, ssl=unverified_context(), server_hostname=server.name
    )
    handshake: ssl.SSLObject = writer.get_extra_info("ssl_object")
    der, protocol = handshake.getpeercert(True), handshake.version()
    await hang_up(writer)
    leaf = read_leaf(der or b"")
    left = max(deadline - asyncio.get_running_loop().time(), 0.1)
    trust = await _trust(server, leaf, left, now)
    return {
        "endpoint": server.endpoint,
        "server_name": server.name,
        "days_left": (leaf.not_after - now).total_seconds() / _SECONDS_A_DAY,
        "not_after": leaf.not_after.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "trusted": trust == "ok",
        "trust": trust,
        "name_matches": name_matches(leaf.names, server.name),
        "issuer": leaf.issuer,
        "protocol": protocol,
        "revocation": "not_tested",
    }


async def _trust(server: Server, leaf: Leaf, seconds: float, now: datetime) -> str:
    """Return "ok" or OpenSSL's code. The leaf's own dates are left out; an issuer's are not."""
    code = await _verify(server, seconds, ignore_time=False)
    if code in (_EXPIRED, _NOT_YET) and not leaf.not_before <= now <= leaf.not_after:
        code = await _verify(server, seconds, ignore_time=True)
    return "ok" if code == 0 else f"OpenSSL {code}"


async def _verify(server: Server, seconds: float, *, ignore_time: bool) -> int:
    """Shake hands with verification of the chain; 0 or OpenSSL's verification error."""
    context = trusting_context(server.ca_file)
    context.check_hostname = False
    accept_old(context)
    if ignore_time:
        context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
    try:
        _reader, writer, _seconds = await connect(
            server.host, server.port, seconds, ssl=context, server_hostname=server.name
        )
    except CouldNotLook as error:
        cause = error.__cause__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return int(cause.verify_code)
        raise
    await hang_up(writer)
    return 0


def _alternative_names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = names.get_values_for_type(x509.DNSName)
    return (*hosts, *(str(address) for address in names.get_values_for_type(x509.IPAddress)))


def _dns_matches(pattern: str, wanted: str) -> bool:
    if pattern.startswith("*."):
        _host, dot, rest = wanted.partition(".")
        return bool(dot) and rest == pattern[2:] and "." in rest
    return pattern == wanted
