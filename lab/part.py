# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every part of the lab is: it starts, stops, breaks and mends on an asyncio loop."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

HostVars = dict[str, dict[str, Any]]
"""Inventory host -> its variables. Values are what JSON holds."""


class LabError(Exception):
    """Something that the lab's user can read and act on: the text is shown without a traceback."""


class BreakUnavailable(LabError):
    """This break cannot be made on this machine (for example: no namespaces); the text says why."""


@dataclass(frozen=True)
class Break:
    """One fault that a part can really make. `title` has the keys zh and en."""

    id: str  # "<area>.<what>", e.g. "host.disk_full"
    target: str  # the inventory host it is seen on
    title: Mapping[str, str]


@dataclass(frozen=True)
class LabContext:
    """What a part is handed: the lab's state directory (use `directory(name)`) and a UTC clock."""

    state: Path
    clock: Callable[[], datetime]

    def directory(self, name: str) -> Path:
        """Return state/<name>, made for this user only when missing."""
        path = self.state / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path


class Part(Protocol):
    """One part of the estate. All methods run on one loop; none may block it.

    `apply` and `mend` are idempotent and raise KeyError for a break id that is not the part's,
    BreakUnavailable where this machine cannot do it. `stop` leaves no process and no listener.
    """

    name: str

    async def start(self, ctx: LabContext) -> HostVars: ...

    async def stop(self) -> None: ...

    def breaks(self) -> Sequence[Break]: ...

    async def apply(self, break_id: str) -> None: ...

    async def mend(self, break_id: str) -> None: ...


def utc_now() -> datetime:
    """The clock of a lab that was given no other."""
    return datetime.now(UTC)


class Running:
    """A started part, driven from ordinary (not async) code such as a test."""

    def __init__(self, part: Part, ctx: LabContext) -> None:
        self.part = part
        self.ctx = ctx
        self.hostvars: HostVars = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run one coroutine on the part's loop and return its result or raise its exception."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def apply(self, break_id: str) -> None:
        """Break one thing."""
        self.call(self.part.apply(break_id))

    def mend(self, break_id: str) -> None:
        """Mend one thing."""
        self.call(self.part.mend(break_id))

    @contextmanager
    def broken(self, *break_ids: str) -> Iterator[None]:
        """Break things for the length of a with block."""
        try:
            for break_id in break_ids:
                self.apply(break_id)
            yield
        finally:
            for break_id in reversed(break_ids):
                self.mend(break_id)

    def start(self) -> None:
        """Start the loop's thread and the part on it."""
        self._thread.start()
        self.hostvars = self.call(self.part.start(self.ctx))

    def stop(self) -> None:
        """Stop the part, then the loop; also after a failed start."""
        try:
            self.call(self.part.stop())
            self.call(_cancel_rest())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


async def _cancel_rest() -> None:
    """Cancel what a part left on the loop, so that closing the loop does not complain."""
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@contextmanager
def running(
    part: Part,
    state: Path | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[Running]:
    """Run one part alone, for tests; `state` defaults to a temporary directory.

    with running(SitePart()) as site:
        url = site.hostvars["ebillweb"]["inspect_web_base_url"]
        with site.broken("web.page_slow"):
            ...
    """
    with tempfile.TemporaryDirectory(prefix="ebill-lab-") as temporary:
        run = Running(part, LabContext(state or Path(temporary), clock))
        try:
            run.start()
            yield run
        finally:
            run.stop()
