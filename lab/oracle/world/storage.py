# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage views: tablespaces, files, free space, segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from lab.oracle import dictionary
from lab.oracle.world.model import BLOCK, MIB, DataFile, Tablespace
from lab.oracle.world.views import Row, Sight, view

TEMPORARY, UNDO = "TEMPORARY", "UNDO"
HEADER = MIB
"""What a file keeps for itself: USER_BYTES is so much less than BYTES."""


def files(sight: Sight, *, temporary: bool) -> Iterator[tuple[int, Tablespace, DataFile]]:
    """(file number, tablespace, file); temporary files have numbers of their own."""
    number = sight.world.first_file
    for space in sight.world.tablespaces.values():
        if (space.contents == TEMPORARY) == temporary:
            for file in space.files:
                number += 1
                yield number, space, file


def spaces(sight: Sight) -> Iterator[tuple[int, Tablespace]]:
    yield from enumerate(sight.world.tablespaces.values())


@view("DBA_TABLESPACES")
def dba_tablespaces(sight: Sight) -> Iterable[Row]:
    for _, space in spaces(sight):
        temporary = space.contents == TEMPORARY
        manual = temporary or space.contents == UNDO or space.name == "SYSTEM"
        yield {
            "TABLESPACE_NAME": space.name,
            "BLOCK_SIZE": BLOCK,
            "INITIAL_EXTENT": MIB if temporary else 65536,
            "NEXT_EXTENT": MIB if temporary else None,
            "MIN_EXTENTS": 1,
            "MAX_EXTENTS": None if temporary else 2147483645,
            "MAX_SIZE": 2147483645,
            "PCT_INCREASE": 0 if temporary else None,
            "MIN_EXTLEN": MIB if temporary else 65536,
            "STATUS": space.status,
            "CONTENTS": space.contents,
            "LOGGING": "NOLOGGING" if temporary else "LOGGING",
            "FORCE_LOGGING": "NO",
            "EXTENT_MANAGEMENT": "LOCAL",
            "ALLOCATION_TYPE": "UNIFORM" if temporary else "SYSTEM",
            "PLUGGED_IN": "NO",
            "SEGMENT_SPACE_MANAGEMENT": "MANUAL" if manual else "AUTO",
            "DEF_TAB_COMPRESSION": "DISABLED",
            "RETENTION": "NOGUARANTEE" if space.contents == UNDO else "NOT APPLY",
            "BIGFILE": "YES" if space.bigfile else "NO",
            "PREDICATE_EVALUATION": "HOST",
            "ENCRYPTED": "NO",
            "DEF_INMEMORY": "DISABLED",
            "SHARED": "SHARED",
            "DEF_INDEX_COMPRESSION": "DISABLED",
            "LOST_WRITE_PROTECT": "OFF",
            "CHUNK_TABLESPACE": "N",
        }


def _file_row(number: int, space: Tablespace, file: DataFile) -> Row:
    """An offline file has no sizes in DBA_DATA_FILES: the control file alone knows it."""
    row: Row = {
        "FILE_NAME": file.path,
        "FILE_ID": number,
        "TABLESPACE_NAME": space.name,
        "STATUS": "AVAILABLE",
        "RELATIVE_FNO": number,
    }
    if file.online:
        most = file.limit_bytes if file.autoextend else 0
        row |= {
            "BYTES": file.size_bytes,
            "BLOCKS": file.size_bytes // BLOCK,
            "AUTOEXTENSIBLE": "YES" if file.autoextend else "NO",
            "MAXBYTES": most,
            "MAXBLOCKS": most // BLOCK,
            "INCREMENT_BY": file.increment_bytes // BLOCK if file.autoextend else 0,
            "USER_BYTES": file.size_bytes - HEADER,
            "USER_BLOCKS": (file.size_bytes - HEADER) // BLOCK,
        }
    return row


@view("DBA_DATA_FILES")
def dba_data_files(sight: Sight) -> Iterable[Row]:
    for number, space, file in files(sight, temporary=False):
        system = space.name == "SYSTEM"
        online = "SYSTEM" if system else "ONLINE" if file.online else "RECOVER"
        row = _file_row(number, space, file)
        yield row | {"ONLINE_STATUS": online, "LOST_WRITE_PROTECT": "OFF"}


