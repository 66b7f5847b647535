# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate: parts, breaks, scenarios, with parts small enough to see through."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lab.estate import Estate, load_parts, load_scenarios
from lab.hosts.faults import FAULTS
from lab.part import LabContext, LabError, utc_now
from tests.unit.lab.lamp import Lamp


def estate(*parts: Lamp, **scenarios: list[str]) -> Estate:
    return Estate(parts, {"green": [], **scenarios})


def started(tmp_path: Path, made: Estate) -> list[str]:
    said: list[str] = []
    asyncio.run(made.start(LabContext(tmp_path, utc_now), said.append))
    return said


def test_a_start_names_each_part_and_joins_the_variables(tmp_path: Path) -> None:
    made = estate(Lamp("a", "p"), Lamp("b", "q"))
    assert started(tmp_path, made) == ["a: a", "b: b"]
    assert made.hostvars == {"a": {"port": 1}, "b": {"port": 1}}


def test_a_part_that_fails_is_named_and_all_are_stopped(tmp_path: Path) -> None:
    good, bad = Lamp("a", "p"), Lamp("b", "q", fails=True)
    made = estate(good, bad)
    with pytest.raises(LabError, match=r"part b did not start: .*already in use"):
        started(tmp_path, made)
    asyncio.run(made.stop())
    assert (good.running, bad.running) == (False, False)


@pytest.mark.parametrize("pair", [(Lamp("a", "p"), Lamp("a", "q")), (Lamp("a", "pp"),)])
def test_a_target_or_break_of_two_parts_is_refused(tmp_path: Path, pair: tuple[Lamp]) -> None:
    with pytest.raises(LabError, match="two parts"):
        started(tmp_path, estate(*pair))


def test_breaking_and_mending_twice_counts_once(tmp_path: Path) -> None:
    part = Lamp("a", "pq")
    made = estate(part)
    started(tmp_path, made)
    for _ in range(2):
        asyncio.run(made.apply("a.p"))
    assert made.broken == ["a.p"]
    for _ in range(2):
        asyncio.run(made.mend("a.p"))
    assert (made.broken, part.broken) == ([], set())


def test_an_unknown_break_changes_nothing(tmp_path: Path) -> None:
    part = Lamp("a", "p")
    made = estate(part, odd=["a.p", "a.nothing"])
    started(tmp_path, made)
    with pytest.raises(LabError, match=r"no break 'a\.nothing'"):
        asyncio.run(made.play("odd"))
    assert part.broken == set()


def test_a_scenario_replaces_what_was_broken_and_tells_what_it_could_not(tmp_path: Path) -> None:
    part = Lamp("a", "pqx")
    made = estate(part, bad=["a.q", "a.x"])
    started(tmp_path, made)
    asyncio.run(made.apply("a.p"))
    asyncio.run(made.play("bad"))
    assert part.broken == {"a.q"}
    assert made.describe()["broken"] == ["a.q"]
    assert made.notices == ["a.x: no x on this machine"]
    asyncio.run(made.mend_all())
    assert (made.scenario, made.notices, part.broken) == ("green", [], set())


def test_a_missing_part_is_an_error_that_names_it() -> None:
    with pytest.raises(LabError, match=r"lab\.nowhere"):
        load_parts(["lab.nowhere.part:Nothing"])


@pytest.mark.parametrize("text", ["[]", "green: host.x", "green: [1]", "green: [a.b, a.b]"])
def test_scenarios_of_another_shape_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenarios.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=r"scenarios\.yml"):
        load_scenarios(path)


def test_the_committed_scenarios_name_breaks_that_exist_and_agree() -> None:
    scenarios = load_scenarios()
    known = {one.id for part in load_parts() for one in part.breaks()}
    holds = {fault.id: fault.holds for fault in FAULTS}
    for ids in scenarios.values():
        assert set(ids) <= known
        held = [holds[one] for one in ids if one in holds]
        assert len(held) == len(set(held)), "two breaks of one scenario hold the same thing"
    assert scenarios["green"] == []
    assert 5 <= len(scenarios["demo"]) <= 8
    assert len(scenarios["broken"]) >= 15
    areas = {one.partition(".")[0] for one in scenarios["broken"]}
    assert areas == {
        "host", "backup", "log", "oracle", "web", "business", "interface", "gdca"
    }  # fmt: skip


def test_every_break_has_both_titles_and_a_target_of_the_estate() -> None:
    for part in load_parts():
        for one in part.breaks():
            assert set(one.title) == {"zh", "en"}, one.id
            assert all(one.title.values()), one.id
            assert one.id.partition(".")[2], one.id
