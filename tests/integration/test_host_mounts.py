# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host collector on real mounts: disks that are full, read-only, hung, and oddly named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import host

from tests.fixtures.host.shells import (
    SHELLS,
    Answer,
    busybox_tools,
    collect,
    in_namespace,
    need_namespace,
    need_shell,
    only_tools,
)

ROOT = Path(__file__).resolve().parents[2]
HANG = ROOT / "tests" / "fixtures" / "host" / "hang.py"
ODD = [
    b"two words",
    b'it\'s "quoted"',
    "票据 存档".encode(),
    "票据存档".encode("gb18030"),
    b"back\\slash",
    b"tab\there",
    b"$(reboot) `id` ; * ?",
    b"#comment %s %d",
    b"-k",
]


@pytest.fixture(params=[*sorted(SHELLS), "busybox-alone"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[list[str], dict[str, str]]:
    """A shell with the machine's tools, and busybox with nothing but its own."""
    need_namespace()
    if request.param == "busybox-alone":
        path = busybox_tools(tmp_path / "busybox")
        return [f"{path}/sh", "-s"], {"PATH": path}
    return need_shell(request.param), {}


def quote(path: bytes) -> bytes:
    return b"'" + path.replace(b"'", b"'\\''") + b"'"


def mount(folder: bytes, name: bytes, options: bytes = b"size=1m") -> bytes:
    """sh that mounts a tmpfs there; `disk` is its path afterwards."""
    lines = [
        b"disk=" + quote(folder + b"/" + name),
        b'mkdir -p "$disk"',
        b"mount -t tmpfs -o " + options + b' lab-disk "$disk"',
    ]
    return b"\n".join(lines) + b"\n"


def run(
    setup: bytes,
    target: tuple[list[str], dict[str, str]],
    options: dict[str, object] | None = None,
    before: list[str] | None = None,
) -> Answer:
    """Make the mounts with the machine's tools, then collect as the target would."""
    shell, env = target
    inner = ["env", f"PATH={env['PATH']}", *shell] if env else shell
    return collect(host, options or {}, in_namespace(setup, [*(before or []), *inner]))


def test_full_disk_full_inodes_and_a_disk_that_turned_read_only(
    target: tuple[list[str], dict[str, str]], tmp_path: Path
) -> None:
    folder = os.fsencode(tmp_path)
    setup = (
        mount(folder, b"full")
        + b'head -c 2000000 /dev/zero >"$disk/file" 2>/dev/null || :\n'
        + mount(folder, b"nine", b"size=1000k")
        + b'head -c 921600 /dev/zero >"$disk/file"\n'
        + mount(folder, b"inodes", b"size=1m,nr_inodes=20")
        + b'i=0; while [ $i -lt 30 ]; do (: >"$disk/$i") 2>/dev/null || :; i=$((i+1)); done\n'
        + mount(folder, b"frozen")
        + b'mount -o remount,ro "$disk"\n'
    )
    answer = run(setup, target)
    assert (answer.errors, answer.left_behind) == (b"", [])
    disks = answer.rows("filesystems", "mount")
    inodes = answer.rows("inodes", "mount")
    states = answer.rows("disk_states", "mount")
    assert disks[f"{tmp_path}/full"]["used_percent"] == 100
    assert disks[f"{tmp_path}/full"]["available_bytes"] == 0
    assert disks[f"{tmp_path}/nine"]["used_percent"] == 90  # df shows 90 %, exactly so
    assert inodes[f"{tmp_path}/inodes"]["used_percent"] == 100
    assert inodes[f"{tmp_path}/full"]["used_percent"] < 50
    assert states[f"{tmp_path}/frozen"]["writable"] is False
    assert states[f"{tmp_path}/full"]["writable"] is True


def test_mount_points_of_every_name(
    target: tuple[list[str], dict[str, str]], tmp_path: Path
) -> None:
    folder = os.fsencode(tmp_path)
    setup = b"".join(mount(folder, name) for name in ODD)
    answer = run(setup, target, {"mounts_ignore": [f"{tmp_path}/two words"]})
    assert answer.errors == b""
    wanted = {
        f'{tmp_path}/it\'s "quoted"',
        f"{tmp_path}/票据 存档",
        f"{tmp_path}/票据存档",
        f"{tmp_path}/back\\slash",
        f"{tmp_path}/tab here",
        f"{tmp_path}/$(reboot) `id` ; * ?",
        f"{tmp_path}/#comment %s %d",
        f"{tmp_path}/-k",
    }
    for name in ("filesystems", "inodes", "disk_states"):
        rows = answer.rows(name, "mount")
        assert {point for point in rows if point.startswith(str(tmp_path))} == wanted
        assert all("error" not in row for row in rows.values())


def test_what_is_no_disk_is_left_out_and_a_bind_mount_counts_once(
    target: tuple[list[str], dict[str, str]], tmp_path: Path
) -> None:
    folder = os.fsencode(tmp_path)
    setup = (
        mount(folder, b"data")
        + b'mkdir "$disk/part"\nmkdir '
        + quote(folder + b"/again")
        + b'\nmount --bind "$disk/part" '
        + quote(folder + b"/again")
        + b"\nmkdir "
        + quote(folder + b"/hidden")
        + b"\nmount -t ramfs none "
        + quote(folder + b"/hidden")
        + b"\nmount -t tmpfs -o size=1m none /dev/shm\nmount -t tmpfs none /run\n"
    )
    answer = run(setup, target)
    points = set(answer.rows("filesystems", "mount"))
    assert {point for point in points if point.startswith(str(tmp_path))} == {f"{tmp_path}/data"}
    assert not {point for point in points if point.startswith(("/run", "/dev", "/proc", "/sys"))}


def test_a_read_only_bind_mount_of_a_writable_disk_is_no_finding(
    target: tuple[list[str], dict[str, str]], tmp_path: Path
) -> None:
    setup = mount(os.fsencode(tmp_path), b"data") + b'mount -o remount,bind,ro "$disk"\n'
    answer = run(setup, target)
    assert answer.rows("disk_states", "mount")[f"{tmp_path}/data"]["writable"] is True


def test_a_hung_mount_is_one_row_and_the_others_stand(
    target: tuple[list[str], dict[str, str]], tmp_path: Path
) -> None:
    """A file system in the kernel that never answers."""
    hung = tmp_path / "nas share"
    hung.mkdir()
    python = [sys.executable, str(HANG), str(hung)]
    tried = subprocess.run(
        ["unshare", "-Urm", *python, "true"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        check=False,
    )
    if tried.returncode:
        pytest.skip(f"NO FUSE HERE, A HUNG MOUNT ONLY IMITATED: {tried.stderr[-200:]}")
    setup = mount(os.fsencode(tmp_path), b"data")
    before = ["env", f"PYTHONPATH={ROOT}", *python]
    answer = run(setup, target, {"probe_seconds": 1}, before)
    disks = answer.rows("filesystems", "mount")
    assert disks[str(hung)]["fstype"] == "fuse.glusterfs"
    assert disks[str(hung)]["error"] == {"reason": "timeout", "detail": "1 s"}
    assert answer.rows("inodes", "mount")[str(hung)]["error"]["reason"] == "timeout"
    assert disks[f"{tmp_path}/data"]["used_percent"] == 0
    assert "used_percent" in disks["/"]
    assert answer.rows("disk_states", "mount")[str(hung)]["writable"] is True
    assert answer.observations["clock"]["rows"][0]["certain_seconds"] < 0.1
    assert answer.left_behind == []


def test_a_df_that_hangs_on_one_mount(tmp_path: Path) -> None:
    """The same where there is no FUSE: a df that never ends for that mount."""
    need_namespace()
    path = only_tools(tmp_path / "bin", ("date", "grep", "head", "sleep", "tr"))
    real = subprocess.run(["which", "df"], capture_output=True, text=True, check=True)
    fake = tmp_path / "bin" / "df"
    fake.write_text(
        f"#!/bin/sh\ncase $* in *hung*) while :; do sleep 50; done ;; esac\n"
        f'exec {real.stdout.strip()} "$@"\n',
        encoding="ascii",
    )
    fake.chmod(0o755)
    folder = os.fsencode(tmp_path)
    setup = mount(folder, b"hung") + mount(folder, b"good")
    answer = run(setup, (need_shell("dash"), {"PATH": path}), {"probe_seconds": 1})
    disks = answer.rows("filesystems", "mount")
    assert disks[f"{tmp_path}/hung"]["error"]["reason"] == "timeout"
    assert disks[f"{tmp_path}/good"]["used_percent"] == 0
    assert answer.left_behind == []


def test_many_mounts(target: tuple[list[str], dict[str, str]], tmp_path: Path) -> None:
    """As on a host with many exports: all of them, with their own values."""
    folder = os.fsencode(tmp_path)
    setup = b"".join(mount(folder, b"disk %d" % n, b"size=%dk" % (400 + 4 * n)) for n in range(60))
    rows = run(setup, target).rows("filesystems", "mount")
    assert {point: row["error"] for point, row in rows.items() if "error" in row} == {}
    for number in range(60):
        assert rows[f"{tmp_path}/disk {number}"]["total_bytes"] == (400 + 4 * number) * 1024
