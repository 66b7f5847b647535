# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive that offline_script.py's scripts write: is it whole, ours, and recent?

It is the text that SQL*Plus spooled, from its line ``MARK archive FORMAT DATABASE VERSION`` to
``MARK done``, and after it the SHA-256 of all that stands before. The digest is there for the
transfer (a text-mode FTP, a mail gateway, an editor); it is no signature.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.ebill.ops.plugins.module_utils.oracle import sqlplus
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.frames import Reading, Sender, read
from ansible_collections.ebill.ops.plugins.module_utils.oracle.offline_script import FORMAT
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part

MAX_BYTES = 100 * 2**20
_HEADER = re.compile(rb"(ebill-[0-9a-f]{24}) archive (\d+) (\S+) ([0-9a-f]{12})[ \t]*\r?\n")
# certutil of Windows 7 and 2008 puts a space between the bytes.
_DIGEST = re.compile(rb"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2} ?){32}(?![0-9a-fA-F])")
_AHEAD = timedelta(hours=1)


@dataclass(frozen=True)
class Expected:
    """What an archive must be of. ``now``: aware UTC; ``max_days``: its greatest age.

    ``database``: the inventory's name; ``service``: what the login must have reached, if known.
    """

    database: str
    now: datetime
    max_days: float = 7.0
    service: str | None = None


def read_archive(data: bytes, parts: Sequence[Part], expected: Expected, name: str) -> Reading:
    """Return the archive's answers, or one problem for all of them. Never raises.

    ``name``: of the file, for the details.
    """
    problem = _fault(data, parts, expected, name)
    if problem:
        return _nothing(parts, problem)
    header = _HEADER.search(data)
    mark = header[1].decode("ascii") if header else ""
    reading = read(_text(data), parts, mark, Sender("", name, "archive"))
    if not reading.session:
        return reading
    problem = _wrong(reading, expected, name)
    if problem is None:
        return reading
    refused = _nothing(parts, problem)
    refused.session = reading.session
    return refused


def _nothing(parts: Sequence[Part], problem: Problem) -> Reading:
    return Reading({part.name: problem for part in parts})


def _fault(data: bytes, parts: Sequence[Part], expected: Expected, name: str) -> Problem | None:
    """Say what is wrong with the file itself."""
    header = _HEADER.search(data)
    if header is None:
        return Problem("archive_foreign", name)
    mark, number, database, version = header.groups()
    if int(number) != FORMAT or version.decode("ascii") != sqlplus.version_of(parts):
        return Problem("archive_other_script", f"{name} ({version.decode('ascii')})")
    done = re.search(re.escape(mark) + rb" done[ \t]*", data)
    if done is None:
        return Problem("archive_truncated", name)
    stated = _DIGEST.search(data, done.end())
    if stated is None:
        return Problem("archive_truncated", f"{name} (SHA-256)")
    wanted = stated[0].replace(b" ", b"").lower()
    if all(digest != wanted for digest in _digests(data, done.end())):
        return Problem("archive_changed", f"{name} (SHA-256)")
    written = database.decode("utf-8", "replace")
    if written != expected.database:
        return Problem("archive_other_database", f"{written} <> {expected.database}")
    return None


def _digests(data: bytes, end: int) -> Iterator[bytes]:
    """Of the contents, with the line ends and blank lines that a SPOOL may close with."""
    while True:
        yield hashlib.sha256(data[:end]).hexdigest().encode("ascii")
        if end >= len(data) or data[end : end + 1] not in (b"\r", b"\n", b" "):
            return
        end += 1


def _wrong(reading: Reading, expected: Expected, name: str) -> Problem | None:
    """Say why answers that are whole are not the ones that are wanted."""
    service = str(reading.session.get("service") or "")
    if expected.service and service and _first(service) != _first(expected.service):
        return Problem("archive_other_database", f"{service} <> {expected.service}")
    taken = reading.session.get("taken_utc")
    if not isinstance(taken, datetime):
        return Problem("archive_foreign", name)
    age = expected.now.replace(tzinfo=None) - taken
    stated = f"{taken:%Y-%m-%d %H:%M} UTC"
    if age < -_AHEAD:
        return Problem("time_ahead", f"{name} ({stated})")
    if age > timedelta(days=expected.max_days):
        return Problem("archive_old", f"{stated} (> {expected.max_days:g} d)")
    return None


def _first(service: str) -> str:
    """A service's name without its domain, which the database may add."""
    return service.split(".")[0].casefold()


def _text(data: bytes) -> str:
    """UTF-8; a Windows client without the NLS_LANG that it was told to set writes GB18030."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")
