# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ALTER SESSION SET may say, and what it means here. Anything else is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab.oracle.seam import OraError
from lab.oracle.sql import dates

ASSIGNMENT = re.compile(
    r"(\w+)\s*=\s*(?:'((?:[^']|'')*)'|\"([^\"]*)\"|([\w$#+:.-]+))\s*", re.DOTALL
)
WITHOUT_EFFECT = {
    "NLS_LANGUAGE": {"AMERICAN"},
    "NLS_TERRITORY": {"AMERICA", "CHINA"},
    "NLS_SORT": {"BINARY"},
    "NLS_COMP": {"BINARY"},
    "ISOLATION_LEVEL": {"READ COMMITTED", "SERIALIZABLE"},
    "STATISTICS_LEVEL": {"TYPICAL", "ALL", "BASIC"},
    "OPTIMIZER_MODE": {"ALL_ROWS"},
    "CURSOR_SHARING": {"EXACT", "FORCE"},
    "RECYCLEBIN": {"ON", "OFF"},
}
"""Parameters whose values here change nothing that this engine answers: names of months are
English, texts sort by code point, and nothing is planned."""
NUMBERS = {"DDL_LOCK_TIMEOUT", "SORT_AREA_SIZE", "DB_FILE_MULTIBLOCK_READ_COUNT"}


@dataclass
class Settings:
    """One session's. `numeric_characters`: the decimal mark, then the one for groups."""

    date_format: str = dates.NLS_DATE_FORMAT
    timestamp_format: str = dates.NLS_TIMESTAMP_FORMAT
    timestamp_tz_format: str = f"{dates.NLS_TIMESTAMP_FORMAT} TZR"
    numeric_characters: str = ".,"
    time_zone: str = ""
    """Of CURRENT_DATE and its like; "" is that of the database host."""
    current_schema: str = ""
    container: str = ""
    """What ALTER SESSION SET CONTAINER named; the dictionary knows if there is one."""

    def alter(self, text: str) -> None:
        """`name = value ...` behind ALTER SESSION SET; all of it or nothing is taken."""
        place, changes = 0, []
        text = text.strip()
        while place < len(text):
            found = ASSIGNMENT.match(text, place)
            if not found:
                raise OraError(922, "missing or invalid option")
            quoted = next(value for value in found.groups()[1:] if value is not None)
            changes.append((found.group(1).upper(), quoted.replace("''", "'")))
            place = found.end()
        if not changes:
            raise OraError(2248, "invalid option for ALTER SESSION")
        for name, value in changes:
            self._check(name, value)
        for name, value in changes:
            self._set(name, value)

    def _check(self, name: str, value: str) -> None:
        if name in ("NLS_DATE_FORMAT", "NLS_TIMESTAMP_FORMAT", "NLS_TIMESTAMP_TZ_FORMAT"):
            dates.elements(value)
        elif name == "NLS_NUMERIC_CHARACTERS":
            if not re.fullmatch(r"[.,' ]{2}", value) or value[0] == value[1]:
                raise OraError(12705, "Cannot access NLS data files or invalid environment")
        elif name == "TIME_ZONE":
            if not re.fullmatch(r"[+-]\d\d?:\d\d", value):
                raise OraError(3001, "unimplemented feature (stand-in: time zone regions)")
        elif name in NUMBERS:
            if not value.isdigit():
                raise OraError(2017, "integer value required")
        elif name in WITHOUT_EFFECT:
            if value.upper() not in WITHOUT_EFFECT[name]:
                raise OraError(3001, f"unimplemented feature (stand-in: {name} = {value})")
        elif name not in ("CURRENT_SCHEMA", "CONTAINER"):
            raise OraError(2248, "invalid option for ALTER SESSION")

    def _set(self, name: str, value: str) -> None:
        fields = {
            "NLS_DATE_FORMAT": "date_format",
            "NLS_TIMESTAMP_FORMAT": "timestamp_format",
            "NLS_TIMESTAMP_TZ_FORMAT": "timestamp_tz_format",
            "NLS_NUMERIC_CHARACTERS": "numeric_characters",
            "TIME_ZONE": "time_zone",
            "CURRENT_SCHEMA": "current_schema",
            "CONTAINER": "container",
        }
        if name in fields:
            upper = name in ("CURRENT_SCHEMA", "CONTAINER")
            setattr(self, fields[name], value.upper() if upper else value)
