# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a query came back with, and how that becomes an observation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Union

Row = dict[str, Any]
Observation = dict[str, Any]
"""Exactly one of ``{"rows": [...]}``, ``{"error": {...}}``, ``{"absent": {...}}``."""

GIB = 2**30


@dataclass(frozen=True)
class Problem:
    """Why there is no answer: a reason id of catalogue/reasons.yml and a language-neutral detail.

    ``fatal``: the session is of no use any more.
    """

    reason: str
    detail: str
    fatal: bool = False

    @property
    def code(self) -> str:
        """The error code that the detail names, such as ORA-01034; else the reason."""
        match = re.search(r"\b(ORA|DPY|DPI)-\d+", self.detail)
        return match[0] if match else self.reason

    def as_dict(self) -> dict[str, str]:
        """Return the form that observations carry."""
        return {"reason": self.reason, "detail": self.detail}


# Not "|": ansible-test reads module_utils for the oldest Python of a target.
Answer = Union[Sequence[Mapping[str, Any]], Problem]  # noqa: UP007
Answers = Mapping[str, Answer]


class Impossible(ValueError):
    """Numbers that cannot be true together; the text shows them raw."""


def rows_of(answers: Answers, name: str) -> list[Mapping[str, Any]]:
    """Return a query's rows; none for a query that failed or was not asked."""
    answer = answers.get(name, ())
    return [] if isinstance(answer, Problem) else list(answer)


def first_problem(answers: Answers, *names: str) -> Problem | None:
    """Return the problem of the first of these queries that has one."""
    for name in names:
        answer = answers.get(name, Problem("not_run", name))
        if isinstance(answer, Problem):
            return answer
    return None


def rows(items: Sequence[Row]) -> Observation:
    """Looked and saw."""
    return {"rows": list(items)}


def error(problem: Problem) -> Observation:
    """Could not look."""
    return {"error": problem.as_dict()}


def absent(reason: str, detail: str) -> Observation:
    """Nothing of the kind is there, rightly."""
    return {"absent": {"reason": reason, "detail": detail}}


def integer(row: Mapping[str, Any], field: str) -> int:
    """Return a whole, non-negative number of a row; Impossible when it is anything else."""
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Impossible(f"{field}={value}")
    return value


def gib(size_bytes: int) -> float:
    """Bytes as GiB for a sentence; three digits, so that 50 MiB do not read as nothing."""
    return round(size_bytes / GIB, 3 if size_bytes < GIB else 2)


def local_time(value: Any) -> str | None:
    """A DATE of the database in its own clock, to the minute; None stays None."""
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else None
