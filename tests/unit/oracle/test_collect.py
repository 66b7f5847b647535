# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From answers to what the module returns, whatever carried the answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import collect as backend
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.arguments import site_spec
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import (
    all_parts,
    bookmarks,
    from_answers,
    observe,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted, wanted_of

GONE = Problem("connection_lost", "V$INSTANCE (DPY-4011)", fatal=True)


def test_every_field_of_what_is_wanted_can_be_said() -> None:
    defaults = {name: option["default"] for name, option in site_spec().items()}
    wanted = Wanted()
    for name, default in vars(wanted).items():
        assert type(default)(defaults[name]) == default, name
    defaults["rman_expected"] = tuple(defaults["rman_expected"])
    defaults |= {name: () for name, value in defaults.items() if value == []}
    assert wanted_of({**defaults, "host": "db"}) == wanted


def test_only_the_parts_of_what_is_gathered_are_asked() -> None:
    names = {part.name for part in all_parts(Wanted(gather=["temp_undo"]))}
    needed = {name for needs in SUBJECTS["temp_undo"].MAKES.values() for name in needs}
    assert names == needed | {"instance", "database"}
    every = {part.name for part in all_parts(Wanted(licensed_diagnostics=True))}
    assert every == {part.name for subject in SUBJECTS.values() for part in subject.PARTS}


def test_what_a_release_does_not_have_is_absent() -> None:
    answers: dict[str, Any] = {part.name: () for part in all_parts(Wanted())}
    answers["recovery_area"] = Problem("not_supported", "V$RECOVERY_FILE_DEST (Oracle 9.2)")
    found = observe(answers, Wanted())["recovery_area"]
    assert found["absent"]["reason"] == "not_supported"


def test_statements_are_evidence() -> None:
    asked: list[dict[str, Any]] = [
        {"name": "fixed", "views": ["V$A", "V$B"], "elapsed_seconds": 0.5, "rows": 3},
        {"name": "a", "view": "V$A", "elapsed_seconds": 1, "rows": None, "error": GONE.as_dict()},
    ]
    found = from_answers({}, Wanted(), asked)
    assert found.queries == asked
    assert found.observations["statements"]["rows"] == [
        {"statement": "fixed", "views": "V$A, V$B", "seconds": 0.5, "rows": 3},
        {"statement": "a", "views": "V$A", "seconds": 1, "rows": None, "reason": GONE.reason},
    ]


def test_a_run_that_saw_nothing_forgets_nothing() -> None:
    earlier = {name: {"kept": 1} for name in SUBJECTS}
    lost = {part.name: GONE for part in all_parts(Wanted())}
    kept = bookmarks(lost, Wanted(earlier=earlier))
    assert all(kept[name]["kept"] == 1 for name in SUBJECTS)
    other = bookmarks(lost, Wanted(gather=["instance"], earlier=earlier))
    assert other.keys() == earlier.keys()


def test_a_subject_is_told_only_what_it_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}

    class Subject:
        PARTS = ()
        MAKES: dict[str, tuple[str, ...]] = {"seen": ()}  # noqa: RUF012

        def observe(self, answers: Any, wanted: Wanted) -> dict[str, Any]:
            told["observe"] = wanted.earlier
            return {"seen": {"rows": []}}

        def remember(self, answers: Any, wanted: Wanted) -> dict[str, Any]:
            told["remember"] = wanted.earlier
            return {"b": 2}

    monkeypatch.setattr(backend, "SUBJECTS", {"mine": Subject()})
    monkeypatch.setattr(
        backend, "remember", lambda name, *given: backend.SUBJECTS[name].remember(*given)
    )
    wanted = Wanted(earlier={"mine": {"a": 1}, "other": {"c": 3}})
    found = from_answers({}, wanted)
    assert told == {"observe": {"a": 1}, "remember": {"a": 1}}
    assert found.bookmarks == {"mine": {"a": 1, "b": 2}}
    json.dumps(found.bookmarks)
