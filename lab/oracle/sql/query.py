# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries: SELECT blocks, WITH, set operations, ORDER BY, FETCH."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from lab.oracle.seam import Column
from lab.oracle.sql import rownum
from lab.oracle.sql.core import (
    NULL,
    Scope,
    Typed,
    condition,
    identifier,
    only,
    unsupported,
    value,
)
from lab.oracle.sql.grouping import AGGREGATES, direction
from lab.oracle.sql.source import emit_from

Query = tuple[str, Sequence[Column]]
FETCH_FIRST = (12, 1)
SELECT_ARGS = {
    "expressions", "from_", "joins", "where", "group", "having", "order", "limit", "offset",
    "distinct", "with_", "hint", "connect",
}  # fmt: skip


def emit_query(node: Any, scope: Scope) -> Query:
    """One query in a fresh scope: its SQL with columns c0, c1, ... and their names and types."""
    prefix = _with(node, scope)
    if isinstance(node, exp.Select):
        sql, columns = _select(node, scope)
    elif isinstance(node, exp.Union | exp.Except | exp.Intersect):
        sql, columns = _set_operation(node, scope)
    elif isinstance(node, exp.Subquery):
        only(node, {"this"}, scope)
        return emit_query(node.this, scope)
    else:
        raise unsupported(scope, node)
    return prefix + sql, columns


def _with(node: Any, scope: Scope) -> str:
    clause = node.args.get("with_")
    if clause is None:
        return ""
    only(clause, {"expressions"}, scope)
    parts = []
    for cte in clause.expressions:
        only(cte, {"this", "alias"}, scope)
        only(cte.args["alias"], {"this", "columns"}, scope)
        inner = Scope(scope.statement, parent=scope.parent, ctes=dict(scope.ctes))
        sql, columns = emit_query(cte.this, inner)
        names = [identifier(name) for name in cte.args["alias"].args.get("columns") or []]
        if names:
            if len(names) != len(columns):
                raise scope.statement.error(32038, "number of WITH clause column names mismatch")
            columns = [Column(n, c.kind, c.size) for n, c in zip(names, columns, strict=True)]
        own = scope.statement.fresh()
        scope.ctes[identifier(cte.args["alias"].this)] = (own, columns)
        parts.append(f"{own} AS ({sql})")
    return f"WITH {', '.join(parts)} "


def _select(node: Any, scope: Scope) -> Query:
    only(node, SELECT_ARGS, scope)
    conjuncts: list[Any]
    if node.args.get("connect"):
        source, conjuncts = rownum.levels(node, scope), []
    else:
        source, conjuncts = emit_from(node, scope)
    inner, filters, limit = rownum.prepare(node, conjuncts, scope)
    where = [condition(part, scope) for part in filters]
    if inner:
        scope.wrapped, scope.wrap_alias = {}, scope.statement.fresh()
    grouped = _group(node, scope)
    scope.may_window = True
    items = _items(node, scope)
    having = node.args.get("having")
    tail = f" HAVING {condition(having.this, scope)}" if having else ""
    distinct = _distinct(node, scope)
    order = _order(node, items, scope, distinct=bool(distinct))
    if inner:
        source, where = rownum.wrap(scope, source, where, limit), []
    shown = ", ".join(f"{piece.sql} AS c{i}" for i, (_, piece) in enumerate(items))
    sql = f"SELECT {distinct}{shown} {source}"
    sql += f" WHERE {' AND '.join(where)}" if where else ""
    sql += grouped + tail + order + _fetch(node, scope)
    return sql, [Column(name, piece.kind, piece.size) for name, piece in items]


def _distinct(node: Any, scope: Scope) -> str:
    clause = node.args.get("distinct")
    if clause is None:
        return ""
    only(clause, set(), scope)
    return "DISTINCT "


def _group(node: Any, scope: Scope) -> str:
    """GROUP BY; from here on the scope knows what may stand outside aggregates."""
    clause = node.args.get("group")
    outside = [*node.expressions, node.args.get("having"), node.args.get("order")]
    if clause is None:
        if node.args.get("having") or any(_aggregates(part) for part in outside if part):
            scope.groups = set()
            scope.may_aggregate = True
        return ""
    only(clause, {"expressions"}, scope)
    pieces = [value(part, scope).sql for part in clause.expressions]
    scope.groups = set(pieces)
    scope.may_aggregate = True
    return f" GROUP BY {', '.join(pieces)}"


def _aggregates(node: Any) -> bool:
    """Is there an aggregate of this block (not a window function, not in a subquery)?"""
    if isinstance(node, exp.Query):
        return False
    if isinstance(node, exp.Window):
        if str(node.args.get("over")).upper() == "KEEP":
            return True
        call = node.this.this if isinstance(node.this, exp.WithinGroup) else node.this
        inner = [*call.iter_expressions(), *(node.args.get("partition_by") or [])]
        inner += [node.args["order"]] if node.args.get("order") else []
        return any(_aggregates(part) for part in inner)
    if isinstance(node, exp.Anonymous) and str(node.this).upper() in AGGREGATES:
        return True
    return any(_aggregates(part) for part in node.iter_expressions())


def _items(node: Any, scope: Scope) -> list[tuple[str, Typed]]:
    items: list[tuple[str, Typed]] = []
    if not node.expressions:
        raise scope.statement.error(936, "missing expression")
    for part in node.expressions:
        star = part if isinstance(part, exp.Star) else part.this
        if isinstance(part, exp.Star) or (
            isinstance(part, exp.Column) and isinstance(part.this, exp.Star)
        ):
            only(star, set(), scope)
            table = identifier(part.args.get("table"))
            if not table and len(node.expressions) > 1:
                raise scope.statement.error(923, "FROM keyword not found where expected")
            items += _star(table, scope)
        elif isinstance(part, exp.Alias):
            only(part, {"this", "alias"}, scope)
            items.append((identifier(part.args["alias"]), value(part.this, scope)))
        else:
            items.append((_name(part), value(part, scope)))
    return items


