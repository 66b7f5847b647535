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
from lab.oracle.sql.parse import parse
from lab.oracle.sql.query import emit_query

WRITES = frozenset(
    {
        "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "DROP", "TRUNCATE", "GRANT", "REVOKE",
        "COMMENT", "RENAME", "AUDIT", "NOAUDIT", "PURGE", "FLASHBACK",
    }
)  # fmt: skip
UNKNOWN_HERE = frozenset({"ALTER", "BEGIN", "DECLARE", "CALL", "EXPLAIN", "LOCK", "ANALYZE", "SET"})
VERB = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(\(*)\s*(\w*)", re.DOTALL)


@dataclass(frozen=True)
class Translated:
    """`sql` is empty for a statement without rows that is accepted without effect."""

    sql: str
    columns: Sequence[Column]
    views: frozenset[str]


def translate(
    sql: str, bind_kinds: Sequence[str], catalog: Catalog, *, describing: bool = False
) -> Translated:
    """Raises OraError for whatever the stand-in does not know for certain."""
    found = VERB.match(sql)
    verb = found.group(2).upper() if found else ""
    if verb not in ("SELECT", "WITH"):
        return _other(sql[found.start(2) :] if found else sql, verb)
    parsed = parse(sql)
    if parsed.binds != len(bind_kinds) and not describing:
        more = parsed.binds > len(bind_kinds)
        raise (
            OraError(1008, "not all variables bound")
            if more
            else OraError(1036, "unrecognized bind variable passed to bind call")
        )
    if not isinstance(parsed.tree, exp.Query):
        raise OraError(3001, "unimplemented feature")
    statement = Statement(parsed, bind_kinds, catalog)
    text, columns = emit_query(parsed.tree, Scope(statement))
    final = [
        Column(one.name, seam.VARCHAR2 if one.kind == NULL else one.kind, one.size)
        for one in columns
    ]
    return Translated(text, final, frozenset(statement.views))


def _other(sql: str, verb: str) -> Translated:
    """What is no query. The inspection user may write nothing, whatever it names."""
    words = " ".join(sql.upper().split())
    if words == "SET TRANSACTION READ ONLY":
        # No effect is the truth here: fixed views are never consistent in time.
        return Translated("", (), frozenset())
    if verb in WRITES or words.startswith(("ALTER SYSTEM", "ALTER DATABASE", "ALTER TABLE")):
        raise OraError(1031, "insufficient privileges")
    if verb in UNKNOWN_HERE:
        raise OraError(3001, f"unimplemented feature (stand-in: {verb})")
    raise OraError(900, "invalid SQL statement")
