# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain `ssh` to the lab's hosts, and what it says of them."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Sequence

from lab.part import Running


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


def ports(lab: Running, host: str) -> set[int]:
    rows = [line.split() for line in out(lab, host, "cat /proc/net/tcp").splitlines()[1:]]
    return {int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A"}


def eventually(true: object, tries: int = 100) -> bool:
    assert callable(true)
    for _ in range(tries):
        if true():
            return True
        time.sleep(0.1)
    return False
