# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions whose result or arguments follow rules of their own: NVL, DECODE, ROUND, TO_CHAR ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.sql.core import (
    NULL,
    TEMPORAL,
    Scope,
    Typed,
    coerce,
    compared,
    same_kind,
    text,
    unsupported,
    value,
)

Special = Callable[[list[Any], Scope], Typed]


def _values(nodes: list[Any], scope: Scope) -> list[Typed]:
    return [value(node, scope) for node in nodes]


def nvl(nodes: list[Any], scope: Scope) -> Typed:
    first, second = _values(nodes, scope)
    kind = first.kind if first.kind != NULL else second.kind
    kind = seam.VARCHAR2 if kind == seam.LONG else kind
    second = coerce(second, kind, scope)
    # A function, not COALESCE: NVL looks at both, so an error in the second one is an error.
    return Typed(f"ora_nvl({first.sql}, {second.sql})", kind, max(first.size, second.size))


def nvl2(nodes: list[Any], scope: Scope) -> Typed:
    test, there, missing = _values(nodes, scope)
    kind = there.kind if there.kind != NULL else missing.kind
    there, missing = coerce(there, kind, scope), coerce(missing, kind, scope)
    sql = f"CASE WHEN {test.sql} IS NOT NULL THEN {there.sql} ELSE {missing.sql} END"
    return Typed(sql, kind)


def coalesce(nodes: list[Any], scope: Scope) -> Typed:
    pieces = _values(nodes, scope)
    kind = same_kind(pieces, scope)
    return Typed(f"COALESCE({', '.join(p.sql for p in pieces)})", kind)


def nullif(nodes: list[Any], scope: Scope) -> Typed:
    left, right = _values(nodes, scope)
    same_kind([left, right], scope)
    a, b = compared(left, right, scope)
    return Typed(f"CASE WHEN {a} = {b} THEN NULL ELSE {left.sql} END", left.kind, left.size)


def decode(nodes: list[Any], scope: Scope) -> Typed:
    """DECODE finds NULL equal to NULL; the first result gives the type (NULL: text)."""
    subject, *rest = _values(nodes, scope)
    pairs, default = rest, Typed("NULL", NULL)
    if len(rest) % 2:
        pairs, default = rest[:-1], rest[-1]
    kind = pairs[1].kind if pairs[1].kind != NULL else seam.VARCHAR2
    arms = []
    for search, result in zip(pairs[::2], pairs[1::2], strict=True):
        left, right = compared(subject, coerce(search, pairs[0].kind, scope), scope)
        arms.append(f"WHEN {left} IS {right} THEN {coerce(result, kind, scope).sql}")
    return Typed(f"CASE {' '.join(arms)} ELSE {coerce(default, kind, scope).sql} END", kind)


def extreme(word: str) -> Special:
    def emit(nodes: list[Any], scope: Scope) -> Typed:
        pieces = _values(nodes, scope)
        kind = pieces[0].kind
        parts = ", ".join(coerce(piece, kind, scope).sql for piece in pieces)
        return Typed(f"{word}({parts})" if len(pieces) > 1 else f"({parts})", kind)

    return emit


def round_or_cut(word: str) -> Special:
    def emit(nodes: list[Any], scope: Scope) -> Typed:
        pieces = _values(nodes, scope)
        temporal = pieces[0].kind in TEMPORAL
        kinds = (seam.DATE, seam.VARCHAR2) if temporal else (seam.NUMBER, seam.NUMBER)
        parts = [coerce(p, k, scope).sql for p, k in zip(pieces, kinds, strict=False)]
        name = f"ora_{word}_date" if temporal else f"ora_{word}"
        return Typed(f"{name}({', '.join(parts)})", kinds[0])

    return emit


