# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values and conditions: literals, columns, operators, CASE, comparisons, subqueries."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.sql import dates, moments, numbers
from lab.oracle.sql.core import (
    NULL,
    TEMPORAL,
    Scope,
    Typed,
    coerce,
    compared,
    condition,
    emits,
    identifier,
    only,
    same_kind,
    text,
    unsupported,
    value,
)

PSEUDO = {
    "SYSDATE": Typed("ora_now('DATE')", seam.DATE),
    "CURRENT_DATE": Typed("ora_now('CURRENT DATE')", seam.DATE),
    "SYSTIMESTAMP": Typed("ora_now('TZ')", seam.TIMESTAMP_TZ),
    "CURRENT_TIMESTAMP": Typed("ora_now('CURRENT TZ')", seam.TIMESTAMP_TZ),
    "LOCALTIMESTAMP": Typed("ora_now('CURRENT TIMESTAMP')", seam.TIMESTAMP),
    "SESSIONTIMEZONE": Typed("ora_now('CURRENT ZONE')", seam.VARCHAR2, 6),
    "DBTIMEZONE": Typed("'+00:00'", seam.VARCHAR2, 6),
}
ZERO = numbers.literal(0)


@emits(exp.Literal, args="this is_string")
def literal(node: Any, scope: Scope) -> Typed:
    if node.is_string:
        kind = seam.VARCHAR2 if node.this else NULL
        return Typed(text(node.this), kind, len(node.this), padded=True)
    return Typed(numbers.literal(numbers.from_text(node.this)), seam.NUMBER)


@emits(exp.RawString, exp.National, args="this")
def raw_string(node: Any, scope: Scope) -> Typed:
    return Typed(text(node.this), seam.VARCHAR2, len(node.this), padded=True)


@emits(exp.Null, args="")
def null(node: Any, scope: Scope) -> Typed:
    return Typed("NULL", NULL)


@emits(exp.Placeholder, args="this")
def bind(node: Any, scope: Scope) -> Typed:
    place = int(node.this[1:])
    if place >= len(scope.statement.bind_kinds):
        raise scope.statement.error(1008, "not all variables bound")
    return Typed(f"?{place + 1}", scope.statement.bind_kinds[place])


@emits(exp.Paren, args="this")
def paren(node: Any, scope: Scope) -> Typed:
    inner = value(node.this, scope)
    return Typed(f"({inner.sql})", inner.kind, inner.size, inner.padded)


@emits(exp.Column, args="this table db join_mark")
def column(node: Any, scope: Scope) -> Typed:
    name, table = identifier(node.this), identifier(node.args.get("table"))
    plain = not table and not node.this.args.get("quoted")
    where: Scope | None = scope
    while where is not None:
        if not table and name in where.merged:
            return _grouped(where, where.merged[name], node, scope)
        found = [
            (relation, place)
            for relation in where.relations
            if table in ("", relation.name)
            for place, one in enumerate(relation.columns)
            if one.name == name
        ]
        if len(found) > 1:
            raise scope.statement.error(918, "column ambiguously defined", node)
        if found:
            relation, place = found[0]
            return _reference(where, relation, place, node, scope)
        if plain and name == "ROWNUM" and where is scope:
            return _rownum(scope)
        where = where.parent
    if plain and name in PSEUDO:
        return PSEUDO[name]
    if plain and name == "USER":
        return Typed(text(scope.statement.catalog.user()), seam.VARCHAR2, 128)
    shown = f'"{table}"."{name}"' if table else f'"{name}"'
    raise scope.statement.error(904, f"{shown}: invalid identifier", node)


def _reference(where: Scope, relation: Any, place: int, node: Any, scope: Scope) -> Typed:
    known = relation.columns[place]
    if known.name in where.merged:
        raise scope.statement.error(
            25154, "column part of USING clause cannot have qualifier", node
        )
    return _grouped(where, Typed(f"{relation.alias}.c{place}", known.kind, known.size), node, scope)


def _grouped(where: Scope, piece: Typed, node: Any, scope: Scope) -> Typed:
    """The column as the block may use it: wrapped with ROWNUM, grouped with GROUP BY."""
    sql = where.wrap(piece.sql)
    if where.groups is not None and sql not in where.groups:
        if where.groups:
            raise scope.statement.error(979, "not a GROUP BY expression", node)
        raise scope.statement.error(937, "not a single-group group function", node)
    return Typed(sql, piece.kind, piece.size)


def _rownum(scope: Scope) -> Typed:
    if scope.wrapped is None:
        raise unsupported(scope)
    return Typed(scope.wrap("ora_int(row_number() OVER ())"), seam.NUMBER)


@emits(exp.Neg, args="this")
def negative(node: Any, scope: Scope) -> Typed:
    inner = coerce(value(node.this, scope), seam.NUMBER, scope)
    return Typed(f"ora_arith('-', {ZERO}, {inner.sql})", seam.NUMBER)


@emits(exp.DPipe, args="this expression safe")
def concat(node: Any, scope: Scope) -> Typed:
    """A chain of any length: SQLite's parser goes only so deep, so the calls are balanced."""
    sides = []
    while isinstance(node, exp.DPipe):
        sides.append(node.expression)
        node = node.this
    sides = [node, *reversed(sides)]
    parts = [coerce(value(side, scope), seam.VARCHAR2, scope).sql for side in sides]
    while len(parts) > 1:
        pairs = [parts[i : i + 2] for i in range(0, len(parts), 2)]
        parts = [f"ora_concat({', '.join(pair)})" if pair[1:] else pair[0] for pair in pairs]
    return Typed(parts[0], seam.VARCHAR2)


