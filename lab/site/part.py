# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web system as a part of the lab."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from lab.part import Break, HostVars, LabContext
from lab.site.application import SiteApplication
from lab.site.serve import Listener
from lab.tls import Authority

TARGET = "ebillweb"
USER = "xunjian"
EXPIRING_DAYS = 20
_TITLES = {
    "web.down": ("网站停止服务，端口拒绝连接", "the web server is stopped, its port refuses"),
    "web.login_fails": ("登录请求返回 500", "the log-in answers 500"),
    "web.login_loop": (
        "登录后在登录页与菜单页之间循环跳转",
        "after the log-in the pages redirect in a loop",
    ),
    "web.page_slow": ("存档页面打开缓慢", "the archive page is slow"),
    "web.page_error": ("系统管理页面返回 500", "the administration page answers 500"),
    "web.health_degraded": (
        "后台健康检查异常，上传队列积压",
        "the health page reports a stuck queue",
    ),
    "web.certificate_expiring": ("网站证书 20 天后到期", "the site's certificate ends in 20 days"),
    "business.page_text_missing": (
        "基础信息页面缺少开票点列表",
        "the basic information page lacks its list of places",
    ),
    "business.issuing_page_broken": ("开具页面返回 500", "the issuing page answers 500"),
    "business.report_slow": ("综合报表查询缓慢", "the report page is slow"),
    "business.stock_page_error": (
        "票据库存页面显示系统异常",
        "the stock page shows an error with status 200",
    ),
}


class SitePart:
    """The web system on https (its own authority) or plain http."""

    name = "site"

    def __init__(self, https: bool = True) -> None:
        self.https = https
        self.application = SiteApplication(USER, secrets.token_urlsafe(12))
        self._listener = Listener(self.application.asgi)

    async def start(self, ctx: LabContext) -> HostVars:
        """Listen; the password is new at every start."""
        self._directory = ctx.directory(self.name)
        variables = {
            "inspect_web_user": USER,
            "inspect_web_password": self.application.password,
            "inspect_web_ca_file": "",
        }
        if self.https:
            self._authority = Authority("ebill.ops lab web CA", ctx.clock())
            variables["inspect_web_ca_file"] = str(
                self._authority.write(self._directory / "ca.crt")
            )
            self._certificate(365)
        await self._listener.up()
        scheme = "https" if self.https else "http"
        variables["inspect_web_base_url"] = f"{scheme}://127.0.0.1:{self._listener.port}"
        return {TARGET: variables}

    async def stop(self) -> None:
        """Let the port go."""
        await self._listener.close()

    def counters(self) -> dict[str, int]:
        """Log-ins tried."""
        return {"site_logins": self.application.attempts}

    def breaks(self) -> Sequence[Break]:
        """All faults; the one of the certificate only with https."""
        return [
            Break(id_, TARGET, {"zh": zh, "en": en})
            for id_, (zh, en) in _TITLES.items()
            if self.https or id_ != "web.certificate_expiring"
        ]

    async def apply(self, break_id: str) -> None:
        """Break it; KeyError for an id that is not ours."""
        self._known(break_id)
        self.application.broken.add(break_id)
        if break_id == "web.down":
            await self._listener.down()
        elif break_id == "web.certificate_expiring":
            self._certificate(EXPIRING_DAYS)

    async def mend(self, break_id: str) -> None:
        """Mend it; KeyError for an id that is not ours."""
        self._known(break_id)
        self.application.broken.discard(break_id)
        if break_id == "web.down":
            await self._listener.up()
        elif break_id == "web.certificate_expiring":
            self._certificate(365)

    def _known(self, break_id: str) -> None:
        if break_id not in {known.id for known in self.breaks()}:
            raise KeyError(break_id)

    def _certificate(self, days_left: float) -> None:
        # Half a day more: "20 days" must not be 19.9 when it is read a moment later.
        issued = self._authority.issue(
            "ebill.lab", names=["127.0.0.1", "ebill.lab"], days_left=days_left + 0.5
        )
        self._listener.show_certificate(issued, self._directory, "site")
