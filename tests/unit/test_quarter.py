# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contract and calendar quarters (contract.md R-10, R-11)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.quarter import (
    add_months,
    quarter_labelled,
    quarter_of,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("day", "start", "basis", "label", "first", "last"),
    [
        ("2026-11-22", "2026-01-01", "contract", "2026Q4", "2026-10-01", "2026-12-31"),
        ("2026-11-22", "2026-08-15", "contract", "2026Q2", "2026-11-15", "2027-02-14"),
        ("2026-11-14", "2026-08-15", "contract", "2026Q1", "2026-08-15", "2026-11-14"),
        ("2027-03-01", "2026-08-31", "contract", "2026Q3", "2027-02-28", "2027-05-30"),
        ("2027-09-01", "2026-08-15", "contract", "2027Q1", "2027-08-15", "2027-11-14"),
        ("2026-11-22", "2026-08-15", "calendar", "2026Q4", "2026-10-01", "2026-12-31"),
    ],
)
def test_quarter(day: str, start: str, basis: str, label: str, first: str, last: str) -> None:
    quarter = quarter_of(date.fromisoformat(day), date.fromisoformat(start), basis)
    assert (quarter.label, str(quarter.start), str(quarter.end)) == (label, first, last)
    assert quarter_labelled(label, date.fromisoformat(start), basis) == quarter


def test_before_the_contract_and_no_label_are_refused() -> None:
    with pytest.raises(ValueError, match="before the contract's start"):
        quarter_of(date(2025, 12, 31), date(2026, 1, 1), "contract")
    with pytest.raises(ValueError, match="not a quarter such as 2026Q4"):
        quarter_labelled("2026-4", date(2026, 1, 1), "contract")


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 900))
def test_a_day_lies_in_its_quarter_and_quarters_join(start: date, offset: int) -> None:
    day = start + timedelta(days=offset)
    quarter = quarter_of(day, start, "contract")
    assert quarter.start <= day <= quarter.end
    assert quarter_of(quarter.end + timedelta(days=1), start, "contract").start > quarter.end
    assert 1 <= quarter.number <= 4


def test_months_are_clamped() -> None:
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
