# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup collector on real files under each shell."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import backup
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.backup import OBSERVATIONS

from tests.requirement import need, need_command
from tests.shells import SHELLS, Target, busybox_tools, tools_without

HOUR = 3600


@pytest.fixture(params=[*SHELLS, "busybox alone"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    if request.param == "busybox alone":
        return Target("busybox", busybox_tools(tmp_path / "tools"))
    return Target(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / 'back up\'s "目录"'
    found.mkdir()
    return found


def make(path: Path, size: int, hours_ago: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    moment = time.time() - hours_ago * HOUR
    os.utime(path, (moment, moment))


def nights(folder: Path, sizes: list[int], first_hours_ago: float = 5) -> None:
    """One dump a night; the first size is the newest's."""
    for night, size in enumerate(sizes):
        make(folder / f"expdp {night} 全量.dmp", size, first_hours_ago + 24 * night)


def look(target: Target, folder: Path, **record: Any) -> dict[str, Any]:
    record = {"name": "全量", "path": str(folder), "pattern": "*.dmp", **record}
    return target.collect(backup, {"sets": [record]}).observations


def only(observations: dict[str, Any], name: str) -> dict[str, Any]:
    (row,) = observations[name]["rows"]
    return dict(row)


def test_a_good_history(target: Target, folder: Path) -> None:
    nights(folder, [1_080_000, 1_060_000, 1_040_000, 1_020_000, 1_000_000, 10])
    make(folder / "expdp.log", 5, 1)
    found = look(target, folder, minimum_kept=6)
    kept = only(found, "sets")
    assert (kept["kept_count"], kept["missing_count"], kept["odd_names"]) == (6, 0, 0)
    newest = only(found, "ages")
    assert newest["newest"] == only(found, "newest")["newest"] == "expdp 0 全量.dmp"
    assert newest["age_hours"] == pytest.approx(5, abs=0.1)
    assert newest["age_periods"] == pytest.approx(5 / 24, abs=0.01)
    sizes = only(found, "sizes")
    assert sizes["size_percent"] == pytest.approx(100 * 1_080_000 / 1_030_000, abs=0.01)
    assert (sizes["compared"], sizes["shrinking_count"], sizes["same_size_count"]) == (4, 0, 1)


def test_shrunk_and_empty(target: Target, folder: Path) -> None:
    nights(folder, [0, 1000, 1000, 1000, 1000])
    found = look(target, folder, minimum_kept=5)
    assert only(found, "sizes")["size_percent"] == 0
    assert only(found, "newest")["empty_files"] == 1
    assert only(found, "sets")["missing_count"] == 1


def test_streaks(target: Target, folder: Path) -> None:
    nights(folder, [7, 8, 9, 10, 10, 11])
    assert only(look(target, folder), "sizes")["shrinking_count"] == 3
    for path in folder.iterdir():
        path.unlink()
    nights(folder, [10, 10, 10, 10, 11])
    assert only(look(target, folder), "sizes")["same_size_count"] == 4


@pytest.mark.parametrize("group", ["run", "folder", "file", "day"])
def test_backups_of_several_files(target: Target, folder: Path, group: str) -> None:
    for night in range(3):
        for piece in range(2):
            make(folder / f"n{night}" / f"p{piece}.dmp", 100, 30 + 24 * night + piece * 0.01)
    found = look(target, folder, pattern="*/*.dmp", group=group)
    newest = only(found, "newest")
    if group == "file":
        assert (only(found, "sets")["kept_count"], newest["file_count"]) == (6, 1)
    elif group != "day":  # the pieces of a day may stand on both sides of midnight
        assert (only(found, "sets")["kept_count"], newest["file_count"]) == (3, 2)
        assert only(found, "sizes")["size_percent"] == 100


@pytest.mark.parametrize("settle_minutes", [0, 60])
def test_a_time_in_the_future_has_no_age(target: Target, folder: Path, settle_minutes: int) -> None:
    nights(folder, [1000, 1000, 1000], first_hours_ago=30)
    make(folder / "ahead.dmp", 1000, -0.1)  # as by a clock that is 6 minutes off
    fine = only(look(target, folder, settle_minutes=settle_minutes), "ages")
    assert fine["age_hours"] == pytest.approx(30 if settle_minutes else 0, abs=0.1)
    make(folder / "ahead.dmp", 1000, -24)
    found = look(target, folder, settle_minutes=settle_minutes)
    assert only(found, "ages")["error"]["reason"] == "time_ahead"
    assert only(found, "ages")["error"]["detail"] == "ahead.dmp (+24.0 h)"
    assert only(found, "newest")["empty_files"] == 0
    for path in folder.glob("expdp*"):
        path.unlink()
    alone = look(target, folder, settle_minutes=settle_minutes)
    assert only(alone, "ages")["error"]["reason"] == "time_ahead"
    assert only(alone, "sets")["kept_count"] == 1


def test_a_backup_that_is_being_written_is_left_out(target: Target, folder: Path) -> None:
    nights(folder, [5, 1000, 1000], first_hours_ago=0)
    found = look(target, folder, settle_minutes=10)
    assert only(found, "sizes")["size_percent"] == 100
    assert only(found, "ages")["age_hours"] == pytest.approx(24, abs=0.1)


def test_nothing_there(target: Target, folder: Path) -> None:
    found = look(target, folder)
    assert only(found, "sets")["missing_count"] == 2
    for name in ("ages", "newest", "sizes", "rooms"):
        assert found[name] == {"rows": []}


def test_room(target: Target, folder: Path) -> None:
    nights(folder, [1 << 20, 2 << 20, 2 << 20])
    found = look(target, folder)
    status = os.statvfs(folder)
    place = only(found, "destinations")
    assert place["available_bytes"] == pytest.approx(status.f_bavail * status.f_frsize, rel=0.05)
    used = (status.f_blocks - status.f_bfree) * status.f_frsize
    share = 100 * used / (used + status.f_bavail * status.f_frsize)
    assert place["used_percent"] == pytest.approx(share, abs=1)
    assert place["total_bytes"] == place["used_bytes"] + place["available_bytes"]
    room = only(found, "rooms")
    assert room["next_count"] == pytest.approx(place["available_bytes"] / (2 << 20), rel=0.01)


def test_two_sets_on_one_disk_share_its_room(target: Target, folder: Path) -> None:
    make(folder / "a.dmp", 1 << 20, 1)
    make(folder / "b.bkp", 3 << 20, 1)
    sets = [
        {"name": name, "path": str(folder), "pattern": pattern}
        for name, pattern in (("a", "*.dmp"), ("b", "*.bkp"))
    ]
    found = target.collect(backup, {"sets": sets}).observations
    assert only(found, "destinations")["sets"] == "a、b"
    assert only(found, "rooms")["need"] == "4 MiB"


def test_names_that_are_traps(target: Target, folder: Path) -> None:
    nights(folder, [10, 10])
    for name in (
        "$(touch pwned).dmp",
        "`touch pwned`.dmp",
        "-rf.dmp",
        "*.dmp",
        " lead.dmp",
        "a\\b.dmp",
    ):
        make(folder / name, 10, 100)
    make(folder / "two\nlines.dmp", 10, 100)
    (folder / "folder.dmp").mkdir()
    os.mkfifo(folder / "pipe.dmp")
    kept = only(look(target, folder), "sets")
    assert (kept["kept_count"], kept["odd_names"]) == (8, 1)
    assert not list(folder.glob("pwned")) and not Path("pwned").exists()


def test_gb18030_names(target: Target, folder: Path) -> None:
    raw = os.path.join(os.fsencode(folder), "票据库备份.dmp".encode("gb18030"))
    with open(raw, "wb") as file:
        file.write(b"x")
    assert only(look(target, folder), "newest")["newest"] == "票据库备份.dmp"


def test_many_files(folder: Path) -> None:
    for number in range(3000):
        make(folder / f"{number:04d}.dmp", 10, number / 10)
    found = look(Target("dash"), folder, minimum_kept=3000)
    assert only(found, "sets")["missing_count"] == 0
    assert only(found, "newest")["newest"] == "0000.dmp"


def test_more_names_than_a_command_takes(target: Target, folder: Path) -> None:
    """12,000 names of 210 bytes: 3 MiB with the folder's, and Linux takes 2 MiB at most."""
    moment = time.time() - HOUR
    for number in range(12_000):
        path = folder / f"{number:06d}{'x' * 200}.dmp"
        path.touch()
        os.utime(path, (moment - number, moment - number))
    make(folder / "newest.dmp", 10, 0.5)
    found = look(target, folder)
    assert only(found, "newest")["newest"] == "newest.dmp"
    assert only(found, "ages")["age_hours"] == pytest.approx(0.5, abs=0.1)
    assert only(found, "sets")["odd_names"] == 0


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"path": "/nonexistent/backup"}, "not_found"),
        ({"path": "relative"}, "not_configured"),
        ({"group": "moon"}, "not_configured"),
        ({"every_hours": "daily"}, "not_configured"),
        ({"every_hours": 0}, "not_configured"),
    ],
)
def test_what_cannot_be_looked_at(
    target: Target, folder: Path, record: dict[str, Any], reason: str
) -> None:
    found = look(target, folder, **record)
    for name in ("sets", "ages", "newest", "sizes"):
        assert only(found, name)["error"]["reason"] == reason


