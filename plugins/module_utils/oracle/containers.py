# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in a multitenant database we are, and what cannot be seen from there.

SYS_CONTEXT('USERENV', 'CON_NAME') is the container, or DB_NAME where there are no containers (SQL
Language Reference, 12.1 and later). A pluggable database shows RMAN's records of its own backups;
those of the root, which backs up all containers as a rule, it may not show (Reference 19c,
V$RMAN_OUTPUT: "a PDB user can only see that PDB's rows, that is, no rows from root").
"""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Problem,
    rows_of,
)

ROOT = "CDB$ROOT"


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
