# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TEMP and UNDO: their own views, their own arithmetic. Sizes are MiB."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import oracledb
import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.temp_undo import (
    PARTS,
    observe_temp,
    observe_undo,
)

from lab.oracle.server import running_server
from lab.oracle.world.green import green_world
from lab.oracle.world.multitenant import at_release

M = 2**20
GRANT = Problem("missing_grant", "x")


def temp_file(size: Any, grows_to: int | None = None, status: str = "ONLINE") -> dict[str, Any]:
    return {
        "file_name": "/u01/temp01.dbf",
        "tablespace_name": "TEMP",
        "bytes": size * M if size is not None else None,
        "maxbytes": (grows_to or 0) * M,
        "autoextensible": "NO" if grows_to is None else "YES",
        "status": status,
    }


def temp(files: list[Any], size: Any, free: Any) -> dict[str, Any]:
    head = {"tablespace_name": "TEMP", "tablespace_size": size, "free_space": free}
    head = {k: v * M if isinstance(v, int) else v for k, v in head.items()}
    spaces = [{"tablespace_name": "TEMP", "contents": "TEMPORARY", "status": "ONLINE"}]
    return observe_temp({"tablespaces": spaces, "temp_files": files, "temp_free": [head]})


@pytest.mark.parametrize(
    ("files", "size", "free", "percents"),
    [
        # allocated but reusable extents are free: only what sessions hold counts
        ([temp_file(100)], 100, 90, (10, 10)),
        ([temp_file(100, 1000)], 100, 0, (10, 100)),
        ([temp_file(100, 200), temp_file(100)], 200, 50, (50, 75)),
        ([temp_file(100), temp_file(None, status="OFFLINE")], 100, 100, (0, 0)),
    ],
)
def test_temp(files: list[Any], size: int, free: int, percents: tuple[float, float]) -> None:
    (row,) = temp(files, size, free)["rows"]
    assert (row["used_percent"], row["used_allocated_percent"]) == percents


@pytest.mark.parametrize(
    ("files", "size", "free", "reason"),
    [
        ([temp_file(100)], 100, 101, "bad_answer"),
        ([temp_file(100)], 300, 10, "bad_answer"),
        ([temp_file(100)], None, None, "bad_answer"),
        ([temp_file(None, status="OFFLINE")], 0, 0, "offline"),
        # a temporary tablespace without any file is a row, not a gap
        ([], 100, 100, "bad_answer"),
    ],
)
def test_temp_that_cannot_be_told(files: list[Any], size: Any, free: Any, reason: str) -> None:
    (row,) = temp(files, size, free)["rows"]
    assert row["error"]["reason"] == reason


def test_no_temp_and_failed_temp() -> None:
    nothing: dict[str, Any] = {"tablespaces": [], "temp_files": [], "temp_free": []}
    assert observe_temp(nothing)["absent"]["reason"] == "not_configured"
    assert observe_temp({**nothing, "temp_free": GRANT})["error"] == GRANT.as_dict()


def undo(
    extents: dict[str, Any], size: int = 100, grows_to: int | None = None, status: str = "ONLINE"
) -> dict[str, Any]:
    name = {"tablespace_name": "UNDOTBS1"}
    return observe_undo(
        {
            "tablespaces": [name | {"contents": "UNDO", "status": status}],
            "data_files": [temp_file(size, grows_to) | name],
            "undo_extents": [name | {"status": s, "bytes": b * M} for s, b in extents.items()],
        }
    )


@pytest.mark.parametrize(
    ("extents", "grows_to", "used", "active"),
    [
        ({"ACTIVE": 5, "UNEXPIRED": 25, "EXPIRED": 60}, None, 30, 5),
        ({"ACTIVE": 5, "UNEXPIRED": 25, "EXPIRED": 60}, 200, 15, 2.5),
        ({"EXPIRED": 100}, None, 0, 0),
        ({}, None, 0, 0),
        ({"UNEXPIRED": 95}, None, 95, 0),
    ],
)
def test_undo(extents: dict[str, Any], grows_to: int | None, used: float, active: float) -> None:
    (row,) = undo(extents, grows_to=grows_to)["rows"]
    assert (row["used_percent"], row["active_percent"]) == (used, active)
    assert row["expired_bytes"] == extents.get("EXPIRED", 0) * M


def test_undo_that_cannot_be_told() -> None:
    too_much = undo({"ACTIVE": 60, "EXPIRED": 60})["rows"][0]["error"]
    assert too_much["reason"] == "bad_answer"
    assert "active=62914560" in too_much["detail"]
    assert undo({}, status="OFFLINE")["rows"][0]["error"]["reason"] == "offline"


def test_shared_undo_is_absent() -> None:
    found = observe_undo({"tablespaces": [], "data_files": [], "undo_extents": []})
    assert found["absent"]["reason"] == "not_configured"


@pytest.mark.parametrize(("release", "stored"), [("11.2", "OFFLINE  "), ("19", "OFFLINE")])
def test_offline_temp_file_of_each_release(release: str, stored: str) -> None:
    world = at_release(green_world(lambda: datetime(2026, 3, 31, 2, tzinfo=UTC)), release)
    world.tablespaces["TEMP"].files[0].online = False
    part = next(one for one in PARTS if one.name == "temp_files")
    with running_server(world) as server:
        password = server.users["EBILL_INSPECT"].password
        dsn = f"127.0.0.1:{server.port}/ebilldb"
        with oracledb.connect(user="ebill_inspect", password=password, dsn=dsn) as connection:
            cursor = connection.cursor()
            assert cursor.execute("SELECT status FROM dba_temp_files").fetchall() == [(stored,)]
            ((line,),) = cursor.execute(part.sql()).fetchall()
    assert part.row(line)["status"] == "OFFLINE"
