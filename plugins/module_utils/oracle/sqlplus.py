# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions as a SQL*Plus script, for a database that the driver cannot reach.

One script serves 11.2 to 23ai, although nothing is known of the server when it is written: each
part is one statement that holds all its variants, and substitution variables set after the login
turn all but the fitting one into comments. DBA scripts have done so for twenty years, such as
Tanel Poder's snapper (``_O_RELEASE``, ``COLUMN ... NEW_VALUE`` and ``--``; SQL*Plus User's Guide,
"Predefined Variables"). frames.py reads what SQL*Plus wrote; its docstring describes the marks.

What SQL*Plus does to its input, and what that asks of the text here:

* ``&`` starts a variable; the sign used here is ``^``, which no dictionary query holds.
* A line of more than 2499 characters is thrown away (11.2; later 4999): statements are folded.
* A line that ends in ``-`` goes on in the next one; an empty line ends a statement.
* glogin.sql runs after each CONNECT and may set anything: our settings come after it.
* After ORA-28001 it reads a new password, twice, from the script: CONNECT is followed by two lines
  that differ, so that the answer is always "passwords do not match".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    date,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.statements import LANES, lane_of

ROW_END = "\x1e"
LINE_LENGTH = 1000
SESSION = Part(
    "sqlplus_session",
    "DUAL",
    (
        text("database", "SYS_CONTEXT('USERENV', 'DB_NAME')"),
        text("service", "SYS_CONTEXT('USERENV', 'SERVICE_NAME')"),
        date("taken_utc", "CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS DATE)"),
    ),
)
"""Who answers, and when; asked first, so that its row says that the login succeeded."""

_TOKEN = re.compile(r"'(?:[^']|'')*'|[^\s']+|\s+")
_NO_ROWS = "SELECT NULL AS line FROM dual WHERE 1 = 0"
_CONTAINER = (
    "COLUMN ebill_con NEW_VALUE EBILL_CON NOPRINT",
    "COLUMN ebill_new NEW_VALUE EBILL_NEW NOPRINT",
    "COLUMN ebill_old NEW_VALUE EBILL_OLD NOPRINT",
    "SELECT CASE WHEN ^_O_RELEASE >= 1201000000 THEN ' ' ELSE '--' END AS ebill_new,",
    "CASE WHEN ^_O_RELEASE >= 1201000000 THEN '--' ELSE ' ' END AS ebill_old FROM dual;",
    "SELECT",
    "^EBILL_NEW SYS_CONTEXT('USERENV', 'CON_NAME')",
    "^EBILL_OLD 'none'",
    "AS ebill_con FROM dual;",
)

ROOT = "CDB$ROOT"

_BEFORE_LOGIN = (
    "SET ECHO OFF",
    "SET DEFINE OFF",
    "SET SQLPROMPT ''",
    "WHENEVER OSERROR EXIT FAILURE",
    "WHENEVER SQLERROR EXIT FAILURE",
)
_AFTER_LOGIN = (
    "PROMPT ebill.ops: if a new password is asked for, this is no answer",
    "PROMPT ebill.ops: and neither is this, it is another one",
    "WHENEVER SQLERROR CONTINUE",
    "CLEAR COLUMNS",
    "CLEAR BREAKS",
    "CLEAR COMPUTES",
    "TTITLE OFF",
    "BTITLE OFF",
    "SET ECHO OFF",
    "SET DEFINE '^'",
    "SET CONCAT '.'",
    "SET VERIFY OFF",
    "SET HEADING OFF",
    "SET PAGESIZE 0",
    "SET LINESIZE 32767",
    "SET WRAP ON",
    "SET TRIMOUT ON",
    "SET TRIMSPOOL ON",
    "SET TAB OFF",
    "SET FEEDBACK OFF",
    "SET TIME OFF",
    "SET TIMING ON",
    "SET AUTOTRACE OFF",
    "SET SERVEROUTPUT OFF",
    "SET SQLBLANKLINES OFF",
    "SET NULL ''",
    "SET NUMWIDTH 38",
    "SET LONG 4000",
    "SET LONGCHUNKSIZE 4000",
    "SET ARRAYSIZE 100",
)


@dataclass(frozen=True)
class Gate:
    """When a variant is asked: from, and before, these releases; in the root, out of it, both."""

    since: tuple[int, int]
    until: tuple[int, int] | None = None
    root: bool | None = None

    def sql(self) -> str:
        """Return the condition over the variables that are known after the login."""
        terms = [f"^_O_RELEASE >= {_release(self.since)}"]
        if self.until:
            terms.append(f"^_O_RELEASE < {_release(self.until)}")
        if self.root is not None:
            terms.append(f"'^EBILL_CON' {'=' if self.root else '<>'} '{ROOT}'")
        return " AND ".join(terms)


