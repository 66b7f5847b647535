# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host area on many servers: against bare parallel ssh, and against facts plus modules.

One sshd on loopback listens on an address for each server, so that every connection is a real and
cold one. Each side runs the same collector on all servers at the same time; sides alternate, the
median of the ratios counts. Between the two stands Ansible's own raw task with the same collector:
what a worker for each server costs before anything is parsed, judged or recorded.
"""

from __future__ import annotations

import configparser
import os
import pwd
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import yaml
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import host
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context

ROOT = Path(__file__).resolve().parents[1]
SERVERS = 30
ROUNDS = 5


@contextmanager
def servers(folder: Path) -> Iterator[Path]:
    """Start sshd for all servers; yield an inventory of them."""
    for name in ("host_key", "user_key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True
        )
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    addresses = [f"127.0.1.{number}" for number in range(1, SERVERS + 1)]
    port = 22022
    key = (folder / "host_key.pub").read_text(encoding="ascii").split()[:2]
    known = "".join(f"[{address}]:{port} {' '.join(key)}\n" for address in addresses)
    (folder / "known_hosts").write_text(known, encoding="ascii")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    # One sshd listens on 16 addresses at most.
    chunks = [addresses[at : at + 15] for at in range(0, SERVERS, 15)]
    daemons = [_daemon(folder, number, chunk, port) for number, chunk in enumerate(chunks)]
    try:
        for chunk in chunks:
            _wait(folder, chunk[-1], port)
        yield _inventory(folder, addresses, port)
    finally:
        for process in daemons:
            process.terminate()
            process.wait()


def _daemon(folder: Path, number: int, addresses: list[str], port: int) -> subprocess.Popen[bytes]:
    lines = [f"ListenAddress {address}:{port}" for address in addresses]
    lines += [
        f"HostKey {folder}/host_key",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        f"PidFile {folder}/pid{number}",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "MaxStartups 200",
    ]
    config = folder / f"sshd_config{number}"
    config.write_text("\n".join(lines) + "\n", encoding="ascii")
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    return subprocess.Popen(_with_plain_shell(folder, [program, "-D", "-f", str(config)]))


def _with_plain_shell(folder: Path, words: list[str]) -> list[str]:
    """Give the log-ins of a daemon /bin/sh for their shell, where the kernel lets us.

    bash reads its start-up file for a command that comes by ssh; what stands in it, such as pyenv's
    0.2 s of CPU, is no part of either side.
    """
    user = pwd.getpwuid(os.getuid())
    passwd = folder / "passwd"
    passwd.write_text(
        f"{user.pw_name}:x:{user.pw_uid}:{user.pw_gid}::{folder}:/bin/sh\n"
        "sshd:x:74:74::/run/sshd:/usr/sbin/nologin\n",
        encoding="ascii",
    )
    mount = f"mount --bind {passwd} /etc/passwd"
    private = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*private, "sh", "-c", mount], capture_output=True, check=False).returncode:
        return words
    return [*private, "sh", "-c", f'{mount} && exec "$@"', "sh", *words]


def _ssh(folder: Path) -> list[str]:
    return [
        "-F", "/dev/null", "-o", f"UserKnownHostsFile={folder}/known_hosts",
        "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes",
    ]  # fmt: skip


def _wait(folder: Path, address: str, port: int) -> None:
    words = ["ssh", *_ssh(folder), "-i", f"{folder}/user_key", "-p", str(port), address, "true"]
    for _ in range(50):
        if subprocess.run(words, capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise SystemExit("sshd did not start")


def _inventory(folder: Path, addresses: list[str], port: int) -> Path:
    hosts = {
        f"server{number:02}": {"ansible_host": address, "ansible_port": port}
        for number, address in enumerate(addresses, 1)
    }
    variables = {
        "ansible_ssh_private_key_file": str(folder / "user_key"),
        "ansible_ssh_common_args": " ".join(_ssh(folder)),
        "ansible_python_interpreter": "/usr/bin/python3",
        "ebill_site": {"hospital": "bench", "contract_start": "2026-01-01"},
    }
    path = folder / "inventory.yml"
    tree = {"ebill": {"vars": variables, "children": {"ebill_servers": {"hosts": hosts}}}}
    path.write_text(yaml.safe_dump(tree), encoding="utf-8")
    return path


def _collector(folder: Path) -> Path:
    path = folder / "collector.sh"
    path.write_text(host.script({}, Context(datetime.now(UTC))), encoding="utf-8")
    return path


def bare_ssh(folder: Path) -> float:
    """Seconds of one ssh a server, all at once, each with the collector on its input.

    With the options that the project gives to ssh (ansible.cfg), a shared connection included.
    """
    script = _collector(folder).read_bytes()
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "ansible.cfg", encoding="utf-8")
    shared = folder / "bare"
    shared.mkdir(exist_ok=True)
    options = [*_ssh(folder), *config["ssh_connection"]["ssh_args"].split()]
    options += ["-o", f"ControlPath={shared}/%C", "-i", f"{folder}/user_key", "-p", "22022"]
    began = time.monotonic()
    running = []
    for number in range(1, SERVERS + 1):
        words = ["ssh", *options, f"127.0.1.{number}", "/bin/sh -s"]
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdin
        process.stdin.write(script)
        process.stdin.close()
        running.append(process)
    for process in running:
        assert process.stdout
        process.stdout.read()
        assert process.wait() == 0
    seconds = time.monotonic() - began
    _end_shared(shared)
    return seconds


def _end_shared(folder: Path) -> None:
    """End the shared connections of a side, so that the next one is cold again."""
    for socket in folder.glob("*"):
        subprocess.run(["ssh", "-O", "exit", "-S", socket, "x"], capture_output=True, check=False)


def playbook(
    path: Path, inventory: Path, folder: Path, *words: str
) -> tuple[float, dict[str, float]]:
    """Run a playbook on connections that are cold.

    Returns its seconds as a whole and, by the name of each play, the second at which it began.
    """
    shutil.rmtree(folder / "home", ignore_errors=True)
    environment = {
        **os.environ,
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(folder / "home" / "cp"),
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "EBILL_OUTPUT": str(folder / "output"),
        "PYTHONUNBUFFERED": "1",
    }
    program = str(Path(sys.executable).parent / "ansible-playbook")
    began = time.monotonic()
    process = subprocess.Popen(
        [program, "-i", str(inventory), str(path), *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said, plays = [], {}
    for line in process.stdout:
        said.append(line)
        if line.startswith("PLAY ["):
            plays[line[6 : line.index("]")]] = time.monotonic() - began
    assert process.wait() == 0, "".join(said)
    seconds = time.monotonic() - began
    _end_shared(folder / "home" / "cp")
    return seconds, plays


def host_area(inventory: Path, folder: Path) -> tuple[float, float]:
    """Seconds of the main job's play that inspects, and of the whole main job without documents."""
    words = ("--tags", "host", "--skip-tags", "report")
    whole, plays = playbook(ROOT / "quarterly_inspection.yml", inventory, folder, *words)
    names = list(plays)
    return plays[names[2]] - plays[names[1]], whole


