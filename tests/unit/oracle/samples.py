# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the dictionary views for tests. Sizes are MiB."""

from __future__ import annotations

from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.tablespaces import observe
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

M = 2**20
GRANT = Problem("missing_grant", "SELECT ON SYS.X (ORA-00942)")


def space(
    name: str = "EBILL_DATA", contents: str = "PERMANENT", status: str = "ONLINE"
) -> dict[str, Any]:
    return {"tablespace_name": name, "contents": contents, "status": status, "bigfile": "NO"}


def file(
    size: Any,
    grows_to: Any = None,
    state: str = "ONLINE",
    name: str = "/u01/ebill01.dbf",
    space_name: str = "EBILL_DATA",
) -> dict[str, Any]:
    """One row of DBA_DATA_FILES; ``grows_to`` None: does not extend itself (MAXBYTES is 0)."""
    return {
        "file_name": name,
        "file_id": 7,
        "tablespace_name": space_name,
        "bytes": size * M if isinstance(size, int) else size,
        "maxbytes": 0 if grows_to is None else grows_to * M if isinstance(grows_to, int) else None,
        "autoextensible": "NO" if grows_to is None else "YES",
        "status": "AVAILABLE",
        "online_status": state,
    }


def answers(
    spaces: list[Any], files: list[Any], free: dict[str, Any], groups: dict[str, int] | None = None
) -> dict[str, Any]:
    return {
        "tablespaces": spaces,
        "data_files": files,
        "free_space": [
            {"tablespace_name": name, "free_bytes": size * M if isinstance(size, int) else size}
            for name, size in free.items()
        ],
        "disk_groups": GRANT
        if groups is None
        else [{"name": name, "usable_file_mb": room} for name, room in groups.items()],
    }


def observed(given: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    """Return the observations of the tablespaces."""
    return observe(given, Wanted(**wanted))


def one(files: list[Any], free: Any, status: str = "ONLINE", groups: Any = None) -> dict[str, Any]:
    """Return the row of a database with one tablespace; ``free`` None: no row in the view."""
    given_free = {} if free is None else {"EBILL_DATA": free}
    found = observed(answers([space(status=status)], files, given_free, groups))
    (row,) = found["tablespaces"]["rows"]
    return dict(row)
