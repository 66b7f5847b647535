# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subqueries in expressions: scalar ones, EXISTS and IN."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from lab.oracle.sql.core import (
    Scope,
    Typed,
    compared,
    decides,
    emits,
    unsupported,
    value,
)
from lab.oracle.sql.query import Query, emit_query


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
    if isinstance(node.this, exp.Tuple):
        raise unsupported(scope, node.this)
    subject = value(node.this, scope)
    query = node.args.get("query")
    if query is None:
        pairs = [compared(subject, value(one, scope), scope) for one in node.expressions]
        return "(" + " OR ".join(f"{left} = {right}" for left, right in pairs) + ")"
    sql, columns = _subquery(query, scope)
    if len(columns) != 1:
        raise scope.statement.error(913, "too many values")
    left, right = compared(subject, Typed("c0", columns[0].kind), scope)
    return f"{left} IN (SELECT {right} FROM ({sql}))"
