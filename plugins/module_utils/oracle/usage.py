# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes of a tablespace: per file first, then summed; an impossible sum is never judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Impossible,
    Row,
    gib,
    integer,
)

USABLE = frozenset({"ONLINE", "SYSTEM"})
"""ONLINE_STATUS of a data file that can be used; SYSTEM is that of the SYSTEM tablespace."""


@dataclass(frozen=True)
class Files:
    """The files of one tablespace that can be used, summed; sizes in bytes.

    ``maximum_bytes`` is the sum over the files of what each may grow to: greatest(bytes,
    maxbytes) if it extends itself, else bytes. A file may be larger than its MAXSIZE when it
    was resized by hand after MAXSIZE was set, so that is no contradiction.
    """

    count: int
    growing: int
    allocated_bytes: int
    maximum_bytes: int
    folders: tuple[str, ...]
    """Folders of the files."""

    @property
    def autoextend(self) -> str:
        """``all``, ``some`` or ``none`` of the files extend themselves."""
        if self.growing == 0:
            return "none"
        return "all" if self.growing == self.count else "some"


def sum_files(files: Iterable[Mapping[str, Any]]) -> Files:
    """Sum the rows of DBA_DATA_FILES or DBA_TEMP_FILES of one tablespace; may raise Impossible."""
    count = growing = allocated = maximum = 0
    folders: set[str] = set()
    for file in files:
        size = integer(file, "bytes")
        grows = file.get("autoextensible") == "YES"
        count += 1
        growing += grows
        allocated += size
        maximum += max(size, integer(file, "maxbytes")) if grows else size
        name = str(file.get("file_name") or "")
        folders.add(name.replace("\\", "/").rpartition("/")[0])
    return Files(count, growing, allocated, maximum, tuple(sorted(folders)))


def usage(used: int, allocated: int, maximum: int) -> Row:
    """Return both percentages and all sizes; Impossible unless 0 <= used <= allocated <= maximum.

    ``used_percent`` is of the maximum (judged), ``used_allocated_percent`` of what the files
    take today. The numerator is whole, so that exactly 90 % is 90.0.
    """
    if allocated <= 0 or not 0 <= used <= allocated <= maximum:
        raise Impossible(f"used={used} allocated={allocated} maximum={maximum}")
    growth = maximum - allocated
    return {
        "used_percent": 100 * used / maximum,
        "used_allocated_percent": 100 * used / allocated,
        "used_bytes": used,
        "allocated_bytes": allocated,
        "total_bytes": maximum,
        "growth_bytes": growth,
        "used_gib": gib(used),
        "allocated_gib": gib(allocated),
        "total_gib": gib(maximum),
        "growth_gib": gib(growth),
    }


def file_state(file: Mapping[str, Any]) -> str:
    """``ONLINE``, ``OFFLINE``, ``RECOVER``, ``MISSING`` (a name Oracle made up), ``INVALID``."""
    name = str(file.get("file_name") or "")
    if not name or name.replace("\\", "/").rsplit("/", 1)[-1].startswith("MISSING"):
        return "MISSING"
    if file.get("status") == "INVALID":
        return "INVALID"
    status = str(file.get("online_status"))
    if status in USABLE:
        return "ONLINE"
    return "OFFLINE" if status == "SYSOFF" else status
