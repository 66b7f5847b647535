# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions of many rows: aggregates, KEEP, LISTAGG, percentiles, and window functions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.sql.core import Scope, Typed, coerce, emits, only, unsupported, value

IN_DECIMAL = {
    "SUM", "AVG", "MEDIAN", "STDDEV", "STDDEV_SAMP", "STDDEV_POP", "VARIANCE", "VAR_SAMP",
    "VAR_POP",
}  # fmt: skip
"""Aggregates that are Python classes over Decimal; COUNT, MIN and MAX are SQLite's own."""
PERCENTILES = {"PERCENTILE_CONT", "PERCENTILE_DISC"}
AGGREGATES = {"COUNT", "MIN", "MAX", "LISTAGG", *IN_DECIMAL, *PERCENTILES}
KEPT = {"MIN", "MAX", "SUM", "AVG", "COUNT"}
RANKS = {"ROW_NUMBER", "RANK", "DENSE_RANK"}
NEEDS_ORDER = RANKS | {"NTILE", "LAG", "LEAD"}
WRONG_ARGUMENTS = "invalid number of arguments"
LISTAGG_DISTINCT = (19, 0)


@contextmanager
def _inside(scope: Scope) -> Iterator[None]:
    """Within an aggregate every column may stand, and no other aggregate."""
    held = scope.groups, scope.may_aggregate
    scope.groups, scope.may_aggregate = None, False
    try:
        yield
    finally:
        scope.groups, scope.may_aggregate = held


def _allowed(scope: Scope) -> None:
    if not scope.may_aggregate:
        raise scope.statement.error(934, "group function is not allowed here")


def aggregate(name: str, arguments: list[Any], scope: Scope) -> Typed:
    _allowed(scope)
    if name in PERCENTILES or name == "LISTAGG" or len(arguments) != 1:
        raise scope.statement.error(909, WRONG_ARGUMENTS)
    with _inside(scope):
        sql, kind, size = _aggregate(name, arguments[0], scope)
    return Typed(_counted(name, sql), kind, size)


def _counted(name: str, sql: str) -> str:
    """SQLite's own counts are integers; here a number is a NUMBER."""
    return f"ora_int({sql})" if name == "COUNT" or name in RANKS or name == "NTILE" else sql


def _aggregate(name: str, argument: Any, scope: Scope) -> tuple[str, str, int]:
    """(SQL before any OVER, kind, size)."""
    if isinstance(argument, exp.Star):
        only(argument, set(), scope)
        if name != "COUNT":
            raise scope.statement.error(936, "missing expression")
        return "COUNT(*)", seam.NUMBER, 0
    word = ""
    if isinstance(argument, exp.Distinct):
        only(argument, {"expressions"}, scope)
        if len(argument.expressions) != 1:
            raise scope.statement.error(909, WRONG_ARGUMENTS)
        word, argument = "DISTINCT ", argument.expressions[0]
    inner = value(argument, scope)
    if name in IN_DECIMAL:
        inner = coerce(inner, seam.NUMBER, scope)
        return f"ora_{name.lower()}({word}{inner.sql})", seam.NUMBER, 0
    if inner.kind == seam.LONG:
        raise scope.statement.error(932, "inconsistent datatypes: expected - got CLOB")
    kind = seam.NUMBER if name == "COUNT" else inner.kind
    return f"{name}({word}{inner.sql})", kind, inner.size


def sort_keys(order: Any, scope: Scope) -> list[str]:
    """ORDER BY as arguments of an aggregate: key, descending, NULLs first, key, ..."""
    parts = []
    for item in order.expressions:
        only(item, {"this", "desc", "nulls_first"}, scope)
        down, first = bool(item.args.get("desc")), bool(item.args.get("nulls_first"))
        parts += [value(item.this, scope).sql, str(int(down)), str(int(first))]
    return parts


@emits(exp.WithinGroup, args="this expression")
def within_group(node: Any, scope: Scope) -> Typed:
    """LISTAGG(x, separator) and PERCENTILE_x(p) WITHIN GROUP (ORDER BY ...)."""
    _allowed(scope)
    with _inside(scope):
        sql, kind = _within_group(node, scope)
    return Typed(sql, kind)


def _within_group(node: Any, scope: Scope) -> tuple[str, str]:
    inner = node.this
    name = str(inner.this).upper() if isinstance(inner, exp.Anonymous) else ""
    if name in PERCENTILES:
        return _percentile(name, inner, node.expression, scope)
    if name != "LISTAGG":
        raise unsupported(scope, inner)
    arguments, distinct = list(inner.expressions), "0"
    if arguments and isinstance(arguments[0], exp.Distinct):
        scope.statement.needs(LISTAGG_DISTINCT, 30482)
        only(arguments[0], {"expressions"}, scope)
        arguments, distinct = [*arguments[0].expressions, *arguments[1:]], "1"
    if not 1 <= len(arguments) <= 2:
        raise scope.statement.error(909, WRONG_ARGUMENTS)
    parts = [coerce(value(a, scope), seam.VARCHAR2, scope).sql for a in arguments]
    parts += ["NULL"] * (2 - len(parts)) + [distinct] + sort_keys(node.expression, scope)
    return f"ora_listagg({', '.join(parts)})", seam.VARCHAR2


