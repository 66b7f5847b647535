# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Oracle modules as Ansible runs them from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, running_server

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with running_server() as running:
        yield running


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    config = tmp_path / "ansible.cfg"
    config.write_text(f"[defaults]\ncollections_path = {ROOT / 'collections'}\n", encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }
    return subprocess.run(
        [str(BIN / words[0]), "-i", "localhost,", "-c", "local", *words[1:]],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def adhoc(tmp_path: Path, module: str, arguments: dict[str, Any], *more: str) -> Any:
    done = run(tmp_path, "ansible", "localhost", "-m", module, "-a", json.dumps(arguments), *more)
    assert PASSWORD not in done.stdout + done.stderr
    head, _, body = done.stdout.partition("=>")
    return done.returncode, head, json.loads(body) if body else done.stderr


def arguments(server: OracleServer, **changed: Any) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": server.port,
        "service": server.service_name,
        "user": INSPECTOR,
        "password": PASSWORD,
        **changed,
    }


def test_oracle_info(server: OracleServer, tmp_path: Path) -> None:
    code, head, found = adhoc(tmp_path, "ebill.ops.oracle_info", arguments(server))
    assert (code, found["changed"]) == (0, False)
    assert "SUCCESS" in head
    assert found["observations"]["database"]["rows"][0]["open_state"] == "open"
    assert server.logins[INSPECTOR].success == 1


def test_check_mode_is_the_same_and_verbose_is_silent(server: OracleServer, tmp_path: Path) -> None:
    name = "ebill.ops.oracle_info"
    given = arguments(server, gather=["tablespaces"])
    plain = adhoc(tmp_path, name, given)[2]["observations"]
    checked = adhoc(tmp_path, name, given, "--check", "--diff")[2]["observations"]
    # the seconds of each statement are nothing to compare
    assert plain.pop("statements").keys() == checked.pop("statements").keys()
    assert checked == plain
    loud = run(tmp_path, "ansible", "localhost", "-m", name, "-a", json.dumps(given), "-vvvv")
    assert loud.returncode == 0
    assert PASSWORD not in loud.stdout + loud.stderr


def test_oracle_tablespace_info(server: OracleServer, tmp_path: Path) -> None:
    given = arguments(server, user_tablespaces=["ebill_data"])
    code, _, found = adhoc(tmp_path, "ebill.ops.oracle_tablespace_info", given)
    assert code == 0
    assert set(found["observations"]) == {
        "tablespaces",
        "tablespace_states",
        "datafiles",
        "temp",
        "undo",
    }
    kinds = {r["tablespace"]: r["kind"] for r in found["observations"]["tablespaces"]["rows"]}
    assert (kinds["EBILL_DATA"], kinds["EBILL_IDX"]) == ("user", "other")


def test_a_database_that_is_silent_is_an_answer(server: OracleServer, tmp_path: Path) -> None:
    server.faults.silent = "connect"
    given = arguments(server, connect_timeout_seconds=1)
    code, head, found = adhoc(tmp_path, "ebill.ops.oracle_info", given)
    assert code == 0
    assert "SUCCESS" in head
    assert found["observations"]["tablespaces"]["error"]["reason"] == "listener_silent"


@pytest.mark.parametrize("changed", [{"service": None}, {"sid": "X"}, {"gather": ["nonsense"]}])
def test_wrong_arguments_fail_before_any_login(
    server: OracleServer, tmp_path: Path, changed: dict[str, Any]
) -> None:
    given = {k: v for k, v in arguments(server, **changed).items() if v is not None}
    code, head, _ = adhoc(tmp_path, "ebill.ops.oracle_info", given)
    assert code != 0
    assert "FAILED" in head
    assert server.logins == {}
