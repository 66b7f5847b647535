# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statement to SQLite's SQL: the one way in to the emitter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from lab.oracle import seam
from lab.oracle.seam import Column, OraError
from lab.oracle.sql import calls, expr  # noqa: F401 - they register their emitters
from lab.oracle.sql.core import NULL, Catalog, Scope, Statement
from lab.oracle.sql.parse import Parsed, parse
from lab.oracle.sql.query import emit_query

WRITES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter,
    exp.TruncateTable, exp.Grant, exp.Comment,
)  # fmt: skip


@dataclass(frozen=True)
class Translated:
    """`sql` is empty for a statement without rows that is accepted without effect."""

    sql: str
    columns: Sequence[Column]
    views: frozenset[str]


def translate(sql: str, bind_kinds: Sequence[str], catalog: Catalog) -> Translated:
    """Raises OraError for whatever the stand-in does not know for certain."""
    parsed = parse(sql)
    if parsed.binds > len(bind_kinds):
        raise OraError(1008, "not all variables bound")
    tree = parsed.tree
    if isinstance(tree, exp.Query):
        statement = Statement(parsed, bind_kinds, catalog)
        text, columns = emit_query(tree, Scope(statement))
        final = [
            Column(one.name, seam.VARCHAR2 if one.kind == NULL else one.kind, one.size)
            for one in columns
        ]
        return Translated(text, final, frozenset(statement.views))
    return _other(tree, parsed, catalog)


def _other(tree: exp.Expression, parsed: Parsed, catalog: Catalog) -> Translated:
    """What is no query. The inspection user may write nothing, whatever it names."""
    words = " ".join(parsed.text.split()).upper().rstrip(";")
    if words == "SET TRANSACTION READ ONLY":
        # No effect is the truth here: fixed views are never consistent in time.
        return Translated("", (), frozenset())
    first = words.split(" ", 1)[0]
    if isinstance(tree, WRITES) or (isinstance(tree, exp.Command) and first in COMMANDS):
        raise OraError(1031, "insufficient privileges")
    if first in ("ALTER", "EXPLAIN", "SET", "CALL", "LOCK", "ANALYZE"):
        raise OraError(3001, "unimplemented feature")
    raise OraError(900, "invalid SQL statement")


COMMANDS = {"GRANT", "REVOKE", "CREATE", "DROP", "TRUNCATE", "RENAME", "AUDIT", "NOAUDIT", "PURGE"}
