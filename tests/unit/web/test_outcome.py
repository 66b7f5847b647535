# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page is worth, by the table in outcome.py."""

from __future__ import annotations

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.web.flow import Expect
from ansible_collections.ebill.ops.plugins.module_utils.web.outcome import (
    Page,
    Verdict,
    evaluate,
    expected,
)

MENU = Expect(text=("退出登录",), absent_text=("无权限",), within_seconds=3.0)


def page(text: str = "退出登录", status: int = 200, seconds: float = 0.1) -> Page:
    return Page(status, text, text, seconds)


@pytest.mark.parametrize(
    ("shown", "outcome", "missing", "found"),
    [
        (page(), "ok", (), ()),
        (page(seconds=3.0), "ok", (), ()),
        (page(seconds=3.01), "slow", (), ()),
        (page("欢迎"), "text_missing", ("退出登录",), ()),
        (page("欢迎", seconds=9), "text_missing", ("退出登录",), ()),
        (page(status=500), "wrong_status", (), ()),
        (page(status=401), "wrong_status", (), ()),
        (page("系统异常", status=500), "error_text", ("退出登录",), ("系统异常",)),
        (page("退出登录系统异常"), "error_text", (), ("系统异常",)),
        (page("退出登录无权限"), "error_text", (), ("无权限",)),
    ],
)
def test_pages(shown: Page, outcome: str, missing: tuple[str, ...], found: tuple[str, ...]) -> None:
    verdict = evaluate(shown, MENU, error_text=("系统异常",))
    assert (verdict.outcome, verdict.missing, verdict.found) == (outcome, missing, found)
    assert verdict.good == (outcome in ("ok", "slow"))


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [
        (page(), "ok"),
        (page("用户名或密码错误"), "login_refused"),
        (page("用户名或密码错误系统异常", status=500), "login_refused"),
        (page("Unauthorized", status=401), "login_refused"),
        (page("Forbidden", status=403), "login_refused"),
        (page("系统异常", status=500), "error_text"),
        (page("Bad Gateway", status=502), "wrong_status"),
    ],
)
def test_log_in(shown: Page, outcome: str) -> None:
    verdict = evaluate(shown, MENU, ("系统异常",), ("用户名或密码错误",))
    assert verdict.outcome == outcome


def test_an_expected_401_is_no_refusal() -> None:
    assert evaluate(page("x", 401), Expect(status=(401,)), (), ()).outcome == "ok"


def test_signs_need_no_language_and_hold_no_page() -> None:
    verdict = evaluate(page("测试患者甲 系统异常", 500, 0.234), MENU, ("系统异常",))
    assert verdict.seen == "HTTP 500, 234 ms, ⚠ “系统异常”, × “退出登录”"
    assert expected(MENU) == "HTTP 200, ≤ 3 s, “退出登录”"


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("refused", "connection_refused"),
        ("no_answer", "timeout"),
        ("login_refused", "login_refused"),
        ("redirect_loop", "bad_answer"),
    ],
)
def test_why_what_follows_is_unknown(outcome: str, reason: str) -> None:
    assert Verdict(outcome, "signs").as_reason("host:1").reason == reason
