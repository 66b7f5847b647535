# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worlds of the lab's hosts: their disks, tools, services; plain hosts; fleets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lab.hosts.part import HostsPart
from lab.hosts.world import BAK01, fleet
from lab.part import BreakUnavailable, Running, running
from tests.integration.lab_ssh import out, ports, run

CATALINA = "/opt/tomcat/logs/catalina.out"


@pytest.fixture(scope="module")
def lab() -> Iterator[Running]:
    with running(HostsPart()) as started:
        yield started


@pytest.fixture
def real(lab: Running) -> Running:
    """The lab, where this machine has namespaces."""
    assert isinstance(lab.part, HostsPart)
    if lab.part.plain:
        pytest.skip(lab.part.notices[0])
    return lab


def test_the_hosts_are_apart_from_each_other_and_from_the_machine(real: Running) -> None:
    assert [out(real, host, "hostname") for host in real.hostvars] == list(real.hostvars)
    assert out(real, "app01", "cat /proc/1/cmdline | tr '\\0' ' '").find("lab.hosts.inside") > 0
    assert str(os.getpid()) not in out(real, "app01", "ls /proc").split()
    assert run(real, "app01", "touch /usr/x /proc/sysrq-trigger").returncode != 0
    assert out(real, "bak01", "cat /proc/net/tcp | wc -l") == "1"  # only its heading


def test_the_disks_are_small_and_real(real: Running) -> None:
    table = out(real, "app01", "df -P -k /data | tail -1").split()
    assert table[:2] == ["/dev/mapper/klas-data", "32768"]
    done = run(real, "app01", "dd if=/dev/zero of=/data/x bs=1M count=40; rm /data/x")
    assert b"No space left on device" in done.stderr


def test_the_machines_own_disks_are_all_named(real: Running) -> None:
    for host, variables in real.hostvars.items():
        if host == "old01":
            continue  # busybox df shows devices too; nothing of the machine's disks is there
        shown = set(out(real, host, "df -P | tail -n +2 | awk '{print $6}'").split())
        assert isinstance(real.part, HostsPart)
        own = {disk.target for disk in real.part.machines[host].world.disks}
        devices = {point for point in shown if point.startswith("/dev/")}
        assert shown - own - devices == set(variables["lab_machine_mounts"])


def test_the_old_host_is_old(real: Running) -> None:
    assert run(real, "old01", "type python3 || type python || type perl").returncode != 0
    found = run(real, "old01", "sh -s", "df -P | grep -c '/data/票据 归档$'\n".encode("gb18030"))
    assert found.stdout == b"1\n"
    assert out(real, "old01", "echo $LANG") == "zh_CN.GB18030"


def test_the_services_are_there(real: Running) -> None:
    processes = out(real, "app01", "ps -ef")
    assert "-Xmx2048m" in processes
    assert "org.apache.catalina.startup.Bootstrap start" in processes
    assert "nginx: master process" in processes
    assert out(real, "app01", "cat /proc/2/comm") == "java"
    assert ports(real, "app01") == {80, 8080}
    assert ports(real, "db01") == {1521}


# --- where there are no namespaces ---


@pytest.fixture(scope="module")
def plain() -> Iterator[Running]:
    with running(HostsPart(plain=True)) as started:
        yield started


def test_a_plain_host_keeps_its_files_under_lab_root(plain: Running) -> None:
    root = plain.hostvars["app01"]["lab_root"]
    assert root
    assert out(plain, "app01", f"test -s {root}{CATALINA} && echo there") == "there"
    with plain.broken("log.errors"):
        assert out(plain, "app01", f"grep -c OutOfMemoryError {root}{CATALINA}") == "1"


@pytest.mark.parametrize("fault", ["host.disk_full", "host.disk_warning", "host.disk_readonly"])
def test_a_plain_host_refuses_what_needs_a_real_mount(plain: Running, fault: str) -> None:
    with pytest.raises(BreakUnavailable, match="namespaces"):
        plain.apply(fault)


def test_a_kernel_that_refuses_makes_plain_hosts_and_says_so() -> None:
    code = (
        "from lab.part import running; from lab.hosts.part import HostsPart\n"
        "from lab.hosts.world import BAK01\n"
        "with running(HostsPart([BAK01])) as lab: print(lab.part.plain, lab.part.notices)"
    )
    forbid = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
    done = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", forbid, "sh", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": "."},
    )
    if done.returncode and "True" not in done.stdout:
        pytest.skip(f"namespaces cannot be forbidden here: {done.stderr[-200:]}")
    assert done.stdout.startswith("True [")
    assert "No space left on device" in done.stdout  # ENOSPC is how the kernel says "no more"


def test_an_address_that_is_not_there_is_replaced() -> None:
    with running(HostsPart([replace(BAK01, address="192.0.2.1")])) as started:
        assert started.hostvars["bak01"]["ansible_host"] == "127.0.0.1"
        assert run(started, "bak01", "exit 6").returncode == 6


def test_a_fleet_is_many_hosts_of_the_same_kind() -> None:
    with running(HostsPart(fleet(3))) as started:
        assert [out(started, name, "hostname") for name in started.hostvars] == [
            "node001",
            "node002",
            "node003",
        ]


def test_a_plain_host_leaves_no_process() -> None:
    with running(HostsPart(plain=True)) as started:
        root = str(started.ctx.state)
        run(started, "bak01", "sleep 4713 </dev/null >/dev/null 2>&1 &")
        assert _processes_of(root, "sleep 4713") > 0
    assert _processes_of(root, "sleep 4713") == 0


def _processes_of(*words: str) -> int:
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return sum(any(word in line for word in words) for line in listing.stdout.splitlines())
