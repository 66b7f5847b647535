# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Can the files really grow as far as they may, and may they still, since the last run?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Impossible,
    Observation,
    Problem,
    Row,
    absent,
    error,
    first_problem,
    gib,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.disks import disk_of, rooms_of
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.spaces import (
    by_tablespace,
    key_of,
    spaces_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.usage import Files, sum_files
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

# A full disk has no room to be a percentage of; the least that is reckoned with.
_LEAST_BYTES = 2**20

PARTS: tuple[Part, ...] = ()

MAKES = {
    "disk_rooms": ("data_files", "temp_files", "disk_groups"),
    "autoextend_changes": ("tablespaces", "data_files", "temp_files", "containers"),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return ``disk_rooms`` (a row a disk) and ``autoextend_changes`` (a row a change)."""
    return {
        "disk_rooms": _disk_rooms(answers, wanted),
        "autoextend_changes": _changes(answers, wanted),
    }


def remember(answers: Answers, wanted: Wanted) -> dict[str, Any]:
    """Return, by tablespace, the number of files, of those that grow, and the maximum in bytes."""
    summed = _summed(answers)
    if not summed:
        return {}
    return {
        "growth": {
            label: [files.count, files.growing, files.maximum_bytes]
            for label, files in summed.items()
        }
    }


def _disk_rooms(answers: Answers, wanted: Wanted) -> Observation:
    """What all files of a disk may still grow by, against its room: the maxima are promises."""
    problem = first_problem(answers, "data_files", "temp_files")
    if problem:
        return error(problem)
    rooms = rooms_of(answers, wanted)
    growth: dict[str, int] = {}
    for file in [*rows_of(answers, "data_files"), *rows_of(answers, "temp_files")]:
        disk = disk_of(file, rooms)
        if disk:
            growth[disk] = growth.get(disk, 0) + _growth(file)
    if not growth and wanted.disk_server:
        return error(Problem("unreachable", f"df: {wanted.disk_server}"))
    if not growth:
        return absent("not_configured", "inspect_oracle_server")
    return rows([_disk_row(disk, growth[disk], rooms[disk]) for disk in sorted(growth)])


def _growth(file: Mapping[str, Any]) -> int:
    size, most = file.get("bytes"), file.get("maxbytes")
    if file.get("autoextensible") != "YES" or not isinstance(size, int):
        return 0
    return max(0, most - size) if isinstance(most, int) else 0


def _disk_row(disk: str, growth: int, room: int) -> Row:
    return {
        "disk": disk,
        "growth_percent": 100 * growth / max(room, _LEAST_BYTES),
        "growth_bytes": growth,
        "free_bytes": room,
        "growth_gib": gib(growth),
        "free_gib": gib(room),
    }


def _summed(answers: Answers) -> dict[str, Files]:
    """Sizes by tablespace; one that is offline or impossible is left out."""
    if first_problem(answers, "tablespaces", "data_files"):
        return {}
    files = by_tablespace([*rows_of(answers, "data_files"), *rows_of(answers, "temp_files")])
    found: dict[str, Files] = {}
    for label, space in spaces_of(answers):
        sized = [file for file in files.get(key_of(space), ()) if file.get("bytes") is not None]
        try:
            if sized:
                found[label] = sum_files(sized)
        except Impossible:
            continue
    return found


def _changes(answers: Answers, wanted: Wanted) -> Observation:
    """A row for each tablespace that may grow less far than when it was last seen."""
    problem = first_problem(answers, "tablespaces", "data_files")
    if problem:
        return error(problem)
    earlier = wanted.earlier.get("growth")
    if not earlier:
        return absent("no_baseline", "AUTOEXTENSIBLE, MAXBYTES")
    found: list[Row] = []
    for label, files in _summed(answers).items():
        before = earlier.get(label)
        if before and (change := _change(before, files)):
            found.append(
                {
                    "tablespace": label,
                    "change": change,
                    "earlier_growing": before[1],
                    "growing": files.growing,
                    "files": files.count,
                    "earlier_gib": gib(before[2]),
                    "total_gib": gib(files.maximum_bytes),
                }
            )
    return rows(found)


def _change(before: list[int], now: Files) -> str | None:
    """``autoextend_off``: fewer files grow; ``maximum_lower``; None: as far as before."""
    if now.growing < before[1]:
        return "autoextend_off"
    return "maximum_lower" if now.maximum_bytes < before[2] else None
