# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a missing grant is said to cost."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.grants import observe

MAKES = {"used": ("spaces", "free"), "states": ("spaces",), "undo": ("extents",)}
OWED = {"used": ["oracle.a", "oracle.b"], "states": ["oracle.c"]}
FREE = Problem("missing_grant", "SELECT ON SYS.DBA_FREE_SPACE (ORA-00942)")
SPACES = Problem("missing_grant", "SELECT ON SYS.DBA_TABLESPACES (ORA-01031)")
EXTENTS = Problem("missing_grant", "SELECT ON SYS.DBA_UNDO_EXTENTS (ORA-00942)")
SLOW = Problem("timeout", "DBA_FREE_SPACE (30 s)")

CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "all granted": ({"spaces": [], "free": [{}]}, {}),
    "slow is not missing": ({"spaces": [], "free": SLOW}, {}),
    "one missing": (
        {"spaces": [], "free": FREE, "extents": []},
        {"SELECT ON SYS.DBA_FREE_SPACE": "oracle.a, oracle.b"},
    ),
    "two missing": (
        {"spaces": SPACES, "free": FREE, "extents": []},
        {
            "SELECT ON SYS.DBA_FREE_SPACE": "oracle.a, oracle.b",
            "SELECT ON SYS.DBA_TABLESPACES": "oracle.a, oracle.b, oracle.c",
        },
    ),
    "all missing": (
        {"spaces": SPACES, "free": SPACES, "extents": ()},
        {"SELECT ON SYS.DBA_TABLESPACES": "oracle.a, oracle.b, oracle.c"},
    ),
    "what costs nothing that is owed": ({"spaces": [], "extents": EXTENTS}, {}),
}


@pytest.mark.parametrize(("answers", "wanted"), CASES.values(), ids=CASES)
def test_costs(answers: dict[str, Any], wanted: dict[str, str]) -> None:
    found = observe(answers, MAKES, OWED)["rows"]
    assert {row["grant"]: row["checks"] for row in found} == wanted
    assert all(row["checks_count"] == len(row["checks"].split(", ")) for row in found)


def test_without_the_plan_the_observations_are_named() -> None:
    (row,) = observe({"spaces": [], "extents": EXTENTS}, MAKES, {})["rows"]
    assert (row["checks"], row["checks_count"]) == ("undo", 1)


@pytest.mark.parametrize(
    "problem",
    [
        Problem("account_locked", "U, db:1521/X (ORA-28000)", fatal=True),
        Problem("missing_grant", "CREATE SESSION (U, ORA-01045)", fatal=True),
        SLOW,
    ],
)
def test_nothing_asked_is_nothing_known(problem: Problem) -> None:
    found = observe({"spaces": problem, "free": problem, "extents": ()}, MAKES, OWED)
    assert found == {"error": problem.as_dict()}
