# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emitter's core: a whitelist of tree nodes, each with the arguments it may carry.

A node class that no emitter is registered for, or one that carries an argument its emitter does
not name, is ORA-03001: nothing is dropped and nothing is guessed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.seam import Column, OraError
from lab.oracle.sql.parse import Parsed

NULL = "NULL"
TEMPORAL = (seam.DATE, seam.TIMESTAMP, seam.TIMESTAMP_TZ)


@dataclass(frozen=True)
class Typed:
    """A piece of SQLite's SQL and the Oracle type of its value. `size`: characters of text.

    `padded`: a text of type CHAR (a literal), which compares with its like without the blanks at
    the end.
    """

    sql: str
    kind: str
    size: int = 0
    padded: bool = False


TOO_NEW = {
    923: "FROM keyword not found where expected",
    933: "SQL command not properly ended",
    30482: "DISTINCT option not allowed for this function",
}


class Catalog(Protocol):
    """What a session can see."""

    def view(self, name: str) -> Sequence[Column] | None:
        """The columns of a view (canonical name), None when it is not there for this user."""
        ...

    def context(self, name: str) -> str | None:
        """SYS_CONTEXT('USERENV', name); OraError 2003 for an unknown name."""
        ...

    def user(self) -> str: ...

    def resolve(self, schema: str, name: str) -> str | None:
        """The canonical name of what stands in FROM; None when there is no such thing."""
        ...

    def target(self, schema: str, name: str, verb: str) -> tuple[str, Sequence[Column]]:
        """A table that DML changes: its canonical name and columns. ORA-00942, ORA-01031."""
        ...

    @property
    def release(self) -> tuple[int, int]:
        """(major, minor) of the server."""
        ...


@dataclass
class Statement:
    """What one statement's translation collects."""

    parsed: Parsed
    bind_kinds: Sequence[str]
    catalog: Catalog
    views: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def text(self) -> str:
        return self.parsed.text

    def error(self, code: int, text: str, node: exp.Expression | None = None) -> OraError:
        return OraError(code, text, self.parsed.offset(node))

    def needs(self, release: tuple[int, int], code: int = 933) -> None:
        """Refuse what an older server than this release does not know."""
        if self.catalog.release < release:
            raise self.error(code, TOO_NEW[code])

    def fresh(self) -> str:
        return f"r{next(self.numbers)}"


@dataclass(frozen=True)
class Relation:
    """Something in FROM. Its SQLite columns are c0, c1, ... in the order of `columns`."""

    name: str
    alias: str
    columns: Sequence[Column]


@dataclass
class Scope:
    """One query block while it is being emitted."""

    statement: Statement
    parent: Scope | None = None
    relations: list[Relation] = field(default_factory=list)
    ctes: dict[str, tuple[str, Sequence[Column]]] = field(default_factory=dict)
    wrapped: dict[str, str] | None = None
    """With ROWNUM, the block runs over an inner select: inner SQL -> its column there."""
    wrap_alias: str = ""
    merged: dict[str, Typed] = field(default_factory=dict)
    """Columns of USING and NATURAL joins: they have no table of their own."""
    groups: set[str] | None = None
    """SQL of the GROUP BY expressions of a grouped block; None: not grouped, or not checked."""
    may_aggregate: bool = False
    may_window: bool = False

    def cte(self, name: str) -> tuple[str, Sequence[Column]] | None:
        scope: Scope | None = self
        while scope:
            if name in scope.ctes:
                return scope.ctes[name]
            scope = scope.parent
        return None

    def wrap(self, sql: str) -> str:
        """The name of an inner expression where the block runs over an inner select."""
        if self.wrapped is None:
            return sql
        return f"{self.wrap_alias}." + self.wrapped.setdefault(sql, f"c{len(self.wrapped)}")


ValueEmitter = Callable[[Any, Scope], Typed]
ConditionEmitter = Callable[[Any, Scope], str]
VALUES: dict[type[exp.Expression], tuple[frozenset[str], ValueEmitter]] = {}
CONDITIONS: dict[type[exp.Expression], tuple[frozenset[str], ConditionEmitter]] = {}


def emits(*kinds: Any, args: str) -> Callable[[ValueEmitter], ValueEmitter]:
    """Register the emitter of value nodes that may carry these arguments."""

    def register(function: ValueEmitter) -> ValueEmitter:
        for kind in kinds:
            VALUES[kind] = (frozenset(args.split()), function)
        return function

    return register


def decides(*kinds: Any, args: str) -> Callable[[ConditionEmitter], ConditionEmitter]:
    """Register the emitter of condition nodes that may carry these arguments."""

    def register(function: ConditionEmitter) -> ConditionEmitter:
        for kind in kinds:
            CONDITIONS[kind] = (frozenset(args.split()), function)
        return function

    return register


def unsupported(scope: Scope, node: exp.Expression | None = None) -> OraError:
    what = type(node).__name__ if node is not None else "clause"
    return scope.statement.error(3001, f"unimplemented feature (stand-in: {what})", node)


