# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One stand-in for a test module, its clock standing still, and a logged-on driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import oracledb
import pytest

from lab.oracle.server import OracleServer, running_server
from lab.oracle.world.green import green_world

NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)
"""A Tuesday, 10:00 at the database host."""

Connect = Callable[..., oracledb.Connection]


@pytest.fixture(autouse=True)
def lobs_by_locator(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver's own default: sessions of ours that ran before in this process changed it."""
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", True)


@pytest.fixture(scope="module")
def module_server() -> Iterator[OracleServer]:
    with running_server(green_world(lambda: NOW)) as running:
        yield running
        assert running.protocol_errors == []


@pytest.fixture
def server(module_server: OracleServer) -> Iterator[OracleServer]:
    """The module's server without faults; its protocol must have been kept to."""
    module_server.faults.clear()
    yield module_server
    module_server.faults.clear()


@pytest.fixture
def connect(server: OracleServer) -> Iterator[Connect]:
    """Log on as the inspector; keywords go to the driver."""
    opened: list[oracledb.Connection] = []

    def open_one(**options: object) -> oracledb.Connection:
        settings = {
            "user": "ebill_inspect",
            "password": server.users["EBILL_INSPECT"].password,
            "dsn": f"127.0.0.1:{server.port}/ebilldb",
            **options,
        }
        opened.append(oracledb.connect(**settings))
        return opened[-1]

    yield open_one
    for one in opened:
        if one.is_healthy():
            one.close()


@pytest.fixture
def cursor(connect: Connect) -> oracledb.Cursor:
    return connect().cursor()
