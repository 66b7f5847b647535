# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decode bytes from a server whose charset is said, hinted at, or neither."""

from __future__ import annotations

import codecs
import contextlib
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_PRESCAN_BYTES = 4096
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "hz-gb-2312": "gb18030"}
"""A page that says gb2312 and holds a rarer character is in truth GBK or GB18030 (WHATWG
Encoding Standard, the labels of gbk and gb18030)."""


def charset_of(content_type: str, body: bytes) -> str | None:
    """Find the charset: byte order mark, header, meta element; None when none is known to us."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return name
    header = _HEADER.search(content_type)
    meta = _META.search(body[:_PRESCAN_BYTES])
    for label in (header and header.group(1), meta and meta.group(1).decode("ascii")):
        if label and (known := _known(label)):
            return known
    return None


def decode(content_type: str, body: bytes) -> str:
    """Decode; without a charset UTF-8 if it fits, else GB18030. Never raises."""
    charset = charset_of(content_type, body)
    if charset:
        # ValueError: an odd codec (idna) that cannot replace what it does not understand.
        with contextlib.suppress(ValueError):
            return body.decode(charset, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def _known(label: str) -> str | None:
    """Return Python's name of a charset of text, None for what it does not know."""
    try:
        codec = codecs.lookup(label.lower())
        b"a".decode(codec.name, "replace")
    # LookupError: unknown, or a codec that is no charset (base64).
    except (LookupError, ValueError):
        return None
    return _WIDER.get(codec.name, codec.name)
