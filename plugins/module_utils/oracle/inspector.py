# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inspection account: what it should be, what it is, and the statements in between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import ORACLE_OWN
from ansible_collections.ebill.ops.plugins.module_utils.oracle.privileges import grantable

ROOT = "CDB$ROOT"
LOGIN = "CREATE SESSION"
MASK = "********"
"""Stands for the password in every statement that is shown."""
COMMON_PREFIX = "C##"
_READ_SINCE = (12, 1, 0, 2)
_LONG_NAMES_SINCE = (12, 2)
_LONG_PASSWORDS_SINCE = (23,)
_NAME = re.compile(r"[A-Z][A-Z0-9_$#]*\Z")
_READING = ("READ", "SELECT")
_DICTIONARY = ("SYS.V_$", "SYS.GV_$", "SYS.DBA_", "SYS.CDB_")

Release = tuple[int, ...]


class RefusedError(ValueError):
    """What is asked for is not done: ``reason`` is one of the ids below, ``detail`` names it.

    bad_name, bad_password, no_password, not_in_root, in_root, oracle_account, owns_objects,
    more_than_inspector.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Grant:
    """One object privilege; ``target`` is owner.name. ``common``: granted for all containers."""

    target: str
    privilege: str
    common: bool = False

    def __str__(self) -> str:
        return f"{self.privilege} ON {self.target}"


@dataclass(frozen=True)
class Found:
    """What the database says: ``release`` is all numbers, ``container`` empty without containers.

    ``sees_all``: CONTAINER_DATA of a common user holds all containers.
    """

    release: Release
    container: str = ""
    exists: bool = False
    status: str = ""
    maintained: bool = False
    privileges: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    grants: frozenset[Grant] = frozenset()
    owned: int = 0
    sees_all: bool = False

    @property
    def beyond(self) -> list[str]:
        """What an inspector has no use for: roles, privileges, and rights on other objects."""
        rights = [str(grant) for grant in self.grants if not _is_reading(grant)]
        return sorted({*(self.privileges - {LOGIN}), *self.roles, *rights})


@dataclass(frozen=True)
class Step:
    """A statement, with the password masked."""

    shown: str

    def sql(self, password: str) -> str:
        """Return what is sent."""
        return self.shown.replace(MASK, f'"{password}"', 1)

    @property
    def needed_by_others(self) -> bool:
        """Whether nothing after it can succeed without it."""
        return self.shown.startswith("CREATE USER ")


@dataclass(frozen=True)
class Plan:
    """What is to be done, in order, and what it is about."""

    steps: tuple[Step, ...] = ()
    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inspector:
    """The account that is wanted. ``common``: a common user of all containers, C##...."""

    name: str
    password: str = field(default="", repr=False)
    common: bool = False
    revoke_surplus: bool = False
    renew_password: bool = False

    def validate(self, found: Found) -> None:
        """Raise RefusedError for a name or place that cannot be."""
        _check_name(self.name, found.release)
        if self.name in ORACLE_OWN or found.maintained:
            raise RefusedError("oracle_account", self.name)
        if self.common != self.name.startswith(COMMON_PREFIX):
            raise RefusedError("bad_name", self.name)
        if self.common and found.container != ROOT:
            raise RefusedError("not_in_root", found.container or "-")
        if not self.common and found.container == ROOT:
            raise RefusedError("in_root", ROOT)

    def present(self, found: Found, needed: Mapping[str, Iterable[str]]) -> Plan:
        """Plan the account with these grants; one that owns objects is somebody else's."""
        self.validate(found)
        if found.owned:
            raise RefusedError("owns_objects", f"{self.name} ({found.owned})")
        readable = {grant.target for grant in found.grants if grant.privilege in _READING}
        missing = [target for target in needed if target not in readable]
        surplus = sorted(
            (
                grant
                for grant in found.grants
                if grant.privilege in _READING
                and grant.target in grantable()
                and grant.target not in needed
            ),
            key=str,
        )
        steps = self._account(found) + self.grants(found.release, missing)
        if self.revoke_surplus:
            steps += [self._revoke(grant) for grant in surplus]
        return Plan(
            tuple(Step(step) for step in steps), tuple(missing), tuple(str(one) for one in surplus)
        )

    def grants(self, release: Release, missing: Iterable[str]) -> list[str]:
        """Return the statements that let it read these views.

        READ, unlike SELECT, does not let it lock rows; source: SQL Language Reference, GRANT.
        """
        verb = "READ" if release >= _READ_SINCE else "SELECT"
        return [f"GRANT {verb} ON {target} TO {self._to}" for target in missing]

    def absent(self, found: Found) -> Plan:
        """Plan the drop; RefusedError for an account that is more than an inspector."""
        self.validate(found)
        if not found.exists:
            return Plan()
        if found.owned:
            raise RefusedError("owns_objects", f"{self.name} ({found.owned})")
        if found.beyond:
            raise RefusedError("more_than_inspector", f"{self.name}: {', '.join(found.beyond)}")
        # Never CASCADE: what came into the schema since is then kept by Oracle itself (ORA-01922).
        return Plan((Step(f"DROP USER {self.name}"),))

    @property
    def _to(self) -> str:
        return f"{self.name} CONTAINER = ALL" if self.common else self.name

    def _account(self, found: Found) -> list[str]:
        everywhere = " CONTAINER = ALL" if self.common else ""
        steps = []
        if not found.exists or self.renew_password:
            check_password(self.password, found.release)
            verb = "ALTER" if found.exists else "CREATE"
            steps.append(f"{verb} USER {self.name} IDENTIFIED BY {MASK}{everywhere}")
        if LOGIN not in found.privileges:
            steps.append(f"GRANT {LOGIN} TO {self._to}")
        if self.common and not found.sees_all:
            # ALL is the default of CONTAINER in the root, and is refused with CONTAINER_DATA.
            steps.append(f"ALTER USER {self.name} SET CONTAINER_DATA = ALL CONTAINER = CURRENT")
        return steps

    def _revoke(self, grant: Grant) -> str:
        where = ""
        if self.common:
            where = " CONTAINER = ALL" if grant.common else " CONTAINER = CURRENT"
        return f"REVOKE {grant} FROM {self.name}{where}"


def _is_reading(grant: Grant) -> bool:
    """Whether an inspector of any version may hold it."""
    return grant.privilege in _READING and grant.target.startswith(_DICTIONARY)


def _check_name(name: str, release: Release) -> None:
    """Only what needs no quotes: it goes into statements as it stands."""
    longest = 128 if release >= _LONG_NAMES_SINCE else 30
    if len(name) > longest or not _NAME.match(name):
        raise RefusedError("bad_name", name)


def check_password(password: str, release: Release) -> None:
    """Raise RefusedError for what cannot stand in a statement; the detail never shows it.

    A quoted password has no escape for the quote. Bytes beyond ASCII depend on the client's
    character set, so a login elsewhere may fail. Oracle takes 30 bytes, 1024 from 23ai on.
    """
    if not password:
        raise RefusedError("no_password", "oracle_inspector_password")
    longest = 1024 if release >= _LONG_PASSWORDS_SINCE else 30
    if len(password) > longest:
        raise RefusedError("bad_password", f"> {longest} bytes")
    if '"' in password or not all(" " <= character <= "~" for character in password):
        raise RefusedError("bad_password", 'ASCII 0x20-0x7E, no "')
