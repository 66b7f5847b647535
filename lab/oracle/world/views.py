# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dictionary views: columns by Oracle's 19c Database Reference, rows from the world.

A view is a function from a Sight to rows as dicts; a column that a row lacks is NULL. Columns are
written `NAME V30` (text of 30 characters), N number, D date, T timestamp, Z with time zone, R8 raw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.oracle import seam
from lab.oracle.seam import Column, SessionFacts
from lab.oracle.world.model import World

KINDS = {
    "V": seam.VARCHAR2,
    "N": seam.NUMBER,
    "D": seam.DATE,
    "T": seam.TIMESTAMP,
    "Z": seam.TIMESTAMP_TZ,
    "R": seam.RAW,
    "L": seam.LONG,
}
Row = dict[str, Any]


@dataclass
class Sight:
    """What a statement looks at: the world, the accounts, who is logged on, and who asks."""

    world: World
    users: dict[str, Any]
    sessions: dict[int, SessionFacts] = field(default_factory=dict)
    me: SessionFacts | None = None


@dataclass(frozen=True)
class View:
    name: str
    columns: Sequence[Column]
    make: Callable[[Sight], Iterable[Row]]
    public: bool

    def rows(self, sight: Sight) -> list[list[Any]]:
        names = [column.name for column in self.columns]
        out = []
        for row in self.make(sight):
            unknown = set(row) - set(names)
            if unknown:
                raise KeyError(f"{self.name} has no column {sorted(unknown)}")
            out.append([row.get(name) for name in names])
        return out


VIEWS: dict[str, View] = {}


def columns(text: str) -> list[Column]:
    out = []
    for entry in text.split(","):
        name, kind = entry.split()
        out.append(Column(name, KINDS[kind[0]], int(kind[1:] or 0)))
    return out


def view(
    name: str, spec: str, *also: str, public: bool = False
) -> Callable[[Callable[[Sight], Iterable[Row]]], Callable[[Sight], Iterable[Row]]]:
    """Register a view, under further names too; `public`: everyone may read it."""

    def register(make: Callable[[Sight], Iterable[Row]]) -> Callable[[Sight], Iterable[Row]]:
        for one in (name, *also):
            VIEWS[one] = View(one, columns(spec), make, public)
        return make

    return register
