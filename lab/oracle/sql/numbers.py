# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NUMBER arithmetic and number formats.

SQLite holds a number as int or float; each operation goes through Decimal with Oracle's 40
digits, so 0.1 + 0.2 is 0.3. A result keeps about 16 digits where it is no 64-bit integer.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from lab.oracle.seam import OraError

Number = int | float
DIGITS = Context(prec=40, rounding=ROUND_HALF_UP)
INT_LIMIT = 1 << 63
NUMBER_TEXT = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*")
FORMAT = re.compile(r"(FM)?(S)?(\$)?([90,G]*)([.D])?([90]*)(S|MI)?", re.IGNORECASE)


def exact(value: Number) -> Decimal:
    return Decimal(value) if isinstance(value, int) else Decimal(repr(value))


def stored(value: Decimal) -> Number:
    """Back to what SQLite holds: int when whole and within 64 bits."""
    if not value.is_finite() or value.adjusted() > 125:
        raise OraError(1426, "numeric overflow")
    if value == value.to_integral_value() and abs(value) < INT_LIMIT:
        return int(value)
    return float(value)


def arithmetic(sign: str, left: Number | None, right: Number | None) -> Number | None:
    if left is None or right is None:
        return None
    a, b = exact(left), exact(right)
    if sign == "/":
        if not b:
            raise OraError(1476, "divisor is equal to zero")
        return stored(DIGITS.divide(a, b))
    work = {"+": DIGITS.add, "-": DIGITS.subtract, "*": DIGITS.multiply}[sign]
    return stored(work(a, b))


def from_text(text: str) -> Number:
    if not NUMBER_TEXT.fullmatch(text):
        raise OraError(1722, "invalid number")
    return stored(DIGITS.create_decimal(text.strip()))


def to_text(value: Number) -> str:
    """A NUMBER as text without a format: no zero before the point, no zeros at the end."""
    text = format(DIGITS.plus(exact(value)), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return sign + (digits[1:] if digits.startswith("0.") else digits)


def round_to(value: Number, places: Number = 0, *, cut: bool = False) -> Number:
    step = Decimal(1).scaleb(-int(places))
    mode = ROUND_DOWN if cut else ROUND_HALF_UP
    try:
        return stored(exact(value).quantize(step, rounding=mode, context=Context(prec=60)))
    except InvalidOperation:
        return value


def modulo(left: Number, right: Number) -> Number:
    a, b = exact(left), exact(right)
    return stored(a % b) if b else left


def power(left: Number, right: Number) -> Number:
    try:
        return stored(DIGITS.power(exact(left), exact(right)))
    except InvalidOperation as problem:
        raise OraError(1428, "argument is out of range") from problem


def square_root(value: Number) -> Number:
    if value < 0:
        raise OraError(1428, "argument is out of range")
    return stored(DIGITS.sqrt(exact(value)))


def _picture(picture: str) -> re.Match[str]:
    found = FORMAT.fullmatch(picture)
    if not found or not (found.group(4) or found.group(6)):
        raise OraError(1481, "invalid number format model")
    if found.group(2) and found.group(7):
        raise OraError(1481, "invalid number format model")
    return found


def format_number(value: Number, picture: str) -> str:
    """TO_CHAR(number, format) for the elements 9 0 . , D G S MI $ FM."""
    short, lead, dollar, whole, point, places, trail = _picture(picture).groups()
    rounded = exact(value).quantize(
        Decimal(1).scaleb(-len(places)), rounding=ROUND_HALF_UP, context=Context(prec=60)
    )
    negative = rounded < 0
    left, _, right = format(abs(rounded), "f").partition(".")
    slots = [letter for letter in whole.upper() if letter in "90"]
    left = "" if left == "0" and point and (places or slots) else left
    width = len(whole) + (1 if point else 0) + len(places) + 1 + (1 if dollar else 0)
    if len(left) > len(slots):
        return "#" * width
    body = _fill(whole.upper().replace("G", ","), left)
    if not body.strip() and not point:
        body = "0".rjust(len(body))
    if point:
        body += "." + (_trim_places(right, places) if short else right)
    return _signed(body, negative, (short, lead, dollar, trail), width)


def _fill(slots: str, digits: str) -> str:
    """Digits into the slots from the right; nothing but blanks left of the first digit."""
    out = ""
    rest = digits
    first_zero = slots.find("0")
    for place in range(len(slots) - 1, -1, -1):
        shown = bool(rest) or (first_zero >= 0 and place >= first_zero)
        if slots[place] == ",":
            out = ("," if shown else " ") + out
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
    if trail:
        mark = "-" if negative else ("+" if trail.upper() == "S" else " ")
        text = core + mark
    elif lead:
        text = ("-" if negative else "+") + core
    else:
        text = ("-" if negative else ("" if short else " ")) + core
    return text.strip() if short else text.rjust(width)


def parse_number(text: str, picture: str) -> Number:
    """TO_NUMBER(text, format) for the elements 9 0 . , D G S MI $ FM."""
    _, _, dollar, whole, point, places, _ = _picture(picture).groups()
    plain = text.strip()
    if re.search("[,G]", whole, re.IGNORECASE):
        plain = plain.replace(",", "")
    if dollar:
        plain = plain.replace("$", "", 1)
    if plain.endswith(("-", "+")):
        plain = plain[-1] + plain[:-1]
    left, dot, right = plain.lstrip("+-").partition(".")
    slots = sum(letter in "90" for letter in whole)
    if (dot and not point) or len(left.lstrip("0")) > slots or len(right) > len(places):
        raise OraError(1722, "invalid number")
    return from_text(plain)
