# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inspection fills the quarter that it is dated in, and no other (contract, R-11)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.ebill.ops.plugins.action.run_open import quarter_label
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import CatalogueError

# Already the first of January in Shanghai.
NEW_YEAR = datetime(2026, 12, 31, 20, tzinfo=UTC)
AUTUMN = datetime(2026, 11, 30, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "start", "basis", "now", "expected"),
    [
        ("", "2026-01-01", "contract", AUTUMN, "2026Q4"),
        ("2026Q4", "2026-01-01", "contract", AUTUMN, "2026Q4"),
        ("", "2026-03-15", "contract", AUTUMN, "2026Q3"),
        ("2026Q4", "2026-03-15", "calendar", AUTUMN, "2026Q4"),
        ("2027Q1", "2026-01-01", "calendar", NEW_YEAR, "2027Q1"),
    ],
)
def test_the_quarter_of_the_day(
    label: str, start: str, basis: str, now: datetime, expected: str
) -> None:
    assert quarter_label(label, {"contract_start": start}, basis, now) == expected


@pytest.mark.parametrize("label", ["2026Q1", "2026Q3", "2031Q1"])
def test_another_quarter_is_refused_with_its_days(label: str) -> None:
    said = rf"inspection_quarter: {label} is 20\d\d-.* today is 2026-11-30; .* is 2026Q4"
    with pytest.raises(CatalogueError, match=said):
        quarter_label(label, {"contract_start": "2026-01-01"}, "contract", AUTUMN)


@pytest.mark.parametrize("start", [None, "soon", "2026-13-01"])
def test_the_contracts_start_has_no_default(start: str | None) -> None:
    with pytest.raises(CatalogueError, match=r"ebill_site\.contract_start: .* is not a date"):
        quarter_label("", {"contract_start": start}, "contract", AUTUMN)
