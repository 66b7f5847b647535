# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: system privileges, grants on dictionary views and tables, roles."""

from __future__ import annotations

from collections.abc import Iterator

from lab.oracle.seam import OraError
from lab.oracle.world.model import Role, Table
from lab.oracle.world.views import VIEWS, Sight

INSUFFICIENT = OraError(1031, "insufficient privileges")
NOT_THERE = OraError(942, "table or view does not exist")
PUBLIC = "PUBLIC"


def is_sys(sight: Sight) -> bool:
    return sight.me is None or sight.me.sysdba or sight.me.user == "SYS"


def roles_of(sight: Sight, user: str) -> Iterator[Role]:
    """The roles of a user, those that come with other roles too."""
    waiting, seen = list(sight.world.granted_roles.get(user, ())), set[str]()
    while waiting:
        name = waiting.pop()
        role = sight.world.roles.get(name)
        if role and name not in seen:
            seen.add(name)
            waiting += role.roles
            yield role


def has(sight: Sight, privilege: str) -> bool:
    """Whether the session's user has a system privilege."""
    if is_sys(sight) or sight.me is None:
        return True
    user = sight.users.get(sight.me.user)
    return user is not None and (
        privilege in user.privileges
        or any(privilege in role.privileges for role in roles_of(sight, user.name))
    )


def require(sight: Sight, *privileges: str) -> None:
    """Raises ORA-01031 unless the user has one of these."""
    if not any(has(sight, one) for one in privileges):
        raise INSUFFICIENT


def may_read(sight: Sight, view: str) -> bool:
    """Whether the session's user may read a dictionary view; `view` as in VIEWS."""
    if VIEWS[view].public or is_sys(sight) or sight.me is None:
        return True
    user = sight.users.get(sight.me.user)
    if user is None:
        return False
    roles = list(roles_of(sight, user.name))
    return (
        view in user.grants
        or has(sight, "SELECT ANY DICTIONARY")
        or any(role.catalog or view in role.grants for role in roles)
    )


def table(sight: Sight, name: str, *verbs: str) -> Table:
    """A user's table (owner.name) for these verbs; ORA-00942 when it may not even be seen."""
    found = sight.world.tables.get(name)
    if found is None:
        raise NOT_THERE
    if is_sys(sight) or sight.me is None or found.owner == sight.me.user:
        return found
    user = sight.users.get(sight.me.user)
    held = set(user.grants) if user else set()
    for role in roles_of(sight, sight.me.user):
        held |= role.grants
    seen = [
        verb
        for verb in ("SELECT", "INSERT", "UPDATE", "DELETE")
        if f"{verb} {name}" in held or has(sight, f"{verb} ANY TABLE")
    ]
    if not seen:
        raise NOT_THERE
    if not set(verbs) <= set(seen):
        raise INSUFFICIENT
    return found