@view("DBA_TEMP_FILES")
def dba_temp_files(sight: Sight) -> Iterable[Row]:
    old = dictionary.release_of(sight.world.release[0]) < dictionary.MULTITENANT
    width = 9 if old else 0  # CHAR(9) in Reference 11.2, VARCHAR2(7) later
    for number, space, file in files(sight, temporary=True):
        yield _file_row(number, space, file) | {
            "STATUS": ("ONLINE" if file.online else "OFFLINE").ljust(width),
            "SHARED": "SHARED",
        }


@view("DBA_FREE_SPACE")
def dba_free_space(sight: Sight) -> Iterable[Row]:
    """One free extent a file. The space is used from the first file on; a full one has no row."""
    left: dict[str, int] = {}
    for number, space, file in files(sight, temporary=False):
        used = left.setdefault(space.name, space.used_bytes + space.undo_expired_bytes)
        taken = min(used, file.size_bytes)
        left[space.name] = used - taken
        free = file.size_bytes - taken
        if free >= BLOCK and file.online:
            yield {
                "TABLESPACE_NAME": space.name,
                "FILE_ID": number,
                "BLOCK_ID": taken // BLOCK,
                "BYTES": free // BLOCK * BLOCK,
                "BLOCKS": free // BLOCK,
                "RELATIVE_FNO": number,
            }


@view("DBA_TABLESPACE_USAGE_METRICS")
def dba_tablespace_usage_metrics(sight: Sight) -> Iterable[Row]:
    """In blocks and of the size that it can reach; a tablespace that is offline is missing."""
    for _, space in spaces(sight):
        if space.status != "OFFLINE":
            yield {
                "TABLESPACE_NAME": space.name,
                "USED_SPACE": space.used_bytes // BLOCK,
                "TABLESPACE_SIZE": space.limit_bytes // BLOCK,
                "USED_PERCENT": space.used_percent,
            }


@view("DBA_SEGMENTS")
def dba_segments(sight: Sight) -> Iterable[Row]:
    for segment in sight.world.segments:
        yield {
            "OWNER": segment.owner,
            "SEGMENT_NAME": segment.name,
            "SEGMENT_TYPE": segment.kind,
            "SEGMENT_SUBTYPE": "ASSM",
            "TABLESPACE_NAME": segment.tablespace,
            "BYTES": segment.size_bytes,
            "BLOCKS": segment.size_bytes // BLOCK,
            "EXTENTS": segment.size_bytes // (64 * MIB) + 1,
            "BUFFER_POOL": "DEFAULT",
        }


@view("V$TABLESPACE")
def v_tablespace(sight: Sight) -> Iterable[Row]:
    for number, space in spaces(sight):
        yield {
            "TS#": number,
            "NAME": space.name,
            "INCLUDED_IN_DATABASE_BACKUP": "NO" if space.contents == TEMPORARY else "YES",
            "BIGFILE": "YES" if space.bigfile else "NO",
            "FLASHBACK_ON": "YES",
            "CON_ID": 0,
        }


def _fixed_row(sight: Sight, number: int, space: Tablespace, file: DataFile) -> Row:
    return {
        "FILE#": number,
        "CREATION_TIME": sight.world.created,
        "TS#": list(sight.world.tablespaces).index(space.name),
        "RFILE#": number,
        "STATUS": "ONLINE",
        "ENABLED": "READ WRITE",
        "BYTES": file.size_bytes if file.online else 0,
        "BLOCKS": file.size_bytes // BLOCK if file.online else 0,
        "CREATE_BYTES": 100 * MIB,
        "BLOCK_SIZE": BLOCK,
        "NAME": file.path,
        "CON_ID": 0,
    }


@view("V$DATAFILE")
def v_datafile(sight: Sight) -> Iterable[Row]:
    for number, space, file in files(sight, temporary=False):
        online = "SYSTEM" if space.name == "SYSTEM" else "ONLINE" if file.online else "RECOVER"
        yield _fixed_row(sight, number, space, file) | {
            "STATUS": online,
            "CHECKPOINT_CHANGE#": sight.world.scn - 4100,
            "CHECKPOINT_TIME": sight.world.local() - timedelta(minutes=11),
        }


@view("V$TEMPFILE")
def v_tempfile(sight: Sight) -> Iterable[Row]:
    for number, space, file in files(sight, temporary=True):
        yield _fixed_row(sight, number, space, file)
