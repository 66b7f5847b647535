# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decoding, visible text and extraction: any bytes, any page."""

from __future__ import annotations

from html import escape

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.probe.charset import charset_of, decode
from ansible_collections.ebill.ops.plugins.module_utils.web.page import (
    extract,
    squeeze,
    visible_text,
)
from hypothesis import given
from hypothesis import strategies as st

CHINESE = st.text(alphabet="医疗收费电子票据管理系统开票点㐀囎", min_size=1, max_size=30)
PRINTABLE = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=40
)


@pytest.mark.parametrize(
    ("content_type", "body", "charset"),
    [
        ("text/html; charset=GB2312", b"", "gb18030"),
        ("text/html; charset=gbk", b"", "gb18030"),
        ('text/html; charset="UTF-8"', b"", "utf-8"),
        ("text/html", b"\xef\xbb\xbf<html>", "utf-8-sig"),
        ("text/html; charset=gbk", b"\xef\xbb\xbf<html>", "utf-8-sig"),
        ("text/html", b"<html><meta charset=gb2312>", "gb18030"),
        (
            "text/html",
            b"<META http-equiv='Content-Type' content='text/html;charset=GBK'>",
            "gb18030",
        ),
        ("text/html; charset=utf-8", b"<meta charset=gbk>", "utf-8"),
        ("text/html; charset=no-such", b"<meta charset=gbk>", "gb18030"),
        ("text/html; charset=base64", b"", None),
        ("text/html; charset=undefined", b"", None),
        ("text/html; charset=utf-16", b"", "utf-16"),
        ("", b"plain", None),
    ],
)
def test_charset(content_type: str, body: bytes, charset: str | None) -> None:
    assert charset_of(content_type, body) == charset


@given(CHINESE)
def test_gb18030_behind_a_gb2312_label(text: str) -> None:
    body = f'<meta charset="gb2312"><p>{text}</p>'.encode("gb18030")
    assert text in decode("text/html", body)


@given(st.text())
def test_utf8_without_a_label(text: str) -> None:
    if text.isprintable() and not text.startswith("\ufeff"):
        assert decode("", text.encode("utf-8")) == text


CHARSETS = st.sampled_from(["idna", "punycode", "utf-7", "hz", "unicode_escape", "cp037"])


@given(st.text(max_size=30) | CHARSETS, st.binary(max_size=300))
def test_any_bytes_decode(content_type: str, body: bytes) -> None:
    assert isinstance(decode(f"text/html; charset={content_type}", body), str)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>登&nbsp;录</p>", "登录"),
        ("<html><script>var x='系统异常'</script><b>好</b></html>", "好"),
        ("<html><style>p{}</style>好<noscript>请启用脚本</noscript></html>", "好"),
        ("<html>a<!-- 系统异常 -->b</html>", "ab"),
        ('<html><input type="submit" value="登 录"><input name="x" value="秘密"></html>', "登录"),
        ("<html><title>菜单</title>&lt;b&gt;</html>", "菜单<b>"),
        ("<html>ends <b", "ends<b"),
        ("<html></script>好</html>", "好"),
    ],
)
def test_visible_text(source: str, shown: str) -> None:
    assert visible_text(source) == shown


def test_what_is_no_html_is_taken_whole() -> None:
    assert visible_text('{"a": "<b>"}', "application/json") == '{"a":"<b>"}'
    assert visible_text("<html><p>x</p></html>", "text/plain") == "x"


@given(PRINTABLE)
def test_any_text_that_is_put_on_a_page_is_seen(text: str) -> None:
    assert squeeze(text) in visible_text(f"<html><p>{escape(text)}</p></html>")


@given(st.text())
def test_any_source_can_be_read(source: str) -> None:
    visible_text(source)
    extract(source, "input:_csrf")


@given(PRINTABLE)
def test_a_token_comes_back_as_it_was(token: str) -> None:
    kept = escape(token)
    form = f'<html><form><input type="hidden" name="_csrf" value="{kept}"/></form></html>'
    meta = f'<html><head><meta name="csrf-token" content="{kept}"></head></html>'
    assert extract(form, "input:_csrf") == token
    assert extract(meta, "meta:csrf-token") == token


@pytest.mark.parametrize(
    ("rule", "value"),
    [("regex:id=(\\d+)", "42"), ("regex:id=\\d+", "id=42"), ("regex:no", None), ("input:x", None)],
)
def test_extract(rule: str, value: str | None) -> None:
    assert extract("<a href='/bill?id=42'>", rule) == value
