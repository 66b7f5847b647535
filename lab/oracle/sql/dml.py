# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""INSERT, UPDATE and DELETE as the query for what they change; the dictionary makes the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from lab.oracle.seam import Column
from lab.oracle.sql.core import (
    Relation,
    Scope,
    Statement,
    Typed,
    coerce,
    condition,
    identifier,
    only,
    unsupported,
    value,
)
from lab.oracle.sql.query import emit_query
from lab.oracle.sql.source import refuse_as


@dataclass(frozen=True)
class Change:
    """`sql` gives for INSERT the new rows, for UPDATE row number and new values, for DELETE the
    row number; `names`: the columns that are set; `kinds`: those of the query's columns, a row
    number without one. `views`: what the query reads beside the table itself."""

    verb: str
    table: str
    names: Sequence[str]
    sql: str
    kinds: Sequence[str]
    views: frozenset[str]


def translate_change(tree: Any, statement: Statement) -> Change:
    if isinstance(tree, exp.Insert):
        return _insert(tree, statement)
    if isinstance(tree, exp.Update):
        return _update(tree, statement)
    return _delete(tree, statement)


def _target(node: Any, verb: str, scope: Scope) -> tuple[str, Sequence[Column]]:
    """The table of a statement: its full name and its columns."""
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
        raise unsupported(scope, node)
    only(node, {"this", "db", "alias"}, scope)
    name, schema = identifier(node.this), identifier(node.args.get("db"))
    return scope.statement.catalog.target(schema, name, verb)


def _column(columns: Sequence[Column], name: str, scope: Scope) -> Column:
    for column in columns:
        if column.name == name:
            return column
    raise scope.statement.error(904, f'"{name}": invalid identifier')


def _insert(tree: Any, statement: Statement) -> Change:
    scope = Scope(statement)
    only(tree, {"this", "expression"}, scope)
    named = tree.this
    wanted: list[str] = []
    if isinstance(named, exp.Schema):
        wanted = [identifier(part) for part in named.expressions]
        named = named.this
    table, columns = _target(named, "INSERT", scope)
    chosen = [_column(columns, name, scope) for name in wanted] or list(columns)
    if isinstance(tree.expression, exp.Values):
        sql, given = _values(tree.expression, scope)
    else:
        sql, found = emit_query(tree.expression, scope)
        given = [Typed(f"c{place}", one.kind, one.size) for place, one in enumerate(found)]
    if len(given) != len(chosen):
        many = len(given) > len(chosen)
        raise statement.error(
            913 if many else 947, "too many values" if many else "not enough values"
        )
    shown = ", ".join(
        coerce(piece, column.kind, scope).sql for piece, column in zip(given, chosen, strict=True)
    )
    kinds = [column.kind for column in chosen]
    names = [column.name for column in chosen]
    views = frozenset(statement.views)
    return Change("INSERT", table, names, f"SELECT {shown} FROM ({sql})", kinds, views)


def _values(node: Any, scope: Scope) -> tuple[str, list[Typed]]:
    """One row, as Oracle has it before 23ai."""
    if len(node.expressions) != 1:
        raise unsupported(scope, node)
    pieces = [value(part, scope) for part in node.expressions[0].expressions]
    sql = "SELECT " + ", ".join(f"{piece.sql} AS c{i}" for i, piece in enumerate(pieces))
    given = [Typed(f"c{i}", one.kind, one.size) for i, one in enumerate(pieces)]
    return sql, given


def _scope_of(
    node: Any, verb: str, statement: Statement
) -> tuple[str, Sequence[Column], Scope, str]:
    """(table, its columns, the scope in which they are named, its alias there)."""
    scope = Scope(statement)
    table, columns = _target(node, verb, scope)
    own = statement.fresh()
    alias = node.args.get("alias")
    if alias is not None:
        refuse_as(alias.this, scope)
    name = identifier(alias.this) if alias is not None else identifier(node.this)
    scope.relations.append(Relation(name, own, columns))
    statement.views.add(table)
    return table, columns, scope, own


def _where(tree: Any, scope: Scope) -> str:
    clause = tree.args.get("where")
    return f" WHERE {condition(clause.this, scope)}" if clause is not None else ""


def _update(tree: Any, statement: Statement) -> Change:
    only(tree, {"this", "expressions", "where"}, Scope(statement))
    table, columns, scope, own = _scope_of(tree.this, "UPDATE", statement)
    names, kinds, parts = [], [""], [f"{own}.rowid"]
    for part in tree.expressions:
        if not isinstance(part, exp.EQ) or not isinstance(part.this, exp.Column):
            raise unsupported(scope, part)
        column = _column(columns, identifier(part.this.this), scope)
        names.append(column.name)
        kinds.append(column.kind)
        parts.append(coerce(value(part.expression, scope), column.kind, scope).sql)
    sql = f"SELECT {', '.join(parts)} FROM `{table}` AS {own}{_where(tree, scope)}"
    return Change("UPDATE", table, names, sql, kinds, frozenset(statement.views))


def _delete(tree: Any, statement: Statement) -> Change:
    only(tree, {"this", "where", "tables"}, Scope(statement))
    tables = tree.args.get("tables") or []
    table, _, scope, own = _scope_of(tree.this or (tables or [None])[0], "DELETE", statement)
    sql = f"SELECT {own}.rowid FROM `{table}` AS {own}{_where(tree, scope)}"
    return Change("DELETE", table, (), sql, [""], frozenset(statement.views))
