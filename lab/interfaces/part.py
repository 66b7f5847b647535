# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface ends as a part of the lab: targets his, finance and sms."""

from __future__ import annotations

from collections.abc import Sequence

from lab.interfaces.ends import Finance, His, Sms
from lab.part import Break, HostVars, LabContext
from lab.site.serve import Listener
from lab.tls import Authority

GOOD_NAMES = ("127.0.0.1", "finance.lab")
GOOD_DAYS = 365.0
_BREAKS = {
    "interface.his_down": ("his", "HIS 接口停止，端口拒绝连接", "HIS is stopped, its port refuses"),
    "interface.his_error": (
        "his",
        "HIS 接口返回 500，状态为 DOWN",
        "HIS answers 500 with status DOWN",
    ),
    "interface.slow": ("his", "HIS 接口应答缓慢", "HIS answers slowly"),
    "interface.certificate_expiring": (
        "finance",
        "财政接口证书 20 天后到期",
        "the finance certificate ends in 20 days",
    ),
    "interface.certificate_expired": (
        "finance",
        "财政接口证书已过期",
        "the finance certificate has expired",
    ),
    "interface.certificate_wrong_name": (
        "finance",
        "财政接口证书的主机名不符",
        "the finance certificate is for another name",
    ),
    "interface.certificate_untrusted": (
        "finance",
        "财政接口证书由未知机构签发",
        "the finance certificate is signed by an unknown authority",
    ),
    "interface.sms_down": ("sms", "短信网关停止，端口拒绝连接", "the SMS gateway is stopped"),
    "interface.sms_silent": (
        "sms",
        "短信网关可连接但不应答",
        "the SMS gateway accepts and says nothing",
    ),
}


class InterfacesPart:
    """HIS on HTTP, the finance bureau on HTTPS with an authority of its own, SMS on plain TCP."""

    name = "interfaces"

    def __init__(self) -> None:
        self.his, self.sms = His(), Sms()
        self._his = Listener(self.his.asgi)
        self._finance = Listener(Finance().asgi)
        self._broken: set[str] = set()

    async def start(self, ctx: LabContext) -> HostVars:
        """Open all three ends."""
        self._directory = ctx.directory(self.name)
        self._authority = Authority("ebill.ops lab finance CA", ctx.clock())
        self._stranger = Authority("ebill.ops lab unknown CA", ctx.clock())
        ca_file = str(self._authority.write(self._directory / "ca.crt"))
        self._certificate()
        await self._his.up()
        await self._finance.up()
        await self.sms.up()
        return {
            "his": {"inspect_interface_url": f"http://127.0.0.1:{self._his.port}"},
            "finance": {
                "inspect_interface_url": f"https://127.0.0.1:{self._finance.port}",
                "inspect_interface_ca_file": ca_file,
            },
            "sms": {
                "inspect_interface_host": "127.0.0.1",
                "inspect_interface_port": self.sms.port,
            },
        }

    async def stop(self) -> None:
        """Let all ports go."""
        await self._his.close()
        await self._finance.close()
        await self.sms.close()

    def breaks(self) -> Sequence[Break]:
        """All faults of the three ends."""
        return [Break(i, t, {"zh": zh, "en": en}) for i, (t, zh, en) in _BREAKS.items()]

    async def apply(self, break_id: str) -> None:
        """Break it; KeyError for an id that is not ours."""
        _BREAKS[break_id]
        if break_id not in self._broken:
            self._broken.add(break_id)
            await self._switch(break_id, broken=True)

    async def mend(self, break_id: str) -> None:
        """Mend it; KeyError for an id that is not ours."""
        _BREAKS[break_id]
        if break_id in self._broken:
            self._broken.discard(break_id)
            await self._switch(break_id, broken=False)

    async def _switch(self, break_id: str, *, broken: bool) -> None:
        self.his.broken = self._broken
        self.sms.silent = "interface.sms_silent" in self._broken
        if break_id == "interface.his_down":
            await (self._his.down() if broken else self._his.up())
        elif break_id == "interface.sms_down":
            await (self.sms.down() if broken else self.sms.up())
        elif break_id.startswith("interface.certificate_"):
            self._certificate()

    def _certificate(self) -> None:
        """Show the certificate that the breaks in force ask for."""
        days = GOOD_DAYS
        if "interface.certificate_expired" in self._broken:
            days = -3
        elif "interface.certificate_expiring" in self._broken:
            days = 20
        wrong = "interface.certificate_wrong_name" in self._broken
        unknown = "interface.certificate_untrusted" in self._broken
        issued = (self._stranger if unknown else self._authority).issue(
            "finance.lab",
            names=["other.lab"] if wrong else GOOD_NAMES,
            # Half a day more, so that 20 days are not 19.9 a moment later.
            days_left=days + 0.5,
        )
        self._finance.show_certificate(issued, self._directory, "finance")
