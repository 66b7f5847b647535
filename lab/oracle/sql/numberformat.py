# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Number formats: TO_CHAR(number, format) and TO_NUMBER(text, format).

Known elements: 9 0 . , D G S MI PR $ FM L EEEE X TM9. Any other is ORA-01481, as in Oracle.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from lab.oracle.seam import OraError
from lab.oracle.sql import numbers

FORMAT = re.compile(r"(FM)?(S)?(\$)?([90,G]*)([.D])?([90]*)(EEEE)?(S|MI|PR)?", re.IGNORECASE)
HEXADECIMAL = re.compile(r"(FM)?(0?)(X+)", re.IGNORECASE)
MINIMAL = ("TM", "TM9")
BAD_FORMAT = OraError(1481, "invalid number format model")


def _picture(picture: str) -> re.Match[str]:
    found = FORMAT.fullmatch(picture)
    if not found or not (found.group(4) or found.group(6)):
        raise BAD_FORMAT
    if (found.group(2) and found.group(8)) or re.match("[,G]", found.group(4), re.IGNORECASE):
        raise BAD_FORMAT
    if ("." in picture and "G" in picture.upper()) or ("," in picture and "D" in picture.upper()):
        raise BAD_FORMAT
    return found


def format_number(value: Decimal, picture: str, marks: str = ".,") -> str:
    """`marks`: NLS_NUMERIC_CHARACTERS for D and G; a point and a comma stand for themselves."""
    if picture.upper() in MINIMAL:
        return numbers.to_text(value, marks)
    hexadecimal = HEXADECIMAL.fullmatch(picture)
    if hexadecimal:
        return _hexadecimal(value, hexadecimal)
    short, lead, dollar, whole, point, places, scientific, trail = _picture(picture).groups()
    if scientific:
        return _exponent(value, len(places), short, marks)
    rounded = value.quantize(
        Decimal(1).scaleb(-len(places)), rounding=ROUND_HALF_UP, context=Context(prec=200)
    )
    negative = rounded < 0
    left, _, right = format(abs(rounded), "f").partition(".")
    slots = [letter for letter in whole.upper() if letter in "90"]
    left = "" if left == "0" and point and (places or slots) else left
    sides = 2 if trail and trail.upper() in ("PR", "MI") and not short else 1
    width = len(whole) + (1 if point else 0) + len(places) + 1 + (1 if dollar else 0)
    width += 1 if sides == 2 and trail.upper() == "PR" else 0
    if len(left) > len(slots):
        return "#" * width
    body = _fill(whole.upper(), left, marks)
    if not body.strip() and not point:
        body = "0".rjust(len(body))
    if point:
        mark = "." if point == "." else marks[0]
        body += mark + (_trim_places(right, places) if short else right)
    return _signed(body, negative, (short, lead, dollar, trail), width)


def _hexadecimal(value: Decimal, found: re.Match[str]) -> str:
    short, zeros, marks = found.groups()
    if value < 0:
        return "#" * (len(zeros + marks) + 1)
    digits = format(int(numbers.round_to(value)), "X" if marks.isupper() else "x")
    if len(digits) > len(zeros + marks):
        return "#" * (len(zeros + marks) + 1)
    if zeros:
        digits = digits.rjust(len(zeros + marks), "0")
    return digits if short else digits.rjust(len(zeros + marks) + 1)


def _exponent(value: Decimal, places: int, short: str | None, marks: str) -> str:
    mantissa, _, power = format(value, f".{places}E").partition("E")
    text = f"{mantissa.replace('.', marks[0])}E{power[0]}{int(power[1:]):02d}"
    return text if short else text.rjust(places + 8)


def _fill(slots: str, digits: str, marks: str) -> str:
    """Digits into the slots from the right; nothing but blanks left of the first digit."""
    out = ""
    rest = digits
    first_zero = slots.find("0")
    for place in range(len(slots) - 1, -1, -1):
        shown = bool(rest) or (first_zero >= 0 and place >= first_zero)
        if slots[place] in ",G":
            mark = "," if slots[place] == "," else marks[1]
            out = (mark if shown else " ") + out
        elif rest:
            out, rest = rest[-1] + out, rest[:-1]
        else:
            out = ("0" if shown else " ") + out
    return out


def _trim_places(digits: str, places: str) -> str:
    """FM drops the zeros at the end that stand on a 9."""
    keep = places.rfind("0") + 1
    while len(digits) > keep and digits.endswith("0"):
        digits = digits[:-1]
    return digits


def _signed(body: str, negative: bool, signs: tuple[Any, Any, Any, Any], width: int) -> str:
    short, lead, dollar, trail = signs
    core = ("$" if dollar else "") + body.strip()
    kind = (trail or "").upper()
    if kind == "PR":
        text = f"<{core}>" if negative else f" {core} "
    elif kind:
        text = core + ("-" if negative else "+" if kind == "S" else " ")
    elif lead:
        text = ("-" if negative else "+") + core
    else:
        text = ("-" if negative else "" if short else " ") + core
    return text.strip() if short else text.rjust(width)


def parse_number(text: str, picture: str, marks: str = ".,") -> Decimal:
    """TO_NUMBER; ORA-01722 for a text that does not match the format."""
    hexadecimal = HEXADECIMAL.fullmatch(picture)
    if hexadecimal:
        if not re.fullmatch(r"[0-9A-Fa-f]+", text.strip()):
            raise OraError(1722, "invalid number")
        return Decimal(int(text.strip(), 16))
    _, _, dollar, whole, point, places, scientific, trail = _picture(picture).groups()
    if scientific or (trail or "").upper() == "PR":
        raise OraError(3001, "unimplemented feature")
    plain = text.strip()
    decimal = "." if point in (".", None) else marks[0]
    group = "," if "," in whole else marks[1]
    if re.search("[,G]", whole, re.IGNORECASE):
        plain = plain.replace(group, "")
    if dollar:
        plain = plain.replace("$", "", 1)
    if plain.endswith(("-", "+")):
        plain = plain[-1] + plain[:-1]
    left, dot, right = plain.lstrip("+-").partition(decimal)
    slots = sum(letter in "90" for letter in whole)
    if (dot and not point) or len(left.lstrip("0")) > slots or len(right) > len(places):
        raise OraError(1722, "invalid number")
    return numbers.from_text(plain.replace(decimal, "."))
