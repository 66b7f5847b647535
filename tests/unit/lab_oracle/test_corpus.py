# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The corpus of inspection queries: driver, wire, engine and views against hand-made answers.

Each query of corpus/*.yml says where its answer comes from. None was taken from what the stand-in
had answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import oracledb
import pytest
import yaml

from lab.oracle.server import running_server
from lab.oracle.world.green import green_world
from lab.oracle.world.model import World
from lab.oracle.world.multitenant import at_release, multitenant_world

FOLDER = Path(__file__).with_name("corpus")
NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)
LEAST = 120
Open = Callable[[str], oracledb.Connection]


def clock() -> datetime:
    return NOW


def world(name: str) -> World:
    """`green`, `multitenant`, or the green world at a release."""
    if name == "multitenant":
        return multitenant_world(clock)
    green = green_world(clock)
    return green if name == "green" else at_release(green, name)


def queries() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, query in enumerate(document["queries"], 1):
            name = f"{path.stem}-{number}"
            found.append(pytest.param(query.get("world", document.get("world")), query, id=name))
    return found


def expected(value: Any) -> Any:
    """A value of the file as the driver gives it: dates, and intervals as {days, hours, ...}."""
    if isinstance(value, dict):
        return timedelta(**value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value


@pytest.fixture(scope="module")
def connect() -> Iterator[Open]:
    """A connection to the world of this name; each world runs once."""
    with ExitStack() as stack:
        opened: dict[str, oracledb.Connection] = {}

        def to(name: str) -> oracledb.Connection:
            if name not in opened:
                server = stack.enter_context(running_server(world(name)))
                opened[name] = oracledb.connect(
                    user="ebill_inspect",
                    password=server.users["EBILL_INSPECT"].password,
                    dsn=f"127.0.0.1:{server.port}/ebilldb",
                )
            return opened[name]

        yield to
        for one in opened.values():
            one.close()


@pytest.mark.parametrize(("name", "query"), queries())
def test_query(connect: Open, name: str, query: dict[str, Any]) -> None:
    cursor = connect(name).cursor()
    binds = query.get("binds", {})
    if "error" in query:
        with pytest.raises(oracledb.DatabaseError) as caught:
            cursor.execute(query["sql"], binds).fetchall()
        assert caught.value.args[0].code == query["error"]
        return
    rows = [tuple(expected(value) for value in row) for row in query["rows"]]
    assert cursor.execute(query["sql"], binds).fetchall() == rows


def test_corpus_is_large_enough() -> None:
    found = queries()
    assert len(found) >= LEAST
    assert all(one.values[1]["from"] for one in found)
    assert len({one.values[1]["sql"] for one in found}) >= LEAST
