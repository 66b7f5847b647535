# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger on real files: what was written stays, what fails says why."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import load, resolve_settings
from ansible_collections.ebill.ops.plugins.plugin_utils.definitions import definitions
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger import connection
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import (
    LedgerError,
    default_url,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.life import (
    SILENT_HOURS,
    this_process,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger, utc
from ansible_collections.ebill.ops.plugins.plugin_utils.plan import (
    compile_plan,
    unanswered,
)

from tests.requirement import need, need_command

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CATALOGUE = load()
CHECKS = list(CATALOGUE.checks)[:2]
OWED = {"app01": {"host": CHECKS}, "db01": {"host": CHECKS}}


def _plan() -> dict[str, Any]:
    return compile_plan(CATALOGUE, OWED, resolve_settings(CATALOGUE, {}), {})


def _run(run: str = "r1", **changes: Any) -> dict[str, Any]:
    plan = _plan()
    return {
        "id": run,
        "quarter": "2026Q4",
        "opened": utc(NOW),
        "closed": None,
        "state": "running",
        "process": this_process(),
        "engineer": "engineer",
        "site": {"hospital": "示范医院"},
        "selection": {"all": True},
        "targets": [],
        "definitions": definitions(CATALOGUE, plan["checks"], resolve_settings(CATALOGUE, {})),
        "versions": {"tool": "1", "catalogue": CATALOGUE.version, "ansible": "2.19"},
        **changes,
    }


def _result(target: str, check: str, status: str = "pass") -> Any:
    plan = _plan()
    compiled = plan["checks"][check]
    return unanswered(compiled, plan["reasons"], target, status, "timeout", "5 s")  # type: ignore[arg-type]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(default_url(tmp_path))


def test_what_a_run_owes_is_missing_until_it_is_recorded(ledger: Ledger) -> None:
    ledger.open_run(_run(), OWED)
    assert len(ledger.missing("r1")) == 4
    evidence = {"target": "app01", "area": "host", "collected": utc(NOW), "text": "{观测}"}
    ledger.record("r1", [_result("app01", check) for check in CHECKS], evidence)
    assert ledger.missing("r1") == [("db01", check) for check in sorted(CHECKS)]
    assert [text.decode() for _digest, text in ledger.evidence_texts("r1")] == ["{观测}"]


def test_settling_gives_what_is_missing_a_reason_once(ledger: Ledger) -> None:
    ledger.open_run(_run(), OWED)
    ledger.record("r1", [_result("app01", CHECKS[0])])
    assert ledger.settle("r1", "cancelled", NOW, "cancelled", "SIGTERM") == 3
    assert ledger.settle("r1", "complete", NOW, "not_run", "again") == 0
    assert ledger.run("r1")["state"] == "cancelled"
    not_run = [r for r in ledger.results("r1") if r["status"] == "not_run"]
    assert {r["reason"] for r in not_run} == {"cancelled"}
    assert "SIGTERM" in not_run[0]["message"]["zh"]
    assert ledger.missing("r1") == []


def test_a_dead_run_expires_and_a_living_one_does_not(ledger: Ledger) -> None:
    child = subprocess.Popen(["sleep", "30"])
    ledger.open_run(_run("dead", process=this_process(child.pid)), OWED)
    ledger.open_run(_run("alive"), OWED)
    child.kill()
    child.wait()
    assert ledger.expire_dead(NOW) == ["dead"]
    assert ledger.run("dead")["state"] == "expired"
    assert {r["reason"] for r in ledger.results("dead")} == {"interrupted"}
    assert len(ledger.missing("alive")) == 4


def _elsewhere(**changes: Any) -> dict[str, Any]:
    """A process of another machine: a pod of a job that is over."""
    return {**this_process(), "host": "automation-job-17-x8k2p", **changes}


@pytest.mark.parametrize("key", ["host", "space"])
def test_a_silent_run_of_another_machine_ends(ledger: Ledger, key: str) -> None:
    process = _elsewhere() if key == "host" else {**this_process(), "space": "pid:[1]"}
    ledger.open_run(_run(process=process), OWED)
    spoke = NOW + timedelta(hours=1)
    ledger.record("r1", [_result("app01", CHECKS[0])], seen=spoke)
    limit = spoke + timedelta(hours=SILENT_HOURS)
    assert ledger.expire_dead(limit) == []
    assert ledger.run("r1")["state"] == "running"
    assert ledger.expire_dead(limit + timedelta(seconds=1)) == ["r1"]
    assert ledger.run("r1")["state"] == "expired"
    late = [r for r in ledger.results("r1") if r["status"] == "not_run"]
    assert (len(late), {r["reason"] for r in late}) == (3, {"interrupted"})
    assert f"{process['host']}, {utc(spoke)}" in late[0]["message"]["zh"]
    assert ledger.expire_dead(limit + timedelta(days=1)) == []


def test_a_run_of_before_the_signs_of_life_counts_from_its_opening(ledger: Ledger) -> None:
    ledger.open_run(_run(process=_elsewhere(), seen=None), OWED)
    assert ledger.expire_dead(NOW + timedelta(hours=SILENT_HOURS)) == []
    assert ledger.expire_dead(NOW + timedelta(hours=SILENT_HOURS, seconds=1)) == ["r1"]


def test_a_run_that_only_slept_goes_on(ledger: Ledger) -> None:
    """A laptop was closed over night, and another machine gave its run up."""
    ledger.open_run(_run(process=_elsewhere()), OWED)
    ledger.record("r1", [_result("app01", CHECKS[0])], seen=NOW)
    morning = NOW + timedelta(hours=12)
    assert ledger.expire_dead(morning) == ["r1"]
    ledger.record("r1", [_result("db01", CHECKS[0])], seen=morning)
    assert ledger.run("r1")["state"] == "running"
    assert ledger.run("r1")["closed"] is None
    assert ledger.counts("r1") == {**dict.fromkeys(STATUSES, 0), "pass": 2, "not_run": 2}
    assert ledger.settle("r1", "complete", morning, "not_run", "") == 0
    assert ledger.run("r1")["state"] == "complete"
    assert ledger.counts("r1")["not_run"] == 2


def test_two_machines_settle_a_dead_run_once(tmp_path: Path) -> None:
    first, second = Ledger(default_url(tmp_path)), Ledger(default_url(tmp_path))
    first.open_run(_run(process=_elsewhere()), OWED)
    late = NOW + timedelta(days=2)
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda ledger: ledger.expire_dead(late), (first, second)))
    assert sorted(ended) == [[], ["r1"]]
    assert first.counts("r1")["not_run"] == 4


