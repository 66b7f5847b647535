# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recovery area: how full it is without what Oracle may delete by itself (ENV-07)."""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Impossible,
    Observation,
    Problem,
    Row,
    absent,
    error,
    first_problem,
    gib,
    integer,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part, number, text
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

PARTS = (
    Part(
        "recovery_area",
        "V$RECOVERY_FILE_DEST",
        (
            text("name"),
            number("space_limit"),
            number("space_used"),
            number("space_reclaimable"),
            number("number_of_files"),
        ),
        max_rows=10,
    ),
)

MAKES: dict[str, tuple[str, ...]] = {"recovery_area": ("recovery_area",)}


def observe(answers: Answers, _wanted: Wanted) -> dict[str, Observation]:
    """Return the observation of MAKES; absent where there is no recovery area."""
    return {"recovery_area": _area(answers)}


def _area(answers: Answers) -> Observation:
    """Return what is used without what Oracle may delete by itself, of the limit."""
    problem = first_problem(answers, "recovery_area")
    if problem:
        return error(problem)
    found = rows_of(answers, "recovery_area")
    area = found[0] if found else {}
    if not area.get("space_limit"):
        return absent("not_configured", "DB_RECOVERY_FILE_DEST")
    try:
        limit, used = integer(area, "space_limit"), integer(area, "space_used")
        reclaimable = integer(area, "space_reclaimable")
        if reclaimable > used:
            raise Impossible(f"space_used={used} space_reclaimable={reclaimable}")
    except Impossible as contradiction:
        return error(Problem("bad_answer", f"V$RECOVERY_FILE_DEST: {contradiction}"))
    taken = used - reclaimable
    row: Row = {
        "name": area.get("name"),
        # Over 100 is possible: the limit can be lowered below what is there.
        "used_percent": 100 * taken / limit,
        "used_bytes": taken,
        "total_bytes": limit,
        "reclaimable_bytes": reclaimable,
        "used_gib": gib(taken),
        "total_gib": gib(limit),
        "reclaimable_gib": gib(reclaimable),
        "files": area.get("number_of_files"),
    }
    return rows([row])
