# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every tablespace situation of the truth table: through the judge, and through the driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import collect, observe
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login

from lab.oracle.listener import Listener
from lab.oracle.seam import Engine, SessionFacts
from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, RunningServer, inspector
from lab.oracle.sql.engine import SqlEngine
from lab.oracle.world.dictionary import SessionDictionary
from lab.oracle.world.green import green_world
from lab.oracle.world.multitenant import multitenant_world
from lab.oracle.world.views import Sight
from tests.integration.oracle_situations import (
    CHECKS,
    SITUATIONS,
    Case,
    judged,
    view_rows,
    wanted,
)

PART_OF = {
    "TABLESPACES": "tablespaces",
    "DATA_FILES": "data_files",
    "TEMP_FILES": "temp_files",
    "TEMP_FREE_SPACE": "temp_free",
}
IDS = [case["case"] for case in SITUATIONS]


def expected(case: Case) -> dict[str, Any]:
    return {label: list(values) for label, values in case["expect"].items()}


def answers(case: Case) -> dict[str, Any]:
    """What the queries return for the rows of the views: columns by name, sums made."""
    views = view_rows(case)
    found: dict[str, Any] = {
        part: [{key.lower(): value for key, value in row.items()} for row in views[view]]
        for view, part in PART_OF.items()
    }
    found["free_space"] = _summed(views["FREE_SPACE"], "free_bytes")
    found["undo_extents"] = _summed(views["UNDO_EXTENTS"], "bytes", "STATUS")
    found["disk_groups"] = [
        {key.lower(): value for key, value in row.items()} for row in views["DISKGROUPS"]
    ]
    found["containers"] = [
        {"con_id": number, "name": name, "open_mode": "READ WRITE"}
        for number, name in case.get("containers", {}).items()
    ]
    found["database"] = [{"database_role": case.get("role", "PRIMARY")}]
    part_of = {"DBA_FREE_SPACE": "free_space", "DBA_TEMP_FREE_SPACE": "temp_free"}
    for view in case.get("forbidden", ()):
        part = part_of.get(view, view.removeprefix("DBA_").lower())
        found[part] = Problem("missing_grant", f"SELECT ON SYS.{view} (ORA-00942)")
    return found


def _summed(rows: list[dict[str, Any]], field: str, *more: str) -> list[dict[str, Any]]:
    sums: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = (row["CON_ID"], row["TABLESPACE_NAME"], *(row[name] for name in more))
        sums[key] = sums.get(key, 0) + row["BYTES"]
    names = ("con_id", "tablespace_name", *(name.lower() for name in more))
    return [{**dict(zip(names, key, strict=True)), field: size} for key, size in sums.items()]


def test_the_table_is_large_and_says_where_its_answers_come_from() -> None:
    assert len(SITUATIONS) >= 60
    assert len(set(IDS)) == len(IDS)
    assert all(case["source"] and case["expect"] for case in SITUATIONS)
    named = {label.partition(" ")[0] for case in SITUATIONS for label in case["expect"]}
    assert named == set(CHECKS)


@pytest.mark.parametrize("case", SITUATIONS, ids=IDS)
def test_through_the_judge(case: Case) -> None:
    assert judged(case, observe(answers(case), wanted(case))) == expected(case)


class Shown(SessionDictionary):
    """A dictionary whose storage views show the rows of a situation."""

    tables: Mapping[str, list[dict[str, Any]]] = {}
    role = "PRIMARY"

    def rows(self, view: str) -> Any:
        names = [column.name for column in self.view(view) or ()]
        if view in self.tables:
            return [[row.get(name) for name in names] for row in self.tables[view]]
        rows = super().rows(view)
        if view == "V$DATABASE":
            own = {"DATABASE_ROLE": self.role}
            return [[own.get(n, v) for n, v in zip(names, row, strict=True)] for row in rows]
        return rows


class ShowingServer(OracleServer):
    """The green world, with the storage of a situation."""

    def show(self, case: Case) -> None:
        views = view_rows(case)
        prefix = "CDB_" if "containers" in case else "DBA_"
        tables = {
            f"{prefix}{name}": rows
            for name, rows in views.items()
            if name not in ("DISKGROUPS", "METRICS")
        }
        tables["V$ASM_DISKGROUP_STAT"] = views["DISKGROUPS"]
        tables["DBA_TABLESPACE_USAGE_METRICS"] = views["METRICS"]
        tables["V$CONTAINERS"] = [
            {"CON_ID": number, "NAME": name, "OPEN_MODE": "READ WRITE"}
            for number, name in case.get("containers", {}).items()
        ]
        self.world = multitenant_world() if "containers" in case else green_world()
        user = self.users[INSPECTOR]
        user.grants = inspector().grants - set(case.get("forbidden", ()))
        Shown.tables, Shown.role = tables, case.get("role", "PRIMARY")

    def _engine(self, _: Listener, facts: SessionFacts) -> Engine:
        sight = Sight(self.world, self.users, self.sessions, facts)
        return SqlEngine(Shown(sight, self.service_name))


@pytest.fixture(scope="module")
def server() -> Iterator[ShowingServer]:
    with RunningServer(ShowingServer(green_world(), [inspector()])) as running:
        assert isinstance(running, ShowingServer)
        yield running


@pytest.mark.parametrize("case", SITUATIONS, ids=IDS)
def test_through_the_driver(case: Case, server: ShowingServer) -> None:
    server.show(case)
    login = Login(
        host="127.0.0.1",
        port=server.port,
        service=server.service_name,
        user=INSPECTOR,
        password=PASSWORD,
    )
    found = collect(login, wanted(case))
    assert judged(case, found.observations) == expected(case)
    assert server.protocol_errors == []
