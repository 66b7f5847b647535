# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab` as its user has it: up, down, killed, twice at once, as an ordinary user."""

from __future__ import annotations

import json
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TARGETS = {
    *("app01", "db01", "bak01", "old01"),
    *("ebilldb", "ebillweb", "his", "finance", "sms", "gdca01"),
}


@dataclass
class Lab:
    """The command, with one state directory and as one user."""

    state: Path
    user: str | None = None
    python: str = sys.executable

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "EBILL_LAB_STATE": str(self.state), "PYTHONDONTWRITEBYTECODE": "1"}
        if self.user is not None:
            env["PYTHONPATH"] = os.pathsep.join(
                path for path in sys.path if "site-packages" in path
            )
        return subprocess.run(
            [self.python, "-m", "lab", *words],
            cwd=PROJECT,
            env=env,
            user=self.user,
            group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
            extra_groups=None if self.user is None else [],
            capture_output=True,
            text=True,
            timeout=120,
        )

    @property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.state / "state.json").read_text(encoding="utf-8"))
        return found

    def ssh(self, host: str, text: str) -> str:
        one = self.content["hostvars"][host]
        line = [
            *("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"),
            *("-p", str(one["ansible_port"]), "-i", one["ansible_ssh_private_key_file"]),
            *shlex.split(one["ansible_ssh_common_args"]),
            f"{one['ansible_user']}@{one['ansible_host']}",
        ]
        done = subprocess.run(
            [*line, text], capture_output=True, text=True, timeout=60, user=self.user
        )
        return done.stdout.strip()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """Make labs; those that still run are stopped."""
    made: list[Lab] = []

    def one(name: str = "lab", **options: Any) -> Lab:
        made.append(Lab(tmp_path / name, **options))
        return made[-1]

    yield one
    for lab in made:
        lab("down")


