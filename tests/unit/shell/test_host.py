# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the host collector's output: tables of what targets print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import host
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context

from tests.fixtures.host.answers import (
    CONTEXT,
    EPOCH,
    GOOD,
    NAMES,
    OPTIONS,
    SENT,
    answer,
    disk,
    observe,
)


def reason(observation: Mapping[str, Any]) -> str:
    return str(observation["error"]["reason"])


def test_a_good_answer() -> None:
    collected = host.parse(answer({}), OPTIONS, CONTEXT)
    seen = collected.observations
    assert set(seen) == NAMES
    row = seen["filesystems"]["rows"][0]
    assert row["used_percent"] == pytest.approx(100 * 600 / 900)
    assert (row["used_bytes"], row["total_bytes"]) == (600 * 1024, 900 * 1024)
    assert seen["inodes"]["rows"][0]["used_percent"] == 10
    assert seen["disk_states"]["rows"][0]["writable"] is True
    assert seen["memory"]["rows"][0]["available_percent"] == 40
    assert seen["swap"]["rows"][0]["used_percent"] == 25
    assert [row["load_per_core"] for row in seen["load"]["rows"]] == [1.0, 0.5]
    assert [row.get("state") for row in seen["services"]["rows"]] == [
        "running", "not_found", "running",
    ]  # fmt: skip
    assert [row["listening"] for row in seen["ports"]["rows"]] == [True, False]
    assert seen["jvms"]["rows"][0]["resident_size"] == "1 GiB"
    assert seen["jvms"]["rows"][0]["heap_max"] == "4g"
    assert seen["jvms"]["rows"][0]["uptime_days"] == 10.99
    assert seen["system"]["rows"][0]["release"] == "CentOS Linux 7 (Core)"
    assert collected.bookmarks == {"boot_id": GOOD["boot"]}


@pytest.mark.parametrize(
    ("blocks", "percent"),
    [
        pytest.param("/dev/sda1 1000 900 100 90% /data", 90.0, id="exactly 90"),
        pytest.param("/dev/sda1 10000 8996 1004 90% /data", 89.96, id="df rounds up, we do not"),
        pytest.param("/dev/sda1 1000 900 50 95% /data", 100 * 900 / 950, id="reserved blocks"),
        pytest.param("/dev/sda1 1000 980 -20 103% /data", 100 * 980 / 960, id="into the reserve"),
        pytest.param("//nas/e bill 1000 10 990 1% /data", 1.0, id="source with a space"),
        pytest.param("tmpfs 1000 0 1000 0% /data/a b 'c' 5 6 7 8%", 0.0, id="digits in the mount"),
    ],
)
def test_use_as_df_reckons_it(blocks: str, percent: float) -> None:
    row = observe({"disk.1": disk(blocks)})["filesystems"]["rows"][0]
    assert row["used_percent"] == pytest.approx(percent, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("df: /data: Permission denied\ninodes\n", "permission"),
        ("df: /data: Stale file handle\ninodes\n", "unreadable"),
        ("inodes\n", "unreadable"),
        (disk("/dev/sda1 1000 0 -5 0% /data"), "bad_answer"),
        ("nonsense", "bad_answer"),
    ],
)
def test_a_mount_that_df_cannot_tell(text: str, wanted: str) -> None:
    row = observe({"disk.1": text})["filesystems"]["rows"][0]
    assert (row["mount"], row["error"]["reason"]) == ("/data", wanted)


def test_a_file_system_without_size_is_left_out() -> None:
    seen = observe({"disk.1": disk("tmpfs 0 0 0 - /data", "tmpfs 0 0 0 - /data")})
    assert seen["filesystems"] == {"rows": []}
    assert seen["inodes"] == {"rows": []}
    assert len(seen["disk_states"]["rows"]) == 1


@pytest.mark.parametrize("words", ["invalid option -- 'i'", "unrecognized option: i"])
def test_a_df_without_inodes(words: str) -> None:
    text = disk("/dev/sda1 1000 600 300 67% /data", f"df: {words}\nUsage: df [-Pk]")
    seen = observe({"disk.1": text})
    assert seen["inodes"]["error"] == {"reason": "tool_missing", "detail": "df -i"}
    assert seen["filesystems"]["rows"][0]["used_bytes"] == 600 * 1024


