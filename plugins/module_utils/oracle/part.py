# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One question to the dictionary, and the lines that answer it, whatever carries them.

A part reads one view and answers in lines: its name and its columns as text, with a separator
that no dictionary text holds. The same SELECT therefore serves the driver, sqlplus and a file
that somebody brought along, several parts make one statement (UNION ALL), and numbers stay exact
whatever the client's types are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers

SEPARATOR = "\x1f"
_JOIN = " || CHR(31) || "
_DATE_PICTURE = "YYYY-MM-DD HH24:MI:SS"
_LONGEST = 400


@dataclass(frozen=True)
class Column:
    """A field of a row: ``kind`` is ``text``, ``number`` or ``date``; ``sql`` gives it."""

    name: str
    kind: str
    sql: str

    def as_text(self) -> str:
        """Return the expression whose value is text; NULL stays NULL."""
        if self.kind == "number" and self.sql != "NULL":
            return f"TO_CHAR({self.sql})"
        if self.kind == "date":
            return f"TO_CHAR({self.sql}, '{_DATE_PICTURE}')"
        return self.sql

    def value(self, text: str) -> Any:
        """Return what a field of a line stands for: int, Decimal, datetime, str or None.

        TO_CHAR writes a fraction as ``.5`` or ``,5``, as the session's territory has it.
        """
        if not text:
            return None
        if self.kind == "number":
            try:
                number = Decimal(text.replace(",", "."))
            except InvalidOperation as error:
                raise ValueError(f"{self.name}: not a number") from error
            if not number.is_finite():
                raise ValueError(f"{self.name}: not a number")
            return int(number) if number == number.to_integral_value() else float(number)
        if self.kind == "date":
            return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")
        return text


def text(name: str, sql: str | None = None) -> Column:
    """A name or a code."""
    return Column(name, "text", sql or name)


def number(name: str, sql: str | None = None) -> Column:
    """A number; ages and ratios are to be rounded in ``sql``, TO_CHAR writes all digits."""
    return Column(name, "number", sql or name)


def date(name: str, sql: str | None = None) -> Column:
    """A DATE in the database host's own clock; fractions of a second are cut."""
    return Column(name, "date", sql or name)


def words(name: str, sql: str | None = None) -> Column:
    """Free text: no line ends, no separator, cut so that a line stays under 4000 bytes."""
    cut = f"SUBSTR({sql or name}, 1, {_LONGEST})"
    return Column(name, "text", f"TRANSLATE({cut}, CHR(10) || CHR(13) || CHR(31), '   ')")


@dataclass(frozen=True)
class Part:
    """A SELECT over one view.

    ``rest``: WHERE, GROUP BY and so on. ``source``: the FROM clause when it is more than the
    view's name. ``since``, ``until``: the releases (major, minor) that have the view and these
    columns, ``until`` exclusive; parts of one name are the variants of one question.
    ``by_container``: the DBA_ view has a CDB_ twin with CON_ID; from the root of a multitenant
    database the part then answers for all its containers. Its rows have the field ``con_id``,
    None elsewhere. ``source`` and ``rest`` of such a part have at most one GROUP BY.
    ``lane``: the statement that it goes with, one of statements.LANES; without one V$ views go
    together, and DBA_ views. A slow view has a lane of its own.
    ``when`` decides from the answers of earlier lanes whether it is asked at all.
    ``licensed``: it, or what it is asked for, needs the Diagnostics Pack; it is asked only of a
    site that says that it has the pack.
    """

    name: str
    view: str
    columns: tuple[Column, ...]
    rest: str = ""
    source: str | None = None
    max_rows: int = 1000
    since: tuple[int, int] = (11, 2)
    until: tuple[int, int] | None = None
    by_container: bool = False
    lane: str = ""
    when: Callable[[Answers], bool] | None = None
    licensed: bool = False

    def fits(self, version: tuple[int, int]) -> bool:
        """Whether a server of this release (major, minor) can be asked."""
        return self.since <= version and (self.until is None or version < self.until)

    @property
    def fields(self) -> tuple[Column, ...]:
        """The columns of a line, the container first where the part has one."""
        if not self.by_container:
            return self.columns
        known = "con_id" if self.view.startswith("CDB_") else "NULL"
        return (Column("con_id", "number", known), *self.columns)

    @property
    def grant_object(self) -> str:
        """The object that SELECT is granted on: a V$ name is a synonym of a V_$ view.

        Empty when everybody may read the view.
        """
        if self.view == "DUAL" or self.view.startswith(("USER_", "ALL_", "NLS_")):
            return ""
        name = f"V_${self.view[2:]}" if self.view.startswith("V$") else self.view
        return f"SYS.{name}"

    def in_root(self) -> Part:
        """Return the part as it is asked from the root: for all containers where it can be."""
        if not self.by_container:
            return self
        source = _to_cdb(self.source) if self.source else None
        return replace(self, view=_to_cdb(self.view), source=source, rest=_to_cdb(self.rest))

    def sql(self) -> str:
        """Return the SELECT of one column, a line for each row; at most one row too many.

        It is put together from our own constants only.
        """
        fields = [f"'{self.name}'", *(column.as_text() for column in self.fields)]
        source = self.source or self.view.lower()
        inner = f"SELECT {_JOIN.join(fields)} AS line FROM {source} {self.rest}".rstrip()  # noqa: S608
        return f"SELECT line FROM ({inner}) WHERE ROWNUM <= {self.max_rows + 1}"  # noqa: S608

    def row(self, line: str) -> dict[str, Any]:
        """Read one line back; ValueError when it is none of this part's."""
        name, *values = line.split(SEPARATOR)
        fields = self.fields
        if name != self.name or len(values) != len(fields):
            raise ValueError(f"{self.view}: {len(values)} fields, {len(fields)} expected")
        return {field.name: field.value(value) for field, value in zip(fields, values, strict=True)}


def _to_cdb(words: str) -> str:
    """Name the CDB_ twins, and group by the container too."""
    twins = re.sub(r"\bDBA_", "CDB_", words).replace("dba_", "cdb_")
    return re.sub(r"\bGROUP BY ", "GROUP BY con_id, ", twins, flags=re.IGNORECASE)
