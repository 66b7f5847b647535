# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One SSH session: a program inside the lab host with its three ends on the channel, byte for byte.

asyncssh's own process redirection (2.24.1) lost the end of a 30 MB copy, so the pipes are joined to
the channel here, with the flow control of both sides.
"""

from __future__ import annotations

import asyncio
import fcntl
import functools
import os
import signal
import struct
import termios
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import asyncssh

from lab.hosts.box import Box
from lab.part import LabError

_KILL_AFTER_SECONDS = 1.0
_SFTP_SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server")


@dataclass(frozen=True)
class Account:
    """The one account that can log in, and what its sessions start with."""

    user: str
    key: asyncssh.SSHKey  # its public half is what counts
    shell: str
    env: Mapping[str, str]


class _Output(asyncio.Protocol):
    """The program's standard output or error on its way to the client."""

    def __init__(self, session: Session, datatype: int | None) -> None:
        self.session = session
        self.datatype = datatype
        self.ended = asyncio.get_running_loop().create_future()
        self.transport: asyncio.ReadTransport | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self.session.channel.is_closing():
            self.session.channel.write(data, self.datatype)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class _Input(asyncio.BaseProtocol):
    """The client's data on its way to the program's standard input."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def pause_writing(self) -> None:
        self.session.channel.pause_reading()

    def resume_writing(self) -> None:
        # Not at once: the channel would write and close while the transport is in mid-flush,
        # which loses the end of the data (asyncio of 3.11).
        asyncio.get_running_loop().call_soon(self.session.channel.resume_reading)

    def connection_lost(self, exc: Exception | None) -> None:
        self.resume_writing()  # what still comes is thrown away


class Session(asyncssh.SSHServerSession[bytes]):
    """Runs what the client asks for; ends it when the connection ends."""

    channel: asyncssh.SSHServerChannel[bytes]

    def __init__(self, box: Box, account: Account) -> None:
        self.box = box
        self.account = account
        self.number: int | None = None
        self.request: tuple[list[bytes | str], str] | None = None
        self.terminal: str | None = None
        self.size = (24, 80)
        self.outputs: list[_Output] = []
        self.input: asyncio.WriteTransport | None = None
        self._early = bytearray()  # what came before there was a program; at most one window
        self._eof = False
        self._tty: int | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self.channel = chan

    def pty_requested(self, term_type: str, term_size: Any, term_modes: Any) -> bool:
        self.terminal = term_type
        self.size = (term_size[1], term_size[0])
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:
        self.size = (height, width)
        self._resize()

    def shell_requested(self) -> bool:
        name = PurePosixPath(self.account.shell).name
        self.request = [f"-{name}"], self.account.shell
        return True

    def exec_requested(self, command: str) -> bool:
        name = PurePosixPath(self.account.shell).name
        self.request = [name, "-c", command], self.account.shell
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        found = [path for path in _SFTP_SERVERS if self.box.path(path).exists()]
        if subsystem != "sftp" or not found:
            return False
        self.request = [found[0]], found[0]
        return True

    def session_started(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def data_received(self, data: bytes, datatype: int | None) -> None:
        if self.input is None:
            self._early += data
        elif not self.input.is_closing():
            self.input.write(data)

    def eof_received(self) -> bool:
        self._eof = True
        self._end_input()
        return True  # our side stays open

    def pause_writing(self) -> None:
        self._each_output(lambda transport: transport.pause_reading())

    def resume_writing(self) -> None:
        self._each_output(lambda transport: transport.resume_reading())

    def signal_received(self, signal: str) -> None:
        self._signal(signal)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hang up on what still runs, and kill what does not listen."""
        if self.input is not None:
            self.input.close()
        self._each_output(lambda transport: transport.close())
        if self.number is not None:
            number = self.number
            self.box.signal(number, signal.SIGHUP)
            asyncio.get_running_loop().call_later(
                _KILL_AFTER_SECONDS,
                lambda: self.box.signal(number, signal.SIGKILL, session=True),
            )

    def _end_input(self) -> None:
        """End the program's input; the channel may tell of the end before there is a program."""
        if self._eof and self.input is not None and self.terminal is None:
            self.input.write_eof()

    def _signal(self, name: str) -> None:
        which = getattr(signal, f"SIG{name}", None)
        if which is not None and self.number is not None:
            self.box.signal(self.number, which)

    def _each_output(self, act: Callable[[asyncio.ReadTransport], None]) -> None:
        for output in self.outputs:
            if output.transport is not None and not output.transport.is_closing():
                act(output.transport)

    def _resize(self) -> None:
        if self._tty is not None:
            fcntl.ioctl(self._tty, termios.TIOCSWINSZ, struct.pack("HHHH", *self.size, 0, 0))

    async def _run(self) -> None:
        """Start the program, join the ends, wait for its end and for the end of its output."""
        assert self.request is not None
        argv, path = self.request
        peer, here = (self.channel.get_extra_info(n)[:2] for n in ("peername", "sockname"))
        env = {**self.account.env, "SSH_CONNECTION": " ".join(map(str, (*peer, *here)))}
        if self.terminal is not None:
            env["TERM"] = self.terminal
        stdin, stdouts, theirs = self._terminal() if self.terminal is not None else _pipes()
        try:
            await self._join(stdin, stdouts)
            tty = self.terminal is not None
            self.number, done = self.box.spawn(argv, env, path=path, fds=theirs, tty=tty)
        finally:
            for fd in set(theirs):
                os.close(fd)
        try:
            code = await done
        except LabError:
            return  # the host is gone and the connection with it
        self.number = None
        for output in self.outputs:
            await output.ended
        self._tty = None
        if self.input is not None:
            self.input.close()
        self._report(code)

    async def _join(self, stdin: int, stdouts: list[int]) -> None:
        """Join our ends of the pipes to the channel."""
        loop = asyncio.get_running_loop()
        kinds = (None, asyncssh.EXTENDED_DATA_STDERR)
        for fd, kind in zip(stdouts, kinds, strict=False):
            make = functools.partial(_Output, self, kind)
            _, output = await loop.connect_read_pipe(make, os.fdopen(fd, "rb", 0))
            self.outputs.append(output)
        writer, _ = await loop.connect_write_pipe(lambda: _Input(self), os.fdopen(stdin, "wb", 0))
        writer.write(bytes(self._early))
        self._early.clear()
        self.input = writer
        self._end_input()

    def _terminal(self) -> tuple[int, list[int], list[int]]:
        """Make a pseudo terminal: our input end, our output end, the program's three ends."""
        ours, theirs = os.openpty()
        self._tty = ours
        self._resize()
        return os.dup(ours), [ours], [theirs] * 3

    def _report(self, code: int) -> None:
        """Send exit status or signal, as sshd does."""
        if self.channel.is_closing():
            return
        if code >= 0:
            self.channel.exit(code)
            return
        try:
            self.channel.exit_with_signal(signal.Signals(-code).name.removeprefix("SIG"))
        except ValueError:
            self.channel.exit(128 - code)


def _pipes() -> tuple[int, list[int], list[int]]:
    """Make pipes: our input end, our two output ends, the program's three ends."""
    stdin, stdout, stderr = os.pipe(), os.pipe(), os.pipe()
    return stdin[1], [stdout[0], stderr[0]], [stdin[0], stdout[1], stderr[1]]