def test_mounts_hidden_ignored_and_meant_to_be_read_only() -> None:
    mounts: dict[str, str | bytes | None] = {
        "mount.1": "rw autofs4 old /data",
        "mount.2": "rw xfs /dev/sdb1 /data",
        "disk.2": disk("/dev/sdb1 1000 100 900 10% /data"),
        "mount.3": rb"ro ext4 /dev/sdc1 /mnt/a\040b",
        "disk.3": disk("/dev/sdc1 1000 100 900 10% /mnt/a b"),
        "mount.4": b"ro ext4 /dev/sdd1 /" + "存档".encode("gb18030"),
        "disk.4": disk("/dev/sdd1 1000 100 900 10% /????"),
        "mounts": "4",
    }
    options = {"mounts_ignore": ["/mnt/a b"], "mounts_read_only": ["/other"]}
    seen = observe(mounts, options)
    assert [row["mount"] for row in seen["filesystems"]["rows"]] == ["/data", "/存档"]
    assert seen["filesystems"]["rows"][0]["source"] == "/dev/sdb1"
    assert [row["writable"] for row in seen["disk_states"]["rows"]] == [True, False]
    seen = observe(mounts, {"mounts_read_only": ["/存档", "/mnt/a b"]})
    assert [row["mount"] for row in seen["disk_states"]["rows"]] == ["/data"]


@pytest.mark.parametrize("count", ["", "x", "-1", "99999"])
def test_a_wrong_count_of_mounts(count: str) -> None:
    seen = observe({"mounts": count})
    assert [reason(seen[name]) for name in ("filesystems", "inodes", "disk_states")] == [
        "bad_answer"
    ] * 3


@pytest.mark.parametrize(
    ("memory", "wanted"),
    [
        (
            "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 200 kB\n"
            "SReclaimable: 30 kB\nShmem: 80 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB",
            {"memory": 30.0, "swap": "absent"},
        ),
        ("MemTotal: 1000 kB\nMemAvailable: 400 kB", {"memory": 40.0, "swap": "error"}),
        ("MemTotal: 0 kB\nMemAvailable: 0 kB", {"memory": "error", "swap": "error"}),
        ("rubbish\nMemTotal:\nMemFree: many kB", {"memory": "error", "swap": "error"}),
        ("", {"memory": "error", "swap": "error"}),
    ],
)
def test_memory(memory: str, wanted: dict[str, Any]) -> None:
    seen = observe({"memory": memory})
    for name, value in wanted.items():
        if isinstance(value, str):
            assert value in seen[name]
        else:
            assert seen[name]["rows"][0]["available_percent"] == pytest.approx(value)


@pytest.mark.parametrize(
    ("cpus", "cores"),
    [("0", 1), ("0-3", 4), ("0-1,4,6-7", 5), ("count 96", 96), ("", None), ("a-b", None),
     ("3-1", None), ("count 0", None), ("0-", 1)],
)  # fmt: skip
def test_cores(cpus: str, cores: int | None) -> None:
    seen = observe({"cpus": cpus})["load"]
    assert (seen["rows"][0]["cores"] if "rows" in seen else None) == cores


@pytest.mark.parametrize(
    ("clock", "uptime", "seconds", "offset", "uncertainty", "certain"),
    [
        pytest.param(
            f"{EPOCH}.400000000 10.00 10.00", "10.20 0", 1.0, 0.0, 0.41, 0.0, id="in step"
        ),
        pytest.param(f"{EPOCH} 10.00 10.00", "10.20 0", 1.0, 0.1, 0.91, 0.0, id="busybox, no %N"),
        pytest.param(f"{EPOCH}.%N 10.00 10.00", "10.20 0", 1.0, 0.1, 0.91, 0.0, id="busybox, %N"),
        pytest.param(
            f"{EPOCH}.450000000 10.00 10.10", "10.15 0", 1.0, 0.0, 0.51, 0.0, id="slow date"
        ),
        pytest.param(
            f"{EPOCH}.100000000 10.00 10.00", "20.10 0", 10.3, 0.0, 0.11, 0.0, id="hung probe"
        ),
        pytest.param(
            f"{EPOCH + 3}.000000000 10.00 10.00", "10.10 0", 0.1, 3.0, 0.01, 2.99, id="3 s ahead"
        ),
        pytest.param(
            f"{EPOCH - 120}.000000000 10.00 10.00",
            "10.10 0",
            3.1,
            -121.5,
            1.51,
            119.99,
            id="behind",
        ),
    ],
)
def test_clock(
    clock: str, uptime: str, seconds: float, offset: float, uncertainty: float, certain: float
) -> None:
    context = Context(SENT, SENT + timedelta(seconds=seconds))
    row = observe({"clock": clock, "uptime": uptime}, context=context)["clock"]["rows"][0]
    assert row["offset_seconds"] == pytest.approx(offset, abs=1e-6)
    assert row["uncertainty_seconds"] == pytest.approx(uncertainty, abs=1e-6)
    assert row["certain_seconds"] == pytest.approx(certain, abs=1e-6)


