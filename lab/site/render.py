# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML of the lab's e-bill web system."""

from __future__ import annotations

from html import escape

from lab.site.content import SCREENS, Screen, Table

NOTICE = "模拟环境：本系统只用于演示与测试，数据均为虚构"

_STYLE = (
    "body{font:14px sans-serif;margin:0;background:#f4f6f8}header{background:#20558a;color:#fff;"
    "padding:12px 20px}main{padding:20px}table{border-collapse:collapse;background:#fff;"
    "margin-bottom:20px}td,th{border:1px solid #c8d0d8;padding:5px 14px;text-align:left}"
    ".notice{background:#b3261e;color:#fff;padding:4px 20px}.wrong{color:#b3261e}"
)


def _page(title: str, body: str, charset: str = "utf-8") -> str:
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="{charset}">'
        f"<title>{escape(title)} - 医疗收费电子票据管理系统</title>"
        f"<style>{_STYLE}</style></head><body>"
        f'<div class="notice">{NOTICE}</div><header>医疗收费电子票据管理系统</header>'
        f"<main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def login(csrf: str, message: str = "") -> str:
    """The log-in page, with what went wrong before."""
    wrong = f'<p class="wrong">{escape(message)}</p>' if message else ""
    return _page(
        "用户登录",
        f'{wrong}<form method="post" action="/login">'
        f'<input type="hidden" name="_csrf" value="{escape(csrf)}">'
        '<p>用户名 <input name="username"></p>'
        '<p>密&nbsp;码 <input name="password" type="password"></p>'
        '<p><input type="submit" value="登 录"></p></form>',
    )


def menu(user: str) -> str:
    """The page after the log-in."""
    links = "".join(f'<li><a href="{s.path}">{escape(s.title)}</a></li>' for s in SCREENS)
    return _page("功能菜单", f"<p>欢迎，{escape(user)}</p><ul>{links}</ul>{_LOGOUT}")


def screen(shown: Screen, tables: tuple[Table, ...]) -> bytes:
    """A function's page in its own encoding; an old one names it gb2312, as such pages do."""
    charset = "gb2312" if shown.encoding == "gb18030" else shown.encoding
    body = "".join(_table(table) for table in tables)
    return _page(shown.title, body + _LOGOUT, charset).encode(shown.encoding)


def failure() -> str:
    """What the application server shows when a page throws."""
    return _page(
        "系统异常", "<p>系统异常，请联系管理员</p><pre>java.lang.NullPointerException</pre>"
    )


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f"<h2>{escape(table.title)}</h2><table><tr>{head}</tr>{rows}</table>"


_LOGOUT = '<form method="post" action="/logout"><button>退出登录</button></form>'
