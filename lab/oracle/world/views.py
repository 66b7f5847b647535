# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dictionary views: columns by Oracle's Database Reference, rows from the world.

A view is a function from a Sight to rows as dicts; a column that a row lacks is NULL. Which columns
a view has, and of what type, is in lab/oracle/dictionary/views.yml, by release. Only a view that is
not listed there names its columns itself: `NAME V30` (text of 30 characters), N number, D date,
T timestamp, Z with time zone, R8 raw, L long, I interval.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.oracle import dictionary, seam
from lab.oracle.seam import Column, SessionFacts
from lab.oracle.world.model import Container, World

KINDS = {
    "V": seam.VARCHAR2,
    "N": seam.NUMBER,
    "D": seam.DATE,
    "T": seam.TIMESTAMP,
    "Z": seam.TIMESTAMP_TZ,
    "R": seam.RAW,
    "L": seam.LONG,
    "I": seam.INTERVAL,
}
PER_CONTAINER = frozenset(
    {
        "V$TABLESPACE", "V$DATAFILE", "V$DATAFILE_HEADER", "V$TEMPFILE", "V$TEMP_SPACE_HEADER",
        "V$TEMPSEG_USAGE", "V$SORT_SEGMENT", "V$RECOVER_FILE", "V$ENCRYPTED_TABLESPACES",
    }
)  # fmt: skip
"""Fixed views whose rows belong to a container; all others speak of the instance."""
Row = dict[str, Any]
Maker = Callable[["Sight"], Iterable[Row]]


@dataclass
class Sight:
    """What a statement looks at: the world, the accounts, who is logged on, and who asks.

    In a multitenant database `world` is that of the container that the session is in.
    """

    world: World
    users: dict[str, Any]
    sessions: dict[int, SessionFacts] = field(default_factory=dict)
    me: SessionFacts | None = None

    def containers(self) -> Iterator[tuple[int, str, Sight]]:
        """(CON_ID, name, sight) of the containers that this session sees and that are open."""
        for one in self.world.containers():
            if one.is_open:
                yield one.con_id, one.name, dataclasses.replace(self, world=one.world)


@dataclass(frozen=True)
class View:
    """`spec` counts only for a view that the reference does not list."""

    name: str
    spec: Sequence[Column]
    make: Maker
    own_public: bool

    @property
    def documented(self) -> dictionary.DocumentedView | None:
        return dictionary.views().get(self.name)

    @property
    def public(self) -> bool:
        return self.documented.public if self.documented else self.own_public

    def there(self, release: dictionary.Release) -> bool:
        return self.documented is None or self.documented.there(release)

    def columns(self, release: dictionary.Release) -> Sequence[Column]:
        return self.documented.of(release) if self.documented else self.spec

    def rows(self, sight: Sight) -> list[list[Any]]:
        """Raises KeyError for a row with a column that no release has."""
        release = dictionary.release_of(sight.world.release[0])
        names = [column.name for column in self.columns(release)]
        known = {one.name for one in self.documented.columns} if self.documented else set(names)
        out = []
        for row in self.make(sight):
            unknown = set(row) - known
            if unknown:
                raise KeyError(f"{self.name} has no column {sorted(unknown)}")
            out.append([row.get(name) for name in names])
        return out


VIEWS: dict[str, View] = {}


def columns(text: str) -> list[Column]:
    out = []
    for entry in text.split(",") if text else ():
        name, kind = entry.split()
        out.append(Column(name, KINDS[kind[0]], int(kind[1:] or 0)))
    return out


def view(name: str, spec: str = "", *also: str, public: bool = False) -> Callable[[Maker], Maker]:
    """Register a view, under further names too; `public`: everyone may read it.

    A DBA_ view brings its CDB_ twin along: the rows of every open container, with its CON_ID; a
    V$ view its GV$ twin, of the one instance.
    """

    def register(make: Maker) -> Maker:
        for one in (name, *also):
            if not spec and one not in dictionary.views():
                raise KeyError(f"{one} is not in views.yml, so its columns must be given")
            rows = _everywhere(make) if one in PER_CONTAINER else make
            VIEWS[one] = View(one, columns(spec), rows, public)
            twin = f"CDB_{one[4:]}"
            if one.startswith("DBA_") and twin in dictionary.views():
                VIEWS[twin] = View(twin, (), _everywhere(make), own_public=False)
            if f"G{one}" in dictionary.views():
                VIEWS[f"G{one}"] = View(f"G{one}", (), _with_instance(rows), own_public=False)
        return make

    return register


def _with_instance(make: Maker) -> Maker:
    def rows(sight: Sight) -> Iterable[Row]:
        for row in make(sight):
            yield row | {"INST_ID": 1}

    return rows


def _everywhere(make: Maker) -> Maker:
    def rows(sight: Sight) -> Iterable[Row]:
        for con_id, _, inside in sight.containers():
            for row in make(inside):
                yield row | {"CON_ID": con_id}

    return rows


__all__ = ["VIEWS", "Container", "Row", "Sight", "View", "columns", "view"]
