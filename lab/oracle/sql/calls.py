# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Function calls of one row: the table's functions, CAST, EXTRACT, TRIM."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.sql import numbers
from lab.oracle.sql.core import (
    TEMPORAL,
    Scope,
    Typed,
    coerce,
    emits,
    unsupported,
    value,
)
from lab.oracle.sql.functions import signatures
from lab.oracle.sql.grouping import AGGREGATES, WRONG_ARGUMENTS, aggregate
from lab.oracle.sql.special import SPECIAL

NOT_FUNCTIONS = ("ROLLUP", "CUBE", "ANY", "ALL", "SOME", "PIVOT", "GROUPING SETS", "GROUPING")
KINDS = exp.DataType.Type


@emits(exp.Anonymous, args="this expressions")
def call(node: Any, scope: Scope) -> Typed:
    name, arguments = str(node.this).upper(), list(node.expressions)
    if name in AGGREGATES:
        return aggregate(name, arguments, scope)
    if name in SPECIAL:
        fewest, most, special = SPECIAL[name]
        if not fewest <= len(arguments) <= most:
            raise scope.statement.error(909, WRONG_ARGUMENTS)
        return special(arguments, scope)
    if name in NOT_FUNCTIONS:
        raise unsupported(scope, node)
    signature = signatures().get(name)
    if signature is None:
        raise scope.statement.error(904, f'"{name}": invalid identifier')
    if not len(signature.needed) <= len(arguments) <= len(signature.letters):
        raise scope.statement.error(909, WRONG_ARGUMENTS)
    pieces = [
        coerce(value(argument, scope), signature.kind(place), scope).sql
        for place, argument in enumerate(arguments)
    ]
    return Typed(f"{name}({', '.join(pieces)})", signature.result)


@emits(exp.Cast, args="this to")
def cast(node: Any, scope: Scope) -> Typed:
    inner, target = value(node.this, scope), node.args["to"]
    sizes = _sizes(target, scope)
    name = target.this
    plain = {
        KINDS.DATE: seam.DATE,
        KINDS.TIMESTAMP: seam.TIMESTAMP,
        KINDS.TIMESTAMPTZ: seam.TIMESTAMP_TZ,
    }
    if name in plain:
        if sizes and (name == KINDS.DATE or sizes != [6]):
            raise unsupported(scope, target)
        return coerce(inner, plain[name], scope)
    if name in (KINDS.DECIMAL, KINDS.INT):
        number = coerce(inner, seam.NUMBER, scope)
        if name == KINDS.DECIMAL and not sizes:
            return number
        width = numbers.literal(sizes[0] if sizes else 38)
        places = numbers.literal(sizes[1] if len(sizes) > 1 else 0)
        return Typed(f"ora_fits({number.sql}, {width}, {places})", seam.NUMBER)
    if name in (KINDS.VARCHAR, KINDS.CHAR) and len(sizes) == 1:
        piece = coerce(inner, seam.VARCHAR2, scope).sql
        width, one = numbers.literal(sizes[0]), numbers.literal(1)
        if name == KINDS.CHAR:
            return Typed(f"RPAD({piece}, {width})", seam.VARCHAR2, sizes[0], padded=True)
        return Typed(f"SUBSTR({piece}, {one}, {width})", seam.VARCHAR2, sizes[0])
    raise unsupported(scope, target)


def _sizes(target: Any, scope: Scope) -> list[int]:
    """What stands behind a type in parentheses, as numbers."""
    sizes = []
    for part in target.expressions:
        literal = part.this
        if not isinstance(literal, exp.Literal) or literal.is_string:
            raise unsupported(scope, target)
        sizes.append(int(literal.this))
    return sizes


@emits(exp.Extract, args="this expression")
def extract(node: Any, scope: Scope) -> Typed:
    inner = value(node.expression, scope)
    if inner.kind not in (*TEMPORAL, seam.INTERVAL):
        raise scope.statement.error(30076, "invalid extract field for extract source")
    field = node.this.name.upper()
    if field not in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"):
        raise unsupported(scope, node)
    return Typed(f"ora_extract('{field}', {inner.sql})", seam.NUMBER)


@emits(exp.Trim, args="this expression position")
def trim(node: Any, scope: Scope) -> Typed:
    inner = coerce(value(node.this, scope), seam.VARCHAR2, scope).sql
    chars = ""
    if node.args.get("expression"):
        chars = ", " + coerce(value(node.expression, scope), seam.VARCHAR2, scope).sql
    side = str(node.args.get("position") or "BOTH").upper()
    if side in ("BOTH", "LEADING"):
        inner = f"LTRIM({inner}{chars})"
    if side in ("BOTH", "TRAILING"):
        inner = f"RTRIM({inner}{chars})"
    return Typed(inner, seam.VARCHAR2)
