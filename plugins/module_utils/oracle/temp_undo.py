# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary and undo tablespaces, each with its own way of counting.

TEMP: DBA_TEMP_FREE_SPACE.FREE_SPACE counts extents that are allocated but free for reuse as
free, so used = TABLESPACE_SIZE - FREE_SPACE is what sessions hold now. Both views are local to
the database that is asked, so a standby opened for reading answers for itself.
UNDO: expired extents may be reused at any time and count as free; active and unexpired ones
count as used, expired ones are shown apart. An undo tablespace of fixed size is tuned by Oracle
to keep undo as long as it fits, so much unexpired undo is normal; active undo has a percentage
of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    integer,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.spaces import (
    by_tablespace,
    key_of,
    spaces_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.usage import sum_files, usage
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

PARTS = (
    Part(
        "temp_files",
        "DBA_TEMP_FILES",
        (
            text("file_name"),
            text("tablespace_name"),
            number("bytes"),
            number("maxbytes"),
            text("autoextensible"),
            text("status", "RTRIM(status)"),  # CHAR(9) in Reference 11.2: padded
        ),
        max_rows=2000,
        by_container=True,
    ),
    Part(
        "temp_free",
        "DBA_TEMP_FREE_SPACE",
        (text("tablespace_name"), number("tablespace_size"), number("free_space")),
        max_rows=2000,
        by_container=True,
    ),
    Part(
        "undo_extents",
        "DBA_UNDO_EXTENTS",
        (text("tablespace_name"), text("status"), number("bytes", "SUM(bytes)")),
        "GROUP BY tablespace_name, status",
        max_rows=2000,
        by_container=True,
        lane="undo",
    ),
)

MAKES = {
    "temp": ("tablespaces", "temp_files", "temp_free", "database", "containers"),
    "undo": ("tablespaces", "data_files", "undo_extents", "containers"),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return ``temp`` and ``undo``."""
    return {"temp": observe_temp(answers), "undo": observe_undo(answers)}


def observe_temp(answers: Answers) -> Observation:
    """Return ``temp``: a row for each temporary tablespace.

    Temp files are not part of redo: a standby may have none of its own, though its dictionary,
    which is the primary's, shows the tablespace.
    """
    problem = first_problem(answers, "tablespaces", "temp_files", "temp_free")
    if problem:
        return error(problem)
    free = {key_of(row): row for row in rows_of(answers, "temp_free")}
    files = by_tablespace(rows_of(answers, "temp_files"))
    temporary = [
        (label, key_of(space))
        for label, space in spaces_of(answers)
        if space.get("contents") == "TEMPORARY"
    ]
    if any(row.get("database_role") != "PRIMARY" for row in rows_of(answers, "database")):
        temporary = [(label, key) for label, key in temporary if key in files]
        if not temporary:
            return absent("standby_without_temp", "DBA_TEMP_FILES")
    found = [_temp(label, files.get(key, ()), free.get(key, {})) for label, key in temporary]
    return rows(found) if found else absent("not_configured", "TEMPORARY TABLESPACE")


def _temp(name: str, files: Sequence[Mapping[str, Any]], free: Mapping[str, Any]) -> Row:
    row: Row = {"tablespace": name, "kind": "temp"}
    online = [file for file in files if file.get("status") != "OFFLINE"]
    if files and not online:
        return row | error(Problem("offline", f"TABLESPACE {name}"))
    try:
        summed = sum_files(online)
        used = integer(free, "tablespace_size") - integer(free, "free_space")
        row.update(usage(used, summed.allocated_bytes, summed.maximum_bytes))
    except Impossible as contradiction:
        return row | error(Problem("bad_answer", f"TABLESPACE {name}: {contradiction}"))
    row.update(files=summed.count, growing_files=summed.growing, autoextend=summed.autoextend)
    return row


def observe_undo(answers: Answers) -> Observation:
    """Return ``undo``: a row for each undo tablespace.

    A pluggable database with shared undo has none of its own: absent.
    """
    problem = first_problem(answers, "tablespaces", "data_files", "undo_extents")
    if problem:
        return error(problem)
    files = by_tablespace(rows_of(answers, "data_files"))
    extents = by_tablespace(rows_of(answers, "undo_extents"))
    found = [
        _undo(label, str(space.get("status")), files.get(key, ()), extents.get(key, ()))
        for label, space in spaces_of(answers)
        if space.get("contents") == "UNDO"
        for key in [key_of(space)]
    ]
    return rows(found) if found else absent("not_configured", "UNDO TABLESPACE")


def _undo(
    name: str,
    status: str,
    files: Sequence[Mapping[str, Any]],
    extents: Sequence[Mapping[str, Any]],
) -> Row:
    row: Row = {"tablespace": name, "kind": "undo"}
    if status == "OFFLINE":
        return row | error(Problem("offline", f"TABLESPACE {name}"))
    try:
        sizes = {str(item.get("status")): integer(item, "bytes") for item in extents}
        active, unexpired = sizes.get("ACTIVE", 0), sizes.get("UNEXPIRED", 0)
        expired = sizes.get("EXPIRED", 0)
        summed = sum_files(files)
        if active + unexpired + expired > summed.allocated_bytes:
            raise Impossible(
                f"active={active} unexpired={unexpired} expired={expired}"
                f" allocated={summed.allocated_bytes}"
            )
        row.update(usage(active + unexpired, summed.allocated_bytes, summed.maximum_bytes))
    except Impossible as contradiction:
        return row | error(Problem("bad_answer", f"TABLESPACE {name}: {contradiction}"))
    row["active_percent"] = 100 * active / summed.maximum_bytes
    row.update(active_bytes=active, unexpired_bytes=unexpired, expired_bytes=expired)
    row.update(active_gib=gib(active), unexpired_gib=gib(unexpired), expired_gib=gib(expired))
    row.update(files=summed.count, growing_files=summed.growing, autoextend=summed.autoextend)
    return row
