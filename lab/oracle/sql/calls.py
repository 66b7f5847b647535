# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Function calls: the table's functions, aggregates, window functions, CAST, EXTRACT, TRIM."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.sql.core import (
    TEMPORAL,
    Scope,
    Typed,
    coerce,
    emits,
    only,
    unsupported,
    value,
)
from lab.oracle.sql.functions import signatures
from lab.oracle.sql.special import SPECIAL

SIGNATURES = signatures()
AGGREGATES = {"COUNT", "SUM", "AVG", "MIN", "MAX", "LISTAGG"}
WINDOW_ONLY = {
    "ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE",
}  # fmt: skip
WRONG_ARGUMENTS = "invalid number of arguments"


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
    if name in ("ROLLUP", "CUBE", "ANY", "ALL", "SOME", "PIVOT", "GROUPING SETS"):
        raise unsupported(scope, node)
    signature = SIGNATURES.get(name)
    if signature is None:
        raise scope.statement.error(904, f'"{name}": invalid identifier')
    if not len(signature.needed) <= len(arguments) <= signature.most:
        raise scope.statement.error(909, WRONG_ARGUMENTS)
    pieces = [
        coerce(value(argument, scope), signature.kind(place), scope).sql
        for place, argument in enumerate(arguments)
    ]
    return Typed(f"{name}({', '.join(pieces)})", signature.result)


def aggregate(name: str, arguments: list[Any], scope: Scope) -> Typed:
    if not scope.may_aggregate:
        raise scope.statement.error(934, "group function is not allowed here")
    if name == "LISTAGG" or len(arguments) != 1:
        raise scope.statement.error(909, WRONG_ARGUMENTS)
    held, scope.groups, scope.may_aggregate = scope.groups, None, False
    try:
        return _aggregate(name, arguments[0], scope)
    finally:
        scope.groups, scope.may_aggregate = held, True


def _aggregate(name: str, argument: Any, scope: Scope) -> Typed:
    if isinstance(argument, exp.Star):
        only(argument, set(), scope)
        if name != "COUNT":
            raise scope.statement.error(936, "missing expression")
        return Typed("COUNT(*)", seam.NUMBER)
    word = ""
    if isinstance(argument, exp.Distinct):
        only(argument, {"expressions"}, scope)
        if len(argument.expressions) != 1:
            raise scope.statement.error(909, WRONG_ARGUMENTS)
        word, argument = "DISTINCT ", argument.expressions[0]
    inner = value(argument, scope)
    if name in ("SUM", "AVG"):
        inner = coerce(inner, seam.NUMBER, scope)
        return Typed(f"ora_{name.lower()}({word}{inner.sql})", seam.NUMBER)
    kind = seam.NUMBER if name == "COUNT" else inner.kind
    return Typed(f"{name}({word}{inner.sql})", kind, inner.size)


@emits(exp.WithinGroup, args="this expression")
def listagg(node: Any, scope: Scope) -> Typed:
    """LISTAGG(x, separator) WITHIN GROUP (ORDER BY ...): the sort keys become arguments."""
    inner = node.this
    if not isinstance(inner, exp.Anonymous) or str(inner.this).upper() != "LISTAGG":
        raise unsupported(scope, inner)
    arguments = list(inner.expressions)
    if not 1 <= len(arguments) <= 2 or any(isinstance(a, exp.Distinct) for a in arguments):
        raise unsupported(scope, inner)
    if not scope.may_aggregate:
        raise scope.statement.error(934, "group function is not allowed here")
    held, scope.groups, scope.may_aggregate = scope.groups, None, False
    try:
        parts = [coerce(value(a, scope), seam.VARCHAR2, scope).sql for a in arguments]
        parts += ["NULL"] * (2 - len(parts))
        for item in node.expression.expressions:
            only(item, {"this", "desc", "nulls_first"}, scope)
            down, first = bool(item.args.get("desc")), bool(item.args.get("nulls_first"))
            parts += [value(item.this, scope).sql, str(int(down)), str(int(first))]
    finally:
        scope.groups, scope.may_aggregate = held, True
    return Typed(f"ora_listagg({', '.join(parts)})", seam.VARCHAR2)


def order_by(order: Any, scope: Scope) -> str:
    items = []
    for item in order.expressions:
        only(item, {"this", "desc", "nulls_first"}, scope)
        items.append(value(item.this, scope).sql + direction(item))
    return "ORDER BY " + ", ".join(items)


