# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every transport gives the same observations of the same database, well and broken.

The thick mode is not among them: it needs Oracle's own client libraries, which no registry has.
It asks the same statements by the same code as the thin one; that it does was never run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import Wanted, collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import sqlplus as collector

from lab.oracle.breaks import ACTIONS
from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, running_server
from lab.oracle.wire.profiles import PROFILES
from lab.oracle.world.green import green_world
from lab.oracle.world.model import World
from lab.oracle.world.multitenant import RELEASES, at_release, multitenant_world
from tests.integration.oracle_transports import MANNERS, SITE, options, oracle_home
from tests.shells import SHELLS, Target

WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with running_server(green_world(lambda: WEDNESDAY)) as running:
        yield running


def by_driver(server: OracleServer) -> dict[str, Any]:
    login = Login(
        host="127.0.0.1",
        port=server.port,
        service=server.service_name,
        user=INSPECTOR,
        password=PASSWORD,
    )
    found = collect(login, Wanted(**SITE)).observations
    found.pop("statements")
    return found


def by_sqlplus(
    server: OracleServer, home: Path, shell: str = "dash", **changed: Any
) -> dict[str, Any]:
    """Observations without those that tell of the transport."""
    chosen = options(server, sqlplus_home=str(home), **changed)
    found = Target(shell).collect(collector, chosen, timeout_seconds=60).observations
    found.pop("statements")
    told = found.pop("oracle_session")
    assert told["rows"][0]["transport"] == "sqlplus"
    return found


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("shell", SHELLS)
def test_green(server: OracleServer, tmp_path: Path, shell: str, manner: str) -> None:
    assert by_sqlplus(server, oracle_home(tmp_path, manner), shell) == by_driver(server)
    assert (server.logins[INSPECTOR].success, server.logins[INSPECTOR].failure) == (2, 0)


@pytest.mark.parametrize(
    "break_id",
    [
        "oracle.user_tablespace_full",
        "oracle.datafile_offline",
        "oracle.undo_full",
        "oracle.rman_failed",
        "oracle.rman_never",
        "oracle.missing_grant",
        "oracle.account_locked",
        "oracle.account_expired",
        "oracle.wrong_password",
        "oracle.instance_starting",
        "oracle.service_unknown",
        "oracle.listener_down",
    ],
)
def test_broken(server: OracleServer, tmp_path: Path, break_id: str) -> None:
    asyncio.run(ACTIONS[break_id].apply(server))
    assert by_sqlplus(server, oracle_home(tmp_path)) == by_driver(server)
    assert sum(count.success + count.failure for count in server.logins.values()) <= 2


@pytest.mark.parametrize("root", [False, True])
@pytest.mark.parametrize("release", RELEASES)
def test_every_release_in_and_out_of_the_root(tmp_path: Path, release: str, root: bool) -> None:
    """The variants that SQL*Plus makes comments of are those that the driver does not ask.

    The stand-in has no wire of 11.2; what it says of its release is what decides.
    """
    if root and release == "11.2":
        return  # has no containers
    make = multitenant_world if root else released_world
    with running_server(make(lambda: WEDNESDAY, release)) as server:
        numbers = tuple(int(number) for number in RELEASES[release][0].split("."))
        server.profile = replace(PROFILES["12.1"], version=numbers)
        found = by_sqlplus(server, oracle_home(tmp_path, "11.2" if release == "11.2" else "19"))
        assert found == by_driver(server)
    assert any("rows" in observation for observation in found.values())


def released_world(clock: Callable[[], datetime], release: str) -> World:
    """The green world at a release, without containers."""
    return at_release(green_world(clock), release)