@emits(exp.Add, exp.Sub, exp.Mul, exp.Div, args="this expression typed safe")
def arithmetic(node: Any, scope: Scope) -> Typed:
    sign = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}[type(node)]
    left, right = value(node.this, scope), value(node.expression, scope)
    if seam.INTERVAL in (left.kind, right.kind):
        return _interval_arithmetic(sign, left, right, scope)
    if left.kind in TEMPORAL or right.kind in TEMPORAL:
        return _date_arithmetic(sign, left, right, scope)
    sides = [coerce(side, seam.NUMBER, scope).sql for side in (left, right)]
    return Typed(f"ora_arith('{sign}', {sides[0]}, {sides[1]})", seam.NUMBER)


def _date_arithmetic(sign: str, left: Typed, right: Typed, scope: Scope) -> Typed:
    if sign == "-" and left.kind in TEMPORAL and right.kind in TEMPORAL:
        if left.kind == right.kind == seam.DATE:
            return Typed(f"ora_days({left.sql}, {right.sql})", seam.NUMBER)
        return Typed(f"ora_temporal('-', {left.sql}, {right.sql})", seam.INTERVAL)
    if sign == "+" and right.kind in TEMPORAL and left.kind not in TEMPORAL:
        left, right = right, left
    if sign not in "+-" or left.kind not in TEMPORAL or right.kind in TEMPORAL:
        raise scope.statement.error(975, "date + date not allowed")
    days = coerce(right, seam.NUMBER, scope).sql
    if sign == "-":
        days = f"ora_arith('-', {ZERO}, {days})"
    return Typed(f"ora_add_days({left.sql}, {days})", seam.DATE)


def _interval_arithmetic(sign: str, left: Typed, right: Typed, scope: Scope) -> Typed:
    if sign in "*/":
        if sign == "*" and right.kind == seam.INTERVAL:
            left, right = right, left
        if left.kind != seam.INTERVAL or right.kind == seam.INTERVAL:
            raise scope.statement.error(932, "inconsistent datatypes")
        factor = coerce(right, seam.NUMBER, scope).sql
        return Typed(f"ora_scale({left.sql}, {factor}, '{sign}')", seam.INTERVAL)
    kinds = (left.kind, right.kind)
    if any(kind not in (seam.INTERVAL, *TEMPORAL) for kind in kinds) or (
        sign == "-" and right.kind != seam.INTERVAL
    ):
        raise scope.statement.error(30081, "invalid data type for datetime/interval arithmetic")
    kind = next((kind for kind in kinds if kind != seam.INTERVAL), seam.INTERVAL)
    return Typed(f"ora_temporal('{sign}', {left.sql}, {right.sql})", kind)


@emits(exp.Interval, args="this unit")
def interval(node: Any, scope: Scope) -> Typed:
    """INTERVAL '7' DAY, INTERVAL '1 02:30:00' DAY TO SECOND; years and months are refused."""
    unit = node.args.get("unit")
    said = node.this.this if isinstance(node.this, exp.Literal) else ""
    if isinstance(unit, exp.IntervalSpan):
        ends = (unit.this.name.upper(), unit.expression.name.upper())
        if ends != ("DAY", "SECOND"):
            raise unsupported(scope, node)
        return Typed(text(moments.text_to_interval(said)), seam.INTERVAL)
    seconds = moments.SECONDS.get(unit.name.upper()) if isinstance(unit, exp.Var) else None
    if seconds is None or not re.fullmatch(r"[+-]?\d+(\.\d+)?", said):
        raise unsupported(scope, node)
    return Typed(text(moments.number_to_interval(Decimal(said), unit.name)), seam.INTERVAL)


@emits(exp.AtTimeZone, args="this zone")
def at_time_zone(node: Any, scope: Scope) -> Typed:
    inner = coerce(value(node.this, scope), seam.TIMESTAMP_TZ, scope)
    zone = coerce(value(node.args["zone"], scope), seam.VARCHAR2, scope)
    return Typed(f"ora_at_zone({inner.sql}, {zone.sql})", seam.TIMESTAMP_TZ)


@emits(exp.DateStrToDate, args="this")
def date_literal(node: Any, scope: Scope) -> Typed:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", node.this.name):
        raise scope.statement.error(1861, "literal does not match format string")
    return Typed(text(f"{dates.TAG}{node.this.name} 00:00:00"), seam.DATE)


@emits(exp.StrToTime, args="this format")
def timestamp_literal(node: Any, scope: Scope) -> Typed:
    """Only the parser makes this node, from TIMESTAMP '...'."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d{1,6})?", node.this.name)
    if not found:
        raise scope.statement.error(1861, "literal does not match format string")
    fraction = (found.group(2) or ".").ljust(7, "0")
    return Typed(text(dates.TAG + found.group(1) + fraction), seam.TIMESTAMP)


@emits(exp.Case, args="this ifs default")
def case(node: Any, scope: Scope) -> Typed:
    subject = value(node.this, scope) if node.this else None
    tests, results = [], []
    for branch in node.args["ifs"]:
        only(branch, {"this", "true"}, scope)
        if subject is None:
            tests.append(condition(branch.this, scope))
        else:
            left, right = compared(subject, value(branch.this, scope), scope)
            tests.append(f"{left} = {right}")
        results.append(value(branch.args["true"], scope))
    otherwise = (
        value(node.args["default"], scope) if node.args.get("default") else Typed("NULL", NULL)
    )
    kind = same_kind([*results, otherwise], scope)
    if kind != NULL:
        results = [coerce(result, kind, scope) for result in results]
        otherwise = coerce(otherwise, kind, scope)
    arms = " ".join(
        f"WHEN {test} THEN {result.sql}" for test, result in zip(tests, results, strict=True)
    )
    return Typed(f"CASE {arms} ELSE {otherwise.sql} END", kind)