def test_a_folder_that_may_not_be_read(target: Target, folder: Path) -> None:
    nights(folder, [10])
    folder.chmod(0)
    if os.geteuid() == 0:
        for step in folder.parents:
            need(step.stat().st_mode & 0o001 or make_passable(step), f"{step} open to all")
        setpriv = need_command("setpriv")
        words = (setpriv, "--reuid=65534", "--regid=65534", "--clear-groups")
        target = Target(target.shell, target.tools, words)
    found = look(target, folder)
    folder.chmod(0o755)
    for name in ("sets", "ages", "newest", "sizes"):
        assert only(found, name)["error"]["reason"] == "permission"
    assert "used_percent" in only(found, "destinations")


def make_passable(folder: Path) -> bool:
    folder.chmod(folder.stat().st_mode | 0o011)
    return True


@pytest.mark.parametrize(
    ("tool", "lost"),
    [("stat", {"sets", "ages", "newest", "sizes"}), ("df", {"destinations", "rooms"})],
)
def test_a_missing_tool_costs_its_own(
    tmp_path: Path, folder: Path, tool: str, lost: set[str]
) -> None:
    need(shutil.which(tool, path="/usr/sbin:/sbin") is None, f"a machine without /sbin/{tool}")
    nights(folder, [10, 10])
    found = look(Target("dash", tools_without(tmp_path / "tools", tool)), folder)
    wrong = {name for name in OBSERVATIONS if any("error" in r for r in found[name]["rows"])}
    assert wrong == lost
    assert {"reason": "tool_missing", "detail": tool} == only(found, min(lost))["error"]


def test_without_sets_every_observation_says_so() -> None:
    found = Target("dash").collect(backup, {"sets": []}).observations
    assert {name: found[name]["error"]["reason"] for name in OBSERVATIONS} == dict.fromkeys(
        OBSERVATIONS, "not_configured"
    )
