# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small tables of users: CREATE, DROP and TRUNCATE TABLE, and what DML does to their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lab.oracle import seam
from lab.oracle.seam import OraError
from lab.oracle.sql.tokens import Tokens
from lab.oracle.world import access
from lab.oracle.world.model import Table, TableColumn
from lab.oracle.world.views import Sight

TYPES = {
    "NUMBER": seam.NUMBER, "INTEGER": seam.NUMBER, "INT": seam.NUMBER, "FLOAT": seam.NUMBER,
    "VARCHAR2": seam.VARCHAR2, "NVARCHAR2": seam.VARCHAR2, "DATE": seam.DATE,
    "TIMESTAMP": seam.TIMESTAMP, "RAW": seam.RAW, "CLOB": seam.LONG,
}  # fmt: skip
Undo = Callable[[], None]


def full_name(sight: Sight, tokens: Tokens, schema: str) -> str:
    owner, name = tokens.dotted()
    return f"{owner or schema}.{name}"


def create_table(sight: Sight, tokens: Tokens, schema: str) -> None:
    name = full_name(sight, tokens, schema)
    owner, _, short = name.partition(".")
    own = sight.me is not None and sight.me.user == owner
    access.require(sight, *(["CREATE TABLE"] if own else []), "CREATE ANY TABLE")
    if name in sight.world.tables:
        raise OraError(955, "name is already used by an existing object")
    table = Table(owner, short, [])
    tokens.expect("(")
    while True:
        _element(tokens, table)
        if not tokens.accept(","):
            break
    tokens.expect(")")
    if tokens.accept("TABLESPACE"):
        space = tokens.name()
        if space not in sight.world.tablespaces:
            raise OraError(959, f"tablespace '{space}' does not exist")
    tokens.end()
    sight.world.tables[name] = table


def _element(tokens: Tokens, table: Table) -> None:
    """A column, or a PRIMARY KEY over columns."""
    if tokens.accept("CONSTRAINT"):
        tokens.name()
    if tokens.accept("PRIMARY", "KEY"):
        tokens.expect("(")
        table.key = tuple(tokens.names())
        tokens.expect(")")
        if not set(table.key) <= {column.name for column in table.columns}:
            raise OraError(904, "invalid identifier")
        return
    column = _column(tokens)
    if any(column.name == other.name for other in table.columns):
        raise OraError(957, "duplicate column name")
    table.columns.append(column)
    while tokens.peek() not in (",", ")", ""):
        if tokens.accept("NOT", "NULL"):
            column.nullable = False
        elif tokens.accept("PRIMARY", "KEY"):
            table.key = (column.name,)
        elif not tokens.accept("NULL"):
            raise OraError(3001, f"unimplemented feature (stand-in: {tokens.peek()})")


def _column(tokens: Tokens) -> TableColumn:
    name, word = tokens.name(), tokens.name()
    if word not in TYPES:
        raise OraError(902, "invalid datatype")
    column = TableColumn(name, TYPES[word], scale=0 if word in ("INTEGER", "INT") else None)
    if tokens.accept("("):
        column.size = tokens.number()
        tokens.accept("CHAR") or tokens.accept("BYTE")
        if column.kind == seam.NUMBER:
            column.scale = tokens.number() if tokens.accept(",") else 0
        tokens.expect(")")
    elif column.kind == seam.VARCHAR2:
        raise OraError(906, "missing left parenthesis")
    return column


def drop_table(sight: Sight, tokens: Tokens, schema: str) -> None:
    name = full_name(sight, tokens, schema)
    tokens.accept("CASCADE", "CONSTRAINTS")
    tokens.accept("PURGE")
    tokens.end()
    _owned(sight, name)
    del sight.world.tables[name]


def truncate_table(sight: Sight, tokens: Tokens, schema: str) -> None:
    name = full_name(sight, tokens, schema)
    tokens.end()
    _owned(sight, name).rows.clear()


def _owned(sight: Sight, name: str) -> Table:
    """The table, when the user may drop it."""
    table = access.table(sight, name)
    if sight.me is None or table.owner != sight.me.user:
        access.require(sight, "DROP ANY TABLE")
    return table


def checked(table: Table, column: TableColumn, value: Any) -> Any:
    """A value as the column keeps it; the errors are Oracle's own."""
    shown = f'"{table.owner}"."{table.name}"."{column.name}"'
    if value is None:
        if not column.nullable or column.name in table.key:
            raise OraError(1400, f"cannot insert NULL into ({shown})")
        return None
    if column.kind == seam.VARCHAR2 and column.size and len(value) > column.size:
        sizes = f"actual: {len(value)}, maximum: {column.size}"
        raise OraError(12899, f"value too large for column {shown} ({sizes})")
    if column.kind == seam.NUMBER and column.scale is not None:
        step = Decimal(1).scaleb(-column.scale)
        value = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
        if column.size and value and value.adjusted() >= column.size - column.scale:
            raise OraError(1438, "value larger than specified precision allowed for this column")
        value = int(value) if value == value.to_integral_value() else value
    return value


def insert(table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Undo:
    before = list(table.rows)
    added = []
    for row in rows:
        given = dict(zip(names, row, strict=True))
        added.append([checked(table, one, given.get(one.name)) for one in table.columns])
    return _replace(table, before, [*before, *added])


def update(
    table: Table, names: Sequence[str], places: Sequence[int], rows: Sequence[Sequence[Any]]
) -> Undo:
    """`places`: which rows, from 0; `rows`: their new values for the named columns."""
    before = list(table.rows)
    after = [list(row) for row in before]
    at = {column.name: place for place, column in enumerate(table.columns)}
    for place, row in zip(places, rows, strict=True):
        for name, value in zip(names, row, strict=True):
            after[place][at[name]] = checked(table, table.columns[at[name]], value)
    return _replace(table, before, after)


def delete(table: Table, places: Sequence[int]) -> Undo:
    before, gone = list(table.rows), set(places)
    return _replace(table, before, [row for place, row in enumerate(before) if place not in gone])


def _replace(table: Table, before: list[list[Any]], after: list[list[Any]]) -> Undo:
    """All or nothing: a key that is there twice (ORA-00001) leaves the table as it was."""
    at = [i for i, column in enumerate(table.columns) if column.name in table.key]
    keys = [tuple(row[i] for i in at) for row in after] if at else []
    if len(set(keys)) < len(keys):
        raise OraError(1, f"unique constraint ({table.owner}.PK_{table.name}) violated")
    table.rows[:] = after

    def undo() -> None:
        table.rows[:] = before

    return undo
