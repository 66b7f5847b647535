# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one session sees of the world: views by its grants, tables, its context, the time."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from lab.oracle import dictionary
from lab.oracle.seam import Column, OraError
from lab.oracle.sql.settings import Settings
from lab.oracle.world import (  # noqa: F401 - most of them register their views
    access,
    backup,
    commands,
    instance,
    multitenant,
    operation,
    performance,
    recovery_views,
    security,
    space_history,
    storage,
    tables,
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
        self.root = sight.world
        self.service = service
        self.settings = Settings()
        for one in sight.world.pluggable:
            if one.name == service.upper():
                self.sight = dataclasses.replace(sight, world=one.world)

    @property
    def release(self) -> dictionary.Release:
        return dictionary.release_of(self.sight.world.release[0])

    @property
    def schema(self) -> str:
        return self.settings.current_schema or self.user()

    def resolve(self, schema: str, name: str) -> str | None:
        """A table of the schema, or a view: SYS.V_$X and the synonym V$X are the same one."""
        if not schema and f"{self.schema}.{name}" in self.sight.world.tables:
            return f"{self.schema}.{name}"
        fixed = name.startswith(("V_$", "GV_$"))
        if schema == "SYS" or (not schema and fixed and self.schema == "SYS"):
            if fixed:
                return name.replace("V_$", "V$", 1)
            return None if name.startswith(("V$", "GV$")) else name
        if schema:
            return f"{schema}.{name}"
        return None if fixed else name

    def view(self, name: str) -> Sequence[Column] | None:
        if "." in name:
            return _columns(access.table(self.sight, name, "SELECT"))
        found = VIEWS.get(name)
        if found is None or not found.there(self.release):
            return None
        return found.columns(self.release) if access.may_read(self.sight, name) else None

    def target(self, schema: str, name: str, verb: str) -> tuple[str, Sequence[Column]]:
        full = self.resolve(schema, name) or name
        if "." not in full:
            if self.view(full) is None:
                raise access.NOT_THERE
            raise access.INSUFFICIENT
        table = access.table(self.sight, full, verb)
        return table.full_name, _columns(table)

    def columns(self, view: str) -> Sequence[Column]:
        if "." in view:
            return _columns(self.sight.world.tables[view])
        return VIEWS[view].columns(self.release)

    def rows(self, view: str) -> Sequence[Sequence[Any]]:
        return self.sight.world.tables[view].rows if "." in view else VIEWS[view].rows(self.sight)

    def change(
        self, verb: str, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> Callable[[], None]:
        """Row numbers count from 1, as SQLite's rowid does."""
        found = self.sight.world.tables[table]
        if verb == "INSERT":
            return tables.insert(found, names, rows)
        places = [row[0] - 1 for row in rows]
        if verb == "DELETE":
            return tables.delete(found, places)
        return tables.update(found, names, places, [row[1:] for row in rows])

    def alter_session(self, text: str) -> None:
        before = dataclasses.replace(self.settings)
        self.settings.alter(text)
        wanted = self.settings.container
        if wanted == before.container:
            return
        try:
            self._move_to(wanted)
        except OraError:
            self.settings.container = before.container
            raise

    def _move_to(self, name: str) -> None:
        """ALTER SESSION SET CONTAINER: to another open container of this database."""
        if not self.root.is_multitenant:
            raise OraError(65090, "operation only allowed in a container database")
        access.require(self.sight, "SET CONTAINER")
        for one in self.root.containers():
            if one.name == name:
                if not one.is_open:
                    raise OraError(1109, "database not open")
                self.sight = dataclasses.replace(self.sight, world=one.world)
                return
        raise OraError(65011, f"Pluggable database {name} does not exist.")

    def command(self, sql: str) -> None:
        commands.run(self.sight, sql, self.schema)

    def now(self) -> datetime:
        return self.sight.world.now()

    def user(self) -> str:
        return self.sight.me.user if self.sight.me else "SYS"

    def context(self, name: str) -> str | None:
        world, me = self.sight.world, self.sight.me
        values = {
            "SESSION_USER": self.user(),
            "CURRENT_USER": self.user(),
            "CURRENT_SCHEMA": self.schema,
            "DB_NAME": world.container if world.con_id > 1 else world.name,
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
            "ISDBA": "TRUE" if access.is_sys(self.sight) else "FALSE",
            "LANGUAGE": "SIMPLIFIED CHINESE_CHINA.AL32UTF8",
            "NLS_DATE_FORMAT": self.settings.date_format,
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


def _columns(table: Any) -> list[Column]:
    return [Column(one.name, one.kind, one.size) for one in table.columns]
