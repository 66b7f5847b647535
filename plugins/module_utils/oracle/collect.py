# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend of oracle_info and oracle_tablespace_info: one session, all observations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle import (
    backups,
    instance,
    tablespaces,
    temp_undo,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    absent,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.queries import QUERIES
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login, Session

_RMAN = ("rman_jobs", "rman_sets")

SUBJECTS: dict[str, dict[str, tuple[str, ...]]] = {
    "instance": {"instance": ("instance",), "database": ("database",)},
    "tablespaces": {
        "tablespaces": ("tablespaces", "data_files", "free_space", "disk_groups"),
        "tablespace_states": ("tablespaces",),
        "datafiles": ("data_files",),
    },
    "temp": {"temp": ("temp_files", "temp_free")},
    "undo": {"undo": ("tablespaces", "data_files", "undo_extents")},
    "backups": {
        "rman_jobs": _RMAN,
        "rman_full": _RMAN,
        "rman_incremental": _RMAN,
        "rman_archivelog": ("database", *_RMAN),
    },
    "recovery_area": {"recovery_area": ("recovery_area",)},
}
"""What can be gathered together: each observation of a subject, and the queries it is made of."""


@dataclass(frozen=True)
class Wanted:
    """What to gather and what the site says about its database."""

    gather: Sequence[str] = tuple(SUBJECTS)
    user_tablespaces: Sequence[str] = ()
    read_only_tablespaces: Sequence[str] = ()
    rman_expected: Sequence[str] = ("full", "archivelog")


@dataclass(frozen=True)
class Collected:
    """All observations, and a row for each query that was asked."""

    observations: dict[str, Observation]
    queries: list[dict[str, Any]]


def collect(login: Login, wanted: Wanted) -> Collected:
    """Log in once and answer for every subject; never raises for what the database does."""
    used = [queries for subject in wanted.gather for queries in SUBJECTS[subject].values()]
    names = {name for queries in used for name in queries}
    queries = [query for name, query in QUERIES.items() if name in names]
    answers, asked = Session(login, queries).run()
    return Collected(observe(answers, wanted), [item.as_dict() for item in asked])


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Turn answers into all observations; a subject not gathered is absent."""
    found: dict[str, Observation] = {
        **instance.observe(answers),
        **tablespaces.observe(answers, wanted.user_tablespaces, wanted.read_only_tablespaces),
        "temp": temp_undo.observe_temp(answers),
        "undo": temp_undo.observe_undo(answers),
        **backups.observe(answers, wanted.rman_expected),
        "recovery_area": backups.observe_recovery_area(answers),
    }
    for name, subject in SUBJECTS.items():
        if name not in wanted.gather:
            found.update({key: absent("not_configured", name) for key in subject})
    return found