def only(node: exp.Expression, allowed: frozenset[str] | set[str], scope: Scope) -> None:
    """Refuse a node that carries an argument its emitter does not know."""
    for name, value in node.args.items():
        if value not in (None, False, "", []) and name not in allowed:
            raise unsupported(scope, value if isinstance(value, exp.Expression) else node)


def value(node: exp.Expression, scope: Scope) -> Typed:
    """Emit a value; in a grouped block only what is grouped or aggregated."""
    entry = VALUES.get(type(node))
    if entry is None:
        if type(node) in CONDITIONS:
            raise scope.statement.error(923, "FROM keyword not found where expected", node)
        raise unsupported(scope, node)
    allowed, emitter = entry
    only(node, allowed, scope)
    if scope.groups:
        held, aggregate = scope.groups, scope.may_aggregate
        scope.groups, scope.may_aggregate = None, True
        try:
            whole = emitter(node, scope)
        finally:
            scope.groups, scope.may_aggregate = held, aggregate
        if whole.sql in held:
            return whole
    return emitter(node, scope)


def condition(node: exp.Expression, scope: Scope) -> str:
    entry = CONDITIONS.get(type(node))
    if entry is None:
        if type(node) in VALUES:
            raise scope.statement.error(920, "invalid relational operator", node)
        raise unsupported(scope, node)
    allowed, emitter = entry
    only(node, allowed, scope)
    return emitter(node, scope)


def text(value_: str | None) -> str:
    """A SQLite literal; the empty text is NULL as in Oracle."""
    return "'" + value_.replace("'", "''") + "'" if value_ else "NULL"


def identifier(node: exp.Expression | None) -> str:
    """An identifier's name by Oracle's rule: upper case unless quoted."""
    if not isinstance(node, exp.Identifier):
        return ""
    return str(node.this) if node.args.get("quoted") else str(node.this).upper()


INCONSISTENT = "inconsistent datatypes: expected {} got {}"


CONVERSIONS: dict[tuple[str, str], str] = {
    (seam.NUMBER, seam.VARCHAR2): "ora_number",
    (seam.DATE, seam.VARCHAR2): "ora_date",
    (seam.VARCHAR2, seam.NUMBER): "ora_text_number",
    (seam.VARCHAR2, seam.RAW): "ora_text_raw",
    (seam.VARCHAR2, seam.INTERVAL): "ora_text_interval",
    (seam.RAW, seam.VARCHAR2): "HEXTORAW",
    **{(seam.VARCHAR2, other): "ora_text_moment" for other in TEMPORAL},
    **{(seam.DATE, other): "ora_date" for other in TEMPORAL[1:]},
    (seam.TIMESTAMP, seam.DATE): "ora_timestamp",
    (seam.TIMESTAMP, seam.TIMESTAMP_TZ): "ora_timestamp",
    (seam.TIMESTAMP_TZ, seam.DATE): "ora_zoned",
    (seam.TIMESTAMP_TZ, seam.TIMESTAMP): "ora_zoned",
}
"""(wanted, given) -> the function that converts by itself, as Oracle does."""


def coerce(piece: Typed, kind: str, scope: Scope) -> Typed:
    """Convert as Oracle does by itself; ORA-00932 where it would not."""
    have = piece.kind
    if have in (kind, NULL):
        return Typed(piece.sql, kind, piece.size, piece.padded)
    if kind == seam.VARCHAR2 and have == seam.LONG:
        return Typed(piece.sql, kind)
    if (kind, have) not in CONVERSIONS:
        raise scope.statement.error(932, INCONSISTENT.format(kind, have))
    return Typed(f"{CONVERSIONS[kind, have]}({piece.sql})", kind)


def compared(left: Typed, right: Typed, scope: Scope) -> tuple[str, str]:
    """Both sides in the one type in which Oracle compares them."""
    kinds = {left.kind, right.kind} - {NULL}
    if kinds == {seam.TIMESTAMP_TZ}:
        return f"ora_utc({left.sql})", f"ora_utc({right.sql})"
    if len(kinds) <= 1:
        if left.padded and right.padded:
            return f"ora_rtrim({left.sql})", f"ora_rtrim({right.sql})"
        return left.sql, right.sql
    if kinds <= {*TEMPORAL}:
        common = seam.TIMESTAMP
    else:
        order = (seam.NUMBER, seam.DATE, *TEMPORAL[1:], seam.RAW)
        ranked = [kind for kind in order if kind in kinds]
        if seam.VARCHAR2 not in kinds or not ranked:
            raise scope.statement.error(932, INCONSISTENT.format(left.kind, right.kind))
        common = ranked[0]
    return coerce(left, common, scope).sql, coerce(right, common, scope).sql


def same_kind(pieces: Sequence[Typed], scope: Scope) -> str:
    """The one kind of CASE or COALESCE branches; ORA-00932 when they differ."""
    kinds = list(dict.fromkeys(piece.kind for piece in pieces if piece.kind != NULL))
    if not kinds:
        return NULL
    if set(kinds) <= {*TEMPORAL}:
        return kinds[0] if len(kinds) == 1 else seam.TIMESTAMP
    if len(kinds) > 1:
        raise scope.statement.error(932, INCONSISTENT.format(kinds[0], kinds[1]))
    return kinds[0]
