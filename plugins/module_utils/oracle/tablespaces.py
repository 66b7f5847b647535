# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permanent tablespaces: use, state and data files (ENV-05, ENV-06).

UNDO and temporary tablespaces are questions of their own (``undo``, ``temp``).
Facts about the views (Oracle Database Reference, DBA_FREE_SPACE and DBA_DATA_FILES): a full file
has no row in DBA_FREE_SPACE; a file that is offline has no extents there and no BYTES.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.usage import (
    Files,
    sum_files,
    usage,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

SYSTEM = frozenset({"SYSTEM", "SYSAUX"})
_USABLE = frozenset({"ONLINE", "SYSTEM"})
# A disk group with less than this cannot be counted on for the next extension of a file.
_LEAST_ROOM_BYTES = GIB

Index = Mapping[str, Sequence[Mapping[str, Any]]]


def _files_in_asm(answers: Answers) -> bool:
    names = (str(row.get("file_name") or "") for row in rows_of(answers, "data_files"))
    return any(name.startswith("+") for name in names)


PARTS = (
    Part(
        "tablespaces",
        "DBA_TABLESPACES",
        (text("tablespace_name"), text("contents"), text("status"), text("bigfile")),
        max_rows=2000,
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
        lane="files",
    ),
    Part(
        "free_space",
        "DBA_FREE_SPACE",
        (text("tablespace_name"), number("free_bytes", "SUM(bytes)")),
        "GROUP BY tablespace_name",
        max_rows=2000,
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
)

MAKES = {
    "tablespaces": ("tablespaces", "data_files", "free_space", "disk_groups"),
    "tablespace_states": ("tablespaces",),
    "datafiles": ("data_files",),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return ``tablespaces``, ``tablespace_states`` and ``datafiles``."""
    user = frozenset(name.upper() for name in wanted.user_tablespaces)
    meant = frozenset(name.upper() for name in wanted.read_only_tablespaces)
    return {
        "tablespaces": _usages(answers, user),
        "tablespace_states": _states(answers, user, meant),
        "datafiles": _files(answers),
    }


def kind_of(space: Mapping[str, Any], wanted: frozenset[str]) -> str:
    """``system``, ``undo``, ``temp``, ``user`` (of the e-bill system) or ``other``."""
    name, contents = space.get("tablespace_name"), space.get("contents")
    if name in SYSTEM:
        return "system"
    if contents in ("UNDO", "TEMPORARY"):
        return "undo" if contents == "UNDO" else "temp"
    return "user" if not wanted or name in wanted else "other"


def by_tablespace(items: Iterable[Mapping[str, Any]]) -> Index:
    """Group rows by their tablespace."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        found.setdefault(str(item.get("tablespace_name")), []).append(item)
    return found


def _usages(answers: Answers, wanted: frozenset[str]) -> Observation:
    problem = first_problem(answers, "tablespaces", "data_files", "free_space")
    if problem:
        return error(problem)
    files = by_tablespace(rows_of(answers, "data_files"))
    free = {str(r["tablespace_name"]): r["free_bytes"] for r in rows_of(answers, "free_space")}
    groups = disk_rooms(answers)
    found: list[Row] = []
    for space in rows_of(answers, "tablespaces"):
        kind = kind_of(space, wanted)
        if kind in ("system", "user", "other"):
            name = str(space["tablespace_name"])
            found.append(_usage(space, kind, files.get(name, ()), free.get(name, 0), groups))
    return rows(found + _missing(answers, wanted))


def _missing(answers: Answers, wanted: frozenset[str]) -> list[Row]:
    """A listed tablespace that the database does not have is a row, not a gap."""
    there = {space.get("tablespace_name") for space in rows_of(answers, "tablespaces")}
    return [
        {"tablespace": name, "kind": "user", "read_only": False}
        | error(Problem("not_found", f"TABLESPACE {name}"))
        for name in sorted(wanted - there)
    ]


def _usage(
    space: Mapping[str, Any],
    kind: str,
    files: Sequence[Mapping[str, Any]],
    free_bytes: Any,
    groups: Mapping[str, int] | None,
) -> Row:
    name, status = str(space["tablespace_name"]), space.get("status")
    row: Row = {
        "tablespace": name,
        "kind": kind,
        "contents": space.get("contents"),
        "status": status,
        "read_only": status == "READ ONLY",
        "bigfile": space.get("bigfile") == "YES",
    }
    usable = [file for file in files if file.get("online_status") in _USABLE]
    row["files_unusable"] = len(files) - len(usable)
    if status == "OFFLINE" or (files and not usable):
        return row | error(Problem("offline", f"TABLESPACE {name}"))
    try:
        summed = sum_files(usable)
        if not isinstance(free_bytes, int) or free_bytes < 0:
            raise Impossible(f"free_bytes={free_bytes}")
        measured = usage(
            summed.allocated_bytes - free_bytes, summed.allocated_bytes, summed.maximum_bytes
        )
    except Impossible as contradiction:
        return row | error(Problem("bad_answer", f"TABLESPACE {name}: {contradiction}"))
    row.update(measured)
    row.update(files=summed.count, growing_files=summed.growing, autoextend=summed.autoextend)
    row.update(_growth(summed, groups))
    return row


def _growth(files: Files, groups: Mapping[str, int] | None) -> Row:
    """Say whether the files can still grow: ``open``, ``none`` (no file may) or ``disk``.

    The room of ASM disk groups is known here. The room of a file system is not: the fields stay
    null, and whoever has the database host's file systems joins them by ``file_folders``.
    """
    room = None
    if files.groups is not None and groups is not None and files.groups <= groups.keys():
        room = sum(groups[name] for name in files.groups)
    growth = files.maximum_bytes - files.allocated_bytes
    state = "open" if growth else "none"
    if growth and room is not None and room < min(growth, _LEAST_ROOM_BYTES):
        state = "disk"
    return {
        "growth": state,
        "file_folders": ", ".join(files.folders),
        "disk_group": "+".join(sorted(files.groups)) if files.groups else None,
        "disk_free_bytes": room,
        "disk_free_gib": None if room is None else gib(room),
    }


def disk_rooms(answers: Answers) -> dict[str, int] | None:
    """Bytes that new files may take, by disk group; None when that was not to be known.

    USABLE_FILE_MB already allows for mirroring and may be negative.
    """
    if first_problem(answers, "disk_groups"):
        return None
    return {
        str(row["name"]).upper(): max(0, int(row.get("usable_file_mb") or 0)) * 2**20
        for row in rows_of(answers, "disk_groups")
    }


def _states(answers: Answers, wanted: frozenset[str], meant: frozenset[str]) -> Observation:
    problem = first_problem(answers, "tablespaces")
    if problem:
        return error(problem)
    found: list[Row] = []
    for space in rows_of(answers, "tablespaces"):
        name, status = str(space["tablespace_name"]), str(space.get("status"))
        state = status.lower().replace(" ", "_")
        if state == "read_only" and name in meant:
            state = "read_only_expected"
        found.append(
            {
                "tablespace": name,
                "kind": kind_of(space, wanted),
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
        space.get("tablespace_name")
        for space in rows_of(answers, "tablespaces")
        if space.get("status") == "OFFLINE"
    }
    found: list[Row] = []
    for file in rows_of(answers, "data_files"):
        state = _file_state(file)
        if state == "ONLINE" or (state == "OFFLINE" and file.get("tablespace_name") in offline):
            continue
        found.append(
            {
                "file": str(file.get("file_name") or f"#{file.get('file_id')}"),
                "tablespace": file.get("tablespace_name"),
                "state": state,
            }
        )
    return rows(found)


def _file_state(file: Mapping[str, Any]) -> str:
    """``ONLINE``, ``OFFLINE``, ``RECOVER``, ``MISSING`` (a name Oracle made up), ``INVALID``."""
    name = str(file.get("file_name") or "")
    if not name or name.replace("\\", "/").rsplit("/", 1)[-1].startswith("MISSING"):
        return "MISSING"
    if file.get("status") == "INVALID":
        return "INVALID"
    status = str(file.get("online_status"))
    if status in _USABLE:
        return "ONLINE"
    return "OFFLINE" if status == "SYSOFF" else status
