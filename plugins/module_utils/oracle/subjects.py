# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The subjects of the Oracle area, one file each: what is asked, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ansible_collections.ebill.ops.plugins.module_utils.oracle import (
    accounts,
    alert,
    backups,
    growth,
    instance,
    instance_state,
    integrity,
    jobs,
    objects,
    parameters,
    recovery,
    recovery_area,
    redo,
    rman_history,
    sessions,
    standby,
    tablespaces,
    temp_undo,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted


class Subject(Protocol):
    """What a subject's file has; ``remember(answers, wanted) -> dict`` is optional.

    ``PARTS``: its questions. ``MAKES``: each observation, and the names of the parts, of this or
    another subject, that it is made of. ``observe`` returns exactly the observations of ``MAKES``.
    """

    @property
    def PARTS(self) -> tuple[Part, ...]:
        """The questions."""

    @property
    def MAKES(self) -> Mapping[str, tuple[str, ...]]:
        """What the observations are made of."""

    def observe(self, answers: Answers, wanted: Wanted) -> dict[str, Observation]:
        """Return the observations; ``wanted.earlier`` is what this subject remembered."""


SUBJECTS: Mapping[str, Subject] = {
    "instance": instance,
    "instance_state": instance_state,
    "sessions": sessions,
    "redo": redo,
    "accounts": accounts,
    "alert": alert,
    "standby": standby,
    "tablespaces": tablespaces,
    "temp_undo": temp_undo,
    "growth": growth,
    "backups": backups,
    "recovery_area": recovery_area,
    "rman_history": rman_history,
    "recovery": recovery,
    "parameters": parameters,
    "integrity": integrity,
    "objects": objects,
    "jobs": jobs,
}


def remember(name: str, answers: Answers, wanted: Wanted) -> dict[str, Any]:
    """Return what a subject wants to know in the next run; nothing when it compares nothing."""
    found: dict[str, Any] = getattr(SUBJECTS[name], "remember", _nothing)(answers, wanted)
    return found


def _nothing(_answers: Answers, _wanted: Wanted) -> dict[str, Any]:
    return {}
