# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SQL*Plus is told to log in with; whatever could mean something else there is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

_USER = re.compile(r"[A-Za-z][A-Za-z0-9_$#]{0,127}\Z")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?\Z")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.$#-]{0,127}\Z")
_PROTOCOLS = ("tcp", "tcps")


class UnusableError(ValueError):
    """A value of the inventory that cannot be handed to SQL*Plus; the text names the option."""


@dataclass(frozen=True)
class Address:
    """Where the listener is; exactly one of ``service`` and ``sid``."""

    host: str
    port: int = 1521
    service: str | None = None
    sid: str | None = None
    protocol: str = "tcp"
    connect_timeout_seconds: int = 15

    def descriptor(self) -> str:
        """Return the connect descriptor; UnusableError for what could change its structure.

        One address and RETRY_COUNT=0: one login attempt. A SID needs this long form anyway.
        """
        for option, value, pattern in (
            ("host", self.host, _HOST),
            ("service", self.service or "x", _NAME),
            ("sid", self.sid or "x", _NAME),
        ):
            if not pattern.match(value):
                raise UnusableError(option)
        if self.protocol not in _PROTOCOLS:
            raise UnusableError("protocol")
        name = f"SERVICE_NAME={self.service}" if self.service else f"SID={self.sid}"
        return (
            f"(DESCRIPTION=(CONNECT_TIMEOUT={int(self.connect_timeout_seconds)})(RETRY_COUNT=0)"
            f"(ADDRESS=(PROTOCOL={self.protocol.upper()})(HOST={self.host})"
            f"(PORT={int(self.port)}))(CONNECT_DATA=({name})))"
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.service or self.sid}"


def account(user: str) -> str:
    """Return the user as SQL*Plus takes it; UnusableError for anything but a plain name."""
    if not _USER.match(user):
        raise UnusableError("user")
    return user


def connect_command(user: str, password: str, address: Address) -> str:
    """Return the CONNECT line.

    Between double quotes every character stands for itself (``@``, ``/``, spaces; ``&`` because
    DEFINE is off by then). A double quote cannot be written there, and Oracle allows none in a
    password; control characters would end the line.
    """
    if not password:
        raise UnusableError("password (empty)")
    if '"' in password or any(ord(sign) < 32 or ord(sign) == 127 for sign in password):
        raise UnusableError("password (double quote or control character)")
    return f'CONNECT {account(user)}/"{password}"@{address.descriptor()}'
