# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NUMBER: its storage, arithmetic and text.

Inside SQLite a NUMBER is a BLOB in Oracle's own format (exponent byte and base-100 digits): these
sort and compare byte by byte, so comparing, grouping and ordering are right to the last of its 40
digits. Functions see Decimal.
"""

from __future__ import annotations

import functools
import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation

from lab.oracle.seam import OraError
from lab.oracle.wire import values

DIGITS = Context(prec=60, rounding=ROUND_HALF_UP)
PAIRS = 20
"""A NUMBER has 20 digits to the base of 100: 39 or 40 decimal ones, as the point falls."""
WIDEST = 40
NUMBER_TEXT = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*")


def fit(value: Decimal) -> Decimal:
    """The value as a NUMBER holds it: rounded to 20 base-100 digits; ORA-01426 beyond 1E126."""
    if not value.is_finite():
        raise OraError(1426, "numeric overflow")
    if not value:
        return Decimal(0)
    digits = 2 * PAIRS if value.adjusted() % 2 else 2 * PAIRS - 1
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).plus(value)
    if rounded.adjusted() > 125:
        raise OraError(1426, "numeric overflow")
    return rounded if rounded.adjusted() >= -130 else Decimal(0)


@functools.lru_cache(maxsize=65536)
def encode(value: int | float | Decimal) -> bytes:
    """As SQLite holds it."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return values.encode_number(fit(exact))


@functools.lru_cache(maxsize=65536)
def decode(data: bytes) -> Decimal:
    return Decimal(values.decode_number(data))


def literal(value: int | float | Decimal) -> str:
    """SQLite's SQL for a NUMBER."""
    return f"X'{encode(value).hex()}'"


def arithmetic(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign == "/":
        if not right:
            raise OraError(1476, "divisor is equal to zero")
        return DIGITS.divide(left, right)
    work = {"+": DIGITS.add, "-": DIGITS.subtract, "*": DIGITS.multiply}[sign]
    return work(left, right)


def from_text(text: str, marks: str = ".,") -> Decimal:
    """`marks`: NLS_NUMERIC_CHARACTERS, the decimal mark first."""
    plain = text.replace(marks[0], ".") if marks[0] != "." and "." not in text else text
    if not NUMBER_TEXT.fullmatch(plain) or (marks[0] != "." and "." in text):
        raise OraError(1722, "invalid number")
    return Decimal(plain.strip())


def to_text(value: Decimal, marks: str = ".,") -> str:
    """A NUMBER as text without a format: no zero before the point, no zeros at the end.

    What is longer than 40 characters is written with an exponent.
    """
    exact = fit(value)
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if digits.startswith("0."):
        digits = digits[1:]
    if len(digits.replace(".", "")) > WIDEST:
        return sign + _scientific(abs(exact)).replace(".", marks[0])
    return sign + digits.replace(".", marks[0])


def _scientific(value: Decimal) -> str:
    mantissa, _, power = format(value, f".{WIDEST - 6}E").partition("E")
    return f"{mantissa}E{power[0]}{int(power[1:]):02d}"


def round_to(value: Decimal, places: Decimal = Decimal(0), *, cut: bool = False) -> Decimal:
    step = Decimal(1).scaleb(-int(places))
    mode = ROUND_DOWN if cut else ROUND_HALF_UP
    try:
        return value.quantize(step, rounding=mode, context=Context(prec=200))
    except InvalidOperation:
        return value


def fits(value: Decimal, precision: Decimal, scale: Decimal) -> Decimal:
    """The value in a column or CAST of NUMBER(precision, scale); ORA-01438 when it is too large."""
    rounded = round_to(value, scale)
    if rounded and rounded.adjusted() >= int(precision) - int(scale):
        raise OraError(1438, "value larger than specified precision allowed for this column")
    return rounded


def floor(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding="ROUND_FLOOR")


def ceiling(value: Decimal) -> Decimal:
    return value.to_integral_value(rounding="ROUND_CEILING")


def modulo(left: Decimal, right: Decimal) -> Decimal:
    return DIGITS.remainder(left, right) if right else left


def remainder(left: Decimal, right: Decimal) -> Decimal:
    """REMAINDER rounds the quotient where MOD cuts it."""
    if not right:
        raise OraError(1428, "argument is out of range")
    quotient = DIGITS.divide(left, right).to_integral_value(rounding="ROUND_HALF_EVEN")
    return DIGITS.subtract(left, DIGITS.multiply(right, quotient))


def power(left: Decimal, right: Decimal) -> Decimal:
    if not left and not right:
        return Decimal(1)
    try:
        return DIGITS.power(left, right)
    except InvalidOperation as problem:
        raise OraError(1428, "argument is out of range") from problem


def square_root(value: Decimal) -> Decimal:
    if value < 0:
        raise OraError(1428, "argument is out of range")
    return DIGITS.sqrt(value)


def logarithm(value: Decimal) -> Decimal:
    if value <= 0:
        raise OraError(1428, "argument is out of range")
    return DIGITS.ln(value)


def bit_and(left: Decimal, right: Decimal) -> int:
    return int(left) & int(right)