def raw(inventory: Path, folder: Path) -> float:
    """Seconds of a play whose raw task runs the collector."""
    words = ("-e", f"collector={_collector(folder)}")
    path = Path(__file__).with_name("raw.yml")
    _seconds, plays = playbook(path, inventory, folder, *words)
    return plays["End"] - plays["Run the collector by raw"]


def main() -> list[str]:
    """Measure; return the lines to print."""
    bare, ours, whole, least = [], [], [], []
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        with servers(folder) as inventory:
            for _ in range(ROUNDS):
                bare.append(bare_ssh(folder))
                area, job = host_area(inventory, folder)
                ours.append(area)
                whole.append(job)
                least.append(raw(inventory, folder))
            usual, _plays = playbook(Path(__file__).with_name("usual.yml"), inventory, folder)
    faster = usual / statistics.median(whole)
    return [
        f"host area, {SERVERS} servers, cold connections: {statistics.median(ours):.2f} s;"
        f" bare ssh with the same collector {statistics.median(bare):.2f} s",
        f"  ratio to bare ssh: {_ratio(ours, bare):.2f} (at most 1.25);"
        f" Ansible's own raw with the same collector {_ratio(least, bare):.2f}",
        f"  whole main job {statistics.median(whole):.1f} s; facts and ten modules {usual:.1f} s,"
        f" {faster:.1f} x (at least 10)",
    ]


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    print("\n".join(main()))
