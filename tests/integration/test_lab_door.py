# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SSH door of the lab's hosts: login, bytes, signals, terminals."""

from __future__ import annotations

import asyncio
import concurrent.futures
import hashlib
import random
import subprocess
from collections.abc import Iterator

import asyncssh
import pytest

from lab.hosts.part import HostsPart
from lab.part import Running, running
from tests.integration.lab_ssh import command, eventually, out, ports, run


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
