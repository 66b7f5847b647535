# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds the objects: components, blocks, files, and the recycle bin (ENV-03).

V$DATABASE_BLOCK_CORRUPTION knows what the last backup or validation met, nothing newer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Impossible,
    Observation,
    Problem,
    Row,
    error,
    first_problem,
    gib,
    integer,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import labelled
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
    words,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

PARTS = (
    Part(
        "registry",
        "DBA_REGISTRY",
        (text("comp_id"), words("comp_name"), text("version"), text("status")),
        max_rows=2000,
        by_container=True,
    ),
    Part(
        "corrupt_blocks",
        "V$DATABASE_BLOCK_CORRUPTION",
        (
            number("file_number", "file#"),
            text("corruption_type"),
            number("blocks", "SUM(blocks)"),
            number("first_block", "MIN(block#)"),
        ),
        "GROUP BY file#, corruption_type",
        max_rows=2000,
    ),
    Part(
        "recover_files",
        "V$RECOVER_FILE",
        (number("file_number", "file#"), text("online_status"), words("error")),
        max_rows=2000,
    ),
    Part(
        "recycle_bin",
        "DBA_RECYCLEBIN",
        (
            text("tablespace_name", "ts_name"),
            number("objects", "COUNT(*)"),
            number("blocks", "NVL(SUM(space), 0)"),
        ),
        "GROUP BY ts_name",
        max_rows=5000,
        by_container=True,
        lane="objects",
    ),
    # SPACE of the recycle bin is in blocks of the tablespace, whose sizes may differ.
    Part(
        "block_sizes",
        "DBA_TABLESPACES",
        (text("tablespace_name"), number("block_size")),
        max_rows=5000,
        by_container=True,
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "registry": ("registry", "containers"),
    "corrupt_blocks": ("corrupt_blocks",),
    "recover_files": ("recover_files",),
    "recycle_bin": ("recycle_bin", "block_sizes"),
}


def observe(answers: Answers, _wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES: a row for each component or file that is not well.

    ``recycle_bin`` is one row for the whole database.
    """
    return {
        "registry": _registry(answers),
        "corrupt_blocks": _corrupt(answers),
        "recover_files": _recover(answers),
        "recycle_bin": _recycled(answers),
    }


def _registry(answers: Answers) -> Observation:
    """Components that are not VALID; an option that was switched off or removed is no finding."""
    problem = first_problem(answers, "registry")
    if problem:
        return error(problem)
    return rows(
        [
            {
                "component": labelled(item.get("comp_id"), item, answers),
                "name": item.get("comp_name"),
                "version": item.get("version"),
                "state": item.get("status"),
            }
            for item in rows_of(answers, "registry")
            if item.get("status") not in ("VALID", "OPTION OFF", "REMOVED")
        ]
    )


def file_names(answers: Answers) -> dict[Any, str]:
    """The names of data files by number, as far as they are known."""
    return {
        row.get("file_number"): str(row.get("file_name"))
        for row in rows_of(answers, "datafile_ages")
        if row.get("file_name")
    }


def _corrupt(answers: Answers) -> Observation:
    problem = first_problem(answers, "corrupt_blocks")
    if problem:
        return error(problem)
    names = file_names(answers)
    by_file: dict[Any, list[Mapping[str, Any]]] = {}
    for item in rows_of(answers, "corrupt_blocks"):
        by_file.setdefault(item.get("file_number"), []).append(item)
    return rows(
        [
            {
                "file": names.get(file_number, f"#{file_number}"),
                "blocks": sum(item.get("blocks") or 0 for item in items),
                "types": ", ".join(sorted(str(item.get("corruption_type")) for item in items)),
                "first_block": min(item.get("first_block") or 0 for item in items),
            }
            for file_number, items in sorted(by_file.items())
        ]
    )


def _recover(answers: Answers) -> Observation:
    """``missing`` and ``unreadable`` by V$RECOVER_FILE.ERROR; else ``recover``.

    A tablespace that was taken offline normally needs no recovery.
    """
    problem = first_problem(answers, "recover_files")
    if problem:
        return error(problem)
    names = file_names(answers)
    found: list[Row] = []
    for item in rows_of(answers, "recover_files"):
        reason = str(item.get("error") or "")
        if reason == "OFFLINE NORMAL":
            continue
        state = "missing" if "NOT FOUND" in reason else "unreadable" if reason else "recover"
        number_of_file = item.get("file_number")
        found.append(
            {
                "file": names.get(number_of_file, f"#{number_of_file}"),
                "state": state,
                "online_status": item.get("online_status"),
                "cause": reason or None,
            }
        )
    return rows(found)


def _recycled(answers: Answers) -> Observation:
    """Only what still takes space; a tablespace that has gone has no block size and no space."""
    problem = first_problem(answers, "recycle_bin", "block_sizes")
    if problem:
        return error(problem)
    sizes = {
        (row.get("con_id"), row.get("tablespace_name")): row.get("block_size")
        for row in rows_of(answers, "block_sizes")
    }
    objects = total = 0
    try:
        for item in rows_of(answers, "recycle_bin"):
            size = sizes.get((item.get("con_id"), item.get("tablespace_name")))
            objects += integer(item, "objects")
            total += integer(item, "blocks") * (size if isinstance(size, int) else 0)
    except Impossible as contradiction:
        return error(Problem("bad_answer", f"DBA_RECYCLEBIN: {contradiction}"))
    return rows([{"objects": objects, "size_bytes": total, "size_gib": gib(total)}])
