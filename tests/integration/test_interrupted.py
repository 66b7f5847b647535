# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is told to stop, or that dies: everything owed is there, and the next run works."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger

from tests.integration.estate import Lab, inspect, start


def _wait_for_first_results(process: subprocess.Popen[str], folder: Path) -> Ledger:
    """Wait until some results are written while others are still owed."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        if (folder / "ledger.db").is_file():
            ledger = Ledger(default_url(folder))
            if ledger.runs() and ledger.results(ledger.runs()[-1]["id"]):
                return ledger
        time.sleep(0.2)
    raise AssertionError("no result within a minute")


@pytest.mark.parametrize(
    ("number", "state", "reason"),
    [
        (signal.SIGTERM, "cancelled", "cancelled"),
        (signal.SIGINT, "cancelled", "cancelled"),
        (signal.SIGKILL, "expired", "interrupted"),
    ],
)
def test_what_a_stopped_run_owes_is_there_with_its_reason(
    lab: Lab, tmp_path: Path, number: signal.Signals, state: str, reason: str
) -> None:
    # The database answers each statement 30 s late, so the run is in the middle for long.
    lab.command("break", "oracle.slow")
    process = start(lab, tmp_path)
    ledger = _wait_for_first_results(process, tmp_path)
    os.kill(process.pid, number)
    process.communicate(timeout=60)
    assert process.returncode != 0
    lab.command("mend", "--all")

    run = inspect(lab, tmp_path, "--tags", "host", "-e", "report_formats=json")
    assert run.status == 0, run.output
    stopped, following = ledger.runs()
    assert stopped["state"] == state
    assert (f"此前的巡检 {stopped['id']} 异常中断" in run.output) == (state == "expired")
    assert ledger.missing(stopped["id"]) == []
    results = ledger.results(stopped["id"])
    reasons = {result["reason"] for result in results if result["status"] == "not_run"}
    assert reasons == {reason}
    assert {result["area"] for result in results if result["status"] == "not_run"} >= {"oracle"}
    assert any(result["status"] == "pass" for result in results)
    assert following["state"] == "complete"


def test_two_runs_at_the_same_time_keep_apart(lab: Lab, tmp_path: Path) -> None:
    words = ("--tags", "host,interface", "-e", "report_formats=json")
    processes = [start(lab, tmp_path, *words) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    ledger = Ledger(default_url(tmp_path))
    first, second = ledger.runs()
    assert len(ledger.results(first["id"])) == len(ledger.results(second["id"]))
    assert {first["state"], second["state"]} == {"complete"}
    frozen = sorted(path.name for path in (tmp_path / "reports").glob("*/v*"))
    assert frozen == ["v1", "v2"]


def test_a_damaged_ledger_stops_the_run_with_what_to_do(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"no ledger" * 1000)
    run_status = start(lab, tmp_path)
    said, _ = run_status.communicate(timeout=60)
    assert run_status.returncode != 0
    assert "this file is not a ledger" in said
    assert (tmp_path / "ledger.db").read_bytes() == b"no ledger" * 1000


@pytest.mark.parametrize(
    ("fault", "reason", "attempts"),
    [
        ("oracle.wrong_password", "login_refused", 1),
        ("oracle.account_locked", "account_locked", 1),
        ("oracle.listener_silent", "listener_silent", 0),
        ("oracle.listener_down", "connection_refused", 0),
    ],
)
def test_a_database_that_lets_nobody_in(
    lab: Lab, tmp_path: Path, fault: str, reason: str, attempts: int
) -> None:
    lab.command("break", fault)
    before = lab.logins()
    run = inspect(lab, tmp_path, "--tags", "oracle,host", "-e", "report_formats=html")
    assert lab.logins() - before == attempts
    results = [result for result in run.results if result["target"] == "ebilldb"]
    assert {result["reason"] for result in results if result["status"] == "error"} == {reason}
    assert {result["status"] for result in results} <= {"error", "fail"}
    assert run.ledger.missing(run.id) == []
    lab.command("mend", "--all")
    assert inspect(lab, tmp_path, "--tags", "oracle", "-e", "report_formats=json").status == 0
