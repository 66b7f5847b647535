# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that can be switched while the server runs."""

from __future__ import annotations

from dataclasses import dataclass, fields

LOGON_TEXTS = {
    1017: "invalid username/password; logon denied",
    1033: "ORACLE initialization or shutdown in progress",
    1034: "ORACLE not available",
    1045: "user lacks CREATE SESSION privilege; logon denied",
    28000: "The account is locked.",
    28001: "the password has expired",
    28040: "No matching authentication protocol",
}


@dataclass
class Faults:
    """What the server does wrong from now on. New calls and connections see a change at once."""

    silent: str = ""
    """"connect": accepts TCP, then says nothing. "accept": says nothing after ACCEPT."""
    close_at_connect: bool = False
    """Close the connection in place of an answer to CONNECT."""
    resend: bool = False
    """Ask for CONNECT a second time, as listeners of a busy server do."""
    redirect: str = ""
    """Send clients from this port to HOST:PORT, as a cluster's listener does."""
    refuse: int = 0
    """Refuse every connection with this listener error, such as 12514."""
    too_old: bool = False
    """Answer CONNECT like an 11.2 server, which the thin driver does not speak to."""
    encryption_required: bool = False
    """Insist on native network encryption, which the thin driver does not have."""
    verifier: str = ""
    """Every account has only this kind of verifier: "10g" is what thin drivers refuse."""
    logon_error: int = 0
    """Answer every logon with this error: 1033, 1034, 28000, 28001, ..."""
    slow_seconds: float = 0.0
    """Each execute takes so much longer. A break ends the wait."""
    hang_in_execute: bool = False
    """A parse or an execute is never answered. A break ends it."""
    hang_in_fetch: bool = False
    """A fetch is never answered. A break ends it."""
    ignore_break: bool = False
    """A break is never answered: the client gives up the connection."""
    kill_on_execute: bool = False
    """Cut the connection in place of the answer to an execute."""
    kill_on_fetch: bool = False
    """Cut the connection in place of the answer to a fetch."""

    def clear(self) -> None:
        for entry in fields(self):
            setattr(self, entry.name, entry.default)
