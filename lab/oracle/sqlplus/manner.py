# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between the releases of SQL*Plus, and what CONNECT takes."""

from __future__ import annotations

import re
from dataclasses import dataclass

USAGE = """SP2-0306: Invalid option.
Usage: CONN[ECT] [{{logon|/|proxy}} [AS {roles}] [edition=value]]
where <logon> ::= <username>[/<password>][@<connect_identifier>]
      <proxy> ::= <proxyuser>[<username>][/<password>][@<connect_identifier>]"""
LOGON = re.compile(r'([A-Za-z][\w$#]*)(?:/(?:"([^"]*)"|([^@/"\s]*)))?(?:@(\S+))?\Z')


@dataclass(frozen=True)
class Manner:
    """What differs between the releases of the client."""

    name: str
    longest_line: int
    roles: str
    release: str


MANNERS = {
    "11.2": Manner("11.2.0.4.0", 2499, "{SYSDBA|SYSOPER|SYSASM}", "1102000400"),
    "19": Manner(
        "19.0.0.0.0",
        4999,
        "{SYSDBA|SYSOPER|SYSASM|SYSBACKUP|SYSDG|SYSKM|SYSRAC}",
        "1900000000",
    ),
}
