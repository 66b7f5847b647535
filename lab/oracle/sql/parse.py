# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statement text to syntax tree: sqlglot's Oracle parser with its function tables emptied.

Every function stays itself, an `Anonymous` node with Oracle's name: nothing is reinterpreted on
the way in, and the emitter decides what it knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.oracle import Oracle
from sqlglot.errors import SqlglotError
from sqlglot.parsers.oracle import OracleParser

from lab.oracle.seam import OraError

SCAN = re.compile(
    r"""
      \b[nN]?[qQ]'(?: \[.*?\]' | \{.*?\}' | \(.*?\)' | <.*?>' | (?P<mark>[^\s\[{(<]).*?(?P=mark)' )
    | '(?:[^']|'')*' | "[^"]*" | --[^\n]* | /\*.*?\*/
    | :(?P<bind>\w+)
    """,
    re.VERBOSE | re.DOTALL,
)
KEPT_FUNCTION_PARSERS = {"CAST", "EXTRACT", "TRIM"}
KEPT_NO_PAREN = {"CASE", "PRIOR"}


class PlainParser(OracleParser):  # type: ignore[misc]
    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: parser
        for name, parser in OracleParser.FUNCTION_PARSERS.items()
        if name in KEPT_FUNCTION_PARSERS
    }
    NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: parser
        for name, parser in OracleParser.NO_PAREN_FUNCTION_PARSERS.items()
        if name in KEPT_NO_PAREN
    }


class Plain(Oracle):  # type: ignore[misc]
    class Tokenizer(Oracle.Tokenizer):  # type: ignore[misc]
        KEYWORDS: ClassVar[dict[str, Any]] = {
            word: kind
            for word, kind in Oracle.Tokenizer.KEYWORDS.items()
            if word not in ("SYSTIMESTAMP", "LOCALTIMESTAMP", "CURRENT_TIMESTAMP", "CURRENT_DATE")
        }

    Parser = PlainParser


@dataclass(frozen=True)
class Parsed:
    """A tree whose placeholders are named b0, b1, ... by occurrence; so is `text`."""

    tree: exp.Expression
    binds: int
    text: str
    shifts: list[tuple[int, int]] = field(default_factory=list)

    def offset(self, node: exp.Expression | None) -> int:
        """Where a node's identifier starts in the statement as sent; 0 when unknown."""
        for part in node.find_all(exp.Identifier) if node is not None else ():
            start = part.meta.get("start")
            if start is not None:
                return int(start) - sum(by for at, by in self.shifts if at <= start)
        return 0


def parse(sql: str) -> Parsed:
    """Raises ORA-00900 for what is no SQL at all, ORA-00933 for more than one statement."""
    binds = 0
    shifts: list[tuple[int, int]] = []
    grown = 0

    def rename(found: re.Match[str]) -> str:
        nonlocal binds, grown
        if found.group("bind") is None:
            return found.group()
        name = f":b{binds}"
        binds += 1
        by = len(name) - len(found.group())
        grown += by
        shifts.append((found.end() + grown, by))
        return name

    if sql.rstrip().endswith(";"):
        raise OraError(911, "invalid character", len(sql.rstrip()) - 1)
    text = SCAN.sub(rename, sql)
    try:
        trees = Plain().parse(text)
    except SqlglotError as problem:
        raise OraError(900, "invalid SQL statement") from problem
    if len(trees) != 1 or trees[0] is None:
        raise OraError(900 if not any(trees) else 933, "SQL command not properly ended")
    return Parsed(trees[0], binds, text, shifts)
