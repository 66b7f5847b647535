# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where we are: in which container, on which instance; and what cannot be seen from there.

SYS_CONTEXT('USERENV', 'CON_NAME') is the container, or DB_NAME where there are no containers (SQL
Language Reference, 12.1 and later). A pluggable database shows RMAN's records of its own backups;
those of the root, which backs up all containers as a rule, it may not show (Reference 19c,
V$RMAN_OUTPUT: "a PDB user can only see that PDB's rows, that is, no rows from root").

A cluster's listener hands out one instance or another; what is an instance's own is remembered by
its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Problem,
    rows_of,
)

ROOT = "CDB$ROOT"
_MOST_INSTANCES = 8


def pluggable(answers: Answers) -> str | None:
    """Return the pluggable database that was asked; None for a root or a database without any."""
    own = next((row.get("container") for row in rows_of(answers, "instance")), None)
    whole = next((row.get("name") for row in rows_of(answers, "database")), None)
    if not own or not whole or own == ROOT or str(own).upper() == str(whole).upper():
        return None
    return str(own)


def hidden_backups(answers: Answers) -> Problem | None:
    """Return why "no backup on record" means nothing here; None where it means what it says."""
    name = pluggable(answers)
    return Problem("backups_of_root", name) if name else None


def instance_of(answers: Answers) -> str:
    """Return the name of the instance that was asked; ``None`` as text where it is not known."""
    return str(next((row.get("instance_name") for row in rows_of(answers, "instance")), None))


def remembered(answers: Answers, kept: Any) -> Any:
    """Return what was remembered of this instance; None when it was never met."""
    return kept.get(instance_of(answers)) if isinstance(kept, Mapping) else None


def remembering(answers: Answers, kept: Any, value: Any) -> dict[str, Any]:
    """Return what is remembered of each instance, of this one ``value``, the newest last."""
    name = instance_of(answers)
    others = {key: known for key, known in kept.items() if key != name} if kept else {}
    return dict([*others.items(), (name, value)][-_MOST_INSTANCES:])
