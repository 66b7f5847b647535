# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger on a real PostgreSQL server, started for the test on a socket of its own."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.life import SILENT_HOURS
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger

from tests.integration.estate import Lab, inspect
from tests.requirement import need, postgresql_bin
from tests.unit.ledger import test_store as store


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of a new PostgreSQL server that listens on a Unix socket only."""
    programs = postgresql_bin()
    user, prefix = _account()
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        os.chown(folder, user.pw_uid, user.pw_gid)
        data = folder / "data"

        def call(*words: str) -> None:
            subprocess.run(
                [*prefix, *words],
                check=True,
                capture_output=True,
                cwd=folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            )

        call(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "ebill", "-E", "UTF8")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
        call(*control, "-o", options, "start")
        try:
            yield f"postgresql+psycopg://ebill@/postgres?host={folder}"
        finally:
            call(*control, "-m", "immediate", "stop")


def _account() -> tuple[pwd.struct_passwd, list[str]]:
    """PostgreSQL refuses to run as root: take the account that its package made."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()), []
    accounts = [entry for entry in pwd.getpwall() if entry.pw_name == "postgres"]
    need(accounts, "the account postgres (Debian: postgresql)")
    user = accounts[0]
    words = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return user, words


def test_the_main_job_writes_to_postgresql(lab: Lab, server: str, tmp_path: Path) -> None:
    words = ("--tags", "host,log", "-e", "report_formats=json")
    for _ in range(2):
        run = inspect(lab, tmp_path, *words, EBILL_LEDGER_URL=server)
        assert run.status == 0, run.output
    assert not (tmp_path / "ledger.db").exists()
    ledger = Ledger(server)
    first, second = ledger.runs()
    assert {first["state"], second["state"]} == {"complete"}
    assert len(ledger.results(second["id"])) > 30
    assert ledger.missing(second["id"]) == []
    assert ("app01", "log") in ledger.bookmarks()
    ledger.close()


def test_pods_that_died_are_settled_once_and_one_that_slept_goes_on(server: str) -> None:
    elsewhere = {"host": "automation-job-17-x8k2p", "pid": 1, "started": "7", "space": ""}
    first, second = Ledger(server), Ledger(server)
    for run in ("dead", "slept"):
        first.open_run(store._run(run, process=elsewhere), store.OWED)
    late = store.NOW + timedelta(hours=SILENT_HOURS, seconds=1)
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda ledger: ledger.expire_dead(late), (first, second)))
    assert sorted(run for runs in ended for run in runs) == ["dead", "slept"]
    assert first.counts("dead")["not_run"] == 4
    first.record("slept", [store._result("app01", store.CHECKS[0])], seen=late)
    assert first.run("slept")["state"] == "running"
    assert first.counts("slept")["not_run"] == 3
    assert second.expire_dead(late) == []
    for ledger in (first, second):
        ledger.close()
