# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One lab host as the lab sees it: started, asked to run programs, looked into, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.part import BreakUnavailable, LabError

_PROJECT = Path(__file__).resolve().parents[2]
_MESSAGE_BYTES = 1 << 20


class NoNamespaces(LabError):
    """The kernel does not let this user make a host of its own; the text says at which call."""


class Box:
    """A host's namespaces with process 1 in them, or (plain) a folder with a process beside it."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.spec = dict(spec)
        self.plain = bool(spec["plain"])
        self.pid = 0
        self._built = False
        self.boot_shifted = False
        self.ended = False  # by somebody else: process 1 is gone and we did not stop it
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._ready: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Start process 1; raises NoNamespaces when the kernel refuses."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for sock in (ours, theirs):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MESSAGE_BYTES)
        self._control = ours
        self.pid, self._built = 0, False
        ours.setblocking(False)
        with theirs:
            command = [sys.executable, "-S", "-E", "-s", "-m", "lab.hosts.inside"]
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=_PROJECT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        loop = asyncio.get_running_loop()
        self._ready = loop.create_future()
        loop.add_reader(ours, self._receive)
        ours.send(json.dumps({**self.spec, "parent": os.getpid()}).encode())
        await self._ready

    async def stop(self) -> None:
        """End the host and every process in it; returns when they are gone."""
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, 10)
            self._process.kill()
            self._process.wait()
            self._process = None
        self._fail_waiting(LabError("the host was stopped"))

    def path(self, name: str) -> Path:
        """Where this process finds the host's file `name` (absolute, no symbolic link in it)."""
        root = self.spec["root"] if self.plain else f"/proc/{self.pid}/root"
        return Path(root + name)

    def shown(self, name: str) -> str:
        """Return the name of a file as a session sees it: the same, unless plain."""
        return str(self.spec["root"]) + name if self.plain else name

    def spawn(
        self,
        argv: Sequence[bytes | str],
        env: Mapping[str, str],
        *,
        path: str | None = None,
        fds: Sequence[int] = (),
        tty: bool = False,
    ) -> tuple[int, asyncio.Future[int]]:
        """Run a program; returns its id and the future of its exit code (negative: signal)."""
        args = [os.fsencode(arg).decode("latin-1") for arg in argv]
        number, future = self._promise()
        message = {
            "op": "spawn",
            "id": number,
            "path": path or args[0],
            "argv": args,
            "env": {k: os.fsencode(v).decode("latin-1") for k, v in env.items()},
            "cwd": self.shown(env.get("HOME", "/")) if not self.plain else self.spec["root"],
            "tty": tty,
        }
        assert self._control is not None
        data = json.dumps(message, ensure_ascii=False).encode()
        socket.send_fds(self._control, [data], list(fds))
        return number, future

    def signal(self, number: int, which: int = signal.SIGHUP, *, session: bool = False) -> None:
        """Signal a spawned program's process group, or its whole session."""
        if self._control is not None and number in self._waiting:
            target = {"target": number, "number": int(which), "session": session}
            self._control.send(json.dumps({"op": "signal", "id": 0, **target}).encode())

    async def operate(self, op: str, **arguments: Any) -> None:
        """Have process 1 change a mount; raises BreakUnavailable if it cannot."""
        if self.plain:
            raise BreakUnavailable("needs a real mount: this machine allows no namespaces")
        number, future = self._promise()
        assert self._control is not None
        self._control.send(json.dumps({"op": op, "id": number, **arguments}).encode())
        error = await future
        if error:
            raise BreakUnavailable(f"the kernel refused: {error}")

    def _promise(self) -> tuple[int, asyncio.Future[Any]]:
        self._number += 1
        future = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = future
        return self._number, future

    def _receive(self) -> None:
        """Read what process 1 says."""
        assert self._control is not None and self._ready is not None
        try:
            data = self._control.recv(_MESSAGE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._control)
            self.ended = True
            gone = NoNamespaces(f"process 1 of {self.spec['hostname']} ended")
            if not self._ready.done():
                self._ready.set_exception(gone)
            self._fail_waiting(gone)
            return
        self._hear(json.loads(data), self._ready)

    def _hear(self, message: dict[str, Any], ready: asyncio.Future[None]) -> None:
        match message["event"]:
            case "pid":
                self.pid = message["pid"]
                self._stand(ready)
            case "ready":
                self.boot_shifted = message["boot_shifted"]
                self._built = True
                self._stand(ready)
            case "failed":
                ready.set_exception(NoNamespaces(message["detail"]))
            case "exit" | "done":
                future = self._waiting.pop(message["id"], None)
                if future is not None and not future.done():
                    future.set_result(message.get("code", message.get("error")))

    def _stand(self, ready: asyncio.Future[None]) -> None:
        """The host stands when its parent (the pid) and process 1 have spoken, in either order."""
        if self.pid and self._built and not ready.done():
            ready.set_result(None)

    def _fail_waiting(self, problem: Exception) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(problem)
                future.exception()  # seen: nobody need wait for it
        self._waiting.clear()
