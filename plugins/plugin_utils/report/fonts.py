# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Chinese font of PDF pages and charts, from the package noto-cjk-sans-otc.

The font comes with the Python packages so that a document looks the same on every machine, and
no page is ever made with squares instead of characters.
"""

from __future__ import annotations

import importlib.util
import re
import struct
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError

FAMILY = "Noto Sans CJK SC"
PACKAGE = "noto_cjk_sans_otc"
FILE = "NotoSansCJK-Regular.ttc"

_LONG = re.compile(r"[!-~]{13,}")
_BREAK = re.compile(r"([_/.,;:&?=|\\-]+|[^_/.,;:&?=|\\-]{12})(?=.)")
_KEEP_WHOLE = {"sha256", "evidence_sha256", "data_sha256", "svg", "trend_svg"}


def folder() -> Path:
    """Return the folder of the font. Raises ReportError when the package is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    path = Path(found.origin).parent if found and found.origin else None
    if path is None or not (path / FILE).is_file():
        raise ReportError(
            f"the Chinese font {FILE} is missing: install noto-cjk-sans-otc (requirements.txt); "
            "without it a PDF would show squares instead of Chinese"
        )
    return path


@lru_cache(maxsize=1)
def covered() -> tuple[tuple[int, int], ...]:
    """Return the ranges of code points that the font has (cmap table, format 12; OpenType
    specification, "cmap"). Raises ReportError for a font file that is damaged."""
    path = folder() / FILE
    try:
        with path.open("rb") as file:
            file.seek(12)
            start = struct.unpack(">I", file.read(4))[0]
            file.seek(start + 4)
            tables = struct.unpack(">H", file.read(2))[0]
            file.seek(start + 12)
            records = [struct.unpack(">4sIII", file.read(16)) for _table in range(tables)]
            offset, length = next((at, size) for tag, _sum, at, size in records if tag == b"cmap")
            file.seek(offset)
            return _groups(file.read(length))
    except (OSError, struct.error, StopIteration) as problem:
        raise ReportError(f"the font {path} cannot be read: {problem}") from problem


def _groups(cmap: bytes) -> tuple[tuple[int, int], ...]:
    count = struct.unpack_from(">H", cmap, 2)[0]
    for n in range(count):
        offset = struct.unpack_from(">I", cmap, 4 + n * 8 + 4)[0]
        if struct.unpack_from(">H", cmap, offset)[0] == 12:
            number = struct.unpack_from(">I", cmap, offset + 12)[0]
            return tuple(
                struct.unpack_from(">II", cmap, offset + 16 + group * 12) for group in range(number)
            )
    raise StopIteration("no cmap subtable of format 12")


@lru_cache(maxsize=4096)
def has(character: str) -> bool:
    """True when the font can draw the character, or it is a line break or a tab."""
    point, groups = ord(character), covered()
    # Groups of a cmap are in order and do not overlap: the last that begins before it decides.
    near = bisect_right(groups, (point, 0x110000)) - 1
    return character in "\n\t\u200b" or (near >= 0 and point <= groups[near][1])


def drawable(text: str) -> str:
    """Write characters that the font lacks as [U+1F600]: readable, and nothing is lost."""
    if text.isascii() and text.isprintable():
        return text
    for char in {char for char in set(text) if not has(char)}:
        text = text.replace(char, f"[U+{ord(char):04X}]")
    return text


def breakable(text: str) -> str:
    """Allow line breaks within long runs of Latin letters, which no table cell could hold."""
    return _LONG.sub(lambda found: _BREAK.sub("\\1\u200b", found.group()), text)


def prepare(value: Any, key: str = "") -> Any:
    """Make all texts of a view drawable and breakable; digests stay whole for copying."""
    if isinstance(value, dict):
        return {name: prepare(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [prepare(item, key) for item in value]
    if isinstance(value, str):
        return drawable(value) if key in _KEEP_WHOLE else _shown(value)
    return value


@lru_cache(maxsize=4096)
def _shown(text: str) -> str:
    """Many texts of a view, such as a clause's, are there hundreds of times."""
    return breakable(drawable(text))
