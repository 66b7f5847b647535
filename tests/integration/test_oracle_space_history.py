# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The database's own daily history, through the driver and through SQL*Plus's stand-in."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.archive import (
    Expected,
    read_archive,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import (
    Collected,
    Wanted,
    all_parts,
    collect,
    from_answers,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.offline_script import scripts
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.sqlplus_login import Address

from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, running_server
from lab.oracle.wire.profiles import PROFILES
from lab.oracle.world.green import green_world
from lab.oracle.world.multitenant import PDB, multitenant_world
from lab.oracle.world.space_history import DAYS
from tests.integration.oracle_transports import oracle_home
from tests.integration.oracle_verdicts import verdicts

VIEW = "DBA_HIST_TBSPC_SPACE_USAGE"
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
LICENSED = Wanted(licensed_diagnostics=True)


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with running_server(green_world(lambda: NOW)) as running:
        yield running


def seen(server: OracleServer, wanted: Wanted, service: str | None = None) -> Collected:
    name = service or server.service_name
    return collect(Login("127.0.0.1", INSPECTOR, PASSWORD, port=server.port, service=name), wanted)


def daily(found: Collected) -> dict[str, list[str]]:
    """The points by tablespace; none for a tablespace without."""
    texts = {
        row["tablespace"]: row["daily_used"]
        for row in found.observations["tablespaces"]["rows"]
        if "daily_used" in row
    }
    return {name: text.split(";") if text else [] for name, text in texts.items()}


def views(found: Collected) -> set[str]:
    return {view for query in found.queries for view in query["views"]}


def test_licensed(server: OracleServer) -> None:
    found = seen(server, LICENSED)
    assert len(found.queries) <= 12
    assert VIEW in views(found)
    points = daily(found)["EBILL_DATA"]
    assert len(points) == DAYS  # yesterday's is the last: of today there is our own figure
    today = server.world.local().date()
    day, _sign, used = points[-1].partition("=")
    assert day == (today - timedelta(days=1)).isoformat()
    space = server.world.tablespaces["EBILL_DATA"]
    assert 0.99 * space.used_bytes < int(used.removesuffix("B")) < space.used_bytes
    assert points == sorted(points)
    assert set().union(*verdicts(found).values()) == {"pass", "skipped"}


def test_unlicensed(server: OracleServer) -> None:
    found = seen(server, Wanted())
    assert not [view for view in views(found) if "_HIST_" in view]
    assert "V$TABLESPACE" not in views(found)
    assert set(map(len, daily(found).values())) == {0}


def test_a_missing_grant_costs_the_history_only(server: OracleServer) -> None:
    server.users[INSPECTOR].grants.discard(VIEW)
    found = seen(server, LICENSED)
    assert set(map(len, daily(found).values())) == {0}
    (row,) = found.observations["grants"]["rows"]
    assert VIEW in row["grant"]
    told = verdicts(found)
    assert told.pop("oracle.grants_complete") == {"warn"}
    assert set().union(*told.values()) == {"pass", "skipped"}


@pytest.mark.parametrize("profile", PROFILES)
def test_old_and_new_servers(profile: str) -> None:
    with running_server(profile=profile) as server:
        assert set(map(len, daily(seen(server, LICENSED)).values())) == {DAYS}


def test_in_a_pluggable_database_and_not_in_the_root() -> None:
    with running_server(multitenant_world()) as server:
        root = seen(server, LICENSED)
        assert VIEW not in views(root)
        assert set(map(len, daily(root).values())) == {0}
        inside = seen(server, LICENSED, PDB)
        assert set(map(len, daily(inside).values())) == {DAYS}


def test_brought_back_by_an_engineer(server: OracleServer, tmp_path: Path) -> None:
    parts = all_parts(LICENSED)
    address = Address("127.0.0.1", server.port, service=server.service_name)
    for name, text in scripts("ebilldb", INSPECTOR, address, parts).items():
        (tmp_path / name).write_bytes(text.encode("utf-8"))
    (script,) = tmp_path.glob("*.sh")
    home = oracle_home(tmp_path / "home", "19", "")
    subprocess.run(
        ["dash", script.name],
        cwd=tmp_path,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "ORACLE_HOME": str(home)},
        timeout=120,
    )
    (archive,) = tmp_path.glob("ebill-oracle-ebilldb-*.txt")
    expected = Expected("ebilldb", NOW + timedelta(days=1), service="EBILLDB")
    reading = read_archive(archive.read_bytes(), parts, expected, archive.name)
    brought = from_answers(reading.answers, LICENSED, reading.asked)
    assert daily(brought) == daily(seen(server, LICENSED))
