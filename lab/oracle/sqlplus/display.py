# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows as SQL*Plus prints them: column widths, wrapping, pages, headings, "no rows selected"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass
class Settings:
    """The SET variables that change the output, with SQL*Plus's defaults."""

    pagesize: int = 14
    linesize: int = 80
    numwidth: int = 10
    heading: bool = True
    feedback: int = 6
    trimout: bool = True
    wrap: bool = True
    null: str = ""
    colsep: str = " "
    noprint: set[str] = field(default_factory=set)
    widths: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A result's column: its heading, width in characters, and whether it is set to the right."""

    name: str
    width: int
    right: bool = False


def shown(description: Sequence[Any], settings: Settings) -> list[Shown]:
    """Widths by type: VARCHAR2 its size, NUMBER NUMWIDTH, DATE nine for DD-MON-RR."""
    columns = []
    for name, kind, size, *_ in description:
        label = getattr(kind, "name", str(kind))
        if name in settings.widths:
            columns.append(Shown(name, settings.widths[name]))
        elif "NUMBER" in label or "BINARY" in label:
            columns.append(Shown(name, max(settings.numwidth, len(name)), right=True))
        elif "DATE" in label or "TIMESTAMP" in label:
            columns.append(Shown(name, 9 if "DATE" in label else 30))
        else:
            columns.append(Shown(name, max(1, min(size or 1, 32767))))
    return columns


def as_text(value: Any, settings: Settings) -> str:
    """A value as SQL*Plus shows it under NLS_LANG=AMERICAN_AMERICA."""
    if value is None:
        return settings.null
    if isinstance(value, datetime):
        return value.strftime("%d-%b-%y").upper()
    if isinstance(value, int | float | Decimal):
        text = f"{value:.{settings.numwidth}g}" if isinstance(value, float) else str(value)
        text = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
        return text if len(text) <= settings.numwidth else "#" * settings.numwidth
    return str(value)


def print_rows(
    columns: Sequence[Shown], rows: Sequence[Sequence[Any]], settings: Settings
) -> Iterator[str]:
    """The lines of a result, feedback included."""
    kept = [place for place, column in enumerate(columns) if column.name not in settings.noprint]
    visible = [columns[place] for place in kept]
    has_headings = visible and settings.pagesize and settings.heading
    headed = list(_headings(visible, settings)) if has_headings else []
    room = 0
    for row in rows:
        lines = list(_row_lines(visible, [row[place] for place in kept], settings))
        if settings.pagesize and room < len(lines):
            yield ""
            yield from headed
            room = settings.pagesize - 1 - len(headed)
        room -= len(lines)
        yield from lines
    yield from _feedback(len(rows), settings)


def _feedback(count: int, settings: Settings) -> Iterator[str]:
    if settings.feedback and (count >= settings.feedback or count == 0):
        yield ""
        yield "no rows selected" if count == 0 else f"{count} rows selected."
        yield ""
    elif settings.pagesize:
        yield ""


def _headings(columns: Sequence[Shown], settings: Settings) -> Iterator[str]:
    names = [column.name[: column.width] for column in columns]
    yield from _lay(columns, [[name] for name in names], settings)
    yield from _lay(columns, [["-" * column.width] for column in columns], settings)


def _row_lines(
    columns: Sequence[Shown], values: Sequence[Any], settings: Settings
) -> Iterator[str]:
    if not columns:
        yield ""
        return
    cells = []
    for column, value in zip(columns, values, strict=True):
        width = min(column.width, settings.linesize)
        pieces = [
            line[start : start + width]
            for line in as_text(value, settings).split("\n")
            for start in range(0, max(1, len(line)), width)
        ]
        cells.append(pieces if settings.wrap else pieces[:1])
    yield from _lay(columns, cells, settings)


def _lay(
    columns: Sequence[Shown], cells: Sequence[Sequence[str]], settings: Settings
) -> Iterator[str]:
    """Columns side by side; what is over LINESIZE goes to lines of its own."""
    groups: list[list[int]] = [[]]
    used = 0
    for place, column in enumerate(columns):
        width = min(column.width, settings.linesize)
        if groups[-1] and used + len(settings.colsep) + width > settings.linesize:
            groups.append([])
            used = 0
        used += width + (len(settings.colsep) if groups[-1] else 0)
        groups[-1].append(place)
    for group in groups:
        for number in range(max(len(cells[place]) for place in group)):
            texts = []
            for place in group:
                cell = cells[place][number] if number < len(cells[place]) else ""
                width = min(columns[place].width, settings.linesize)
                texts.append(cell.rjust(width) if columns[place].right else cell.ljust(width))
            line = settings.colsep.join(texts)
            yield line.rstrip(" ") if settings.trimout else line
