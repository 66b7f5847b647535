# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forecasts against answers that were worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.forecast import (
    FARTHEST_DAYS,
    Point,
    forecast,
)
from hypothesis import given
from hypothesis import strategies as st

START = date(2026, 1, 1)


def points(*used: float, every: int = 100, total: float = 1000) -> list[Point]:
    return [Point(START + timedelta(days=n * every), value, total) for n, value in enumerate(used)]


# used every 100 days of 1000; level 90 -> 900; horizon 100 days after the last point.
CASES = {
    # slopes 1, 1, 1 a day: 700 now, 800 at the horizon, 900 after 200 days.
    "a straight line stays below": ((500, 600, 700), "will_not", (1, 1, 1), (80, 80, 80)),
    # 830 now, 930 at the horizon, 900 after 70 days.
    "a straight line gets there": ((630, 730, 830), "will", (1, 1, 1), (93, 93, 93)),
    # Slopes 0.2, 1.6, 0.9: the interval of three points is all of them; 860 + 20/90/160.
    "three points that disagree": ((680, 700, 860), "uncertain", (0.2, 0.9, 1.6), (88, 95, 102)),
    "nothing grows": ((500, 500, 500), "will_not", (0, 0, 0), (50, 50, 50)),
    "it shrinks slowly": ((540, 520, 500), "will_not", (-0.2, -0.2, -0.2), (48, 48, 48)),
    # Five points: slopes of neighbours 1, 1, 1, 1; no bad one.
    "five points": ((300, 400, 500, 600, 700), "will_not", (1, 1, 1), (80, 80, 80)),
    # 100 too much once: slopes 0, .5, six times 1, 1.5, 2. P(at most one pair of five points in
    # the wrong order) = 5/120 <= 0.1, of two 14/120: one slope is cut off at each end.
    "one odd point hardly matters": (
        (300, 400, 600, 600, 700),
        "will_not",
        (0.5, 1, 1.5),
        (75, 80, 85),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_growth(name: str) -> None:
    used, outcome, slopes, percents = CASES[name]
    known = points(*used)
    found = forecast(known, 90, known[-1].day + timedelta(days=100))
    assert found.outcome == outcome
    assert found.slopes == pytest.approx(slopes)
    assert found.percents == pytest.approx(percents)
    assert found.points == len(used)


def test_days_are_those_on_which_the_limit_is_reached() -> None:
    known = points(680, 700, 860)
    found = forecast(known, 90, known[-1].day + timedelta(days=100))
    # 40 are missing: at 0.2 a day 200 days, at 0.9 44.4 so 45 days, at 1.6 25 days.
    assert found.days == tuple(known[-1].day + timedelta(days=days) for days in (200, 45, 25))
    assert found.confidence == pytest.approx(2 / 3)  # three points: 1 - 2/3!


def test_four_points_cut_nothing_off() -> None:
    # P(no inversion of 4) = 1/24, at most one 4/24 > 0.1: lowest and highest slope, 1 - 2/24.
    found = forecast(points(100, 200, 250, 400), 90, START + timedelta(days=400))
    assert found.slopes == pytest.approx((0.5, 1.0, 1.5))
    assert found.confidence == pytest.approx(22 / 24)


def test_at_its_limit_already() -> None:
    assert forecast(points(910), 90, START).outcome == "reached"
    assert forecast(points(900), 90, START).outcome == "reached"  # reaching it is the breach
    assert forecast(points(899.9), 90, START).outcome == "too_few"


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ([], "too_few"),
        (points(100, 200), "too_few"),
        (points(100, 200, 300, total=0), "too_few"),
        (points(100, 200, 300, every=13), "too_short"),  # 26 days
        (points(100, 200, 300, every=14), "will_not"),  # 28 days
        (points(100, 200, 300, every=0), "too_few"),  # all of one day: one point
    ],
)
def test_no_forecast_from_too_little(known: list[Point], outcome: str) -> None:
    assert forecast(known, 90, START + timedelta(days=60)).outcome == outcome


