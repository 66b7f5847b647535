# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person would see on a page, and what a program must take from it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

EXTRACTORS = ("input", "meta", "regex")
"""Where a value can be taken from: the value of <input name=...>, the content of <meta name=...>,
the first group of a regular expression over the source."""

_HIDDEN = frozenset({"script", "style", "template", "noscript"})
_BUTTONS = frozenset({"submit", "button", "reset"})
_SPACE = re.compile(r"\s+")


class _Reader(HTMLParser):
    """Collect the visible text, the inputs' values and the metas' contents."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.inputs: dict[str, str] = {}
        self.metas: dict[str, str] = {}
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "input":
            self.inputs.setdefault(given.get("name", ""), given.get("value", ""))
            if given.get("type", "").lower() in _BUTTONS:
                self.parts.append(given.get("value", ""))
        elif tag == "meta":
            self.metas.setdefault(given.get("name", ""), given.get("content", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # <script/> hides nothing after it; <input/> and <meta/> count as without the slash.
        if tag not in _HIDDEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def squeeze(text: str) -> str:
    """Drop all white space: 登 录 and 登录 are the same word on a screen."""
    return _SPACE.sub("", text)


def visible_text(source: str, content_type: str = "text/html") -> str:
    """Return what is shown, without white space; what is not HTML is returned whole."""
    if "html" not in content_type.lower() and "<html" not in source[:2048].lower():
        return squeeze(source)
    return squeeze("".join(_read(source).parts))


def extract(source: str, rule: str) -> str | None:
    """Take a value by a rule "input:NAME", "meta:NAME" or "regex:EXPRESSION"; None if missing."""
    kind, _colon, what = rule.partition(":")
    if kind == "input":
        return _read(source).inputs.get(what)
    if kind == "meta":
        return _read(source).metas.get(what)
    found = re.search(what, source)
    if not found:
        return None
    return found.group(1) if found.groups() else found.group(0)


def _read(source: str) -> _Reader:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader
