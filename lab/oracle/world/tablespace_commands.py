# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ALTER TABLESPACE, ALTER DATABASE DATAFILE and TEMPFILE, CREATE and DROP TABLESPACE."""

from __future__ import annotations

from collections.abc import Iterator

from lab.oracle.seam import OraError
from lab.oracle.sql.tokens import Tokens
from lab.oracle.world import access
from lab.oracle.world.model import BLOCK, MIB, DataFile, Tablespace
from lab.oracle.world.views import Sight

SMALLFILE_LIMIT = 4194302 * BLOCK
BIGFILE_LIMIT = 4294967293 * BLOCK
"""The greatest sizes of a file of 8 KiB blocks: 2^22 - 2 and 2^32 - 3 blocks."""
SYSTEM_SPACES = ("SYSTEM", "SYSAUX")


def _space(sight: Sight, name: str) -> Tablespace:
    found = sight.world.tablespaces.get(name)
    if found is None:
        raise OraError(959, f"tablespace '{name}' does not exist")
    return found


def _every_file(sight: Sight) -> Iterator[tuple[int, Tablespace, DataFile]]:
    """(file number, tablespace, file) of data files and temporary files."""
    for temporary in (False, True):
        number = sight.world.first_file
        for space in sight.world.tablespaces.values():
            if (space.contents == "TEMPORARY") == temporary:
                for file in space.files:
                    number += 1
                    yield number, space, file


def _find(sight: Sight, tokens: Tokens, *, temporary: bool) -> tuple[Tablespace, DataFile]:
    """A file by its path or its number; ORA-01516 for none."""
    wanted: str | int = tokens.string() if tokens.is_text() else tokens.number()
    for number, space, file in _every_file(sight):
        if wanted in (number, file.path) and (space.contents == "TEMPORARY") == temporary:
            return space, file
    raise OraError(1516, f'nonexistent log file, data file, or temporary file "{wanted}"')


def _limit(space: Tablespace) -> int:
    return BIGFILE_LIMIT if space.bigfile else SMALLFILE_LIMIT


def _autoextend(tokens: Tokens, space: Tablespace, file: DataFile) -> None:
    """ON [NEXT size] [MAXSIZE size | UNLIMITED] or OFF, behind AUTOEXTEND."""
    if tokens.choose("ON", "OFF") == "OFF":
        file.autoextend, file.max_bytes = False, 0
        return
    increment, most = file.increment_bytes, _limit(space)
    while tokens.peek() in ("NEXT", "MAXSIZE"):
        if tokens.accept("NEXT"):
            increment = tokens.size()
        elif tokens.accept("MAXSIZE"):
            most = _limit(space) if tokens.accept("UNLIMITED") else tokens.size()
    if most < file.size_bytes:
        raise OraError(3206, f"maximum file size of ({most // BLOCK}) blocks is out of range")
    file.autoextend, file.max_bytes, file.increment_bytes = (
        True,
        min(most, _limit(space)),
        increment,
    )


def _specified(sight: Sight, tokens: Tokens, space: Tablespace) -> DataFile:
    """'path' SIZE n [REUSE] [AUTOEXTEND ...]."""
    path = tokens.string()
    if any(file.path == path for _, _, file in _every_file(sight)):
        raise OraError(1537, f"cannot add file '{path}' - file already part of database")
    tokens.expect("SIZE")
    size = tokens.size()
    if size > _limit(space):
        raise OraError(1144, f"File size ({size // BLOCK} blocks) exceeds maximum")
    if size < MIB:
        raise OraError(3214, "File Size specified is smaller than minimum required")
    file = DataFile(path, size)
    tokens.accept("REUSE")
    if tokens.accept("AUTOEXTEND"):
        _autoextend(tokens, space, file)
    return file


def _resize(space: Tablespace, file: DataFile, size: int) -> None:
    if size > _limit(space):
        raise OraError(1144, f"File size ({size // BLOCK} blocks) exceeds maximum")
    free = space.size_bytes - space.used_bytes
    if file.size_bytes - size > free:
        raise OraError(3297, "file contains used data beyond requested RESIZE value")
    file.size_bytes = size


def alter_tablespace(sight: Sight, tokens: Tokens) -> None:
    access.require(sight, "ALTER TABLESPACE", "MANAGE TABLESPACE")
    space = _space(sight, tokens.name())
    word = tokens.choose(
        "ADD", "DROP", "RESIZE", "AUTOEXTEND", "READ", "ONLINE", "OFFLINE", "RENAME"
    )
    if word not in ("READ", "ONLINE", "OFFLINE"):
        access.require(sight, "ALTER TABLESPACE")
    if word == "ADD":
        _add(sight, tokens, space)
    elif word == "DROP":
        _drop_file(sight, tokens, space)
    elif word in ("RESIZE", "AUTOEXTEND"):
        _bigfile(tokens, space, word)
    elif word == "RENAME":
        raise OraError(3001, "unimplemented feature (stand-in: RENAME)")
    else:
        _state(sight, tokens, space, word)
    tokens.end()


