# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Paths are text here, odd bytes and all.
# ruff: noqa: PTH101,PTH102,PTH103,PTH110,PTH112,PTH114,PTH115,PTH120,PTH123,PTH208,PTH211
"""The root folder of a lab host: tmpfs disks of fixed sizes over the machine's own programs."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import Any

from lab.hosts import kernel

FUSE_DEVICE = "/dev/fuse"
PROC_FOLDER = "/run/lab-proc"  # the files that stand in for /proc/meminfo and others
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "fuse")
_TOP = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
# Read-only: a session of a lab that root started has root's own files in /proc before it.
_PROC_FLAGS = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC | kernel.MS_RDONLY
_FOLDERS = ("dev", "proc", "sys", "run", "etc", "home", "opt", "var/log", "mnt", "root", "usr")


def build(spec: dict[str, Any]) -> None:
    """Build and enter the root that `spec` describes; raises OSError where the kernel refuses.

    Keys used: root (empty folder of the machine), source, size, inodes (of "/"), hostname,
    whole (bool: show the machine's programs), trees (more folders of the machine),
    copies ({path in the host: file of the machine}), mounts ([{source, target, size, inodes}]),
    proc ({name: text}).
    """
    root = spec["root"]
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    with contextlib.suppress(OSError):  # port 80 for a server without root; else it has no port
        _write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0")
    _disk(spec["source"], root, spec["size"], spec["inodes"])
    for name in _FOLDERS:
        os.makedirs(f"{root}/{name}", exist_ok=True)
    os.mkdir(f"{root}/tmp")
    os.chmod(f"{root}/tmp", 0o1777)
    if spec["whole"]:
        show_machine(root)
    for tree in spec["trees"]:
        os.makedirs(root + tree)
        kernel.bind_read_only(tree, root + tree)
    for target, source in spec["copies"].items():
        _copy(source, root + target)
    _devices(root)
    _proc(root, spec["proc"])
    for disk in spec["mounts"]:
        os.makedirs(root + disk["target"], exist_ok=True)
        _disk(disk["source"], root + disk["target"], disk["size"], disk["inodes"])
    kernel.pivot_root(root)
    socket.sethostname(spec["hostname"])
    kernel.raise_loopback()


def show_machine(root: str) -> None:
    """Show the machine's programs and libraries, and nothing of its data, read-only."""
    kernel.bind_read_only("/usr", f"{root}/usr")
    for name in _TOP:
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        elif os.path.isdir(f"/{name}"):
            os.mkdir(f"{root}/{name}")
            kernel.bind_read_only(f"/{name}", f"{root}/{name}")
    with contextlib.suppress(FileNotFoundError):
        _copy("/etc/ld.so.cache", f"{root}/etc/ld.so.cache")
    os.mkdir(f"{root}/etc/alternatives")
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir("/etc/alternatives"):
            with contextlib.suppress(OSError):
                target = os.readlink(f"/etc/alternatives/{name}")
                os.symlink(target, f"{root}/etc/alternatives/{name}")


def _disk(source: str, target: str, size: int, inodes: int) -> None:
    """Mount an empty disk of `size` bytes and `inodes` inodes, named `source` in the tables."""
    options = f"size={size},nr_inodes={inodes},mode=0755"
    kernel.mount(source, target, "tmpfs", kernel.MS_NODEV | kernel.MS_RELATIME, options)


def _devices(root: str) -> None:
    for name in _DEVICES:
        if os.path.exists(f"/dev/{name}"):
            _write(f"{root}/dev/{name}", "")
            kernel.bind(f"/dev/{name}", f"{root}/dev/{name}")
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(f"/proc/self/{target}", f"{root}/dev/{name}")
    os.mkdir(f"{root}/dev/shm")


def _proc(root: str, files: dict[str, str]) -> None:
    kernel.mount("proc", f"{root}/proc", "proc", _PROC_FLAGS)
    os.mkdir(root + PROC_FOLDER)
    for name, text in files.items():
        _write(f"{root}{PROC_FOLDER}/{name}", text)
        kernel.bind(f"{root}{PROC_FOLDER}/{name}", f"{root}/proc/{name}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _copy(source: str, target: str) -> None:
    """Copy one file with its mode, folders made as needed."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(source, "rb") as old, open(target, "wb") as new:
        while piece := old.read(1 << 20):
            new.write(piece)
        os.fchmod(new.fileno(), os.fstat(old.fileno()).st_mode & 0o777)
