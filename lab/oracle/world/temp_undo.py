# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo extents and the use of temporary space."""

from __future__ import annotations

from collections.abc import Iterable

from lab.oracle.world.model import BLOCK, MIB
from lab.oracle.world.storage import TEMPORARY, UNDO, files, spaces
from lab.oracle.world.views import Row, Sight, view


@view("DBA_UNDO_EXTENTS")
def dba_undo_extents(sight: Sight) -> Iterable[Row]:
    """One extent each of active, unexpired and expired undo, as large as all of its kind."""
    for number, space, _ in files(sight, temporary=False):
        if space.contents != UNDO:
            continue
        sizes = {
            "ACTIVE": space.undo_active_bytes,
            "UNEXPIRED": space.used_bytes - space.undo_active_bytes,
            "EXPIRED": space.undo_expired_bytes,
        }
        for place, (status, size) in enumerate(sizes.items()):
            if size > 0:
                yield {
                    "OWNER": "SYS",
                    "SEGMENT_NAME": f"_SYSSMU{place + 1}_318775623$",
                    "TABLESPACE_NAME": space.name,
                    "EXTENT_ID": 0,
                    "FILE_ID": number,
                    "BLOCK_ID": 128 + place,
                    "BYTES": size,
                    "BLOCKS": size // BLOCK,
                    "RELATIVE_FNO": number,
                    "STATUS": status,
                }


@view("DBA_TEMP_FREE_SPACE")
def dba_temp_free_space(sight: Sight) -> Iterable[Row]:
    for _, space in spaces(sight):
        if space.contents == TEMPORARY:
            yield {
                "TABLESPACE_NAME": space.name,
                "TABLESPACE_SIZE": space.size_bytes,
                "ALLOCATED_SPACE": space.size_bytes,
                "FREE_SPACE": space.size_bytes - space.used_bytes,
                "SHARED": "SHARED",
            }


@view("V$TEMPSEG_USAGE")
def v_tempseg_usage(sight: Sight) -> Iterable[Row]:
    for number, space in spaces(sight):
        if space.contents == TEMPORARY and space.used_bytes:
            yield {
                "USERNAME": "EBILL",
                "USER": "EBILL",
                "SESSION_NUM": 1237,
                "SQL_ID": "7ws837zynp1zv",
                "TABLESPACE": space.name,
                "CONTENTS": TEMPORARY,
                "SEGTYPE": "SORT",
                "EXTENTS": space.used_bytes // MIB,
                "BLOCKS": space.used_bytes // BLOCK,
                "TS#": number,
                "CON_ID": 0,
            }


@view("V$SORT_SEGMENT")
def v_sort_segment(sight: Sight) -> Iterable[Row]:
    for number, space in spaces(sight):
        if space.contents == TEMPORARY:
            used, total = space.used_bytes // BLOCK, space.size_bytes // BLOCK
            yield {
                "TABLESPACE_NAME": space.name,
                "EXTENT_SIZE": MIB // BLOCK,
                "CURRENT_USERS": 1,
                "TOTAL_EXTENTS": space.size_bytes // MIB,
                "TOTAL_BLOCKS": total,
                "USED_EXTENTS": space.used_bytes // MIB,
                "USED_BLOCKS": used,
                "FREE_EXTENTS": (space.size_bytes - space.used_bytes) // MIB,
                "FREE_BLOCKS": total - used,
                "TS#": number,
                "CON_ID": 0,
            }
