# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which grants the inspection account lacks, and what each costs; from the answers, no query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Problem,
    Row,
    error,
    rows,
)

_CODE = re.compile(r" \(ORA-\d+\)$")


def observe(
    answers: Answers,
    makes: Mapping[str, Sequence[str]],
    owed: Mapping[str, Sequence[str]],
) -> Observation:
    """Return a row for each missing grant; an error where nothing could be asked at all.

    ``makes``: each observation, and the parts that it is made of. ``owed``: the ids of the
    checks by the observation that they read; without it the observations are named.
    ``checks``: what the grant costs, as text; a grant that costs nothing owed is left out.
    """
    problems = {name: answer for name, answer in answers.items() if isinstance(answer, Problem)}
    # What was not asked is an empty tuple: it tells nothing of its grant.
    if problems and all(name in problems or answers[name] == () for name in answers):
        missing = [one for one in problems.values() if one.reason == "missing_grant"]
        if not missing or any(one.fatal for one in missing):
            return error(next(iter(problems.values())))
    found: dict[str, set[str]] = {}
    for name, problem in problems.items():
        if problem.reason == "missing_grant" and not problem.fatal:
            grant = _CODE.sub("", problem.detail)
            found.setdefault(grant, set()).update(_costs(name, makes, owed))
    return rows([_row(grant, sorted(costs)) for grant, costs in sorted(found.items()) if costs])


def _costs(
    part: str, makes: Mapping[str, Sequence[str]], owed: Mapping[str, Sequence[str]]
) -> set[str]:
    observations = {name for name, parts in makes.items() if part in parts}
    if not owed:
        return observations
    return {check for name in observations for check in owed.get(name, ())}


def _row(grant: str, costs: Sequence[str]) -> Row:
    return {
        "grant": grant,
        "state": "missing",
        "checks": ", ".join(costs),
        "checks_count": len(costs),
    }
