# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FROM: views, subqueries, CTEs, ANSI joins and (+) joins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from lab.oracle.seam import Column
from lab.oracle.sql.core import (
    Relation,
    Scope,
    Typed,
    compared,
    condition,
    identifier,
    only,
    unsupported,
)

NO_FROM = (23, 0)
"""The first release in which a SELECT needs no FROM."""


def add_relation(node: Any, scope: Scope) -> str:
    """Register one item of FROM with the scope; its SQL."""
    alias_node = node.args.get("alias")
    alias = ""
    if alias_node is not None:
        only(alias_node, {"this"}, scope)
        alias = identifier(alias_node.this)
        refuse_as(alias_node.this, scope)
    own = scope.statement.fresh()
    if isinstance(node, exp.Subquery):
        from lab.oracle.sql.query import emit_query

        only(node, {"this", "alias"}, scope)
        outer = Scope(scope.statement, parent=scope.parent, ctes=dict(scope.ctes))
        sql, columns = emit_query(node.this, outer)
        scope.relations.append(Relation(alias, own, columns))
        return f"({sql}) AS {own}"
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
        raise unsupported(scope, node)
    only(node, {"this", "db", "alias"}, scope)
    table, columns = _named(node, scope)
    scope.relations.append(Relation(alias or identifier(node.this), own, columns))
    return f"{table} AS {own}"


def refuse_as(alias: Any, scope: Scope) -> None:
    """Oracle has no AS before a table's alias; the parser does not mind it."""
    start = alias.meta.get("start") if isinstance(alias, exp.Identifier) else None
    if start is not None and re.search(r"\bAS\s+$", scope.statement.text[:start], re.IGNORECASE):
        raise scope.statement.error(933, "SQL command not properly ended", alias)


def _named(node: Any, scope: Scope) -> tuple[str, Sequence[Column]]:
    name, schema = identifier(node.this), identifier(node.args.get("db"))
    if "@" in name:
        raise unsupported(scope, node)
    cte = scope.cte(name) if not schema else None
    if cte:
        return cte
    view = scope.statement.catalog.resolve(schema, name)
    columns = scope.statement.catalog.view(view) if view else None
    if view is None or columns is None:
        raise scope.statement.error(942, "table or view does not exist", node)
    scope.statement.views.add(view)
    return f"`{view}`", columns


def emit_from(node: Any, scope: Scope) -> tuple[str, list[Any]]:
    """The FROM clause; also the WHERE's conjuncts that are not consumed by (+) joins."""
    source = node.args.get("from_")
    where = node.args.get("where")
    conjuncts = split(where.this) if where else []
    if source is None:
        scope.statement.needs(NO_FROM, 923)
        return "", conjuncts
    only(source, {"this"}, scope)
    joins = list(node.args.get("joins") or [])
    if any(marked(conjunct) for conjunct in conjuncts):
        return _outer_marks(source.this, joins, conjuncts, scope)
    parts = [add_relation(source.this, scope)]
    for join in joins:
        parts.append(_join(join, scope))
    return "FROM " + " ".join(parts), conjuncts


def _join(join: Any, scope: Scope) -> str:
    only(join, {"this", "side", "kind", "on", "using", "method"}, scope)
    side, kind = (str(join.args.get(key) or "").upper() for key in ("side", "kind"))
    method = str(join.args.get("method") or "").upper()
    if side not in ("", "LEFT", "RIGHT", "FULL") or kind not in ("", "INNER", "OUTER", "CROSS"):
        raise unsupported(scope, join)
    if method not in ("", "NATURAL"):
        raise unsupported(scope, join)
    table = add_relation(join.this, scope)
    names = [identifier(name) for name in join.args.get("using") or []]
    if method:
        right = {one.name for one in scope.relations[-1].columns}
        names = [one.name for one in _left_columns(scope) if one.name in right]
    on = join.args.get("on")
    if names:
        return f"{side} JOIN {table} ON {_using(names, side, scope)}".strip()
    if on is None:
        if side or (kind == "INNER" and not method):
            raise scope.statement.error(905, "missing keyword")
        return f"CROSS JOIN {table}"
    return f"{side} JOIN {table} ON {condition(on, scope)}".strip()


