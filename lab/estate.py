# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate: all parts of the lab together, with what is broken in them and the scenarios."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lab.part import Break, BreakUnavailable, HostVars, LabContext, LabError, Part

PARTS = (
    "lab.hosts.part:HostsPart",
    "lab.oracle.part:OraclePart",
    "lab.site.part:SitePart",
    "lab.interfaces.part:InterfacesPart",
    "lab.gdca.part:GdcaPart",
)
SCENARIOS = Path(__file__).with_name("scenarios.yml")


def load_parts(names: Sequence[str] = PARTS) -> list[Part]:
    """Make every part; one that cannot be imported is an error that names it."""
    parts: list[Part] = []
    for name in names:
        module, _, cls = name.partition(":")
        try:
            parts.append(getattr(importlib.import_module(module), cls)())
        except (ImportError, AttributeError) as problem:
            raise LabError(
                f"part {name} cannot be loaded ({problem}); "
                "are the packages of requirements-dev.txt installed?"
            ) from problem
    return parts


def load_scenarios(path: Path = SCENARIOS) -> dict[str, list[str]]:
    """Return scenario -> break ids; LabError when the file is not of that shape."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise LabError(f"{path.name}: a mapping of scenario to break ids is wanted")
    for name, ids in content.items():
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise LabError(f"{path.name}: {name} is not a list of break ids")
        if len(set(ids)) != len(ids):
            raise LabError(f"{path.name}: {name} names a break twice")
    return content


class Estate:
    """The parts, started together; breaks are known by their ids, whichever part has them."""

    def __init__(self, parts: Sequence[Part], scenarios: Mapping[str, Sequence[str]]) -> None:
        self.parts = list(parts)
        self.scenarios = scenarios
        self.hostvars: HostVars = {}
        self.broken: list[str] = []
        self.scenario = "green"
        self.unavailable: dict[str, str] = {}  # breaks of the scenario this machine cannot make
        self._owner: dict[str, Part] = {}
        self._started: list[Part] = []

    async def start(self, ctx: LabContext, progress: Callable[[str], None]) -> None:
        """Start part by part; a part that fails is named in the LabError."""
        for part in self.parts:
            self._started.append(part)  # also a half-started part is stopped
            try:
                variables = await part.start(ctx)
            except OSError as problem:
                raise LabError(f"part {part.name} did not start: {problem}") from problem
            if twice := self.hostvars.keys() & variables.keys():
                raise LabError(f"two parts claim {', '.join(sorted(twice))}")
            self.hostvars.update(variables)
            self._own(part)
            progress(f"{part.name}: {', '.join(sorted(variables))}")

    async def stop(self) -> None:
        """Stop every part, the last one first, whatever one of them says."""
        problems = []
        for part in reversed(self._started):
            try:
                await part.stop()
            except Exception as problem:
                problems.append(f"{part.name}: {problem!r}")
        self._started.clear()
        if problems:
            raise LabError("; ".join(problems))

    def breaks(self) -> list[Break]:
        """All breaks of all parts, in the parts' order."""
        return [one for part in self.parts for one in part.breaks()]

    @property
    def notices(self) -> list[str]:
        """What the user should know: limits of this machine, breaks that could not be made."""
        notices = [text for part in self.parts for text in getattr(part, "notices", ())]
        return notices + [f"{one}: {why}" for one, why in self.unavailable.items()]

    @property
    def counters(self) -> dict[str, int]:
        """What parts counted, such as log-in attempts; for tests that prove what was not done."""
        found: dict[str, int] = {}
        for part in self.parts:
            found.update(getattr(part, "counters", dict)())
        return found

    @property
    def lost(self) -> list[str]:
        """What should run and does not, though nothing of the lab stopped it."""
        return [text for part in self.parts for text in getattr(part, "lost", list)()]

    async def apply(self, break_id: str) -> None:
        """Break one thing."""
        await self._part_of(break_id).apply(break_id)
        if break_id not in self.broken:
            self.broken.append(break_id)

    async def mend(self, break_id: str) -> None:
        """Mend one thing."""
        await self._part_of(break_id).mend(break_id)
        if break_id in self.broken:
            self.broken.remove(break_id)

    async def mend_all(self) -> None:
        """Mend everything, the last break first."""
        for break_id in list(reversed(self.broken)):
            await self.mend(break_id)
        self.unavailable.clear()
        self.scenario = "green"

    async def play(self, scenario: str) -> None:
        """Mend everything, then break what the scenario names."""
        if scenario not in self.scenarios:
            raise LabError(f"no scenario {scenario!r}; there are: {', '.join(self.scenarios)}")
        ids = self.scenarios[scenario]
        for break_id in ids:
            self._part_of(break_id)
        await self.mend_all()
        self.scenario = scenario
        for break_id in ids:
            try:
                await self.apply(break_id)
            except BreakUnavailable as why:
                self.unavailable[break_id] = str(why)

    def describe(self) -> dict[str, Any]:
        """What state.json holds beside the pid."""
        return {
            "scenario": self.scenario,
            "hostvars": self.hostvars,
            "broken": self.broken,
            "notices": self.notices,
            "counters": self.counters,
            "lost": self.lost,
        }

    def _own(self, part: Part) -> None:
        for one in part.breaks():
            if one.id in self._owner:
                raise LabError(f"two parts have the break {one.id}")
            self._owner[one.id] = part

    def _part_of(self, break_id: str) -> Part:
        try:
            return self._owner[break_id]
        except KeyError:
            raise LabError(f"no break {break_id!r}; `python -m lab breaks` lists them") from None
