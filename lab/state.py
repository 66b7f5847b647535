# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's state directory: its lock, its state.json, its control socket. One lab each."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from lab.part import LabError

PROJECT = Path(__file__).resolve().parents[1]
_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes with its end mark
_KEPT = ("lock", "lab.log")


def default_directory() -> Path:
    """Return EBILL_LAB_STATE, or .cache/lab in the project."""
    return Path(os.environ.get("EBILL_LAB_STATE") or PROJECT / ".cache" / "lab").absolute()


@dataclass(frozen=True)
class State:
    """A state directory. The lock is held by a living supervisor only: the kernel sees to that."""

    path: Path

    @property
    def log(self) -> Path:
        """What the supervisor says."""
        return self.path / "lab.log"

    @property
    def file(self) -> Path:
        """state.json."""
        return self.path / "state.json"

    def prepare(self) -> None:
        """Make the directory, for this user only."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as problem:
            raise LabError(f"cannot make the state directory: {problem}") from problem
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise LabError(f"cannot write to the state directory {self.path}")

    def lock(self) -> IO[str] | None:
        """Take the lock; None when a lab has it. Closing the file gives it back."""
        file = (self.path / "lock").open("a", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def is_running(self) -> bool:
        """Whether a supervisor lives."""
        if not (self.path / "lock").exists():
            return False
        lock = self.lock()
        if lock is None:
            return True
        lock.close()
        return False

    def clean(self) -> None:
        """Remove what a dead lab left; only with the lock in hand."""
        for path in self.path.iterdir():
            if path.name in _KEPT:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def write(self, state: dict[str, Any]) -> None:
        """Replace state.json in one step; only this user may read it, passwords are in it."""
        fresh = self.path / ".state.json.new"
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(state, file, ensure_ascii=False, indent=1)
        fresh.replace(self.file)

    def read(self) -> dict[str, Any]:
        """Return state.json, {} when there is none."""
        try:
            content: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return content

    @contextlib.contextmanager
    def control_address(self) -> Iterator[str]:
        """Yield an address of the control socket that fits a sun_path, however long the path is."""
        address = str(self.path / "control.sock")
        if len(os.fsencode(address)) <= _LONGEST_SOCKET_PATH:
            yield address
            return
        directory = os.open(self.path, os.O_PATH | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{directory}/control.sock"
        finally:
            os.close(directory)

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send the running lab one command and return its answer; LabError if it refuses."""
        request = json.dumps({"command": command, **arguments}).encode() + b"\n"
        try:
            with self.control_address() as address, socket.socket(socket.AF_UNIX) as sock:
                sock.connect(address)
                sock.sendall(request)
                sock.shutdown(socket.SHUT_WR)
                with sock.makefile("rb") as stream:
                    line = stream.readline()
        except (FileNotFoundError, ConnectionRefusedError) as problem:
            raise LabError(f"no lab is running in {self.path}") from problem
        if not line:
            raise LabError(f"the lab ended in mid-answer; see {self.log}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise LabError(answer["error"])
        return answer
