# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# A small process: no more modules than it needs.
# ruff: noqa: PTH123,PTH208
"""Process 1 of a lab host: builds the host's root, then starts what the lab asks it to start.

Run by lab.hosts.box as `python -S -E -s -m lab.hosts.inside FD`, standard library only. FD is a
SOCK_SEQPACKET socket; a message is one JSON object, file descriptors travel beside it.

To us:   {"op": "spawn", "id", "path", "argv", "env", "cwd", "tty"} with 3 descriptors or none;
         {"op": "signal", "id", "number", "session": bool};
         {"op": "remount", "id", "target", "readonly"}; {"op": "hang" | "unhang", "id", "target"}.
From us: {"event": "pid", "pid"}, {"event": "ready", "boot_shifted"} or {"event": "failed",
         "detail"}, then {"event": "exit", "id", "code"} (negative: a signal) and
         {"event": "done", "id", "error"}.
End of file on the socket ends the host and everything that runs in it.
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import sys
import termios
from typing import Any

from lab.hosts import kernel, rootfs

MESSAGE_BYTES = 1 << 20
NAMESPACES = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWNET
)


def receive(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """Read one message and its descriptors; None at the end of file."""
    room = socket.CMSG_SPACE(3 * array.array("i").itemsize)
    data, ancillary, _flags, _address = control.recvmsg(
        MESSAGE_BYTES, room, socket.MSG_CMSG_CLOEXEC
    )
    fds = array.array("i")
    for level, kind, payload in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
    return (json.loads(data) if data else None), list(fds)


class Host:
    """The event loop of process 1: it answers messages and reaps every process that ends."""

    def __init__(self, control: socket.socket, plain: bool) -> None:
        self.control = control
        self.plain = plain
        self.pids: dict[int, int] = {}  # process -> id of the spawn message
        self.hung: dict[str, int] = {}  # mount point -> open /dev/fuse

    def send(self, **message: Any) -> None:
        """Tell the lab something; a lab that is gone ends us."""
        try:
            self.control.send(json.dumps(message).encode())
        except OSError:
            self.end()

    def serve(self) -> None:
        """Work until the lab closes the socket."""
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.end())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        while True:
            readable, _, _ = select.select([self.control.fileno(), wake_read], [], [])
            if wake_read in readable:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake_read, 4096)
                self.reap()
            if self.control.fileno() in readable:
                message, fds = receive(self.control)
                if message is None:
                    self.end()
                else:
                    self.answer(message, fds)

    def answer(self, message: dict[str, Any], fds: list[int]) -> None:
        """Do what one message asks."""
        try:
            if message["op"] == "spawn":
                self.pids[self.spawn(message, fds)] = message["id"]
                return
            error = None
            try:
                getattr(self, "do_" + message["op"])(message)
            except OSError as problem:
                error = str(problem)
            self.send(event="done", id=message["id"], error=error)
        finally:
            for fd in fds:
                os.close(fd)

    def spawn(self, message: dict[str, Any], fds: list[int]) -> int:
        """Start a program as the leader of its own session; returns its process id."""
        pid = os.fork()
        if pid:
            return pid
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            if self.plain:
                kernel.die_with_parent()
            null = os.open("/dev/null", os.O_RDWR)
            for target, fd in enumerate(fds or [null] * 3):
                os.dup2(fd, target)
            if message["tty"]:
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            os.chdir(message["cwd"])
            # Latin-1 carries any byte through JSON unharmed.
            argv = [arg.encode("latin-1") for arg in message["argv"]]
            env = {k.encode("latin-1"): v.encode("latin-1") for k, v in message["env"].items()}
            os.execve(message["path"], argv, env)
        except OSError as problem:
            os.write(2, f"{message['path']}: {problem.strerror}\n".encode())
        finally:
            os._exit(127)

    def reap(self) -> None:
        """Collect ended processes, adopted ones too, and report those that the lab started."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self.pids:
                code = os.waitstatus_to_exitcode(status)
                self.send(event="exit", id=self.pids.pop(pid), code=code)

    def do_signal(self, message: dict[str, Any]) -> None:
        """Signal a spawned program's process group, or everything in its session."""
        for pid, spawned in list(self.pids.items()):
            if spawned != message["target"]:
                continue
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, message["number"])
            if message["session"]:
                for member in session_members(pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(member, message["number"])

    def do_remount(self, message: dict[str, Any]) -> None:
        """Switch a disk to read-only as the kernel does after an I/O error, or back."""
        flags = kernel.MS_REMOUNT | (kernel.MS_RDONLY if message["readonly"] else 0)
        kernel.mount(None, message["target"], None, flags)

    def do_hang(self, message: dict[str, Any]) -> None:
        """Mount a network file system whose server never answers.

        FUSE whose server never even answers INIT: every call waits in the kernel until killed,
        as with an NFS server that is gone.
        """
        target = message["target"]
        if target in self.hung:
            return
        fuse = os.open(rootfs.FUSE_DEVICE, os.O_RDWR | os.O_CLOEXEC)
        options = f"fd={fuse},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
        try:
            kernel.mount(
                message["source"],
                target,
                "fuse.glusterfs",
                kernel.MS_NOSUID | kernel.MS_NODEV,
                options,
            )
        except OSError:
            os.close(fuse)
            raise
        self.hung[target] = fuse

    def do_unhang(self, message: dict[str, Any]) -> None:
        """Take that file system away; whoever waits on it gets an error."""
        fuse = self.hung.pop(message["target"], None)
        if fuse is not None:
            os.close(fuse)
            kernel.unmount(message["target"], kernel.MNT_DETACH)

    def end(self) -> None:
        """End, and with us (process 1) the kernel ends everything in the namespace."""
        while self.plain and (children := _children()):
            for pid in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, 0)
        os._exit(0)


def _children() -> list[int]:
    """Our children, orphans we adopted included."""
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as table:
        return [int(pid) for pid in table.read().split()]


def session_members(session: int) -> list[int]:
    """Process ids of one session, from /proc/PID/stat (field 6, after the command's bracket)."""
    members = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:
                if int(stat.read().rpartition(b")")[2].split()[3]) == session:
                    members.append(int(name))
    return members


def main() -> None:
    """Make the host and serve it; see the module's docstring for what we say."""
    os.umask(0o022)
    control = socket.socket(fileno=int(sys.argv[1]))
    spec, _ = receive(control)
    if spec is None:
        return
    kernel.die_with_parent(signal.SIGTERM if spec["plain"] else signal.SIGKILL)
    if os.getppid() != spec["parent"]:
        return  # the lab died before the line above
    host = Host(control, spec["plain"])
    if spec["plain"]:
        kernel.adopt_orphans()
        host.send(event="pid", pid=os.getpid())
        host.send(event="ready", boot_shifted=False)
        host.serve()
    try:
        kernel.enter_user_namespace(NAMESPACES, spec["uid"], spec["uid"])
        shifted = kernel.shift_boot_time(spec["uptime_seconds"])
    except OSError as problem:
        host.send(event="failed", detail=str(problem))
        return
    child = os.fork()
    if child:
        host.send(event="pid", pid=child)
        control.close()
        os.waitpid(child, 0)
        return
    kernel.die_with_parent()
    try:
        rootfs.build(spec)
    except OSError as problem:
        host.send(event="failed", detail=str(problem))
        os._exit(1)
    host.send(event="ready", boot_shifted=shifted)
    host.serve()


if __name__ == "__main__":
    main()
