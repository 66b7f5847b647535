# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one session sees of the world: views by its grants, its context, the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lab.oracle import dictionary
from lab.oracle.seam import Column, OraError
from lab.oracle.sql.settings import Settings
from lab.oracle.world import (  # noqa: F401 - they register their views
    backup,
    instance,
    multitenant,
    operation,
    recovery_views,
    security,
    storage,
    temp_undo,
    upkeep_views,
)
from lab.oracle.world.views import VIEWS, Sight

SINCE_MULTITENANT = ("CON_NAME", "CON_ID", "CDB_NAME")
"""Parameters of SYS_CONTEXT's USERENV that 11.2 does not know."""
INSPECTION_VIEWS = frozenset(name for name, view in VIEWS.items() if not view.public)
"""What the default inspector is granted: every view that is not public."""


class SessionDictionary:
    def __init__(self, sight: Sight, service: str) -> None:
        self.sight = sight
        self.service = service
        self.settings = Settings()

    @property
    def release(self) -> dictionary.Release:
        return dictionary.release_of(self.sight.world.release[0])

    def view(self, name: str) -> Sequence[Column] | None:
        found = VIEWS.get(name)
        if found is None or not found.there(self.release):
            return None
        return found.columns(self.release) if found.public or self._granted(name) else None

    def _granted(self, name: str) -> bool:
        user = self.sight.users.get(self.user())
        return user is not None and (
            name in user.grants or "SELECT ANY DICTIONARY" in user.privileges
        )

    def rows(self, view: str) -> Sequence[Sequence[Any]]:
        return VIEWS[view].rows(self.sight)

    def now(self) -> datetime:
        return self.sight.world.now()

    def user(self) -> str:
        return self.sight.me.user if self.sight.me else "SYS"

    def context(self, name: str) -> str | None:
        world, me = self.sight.world, self.sight.me
        values = {
            "SESSION_USER": self.user(),
            "CURRENT_USER": self.user(),
            "CURRENT_SCHEMA": self.user(),
            "DB_NAME": world.name,
            "DB_UNIQUE_NAME": world.name,
            "DB_DOMAIN": None,
            "INSTANCE_NAME": world.name,
            "INSTANCE": "1",
            "SERVER_HOST": world.host,
            "SERVICE_NAME": self.service,
            "CON_NAME": world.container or world.name,
            "CON_ID": str(world.con_id),
            "CDB_NAME": world.name if world.is_multitenant else None,
            "DATABASE_ROLE": "PRIMARY",
            "ISDBA": "FALSE",
            "LANGUAGE": "SIMPLIFIED CHINESE_CHINA.AL32UTF8",
            "NLS_DATE_FORMAT": "DD-MON-RR",
            "SID": str(me.sid) if me else None,
            "SESSIONID": str(900000 + me.sid) if me else None,
            "HOST": me.machine if me else None,
            "OS_USER": me.osuser if me else None,
            "MODULE": me.program if me else None,
        }
        old = self.release < dictionary.MULTITENANT
        if name not in values or (old and name in SINCE_MULTITENANT):
            raise OraError(2003, "invalid USERENV parameter")
        return values[name]