_EVERYWHERE = Gate((11, 2))


@dataclass(frozen=True)
class Question:
    """All variants of one part."""

    name: str
    variants: tuple[tuple[Gate, Part], ...]

    @property
    def plain(self) -> bool:
        """Whether the only variant is asked everywhere."""
        return [gate for gate, _part in self.variants] == [_EVERYWHERE]


def in_order(parts: Sequence[Part]) -> list[Part]:
    """Return the parts in the order of the driver's statements, slow views last."""
    return sorted(parts, key=lambda part: LANES.index(lane_of(part)))


def question_list(parts: Sequence[Part]) -> list[Question]:
    """Put the variants of each name together, in the order of asking."""
    found: dict[str, list[tuple[Gate, Part]]] = {}
    for part in in_order(parts):
        variants = found.setdefault(part.name, [])
        if part.by_container:
            variants.append((Gate(part.since, part.until, root=False), part))
            variants.append((Gate(part.since, part.until, root=True), part.in_root()))
        else:
            variants.append((Gate(part.since, part.until), part))
    return [Question(name, tuple(variants)) for name, variants in found.items()]


def version_of(parts: Sequence[Part]) -> str:
    """Return twelve digits that change whenever any statement does."""
    statements = "\n".join(
        f"{gate.sql()} {part.sql()}"
        for question in question_list(parts)
        for gate, part in question.variants
    )
    return hashlib.sha256(statements.encode("utf-8")).hexdigest()[:12]


def before_login() -> list[str]:
    """Return the lines that stand before CONNECT."""
    return list(_BEFORE_LOGIN)


def after_login(parts: Sequence[Part], mark: str) -> list[str]:
    """Return the lines that follow CONNECT, up to the mark of the end.

    ``mark``: a word that no data holds; every frame line starts with it.
    """
    asked = question_list(parts)
    names = _variables(asked)
    lines = [*_AFTER_LOGIN, *_CONTAINER, *_set_variables(names)]
    lines.append(f"PROMPT {mark} start ^_O_RELEASE ^EBILL_CON")
    for question in [Question(SESSION.name, ((_EVERYWHERE, SESSION),)), *asked]:
        lines.append(f"PROMPT {mark} begin {question.name}")
        lines += _statement(question, names)
        lines.append(f"PROMPT {mark} end {question.name}")
    return [*lines, f"PROMPT {mark} done"]


def _release(version: tuple[int, int]) -> int:
    """A release as _O_RELEASE has it: 12.2 is 1202000000."""
    return version[0] * 10**8 + version[1] * 10**6


def _variables(asked: Sequence[Question]) -> dict[str, str]:
    """A substitution variable for each condition: condition to name."""
    conditions: dict[str, None] = {}
    for question in asked:
        if not question.plain:
            conditions |= dict.fromkeys(gate.sql() for gate, _part in question.variants)
            conditions[_none_of(question)] = None
    return {condition: f"EBILL_{number}" for number, condition in enumerate(conditions, 1)}


def _none_of(question: Question) -> str:
    return "NOT (" + " OR ".join(f"({gate.sql()})" for gate, _part in question.variants) + ")"


def _set_variables(names: Mapping[str, str]) -> Iterator[str]:
    """A blank where the condition holds, the sign of a comment where not."""
    for condition, name in names.items():
        yield f"DEFINE {name} = '--'"
        yield f"COLUMN {name.lower()} NEW_VALUE {name} NOPRINT"
        answer = f"CASE WHEN {condition} THEN ' ' ELSE '--' END AS {name.lower()}"
        yield from fold(f"SELECT {answer} FROM dual;")  # noqa: S608 - our own conditions


def _statement(question: Question, names: Mapping[str, str]) -> Iterator[str]:
    """One statement in lines; all its variants but one are comments when it is sent."""
    yield "SELECT line || CHR(30) AS line FROM ("
    if question.plain:
        yield from fold(question.variants[0][1].sql())
    else:
        for gate, part in question.variants:
            yield from fold(part.sql(), f"^{names[gate.sql()]} ")
        yield f"^{names[_none_of(question)]} {_NO_ROWS}"
    yield ");"


def fold(sql: str, prefix: str = "") -> Iterator[str]:
    """Cut a statement into lines at blanks outside of literals; raises for what has none.

    No line ends in a minus sign, which would be taken for "goes on in the next line".
    """
    line = ""
    for token in _TOKEN.findall(" ".join(sql.split("\n"))):
        if len(line) + len(token) > LINE_LENGTH and token.isspace() and not line.endswith("-"):
            yield prefix + line.strip()
            line = ""
        else:
            line += token
    if len(line) > 2 * LINE_LENGTH:
        raise ValueError("a statement that cannot be folded")
    yield prefix + line.strip()
