# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log collector on real files under each shell: every line is counted exactly once."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import log
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

from tests.requirement import need, need_command
from tests.shells import SHELLS, Target, busybox_tools, tools_without

TARGETS = [*SHELLS, "busybox alone"]


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    if request.param == "busybox alone":
        return Target("busybox", busybox_tools(tmp_path / "tools"))
    return Target(request.param)


class Log:
    """A log that is inspected again and again; `errors` since the last look."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.target = target
        self.path = folder / "app 日志.log"
        self.bookmarks: dict[str, Any] = {}
        self.number = 0
        self.options: dict[str, Any] = {
            "files": [{"name": "app", "path": str(self.path), "kind": "java"}]
        }

    def lines(self, count: int) -> str:
        """Lines of which each is unlike any other; every one is an error."""
        text = ""
        for _ in range(count):
            self.number += 1
            text += f"2026-11-22 10:00:00 OutOfMemoryError number {self.number}\n"
            text += f"2026-11-22 10:00:00 INFO all is well {self.number}\n"
        return text

    def write(self, count: int, path: Path | None = None) -> None:
        with (path or self.path).open("a", encoding="utf-8") as file:
            file.write(self.lines(count))

    def look(self) -> dict[str, Any]:
        self.collected: Collected = self.target.collect(log, self.options, self.bookmarks)
        self.bookmarks = json.loads(json.dumps(self.collected.bookmarks))
        row: dict[str, Any] = self.collected.observations["logs"]["rows"][0]
        return row

    def errors(self) -> int:
        row = self.look()
        assert "error" not in row, row
        return int(row["errors"])


@pytest.fixture
def app(target: Target, tmp_path: Path) -> Log:
    folder = tmp_path / "it's a folder"
    folder.mkdir()
    return Log(target, folder)


def rename(app: Log, suffix: str = ".1") -> Path:
    rotated = app.path.with_name(app.path.name + suffix)
    app.path.rename(rotated)
    return rotated


def compress(path: Path) -> Path:
    """As gzip does: the time of the last change stays, the inode does not."""
    packed = path.with_name(path.name + ".gz")
    status = path.stat()
    packed.write_bytes(gzip.compress(path.read_bytes()))
    os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
    path.unlink()
    return packed


def test_only_what_is_new(app: Log) -> None:
    app.write(3)
    assert app.errors() == 3
    assert app.errors() == 0
    app.write(40)
    row = app.look()
    assert (row["errors"], row["complete"], row["first_run"]) == (40, True, False)
    assert app.errors() == 0


def test_a_line_that_is_not_finished_waits(app: Log) -> None:
    app.write(1)
    with app.path.open("a") as file:
        file.write("2026-11-22 StackOverflow")
    assert app.errors() == 1
    with app.path.open("a") as file:
        file.write("Error\n")
    assert app.errors() == 1
    assert app.errors() == 0


@pytest.mark.parametrize("suffix", [".1", "-20261122", ".2026-11-22"])
@pytest.mark.parametrize("packed", [False, True])
def test_rotation_by_renaming(app: Log, suffix: str, packed: bool) -> None:
    app.write(50)
    assert app.errors() == 50
    app.write(2)
    rotated = rename(app, suffix)
    if packed:
        compress(rotated)
    app.write(3)
    row = app.look()
    assert (row["errors"], row["complete"], row["files_read"]) == (5, True, 2)
    app.write(1)
    assert app.errors() == 1


def test_rotation_with_the_date_before_the_ending(app: Log) -> None:
    app.write(5)
    assert app.errors() == 5
    app.write(1)
    app.path.rename(app.path.with_name("app 日志.2026-11-21.log"))
    app.write(1)
    assert app.errors() == 2


def test_several_rotations_between_two_looks(app: Log) -> None:
    app.write(50)
    assert app.errors() == 50
    app.write(1)
    shutil.move(app.path, f"{app.path}.3")
    compress(Path(f"{app.path}.3"))
    app.write(2)
    shutil.move(app.path, f"{app.path}.2")
    compress(Path(f"{app.path}.2"))
    app.write(4)
    shutil.move(app.path, f"{app.path}.1")
    app.write(8)
    row = app.look()
    assert (row["errors"], row["complete"]) == (15, True)
    assert app.errors() == 0


def test_the_rotated_file_is_still_written_to(app: Log) -> None:
    app.write(5)
    assert app.errors() == 5
    rotated = rename(app)
    app.write(1)
    assert app.errors() == 1
    app.write(2, rotated)
    assert app.errors() == 2
    compress(rotated)
    assert app.errors() == 0


@pytest.mark.parametrize("packed", [False, True])
def test_copy_and_truncate(app: Log, packed: bool) -> None:
    app.write(50)
    assert app.errors() == 50
    app.write(2)
    copy = Path(shutil.copy(app.path, f"{app.path}.1"))
    os.truncate(app.path, 0)
    if packed:
        compress(copy)
    app.write(3)
    row = app.look()
    assert (row["errors"], row["complete"]) == (5, True)
    assert app.errors() == 0


def test_a_copy_of_what_was_read_is_not_new(app: Log) -> None:
    app.write(5)
    assert app.errors() == 5
    app.write(1)
    shutil.copy(app.path, f"{app.path}.1")
    app.write(1)
    assert app.errors() == 2
    assert app.errors() == 0


@pytest.mark.parametrize("written", [1, 500])
def test_truncation_is_told(app: Log, written: int) -> None:
    app.write(100)
    assert app.errors() == 100
    os.truncate(app.path, 0)
    app.write(written)
    row = app.look()
    assert (row["errors"], row["complete"]) == (written, False)
    row = app.look()
    assert (row["errors"], row["complete"]) == (0, True)


def test_an_inode_that_is_used_again(app: Log) -> None:
    app.write(100)
    assert app.errors() == 100
    inode = app.path.stat().st_ino
    content = app.lines(200)
    with app.path.open("r+") as file:  # the same inode, larger than before, nothing of the old
        file.write(content)
    assert app.path.stat().st_ino == inode
    row = app.look()
    assert (row["errors"], row["complete"]) == (200, False)


def test_the_same_banner_at_each_start(app: Log) -> None:
    banner = "=" * 60 + "\n"
    app.path.write_text(banner * 40)
    app.write(50)
    assert app.errors() == 50
    app.path.write_text(banner * 40)
    app.write(100)
    assert app.errors() == 100


def test_dated_files_by_a_pattern(app: Log) -> None:
    folder = app.path.parent
    app.options["files"][0]["path"] = str(folder / "catalina.*.log")
    app.write(5, folder / "catalina.2026-11-20.log")
    app.write(1, folder / "catalina.2026-11-21.log")
    assert app.errors() == 6
    app.write(2, folder / "catalina.2026-11-21.log")
    app.write(3, folder / "catalina.2026-11-22.log")
    compress(folder / "catalina.2026-11-20.log")
    row = app.look()
    assert (row["errors"], row["complete"]) == (5, True)
    assert app.errors() == 0


def test_an_empty_log(app: Log) -> None:
    app.path.touch()
    row = app.look()
    assert (row["errors"], row["read_bytes"], row["complete"]) == (0, 0, True)
    app.write(2)
    assert app.errors() == 2


def test_other_logs_beside_it_are_left_alone(app: Log) -> None:
    app.write(1)
    for name in ("app 日志.log.bak", "app 日志-api.log", "other.log", "app 日志.txt"):
        app.write(7, app.path.with_name(name))
    assert app.errors() == 1


def test_a_first_run_takes_rotated_files_of_its_days(app: Log) -> None:
    app.write(1, Path(f"{app.path}.2"))
    old = time.time() - 100 * 86400
    os.utime(f"{app.path}.2", (old, old))
    app.write(2, Path(f"{app.path}.1"))
    app.write(4)
    assert app.errors() == 6
    assert app.errors() == 0


def test_no_more_than_the_limit_is_read(app: Log) -> None:
    app.write(1000)
    app.options["max_bytes"] = 5000
    row = app.look()
    assert 40 < row["errors"] < 60
    assert (row["read_bytes"], row["complete"]) == (5000, False)
    assert row["skipped_bytes"] > 0
    app.write(1)
    row = app.look()
    assert (row["errors"], row["complete"]) == (1, True)


@pytest.mark.parametrize("kind", ["missing", "folder", "no match", "no kind", "relative", "pipe"])
def test_what_cannot_be_read_is_an_error(app: Log, kind: str) -> None:
    reason = "not_found"
    record = app.options["files"][0]
    if kind == "folder":
        app.path.mkdir()
        reason = "not_supported"
    elif kind == "pipe":
        os.mkfifo(app.path)
        reason = "not_supported"
    elif kind == "no match":
        record["path"] = str(app.path.parent / "catalina.*.log")
    elif kind == "no kind":
        record["kind"] = "windows"
        reason = "not_configured"
    elif kind == "relative":
        record["path"] = "app.log"
        reason = "not_configured"
    row = app.look()
    assert row["error"]["reason"] == reason
    assert app.bookmarks == {}


def test_an_unreadable_file_is_an_error_and_its_bookmark_stays(app: Log) -> None:
    app.write(1)
    assert app.errors() == 1
    app.write(1)
    before = app.bookmarks
    app.path.chmod(0)
    user = app.target
    if os.geteuid() == 0:
        setpriv = need_command("setpriv")
        app.path.parent.chmod(0o755)
        for folder in app.path.parents:
            need(folder.stat().st_mode & 0o001 or make_passable(folder), f"{folder} open to all")
        words = (setpriv, "--reuid=65534", "--regid=65534", "--clear-groups")
        app.target = Target(user.shell, user.tools, words)
    row = app.look()
    assert row["error"]["reason"] == "permission"
    assert app.bookmarks == before
    app.path.chmod(0o644)
    assert app.errors() == 1


def make_passable(folder: Path) -> bool:
    folder.chmod(folder.stat().st_mode | 0o011)
    return True


def test_damaged_compression_is_an_error(app: Log) -> None:
    app.write(500, Path(f"{app.path}.1"))
    packed = compress(Path(f"{app.path}.1"))
    packed.write_bytes(packed.read_bytes()[:-30])
    app.write(1)
    assert app.look()["error"]["reason"] == "unreadable"


def test_bytes_of_any_kind(app: Log) -> None:
    app.path.write_bytes(
        b"\x00\x01\xff\xfe OutOfMemoryError \x00 utf-8 \xe4\xb8\xa5\n"
        + "严重: 找不到文件 gbk\n".encode("gb18030")
        + "严重: 找不到文件 utf\n".encode()
        + b"\xff" * 5000
        + b"\r\nINFO\n"
        + bytes(range(256))
        + b"\n"
        + b"OutOfMemoryError at the end\n"
    )
    row = app.look()
    assert (row["errors"], row["warnings"]) == (2, 2)
    matches = app.collected.observations["matches"]["rows"]
    samples = {text for match in matches for text in (match["first"], match["last"])}
    assert {"严重: 找不到文件 gbk", "严重: 找不到文件 utf"} <= samples


def test_a_file_with_a_hole(app: Log) -> None:
    with app.path.open("wb") as file:
        file.seek(50_000_000)
        file.write(b"\nOutOfMemoryError one\n")
    assert app.errors() == 1
    app.write(2)
    assert app.errors() == 2


PLANTED = [
    ("患者：张三丰", "张三丰"),
    ("身份证 440803199001011234", "440803199001011234"),
    ("tel 13812345678", "13812345678"),
    ("mail zhang.san@qq.com", "zhang.san"),
    ("password=Geheim-77x", "Geheim-77x"),
    ("票据 440601260012345678 校验码 a1b2c3", "a1b2c3"),
    ("GET http://pj.gd.gov.cn/h5/view/0a1b2c3d", "0a1b2c3d"),
]


@pytest.mark.parametrize("fill", [0, 265, 275, 285, 295])
def test_no_patient_and_no_secret_leaves(app: Log, fill: int) -> None:
    app.path.write_text("".join(f"SEVERE {'x ' * (fill // 2)}{text}\n" for text, _ in PLANTED))
    app.options["samples"] = 50
    row = app.look()
    assert row["warnings"] == len(PLANTED)
    text = json.dumps(app.collected.observations, ensure_ascii=False)
    assert [value for _, value in PLANTED if value in text] == []


def test_no_telephone_number_is_in_the_raw_output(app: Log) -> None:
    app.path.write_text("SEVERE call 13812345678 or 440803199001011234 or a.b@c.com\n")
    options = app.options
    output = app.target.run(log.script(options, Context(datetime.now(UTC))))
    assert b"SEVERE call *** or *** or ***@***" in output


OLD_ALERT = """Tue Nov 03 10:00:00 2026
Thread 1 advanced to log sequence 17
Tue Nov 03 11:00:00 2026
Errors in file /u01/diag/x.trc  (incident=12):
ORA-00600: internal error code, arguments: [13013], [5001]
Tue Nov 03 12:00:00 CST 2026
ORA-1653: unable to extend table EBILL.T by 8192 in tablespace EBILL_DATA
"""
NEW_ALERT = """2026-11-03T10:00:00.123456+08:00
Thread 1 advanced to log sequence 17
2026-11-03T11:00:00.123456+08:00
ORA-00600: internal error code, arguments: [13013], [5001]
2026-11-03T12:00:00.000001+08:00
ORA-01653: unable to extend table EBILL.T by 8192 in tablespace EBILL_DATA
ORA-00060: Deadlock detected.
"""


@pytest.mark.parametrize("text", [OLD_ALERT, NEW_ALERT])
def test_alert_log_with_old_and_new_time_stamps(app: Log, text: str) -> None:
    app.options["files"][0]["kind"] = "oracle_alert"
    app.path.write_text("ORA-07445: before any time stamp\n" + text)
    row = app.look()
    assert (row["errors"], row["undated"]) == (3, 1)
    matches = {m["pattern"]: m for m in app.collected.observations["matches"]["rows"]}
    assert matches["internal"]["count"] == 2
    assert "11:00:00" in matches["internal"]["last_at"]
    assert matches["internal"]["first_at"] == ""
    assert "12:00:00" in matches["unable_to_extend"]["first_at"]


@pytest.mark.parametrize("tool", ["grep", "awk", "stat"])
def test_a_missing_tool_is_named(tmp_path: Path, tool: str) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    app = Log(Target("dash", tools_without(tmp_path / "tools", tool)), folder)
    app.write(1)
    need(shutil.which(tool, path="/usr/sbin:/sbin") is None, f"a machine without /sbin/{tool}")
    assert app.look()["error"] == {"reason": "tool_missing", "detail": tool}


def test_one_bad_log_costs_only_itself(app: Log) -> None:
    app.write(1)
    app.options["files"].append({"name": "gone", "path": "/nonexistent/x", "kind": "java"})
    app.look()
    rows = app.collected.observations["logs"]["rows"]
    assert rows[0]["errors"] == 1
    assert rows[1]["error"] == {"reason": "not_found", "detail": "/nonexistent/x"}


def test_a_log_that_takes_too_long_is_left_and_nothing_stays(tmp_path: Path) -> None:
    folder, tools = tmp_path / "logs", tmp_path / "tools"
    folder.mkdir()
    app = Log(Target("dash", tools_without(tools, "grep")), folder)
    slow = "97531.25"
    (tools / "grep").write_text(
        f'#!/bin/sh\ncase "$*" in *-m*) exit 1 ;; esac\nexec sleep {slow}\n'
    )
    (tools / "grep").chmod(0o755)
    app.write(1)
    app.options["probe_seconds"] = 1
    app.options["files"].append({"name": "gone", "path": "/nonexistent/x", "kind": "java"})
    assert app.look()["error"] == {"reason": "timeout", "detail": "1 s"}
    assert app.bookmarks == {}
    rows = app.collected.observations["logs"]["rows"]
    assert rows[1]["error"]["reason"] == "not_found"
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert slow not in running.stdout


def test_nothing_is_written(app: Log) -> None:
    app.write(3)
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in app.path.parent.iterdir()}
    app.look()
    assert before == {
        p: (p.stat().st_mtime_ns, p.stat().st_size) for p in app.path.parent.iterdir()
    }