def direction(item: Any) -> str:
    """The parser has resolved where NULLs go: last when ascending, as in Oracle."""
    down = " DESC" if item.args.get("desc") else " ASC"
    return down + (" NULLS FIRST" if item.args.get("nulls_first") else " NULLS LAST")


@emits(exp.Window, args="this partition_by order spec over alias first")
def window(node: Any, scope: Scope) -> Typed:
    if node.args.get("alias") or str(node.args.get("over")).upper() != "OVER":
        raise unsupported(scope, node)
    if not scope.may_window:
        raise scope.statement.error(30483, "window functions are not allowed here")
    if not isinstance(node.this, exp.Anonymous):
        raise unsupported(scope, node.this)
    name = str(node.this.this).upper()
    inner = _windowed(name, node.this, scope)
    partition = [value(part, scope).sql for part in node.args.get("partition_by") or []]
    parts = [f"PARTITION BY {', '.join(partition)}"] if partition else []
    order = node.args.get("order")
    if order:
        parts.append(order_by(order, scope))
    elif name in WINDOW_ONLY - {"FIRST_VALUE", "LAST_VALUE"}:
        raise scope.statement.error(30485, "missing ORDER BY expression in the window")
    if node.args.get("spec"):
        parts.append(_frame(node.args["spec"], scope))
    return Typed(f"{inner.sql} OVER ({' '.join(parts)})", inner.kind, inner.size)


def _windowed(name: str, inner: Any, scope: Scope) -> Typed:
    arguments = list(inner.expressions)
    if name in ("COUNT", "SUM", "AVG", "MIN", "MAX") and len(arguments) == 1:
        if isinstance(arguments[0], exp.Distinct):
            raise unsupported(scope, inner)
        held, scope.may_aggregate = scope.may_aggregate, True
        try:
            return _aggregate(name, arguments[0], scope)
        finally:
            scope.may_aggregate = held
    if name in ("ROW_NUMBER", "RANK", "DENSE_RANK") and not arguments:
        return Typed(f"{name}()", seam.NUMBER)
    if name == "NTILE" and len(arguments) == 1:
        return Typed(f"NTILE({value(arguments[0], scope).sql})", seam.NUMBER)
    if name in ("FIRST_VALUE", "LAST_VALUE") and len(arguments) == 1:
        piece = value(arguments[0], scope)
        return Typed(f"{name}({piece.sql})", piece.kind, piece.size)
    if name in ("LAG", "LEAD") and 1 <= len(arguments) <= 3:
        pieces = [value(argument, scope) for argument in arguments]
        if len(pieces) == 3:
            pieces[2] = coerce(pieces[2], pieces[0].kind, scope)
        return Typed(f"{name}({', '.join(p.sql for p in pieces)})", pieces[0].kind, pieces[0].size)
    raise unsupported(scope, inner)


def _frame(spec: Any, scope: Scope) -> str:
    only(spec, {"kind", "start", "start_side", "end", "end_side"}, scope)
    ends = []
    for edge in ("start", "end"):
        place = spec.args.get(edge)
        if place is None:
            continue
        side = str(spec.args.get(f"{edge}_side") or "").upper()
        if isinstance(place, exp.Expression):
            if not isinstance(place, exp.Literal) or place.is_string:
                raise unsupported(scope, place)
            place = place.this
        ends.append(f"{place} {side}".strip().upper())
    between = f"BETWEEN {ends[0]} AND {ends[1]}" if len(ends) == 2 else ends[0]
    return f"{str(spec.args.get('kind')).upper()} {between}"


@emits(exp.Cast, args="this to")
def cast(node: Any, scope: Scope) -> Typed:
    inner = value(node.this, scope)
    target = node.args["to"]
    kinds = exp.DataType.Type
    name = target.this
    sizes = [int(p.this.this) for p in target.expressions]
    if name == kinds.DATE and not sizes:
        return coerce(inner, seam.DATE, scope)
    if name == kinds.TIMESTAMP and not sizes:
        return coerce(inner, seam.TIMESTAMP, scope)
    if name in (kinds.DECIMAL, kinds.INT):
        number = coerce(inner, seam.NUMBER, scope)
        if name == kinds.DECIMAL and not sizes:
            return number
        places = sizes[1] if len(sizes) > 1 else 0
        return Typed(f"ora_round({number.sql}, {places})", seam.NUMBER)
    if name == kinds.VARCHAR and len(sizes) == 1:
        piece = coerce(inner, seam.VARCHAR2, scope)
        return Typed(f"SUBSTR({piece.sql}, 1, {sizes[0]})", seam.VARCHAR2, sizes[0])
    raise unsupported(scope, target)


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