def to_char(nodes: list[Any], scope: Scope) -> Typed:
    subject, *rest = _values(nodes, scope)
    if not rest or subject.kind == NULL:
        return coerce(subject, seam.VARCHAR2, scope)
    picture = coerce(rest[0], seam.VARCHAR2, scope).sql
    if subject.kind == seam.VARCHAR2:
        subject = coerce(subject, seam.NUMBER, scope)
    if subject.kind == seam.NUMBER:
        return Typed(f"ora_format_number({subject.sql}, {picture})", seam.VARCHAR2)
    if subject.kind in TEMPORAL:
        return Typed(f"ora_format_date({subject.sql}, {picture})", seam.VARCHAR2)
    if subject.kind == seam.INTERVAL:
        return coerce(subject, seam.VARCHAR2, scope)
    raise unsupported(scope, nodes[0])


def to_number(nodes: list[Any], scope: Scope) -> Typed:
    subject, *rest = _values(nodes, scope)
    if not rest:
        return coerce(subject, seam.NUMBER, scope)
    parts = [coerce(piece, seam.VARCHAR2, scope).sql for piece in (subject, rest[0])]
    return Typed(f"ora_parse_number({', '.join(parts)})", seam.NUMBER)


def replace(nodes: list[Any], scope: Scope) -> Typed:
    parts = [coerce(piece, seam.VARCHAR2, scope).sql for piece in _values(nodes, scope)]
    return Typed(f"ora_replace({', '.join(parts)})", seam.VARCHAR2)


def regexp_replace(nodes: list[Any], scope: Scope) -> Typed:
    kinds = [seam.VARCHAR2] * 3 + [seam.NUMBER] * 2 + [seam.VARCHAR2]
    pieces = _values(nodes, scope)
    parts = [coerce(piece, k, scope).sql for piece, k in zip(pieces, kinds, strict=False)]
    return Typed(f"ora_regexp_replace({', '.join(parts)})", seam.VARCHAR2)


def concat(nodes: list[Any], scope: Scope) -> Typed:
    parts = [coerce(piece, seam.VARCHAR2, scope).sql for piece in _values(nodes, scope)]
    return Typed(f"ora_concat({', '.join(parts)})", seam.VARCHAR2)


def userenv(nodes: list[Any], scope: Scope) -> Typed:
    """USERENV of the few names that it shares with SYS_CONTEXT."""
    name = nodes[0].this.upper() if isinstance(nodes[0], exp.Literal) else ""
    if name not in ("SID", "SESSIONID", "LANGUAGE", "INSTANCE"):
        raise scope.statement.error(2003, "invalid USERENV parameter")
    found = text(scope.statement.catalog.context(name))
    if name == "LANGUAGE":
        return Typed(found, seam.VARCHAR2, 64)
    return coerce(Typed(found, seam.VARCHAR2), seam.NUMBER, scope)


def sys_context(nodes: list[Any], scope: Scope) -> Typed:
    """SYS_CONTEXT of the namespace USERENV with literal arguments."""
    if any(not isinstance(node, exp.Literal) for node in nodes[:2]):
        raise unsupported(scope, nodes[0])
    space, name = (node.this.upper() for node in nodes[:2])
    if space != "USERENV":
        return Typed("NULL", seam.VARCHAR2, 256)
    return Typed(text(scope.statement.catalog.context(name)), seam.VARCHAR2, 256)


SPECIAL: dict[str, tuple[int, int, Special]] = {
    "NVL": (2, 2, nvl),
    "NVL2": (3, 3, nvl2),
    "COALESCE": (2, 64, coalesce),
    "NULLIF": (2, 2, nullif),
    "DECODE": (3, 255, decode),
    "GREATEST": (1, 64, extreme("max")),
    "LEAST": (1, 64, extreme("min")),
    "ROUND": (1, 2, round_or_cut("round")),
    "TRUNC": (1, 2, round_or_cut("trunc")),
    "TO_CHAR": (1, 2, to_char),
    "TO_NUMBER": (1, 2, to_number),
    "REPLACE": (2, 3, replace),
    "CONCAT": (2, 2, concat),
    "REGEXP_REPLACE": (2, 6, regexp_replace),
    "USERENV": (1, 1, userenv),
    "SYS_CONTEXT": (2, 3, sys_context),
}
