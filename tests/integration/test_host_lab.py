# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host area over real SSH on the lab's hosts: all well, then each of its breaks."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import host

from lab.hosts.part import HostsPart
from lab.part import Running, running
from tests.fixtures.host.shells import Answer, collect

INVENTORY = Path(__file__).resolve().parents[2] / "inventories" / "lab"
PREFIX = "inspect_host_"
CATALOGUE = load()


@pytest.fixture(scope="module")
def hosts() -> Iterator[Running]:
    part = HostsPart()
    with running(part) as run:
        if part.plain:
            pytest.skip("NO NAMESPACES HERE, THE LAB'S HOSTS HAVE NO DISKS OF THEIR OWN")
        yield run


def options(name: str, hostvars: dict[str, Any]) -> dict[str, Any]:
    """What the role hands to the collector for a host of the lab's inventory."""
    variables: dict[str, Any] = {}
    for path in (INVENTORY / "group_vars/ebill_servers.yml", INVENTORY / f"host_vars/{name}.yml"):
        if path.exists():
            variables |= yaml.safe_load(path.read_text(encoding="utf-8"))
    found = {key.removeprefix(PREFIX): v for key, v in variables.items() if key.startswith(PREFIX)}
    assert found["mounts_ignore"] == "{{ lab_machine_mounts }}"
    return {**found, "mounts_ignore": hostvars["lab_machine_mounts"], "probe_seconds": 2}


def inspect(hosts: Running, name: str) -> tuple[Answer, list[dict[str, Any]]]:
    """Collect over ssh and judge every check of the area."""
    hostvars = hosts.hostvars[name]
    command = [
        "ssh",
        *shlex.split(hostvars["ansible_ssh_common_args"]),
        *("-p", str(hostvars["ansible_port"])),
        *("-i", hostvars["ansible_ssh_private_key_file"]),
        f"{hostvars['ansible_user']}@{hostvars['ansible_host']}",
        "/bin/sh -s",
    ]
    answer = collect(host, options(name, hostvars), command)
    settings = resolve_settings(CATALOGUE, {})
    results: list[dict[str, Any]] = []
    for check_id, area in CATALOGUE.area_of.items():
        if area == "host":
            check = compile_check(CATALOGUE, check_id, settings)
            observation = answer.observations[check["observation"]]
            results += [dict(result) for result in judge(check, observation, name)]
    return answer, results


def bad(results: list[dict[str, Any]]) -> dict[tuple[str, str | None], str]:
    """(check, part) -> status of what is not well."""
    return {
        (result["check"], result["part"]): result["status"]
        for result in results
        if result["status"] not in ("pass", "skipped")
    }


@pytest.mark.parametrize(
    ("name", "mounts"),
    [
        ("app01", {"/", "/data", "/var/log"}),
        ("db01", {"/", "/u01", "/u02", "/var/log"}),
        ("bak01", {"/", "/backup"}),
        ("old01", {"/", "/data", "/data/票据 归档"}),
    ],
)
def test_a_green_host(hosts: Running, name: str, mounts: set[str]) -> None:
    answer, results = inspect(hosts, name)
    assert bad(results) == {}
    assert set(answer.rows("filesystems", "mount")) == mounts
    assert answer.observations["system"]["rows"][0]["hostname"] == name
    assert answer.observations["uptime"]["rows"][0]["uptime_days"] > 0


def test_what_the_application_server_runs(hosts: Running) -> None:
    answer, _ = inspect(hosts, "app01")
    jvm = answer.rows("jvms", "jvm")["Tomcat"]
    assert (jvm["instances"], jvm["heap_max"]) == (1, "2048m")
    assert answer.rows("services", "service")["nginx"]["state"] == "running"
    assert {row["listening"] for row in answer.observations["ports"]["rows"]} == {True}


@pytest.mark.parametrize(
    ("break_id", "name", "wanted"),
    [
        ("host.disk_full", "app01", {("host.disk_used", "/data"): "fail"}),
        ("host.disk_warning", "db01", {("host.disk_used", "/u02"): "warn"}),
        ("host.inodes_full", "db01", {("host.inodes_used", "/u01"): "fail"}),
        ("host.disk_readonly", "old01", {("host.disk_writable", "/data"): "fail"}),
        ("host.memory_low", "app01", {("host.memory_available", None): "fail"}),
        ("host.swap_used", "db01", {("host.swap_used", None): "fail"}),
        (
            "host.load_high",
            "app01",
            {("host.load_per_core", "5 min"): "fail", ("host.load_per_core", "15 min"): "fail"},
        ),
        (
            "host.service_down",
            "app01",
            {
                ("host.service_running", "nginx"): "fail",
                ("host.port_listening", "80 (nginx)"): "fail",
            },
        ),
        (
            "host.jvm_down",
            "app01",
            {
                ("host.jvm_running", "Tomcat"): "fail",
                ("host.port_listening", "8080 (Tomcat)"): "fail",
            },
        ),
        ("host.port_closed", "app01", {("host.port_listening", "8080 (Tomcat)"): "fail"}),
        ("host.clock_skew", "db01", {("host.clock_offset", None): "fail"}),
        (
            "host.mount_hangs",
            "app01",
            {
                ("host.disk_used", "/mnt/archive"): "error",
                ("host.inodes_used", "/mnt/archive"): "error",
            },
        ),
        (
            "host.tool_missing",
            "old01",
            {("host.disk_used", None): "error", ("host.inodes_used", None): "error"},
        ),
    ],
)
def test_a_break_is_found_alone_and_gone_when_mended(
    hosts: Running,
    break_id: str,
    name: str,
    wanted: dict[tuple[str, str | None], str],
) -> None:
    with hosts.broken(break_id):
        _, results = inspect(hosts, name)
        assert bad(results) == wanted
    _, results = inspect(hosts, name)
    assert bad(results) == {}


def test_the_reasons_of_what_cannot_be_looked_at(hosts: Running) -> None:
    with hosts.broken("host.mount_hangs", "host.tool_missing"):
        _, app = inspect(hosts, "app01")
        _, old = inspect(hosts, "old01")
    hung = [result for result in app if result["part"] == "/mnt/archive"]
    assert {(r["reason"], r["message"]["zh"]) for r in hung if r["status"] == "error"} == {
        ("timeout", "超时：2 s")
    }
    missing = [result for result in old if result["status"] == "error"]
    assert {(r["reason"], r["message"]["zh"]) for r in missing} == {
        ("tool_missing", "目标缺少命令：df")
    }
