# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few Linux calls that Python has no function for: namespaces, mounts, death with the parent.

Numbers are those of the kernel's user-space headers (linux/sched.h, linux/mount.h, linux/prctl.h).
Every function raises OSError with the call's name when the kernel says no.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import socket
import struct
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
CLONE_NEWTIME = 0x00000080
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_NOATIME = 0x400
MS_NODIRATIME = 0x800
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MS_RELATIME = 0x200000
MNT_FORCE = 0x1
MNT_DETACH = 0x2

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "loongarch64": 41}
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1

# Locked flags: a mount taken over from the machine must keep them when it is remounted.
_KEPT = {
    os.ST_NOSUID: MS_NOSUID,
    os.ST_NODEV: MS_NODEV,
    os.ST_NOEXEC: MS_NOEXEC,
    os.ST_NOATIME: MS_NOATIME,
    os.ST_NODIRATIME: MS_NODIRATIME,
    os.ST_RELATIME: MS_RELATIME,
}


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when the thread that made it ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def adopt_orphans() -> None:
    """Become the parent of every orphan among this process's descendants."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


def unshare(flags: int) -> None:
    """unshare(2)."""
    _check(_libc.unshare(flags), "unshare")


def enter_user_namespace(flags: int, uid: int, gid: int) -> None:
    """Unshare a user namespace and others with it; this user is `uid`:`gid` in it."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER | flags)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1", encoding="ascii")


def shift_boot_time(seconds: int) -> bool:
    """Give later children an earlier boot (time namespace, Linux 5.6); False if refused."""
    try:
        unshare(CLONE_NEWTIME)
        Path("/proc/self/timens_offsets").write_text(f"boottime {seconds} 0\n", encoding="ascii")
    except OSError:
        return False
    return True


def mount(
    source: str | None, target: str, kind: str | None, flags: int = 0, data: str = ""
) -> None:
    """mount(2)."""
    result = _libc.mount(
        source.encode() if source is not None else None,
        os.fsencode(target),
        kind.encode() if kind is not None else None,
        ctypes.c_ulong(flags),
        data.encode() if data else None,
    )
    _check(result, f"mount {target!r}")


def unmount(target: str, flags: int = 0) -> None:
    """umount2(2)."""
    _check(_libc.umount2(os.fsencode(target), flags), f"umount {target!r}")


def bind(source: str, target: str) -> None:
    """Show a file or folder of the machine at `target`, with all that is mounted below it."""
    mount(source, target, None, MS_BIND | MS_REC)


def bind_read_only(source: str, target: str) -> None:
    """Like bind, and nothing under it can be written; raises OSError rather than leave it open."""
    bind(source, target)
    for point in [p for p in mount_points() if p == target or p.startswith(target + "/")]:
        state = os.statvfs(point)
        kept = sum(flag for st, flag in _KEPT.items() if state.f_flag & st)
        mount(None, point, None, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | kept)
        if not os.statvfs(point).f_flag & os.ST_RDONLY:
            raise OSError(f"{point} could not be made read-only")


def mount_points() -> list[str]:
    """Every mount point of this mount namespace, in the order they were mounted."""
    points = []
    with open("/proc/self/mountinfo", "rb") as table:  # noqa: PTH123  bytes, undecoded
        for line in table:
            name = line.split()[4]
            for code, char in ((b"\\040", b" "), (b"\\011", b"\t"), (b"\\134", b"\\")):
                name = name.replace(code, char)
            points.append(os.fsdecode(name))
    return points


def pivot_root(new: str) -> None:
    """Make `new` the root folder and let go of the old one."""
    os.chdir(new)
    # pivot_root(".", ".") stacks the old root over the new one: man pivot_root(2).
    number = _SYS_PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise OSError(f"pivot_root: unknown machine {os.uname().machine}")
    _check(_libc.syscall(number, b".", b"."), "pivot_root")
    unmount(".", MNT_DETACH)
    os.chdir("/")


def raise_loopback() -> None:
    """Switch on `lo` of a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(sock, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))
