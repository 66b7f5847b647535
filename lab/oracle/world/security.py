# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts, roles and privileges, and what a session has of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lab.oracle.world import access
from lab.oracle.world.model import UserDetails
from lab.oracle.world.views import Row, Sight, view

NO = {"ADMIN_OPTION": "NO", "COMMON": "NO", "INHERITED": "NO"}


@view("DBA_USERS")
def dba_users(sight: Sight) -> Iterable[Row]:
    world = sight.world
    common = {
        "TEMPORARY_TABLESPACE": "TEMP",
        "PROFILE": "DEFAULT",
        "PASSWORD_VERSIONS": "11G 12C ",
        "EDITIONS_ENABLED": "N",
        "AUTHENTICATION_TYPE": "PASSWORD",
        "PROXY_ONLY_CONNECT": "N",
        "COMMON": "NO",
        "INHERITED": "NO",
        "DEFAULT_COLLATION": "USING_NLS_COMP",
    }
    for number, account in enumerate(world.accounts):
        yield common | {
            "USERNAME": account.name,
            "USER_ID": number,
            "ACCOUNT_STATUS": account.status,
            "EXPIRY_DATE": account.expires,
            "DEFAULT_TABLESPACE": account.default_tablespace,
            "CREATED": account.created,
            "ORACLE_MAINTAINED": "Y" if account.maintained else "N",
        }
    for number, user in enumerate(sight.users.values(), 110):
        details = world.details.get(user.name) or UserDetails(world.created)
        yield common | {
            "USERNAME": user.name,
            "USER_ID": number,
            "ACCOUNT_STATUS": _status(user),
            "DEFAULT_TABLESPACE": details.default_tablespace,
            "TEMPORARY_TABLESPACE": details.temporary_tablespace,
            "PROFILE": details.profile,
            "CREATED": details.created,
            "ORACLE_MAINTAINED": "N",
        }


def _status(user: Any) -> str:
    words = [word for word, on in (("EXPIRED", user.expired), ("LOCKED", user.locked)) if on]
    return " & ".join(words) or "OPEN"


@view("DBA_SYS_PRIVS")
def dba_sys_privs(sight: Sight) -> Iterable[Row]:
    for holder in [*sight.users.values(), *sight.world.roles.values()]:
        for privilege in sorted(holder.privileges):
            yield NO | {"GRANTEE": holder.name, "PRIVILEGE": privilege}


def _grants(name: str, grants: Iterable[str]) -> Iterable[Row]:
    """A grant on V$X is one on SYS.V_$X: the synonym cannot be granted."""
    for grant in sorted(grants):
        verb, _, table = grant.partition(" ")
        owner, _, short = table.partition(".")
        if not table:
            verb, owner = "SELECT", "SYS"
            short = grant.replace("V$", "V_$", 1) if "$" in grant else grant
        yield {
            "GRANTEE": name,
            "OWNER": owner,
            "TABLE_NAME": short,
            "GRANTOR": owner,
            "PRIVILEGE": verb,
            "GRANTABLE": "NO",
            "HIERARCHY": "NO",
            "COMMON": "NO",
            "TYPE": "TABLE" if table else "VIEW",
            "INHERITED": "NO",
        }


@view("DBA_TAB_PRIVS")
def dba_tab_privs(sight: Sight) -> Iterable[Row]:
    for holder in [*sight.users.values(), *sight.world.roles.values()]:
        yield from _grants(holder.name, holder.grants)


@view("USER_TAB_PRIVS")
def user_tab_privs(sight: Sight) -> Iterable[Row]:
    user = sight.users.get(sight.me.user) if sight.me else None
    return _grants(user.name, user.grants) if user else ()


@view("USER_SYS_PRIVS")
def user_sys_privs(sight: Sight) -> Iterable[Row]:
    """What was granted to the user itself, not by a role."""
    name = sight.me.user if sight.me else ""
    user = sight.users.get(name)
    for privilege in sorted(user.privileges) if user else ():
        yield NO | {"USERNAME": name, "PRIVILEGE": privilege}


@view("SESSION_PRIVS")
def session_privs(sight: Sight) -> Iterable[Row]:
    user = sight.users.get(sight.me.user) if sight.me else None
    held = set(user.privileges) if user else set[str]()
    for role in access.roles_of(sight, user.name) if user else ():
        held |= role.privileges
    return [{"PRIVILEGE": privilege} for privilege in sorted(held)]


@view("SESSION_ROLES")
def session_roles(sight: Sight) -> Iterable[Row]:
    name = sight.me.user if sight.me else ""
    return [{"ROLE": role.name} for role in access.roles_of(sight, name)]


@view(
    "DBA_CONTAINER_DATA",
    "USERNAME V128,DEFAULT_ATTR V1,OWNER V128,OBJECT_NAME V128,ALL_CONTAINERS V1,"
    "CONTAINER_NAME V128",
)
def dba_container_data(sight: Sight) -> Iterable[Row]:
    """What ALTER USER ... SET CONTAINER_DATA = ALL has left; nothing by default."""
    for name, details in sight.world.details.items():
        if details.all_containers:
            yield {"USERNAME": name, "DEFAULT_ATTR": "Y", "ALL_CONTAINERS": "Y"}


@view("DBA_ROLES")
def dba_roles(sight: Sight) -> Iterable[Row]:
    for number, role in enumerate(sight.world.roles.values(), 2):
        yield {
            "ROLE": role.name,
            "ROLE_ID": number,
            "PASSWORD_REQUIRED": "NO",
            "AUTHENTICATION_TYPE": "NONE",
            "COMMON": "NO",
            "ORACLE_MAINTAINED": "N",
            "INHERITED": "NO",
        }


@view("DBA_ROLE_PRIVS")
def dba_role_privs(sight: Sight) -> Iterable[Row]:
    held = dict(sight.world.granted_roles)
    held |= {role.name: role.roles for role in sight.world.roles.values()}
    for name, roles in held.items():
        for role in sorted(roles):
            yield NO | {"GRANTEE": name, "GRANTED_ROLE": role, "DEFAULT_ROLE": "YES"}


@view("USER_ROLE_PRIVS")
def user_role_privs(sight: Sight) -> Iterable[Row]:
    name = sight.me.user if sight.me else ""
    for role in sorted(sight.world.granted_roles.get(name, ())):
        yield NO | {"USERNAME": name, "GRANTED_ROLE": role, "DEFAULT_ROLE": "YES"}


@view("ROLE_TAB_PRIVS")
def role_tab_privs(sight: Sight) -> Iterable[Row]:
    """Of the roles that the session has."""
    name = sight.me.user if sight.me else ""
    for role in access.roles_of(sight, name):
        for row in _grants(role.name, role.grants):
            yield {
                "ROLE": role.name,
                "OWNER": row["OWNER"],
                "TABLE_NAME": row["TABLE_NAME"],
                "PRIVILEGE": row["PRIVILEGE"],
                "GRANTABLE": "NO",
                "COMMON": "NO",
                "INHERITED": "NO",
            }
