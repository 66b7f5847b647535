# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permanent tablespaces: use, state and data files (ENV-05, ENV-06).

UNDO and temporary tablespaces are questions of their own (``undo``, ``temp``).
Facts about the views (Oracle Database Reference, DBA_FREE_SPACE and DBA_DATA_FILES): a full file
has no row in DBA_FREE_SPACE; a file that is offline has no extents there and no BYTES.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle import space_history
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    GIB,
    Answers,
    Impossible,
    Observation,
    Problem,
    Row,
    error,
    first_problem,
    gib,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.disks import (
    Rooms,
    disk_of,
    rooms_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.spaces import (
    by_tablespace,
    in_root,
    is_listed,
    key_of,
    kind_of,
    spaces_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.usage import (
    USABLE,
    Files,
    file_state,
    sum_files,
    usage,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

# A disk group with less than this cannot be counted on for the next extension of a file.
_LEAST_ROOM_BYTES = GIB


def _files_in_asm(answers: Answers) -> bool:
    names = (str(row.get("file_name") or "") for row in rows_of(answers, "data_files"))
    return any(name.startswith("+") for name in names)


PARTS = (
    Part(
        "tablespaces",
        "DBA_TABLESPACES",
        (
            text("tablespace_name"),
            text("contents"),
            text("status"),
            text("bigfile"),
            text("encrypted"),
            number("block_size"),
        ),
        max_rows=2000,
        by_container=True,
    ),
    Part(
        "containers",
        "V$CONTAINERS",
        (number("con_id"), text("name"), text("open_mode")),
        max_rows=5000,
        since=(12, 1),
        when=in_root,
    ),
    Part(
        "data_files",
        "DBA_DATA_FILES",
        (
            text("file_name"),
            number("file_id"),
            text("tablespace_name"),
            number("bytes"),
            number("maxbytes"),
            text("autoextensible"),
            text("status"),
            text("online_status"),
        ),
        max_rows=20000,
        by_container=True,
        lane="files",
    ),
    Part(
        "free_space",
        "DBA_FREE_SPACE",
        (text("tablespace_name"), number("free_bytes", "SUM(bytes)")),
        "GROUP BY tablespace_name",
        max_rows=2000,
        by_container=True,
        lane="free_space",
    ),
    # _STAT: the same columns without a new discovery of the disks.
    Part(
        "disk_groups",
        "V$ASM_DISKGROUP_STAT",
        (text("name"), text("state"), number("total_mb"), number("usable_file_mb")),
        max_rows=200,
        when=_files_in_asm,
    ),
    *space_history.PARTS,
)

MAKES = {
    "tablespaces": (
        "tablespaces",
        "data_files",
        "free_space",
        "disk_groups",
        "containers",
        "space_history",
        "space_numbers",
    ),
    "tablespace_states": ("tablespaces", "containers"),
    "datafiles": ("data_files",),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return ``tablespaces``, ``tablespace_states`` and ``datafiles``."""
    return {
        "tablespaces": _usages(answers, wanted),
        "tablespace_states": _states(answers, wanted),
        "datafiles": _files(answers),
    }


def _usages(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "tablespaces", "data_files", "free_space")
    if problem:
        return error(problem)
    files = by_tablespace(rows_of(answers, "data_files"))
    free = {key_of(row): row["free_bytes"] for row in rows_of(answers, "free_space")}
    rooms, daily = rooms_of(answers, wanted), space_history.daily_used(answers)
    found: list[Row] = []
    for label, space in spaces_of(answers):
        kind, key = kind_of(space, label, wanted), key_of(space)
        if kind in ("system", "user", "other"):
            row = _usage(space, label, files.get(key, ()), free.get(key, 0), rooms)
            if "error" not in row:
                row["daily_used"] = daily.get(str(space["tablespace_name"]), "")
            found.append(_description(space, label, kind) | row)
    return rows(found + _missing(answers, wanted) + _closed(answers))


def _missing(answers: Answers, wanted: Wanted) -> list[Row]:
    """A listed tablespace that the database does not have is a row, not a gap."""
    there = spaces_of(answers)
    return [
        _unreadable(name, Problem("not_found", f"TABLESPACE {name}"))
        for name in sorted(set(wanted.user_tablespaces))
        if not any(is_listed(space, label, [name]) for label, space in there)
    ]


def _closed(answers: Answers) -> list[Row]:
    """A pluggable database that is not open shows no tablespaces: a row that says so.

    A common user without CONTAINER_DATA sees the root alone, whose USERS are not the site's.
    """
    seen = {row.get("name") for row in rows_of(answers, "containers")}
    if seen and in_root(answers) and seen <= {"CDB$ROOT", "PDB$SEED"}:
        return [_unreadable("PDB", Problem("missing_grant", "SET CONTAINER_DATA = ALL"))]
    return [
        _unreadable(str(row["name"]), Problem("database_not_open", f"{row['name']}: MOUNTED"))
        for row in rows_of(answers, "containers")
        if row.get("open_mode") == "MOUNTED" and row.get("name") != "PDB$SEED"
    ]


def _unreadable(label: str, problem: Problem) -> Row:
    return {"tablespace": label, "kind": "user", "read_only": False} | error(problem)


def _description(space: Mapping[str, Any], label: str, kind: str) -> Row:
    return {
        "tablespace": label,
        "kind": kind,
        "contents": space.get("contents"),
        "status": space.get("status"),
        "read_only": space.get("status") == "READ ONLY",
        "bigfile": space.get("bigfile") == "YES",
        "encrypted": space.get("encrypted") == "YES",
    }


def _usage(
    space: Mapping[str, Any],
    label: str,
    files: Sequence[Mapping[str, Any]],
    free_bytes: Any,
    rooms: Rooms,
) -> Row:
    usable = [file for file in files if file.get("online_status") in USABLE]
    row: Row = {"files_unusable": len(files) - len(usable)}
    if space.get("status") == "OFFLINE" or (files and not usable):
        return row | error(Problem("offline", f"TABLESPACE {label}"))
    try:
        summed = sum_files(usable)
        if not isinstance(free_bytes, int) or free_bytes < 0:
            raise Impossible(f"free_bytes={free_bytes}")
        measured = usage(
            summed.allocated_bytes - free_bytes, summed.allocated_bytes, summed.maximum_bytes
        )
    except Impossible as contradiction:
        return row | error(Problem("bad_answer", f"TABLESPACE {label}: {contradiction}"))
    row.update(measured)
    row.update(files=summed.count, growing_files=summed.growing, autoextend=summed.autoextend)
    row.update(_growth(summed, usable, rooms))
    return row


def _growth(files: Files, usable: Sequence[Mapping[str, Any]], rooms: Rooms) -> Row:
    """Say whether the files can still grow: ``open``, ``none`` (no file may) or ``disk``.

    The fields of the disk are null where one of the files lies on a disk that is not known.
    """
    disks = {disk_of(file, rooms) for file in usable}
    room = None if None in disks else sum(rooms[disk] for disk in disks if disk)
    growth = files.maximum_bytes - files.allocated_bytes
    state = "open" if growth else "none"
    if growth and room is not None and room < min(growth, _LEAST_ROOM_BYTES):
        state = "disk"
    return {
        "growth": state,
        "file_folders": ", ".join(files.folders),
        "disks": ", ".join(sorted(disk for disk in disks if disk)) or None,
        "disk_free_bytes": room,
        "disk_free_gib": None if room is None else gib(room),
    }


def _states(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "tablespaces")
    if problem:
        return error(problem)
    found: list[Row] = []
    for label, space in spaces_of(answers):
        state = str(space.get("status")).lower().replace(" ", "_")
        if state == "read_only" and is_listed(space, label, wanted.read_only_tablespaces):
            state = "read_only_expected"
        found.append(
            {
                "tablespace": label,
                "kind": kind_of(space, label, wanted),
                "contents": space.get("contents"),
                "state": state,
            }
        )
    return rows(found)


def _files(answers: Answers) -> Observation:
    """Rows for data files that cannot be used; files of an offline tablespace are its own row."""
    problem = first_problem(answers, "data_files")
    if problem:
        return error(problem)
    offline = {
        key_of(space)
        for space in rows_of(answers, "tablespaces")
        if space.get("status") == "OFFLINE"
    }
    found: list[Row] = []
    for file in rows_of(answers, "data_files"):
        state = file_state(file)
        if state == "ONLINE" or (state == "OFFLINE" and key_of(file) in offline):
            continue
        found.append(
            {
                "file": str(file.get("file_name") or f"#{file.get('file_id')}"),
                "tablespace": file.get("tablespace_name"),
                "state": state,
            }
        )
    return rows(found)
