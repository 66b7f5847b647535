# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statement to SQLite's SQL: the one way in to the emitter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.seam import Column, OraError
from lab.oracle.sql import calls, conditions, expr  # noqa: F401 - they register their emitters
from lab.oracle.sql.core import NULL, Catalog, Scope, Statement
from lab.oracle.sql.dml import Change, translate_change
from lab.oracle.sql.parse import Parsed, parse
from lab.oracle.sql.query import emit_query

VERB = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(\(*)\s*(\w*)", re.DOTALL)
QUERIES = ("SELECT", "WITH")
CHANGES = {"INSERT": exp.Insert, "UPDATE": exp.Update, "DELETE": exp.Delete}


@dataclass(frozen=True)
class Translated:
    sql: str
    columns: Sequence[Column]
    views: frozenset[str]


def verb_of(sql: str) -> tuple[str, str]:
    """(first word in upper case, the statement from there on)."""
    found = VERB.match(sql)
    if not found:
        return "", sql
    return found.group(2).upper(), sql[found.start(1) :]


def _bound(parsed: Parsed, bind_kinds: Sequence[str], *, describing: bool) -> None:
    if parsed.binds != len(bind_kinds) and not describing:
        if parsed.binds > len(bind_kinds):
            raise OraError(1008, "not all variables bound")
        raise OraError(1036, "unrecognized bind variable passed to bind call")


def translate(
    sql: str, bind_kinds: Sequence[str], catalog: Catalog, *, describing: bool = False
) -> Translated:
    """A query. Raises OraError for whatever the stand-in does not know for certain."""
    parsed = parse(sql)
    _bound(parsed, bind_kinds, describing=describing)
    if not isinstance(parsed.tree, exp.Query):
        raise OraError(3001, "unimplemented feature")
    statement = Statement(parsed, bind_kinds, catalog)
    text, columns = emit_query(parsed.tree, Scope(statement))
    final = [
        Column(one.name, seam.VARCHAR2 if one.kind == NULL else one.kind, one.size)
        for one in columns
    ]
    return Translated(text, final, frozenset(statement.views))


def translate_dml(
    sql: str, verb: str, bind_kinds: Sequence[str], catalog: Catalog, *, describing: bool = False
) -> Change:
    """INSERT, UPDATE or DELETE of a user's table."""
    parsed = parse(sql)
    _bound(parsed, bind_kinds, describing=describing)
    if not isinstance(parsed.tree, CHANGES[verb]):
        raise OraError(3001, "unimplemented feature")
    return translate_change(parsed.tree, Statement(parsed, bind_kinds, catalog))
