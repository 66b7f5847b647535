# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ALTER SYSTEM: parameters, log switches, and sessions that are to end."""

from __future__ import annotations

import re

from lab.oracle.seam import OraError
from lab.oracle.sql.tokens import Tokens
from lab.oracle.world import access
from lab.oracle.world.instance import MODIFIABLE_AT_RESTART
from lab.oracle.world.views import Sight

SESSION = re.compile(r"\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*@1\s*)?")


def alter_system(sight: Sight, tokens: Tokens) -> None:
    access.require(sight, "ALTER SYSTEM")
    word = tokens.choose("SET", "KILL", "SWITCH", "CHECKPOINT", "ARCHIVE")
    if word == "SET":
        _set(sight, tokens)
    elif word == "KILL":
        _kill(sight, tokens)
    elif word == "SWITCH":
        tokens.expect("LOGFILE")
        sight.world.archived.append(sight.world.local())
    elif word == "ARCHIVE":
        tokens.expect("LOG", "CURRENT")
        sight.world.archived.append(sight.world.local())
    tokens.end()


def _set(sight: Sight, tokens: Tokens) -> None:
    """SET name = value [SCOPE = MEMORY | SPFILE | BOTH]; a static one needs SPFILE."""
    name = tokens.name().lower()
    if name not in sight.world.parameters:
        raise OraError(2065, "illegal option for ALTER SYSTEM")
    tokens.expect("=")
    value = tokens.string() if tokens.is_text() else _bare(tokens)
    scope = "BOTH"
    if tokens.accept("SCOPE", "="):
        scope = tokens.choose("MEMORY", "SPFILE", "BOTH")
    if name in MODIFIABLE_AT_RESTART and scope != "SPFILE":
        raise OraError(2095, "specified initialization parameter cannot be modified")
    if scope != "SPFILE":
        sight.world.parameters[name] = value


def _bare(tokens: Tokens) -> str:
    """A word, or a size in bytes."""
    word = tokens.peek()
    return str(tokens.size()) if word[:1].isdigit() else tokens.name()


def _kill(sight: Sight, tokens: Tokens) -> None:
    """KILL SESSION 'sid,serial#': one of the world's; connections of clients are refused."""
    tokens.expect("SESSION")
    found = SESSION.fullmatch(tokens.string())
    tokens.accept("IMMEDIATE")
    if not found:
        raise OraError(26, "missing or invalid session ID")
    sid, serial = int(found.group(1)), int(found.group(2))
    for one in sight.world.sessions:
        if (one.sid, one.serial) == (sid, serial):
            if one.kind == "BACKGROUND":
                raise OraError(29, "session is not a user session")
            sight.world.sessions.remove(one)
            return
    if sight.me and (sight.me.sid, sight.me.serial) == (sid, serial):
        raise OraError(27, "cannot kill current session")
    if any((one.sid, one.serial) == (sid, serial) for one in sight.sessions.values()):
        raise OraError(3001, "unimplemented feature (stand-in: KILL SESSION of a connection)")
    raise OraError(30, "User session ID does not exist.")