def _add(sight: Sight, tokens: Tokens, space: Tablespace) -> None:
    temporary = tokens.choose("DATAFILE", "TEMPFILE") == "TEMPFILE"
    if temporary != (space.contents == "TEMPORARY"):
        raise OraError(3217 if temporary else 3216, "invalid option for this tablespace")
    if space.bigfile:
        raise OraError(32771, "cannot add file to bigfile tablespace")
    space.files.append(_specified(sight, tokens, space))
    while tokens.accept(","):
        space.files.append(_specified(sight, tokens, space))


def _drop_file(sight: Sight, tokens: Tokens, space: Tablespace) -> None:
    temporary = tokens.choose("DATAFILE", "TEMPFILE") == "TEMPFILE"
    owner, file = _find(sight, tokens, temporary=temporary)
    if owner is not space:
        raise OraError(3258, "file is not in this tablespace")
    if len(space.files) == 1:
        raise OraError(3261, f"the tablespace {space.name} has only one file")
    if space.size_bytes - space.used_bytes < file.size_bytes:
        raise OraError(3262, "the file is non-empty")
    space.files.remove(file)


def _bigfile(tokens: Tokens, space: Tablespace, word: str) -> None:
    if not space.bigfile:
        raise OraError(32773, f"operation not supported for smallfile tablespace {space.name}")
    if word == "RESIZE":
        _resize(space, space.files[0], tokens.size())
    else:
        _autoextend(tokens, space, space.files[0])


def _state(sight: Sight, tokens: Tokens, space: Tablespace, word: str) -> None:
    """READ ONLY, READ WRITE, ONLINE, OFFLINE."""
    if word == "READ":
        to = tokens.choose("ONLY", "WRITE")
        if space.contents != "PERMANENT":
            raise OraError(3217, "invalid option for alter of TEMPORARY TABLESPACE")
        if space.name in SYSTEM_SPACES:
            raise OraError(1643, "system tablespace can not be made read-only")
        if space.status == "OFFLINE":
            raise OraError(1539, f"tablespace '{space.name}' is not online")
        wanted = "READ ONLY" if to == "ONLY" else "ONLINE"
        if space.status == wanted:
            code = 1644 if to == "ONLY" else 1646
            raise OraError(code, f"tablespace '{space.name}' is already {wanted}")
        space.status = wanted
        return
    if word == "OFFLINE":
        if tokens.peek():
            tokens.choose("NORMAL", "TEMPORARY", "IMMEDIATE")
        if space.name == "SYSTEM" or space.contents != "PERMANENT":
            raise OraError(1541, "system tablespace cannot be brought offline")
    space.status = word
    for file in space.files:
        file.online = word == "ONLINE"


def alter_database_file(sight: Sight, tokens: Tokens) -> None:
    """ALTER DATABASE DATAFILE | TEMPFILE 'path' | n RESIZE, AUTOEXTEND, ONLINE, OFFLINE."""
    access.require(sight, "ALTER DATABASE")
    temporary = tokens.choose("DATAFILE", "TEMPFILE") == "TEMPFILE"
    space, file = _find(sight, tokens, temporary=temporary)
    word = tokens.choose("RESIZE", "AUTOEXTEND", "ONLINE", "OFFLINE")
    if word == "RESIZE":
        _resize(space, file, tokens.size())
    elif word == "AUTOEXTEND":
        _autoextend(tokens, space, file)
    else:
        if word == "OFFLINE" and space.name == "SYSTEM":
            raise OraError(
                1541, "system tablespace cannot be brought offline; shut down if necessary"
            )
        tokens.accept("FOR", "DROP")
        file.online = word == "ONLINE"
    tokens.end()


def create_tablespace(sight: Sight, tokens: Tokens) -> None:
    access.require(sight, "CREATE TABLESPACE")
    bigfile = tokens.accept("BIGFILE") or (tokens.accept("SMALLFILE") and False)
    temporary = tokens.accept("TEMPORARY")
    tokens.expect("TABLESPACE")
    name = tokens.name()
    if name in sight.world.tablespaces:
        raise OraError(1543, f"tablespace '{name}' already exists")
    space = Tablespace(name, [], 0, "TEMPORARY" if temporary else "PERMANENT", bigfile=bigfile)
    tokens.expect("TEMPFILE" if temporary else "DATAFILE")
    space.files.append(_specified(sight, tokens, space))
    while tokens.accept(","):
        if bigfile:
            raise OraError(32774, "more than one file specified for bigfile tablespace")
        space.files.append(_specified(sight, tokens, space))
    tokens.end()
    space.used_bytes = MIB * len(space.files)
    sight.world.tablespaces[name] = space


def drop_tablespace(sight: Sight, tokens: Tokens) -> None:
    access.require(sight, "DROP TABLESPACE")
    space = _space(sight, tokens.name())
    contents = tokens.accept("INCLUDING", "CONTENTS")
    if contents:
        tokens.accept("AND", "DATAFILES")
    tokens.accept("CASCADE", "CONSTRAINTS")
    tokens.end()
    if space.name in SYSTEM_SPACES:
        raise OraError(1550, "cannot drop system tablespace")
    if any(one.tablespace == space.name for one in sight.world.segments) and not contents:
        raise OraError(1549, "tablespace not empty, use INCLUDING CONTENTS option")
    del sight.world.tablespaces[space.name]
