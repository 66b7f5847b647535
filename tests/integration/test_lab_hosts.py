# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's SSH hosts as a plain `ssh` sees them: login, bytes, signals, and every fault."""

from __future__ import annotations

import asyncio
import concurrent.futures
import hashlib
import os
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import asyncssh
import pytest

from lab.hosts.canaries import CANARIES
from lab.hosts.faults import FAULTS
from lab.hosts.part import HostsPart
from lab.hosts.world import BAK01, fleet
from lab.part import BreakUnavailable, LabError, Running, running

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


def command(lab: Running, host: str, *options: str) -> list[str]:
    """An ssh command line up to the host's name."""
    one = lab.hostvars[host]
    return [
        *("ssh", "-o", "ConnectTimeout=3", "-o", "BatchMode=yes", *options),
        *("-p", str(one["ansible_port"]), "-i", one["ansible_ssh_private_key_file"]),
        *shlex.split(one["ansible_ssh_common_args"]),
        f"{one['ansible_user']}@{one['ansible_host']}",
    ]


def run(
    lab: Running, host: str, text: str, stdin: bytes = b"", options: Sequence[str] = ()
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*command(lab, host, *options), text], input=stdin, capture_output=True, timeout=60
    )


def out(lab: Running, host: str, text: str) -> str:
    """What a command prints, which must succeed."""
    done = run(lab, host, text)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout.decode("gb18030" if host == "old01" else "utf-8").strip()


# --- the door ---


@pytest.mark.parametrize(
    ("text", "status", "stdout", "stderr"),
    [
        ("exit 7", 7, b"", b""),
        ("echo out; echo err >&2", 0, b"out\n", b"err\n"),
        ("printf 'caf\\351\\0\\377'", 0, b"caf\xe9\x00\xff", b""),
        ("echo '票据'", 0, "票据\n".encode(), b""),
        ("/nonexistent", 127, b"", None),
    ],
)
def test_a_command_comes_back_as_it_was(
    lab: Running, text: str, status: int, stdout: bytes, stderr: bytes | None
) -> None:
    done = run(lab, "app01", text)
    assert (done.returncode, done.stdout) == (status, stdout)
    assert stderr is None or done.stderr == stderr


def test_a_script_on_standard_input_is_run_by_the_shell(lab: Running) -> None:
    assert run(lab, "app01", "/bin/sh -s", b"echo one\nexit 3\n").returncode == 3
    shell = subprocess.run(
        [*command(lab, "app01"), "-T"], input=b"echo $0; exit 4\n", capture_output=True, timeout=60
    )
    assert (shell.returncode, shell.stdout) == (4, b"-sh\n")


@pytest.mark.parametrize("host", ["app01", "old01"])
def test_megabytes_go_through_unchanged_both_ways(lab: Running, host: str) -> None:
    data = random.Random(1).randbytes(20_000_000)
    done = run(lab, host, "cat", data)
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(data).digest()


def test_a_program_that_does_not_read_its_input_ends_the_session(lab: Running) -> None:
    assert run(lab, "app01", "exit 5", bytes(5_000_000)).returncode == 5


def test_a_terminal_is_given_when_asked_for(lab: Running) -> None:
    done = run(lab, "app01", "test -t 0 && test -t 1 && echo terminal", options=["-tt"])
    assert done.stdout == b"terminal\r\n"


def test_a_killed_program_is_told_as_a_signal(lab: Running) -> None:
    assert run(lab, "app01", "kill -9 $$").returncode == 255


def test_a_signal_of_the_client_reaches_the_program(lab: Running) -> None:
    one = lab.hostvars["app01"]

    async def terminate() -> tuple[str | None, object]:
        async with asyncssh.connect(
            one["ansible_host"],
            one["ansible_port"],
            username=one["ansible_user"],
            client_keys=[one["ansible_ssh_private_key_file"]],
            known_hosts=str(lab.ctx.directory("hosts") / "known_hosts"),
            config=None,
        ) as connection:
            process = await connection.create_process("echo ready; exec sleep 4714")
            ready = await process.stdout.readline()
            process.send_signal("TERM")
            done = await process.wait()
            return ready, done.exit_signal

    ready, ended = asyncio.run(terminate())
    assert ready == "ready\n"
    assert isinstance(ended, tuple)
    assert ended[0] == "TERM"


def test_a_service_that_died_by_itself_is_started_again_by_mending(real: Running) -> None:
    out(real, "app01", "kill $(ps -ef | awk '/[n]ginx: master/{print $2}')")
    assert eventually(lambda: ports(real, "app01") == {8080})
    with real.broken("host.service_down"):
        pass
    assert ports(real, "app01") == {80, 8080}


def test_a_background_program_that_let_go_of_the_output_does_not_hold_the_session(
    lab: Running,
) -> None:
    done = run(lab, "app01", "sleep 300 </dev/null >/dev/null 2>&1 & echo $!")
    run(lab, "app01", f"kill {int(done.stdout)}")
    assert done.returncode == 0


def test_a_dropped_connection_takes_its_programs_along(real: Running) -> None:
    with subprocess.Popen(
        [*command(real, "app01"), "trap '' HUP; sleep 4711 & echo started; wait; sleep 4712"],
        stdout=subprocess.PIPE,
    ) as ssh:
        assert ssh.stdout is not None
        assert ssh.stdout.readline() == b"started\n"
        ssh.kill()
    gone = "! ps -ef | grep -q '[s]leep 471'"
    assert eventually(lambda: run(real, "app01", gone).returncode == 0)


def eventually(true: object, tries: int = 100) -> bool:
    assert callable(true)
    for _ in range(tries):
        if true():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (["-l", "root"], b"Permission denied"),
        (["-o", "PubkeyAuthentication=no"], b"Permission denied"),
    ],
)
def test_nobody_else_gets_in(lab: Running, change: list[str], says: bytes) -> None:
    line = command(lab, "app01", *change)
    host = line[-1] if change[0] != "-l" else line[-1].partition("@")[2]
    done = subprocess.run([*line[:-1], host, "id"], capture_output=True, timeout=60)
    assert done.returncode == 255
    assert says in done.stderr


def test_thirty_logins_at_once(lab: Running) -> None:
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        done = list(pool.map(lambda n: run(lab, "app01", f"echo {n}"), range(30)))
    assert [one.stdout for one in done] == [f"{n}\n".encode() for n in range(30)]


# --- the world ---


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


def ports(lab: Running, host: str) -> set[int]:
    rows = [line.split() for line in out(lab, host, "cat /proc/net/tcp").splitlines()[1:]]
    return {int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A"}


# --- the faults: a command that tells, its answer before, and its answer while broken ---


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


@pytest.mark.parametrize("fault", [one.fault for one in SIGHTS if "disk" in one.fault])
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
