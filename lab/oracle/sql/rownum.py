# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROWNUM and CONNECT BY LEVEL."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.seam import Column
from lab.oracle.sql import numbers
from lab.oracle.sql.core import Relation, Scope, Typed, coerce, identifier, only, unsupported, value

ONE = numbers.literal(1)
MIRROR = {exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE, exp.EQ: exp.EQ}


def _is_pseudo(node: Any, name: str) -> bool:
    return (
        isinstance(node, exp.Column)
        and identifier(node.this) == name
        and not node.args.get("table")
        and not node.this.args.get("quoted")
    )


def whole(piece: Typed, scope: Scope) -> str:
    """A row count that SQLite's LIMIT takes: never negative (there that means no limit)."""
    number = coerce(piece, seam.NUMBER, scope).sql
    return f"ora_whole({number})"


def _uses(node: Any, name: str) -> bool:
    """Does this block (not its subqueries) name the pseudocolumn?"""
    if isinstance(node, exp.Query):
        return False
    return _is_pseudo(node, name) or any(_uses(part, name) for part in node.iter_expressions())


def prepare(node: Any, conjuncts: list[Any], scope: Scope) -> tuple[bool, list[Any], str]:
    """(is ROWNUM used, the other conjuncts, the LIMIT that the ROWNUM conditions mean)."""
    limits, rest = [], []
    for part in conjuncts:
        if _uses(part, "ROWNUM"):
            limits.append(_limit(part, scope))
        else:
            rest.append(part)
    outside = [*node.expressions, *(node.args.get(k) for k in ("group", "having", "order"))]
    used = bool(limits) or any(_uses(part, "ROWNUM") for part in outside if part)
    limit = ""
    if limits:
        known = [f"COALESCE({one}, 0)" for one in limits]
        limit = known[0] if len(known) == 1 else f"min({', '.join(known)})"
    return used, rest, limit


def _limit(part: Any, scope: Scope) -> str:
    """ROWNUM <= n, < n, = n or BETWEEN, either way round, as a row count."""
    kind: Any = type(part)
    if isinstance(part, exp.Between) and _is_pseudo(part.this, "ROWNUM"):
        low, high = (
            coerce(value(part.args[end], scope), seam.NUMBER, scope).sql for end in ("low", "high")
        )
        return f"CASE WHEN {ONE} >= {low} THEN ora_whole({high}) ELSE 0 END"
    if kind not in MIRROR:
        raise unsupported(scope, part)
    left, right = part.this, part.expression
    if not _is_pseudo(left, "ROWNUM"):
        left, right, kind = right, left, MIRROR[kind]
    if not _is_pseudo(left, "ROWNUM") or _uses(right, "ROWNUM"):
        raise unsupported(scope, part)
    number = coerce(value(right, scope), seam.NUMBER, scope).sql
    if kind is exp.LTE:
        return f"ora_whole({number})"
    if kind is exp.LT:
        return f"max(0, ora_ceiling({number}) - 1)"
    if kind is exp.EQ:
        return f"CASE WHEN {number} = {ONE} THEN 1 ELSE 0 END"
    first = ">=" if kind is exp.GTE else ">"
    return f"CASE WHEN {ONE} {first} {number} THEN {2**62} ELSE 0 END"


def wrap(scope: Scope, source: str, where: list[str], limit: str) -> str:
    """The inner select over which a block with ROWNUM runs, below its grouping and order."""
    wrapped = scope.wrapped or {}
    shown = ", ".join(f"{sql} AS {name}" for sql, name in wrapped.items()) or "1 AS c0"
    sql = f"SELECT {shown} {source}"
    sql += f" WHERE {' AND '.join(where)}" if where else ""
    sql += f" LIMIT {limit}" if limit else ""
    return f"FROM ({sql}) AS {scope.wrap_alias}"


def levels(node: Any, scope: Scope) -> str:
    """FROM dual CONNECT BY LEVEL <= n as a recursive WITH; there is no other hierarchy."""
    connect, source = node.args["connect"], node.args.get("from_")
    only(connect, {"connect"}, scope)
    last = connect.args["connect"]
    table = source.this if source is not None else None
    plain = isinstance(table, exp.Table) and identifier(table.this) == "DUAL"
    if not plain or node.args.get("joins") or node.args.get("where"):
        raise unsupported(scope, connect)
    only(table, {"this"}, scope)
    if not isinstance(last, exp.LTE | exp.LT) or not _is_pseudo(last.this, "LEVEL"):
        raise unsupported(scope, connect)
    number = coerce(value(last.expression, scope), seam.NUMBER, scope).sql
    shift = "" if isinstance(last, exp.LTE) else " + 1"
    own, rows = scope.statement.fresh(), scope.statement.fresh()
    scope.relations.append(Relation("DUAL", own, [Column("LEVEL", seam.NUMBER)]))
    steps = (
        f"SELECT 1 AS c0 UNION ALL SELECT c0 + 1 FROM {rows} WHERE ora_int(c0{shift}) < {number}"
    )
    numbered = f"SELECT ora_int(c0) AS c0 FROM {rows}"
    return f"FROM (WITH RECURSIVE {rows} AS ({steps}) {numbered}) AS {own}"
