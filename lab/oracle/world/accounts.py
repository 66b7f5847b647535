# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CREATE, ALTER and DROP USER, CREATE and DROP ROLE."""

from __future__ import annotations

from lab.oracle.listener import User
from lab.oracle.seam import OraError
from lab.oracle.sql.tokens import Tokens
from lab.oracle.world import access
from lab.oracle.world.model import Role, UserDetails
from lab.oracle.world.views import Sight


def _user(sight: Sight, name: str) -> User:
    found = sight.users.get(name)
    if not isinstance(found, User):
        raise OraError(1918, f"user '{name}' does not exist")
    return found


def _new_name(sight: Sight, name: str, kind: str) -> None:
    taken = {account.name for account in sight.world.accounts} | set(sight.users)
    if name in taken | set(sight.world.roles):
        code = 1920 if kind == "user" else 1921
        raise OraError(code, f"{kind} name '{name}' conflicts with another user or role name")
    common = name.startswith("C##")
    if sight.world.con_id == 1 and not common:
        raise OraError(65096, f"invalid common {kind} or role name")
    if sight.world.con_id != 1 and common:
        raise OraError(65094, f"invalid local {kind} or role name")


def create_user(sight: Sight, tokens: Tokens) -> None:
    """CREATE USER name IDENTIFIED BY password ...; the account can do nothing yet."""
    access.require(sight, "CREATE USER")
    name = tokens.name()
    _new_name(sight, name, "user")
    tokens.expect("IDENTIFIED", "BY")
    user = User(name, tokens.password(), privileges=set())
    details = UserDetails(sight.world.local())
    _options(sight, tokens, user, details)
    sight.users[name] = user
    sight.world.details[name] = details


def alter_user(sight: Sight, tokens: Tokens) -> None:
    name = tokens.name()
    own = sight.me is not None and sight.me.user == name
    if not own:
        access.require(sight, "ALTER USER")
    user = _user(sight, name)
    details = sight.world.details.setdefault(name, UserDetails(sight.world.created))
    if tokens.accept("IDENTIFIED", "BY"):
        user.password, user.expired = tokens.password(), False
        if tokens.accept("REPLACE"):
            tokens.password()
    elif own:
        access.require(sight, "ALTER USER")
    _options(sight, tokens, user, details)


def drop_user(sight: Sight, tokens: Tokens) -> None:
    access.require(sight, "DROP USER")
    name = tokens.name()
    cascade = tokens.accept("CASCADE")
    tokens.end()
    _user(sight, name)
    if any(one.user == name for one in sight.sessions.values()):
        raise OraError(1940, "cannot drop a user that is currently connected")
    owned = [key for key, table in sight.world.tables.items() if table.owner == name]
    if owned and not cascade:
        raise OraError(1922, f"CASCADE must be specified to drop '{name}'")
    for key in owned:
        del sight.world.tables[key]
    del sight.users[name]
    sight.world.details.pop(name, None)
    sight.world.granted_roles.pop(name, None)


def create_role(sight: Sight, tokens: Tokens) -> None:
    access.require(sight, "CREATE ROLE")
    name = tokens.name()
    _new_name(sight, name, "role")
    tokens.accept("NOT", "IDENTIFIED")
    _container(tokens)
    tokens.end()
    sight.world.roles[name] = Role(name)
    if sight.me:
        sight.world.granted_roles.setdefault(sight.me.user, set()).add(name)


def drop_role(sight: Sight, tokens: Tokens) -> None:
    access.require(sight, "DROP ANY ROLE")
    name = tokens.name()
    tokens.end()
    if name not in sight.world.roles:
        raise OraError(1919, f"role '{name}' does not exist")
    del sight.world.roles[name]
    for held in sight.world.granted_roles.values():
        held.discard(name)


def _container(tokens: Tokens) -> None:
    if tokens.accept("CONTAINER", "="):
        tokens.choose("CURRENT", "ALL")


def _container_data(sight: Sight, tokens: Tokens, details: UserDetails) -> None:
    """Only in the root, and for it alone: CONTAINER = ALL, the default there, is refused."""
    if sight.world.con_id != 1:
        raise OraError(65040, "operation not allowed from within a pluggable database")
    tokens.expect("=")
    details.all_containers = tokens.choose("ALL", "DEFAULT") == "ALL"
    tokens.expect("CONTAINER", "=", "CURRENT")


def _tablespace(sight: Sight, name: str, *, temporary: bool) -> str:
    found = sight.world.tablespaces.get(name)
    if found is None:
        raise OraError(959, f"tablespace '{name}' does not exist")
    if (found.contents == "TEMPORARY") != temporary:
        code = 10615 if temporary else 12910
        raise OraError(code, f"cannot use tablespace '{name}' here")
    return name


def _options(sight: Sight, tokens: Tokens, user: User, details: UserDetails) -> None:
    """What may follow the name and password, in any order."""
    while tokens.peek():
        if tokens.accept("DEFAULT", "TABLESPACE"):
            details.default_tablespace = _tablespace(sight, tokens.name(), temporary=False)
        elif tokens.accept("TEMPORARY", "TABLESPACE"):
            details.temporary_tablespace = _tablespace(sight, tokens.name(), temporary=True)
        elif tokens.accept("PROFILE"):
            details.profile = _profile(tokens.name())
        elif tokens.accept("QUOTA"):
            if not tokens.accept("UNLIMITED"):
                tokens.size()
            tokens.expect("ON")
            _tablespace(sight, tokens.name(), temporary=False)
        elif tokens.accept("PASSWORD", "EXPIRE"):
            user.expired = True
        elif tokens.accept("ACCOUNT"):
            user.locked = tokens.choose("LOCK", "UNLOCK") == "LOCK"
            user.failures = 0 if not user.locked else user.failures
        elif tokens.accept("SET", "CONTAINER_DATA"):
            _container_data(sight, tokens, details)
        elif tokens.peek() == "CONTAINER":
            _container(tokens)
        else:
            raise OraError(922, "missing or invalid option")


def _profile(name: str) -> str:
    if name != "DEFAULT":
        raise OraError(2380, f"profile {name} does not exist")
    return name
