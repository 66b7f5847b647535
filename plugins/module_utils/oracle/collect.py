# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend of oracle_info and oracle_tablespace_info: one session, all observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle import grants
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Row,
    absent,
    rows,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login, Session
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import (
    SUBJECTS,
    remember,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted


@dataclass(frozen=True)
class Collected:
    """All observations, a row for each statement that was asked, what to remember by subject."""

    observations: dict[str, Observation]
    queries: list[dict[str, Any]] = field(default_factory=list)
    bookmarks: dict[str, dict[str, Any]] = field(default_factory=dict)


def gathered(wanted: Wanted) -> tuple[str, ...]:
    """Return the names of the subjects to gather."""
    return tuple(name for name in SUBJECTS if not wanted.gather or name in wanted.gather)


def all_parts(wanted: Wanted) -> list[Part]:
    """Return every part that the gathered subjects are made of, in all its variants.

    A subject may need the parts of another one; the other's are then asked as well. What needs
    a licence is left out where the site does not say that it has it.
    """
    chosen = [SUBJECTS[name] for name in gathered(wanted)]
    names = {name for subject in chosen for parts in subject.MAKES.values() for name in parts}
    # What later parts depend on: the container, and whether the database is a standby.
    names |= {"instance", "database"}
    return [
        part
        for subject in SUBJECTS.values()
        for part in subject.PARTS
        if part.name in names and (wanted.licensed_diagnostics or not part.licensed)
    ]


def collect(login: Login, wanted: Wanted) -> Collected:
    """Log in once and answer for every subject; never raises for what the database does."""
    answers, asked = Session(login, all_parts(wanted)).run()
    return from_answers(answers, wanted, [item.as_dict() for item in asked])


def from_answers(
    answers: Answers, wanted: Wanted, asked: Sequence[Mapping[str, Any]] = ()
) -> Collected:
    """Return what is made of answers, whatever carried them.

    ``asked``: a row for each statement (Asked.as_dict); it goes into the evidence as the
    observation ``statements``, which no check reads.
    """
    observations = observe(answers, wanted) | {"statements": rows([_shown(row) for row in asked])}
    return Collected(observations, [dict(row) for row in asked], bookmarks(answers, wanted))


def _shown(asked: Mapping[str, Any]) -> Row:
    """A statement as a flat row; ``reason`` only where it failed."""
    row: Row = {
        "statement": asked.get("name"),
        "views": ", ".join(asked.get("views") or [str(asked.get("view"))]),
        "seconds": asked.get("elapsed_seconds"),
        "rows": asked.get("rows"),
    }
    problem = asked.get("error")
    return row | {"reason": problem["reason"]} if problem else row


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Turn answers into all observations, ``grants`` (grants.py) among them.

    A subject that is not gathered is absent.
    """
    chosen = gathered(wanted)
    found: dict[str, Observation] = {}
    for name, subject in SUBJECTS.items():
        if name in chosen:
            seen = subject.observe(answers, _own(name, wanted))
            found |= {key: _settled(observation) for key, observation in seen.items()}
        else:
            found |= {key: absent("not_configured", name) for key in subject.MAKES}
    makes = {key: needs for name in chosen for key, needs in SUBJECTS[name].MAKES.items()}
    return found | {"grants": grants.observe(answers, makes, wanted.owed)}


def bookmarks(answers: Answers, wanted: Wanted) -> dict[str, dict[str, Any]]:
    """Return what the next run is to know, by subject; what cannot be seen today is kept."""
    found: dict[str, dict[str, Any]] = {}
    for name in SUBJECTS:
        earlier = dict(_own(name, wanted).earlier)
        gained = remember(name, answers, _own(name, wanted)) if name in gathered(wanted) else {}
        if earlier | gained:
            found[name] = earlier | gained
    return found


def _own(name: str, wanted: Wanted) -> Wanted:
    """What a subject is told: of the earlier runs only what it remembered itself."""
    return replace(wanted, earlier=wanted.earlier.get(name) or {})


def _settled(observation: Observation) -> Observation:
    """What this release of Oracle does not have is rightly not there."""
    error = observation.get("error")
    if error and error["reason"] == "not_supported":
        return absent(error["reason"], error["detail"])
    return observation
