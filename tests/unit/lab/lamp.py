# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a lab small enough to see through."""

from __future__ import annotations

from collections.abc import Sequence

from lab.part import Break, BreakUnavailable, HostVars, LabContext


class Lamp:
    """A part with one switch for each letter; x cannot be broken here, a start can fail."""

    def __init__(self, name: str, letters: str, fails: bool = False) -> None:
        self.name = name
        self.letters = letters
        self.fails = fails
        self.broken: set[str] = set()
        self.running = False

    async def start(self, ctx: LabContext) -> HostVars:
        self.running = True
        if self.fails:
            raise OSError(98, "Address already in use")
        return {self.name: {"port": 1}}

    async def stop(self) -> None:
        self.running = False

    def breaks(self) -> Sequence[Break]:
        return [
            Break(f"{self.name}.{c}", self.name, {"zh": "坏", "en": "broken"}) for c in self.letters
        ]

    async def apply(self, break_id: str) -> None:
        if break_id.endswith("x"):
            raise BreakUnavailable("no x on this machine")
        self.broken.add(break_id)

    async def mend(self, break_id: str) -> None:
        self.broken.discard(break_id)