def _percentile(name: str, inner: Any, order: Any, scope: Scope) -> tuple[str, str]:
    if len(inner.expressions) != 1 or len(order.expressions) != 1:
        raise scope.statement.error(909, WRONG_ARGUMENTS)
    share = coerce(value(inner.expressions[0], scope), seam.NUMBER, scope).sql
    item = order.expressions[0]
    key = coerce(value(item.this, scope), seam.NUMBER, scope).sql
    return f"ora_{name.lower()}({key}, {share}, {int(bool(item.args.get('desc')))})", seam.NUMBER


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
    over = str(node.args.get("over")).upper()
    if over == "KEEP":
        return _keep(node, scope)
    if node.args.get("alias") or over != "OVER":
        raise unsupported(scope, node)
    if not scope.may_window:
        raise scope.statement.error(30483, "window functions are not allowed here")
    if isinstance(node.this, exp.WithinGroup):
        return _listagg_over(node, scope)
    if not isinstance(node.this, exp.Anonymous):
        raise unsupported(scope, node.this)
    name = str(node.this.this).upper()
    if name == "RATIO_TO_REPORT":
        return _ratio(node, scope)
    sql, kind, size = _windowed(name, node.this, scope)
    parts = _partition(node, scope)
    order = node.args.get("order")
    if order:
        parts.append(order_by(order, scope))
    elif name in NEEDS_ORDER:
        raise scope.statement.error(30485, "missing ORDER BY expression in the window")
    if node.args.get("spec"):
        parts.append(_frame(node.args["spec"], scope))
    return Typed(_counted(name, f"{sql} OVER ({' '.join(parts)})"), kind, size)


def _partition(node: Any, scope: Scope) -> list[str]:
    partition = [value(part, scope).sql for part in node.args.get("partition_by") or []]
    return [f"PARTITION BY {', '.join(partition)}"] if partition else []


def _keep(node: Any, scope: Scope) -> Typed:
    """MAX(x) KEEP (DENSE_RANK LAST ORDER BY y): the aggregate of the first or last rows only."""
    name = str(node.this.this).upper() if isinstance(node.this, exp.Anonymous) else ""
    rank = node.args.get("alias")
    if (
        name not in ("MIN", "MAX", "SUM", "AVG", "COUNT")
        or rank is None
        or not node.args.get("order")
    ):
        raise unsupported(scope, node)
    if str(rank.name).upper() != "DENSE_RANK" or len(node.this.expressions) != 1:
        raise unsupported(scope, node)
    if isinstance(node.this.expressions[0], exp.Star | exp.Distinct):
        raise unsupported(scope, node.this)
    _allowed(scope)
    with _inside(scope):
        inner = value(node.this.expressions[0], scope)
        if name in ("SUM", "AVG"):
            inner = coerce(inner, seam.NUMBER, scope)
        keys = sort_keys(node.args["order"], scope)
    last = "0" if node.args.get("first") else "1"
    kind = seam.NUMBER if name == "COUNT" else inner.kind
    return Typed(f"ora_keep('{name}', {last}, {', '.join([inner.sql, *keys])})", kind, inner.size)


def _listagg_over(node: Any, scope: Scope) -> Typed:
    if node.args.get("order") or node.args.get("spec"):
        raise scope.statement.error(30487, "ORDER BY not allowed here")
    sql, kind = _within_group(node.this, scope)
    return Typed(f"{sql} OVER ({' '.join(_partition(node, scope))})", kind)


def _ratio(node: Any, scope: Scope) -> Typed:
    """RATIO_TO_REPORT(x) OVER (PARTITION BY ...): a row's share of the sum."""
    if node.args.get("order") or node.args.get("spec") or len(node.this.expressions) != 1:
        raise scope.statement.error(30487, "ORDER BY not allowed here")
    with _grouped_arguments(scope):
        own = coerce(value(node.this.expressions[0], scope), seam.NUMBER, scope).sql
    total = f"ora_sum({own}) OVER ({' '.join(_partition(node, scope))})"
    return Typed(f"ora_arith('/', {own}, {total})", seam.NUMBER)


@contextmanager
def _grouped_arguments(scope: Scope) -> Iterator[None]:
    """The argument of a window function may be an aggregate of the block's groups."""
    held, scope.may_aggregate = scope.may_aggregate, True
    try:
        yield
    finally:
        scope.may_aggregate = held


def _windowed(name: str, inner: Any, scope: Scope) -> tuple[str, str, int]:
    arguments = list(inner.expressions)
    if name in AGGREGATES - {"LISTAGG", *PERCENTILES} and len(arguments) == 1:
        if isinstance(arguments[0], exp.Distinct):
            raise unsupported(scope, inner)
        with _grouped_arguments(scope):
            return _aggregate(name, arguments[0], scope)
    if name in RANKS and not arguments:
        return f"{name}()", seam.NUMBER, 0
    if name == "NTILE" and len(arguments) == 1:
        count = coerce(value(arguments[0], scope), seam.NUMBER, scope).sql
        return f"NTILE(ora_whole({count}))", seam.NUMBER, 0
    if name in ("FIRST_VALUE", "LAST_VALUE") and len(arguments) == 1:
        piece = value(arguments[0], scope)
        return f"{name}({piece.sql})", piece.kind, piece.size
    if name in ("LAG", "LEAD") and 1 <= len(arguments) <= 3:
        pieces = [value(argument, scope) for argument in arguments]
        parts = [pieces[0].sql]
        if len(pieces) > 1:
            parts.append(f"ora_whole({coerce(pieces[1], seam.NUMBER, scope).sql})")
        if len(pieces) > 2:
            parts.append(coerce(pieces[2], pieces[0].kind, scope).sql)
        return f"{name}({', '.join(parts)})", pieces[0].kind, pieces[0].size
    raise unsupported(scope, inner)


def _frame(spec: Any, scope: Scope) -> str:
    only(spec, {"kind", "start", "start_side", "end", "end_side"}, scope)
    if str(spec.args.get("kind")).upper() == "RANGE" and any(
        isinstance(spec.args.get(edge), exp.Expression) for edge in ("start", "end")
    ):
        raise unsupported(scope, spec)
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
