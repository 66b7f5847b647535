# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's one process: holds the estate and answers on the control socket until told to stop.

Started by `python -m lab up` as `python -m lab.supervisor STATE SCENARIO FD`. On FD it writes one
JSON object a line: {"progress": text}, then {"ready": true} or {"error": text}.
Requests on the socket are one JSON object a line: {"command": "status" | "breaks" | "break" |
"mend" | "scenario" | "down", "ids": [...], "all": bool, "name": text}; the answer is one object,
with "error" if it went wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import IO, Any

from lab.estate import Estate, load_parts, load_scenarios
from lab.part import LabContext, LabError, utc_now
from lab.state import State

_LOCK_TRIES = 20
_REQUEST_BYTES = 1 << 20


class Supervisor:
    """One running lab."""

    def __init__(self, state: State, estate: Estate) -> None:
        self.state = state
        self.estate = estate
        self.stopping = asyncio.Event()
        self._turn = asyncio.Lock()  # one command at a time

    async def run(self, scenario: str, tell: functools.partial[None]) -> None:
        """Start, answer until asked to stop, stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        try:
            await self.estate.start(
                LabContext(self.state.path, utc_now), lambda text: tell({"progress": text})
            )
            await self.estate.play(scenario)
            with self.state.control_address() as address:
                server = await asyncio.start_unix_server(
                    self._answer, address, limit=_REQUEST_BYTES
                )
            self.save()
            tell({"ready": True})
            await self.stopping.wait()
            server.close()
        finally:
            await self.estate.stop()

    def save(self) -> None:
        """Write state.json."""
        self.state.write({"pid": os.getpid(), **self.estate.describe()})

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            async with self._turn:
                answer = await self._obey(request)
        except (LabError, ValueError, KeyError, TypeError) as problem:
            answer = {"error": str(problem) or repr(problem)}
        except Exception as problem:
            traceback.print_exc()
            answer = {"error": f"{problem!r}; see {self.state.log}"}
        with contextlib.suppress(ConnectionError):
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        writer.close()
        if answer.get("stopping"):
            self.stopping.set()

    async def _obey(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do one command; the answer is the new state."""
        try:
            match request["command"]:
                case "break":
                    for break_id in request["ids"]:
                        await self.estate.apply(break_id)
                case "mend":
                    if request.get("all"):
                        await self.estate.mend_all()
                    for break_id in request.get("ids", ()):
                        await self.estate.mend(break_id)
                case "scenario":
                    await self.estate.play(request["name"])
                case "down":
                    return {"stopping": True}
                case "status" | "breaks":
                    pass
                case unknown:
                    raise LabError(f"no command {unknown!r}")
        finally:
            self.save()
        breaks = [
            {"id": one.id, "target": one.target, "title": dict(one.title)}
            for one in self.estate.breaks()
        ]
        return {"pid": os.getpid(), "breaks": breaks, **self.estate.describe()}


def _tell(pipe: IO[str], message: dict[str, Any]) -> None:
    """Tell the one who started us; he may be gone."""
    with contextlib.suppress(OSError, ValueError):
        pipe.write(json.dumps(message, ensure_ascii=False) + "\n")
        pipe.flush()
        if "progress" not in message:
            pipe.close()


def _locked(state: State) -> IO[str]:
    """Take the lock; somebody who only looks may have it for a moment."""
    for _ in range(_LOCK_TRIES):
        if (lock := state.lock()) is not None:
            return lock
        time.sleep(0.05)
    raise LabError(f"a lab is already running in {state.path}")


async def _supervise(state: State, scenario: str, tell: functools.partial[None]) -> None:
    await Supervisor(state, Estate(load_parts(), load_scenarios())).run(scenario, tell)


def main() -> int:
    """Run the lab; see the module's docstring."""
    state = State(Path(sys.argv[1]))
    scenario = sys.argv[2]
    os.umask(0o077)
    tell = functools.partial(_tell, os.fdopen(int(sys.argv[3]), "w", encoding="utf-8"))
    try:
        lock = _locked(state)  # never given back: the kernel does, when this process is gone
        state.clean()
        try:
            asyncio.run(_supervise(state, scenario, tell))
        finally:
            state.clean()
            assert not lock.closed
    except LabError as problem:
        tell({"error": str(problem)})
        return 1
    except Exception as problem:
        traceback.print_exc()
        tell({"error": f"{problem!r}; see {state.log}"})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
