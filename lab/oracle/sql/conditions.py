# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions: comparisons, also with lists and queries, BETWEEN, IN, LIKE, EXISTS, AND, OR, NOT."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.sql.core import (
    Scope,
    Typed,
    coerce,
    compared,
    condition,
    decides,
    emits,
    only,
    unsupported,
    value,
)
from lab.oracle.sql.query import Query, emit_query

COMPARISON = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip
MOST_IN_A_LIST = 1000
QUANTIFIERS = {"ANY": "ANY", "SOME": "ANY", "ALL": "ALL"}


@decides(*COMPARISON, args="this expression")
def comparison(node: Any, scope: Scope) -> str:
    word = COMPARISON[type(node)]
    quantifier = _quantifier(node.expression)
    if quantifier:
        return _quantified(node, word, quantifier, scope)
    if isinstance(node.this, exp.Tuple):
        if word not in ("=", "<>"):
            raise unsupported(scope, node)
        same = _row_equals(node.this, node.expression, scope)
        return same if word == "=" else f"NOT {same}"
    left, right = compared(value(node.this, scope), value(node.expression, scope), scope)
    return f"{left} {word} {right}"


def _quantifier(node: Any) -> str:
    if isinstance(node, exp.Any | exp.All):
        return "ANY" if isinstance(node, exp.Any) else "ALL"
    name = str(node.this).upper() if isinstance(node, exp.Anonymous) else ""
    return QUANTIFIERS.get(name, "")


def _quantified(node: Any, word: str, quantifier: str, scope: Scope) -> str:
    """x > ALL (...), x = ANY (...) over a list or a query of one column."""
    left, right = value(node.this, scope), node.expression
    if isinstance(right, exp.Anonymous):
        pairs = [compared(left, value(one, scope), scope) for one in right.expressions]
        parts = [f"{a} {word} {b}" for a, b in pairs]
        return "(" + (" OR " if quantifier == "ANY" else " AND ").join(parts) + ")"
    sql, columns = _subquery(right.this, scope)
    if len(columns) != 1:
        raise scope.statement.error(913, "too many values")
    a, b = compared(left, Typed("c0", columns[0].kind), scope)
    if quantifier == "ANY":
        return f"EXISTS (SELECT 1 FROM ({sql}) WHERE {a} {word} {b})"
    return f"NOT EXISTS (SELECT 1 FROM ({sql}) WHERE ({a} {word} {b}) IS NOT 1)"


@decides(exp.And, exp.Or, args="this expression")
def both(node: Any, scope: Scope) -> str:
    """A chain of any length, without a level of SQLite's parser for each of its links."""
    kind, parts = type(node), []
    while isinstance(node, kind):
        parts.append(condition(node.expression, scope))
        node = node.this
    parts.append(condition(node, scope))
    word = " AND " if kind is exp.And else " OR "
    return "(" + word.join(reversed(parts)) + ")"


@decides(exp.Not, args="this")
def negation(node: Any, scope: Scope) -> str:
    return f"NOT ({condition(node.this, scope)})"


@decides(exp.Paren, args="this")
def paren_condition(node: Any, scope: Scope) -> str:
    return f"({condition(node.this, scope)})"


@decides(exp.Between, args="this low high")
def between(node: Any, scope: Scope) -> str:
    subject = value(node.this, scope)
    low = compared(subject, value(node.args["low"], scope), scope)
    high = compared(subject, value(node.args["high"], scope), scope)
    return f"({low[0]} >= {low[1]} AND {high[0]} <= {high[1]})"


@decides(exp.Is, args="this expression")
def is_null(node: Any, scope: Scope) -> str:
    if not isinstance(node.expression, exp.Null):
        raise unsupported(scope, node)
    return f"{value(node.this, scope).sql} IS NULL"


@decides(exp.Like, args="this expression negate")
def like(node: Any, scope: Scope) -> str:
    return _like(node, None, scope)


@decides(exp.Escape, args="this expression")
def escape(node: Any, scope: Scope) -> str:
    if not isinstance(node.this, exp.Like):
        raise unsupported(scope, node)
    only(node.this, {"this", "expression", "negate"}, scope)
    return _like(node.this, node.expression, scope)


