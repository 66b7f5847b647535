# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is new in the alert log."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.module_utils.oracle import alert
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted
from hypothesis import given
from hypothesis import strategies as st

GRANT = Problem("missing_grant", "SELECT ON SYS.V_$DIAG_ALERT_EXT (ORA-00942)")
TODAY = {"day": "2026-11-22", "first_day": "2026-08-22"}
PATTERNS = Path(__file__).resolve().parents[3] / "catalogue" / "log_patterns.yml"


def answers(
    codes: list[tuple[str, str | None, int]], incidents: list[tuple[str, int]] = (), **more: Any
) -> dict[str, Any]:
    """``codes``: (day, code, entries); ``incidents``: (day, number), entries without a code."""
    entries = [{"day": d, "code": c, "entries": n, "incidents": 0} for d, c, n in codes]
    entries += [{"day": d, "code": None, "entries": n, "incidents": n} for d, n in incidents]
    instance = [{"instance_name": "ebill1"}]
    return {"today": [TODAY], "alert_entries": entries, "instance": instance} | more


def kept(day: str, counts: dict[str, int]) -> dict[str, Any]:
    return {"instances": {"ebill1": {"day": day, "counts": counts}}}


def row(found: dict[str, Any], earlier: dict[str, Any] | None = None) -> Any:
    (one,) = alert.observe(found, Wanted(earlier=earlier or {}))["alert_log"]["rows"]
    return one


@pytest.mark.parametrize(
    ("written", "serious", "others"),
    [
        ("ORA-00600", 1, 0),
        ("ORA-600: i", 1, 0),
        ("ORA-1653: ", 1, 0),
        ("ORA-00060", 0, 1),
        ("ORA-01555", 0, 1),
        ("ORA-12012", 0, 1),
        # clients that went away, sessions that were ended, queries that were cancelled
        ("ORA-609 : ", 0, 0),
        ("ORA-3136)", 0, 0),
        ("ORA-28 a", 0, 0),
        ("ORA-01013", 0, 0),
        ("ORA-", 0, 0),
        ("ORA-abcde", 0, 0),
    ],
)
def test_codes(written: str, serious: int, others: int) -> None:
    found = row(answers([("2026-11-20", written, 1)]))
    assert (found["serious"], found["others"]) == (serious, others)


def test_the_codes_are_shown_by_number() -> None:
    codes = [("2026-11-20", "ORA-01653", 1), ("2026-11-21", "ORA-00600", 2)]
    found = row(answers([*codes, ("2026-11-21", "ORA-600 [k", 1)], [("2026-11-21", 3)]))
    assert found["serious_codes"] == "ORA-00600 × 3, ORA-01653 × 1"
    assert (found["incidents"], found["since_day"]) == (3, "2026-08-22")


def test_a_long_list_of_codes_is_cut() -> None:
    found = row(answers([("2026-11-20", f"ORA-{number:05d}", 1) for number in range(900, 920)]))
    assert found["other_codes"].endswith("ORA-00905 × 1, …")


def test_no_entry_counts_twice_and_none_is_missed() -> None:
    first = answers([("2026-11-20", "ORA-00600", 4), ("2026-11-22", "ORA-00600", 1)])
    earlier = alert.remember(first, Wanted())
    assert earlier == kept("2026-11-22", {"ORA-00600": 1})
    assert row(first, earlier)["serious"] == 0
    later = answers(
        [("2026-11-20", "ORA-00600", 4), ("2026-11-22", "ORA-00600", 3)],
        [("2026-11-22", 2)],
        today=[{"day": "2026-11-24", "first_day": "2026-08-24"}],
    )
    found = row(later, earlier)
    assert (found["serious"], found["incidents"], found["since_day"]) == (2, 2, "2026-11-22")
    again = alert.remember(later, Wanted(earlier=earlier))
    assert again == kept("2026-11-24", {})
    assert row(later, again)["serious"] == 0


def test_the_other_instance_of_a_cluster_has_a_log_of_its_own() -> None:
    """What it wrote before the first one was read must not be missed."""
    first = answers([("2026-11-22", "ORA-00600", 1)])
    other = answers(
        [("2026-11-20", "ORA-00600", 2), ("2026-11-22", "ORA-00600", 1)],
        instance=[{"instance_name": "ebill2"}],
    )
    earlier = alert.remember(first, Wanted())
    assert (row(other, earlier)["serious"], row(first, earlier)["serious"]) == (3, 0)
    both = alert.remember(other, Wanted(earlier=earlier))
    assert (row(other, both)["serious"], row(first, both)["serious"]) == (0, 0)


def test_a_log_that_was_cleaned_up() -> None:
    earlier = kept("2026-11-22", {"ORA-00600": 5})
    assert row(answers([("2026-11-22", "ORA-00600", 2)]), earlier)["serious"] == 2


def test_an_old_release_points_to_the_log_area() -> None:
    missing = Problem("not_supported", "V$DIAG_ALERT_EXT (Oracle 11.2)")
    found = answers([], alert_entries=missing)
    seen = alert.observe(found, Wanted())["alert_log"]
    assert seen["absent"] == {"reason": "alert_log_file", "detail": missing.detail}


@pytest.mark.parametrize("part", ["today", "alert_entries"])
def test_a_failed_part(part: str) -> None:
    earlier = kept("2026-11-01", {"ORA-00600": 2})
    found = answers([]) | {part: GRANT}
    assert alert.observe(found, Wanted())["alert_log"]["error"] == GRANT.as_dict()
    assert alert.remember(found, Wanted(earlier=earlier)) == earlier


def test_a_database_without_a_clock() -> None:
    found = answers([], today=[])
    assert alert.observe(found, Wanted())["alert_log"]["error"]["reason"] == "bad_answer"


def test_the_codes_are_weighed_as_in_the_log_area() -> None:
    """log_patterns.yml decides; the first pattern that fits a line counts it."""
    patterns = yaml.safe_load(PATTERNS.read_text())["kinds"]["oracle_alert"]["patterns"]

    def weight(code: int) -> str | None:
        line = f"ORA-{code:05d}: "
        for pattern in patterns:
            ignored = "ignore" in pattern and re.search(pattern["ignore"], line)
            if re.search(pattern["regex"], line) and not ignored:
                return str(pattern["weight"])
        return None

    codes = range(1, 33000)
    assert {code for code in codes if weight(code) == "fail"} == alert.SERIOUS
    assert {code for code in codes if weight(code) is None} == alert.IGNORED


def test_an_incident_with_a_code_counts_as_both() -> None:
    both = [{"day": "2026-11-20", "code": "ORA-07445", "entries": 3, "incidents": 2}]
    found = row(answers([], alert_entries=both))
    assert (found["serious"], found["incidents"], found["others"]) == (3, 2, 0)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2026-11-20", "2026-11-21", "2026-11-22"]),
            st.sampled_from(["ORA-00600", "ORA-00060", "ORA-7445 ", "x"]),
            st.integers(1, 9),
        )
    )
)
def test_what_was_read_once_is_not_new(codes: list[tuple[str, str, int]]) -> None:
    found = answers(codes)
    again = row(found, alert.remember(found, Wanted()))
    assert (again["serious"], again["others"]) == (0, 0)
