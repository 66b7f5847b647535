# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection of the small SQL*Plus: Oracle's errors where the driver has its own."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import oracledb

_ORA = re.compile(r"ORA-0*(\d{1,5})(?:: ?([^\n]*))?")
_TEXTS = {
    3113: "end-of-file on communication channel",
    3114: "not connected to ORACLE",
    12154: "TNS:could not resolve the connect identifier specified",
    12170: "TNS:Connect timeout occurred",
    12505: "TNS:listener does not currently know of SID given in connect descriptor",
    12514: "TNS:listener does not currently know of service requested in connect\ndescriptor",
    12528: "TNS:listener: all appropriate instances are blocking new connections",
    12541: "TNS:no listener",
    12545: "Connect failed because target host or object does not exist",
    28040: "No matching authentication protocol",
}
_DRIVER = {
    "DPY-4011": 3113,
    "DPY-1001": 3114,
    "DPY-6001": 12514,
    "DPY-6003": 12505,
    "DPY-3010": 28040,
    "DPY-3015": 28040,
    "DPY-4000": 12154,
    "DPY-4026": 12154,
    "DPY-4027": 12154,
}


class SqlError(Exception):
    """An Oracle error: code, message without the code, 0-based place in the statement."""

    def __init__(self, code: int, text: str, offset: int = 0) -> None:
        super().__init__(f"ORA-{code:05d}: {text}")
        self.code = code
        self.offset = offset


@dataclass(frozen=True)
class Result:
    description: Sequence[Any]
    rows: Sequence[Sequence[Any]]


class Connection:
    """One login; SqlError for whatever goes wrong."""

    def __init__(self, user: str, password: str, dsn: str) -> None:
        try:
            self._session = oracledb.connect(
                user=user, password=password, dsn=dsn, disable_oob=True, program="sqlplus@lab"
            )
        except Exception as error:
            raise _translated(error) from error
        numbers = [*map(int, self._session.version.split(".")), 0, 0, 0, 0][:5]
        self.release = int("".join(f"{number:02d}" for number in numbers))

    def execute(self, sql: str) -> Result:
        """Run a statement and fetch all; no description for what is no query."""
        oracledb.defaults.fetch_lobs = False
        oracledb.defaults.fetch_decimals = True
        try:
            with self._session.cursor() as cursor:
                cursor.execute(sql)
                rows = cursor.fetchall() if cursor.description else []
                return Result(cursor.description or [], rows)
        except Exception as error:
            raise _translated(error) from error

    def close(self) -> None:
        self._session.close()


def _translated(error: Exception) -> SqlError:
    """The error as Oracle's own client has it."""
    text = str(error)
    if found := _ORA.search(text):
        code = int(found[1])
        message = (found[2] or "").strip().strip(")") or _TEXTS.get(code, "")
        offset = getattr(error.args[0], "offset", 0) if error.args else 0
        return SqlError(code, _TEXTS.get(code, message), offset or 0)
    for word, code in _DRIVER.items():
        if word in text:
            return SqlError(code, _TEXTS[code])
    if isinstance(error, socket.gaierror) or "Name or service" in text:
        return SqlError(12545, _TEXTS[12545])
    if "timed out" in text:
        return SqlError(12170, _TEXTS[12170])
    if "refused" in text or "Errno 111" in text:
        return SqlError(12541, _TEXTS[12541])
    return SqlError(3113, _TEXTS[3113])
