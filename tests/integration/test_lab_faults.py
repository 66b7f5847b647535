# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the lab's hosts as a plain `ssh` sees it: before, broken, mended."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lab.hosts.canaries import CANARIES
from lab.hosts.faults import FAULTS
from lab.hosts.part import HostsPart
from lab.part import LabError, Running, running
from tests.integration.lab_ssh import out, ports, run

ALERT = "/u01/app/oracle/diag/rdbms/ebill/ebill/trace/alert_ebill.log"
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


@dataclass(frozen=True)
class Sight:
    fault: str
    text: str
    green: str
    broken: str


def _used(mount: str, over: int) -> str:
    return f'df -P {mount} | awk \'END{{sub("%","",$5); print ($5>={over}) ? "full" : "ok"}}\''


SIGHTS = [
    Sight("host.disk_full", _used("/data", 95), "ok", "full"),
    Sight("host.disk_warning", _used("/u02", 85), "ok", "full"),
    Sight("host.inodes_full", "touch /u01/x 2>/dev/null && rm /u01/x; echo $?", "0", "1"),
    Sight("host.disk_readonly", "touch /data/x 2>&1 && rm /data/x && echo ok; true", "ok",
          "touch: /data/x: Read-only file system"),
    Sight("host.memory_low", "awk '/MemTotal/{t=$2} /MemAvailable/{print ($2/t<0.05)}' "
          "/proc/meminfo", "0", "1"),
    Sight("host.swap_used", "awk '/SwapTotal/{t=$2} /SwapFree/{print ($2/t<0.2)}' /proc/meminfo",
          "0", "1"),
    Sight("host.load_high", "cut -d' ' -f1 /proc/loadavg", "0.42", "61.37"),
    Sight("host.service_down", "ps -ef | grep -c '[n]ginx: master'; true", "1", "0"),
    Sight("host.jvm_down", "ps -ef | grep -c '[B]ootstrap start'; true", "1", "0"),
    Sight("host.tool_missing", "type df >/dev/null 2>&1; echo $?", "0", "127"),
    Sight("backup.zero", "find /backup/expdp -name '*.dmp' -size 0 | wc -l", "0", "1"),
    Sight("backup.shrunk", "find /backup/expdp -name '*.dmp' -size -200k | wc -l", "0", "1"),
    Sight("backup.missing", "find /backup/expdp /backup/rman -type f | wc -l", "32", "0"),
    Sight("backup.old", "find /backup -type f -mtime -8 | wc -l", "32", "0"),
    Sight("backup.space_low", _used("/backup", 95), "ok", "full"),
    Sight("backup.unreadable", "ls /backup/expdp >/dev/null 2>&1; echo $?", "0", "2"),
    Sight("log.errors", f"grep -c OutOfMemoryError {CATALINA}; true", "0", "1"),
    Sight("log.alert_ora", f"grep -Ec 'ORA-(00600|01653)' {ALERT}; true", "0", "2"),
    Sight("log.unreadable", "head -1 /var/log/messages >/dev/null 2>&1; echo $?", "0", "1"),
    Sight("log.missing", "test -f /var/log/nginx/error.log; echo $?", "0", "1"),
    Sight("log.rotated", f"zcat {CATALINA}-*.gz 2>/dev/null | grep -c OutOfMemoryError; true",
          "0", "1"),
]  # fmt: skip
ELSEWHERE = {
    "host.port_closed",
    "host.clock_skew",
    "host.mount_hangs",
    "host.unreachable",
    "host.ssh_hangs",
}


def test_every_fault_is_looked_at_somewhere() -> None:
    assert {one.fault for one in SIGHTS} | ELSEWHERE == {fault.id for fault in FAULTS}


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.fault)
def test_a_fault_is_seen_through_ssh_and_is_gone_when_mended(real: Running, sight: Sight) -> None:
    host = next(fault.target for fault in FAULTS if fault.id == sight.fault)
    assert out(real, host, sight.text) == sight.green
    with real.broken(sight.fault, sight.fault):
        assert out(real, host, sight.text) == sight.broken
    real.mend(sight.fault)
    assert out(real, host, sight.text) == sight.green


def test_a_closed_port_leaves_the_process(real: Running) -> None:
    with real.broken("host.port_closed"):
        assert ports(real, "app01") == {80}
        assert "Bootstrap start" in out(real, "app01", "ps -ef")
    assert ports(real, "app01") == {80, 8080}


def test_a_skewed_clock_is_ahead_in_every_format(real: Running) -> None:
    def ahead() -> float:
        before = time.time()
        return float(out(real, "db01", "date +%s.%N")) - before

    assert ahead() < 60
    with real.broken("host.clock_skew"):
        assert ahead() >= 95
        assert out(real, "db01", "date -d @0 -u +%Y") == "1970"
    assert ahead() < 60


def test_a_hung_mount_holds_whoever_asks_and_nobody_else(real: Running) -> None:
    if not os.path.exists("/dev/fuse"):
        pytest.skip("no /dev/fuse on this machine")
    with real.broken("host.mount_hangs"):
        assert "/mnt/archive fuse.glusterfs" in out(real, "app01", "cat /proc/mounts")
        assert run(real, "app01", "timeout 1 df /mnt/archive").returncode == 124
        assert run(real, "app01", "timeout 1 ls /mnt/archive").returncode == 124
        assert out(real, "app01", "df -P /data | wc -l") == "2"
    assert "/mnt/archive" not in out(real, "app01", "cat /proc/mounts")


def test_a_refused_door_is_refused_and_opens_on_the_same_port(lab: Running) -> None:
    with lab.broken("host.unreachable"):
        done = run(lab, "app01", "id")
        assert done.returncode == 255
        assert b"Connection refused" in done.stderr
    assert out(lab, "app01", "echo back") == "back"


def test_a_silent_door_takes_the_connection_and_says_nothing(lab: Running) -> None:
    with lab.broken("host.ssh_hangs"):
        done = run(lab, "old01", "id")
        assert done.returncode == 255
        assert b"timed out" in done.stderr
    assert out(lab, "old01", "echo back") == "back"


@pytest.mark.parametrize("fault", ["log.errors", "log.rotated"])
def test_the_planted_canaries_are_in_the_log(real: Running, fault: str) -> None:
    with real.broken(fault):
        text = out(real, "app01", f"cat {CATALINA}; zcat {CATALINA}-*.gz 2>/dev/null; true")
    assert all(canary in text for canary in CANARIES)
    text = out(real, "app01", f"cat {CATALINA} /var/log/messages /var/log/nginx/*")
    assert not any(canary in text for canary in CANARIES)
    assert not any(word in text for word in ("ORA-", "Exception", "SEVERE", "[error]"))


def test_two_faults_on_one_thing_exclude_each_other(lab: Running) -> None:
    with lab.broken("backup.zero"), pytest.raises(LabError, match=r"excludes backup\.zero"):
        lab.apply("backup.old")