def _star(table: str, scope: Scope) -> list[tuple[str, Typed]]:
    items = (
        []
        if table
        else [(n, Typed(scope.wrap(p.sql), p.kind, p.size)) for n, p in scope.merged.items()]
    )
    for relation in scope.relations:
        if table in ("", relation.name):
            for place, one in enumerate(relation.columns):
                if one.name in scope.merged and not table:
                    continue
                sql = scope.wrap(f"{relation.alias}.c{place}")
                if scope.groups is not None and sql not in scope.groups:
                    raise scope.statement.error(979, "not a GROUP BY expression")
                items.append((one.name, Typed(sql, one.kind, one.size)))
    if not items:
        raise scope.statement.error(904, f'"{table}": invalid identifier')
    return items


def _name(node: Any) -> str:
    """The heading of an unnamed column: the column's name, or the expression without blanks."""
    if isinstance(node, exp.Column):
        return identifier(node.this)
    return "".join(node.sql(dialect="oracle").split()).upper()[:128]


def _order(node: Any, items: list[tuple[str, Typed]], scope: Scope, *, distinct: bool) -> str:
    """ORDER BY; an alias or a position of the select list becomes its position."""
    clause = node.args.get("order")
    if clause is None:
        return ""
    only(clause, {"expressions"}, scope)
    parts = []
    for item in clause.expressions:
        only(item, {"this", "desc", "nulls_first"}, scope)
        place = _position(item.this, items, scope)
        if place is None:
            sql = value(item.this, scope).sql
            known = [piece.sql for _, piece in items]
            if sql in known:
                place = known.index(sql) + 1
            elif distinct:
                raise scope.statement.error(1791, "not a SELECTed expression")
        parts.append((str(place) if place else sql) + direction(item))
    return " ORDER BY " + ", ".join(parts)


def _position(node: Any, items: list[tuple[str, Typed]], scope: Scope) -> int | None:
    if isinstance(node, exp.Literal) and not node.is_string:
        if not node.this.isdigit() or not 1 <= int(node.this) <= len(items):
            raise scope.statement.error(
                1785, "ORDER BY item must be the number of a SELECT-list expression"
            )
        return int(node.this)
    if isinstance(node, exp.Column) and not node.args.get("table"):
        name = identifier(node.this)
        places = [i for i, (known, _) in enumerate(items, 1) if known == name]
        return places[0] if places else None
    return None


def _fetch(node: Any, scope: Scope) -> str:
    """OFFSET n ROWS FETCH FIRST n ROWS ONLY."""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if limit is None and offset is None:
        return ""
    scope.statement.needs(FETCH_FIRST)
    count = "-1"
    if limit is not None:
        if not isinstance(limit, exp.Fetch):
            raise scope.statement.error(933, "SQL command not properly ended")
        only(limit, {"direction", "count", "limit_options"}, scope)
        options = limit.args.get("limit_options")
        if options is not None:
            only(options, {"rows"}, scope)
        number = limit.args.get("count")
        count = rownum.whole(value(number, scope), scope) if number else "1"
    sql = f" LIMIT {count}"
    if offset is not None:
        only(offset, {"expression"}, scope)
        sql += f" OFFSET {rownum.whole(value(offset.expression, scope), scope)}"
    return sql


def _sides(node: Any, scope: Scope) -> list[Any]:
    """The queries of a chain of the same operation, first to last."""
    sides: list[Any] = []
    last: Any = node
    while True:
        if isinstance(node.expression, exp.SetOperation):
            # Without parentheses all set operations are of one rank in Oracle, left to right.
            raise unsupported(scope, node.expression)
        sides.append(node.expression)
        inner = node.this
        same = type(inner) is type(last) and inner.args.get("distinct") == last.args.get("distinct")
        if not same or any(inner.args.get(key) for key in ("order", "limit", "offset", "with_")):
            return [inner, *reversed(sides)]
        node = inner


def _set_operation(node: Any, scope: Scope) -> Query:
    only(node, {"this", "expression", "distinct", "order", "limit", "offset", "with_"}, scope)
    words = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}
    word = words[type(node)]
    if not node.args.get("distinct"):
        if word != "UNION":
            raise unsupported(scope, node)
        word = "UNION ALL"
    texts, columns = [], list[Column]()
    for side in _sides(node, scope):
        inner = Scope(scope.statement, parent=scope.parent, ctes=dict(scope.ctes))
        sql, own = emit_query(side, inner)
        if columns and len(columns) != len(own):
            raise scope.statement.error(1789, "query block has incorrect number of result columns")
        columns = [
            Column(one.name, _common(one, two, scope), max(one.size, two.size))
            for one, two in zip(columns or own, own, strict=True)
        ]
        texts.append(f"SELECT * FROM ({sql})")
    items = [(c.name, Typed(f"c{i}", c.kind)) for i, c in enumerate(columns)]
    ordered = _order(node, items, scope, distinct=True) + _fetch(node, scope)
    return f" {word} ".join(texts) + ordered, columns


def _common(one: Column, two: Column, scope: Scope) -> str:
    kinds = {one.kind, two.kind} - {NULL}
    if len(kinds) <= 1:
        return kinds.pop() if kinds else NULL
    raise scope.statement.error(
        1790, "expression must have same datatype as corresponding expression"
    )