def test_a_ledger_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    ledger = Ledger(default_url(tmp_path))
    ledger.open_run(_run(process=_elsewhere()), OWED)
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as other:
        other.execute("ALTER TABLE run DROP COLUMN seen")
        other.execute("UPDATE alembic_version SET version_num = '0001'")
    again = Ledger(default_url(tmp_path))
    assert again.run("r1")["seen"] is None
    assert again.expire_dead(NOW + timedelta(days=1)) == ["r1"]


def test_bookmarks_are_replaced(ledger: Ledger) -> None:
    ledger.open_run(_run(), OWED)
    for offset in (1, 2):
        ledger.record("r1", [], None, {"target": "app01", "area": "log", "body": {"at": offset}})
    assert ledger.bookmarks() == {("app01", "log"): {"at": 2}}


def test_two_ledgers_write_at_the_same_time(tmp_path: Path) -> None:
    first, second = Ledger(default_url(tmp_path)), Ledger(default_url(tmp_path))
    first.open_run(_run("a"), OWED)
    second.open_run(_run("b"), OWED)
    for check in CHECKS:
        first.record("a", [_result("app01", check)])
        second.record("b", [_result("app01", check)])
    assert len(first.results("b")) == len(second.results("a")) == 2


def test_two_first_opens_at_once_make_one_schema(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'collections');"
        "from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger;"
        "print(len(Ledger(sys.argv[1]).runs()))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, default_url(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = [process.communicate() for process in processes]
    assert [out.strip() for out, _err in answers] == ["0"] * 3, answers


