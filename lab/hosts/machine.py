# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One running lab host: its box, its files, its services and its SSH door."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncssh

from lab.hosts import content, texts
from lab.hosts.box import Box
from lab.hosts.rootfs import PROC_FOLDER
from lab.hosts.session import Account
from lab.hosts.sshd import Entrance
from lab.hosts.world import MIB, UID, USER, Service, World
from lab.part import BreakUnavailable

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OWN_TOOLS = "/opt/ops/bin"  # first in PATH; empty unless something is broken
_LISTEN = "0A"  # state of a listening socket in /proc/net/tcp
_SERVICE_TRIES = 200


class Machine:
    """A host of the lab that runs. `plain`: a folder instead of namespaces."""

    def __init__(self, world: World, folder: Path, clock: Callable[[], datetime]) -> None:
        self.world = world
        self.folder = folder
        self.clock = clock
        self.box: Box
        self.entrance: Entrance
        self._services: dict[str, int] = {}
        self._ends: dict[str, asyncio.Future[int]] = {}

    async def start(self, key: asyncssh.SSHKey, plain: bool) -> None:
        """Start the host with its files and services; raises NoNamespaces unless plain."""
        root = self.folder / "root"
        root.mkdir(parents=True, exist_ok=True)
        self.box = Box(self._spec(root, plain))
        await self.box.start()
        self._furnish()
        host_key = asyncssh.generate_private_key("ssh-ed25519")
        account = Account(USER, key, "/bin/sh", self._environment())
        self.entrance = Entrance(self.box, account, host_key)
        await self.entrance.open(self.world.address)
        for service in self.world.services:
            await self.start_service(service.name)

    async def stop(self) -> None:
        """Stop everything of this host."""
        if hasattr(self, "entrance"):
            await self.entrance.close()
        if hasattr(self, "box"):
            await self.box.stop()
            if self.box.plain:
                shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name: str) -> Path:
        """Where this process finds a file of the host."""
        return self.box.path(name)

    def put(self, name: str, data: str | bytes, when: datetime | None = None) -> Path:
        """Write a file of the host, folders made as needed; `when` sets its times."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        if when is not None:
            os.utime(path, (when.timestamp(), when.timestamp()))
        return path

    def set_proc(self, name: str, text: str) -> None:
        """Change what the host reads as /proc/<name>."""
        if self.box.plain:
            raise BreakUnavailable("needs a /proc of its own: this machine allows no namespaces")
        self.path(f"{PROC_FOLDER}/{name}").write_text(text, encoding="ascii")

    def tool(self, name: str, text: str | None) -> None:
        """Put a tool of our own before the system's in PATH, or take it away (None)."""
        if text is None:
            self.path(f"{_OWN_TOOLS}/{name}").unlink(missing_ok=True)
        else:
            self.put(f"{_OWN_TOOLS}/{name}", text).chmod(0o755)

    def fill(self, mount: str, percent: float, name: str) -> None:
        """Fill a disk with one file until `percent` of it is used; less is left as it is."""
        if self.box.plain:
            raise BreakUnavailable("needs a real mount: this machine allows no namespaces")
        state = os.statvfs(self.path(mount))
        used = state.f_blocks - state.f_bfree
        wanted = int(state.f_blocks * percent / 100) - used
        if wanted > 0:
            with self.path(f"{mount}/{name}").open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, wanted * state.f_frsize)

    def lost(self) -> list[str]:
        """What runs no more and was not stopped by the lab: killed by hand, or out of memory."""
        name = self.world.name
        if self.box.ended:
            return [name]
        return [f"{name}: {service}" for service, end in self._ends.items() if end.done()]

    async def start_service(self, name: str) -> None:
        """Start a service that is not running and wait until it listens."""
        if name in self._services and not self._ends[name].done():
            return
        service = self._service(name)
        self._install(service)
        shown = self.box.shown
        argv = [service.argv0, shown(service.script), *service.arguments]
        number, end = self.box.spawn(
            argv, self._service_environment(service), path=shown(service.program)
        )
        self._services[name], self._ends[name] = number, end
        await self._wait_port(service, True)

    async def stop_service(self, name: str) -> None:
        """Kill a service."""
        number = self._services.pop(name, None)
        if number is not None:
            self.box.signal(number, signal.SIGKILL)
            await self._ends.pop(name)

    async def switch_port(self, name: str, is_open: bool) -> None:
        """Close the port of a service that stays alive, or open it again."""
        number = self._services.get(name)
        if number is not None:
            self.box.signal(number, signal.SIGUSR2 if is_open else signal.SIGUSR1)
            await self._wait_port(self._service(name), is_open)

    def hostvars(self, folder: Path) -> dict[str, Any]:
        """Return the inventory variables by which this host is reached; keys are in `folder`."""
        options = {
            "UserKnownHostsFile": f'"{folder / "known_hosts"}"',
            "GlobalKnownHostsFile": "/dev/null",
            "StrictHostKeyChecking": "yes",
            "IdentitiesOnly": "yes",
        }
        arguments = " ".join(f"-o '{name}={value}'" for name, value in options.items())
        variables: dict[str, Any] = {
            "ansible_host": self.entrance.address,
            "ansible_port": self.entrance.port,
            "ansible_user": USER,
            "ansible_ssh_private_key_file": str(folder / "id_ed25519"),
            "ansible_ssh_common_args": f"-F /dev/null {arguments}",
            "ansible_ssh_transfer_method": "piped",
            "lab_root": self.box.shown(""),
            "lab_machine_mounts": self._machine_mounts(),
        }
        if not self.world.minimal:
            python = texts.interpreter()
            program = python.program if python.own_tree else "/usr/bin/python3"
            variables["ansible_python_interpreter"] = program
        return variables

    def _machine_mounts(self) -> list[str]:
        """Return the mount points in the host that show the machine's own disks."""
        if self.box.plain or self.world.minimal:
            return []
        table = Path(f"/proc/{self.box.pid}/mounts").read_text(encoding="utf-8", errors="replace")
        own = {disk.target for disk in self.world.disks}
        points = [line.split()[1] for line in table.splitlines()]
        return [p for p in points if p not in own and not p.startswith(("/proc", "/dev"))]

    def known_host(self) -> str:
        """Return this host's line of known_hosts."""
        key = self.entrance.host_key.export_public_key().decode("ascii")
        return f"[{self.entrance.address}]:{self.entrance.port} {key}"

    def _service(self, name: str) -> Service:
        return next(service for service in self.world.services if service.name == name)

    def _spec(self, root: Path, plain: bool) -> dict[str, Any]:
        disks = [
            {
                "source": disk.source,
                "target": disk.path,
                "size": disk.size_mib * MIB,
                "inodes": disk.inodes,
            }
            for disk in self.world.disks
        ]
        python = texts.interpreter()
        return {
            "plain": plain,
            "uid": UID,
            "uptime_seconds": self.world.uptime_days * 86400,
            "root": str(root),
            "hostname": self.world.name,
            **{key: disks[0][key] for key in ("source", "size", "inodes")},
            "whole": not self.world.minimal,
            "trees": [python.prefix] if python.own_tree and not self.world.minimal else [],
            "copies": texts.old_tools()[0] if self.world.minimal else {},
            "mounts": disks[1:],
            "proc": texts.proc_files(self.world),
        }

    def _furnish(self) -> None:
        """Put the files of the system and of its applications in place."""
        for name, text in texts.etc_files(self.world).items():
            self.put(name, text)
        for folder in (f"/home/{USER}", "/tmp", _OWN_TOOLS, *self.world.folders):
            self.path(folder).mkdir(parents=True, exist_ok=True)
        if self.world.minimal and not self.box.plain:
            for link, target in texts.old_tools()[1].items():
                self.path(link).symlink_to(target)
        if (zone := texts.time_zone()) is not None:
            self.put("/etc/localtime", zone)
        content.fill(self)

    def _environment(self) -> dict[str, str]:
        shown = self.box.shown
        path = f"{shown(_OWN_TOOLS)}:{_PATH}"
        return {
            "PATH": path if not self.world.minimal or self.box.plain else f"{_OWN_TOOLS}:/bin",
            "HOME": shown(f"/home/{USER}"),
            "USER": USER,
            "LOGNAME": USER,
            "SHELL": "/bin/sh",
            "LANG": self.world.lang,
            **({"TZ": "CST-8"} if self.box.plain or texts.time_zone() is None else {}),
        }

    def _service_environment(self, service: Service) -> dict[str, str]:
        python = texts.interpreter()
        env = {
            "HOME": "/",
            "PATH": _PATH,
            "PYTHONHOME": python.prefix,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONNOUSERSITE": "1",
            "LAB_PORT": str(service.port),
        }
        if python.own_tree:
            env["LD_LIBRARY_PATH"] = f"{python.prefix}/lib"
        if service.http:
            env["LAB_HTTP"] = "1"
        if self.box.plain:
            env["LAB_ADDRESS"] = self.entrance.address
        return env

    def _install(self, service: Service) -> None:
        """Copy the interpreter under the server's name, once a disk: links do for the others."""
        self.put(service.script, (Path(__file__).parent / "service.py").read_bytes())
        program = self.path(service.program)
        if program.exists():
            return
        program.parent.mkdir(parents=True, exist_ok=True)
        for other in self.world.services:
            with contextlib.suppress(OSError):
                os.link(self.path(other.program), program)
                return
        shutil.copyfile(texts.interpreter().program, program)
        program.chmod(0o755)

    async def _wait_port(self, service: Service, is_open: bool) -> None:
        """Wait until the host's own table shows the port open or closed, or 5 s are over."""
        if service.port == 0 or self.box.plain:
            return
        for _ in range(_SERVICE_TRIES):
            if (service.port in self.listening()) == is_open:
                return
            await asyncio.sleep(0.025)

    def listening(self) -> set[int]:
        """Return the TCP ports on which something in the host's network listens."""
        table = Path(f"/proc/{self.box.pid}/net/tcp").read_text(encoding="ascii")
        rows = [line.split() for line in table.splitlines()[1:]]
        return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == _LISTEN}