def _like(node: Any, mark: Any, scope: Scope) -> str:
    nodes = [node.this, node.expression] + ([mark] if mark is not None else [])
    parts = [coerce(value(part, scope), seam.VARCHAR2, scope).sql for part in nodes]
    # sqlglot writes NOT LIKE as a Not around it, or since 30 as this mark.
    word = "NOT " if node.args.get("negate") else ""
    return f"{word}ora_like({', '.join(parts)})"


@decides(exp.Anonymous, args="this expressions")
def function_condition(node: Any, scope: Scope) -> str:
    """The two functions that are conditions; any other is a value (ORA-00920)."""
    name, arguments = str(node.this).upper(), list(node.expressions)
    if name == "LNNVL" and len(arguments) == 1:
        return f"({condition(arguments[0], scope)}) IS NOT 1"
    if name == "REGEXP_LIKE" and 2 <= len(arguments) <= 3:
        parts = [coerce(value(one, scope), seam.VARCHAR2, scope).sql for one in arguments]
        return f"ora_regexp_like({', '.join(parts)})"
    if name in ("LNNVL", "REGEXP_LIKE"):
        raise scope.statement.error(909, "invalid number of arguments")
    raise scope.statement.error(920, "invalid relational operator", node)


def _subquery(node: Any, scope: Scope) -> Query:
    inner = node.this if isinstance(node, exp.Subquery) else node
    return emit_query(inner, Scope(scope.statement, parent=scope))


@emits(exp.Subquery, args="this")
def scalar(node: Any, scope: Scope) -> Typed:
    """A subquery as a value: one column, at most one row (ORA-01427)."""
    sql, columns = _subquery(node, scope)
    if len(columns) != 1:
        raise scope.statement.error(913, "too many values")
    one = "CASE WHEN count(*) > 1 THEN ora_too_many() ELSE max(c0) END"
    return Typed(f"(SELECT {one} FROM ({sql}))", columns[0].kind, columns[0].size)


@decides(exp.Exists, args="this")
def exists(node: Any, scope: Scope) -> str:
    return f"EXISTS ({_subquery(node.this, scope)[0]})"


@decides(exp.In, args="this expressions query")
def is_in(node: Any, scope: Scope) -> str:
    query = node.args.get("query")
    if isinstance(node.this, exp.Tuple):
        return _row_in(node.this, node.expressions, query, scope)
    subject = value(node.this, scope)
    if query is None:
        if len(node.expressions) > MOST_IN_A_LIST:
            raise scope.statement.error(1795, "maximum number of expressions in a list is 1000")
        pairs = [compared(subject, value(one, scope), scope) for one in node.expressions]
        if len({left for left, _ in pairs}) == 1:
            return f"{pairs[0][0]} IN ({', '.join(right for _, right in pairs)})"
        return "(" + " OR ".join(f"{left} = {right}" for left, right in pairs) + ")"
    sql, columns = _subquery(query, scope)
    if len(columns) != 1:
        raise scope.statement.error(913, "too many values")
    left, right = compared(subject, Typed("c0", columns[0].kind), scope)
    return f"{left} IN (SELECT {right} FROM ({sql}))"


def _row_equals(row: Any, other: Any, scope: Scope) -> str:
    if not isinstance(other, exp.Tuple) or len(other.expressions) != len(row.expressions):
        raise scope.statement.error(920, "invalid relational operator")
    pairs = [
        compared(value(a, scope), value(b, scope), scope)
        for a, b in zip(row.expressions, other.expressions, strict=True)
    ]
    return "(" + " AND ".join(f"{a} = {b}" for a, b in pairs) + ")"


def _row_in(row: Any, rows: list[Any], query: Any, scope: Scope) -> str:
    """(a, b) IN ((1, 2), ...) and (a, b) IN (SELECT x, y ...)."""
    if query is None:
        return "(" + " OR ".join(_row_equals(row, one, scope) for one in rows) + ")"
    sql, columns = _subquery(query, scope)
    if len(columns) != len(row.expressions):
        many = len(columns) > len(row.expressions)
        raise scope.statement.error(
            913 if many else 947, f"{'too many' if many else 'not enough'} values"
        )
    pairs = [
        compared(value(part, scope), Typed(f"c{place}", column.kind), scope)
        for place, (part, column) in enumerate(zip(row.expressions, columns, strict=True))
    ]
    left = ", ".join(a for a, _ in pairs)
    right = ", ".join(b for _, b in pairs)
    return f"({left}) IN (SELECT {right} FROM ({sql}))"
