# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state directory and the control protocol, over real locks and a real socket."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.estate import Estate
from lab.part import LabError
from lab.state import State
from lab.supervisor import Supervisor
from tests.unit.lab.lamp import Lamp


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state")
    made.prepare()
    return made


def test_only_one_has_the_lock_and_its_end_frees_it(state: State) -> None:
    assert not state.is_running()
    lock = state.lock()
    assert lock is not None
    assert state.lock() is None
    assert state.is_running()
    lock.close()
    assert not state.is_running()


def test_the_state_is_replaced_whole_and_private(state: State) -> None:
    state.write({"pid": 1, "hostvars": {"a": {"title": "应用"}}})
    state.write({"pid": 2})
    assert state.read() == {"pid": 2}
    assert stat.S_IMODE(state.file.stat().st_mode) == 0o600
    assert [path.name for path in state.path.iterdir()] == ["state.json"]


def test_cleaning_keeps_the_log_and_takes_the_rest(state: State) -> None:
    state.write({"pid": 1})
    (state.path / "hosts" / "app01").mkdir(parents=True)
    state.log.write_text("why it died", encoding="utf-8")
    with socket.socket(socket.AF_UNIX) as left, state.control_address() as address:
        left.bind(address)
    state.clean()
    assert [path.name for path in state.path.iterdir()] == ["lab.log"]


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match="cannot make the state directory"):
        State(tmp_path / "file" / "state").prepare()


def test_asking_where_no_lab_is_says_so(state: State) -> None:
    with pytest.raises(LabError, match="no lab is running"):
        state.ask("status")


@pytest.fixture(params=["short", "deep/" + "long-directory-name/" * 8])
def running(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[State, Lamp]]:
    """A supervisor in a thread, also where the path is longer than a socket's name may be."""
    state = State(tmp_path / request.param)
    state.prepare()
    part = Lamp("a", "pqx")
    told: list[dict[str, Any]] = []
    ready = threading.Event()

    def tell(message: dict[str, Any]) -> None:
        told.append(message)
        if "ready" in message:
            ready.set()

    async def supervise() -> None:
        made = Supervisor(state, Estate([part], {"green": [], "bad": ["a.q", "a.x"]}))
        await made.run("green", functools.partial(tell))

    thread = threading.Thread(target=_without_signals, args=(supervise,))
    thread.start()
    assert ready.wait(30)
    assert told == [{"progress": "a: a"}, {"ready": True}]
    yield state, part
    if thread.is_alive():
        state.ask("down")
    thread.join(30)
    assert not thread.is_alive()
    assert not part.running


def _without_signals(supervise: Any) -> None:
    """Run on a loop that has no signal handlers: they belong to the main thread."""
    loop = asyncio.new_event_loop()
    loop.add_signal_handler = lambda *_: None  # type: ignore[method-assign,assignment]
    try:
        loop.run_until_complete(supervise())
    finally:
        loop.close()


def test_breaking_mending_and_scenarios_over_the_socket(running: tuple[State, Lamp]) -> None:
    state, part = running
    assert state.ask("status")["broken"] == []
    assert state.ask("break", ids=["a.p"])["broken"] == ["a.p"]
    assert state.read()["broken"] == ["a.p"]
    assert state.ask("scenario", name="bad")["broken"] == ["a.q"]
    assert state.read()["notices"] == ["a.x: no x on this machine"]
    assert state.ask("mend", ids=["a.q"])["broken"] == []
    state.ask("break", ids=["a.p", "a.q"])
    assert state.ask("mend", all=True)["broken"] == []
    assert part.broken == set()
    assert state.read()["pid"] == os.getpid()


def test_what_was_done_before_an_error_is_recorded(running: tuple[State, Lamp]) -> None:
    state, _ = running
    with pytest.raises(LabError, match="no break 'nope'"):
        state.ask("break", ids=["a.p", "nope"])
    assert state.read()["broken"] == ["a.p"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"not json\n", "Expecting value"),
        (b"[]\n", "list indices"),
        (b"{}\n", "command"),
        (b'{"command": "explode"}\n', "no command 'explode'"),
        (b'{"command": "break"}\n', "ids"),
        (b"\n", "Expecting value"),
    ],
)
def test_a_bad_request_gets_an_answer_and_the_lab_lives_on(
    running: tuple[State, Lamp], line: bytes, why: str
) -> None:
    state, _ = running
    with state.control_address() as address, socket.socket(socket.AF_UNIX) as sock:
        sock.connect(address)
        sock.sendall(line)
        assert why in json.loads(sock.makefile("rb").readline())["error"]
    assert state.ask("status")["scenario"] == "green"