@pytest.mark.parametrize("clock", ["", "now 10.00 10.00", f"{EPOCH}.5 10.00 10.00", f"{EPOCH}"])
def test_a_clock_that_cannot_be_read(clock: str) -> None:
    assert reason(observe({"clock": clock})["clock"]) == "bad_answer"


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ({}, "absent"),
        ({"boot_id": GOOD["boot"]}, False),
        ({"boot_id": "another"}, True),
    ],
)
def test_restart_since_the_last_inspection(before: dict[str, Any], wanted: Any) -> None:
    seen = observe({}, context=Context(SENT, SENT, before))["restart"]
    assert (wanted in seen) if wanted == "absent" else (seen["rows"][0]["restarted"] is wanted)


def test_the_bookmark_survives_an_answer_without_it() -> None:
    context = Context(SENT, SENT, {"boot_id": "kept"})
    assert host.parse(b"", OPTIONS, context).bookmarks == {"boot_id": "kept"}


@pytest.mark.parametrize(
    ("active", "state"),
    [("active", "running"), ("reloading", "running"), ("activating", "starting"),
     ("deactivating", "stopped"), ("inactive", "stopped"), ("failed", "failed"), ("odd", None)],
)  # fmt: skip
def test_states_of_systemd(active: str, state: str | None) -> None:
    options = {"services": [{"name": "tomcat"}]}
    sections = {"units": f"LoadState=loaded\nActiveState={active}"}
    assert observe(sections, options)["services"]["rows"][0].get("state") == state


@pytest.mark.parametrize(
    ("code", "state"),
    [(0, "running"), (1, "failed"), (2, "failed"), (3, "stopped"), (4, "not_found"), (150, None)],
)
def test_states_of_an_init_script(code: int, state: str | None) -> None:
    sections = {"kind.0": "sysv", "sysv.0": ""}
    rows = observe(sections, {"services": ["redis"]}, codes={"sysv.0": code})["services"]["rows"]
    assert rows[0].get("state") == state


def test_systemctl_that_answers_nothing() -> None:
    options = {"services": ["a"]}
    row = observe({"units": ""}, options, codes={"units": 1})["services"]["rows"][0]
    assert row["error"] == {"reason": "bad_answer", "detail": "systemctl show: exit 1"}


@pytest.mark.parametrize(
    "options",
    [
        {"services": [{"name": "a b"}]},
        {"services": [{"name": "-x"}]},
        {"services": [{"name": "a;b"}]},
        {"services": [{"name": "x", "kind": "rc"}]},
        {"services": [{"name": "x", "kind": "process"}]},
        {"services": [{}]},
        {"ports": [{"port": 0}]},
        {"ports": [{"port": 65536}]},
        {"ports": [{"port": "22; reboot"}]},
        {"ports": [{}]},
        {"jvms": [{"name": "x"}]},
    ],
)
def test_a_wrong_entry_never_reaches_the_shell_and_costs_only_itself(
    options: dict[str, Any],
) -> None:
    key = next(iter(options))
    asked = {key: [*options[key], *OPTIONS[key]]}
    text = host.script(asked, CONTEXT)
    assert "reboot" not in text
    assert "a;b" not in text
    sections = {"kind.1": "systemd", "kind.2": "systemd", "kind.3": "process"}
    sections |= {"kind.0": None, "processes": "j 1 5 5 -\np 3"}  # type: ignore[dict-item]
    rows = observe(sections, asked)[key]["rows"]
    assert rows[0]["error"]["reason"] == "not_configured"
    assert len(rows) == len(asked[key])
    assert all("error" not in row for row in rows[1:])


def test_options_left_out_or_null_ask_nothing() -> None:
    for options in ({}, dict.fromkeys((*OPTIONS, "mounts_ignore", "probe_seconds"))):
        assert "HOST_PROCESSES=0" in host.script(options, CONTEXT)
        seen = observe({}, options)
        assert [seen[name] for name in ("services", "ports", "jvms")] == [{"rows": []}] * 3


def test_several_java_processes_are_added_up() -> None:
    text = "j 0 1048576 50000 4g\nj 0 1048576 43200000 2g\nj 0 - x secret!"
    row = observe({"processes": text})["jvms"]["rows"][0]
    assert (row["instances"], row["resident_size"], row["heap_max"]) == (3, "2 GiB", "2g/4g")
    assert row["uptime_days"] == 6
