# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From parts to statements: at most one for each lane, so at most twelve for the whole area.

Parts of a lane are one statement (UNION ALL of lines). The views that can be slow have lanes of
their own, so that one of them at its time limit takes nothing with it; the quick fixed views,
which answer from memory, go together. A statement that fails is split, and each part then fails
alone: one missing grant, or one column that a release does not have, costs its own checks only.

Source of the sizes: DBA_DATA_FILES and DBA_FREE_SPACE, not DBA_TABLESPACE_USAGE_METRICS. The
latter is faster but counts blocks, knows nothing of single files, and from 18c on mixes the free
room of the file system into the maximum, so that its percentage cannot be worked out again by
hand. The two views give the same numbers on every version. Their price is a slow DBA_FREE_SPACE
where the recycle bin is large (dropped objects count as free in it); the time limit bounds that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answer,
    Answers,
    Problem,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import SEPARATOR, Part

LANES = (
    "identity",  # version, container, role: what later parts depend on
    "fixed",  # V$ views of memory and control file that are always quick
    "dictionary",  # DBA_ views that are quick
    "files",
    "free_space",
    "undo",
    "rman",
    "rman_sets",
    "objects",
    "jobs",
    "alert",
    "late",  # what is asked only where earlier answers say so
    # Of the performance diagnosis, which is a session of its own:
    "sql",
    "origins",
    "plans",
    "statistics",
    "segments",
    "history",
)
"""The statements of a session in their order; no name is used twice in a session."""

Release = tuple[int, int]
_UNKNOWN_RELEASE = (19, 0)


@dataclass(frozen=True)
class Statement:
    """One SELECT over the parts of a lane."""

    lane: str
    parts: tuple[Part, ...]

    @property
    def view(self) -> str:
        """The view that it reads, for people; of several the first one and their number."""
        more = len(self.parts) - 1
        return self.parts[0].view + (f" +{more}" if more else "")

    @property
    def grant_object(self) -> str:
        """What SELECT is needed on, for a statement of one part."""
        return self.parts[0].grant_object

    @property
    def max_rows(self) -> int:
        """The most lines it can return; each part asks for one more than it takes."""
        return sum(part.max_rows + 1 for part in self.parts)

    def sql(self) -> str:
        """Return the text."""
        return "\nUNION ALL\n".join(part.sql() for part in self.parts)

    def split(self) -> list[Statement]:
        """Return a statement for each part."""
        return [Statement(self.lane, (part,)) for part in self.parts]

    def answers(self, lines: Iterable[str]) -> dict[str, Answer]:
        """Read the lines back: an answer for each part, a Problem where they make no sense."""
        found: dict[str, list[str]] = {part.name: [] for part in self.parts}
        for line in lines:
            name = line.partition(SEPARATOR)[0]
            if name in found:
                found[name].append(line)
        return {part.name: _answer(part, found[part.name]) for part in self.parts}


def _answer(part: Part, lines: Sequence[str]) -> Answer:
    if len(lines) > part.max_rows:
        return Problem("bad_answer", f"{part.view}: > {part.max_rows} rows")
    try:
        return [part.row(line) for line in lines]
    except ValueError as error:
        return Problem("bad_answer", str(error))


def release_of(version: str) -> Release:
    """Return (major, minor) of a version such as 11.2.0.4.0; a usual one when it says nothing."""
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else _UNKNOWN_RELEASE


def lane_of(part: Part) -> str:
    """Return the statement that a part goes with."""
    if part.lane:
        return part.lane
    if part.when:
        return "late"
    return "fixed" if part.view.startswith("V$") else "dictionary"


def plan(parts: Sequence[Part], release: Release, answers: Answers) -> Iterator[Statement]:
    """Yield the statements for a server of this release, one for each lane that has parts.

    ``answers`` is the caller's growing dictionary: it is looked at before each statement.
    """
    for lane in LANES:
        root = any(row.get("container") == "CDB$ROOT" for row in rows_of(answers, "instance"))
        chosen = [
            part.in_root() if root else part
            for part in parts
            if lane_of(part) == lane
            and part.fits(release)
            and (part.when is None or part.when(answers))
        ]
        if chosen:
            yield Statement(lane, tuple(chosen))


def unasked(parts: Sequence[Part], release: Release) -> dict[str, Answer]:
    """Answers for what is not asked: no rows, or a Problem where the release has no such view."""
    known = {part.name for part in parts if part.fits(release)}
    version = ".".join(str(number) for number in release)
    found: dict[str, Answer] = {}
    for part in parts:
        if part.name in known:
            found[part.name] = ()
        else:
            found[part.name] = Problem("not_supported", f"{part.view} (Oracle {version})")
    return found
