# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SSH hosts as a part of the lab: app01, db01, bak01 and old01."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import asyncssh

from lab.hosts.box import NoNamespaces
from lab.hosts.faults import FAULTS, Fault
from lab.hosts.machine import Machine
from lab.hosts.world import WORLDS, World
from lab.part import Break, HostVars, LabContext, LabError


class HostsPart:
    """Some or all of the lab's SSH hosts. `plain=True` never asks for namespaces."""

    name = "hosts"

    def __init__(self, worlds: Sequence[World] = WORLDS, *, plain: bool = False) -> None:
        self.worlds = tuple(worlds)
        self.plain = plain
        self.notices: list[str] = []
        self.machines: dict[str, Machine] = {}
        self._broken: dict[str, Fault] = {}

    async def start(self, ctx: LabContext) -> HostVars:
        """Start the hosts side by side; return how each is reached."""
        folder = ctx.directory(self.name)
        key = asyncssh.generate_private_key("ssh-ed25519")
        _write_private(folder / "id_ed25519", key.export_private_key())
        self.machines = {
            world.name: Machine(world, folder / world.name, ctx.clock) for world in self.worlds
        }
        try:
            await self._start_all(key)
        except NoNamespaces as problem:
            await self.stop()
            self.notices.append(
                f"no namespaces on this machine ({problem}): hosts are plain folders, breaks that "
                "need a real disk are unavailable / 本机不支持命名空间，主机以普通目录模拟"
            )
            self.plain = True
            await self._start_all(key)
        lines = "".join(machine.known_host() for machine in self.machines.values())
        (folder / "known_hosts").write_text(lines, encoding="ascii")
        return {name: machine.hostvars(folder) for name, machine in self.machines.items()}

    async def stop(self) -> None:
        """Stop every host."""
        self._broken.clear()
        await asyncio.gather(*(machine.stop() for machine in self.machines.values()))

    def lost(self) -> list[str]:
        """Hosts and services that ended by themselves."""
        return [text for machine in self.machines.values() for text in machine.lost()]

    def breaks(self) -> Sequence[Break]:
        """The faults of the hosts that this part has."""
        names = {world.name for world in self.worlds}
        return [fault.as_break for fault in FAULTS if fault.target in names]

    async def apply(self, break_id: str) -> None:
        """Make a fault; nothing happens if it is there already."""
        fault = self._fault(break_id)
        if break_id in self._broken:
            return
        for other in self._broken.values():
            if other.holds == fault.holds:
                raise LabError(f"{break_id} excludes {other.id}: mend that first")
        await fault.make(self.machines[fault.target])
        self._broken[break_id] = fault

    async def mend(self, break_id: str) -> None:
        """Take a fault away; nothing happens if it is not there."""
        fault = self._fault(break_id)
        if break_id in self._broken:
            await fault.mend(self.machines[fault.target])
            del self._broken[break_id]

    def _fault(self, break_id: str) -> Fault:
        for fault in FAULTS:
            if fault.id == break_id and fault.target in self.machines:
                return fault
        raise KeyError(break_id)

    async def _start_all(self, key: asyncssh.SSHKey) -> None:
        """Start all hosts; of several failures the first one is raised, after all have ended."""
        starts = (machine.start(key, self.plain) for machine in self.machines.values())
        for outcome in await asyncio.gather(*starts, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that only this user can read, from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
