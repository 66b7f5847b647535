# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts and privileges: DBA_USERS, DBA_SYS_PRIVS, DBA_TAB_PRIVS and what a session has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lab.oracle.world.views import Row, Sight, view


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
        yield common | {
            "USERNAME": user.name,
            "USER_ID": number,
            "ACCOUNT_STATUS": _status(user),
            "DEFAULT_TABLESPACE": "USERS",
            "CREATED": world.created,
            "ORACLE_MAINTAINED": "N",
        }


def _status(user: Any) -> str:
    words = [word for word, on in (("EXPIRED", user.expired), ("LOCKED", user.locked)) if on]
    return " & ".join(words) or "OPEN"


@view("DBA_SYS_PRIVS")
def dba_sys_privs(sight: Sight) -> Iterable[Row]:
    for user in sight.users.values():
        for privilege in sorted(user.privileges):
            yield {
                "GRANTEE": user.name,
                "PRIVILEGE": privilege,
                "ADMIN_OPTION": "NO",
                "COMMON": "NO",
                "INHERITED": "NO",
            }


def _grants(user: Any) -> Iterable[Row]:
    """A grant on V$X is one on SYS.V_$X: the synonym cannot be granted."""
    for name in sorted(user.grants):
        yield {
            "GRANTEE": user.name,
            "OWNER": "SYS",
            "TABLE_NAME": name.replace("V$", "V_$", 1) if "$" in name else name,
            "GRANTOR": "SYS",
            "PRIVILEGE": "SELECT",
            "GRANTABLE": "NO",
            "HIERARCHY": "NO",
            "COMMON": "NO",
            "TYPE": "VIEW",
            "INHERITED": "NO",
        }


@view("DBA_TAB_PRIVS")
def dba_tab_privs(sight: Sight) -> Iterable[Row]:
    for user in sight.users.values():
        yield from _grants(user)


@view("USER_TAB_PRIVS")
def user_tab_privs(sight: Sight) -> Iterable[Row]:
    user = sight.users.get(sight.me.user) if sight.me else None
    return _grants(user) if user else ()


@view("USER_SYS_PRIVS")
def user_sys_privs(sight: Sight) -> Iterable[Row]:
    for row in session_privs(sight):
        yield row | {
            "USERNAME": sight.me.user if sight.me else "SYS",
            "ADMIN_OPTION": "NO",
            "COMMON": "NO",
            "INHERITED": "NO",
        }


@view("SESSION_PRIVS")
def session_privs(sight: Sight) -> Iterable[Row]:
    user = sight.users.get(sight.me.user) if sight.me else None
    return [{"PRIVILEGE": privilege} for privilege in sorted(user.privileges)] if user else []