def descendants(pid: int) -> set[int]:
    """Every living process below one."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    found = {pid}
    while more := {child for child, parent in pairs if parent in found} - found:
        found |= more
    return found - {pid}


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def gone(pids: set[int]) -> bool:
    for _ in range(200):
        if not alive(pids):
            return True
        time.sleep(0.05)
    return False


def test_up_status_break_mend_scenario_down(make: Callable[..., Lab]) -> None:
    lab = make()
    assert lab("status").returncode == 3
    up = lab("up")
    assert up.returncode == 0, up.stderr
    assert "LAB" in up.stdout
    assert "演练环境" in up.stdout
    status = json.loads(lab("status", "--json").stdout)
    assert set(status["hostvars"]) == TARGETS
    assert (status["running"], status["scenario"], status["broken"]) == (True, "green", [])

    assert "app01" in lab("break", "host.disk_full", "backup.zero").stdout
    assert lab.content["broken"] == ["host.disk_full", "backup.zero"]
    rows = json.loads(lab("breaks", "--json").stdout)
    assert [row["id"] for row in rows if row["broken"]] == ["host.disk_full", "backup.zero"]
    assert lab("mend", "backup.zero").returncode == 0
    assert lab.content["broken"] == ["host.disk_full"]
    assert lab("mend").returncode == 1
    assert lab("mend", "--all").returncode == 0
    assert lab.content["broken"] == []

    assert "no break 'x.y'" in lab("break", "x.y").stderr
    assert "no scenario" in lab("scenario", "x").stderr
    assert lab("scenario", "broken").returncode == 0
    assert len(lab.content["broken"]) >= 15

    again = lab("up")
    assert again.returncode == 1
    assert "already running" in again.stderr
    family = descendants(lab.content["pid"]) | {lab.content["pid"]}
    assert lab("down").returncode == 0
    assert gone(family)
    assert not (lab.state / "state.json").exists()
    assert "no lab is running" in lab("down").stdout


def test_a_killed_lab_leaves_no_process_and_the_next_up_cleans(make: Callable[..., Lab]) -> None:
    lab = make()
    assert lab("up", "--scenario", "demo").returncode == 0
    pid = lab.content["pid"]
    family = descendants(pid)
    assert len(family) >= 4
    os.kill(pid, signal.SIGKILL)
    assert gone(family | {pid})
    assert lab("status").returncode == 3
    assert (lab.state / "state.json").exists()
    assert lab("up").returncode == 0
    assert (lab.content["scenario"], lab.content["pid"] != pid) == ("green", True)


def test_status_tells_what_was_killed_by_hand(make: Callable[..., Lab]) -> None:
    lab = make()
    assert lab("up").returncode == 0
    if lab.content["notices"]:
        pytest.skip("hosts are plain folders here")
    family = descendants(lab.content["pid"])
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family}
    (nginx,) = (pid for pid, line in commands.items() if line.startswith(b"nginx: master"))
    first = int(
        Path(f"/proc/{nginx}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
    )
    assert json.loads(lab("status", "--json").stdout)["lost"] == []
    os.kill(nginx, signal.SIGKILL)
    assert gone({nginx})
    status = lab("status")
    assert (status.returncode, "GONE: app01: nginx" in status.stdout) == (1, True)
    assert "nothing is broken" not in status.stdout
    os.kill(first, signal.SIGKILL)
    assert gone({first})
    assert json.loads(lab("status", "--json").stdout)["lost"] == ["app01"]
    assert lab("down").returncode == 0
    assert gone(family)


def test_two_labs_at_once_do_not_meet(make: Callable[..., Lab]) -> None:
    one, two = make("one"), make("two with a blank")
    assert one("up").returncode == 0
    assert two("up").returncode == 0
    assert one("break", "host.disk_full").returncode == 0
    used = "df -P /data | tail -1 | awk '{print $5}'"
    assert (one.ssh("app01", used), two.ssh("app01", used)) == ("97%", "27%")
    assert one("down").returncode == 0
    assert two.ssh("db01", "hostname") == "db01"


def test_an_up_that_cannot_work_says_why_and_leaves_nothing(make: Callable[..., Lab]) -> None:
    lab = make()
    assert "no scenario 'x': green" in lab("up", "--scenario", "x").stderr
    lab.state.parent.joinpath("file").touch()
    blocked = make("file/state")("up")
    assert blocked.returncode == 1
    assert "cannot make the state directory" in blocked.stderr
    assert "Traceback" not in blocked.stderr


def test_the_breaks_can_be_listed_without_a_lab(make: Callable[..., Lab]) -> None:
    listed = make()("breaks")
    assert listed.returncode == 0
    assert "host.disk_full" in listed.stdout
    assert "oracle." in listed.stdout


def _may_run(user: str, program: str) -> bool:
    try:
        return subprocess.run([program, "-c", ""], user=user, check=False).returncode == 0
    except PermissionError:
        return False


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests here run as an ordinary user")
def test_an_ordinary_user_can_have_a_lab(make: Callable[..., Lab]) -> None:
    user = "nobody"
    account = pwd.getpwnam(user)
    home = Path("/tmp") / f"ebill-lab-test-{os.getpid()}"
    home.mkdir(mode=0o700)
    os.chown(home, account.pw_uid, account.pw_gid)
    python = sys.executable if _may_run(user, sys.executable) else "/usr/bin/python3"
    try:
        lab = make(str(home / "lab"), user=user, python=python)
        up = lab("up", "--scenario", "broken")
        if "cannot be loaded" in up.stderr:
            pytest.skip(f"{user} cannot read the packages of this Python")
        assert up.returncode == 0, up.stderr
        if not lab.content["notices"]:
            assert lab.ssh("app01", "df -P /data | tail -1 | awk '{print $5}'") == "97%"
            assert lab.ssh("app01", "id -u") == "1000"
        family = descendants(lab.content["pid"]) | {lab.content["pid"]}
        assert lab("down").returncode == 0
        assert gone(family)
    finally:
        shutil.rmtree(home)


def test_the_inventory_script_hands_on_what_the_lab_says(make: Callable[..., Lab]) -> None:
    lab = make()
    script = [sys.executable, str(PROJECT / "inventories" / "lab" / "endpoints.py"), "--list"]
    env = {**os.environ, "EBILL_LAB_STATE": str(lab.state)}
    empty = subprocess.run(script, env=env, capture_output=True, text=True, check=True)
    assert json.loads(empty.stdout)["_meta"]["hostvars"] == {}
    assert "no lab is running" in empty.stderr
    assert lab("up").returncode == 0
    full = subprocess.run(script, env=env, capture_output=True, text=True, check=True)
    assert json.loads(full.stdout)["_meta"]["hostvars"] == lab.content["hostvars"]