def _left_columns(scope: Scope) -> list[Column]:
    return [one for relation in scope.relations[:-1] for one in relation.columns]


def _using(names: list[str], side: str, scope: Scope) -> str:
    """The join condition; from here on these columns belong to no table (ORA-25154)."""
    parts = []
    for name in names:
        right = _piece(scope.relations[-1], name)
        left = scope.merged.get(name)
        for relation in scope.relations[:-1]:
            left = left or _piece(relation, name)
        if left is None or right is None:
            raise scope.statement.error(904, f'"{name}": invalid identifier')
        a, b = compared(left, right, scope)
        parts.append(f"{a} = {b}")
        sql = {"RIGHT": right.sql, "FULL": f"COALESCE({left.sql}, {right.sql})"}.get(side, left.sql)
        scope.merged[name] = Typed(sql, left.kind, max(left.size, right.size))
    return " AND ".join(parts)


def _piece(relation: Relation, name: str) -> Typed | None:
    for place, one in enumerate(relation.columns):
        if one.name == name:
            return Typed(f"{relation.alias}.c{place}", one.kind, one.size)
    return None


def split(node: Any) -> list[Any]:
    """The parts of a condition that are joined by AND."""
    if isinstance(node, exp.And):
        return split(node.this) + split(node.expression)
    if isinstance(node, exp.Paren) and isinstance(node.this, exp.And):
        return split(node.this)
    return [node]


def marked(node: Any) -> list[Any]:
    """The columns of a condition that carry (+)."""
    return [column for column in node.find_all(exp.Column) if column.args.get("join_mark")]


def _outer_marks(
    first: Any, joins: list[Any], conjuncts: list[Any], scope: Scope
) -> tuple[str, list[Any]]:
    """(+): each marked table is left-joined on its marked conditions, after those it needs."""
    tables = [first]
    for join in joins:
        only(join, {"this"}, scope)
        tables.append(join.this)
    shapes = [add_relation(table, scope) for table in tables]
    needs: dict[int, set[int]] = {}
    conditions: dict[int, list[Any]] = {}
    rest = []
    for conjunct in conjuncts:
        marks = {_relation_of(column, scope) for column in marked(conjunct)}
        if not marks:
            rest.append(conjunct)
            continue
        if len(marks) > 1 or conjunct.find(exp.Or, exp.In, exp.Query):
            raise scope.statement.error(
                1468, "a predicate may reference only one outer-joined table"
            )
        table = marks.pop()
        others = {_relation_of(column, scope) for column in conjunct.find_all(exp.Column)}
        needs.setdefault(table, set()).update(others - {table})
        conditions.setdefault(table, []).append(conjunct)
    placed = {place for place in range(len(tables)) if place not in needs}
    parts = [" CROSS JOIN ".join(shapes[place] for place in sorted(placed))]
    while len(placed) < len(tables):
        ready = [p for p in needs if p not in placed and needs[p] <= placed]
        if not ready or not placed:
            raise scope.statement.error(1416, "two tables cannot be outer-joined to each other")
        on = " AND ".join(condition(conjunct, scope) for conjunct in conditions[ready[0]])
        parts.append(f"LEFT JOIN {shapes[ready[0]]} ON {on}")
        placed.add(ready[0])
    return "FROM " + " ".join(parts), rest


def _relation_of(column: Any, scope: Scope) -> int:
    """The place in FROM of the table that a column belongs to; -1 for none of them."""
    table, name = identifier(column.args.get("table")), identifier(column.this)
    for place, relation in enumerate(scope.relations):
        if table in ("", relation.name) and any(one.name == name for one in relation.columns):
            return place
    raise scope.statement.error(904, f'"{name}": invalid identifier', column)