def test_a_file_that_was_added_moves_the_limit_and_not_the_growth() -> None:
    before = points(700, 800, total=1000)
    known = [*before, Point(START + timedelta(days=200), 900, 2000)]
    found = forecast(known, 90, START + timedelta(days=300))
    assert (found.outcome, found.enlarged) == ("will_not", True)
    assert found.slopes == pytest.approx((1, 1, 1))
    assert found.percents == pytest.approx((50, 50, 50))  # 900 + 100 of 2000
    assert found.days[1] == START + timedelta(days=200 + 900)


def test_a_purge_is_not_growth() -> None:
    # 1 a day before and after; across the fall nothing is compared: 3 + 3 slopes, all 1.
    known = points(600, 700, 800, 400, 500, 600)
    found = forecast(known, 90, known[-1].day + timedelta(days=100))
    assert (found.purges, found.outcome) == (1, "will_not")
    assert found.slopes == pytest.approx((1, 1, 1))
    assert found.percents[1] == pytest.approx(70)  # from 600, not from the line of old


def test_a_fall_of_less_than_a_tenth_is_a_fluctuation() -> None:
    assert forecast(points(600, 545, 610), 90, START).purges == 0
    assert forecast(points(600, 539, 610), 90, START).purges == 1


def test_too_few_points_after_a_purge() -> None:
    assert forecast(points(600, 700, 300, 400), 90, START).outcome == "purged"  # tail 1/4
    # Three pieces of two: 1/8, no weaker than three points in a row.
    assert forecast(points(600, 700, 300, 400, 100, 200), 90, START).outcome != "purged"
    assert forecast(points(800, 400, 200), 90, START).outcome == "purged"


def test_beyond_ten_years_no_day_is_named() -> None:
    found = forecast(points(100, 100.1, 100.2), 90, START + timedelta(days=300))
    assert found.outcome == "will_not"
    assert found.days == (None, None, None)


def test_of_many_points_the_last_of_each_month_is_taken() -> None:
    daily = [Point(START + timedelta(days=n), 100 + n, 1000) for n in range(700)]
    found = forecast(daily, 90, START + timedelta(days=800))
    assert found.points == 24  # to 2027-12-01, so of 24 months
    assert found.slopes == pytest.approx((1, 1, 1))


SERIES = st.lists(
    st.tuples(st.integers(0, 3000), st.floats(0, 1e15), st.floats(1, 1e15)), max_size=9
)


@given(SERIES, st.floats(1, 100), st.integers(0, 400))
def test_sane_whatever_comes(
    series: list[tuple[int, float, float]], level: float, ahead: int
) -> None:
    known = [Point(START + timedelta(days=day), min(u, t), t) for day, u, t in series]
    last = max((point.day for point in known), default=START)
    found = forecast(known, level, last + timedelta(days=ahead))
    low, middle, high = found.slopes
    assert low <= middle <= high
    assert list(found.percents) == sorted(found.percents)
    days = [day for day in found.days if day]
    assert days == sorted(days, reverse=True)
    assert all(last <= day <= last + timedelta(days=FARTHEST_DAYS + 1) for day in days)
    if found.outcome == "will":
        assert found.days[0] is not None
    if found.outcome == "will_not":
        assert found.days[2] is None or found.days[2] > last + timedelta(days=ahead)


@given(st.permutations(points(100, 300, 350, 500, 700)))
def test_the_order_of_the_points_does_not_matter(shuffled: list[Point]) -> None:
    horizon = START + timedelta(days=500)
    assert forecast(shuffled, 90, horizon) == forecast(points(100, 300, 350, 500, 700), 90, horizon)


@given(st.floats(0.001, 1e9))
def test_the_unit_does_not_matter(factor: float) -> None:
    known = points(680, 700, 860)
    horizon = known[-1].day + timedelta(days=100)
    scaled = [Point(p.day, p.used * factor, p.total * factor) for p in known]
    one, other = forecast(known, 90, horizon), forecast(scaled, 90, horizon)
    assert one.outcome == other.outcome
    assert one.percents == pytest.approx(other.percents)
