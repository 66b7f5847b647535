# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The database's own history of its tablespaces: read where licensed, and never else."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import grants, tablespaces
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import all_parts
from ansible_collections.ebill.ops.plugins.module_utils.oracle.space_history import (
    MOST,
    daily_used,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.statements import plan
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted
from ansible_collections.ebill.ops.plugins.module_utils.redact import redact
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.oracle.samples import GRANT, answers, file, observed, space
from tests.unit.oracle.test_statements import RELEASES, ROOT

LICENSED = Wanted(licensed_diagnostics=True)


def history(*points: tuple[Any, Any, Any], block_size: Any = 8192, **more: Any) -> dict[str, Any]:
    """Answers about one tablespace, number 4, with points of (number, day, blocks)."""
    found = answers([space() | {"block_size": block_size}], [file(100)], {"EBILL_DATA": 50})
    return {
        **found,
        "space_numbers": [{"ts": 4, "name": "EBILL_DATA"}, {"ts": 5, "name": "EBILL_IDX"}],
        "space_history": [
            {"tablespace_id": number, "day": day, "used_blocks": blocks}
            for number, day, blocks in points
        ],
        **more,
    }


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "two days, in order": (
        history((4, "2026-11-21", 3), (4, "2026-11-20", 2)),
        "2026-11-20=16384B;2026-11-21=24576B",
    ),
    "blocks of 32 KiB": (history((4, "2026-11-20", 2), block_size=32768), "2026-11-20=65536B"),
    "no block size": (history((4, "2026-11-20", 2), block_size=None), ""),
    "impossible block size": (history((4, "2026-11-20", 2), block_size=0), ""),
    "of another tablespace": (history((5, "2026-11-20", 2)), ""),
    "of a dropped one": (history((9, "2026-11-20", 2)), ""),
    "no points": (history(), ""),
    "empty is a figure": (history((4, "2026-11-20", 0)), "2026-11-20=0B"),
    "impossible size": (history((4, "2026-11-20", -1), (4, "2026-11-21", None)), ""),
    "RTIME of another form": (
        history((4, "6-11--21", 1), (4, "2026-13-01", 1), (4, None, 1), (4, "20261120", 1)),
        "",
    ),
    "in the root": (history((4, "2026-11-20", 2), **ROOT), ""),
    "not granted": (history(space_history=GRANT), ""),
    "numbers not granted": (history((4, "2026-11-20", 2), space_numbers=GRANT), ""),
    "not asked": (history(space_history=(), space_numbers=()), ""),
}


@pytest.mark.parametrize(("given_answers", "wanted"), CASES.values(), ids=CASES)
def test_points_of_a_tablespace(given_answers: dict[str, Any], wanted: str) -> None:
    assert daily_used(given_answers).get("EBILL_DATA", "") == wanted
    (row,) = tablespaces.observe(given_answers, LICENSED)["tablespaces"]["rows"]
    assert row["daily_used"] == wanted
    assert row["used_percent"] == 50


@given(st.integers(1, 400), st.sampled_from([2048, 8192, 32768]), st.integers(0, 2**32), st.data())
def test_thinned_evenly_and_never_taken_for_a_patients_number(
    days: int, block_size: int, most: int, data: st.DataObject
) -> None:
    first = date(2025, 11, 1)
    all_days = [(first + timedelta(days=n)).isoformat() for n in range(days)]
    points = [(4, day, data.draw(st.integers(0, most), label=day)) for day in all_days[-3:]]
    points += [(4, day, most) for day in all_days[:-3]]
    text = daily_used(history(*points, block_size=block_size))["EBILL_DATA"]
    kept = [point.partition("=")[0] for point in text.split(";")]
    assert len(kept) == min(days, MOST) == len(set(kept))
    assert (kept[0], kept[-1]) == (all_days[0], all_days[-1])
    gaps = [(date.fromisoformat(b) - date.fromisoformat(a)).days for a, b in pairwise(kept)]
    assert not gaps or max(gaps) - min(gaps) <= 1
    assert redact(text) == text


def test_a_tablespace_that_cannot_be_measured_has_no_history_either() -> None:
    asked = history((4, "2026-11-20", 2), data_files=[file(None, state="OFFLINE")])
    (row,) = observed(asked)["tablespaces"]["rows"]
    assert "error" in row
    assert "daily_used" not in row


@pytest.mark.parametrize("release", RELEASES)
def test_without_a_licence_no_view_of_the_history_is_named(release: tuple[int, int]) -> None:
    def sent(wanted: Wanted, answered: Any) -> str:
        return "\n".join(part.sql() for part in plan_parts(wanted, answered)).upper()

    def plan_parts(wanted: Wanted, answered: Any) -> list[Any]:
        found = plan(all_parts(wanted), release, answered)
        return [part for statement in found for part in statement.parts]

    assert "_HIST_" not in sent(Wanted(), {})
    assert "DBA_HIST_TBSPC_SPACE_USAGE" in sent(LICENSED, {})
    assert "_HIST_" not in sent(LICENSED, ROOT)
    for part in plan_parts(LICENSED, {}):
        assert part.licensed or "_HIST_" not in part.sql().upper()


def test_a_missing_grant_of_the_history_is_named() -> None:
    makes = {name: parts for one in SUBJECTS.values() for name, parts in one.MAKES.items()}
    found = grants.observe(history(space_history=GRANT), makes, {})
    assert [row["grant"] for row in found["rows"]] == ["SELECT ON SYS.X"]
