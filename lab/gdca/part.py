# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GDCA server as a part of the lab: target gdca01."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path

from lab.gdca.device import Device
from lab.gdca.pki import EXPIRING_DAYS, Pki, UserPair
from lab.gdca.server import Listener, application
from lab.part import Break, HostVars, LabContext

TARGET = "gdca01"
ADDRESS = "127.0.0.1"
EXPIRED_DAYS = -3

_TITLES = {
    "down": ("认证服务器宕机", "GDCA server is down"),
    "silent": ("认证服务器端口可连但无应答", "GDCA server accepts but never answers"),
    "certificate_expiring": ("服务器 TLS 证书 20 天后到期", "TLS certificate expires in 20 days"),
    "certificate_expired": ("服务器 TLS 证书已过期", "TLS certificate has expired"),
    "sm2_certificate_expiring": (
        "SM2 签名证书 20 天后到期",
        "SM2 signing certificate expires in 20 days",
    ),
    "sm2_signature_invalid": ("SM2 签名证书验签不通过", "SM2 certificate has a wrong signature"),
    "chain_incomplete": ("TLS 证书链缺少中间证书", "TLS chain lacks its intermediate"),
    "wrong_signature_accepted": ("错误签名也能通过认证", "any signature is accepted"),
    "auth_fails": ("正确签名认证失败", "a right signature is refused"),
    "auth_slow": ("认证响应缓慢", "authentication is slow"),
    "clock_skew": ("认证服务器时钟快 12 秒", "the server's clock is 12 seconds fast"),
    "selftest_failed": ("密码模块自检未通过", "the self-test failed"),
}
_BREAKS = tuple(
    Break(f"gdca.{what}", TARGET, {"zh": zh, "en": en}) for what, (zh, en) in _TITLES.items()
)


class GdcaPart:
    """One authentication server on loopback with its API, certificates and faults."""

    name = "gdca"

    def __init__(self) -> None:
        self.device: Device | None = None
        self._listener: Listener | None = None
        self._directory = Path()
        self._served: str | None = None

    async def start(self, ctx: LabContext) -> HostVars:
        """Make the certificates, start serving and return the variables of gdca01."""
        self._directory = ctx.directory(self.name)
        pki = await asyncio.to_thread(Pki, ctx.clock(), ADDRESS)
        self.device = Device(pki, ctx.clock)
        self._listener = Listener(ADDRESS)
        ca_file = self._directory / "ca.crt"
        ca_file.write_bytes(pki.root.certificate_pem)
        sm2_ca_file = self._directory / "sm2_ca.crt"
        sm2_ca_file.write_bytes(pki.sm2_root.certificate_pem)
        users = pki.write_users(self._directory)
        await self._serve()
        return {
            TARGET: {
                "inspect_gdca_url": f"https://{ADDRESS}:{self._listener.port}",
                "inspect_gdca_ca_file": str(ca_file),
                "inspect_gdca_certificate_ca_file": str(sm2_ca_file),
                "inspect_gdca_test_certificate_file": str(users["inspection"].certificate),
                "inspect_gdca_test_key_file": str(users["inspection"].key),
                "inspect_gdca_refused_certificates": _refused(users),
            }
        }

    async def stop(self) -> None:
        """Close the port."""
        if self._listener:
            await self._listener.release()
            self._listener = None

    def breaks(self) -> Sequence[Break]:
        """Every fault of this part."""
        return _BREAKS

    async def apply(self, break_id: str) -> None:
        """Break one thing; KeyError for an id that is not this part's."""
        self._faults().add(_fault(break_id))
        await self._serve()

    async def mend(self, break_id: str) -> None:
        """Mend one thing; KeyError for an id that is not this part's."""
        self._faults().discard(_fault(break_id))
        await self._serve()

    def _faults(self) -> set[str]:
        if self.device is None:
            raise RuntimeError("the GDCA part was not started")
        return self.device.faults

    async def _serve(self) -> None:
        """Bring the listener into the state that the active faults ask for."""
        assert self.device is not None and self._listener is not None
        faults = self.device.faults
        wanted = _wanted(faults)
        if wanted == self._served:
            return
        if wanted == "down":
            await self._listener.close()
        elif wanted == "silent":
            await self._listener.silence()
        else:
            context = await asyncio.to_thread(self._context, self.device.pki, frozenset(faults))
            await self._listener.open(application(self.device), context)
        self._served = wanted

    def _context(self, pki: Pki, faults: frozenset[str]) -> ssl.SSLContext:
        days: float = 365
        if "certificate_expired" in faults:
            days = EXPIRED_DAYS
        elif "certificate_expiring" in faults:
            days = EXPIRING_DAYS
        issued = pki.server(days)
        chain, key = issued.write(self._directory, "server")
        if "chain_incomplete" not in faults:
            chain.write_bytes(issued.certificate_pem + pki.intermediate.certificate_pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        return context


def _wanted(faults: set[str]) -> str:
    for state in ("down", "silent"):
        if state in faults:
            return state
    tls = {"certificate_expired", "certificate_expiring", "chain_incomplete"}
    return "open " + " ".join(sorted(faults & tls))


def _fault(break_id: str) -> str:
    area, _, what = break_id.partition(".")
    if area != "gdca" or what not in _TITLES:
        raise KeyError(break_id)
    return what


def _refused(users: dict[str, UserPair]) -> list[dict[str, str]]:
    """The test users that a right server must refuse, as the product's option takes them."""
    return [
        {
            "name": name,
            "certificate_file": str(users[name].certificate),
            "key_file": str(users[name].key),
        }
        for name in ("expired", "revoked", "unknown_ca")
    ]
