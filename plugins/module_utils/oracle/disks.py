# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disks below the data files: ASM disk groups and file systems of the database's server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    first_problem,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

Rooms = Mapping[str, int]
"""Free bytes by disk: ``+DATA`` or a mount point."""


def rooms_of(answers: Answers, wanted: Wanted) -> Rooms:
    """Return the room of every disk that is known.

    V$ASM_DISKGROUP_STAT.USABLE_FILE_MB already allows for mirroring; it is negative where a
    failed disk could not be made up for, which is no room at all.
    """
    found = dict(wanted.disks)
    if not first_problem(answers, "disk_groups"):
        for row in rows_of(answers, "disk_groups"):
            free = max(0, int(row.get("usable_file_mb") or 0)) * 2**20
            found[f"+{row['name']}".upper()] = free
    return found


def disk_of(file: Mapping[str, Any], rooms: Rooms) -> str | None:
    """Return the disk that a file lies on; None when it is not among the known ones.

    The longest mount point above a path counts; a folder that is a symbolic link to another
    file system cannot be told from here.
    """
    name = str(file.get("file_name") or "")
    if name.startswith("+"):
        group = name.partition("/")[0].upper()
        return group if group in rooms else None
    above = [
        mount
        for mount in rooms
        if mount.startswith("/") and (name == mount or name.startswith(mount.rstrip("/") + "/"))
    ]
    return max(above, key=len, default=None)
