# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Oracle's functions on text, regular expressions among them. Numbers arrive as Decimal."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lab.oracle.seam import OraError

WORD = re.compile(r"[^\W_]+")
ONE = Decimal(1)
POSIX = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z",
    "space": r"\s", "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f",
    "cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip


def substr(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    first = int(start)
    if length is not None and length < 1:
        return None
    if first < 0:
        first += len(text) + 1
        if first < 1:
            return None
    first = max(first, 1) - 1
    return text[first:] if length is None else text[first : first + int(length)]


def substr_bytes(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    """Half a character at an end becomes blanks, as in Oracle."""
    cut = substr(text.encode().decode("latin-1"), start, length)
    if cut is None:
        return None
    raw, out = cut.encode("latin-1"), ""
    while raw:
        for size in range(1, 5):
            try:
                out += raw[:size].decode()
                break
            except UnicodeDecodeError:
                continue
        else:
            size, out = 1, out + " "
        raw = raw[size:]
    return out


def instr(text: str, part: str, start: Decimal = ONE, nth: Decimal = ONE) -> int:
    if nth < 1:
        raise OraError(1428, "argument is out of range")
    if start < 0:
        place = len(text) + int(start) + len(part)
        for _ in range(int(nth)):
            place = text.rfind(part, 0, max(place, 0))
            if place < 0:
                return 0
            found, place = place + 1, place + len(part) - 1
        return found
    if not start:
        return 0
    place = int(start) - 1
    for _ in range(int(nth)):
        place = text.find(part, place) + 1
        if not place:
            return 0
    return place


def pad(text: str, width: Decimal, fill: str = " ", *, left: bool) -> str:
    size = int(width)
    if len(text) >= size:
        return text[: max(size, 0)]
    filler = (fill * size)[: size - len(text)]
    return filler + text if left else text + filler


def left_trim(text: str, chars: str = " ") -> str:
    return text.lstrip(chars)


def right_trim(text: str, chars: str = " ") -> str:
    return text.rstrip(chars)


def initcap(text: str) -> str:
    return WORD.sub(lambda word: word.group().capitalize(), text)


def translate(text: str, old: str, new: str) -> str:
    table = {ord(a): (new[i] if i < len(new) else None) for i, a in reversed([*enumerate(old)])}
    return text.translate(table)


def character(code: Decimal) -> str:
    """CHR in AL32UTF8: the code is the character's bytes as a number."""
    number = int(code)
    if number < 0:
        raise OraError(1428, "argument is out of range")
    try:
        return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big").decode()
    except UnicodeDecodeError as problem:
        raise OraError(29275, "partial multibyte character") from problem


def code_of(text: str) -> int:
    return int.from_bytes(text[0].encode(), "big")


def concat(left: str | None, right: str | None) -> str:
    return (left or "") + (right or "")


def replace(text: str | None, old: str | None, new: str | None = None) -> str | None:
    return text.replace(old, new or "") if text and old else text


def _compiled(pattern: str, flags: str = "") -> re.Pattern[str]:
    """A POSIX pattern with Oracle's flags; what Python would read otherwise is refused."""
    known = {"i": re.IGNORECASE, "n": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE, "c": 0}
    value = 0
    for flag in flags:
        if flag not in known:
            raise OraError(1760, "illegal argument for function")
        value = value & ~re.IGNORECASE if flag == "c" else value | known[flag]
    text = re.sub(r"\[:(\w+):\]", lambda name: POSIX.get(name.group(1), "[:"), pattern)
    if re.search(r"\[[:.=]|\(\?(?!:)|\\[bBAZ]", text):
        raise OraError(3001, "unimplemented feature (stand-in: this regular expression)")
    try:
        return re.compile(text, value)
    except re.error as problem:
        raise OraError(12725, "unmatched parentheses in regular expression") from problem


def regexp_like(text: str, pattern: str, flags: str = "") -> int:
    return int(bool(_compiled(pattern, flags).search(text)))


def _nth(text: str, pattern: str, start: Decimal, nth: Decimal, flags: str) -> Any:
    if start < 1 or nth < 1:
        raise OraError(1428, "argument is out of range")
    for count, found in enumerate(_compiled(pattern, flags).finditer(text, int(start) - 1), 1):
        if count == nth:
            return found
    return None


def regexp_substr(
    text: str,
    pattern: str,
    start: Decimal = ONE,
    nth: Decimal = ONE,
    flags: str = "",
    group: Decimal = Decimal(0),
) -> str | None:
    found = _nth(text, pattern, start, nth, flags)
    return found.group(int(group)) if found and int(group) <= found.re.groups else None


def regexp_instr(
    text: str,
    pattern: str,
    start: Decimal = ONE,
    nth: Decimal = ONE,
    after: Decimal = Decimal(0),
    flags: str = "",
) -> int:
    found = _nth(text, pattern, start, nth, flags)
    if not found:
        return 0
    return int(found.end() if after else found.start()) + 1


def regexp_replace(
    text: str,
    pattern: str,
    new: str | None = None,
    start: Decimal = ONE,
    nth: Decimal = Decimal(0),
    flags: str = "",
) -> str:
    head, rest = text[: int(start) - 1], text[int(start) - 1 :]
    compiled = _compiled(pattern, flags)
    seen = 0

    def put(found: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        if nth and seen != nth:
            return found.group()
        return re.sub(r"\\(\d)", lambda mark: found.group(int(mark.group(1))) or "", new or "")

    return head + compiled.sub(put, rest)


def regexp_count(text: str, pattern: str, start: Decimal = ONE, flags: str = "") -> int:
    return sum(1 for _ in _compiled(pattern, flags).finditer(text, int(start) - 1))


Call = Callable[..., Any]
TABLE: dict[str, tuple[str, str, Call]] = {
    "UPPER": ("V", "V", str.upper),
    "LOWER": ("V", "V", str.lower),
    "INITCAP": ("V", "V", initcap),
    "LENGTH": ("V", "N", len),
    "LENGTHB": ("V", "N", lambda text: len(text.encode())),
    "SUBSTR": ("VN?N", "V", substr),
    "SUBSTRB": ("VN?N", "V", substr_bytes),
    "INSTR": ("VV?NN", "N", instr),
    "LTRIM": ("V?V", "V", left_trim),
    "RTRIM": ("V?V", "V", right_trim),
    "LPAD": ("VN?V", "V", lambda *args: pad(*args, left=True)),
    "RPAD": ("VN?V", "V", lambda *args: pad(*args, left=False)),
    "TRANSLATE": ("VVV", "V", translate),
    "CHR": ("N", "V", character),
    "ASCII": ("V", "N", code_of),
    "REGEXP_SUBSTR": ("VV?NNVN", "V", regexp_substr),
    "REGEXP_INSTR": ("VV?NNNV", "N", regexp_instr),
    "REGEXP_COUNT": ("VV?NV", "N", regexp_count),
}
NULL_AWARE: dict[str, tuple[str, str, Call]] = {
    "ora_concat": ("VV", "V", concat),
    "ora_replace": ("VV?V", "V", replace),
    "ora_regexp_replace": (
        "VV?VNNV",
        "V",
        lambda text, pattern, *more: (
            regexp_replace(text, pattern, *more) if text and pattern else text
        ),
    ),
}
