# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts that make a lab host believable: /proc, /etc, the tools of an old system."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lab.hosts.world import UID, USER, World

# An old appliance's tools: no python, no perl, no timeout.
TOOLS = (  # noqa: SIM905  a list of one word a line would be 60 lines
    "[ awk basename cat chmod cksum cp cut date dd df dirname du echo egrep env expr false find "
    "free grep gzip head hostname id kill less ln ls md5sum mkdir more mount mv netstat od printf "
    "ps readlink rm sed sh sleep sort stat tail tee test touch tr true umount uname uniq uptime vi "
    "wc which xargs zcat"
).split()


@dataclass(frozen=True)
class Interpreter:
    """The Python that the hosts have: its program, its prefix and whether /usr holds it."""

    program: str
    prefix: str

    @property
    def own_tree(self) -> bool:
        """Whether the prefix must be shown beside /usr."""
        return not self.prefix.startswith("/usr")


@functools.cache
def interpreter() -> Interpreter:
    """Find the system's Python 3.9 or newer; without one, the one that runs the lab."""
    for program in ("/usr/bin/python3", str(Path(sys.base_prefix, "bin", "python3"))):
        code = "import sys; print(sys.version_info >= (3, 9)); print(sys.base_prefix)"
        if not Path(program).exists():
            continue
        answer = subprocess.run(
            [program, "-I", "-c", code], capture_output=True, text=True, check=False
        ).stdout.split("\n")
        if answer[0] == "True":
            return Interpreter(str(Path(program).resolve()), answer[1])
    return Interpreter(str(Path(sys.executable).resolve()), sys.base_prefix)


def meminfo(world: World, available_percent: float = 61.0, swap_used_percent: float = 1.5) -> str:
    """Return /proc/meminfo (kB) for these shares of memory and swap."""
    total = world.memory_mib * 1024
    available = int(total * available_percent / 100)
    cached = min(int(available * 0.7), int(total * 0.3))
    free = max(available - cached, int(total * 0.005))
    swap = world.swap_mib * 1024
    swap_free = swap - int(swap * swap_used_percent / 100)
    values = {
        "MemTotal": total,
        "MemFree": free,
        "MemAvailable": available,
        "Buffers": int(total * 0.004),
        "Cached": cached,
        "SwapCached": 0,
        "Active": int(total * 0.35),
        "Inactive": int(total * 0.2),
        "SwapTotal": swap,
        "SwapFree": swap_free,
        "Dirty": 312,
        "Shmem": int(total * 0.01),
        "SReclaimable": int(total * 0.01),
    }
    return "".join(f"{name + ':':<15}{value:>10} kB\n" for name, value in values.items())


def swaps(world: World, used_percent: float = 1.5) -> str:
    """Return /proc/swaps (kB)."""
    size = world.swap_mib * 1024
    used = int(size * used_percent / 100)
    return (
        "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
        f"/dev/dm-1                               partition\t{size}\t\t{used}\t\t-2\n"
    )


def loadavg(load: float = 0.42) -> str:
    """Return /proc/loadavg with this load over one minute."""
    return f"{load:.2f} {load * 0.9:.2f} {load * 0.8:.2f} 2/412 31877\n"


def cpuinfo(world: World) -> str:
    """Return /proc/cpuinfo."""
    return "".join(
        f"processor\t: {number}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n"
        "model name\t: Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz\ncpu MHz\t\t: 2900.000\n"
        f"cpu cores\t: {world.cpus}\n\n"
        for number in range(world.cpus)
    )


def proc_files(world: World) -> dict[str, str]:
    """Return the files of /proc that belong to the machine and not to the host: name -> text."""
    return {
        "meminfo": meminfo(world),
        "swaps": swaps(world),
        "loadavg": loadavg(),
        "cpuinfo": cpuinfo(world),
    }


def etc_files(world: World) -> dict[str, str]:
    """Return the small files of the system: path -> text."""
    release = "/etc/redhat-release" if world.minimal else "/etc/os-release"
    return {
        release: world.release,
        "/etc/hostname": f"{world.name}\n",
        "/etc/hosts": f"127.0.0.1 localhost\n{world.address} {world.name}\n",
        "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n"
        f"{USER}:x:{UID}:{UID}:operations:/home/{USER}:/bin/sh\n",
        "/etc/group": f"root:x:0:\n{USER}:x:{UID}:\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "/sys/devices/system/cpu/online": f"0-{world.cpus - 1}\n",
    }


def time_zone() -> bytes | None:
    """Return the machine's description of Asia/Shanghai (TZif); None if it has no such files."""
    path = Path("/usr/share/zoneinfo/Asia/Shanghai")
    return path.read_bytes() if path.exists() else None


@functools.cache
def old_tools() -> tuple[dict[str, str], dict[str, str]]:
    """Return what an old host needs: files to copy {in the host: of the machine} and links."""
    box = shutil.which("busybox")
    if box is not None:
        applets = subprocess.run([box, "--list"], capture_output=True, text=True, check=True).stdout
        links = {f"/bin/{name}": "busybox" for name in TOOLS if name in applets.split()}
        return {"/bin/busybox": box, **_libraries([box])}, links
    found = {name: path for name in TOOLS if (path := shutil.which(name)) is not None}
    copies = {f"/bin/{name}": path for name, path in found.items()}
    return {**copies, **_libraries(sorted(found.values()))}, {}


def _libraries(programs: list[str]) -> dict[str, str]:
    """Return the shared libraries of some programs, at their own paths."""
    listing = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    paths = re.findall(r"(?:=> )?(/\S+) \(0x", listing)
    return {path: path for path in paths}