def test_a_locked_ledger_says_so_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_SECONDS", 1)
    ledger = Ledger(default_url(tmp_path))
    ledger.open_run(_run(), OWED)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match=r"locked: another process has held it"):
        ledger.record("r1", [_result("app01", CHECKS[0])])
    other.execute("ROLLBACK")
    ledger.record("r1", [_result("app01", CHECKS[0])])
    assert len(ledger.results("r1")) == 1


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"this is no database at all" * 100, "not a ledger"),
        (b"SQLite format 3\0" + b"x" * 5000, "ledger sqlite"),
    ],
)
def test_a_damaged_file_is_refused_and_kept(tmp_path: Path, content: bytes, advice: str) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=advice) as refused:
        Ledger(default_url(tmp_path))
    assert refused.value.__suppress_context__  # Ansible would print the cause once more
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="cannot make the ledger's folder"):
        Ledger(default_url(tmp_path / "file" / "below"))


def test_half_of_a_surrogate_pair_costs_no_results(ledger: Ledger) -> None:
    ledger.open_run(_run(), OWED)
    evidence = {"target": "app01", "area": "web", "collected": utc(NOW), "text": "state \ud800"}
    ledger.record("r1", [_result("app01", CHECKS[0])], evidence)
    assert [text for _digest, text in ledger.evidence_texts("r1")] == [b"state ?"]


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("postgresql+psycopg//user:Geheim-1@db/ebill", "not an SQLAlchemy URL"),
        ("nosuch://user:Geheim-1@db/ebill", "nosuch"),
        ("mysql+nosuch://user:Geheim-1@db/ebill", "nosuch"),
    ],
)
def test_a_wrong_url_is_refused_without_its_password(url: str, complaint: str) -> None:
    with pytest.raises(LedgerError, match=complaint) as refused:
        Ledger(url)
    assert "Geheim" not in str(refused.value)


def test_no_such_run(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="no run 'x'"):
        ledger.run("x")


def test_altered_evidence_is_noticed(ledger: Ledger, tmp_path: Path) -> None:
    ledger.open_run(_run(), OWED)
    evidence = {"target": "app01", "area": "host", "collected": utc(NOW), "text": "a"}
    ledger.record("r1", [], evidence)
    with sqlite3.connect(tmp_path / "ledger.db") as other:
        other.execute("UPDATE evidence SET sha256 = ?", ("0" * 64,))
    with pytest.raises(LedgerError, match="altered"):
        list(ledger.evidence_texts("r1"))


FULL_DISK = textwrap.dedent(
    """
    import os, subprocess, sys
    sys.path[:0] = ["collections", "."]
    folder = sys.argv[1]
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True)
    from tests.unit.ledger import test_store as t
    ledger = t.Ledger(t.default_url(t.Path(folder)))
    ledger.open_run(t._run(), t.OWED)
    ledger.record("r1", [t._result("app01", t.CHECKS[0])])
    with open(folder + "/filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass
    evidence = {"target": "db01", "area": "host", "collected": "", "text": os.urandom(300000).hex()}
    try:
        ledger.record("r1", [t._result("app01", t.CHECKS[1])], evidence)
    except t.LedgerError as error:
        print("REFUSED", error)
    os.unlink(folder + "/filler")
    print("KEPT", len(ledger.results("r1")), len(ledger.missing("r1")))
    """
)


def test_a_full_disk_says_so_and_keeps_what_was_written(tmp_path: Path) -> None:
    unshare = need_command("unshare")
    allowed = subprocess.run([unshare, "-Urm", "true"], capture_output=True, check=False)
    need(allowed.returncode == 0, "a user and mount namespace")
    done = subprocess.run(
        [unshare, "-Urm", sys.executable, "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert "REFUSED ledger sqlite" in done.stdout, done.stdout + done.stderr
    assert "nothing written before is lost" in done.stdout
    assert "KEPT 1 3" in done.stdout
