# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GRANT and REVOKE of system privileges, roles, and rights on dictionary views and tables."""

from __future__ import annotations

from dataclasses import dataclass

from lab.oracle.seam import OraError
from lab.oracle.sql.tokens import Tokens
from lab.oracle.world import access
from lab.oracle.world.model import roles
from lab.oracle.world.views import VIEWS, Sight

SYSTEM_PRIVILEGES = frozenset(roles()["DBA"].privileges) | {"UNLIMITED TABLESPACE", "CREATE VIEW"}
OBJECT_PRIVILEGES = {"SELECT", "READ", "INSERT", "UPDATE", "DELETE"}


@dataclass
class Holder:
    """Who gets or loses something: a user or a role."""

    name: str
    privileges: set[str]
    grants: set[str]
    roles: set[str]


def _holder(sight: Sight, name: str) -> Holder:
    role = sight.world.roles.get(name)
    if role:
        return Holder(name, role.privileges, role.grants, role.roles)
    user = sight.users.get(name)
    if user is None:
        raise OraError(1917, f"user or role '{name}' does not exist")
    held = sight.world.granted_roles.setdefault(name, set())
    return Holder(name, user.privileges, user.grants, held)


def grant(sight: Sight, tokens: Tokens) -> None:
    words = _words(tokens)
    if tokens.accept("ON"):
        keys = _object(sight, tokens, words)
        tokens.expect("TO")
        holders = [_holder(sight, name) for name in tokens.names()]
        tokens.accept("WITH", "GRANT", "OPTION")
        _end(tokens)
        for holder in holders:
            holder.grants.update(keys)
        return
    tokens.expect("TO")
    holders = [_holder(sight, name) for name in tokens.names()]
    tokens.accept("WITH", "ADMIN", "OPTION")
    _end(tokens)
    for word in words:
        _system(sight, word)
    for holder in holders:
        for word in words:
            _give(sight, holder, word)


def _give(sight: Sight, holder: Holder, word: str) -> None:
    role = sight.world.roles.get(word)
    if role is None:
        holder.privileges.add(word)
        return
    holder.roles.add(word)
    if "CREATE SESSION" in role.privileges:
        # The listener looks at an account's own privileges, it knows of no roles.
        holder.privileges.add("CREATE SESSION")


def revoke(sight: Sight, tokens: Tokens) -> None:
    words = _words(tokens)
    if tokens.accept("ON"):
        keys = _object(sight, tokens, words)
        tokens.expect("FROM")
        holders = [_holder(sight, name) for name in tokens.names()]
        _end(tokens)
        for holder in holders:
            if not keys & holder.grants:
                raise OraError(1927, "cannot REVOKE privileges you did not grant")
            holder.grants.difference_update(keys)
        return
    tokens.expect("FROM")
    holders = [_holder(sight, name) for name in tokens.names()]
    _end(tokens)
    for word in words:
        _system(sight, word)
        for holder in holders:
            _take(sight, holder, word)


def _take(sight: Sight, holder: Holder, word: str) -> None:
    if word in sight.world.roles:
        if word not in holder.roles:
            raise OraError(1951, f"ROLE '{word}' not granted to '{holder.name}'")
        holder.roles.discard(word)
    elif word not in holder.privileges:
        raise OraError(1952, f"system privileges not granted to '{holder.name}'")
    else:
        holder.privileges.discard(word)


def _words(tokens: Tokens) -> list[str]:
    """What is granted: words up to a comma, ON, TO or FROM are one privilege or role."""
    found: list[str] = []
    parts: list[str] = []
    while True:
        if tokens.peek() in ("ON", "TO", "FROM", ",") and parts:
            found.append(" ".join(parts))
            parts = []
            if not tokens.accept(","):
                return found
        parts.append(tokens.name())


def _end(tokens: Tokens) -> None:
    if tokens.accept("CONTAINER", "="):
        tokens.choose("CURRENT", "ALL")
    tokens.end()


def _system(sight: Sight, word: str) -> None:
    """May this user hand out this privilege or role, and is there such a thing?"""
    if word in sight.world.roles:
        access.require(sight, "GRANT ANY ROLE")
    elif word in SYSTEM_PRIVILEGES:
        access.require(sight, "GRANT ANY PRIVILEGE")
    elif " " in word:
        raise OraError(990, "missing or invalid privilege")
    else:
        raise OraError(1919, f"role '{word}' does not exist")


def _object(sight: Sight, tokens: Tokens, words: list[str]) -> set[str]:
    """The grants as accounts hold them: a view's name, or `VERB owner.table`."""
    schema, name = tokens.dotted()
    if not set(words) <= OBJECT_PRIVILEGES:
        raise OraError(990, "missing or invalid privilege")
    view = _view(sight, schema, name)
    if view:
        if not set(words) <= {"SELECT", "READ"}:
            raise OraError(2030, "can only select from fixed tables/views")
        if not access.may_read(sight, view):
            raise access.NOT_THERE
        access.require(sight, "GRANT ANY OBJECT PRIVILEGE")
        return {view}
    owner = schema or (sight.me.user if sight.me else "SYS")
    table = access.table(sight, f"{owner}.{name}")
    if sight.me is None or table.owner != sight.me.user:
        access.require(sight, "GRANT ANY OBJECT PRIVILEGE")
    verbs = {"SELECT" if word == "READ" else word for word in words}
    return {f"{verb} {table.full_name}" for verb in verbs}


def _view(sight: Sight, schema: str, name: str) -> str:
    """The dictionary view that is meant; a V$ synonym cannot be granted (ORA-02030)."""
    if schema not in ("", "SYS"):
        return ""
    if name.startswith(("V$", "GV$")) and name in VIEWS:
        raise OraError(2030, "can only select from fixed tables/views")
    own = schema == "SYS" or access.is_sys(sight)
    view = name.replace("V_$", "V$", 1) if own and name.startswith(("V_$", "GV_$")) else name
    return view if view in VIEWS else ""
