# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's e-bill web system as an ASGI application: sessions, CSRF, seven functions, health."""

from __future__ import annotations

import asyncio
import secrets
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from lab.site import content, render

COOKIE = "EBILLSESSION"
SLOW_SECONDS = 4.0
"""Longer than the catalogue's warning limit, shorter than its fail limit."""
REPORT_SECONDS = 6.0
LOCK_AFTER = 5


class SiteApplication:
    """The pages, and the faults that `broken` (ids of breaks) makes in them.

    `attempts` counts the log-ins tried, `posts` lists the paths that were posted to: the tests
    read both to see that the inspection tried once and wrote nothing.
    """

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password
        self.broken: set[str] = set()
        self.attempts = 0
        self.posts: list[str] = []
        self._refused = 0
        self._sessions: dict[str, str | None] = {}
        self._tokens: dict[str, str] = {}
        self.asgi = Starlette(
            routes=[
                Route("/", self._root),
                Route("/login", self._login_page, methods=["GET"]),
                Route("/login", self._login, methods=["POST"]),
                Route("/logout", self._logout, methods=["POST"]),
                Route("/menu", self._menu),
                Route("/health", self._health),
                *(Route(shown.path, self._screen) for shown in content.SCREENS),
            ]
        )

    @property
    def sessions(self) -> int:
        """How many sessions are logged in: 0 after a proper log-out."""
        return sum(1 for user in self._sessions.values() if user)

    async def _root(self, request: Request) -> Response:
        return RedirectResponse("/menu", status_code=302)

    async def _login_page(self, request: Request) -> Response:
        if "web.login_loop" in self.broken and self._user(request):
            return RedirectResponse("/menu", status_code=302)
        return self._show_login(request)

    def _show_login(self, request: Request, message: str = "", status: int = 200) -> Response:
        session = request.cookies.get(COOKIE)
        if session not in self._sessions:
            session = secrets.token_urlsafe(24)
            self._sessions[session] = None
        csrf = self._tokens.setdefault(str(session), secrets.token_urlsafe(18))
        answer = HTMLResponse(render.login(csrf, message), status_code=status)
        answer.set_cookie(COOKIE, str(session), httponly=True, samesite="lax")
        return answer

    async def _login(self, request: Request) -> Response:
        self.posts.append("/login")
        self.attempts += 1
        if "web.login_fails" in self.broken:
            return HTMLResponse(render.failure(), status_code=500)
        # Starlette's own form parser needs python-multipart; the log-in form is a query string.
        fields = parse_qs((await request.body())[:4096].decode("utf-8", "replace"))
        given = {key: values[0] for key, values in fields.items()}
        session = request.cookies.get(COOKIE, "")
        if not session or self._tokens.get(session) != given.get("_csrf"):
            return self._show_login(request, "页面已过期，请重新登录", 403)
        if self._refused >= LOCK_AFTER:
            return self._show_login(request, "账号已锁定，请联系管理员")
        if (given.get("username"), given.get("password")) != (self.user, self.password):
            self._refused += 1
            return self._show_login(request, "用户名或密码错误")
        self._refused = 0
        del self._sessions[session]
        fresh = secrets.token_urlsafe(24)
        self._sessions[fresh] = self.user
        answer = RedirectResponse("/menu", status_code=302)
        answer.set_cookie(COOKIE, fresh, httponly=True, samesite="lax")
        return answer

    async def _logout(self, request: Request) -> Response:
        self.posts.append("/logout")
        self._sessions.pop(request.cookies.get(COOKIE, ""), None)
        return RedirectResponse("/login", status_code=302)

    async def _menu(self, request: Request) -> Response:
        user = self._user(request)
        if user is None or "web.login_loop" in self.broken:
            return RedirectResponse("/login", status_code=302)
        return HTMLResponse(render.menu(user))

    async def _screen(self, request: Request) -> Response:
        if self._user(request) is None:
            return RedirectResponse("/login", status_code=302)
        shown = next(s for s in content.SCREENS if s.path == request.url.path)
        tables = shown.tables
        match shown.function:
            case "basic_information" if "business.page_text_missing" in self.broken:
                tables = tables[1:]
            case "stock" if "business.stock_page_error" in self.broken:
                return HTMLResponse(render.failure(), status_code=200)
            case "issuing" if "business.issuing_page_broken" in self.broken:
                return HTMLResponse(render.failure(), status_code=500)
            case "archive" if "web.page_slow" in self.broken:
                await asyncio.sleep(SLOW_SECONDS)
            case "report" if "business.report_slow" in self.broken:
                await asyncio.sleep(REPORT_SECONDS)
            case "administration" if "web.page_error" in self.broken:
                return HTMLResponse(render.failure(), status_code=500)
        if shown.encoding != "utf-8":
            return Response(render.screen(shown, tables), headers={"content-type": "text/html"})
        return HTMLResponse(render.screen(shown, tables))

    async def _health(self, request: Request) -> Response:
        degraded = "web.health_degraded" in self.broken
        state = {
            "status": "DEGRADED" if degraded else "UP",
            "database": {"status": "UP"},
            "queue": {"status": "DOWN" if degraded else "UP", "waiting": 1460 if degraded else 3},
        }
        return JSONResponse(state, status_code=503 if degraded else 200)

    def _user(self, request: Request) -> str | None:
        return self._sessions.get(request.cookies.get(COOKIE, ""))
