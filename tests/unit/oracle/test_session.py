# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting ends in time, against real sockets. What an answering server does is in
tests/integration/test_oracle_collect.py.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import session
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.backups import TYPES
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import (
    all_parts,
    collect,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login, Session
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

PARTS = all_parts(Wanted())
NAMES = {part.name for part in PARTS}


def login(port: int, **changed: Any) -> Login:
    values = {"host": "127.0.0.1", "service": "EBILL", "user": "U", "password": "Canary-1"}
    return Login(**{**values, "port": port, "connect_timeout_seconds": 0.5, **changed})


@contextmanager
def listening(backlog: int = 8) -> Iterator[int]:
    """A listener that accepts TCP (the kernel does) and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(backlog)
        yield server.getsockname()[1]


def test_a_silent_listener_does_not_hang() -> None:
    with listening() as port:
        answers, asked = Session(login(port), PARTS).run()
    wanted = Problem("listener_silent", f"127.0.0.1:{port}/EBILL (0.5 s)", fatal=True)
    assert answers == dict.fromkeys(NAMES, wanted)
    assert asked == []


def test_a_thread_that_is_given_up_does_not_hold_the_process() -> None:
    with listening() as port:
        Session(login(port), []).run()
        left = [t for t in threading.enumerate() if t.name == "oracle-session"]
        assert left
        assert all(thread.daemon for thread in left)


def test_a_refused_connection() -> None:
    with listening() as port:
        pass
    answers, _ = Session(login(port), PARTS).run()
    assert {a.reason for a in answers.values() if isinstance(a, Problem)} == {"connection_refused"}


def test_a_name_that_does_not_resolve() -> None:
    answers, _ = Session(login(1, host="nowhere.invalid"), PARTS).run()
    assert {a.reason for a in answers.values() if isinstance(a, Problem)} == {"name_unresolved"}


def test_a_name_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(session.socket, "getaddrinfo", lambda *_a, **_k: never.wait(5))
    answers, _ = Session(login(1, host="slow.example"), PARTS).run()
    never.set()
    assert answers["instance"] == Problem("name_unresolved", "slow.example (0.5 s)", fatal=True)


def test_no_driver_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "oracledb", None)
    found = collect(login(1), Wanted(rman_expected=TYPES))
    failed = {o["error"]["reason"] for o in found.observations.values() if "error" in o}
    assert failed == {"driver_missing"}
    seen = {name for name, observation in found.observations.items() if "rows" in observation}
    assert seen == {"statements"}


def test_no_oracle_client_is_an_answer_too() -> None:
    script = (
        "from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import *\n"
        "login = Login('127.0.0.1', 'U', 'P', service='S', mode='thick', client_dir='/nowhere')\n"
        "print(collect(login, Wanted()).observations['instance'])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(root / "collections")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'reason': 'client_missing'" in done.stdout
    assert "DPI-1047" in done.stdout


def test_every_observation_is_there_whatever_happens() -> None:
    names = {name for subject in SUBJECTS.values() for name in subject.MAKES} | {
        "grants",
        "statements",
    }
    with listening() as port:
        pass
    for gather in ((), ("tablespaces",), tuple(SUBJECTS)):
        found = collect(login(port), Wanted(gather=gather)).observations
        assert set(found) == names
        assert all(len(observation) == 1 for observation in found.values())
        rest = {o for n in SUBJECTS if gather and n not in gather for o in SUBJECTS[n].MAKES}
        assert all("absent" in found[name] for name in rest)
        failed = [o["error"]["reason"] for o in found.values() if "error" in o]
        assert set(failed) == {"connection_refused"}
        assert "error" in found["tablespaces"]


def test_the_password_is_in_no_repr() -> None:
    assert "Canary-1" not in repr(login(1))
