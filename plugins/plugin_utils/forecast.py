# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a space reaches its limit, from few and irregular points: pure, no clock, no wording.

The growth a day is the Theil-Sen slope: the median of the slopes between all pairs of points. It
was chosen over least squares because there are few points (one a quarter) and one of them may be
odd, such as a measurement in the middle of a load: a single bad point among five cannot move a
median of ten slopes far, while it tips a least-squares line. Its interval needs no assumption on
how errors are spread: the slopes are counted off from both ends by the distribution of Kendall's
statistic. P. K. Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", Journal of
the American Statistical Association 63 (1968), 1379-1389; M. Hollander, D. A. Wolfe,
"Nonparametric Statistical Methods", section 9.3. With so few points the distribution is
counted out, not approximated.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Literal

Outcome = Literal["reached", "will", "will_not", "uncertain", "too_few", "too_short", "purged"]

FEWEST = 3
SHORTEST_DAYS = 28
"""Points of less than four weeks say nothing about a quarter."""
DROP = 0.1
"""A fall by this share was a purge or a move, no fluctuation: growth is not taken across it."""
TAIL = 0.1
"""So much may lie beyond each end of the interval: 80 % inside, where the points allow it."""
WEAKEST = 1 / 6
"""What three points give beyond each end (1/3!); fewer comparable ones are too few."""
FARTHEST_DAYS = 3650
MOST = 24
"""Of more points only the last of each month are taken, of these so many: pairs grow by squares."""


@dataclass(frozen=True)
class Point:
    """Bytes used and greatest possible size on a day."""

    day: date
    used: float
    total: float


@dataclass(frozen=True)
class Forecast:
    """What is to be expected; slopes are bytes a day, days None where the limit is not reached.

    ``reached``: it is at its limit now. ``will``: also the slowest growth of the interval gets
    there by the horizon; ``will_not``: not even the fastest; ``uncertain``: between the two.
    ``too_few``, ``too_short``, ``purged``: no forecast (points, time, points since a purge).
    ``percents`` are those at the horizon, ``days`` when the limit is reached; each slowest,
    middle, fastest growth. ``confidence`` is the share inside the interval.
    """

    outcome: Outcome
    points: int
    first: date | None = None
    slopes: tuple[float, float, float] = (0.0, 0.0, 0.0)
    percents: tuple[float, float, float] = (0.0, 0.0, 0.0)
    days: tuple[date | None, date | None, date | None] = (None, None, None)
    confidence: float = 0.0
    purges: int = 0
    enlarged: bool = False


def forecast(points: Sequence[Point], level: float, horizon: date) -> Forecast:
    """Say whether ``used`` reaches ``level`` percent of the newest total by ``horizon``.

    Of several points of a day the last counts. What was used earlier is held against what is
    possible now: a file that was added moves the limit, not the growth. Points without a total
    are left out.
    """
    known = _thinned(points)
    if not known:
        return Forecast("too_few", 0)
    now = known[-1]
    pieces = _pieces(known)
    enlarged = len(known) > 1 and now.total > known[-2].total
    facts = (len(known), known[0].day)
    if now.used >= level / 100 * now.total:
        return Forecast("reached", *facts, purges=len(pieces) - 1, enlarged=enlarged)
    hindrance = _hindrance(known, pieces)
    if hindrance:
        return Forecast(hindrance, *facts, purges=len(pieces) - 1, enlarged=enlarged)
    slopes, confidence = _slopes(pieces)
    ahead = max((horizon - now.day).days, 0)
    percents = [max(now.used + slope * ahead, 0.0) / now.total * 100 for slope in slopes]
    gap = level / 100 * now.total - now.used
    days = [_reached(now.day, gap, slope) for slope in slopes]
    return Forecast(
        _outcome(days, horizon),
        *facts,
        slopes=slopes,
        percents=(percents[0], percents[1], percents[2]),
        days=(days[0], days[1], days[2]),
        confidence=confidence,
        purges=len(pieces) - 1,
        enlarged=enlarged,
    )


def _thinned(points: Sequence[Point]) -> list[Point]:
    days = {point.day: point for point in points if point.total > 0}
    known = [days[day] for day in sorted(days)]
    if len(known) > MOST:
        known = list({(point.day.year, point.day.month): point for point in known}.values())
    return known[-MOST:]


def _pieces(points: Sequence[Point]) -> list[list[Point]]:
    """Cut where the used bytes fell by a tenth or more."""
    pieces = [[points[0]]]
    for point in points[1:]:
        before = pieces[-1][-1].used
        if point.used < before * (1 - DROP):
            pieces.append([])
        pieces[-1].append(point)
    return pieces


def _hindrance(points: Sequence[Point], pieces: Sequence[Sequence[Point]]) -> Outcome | None:
    if len(points) < FEWEST:
        return "too_few"
    if (points[-1].day - points[0].day).days < SHORTEST_DAYS:
        return "too_short"
    # Without comparable pairs all orders are one, and one order is certain: tail 1.
    return "purged" if _tails(_sizes(pieces))[0] > WEAKEST else None


def _slopes(pieces: Sequence[Sequence[Point]]) -> tuple[tuple[float, float, float], float]:
    """Return the lower, middle and upper slope, and the share inside."""
    slopes = sorted(
        (late.used - early.used) / (late.day - early.day).days
        for piece in pieces
        for early, late in combinations(piece, 2)
    )
    tails = _tails(_sizes(pieces))
    cut = max((k for k, tail in enumerate(tails) if tail <= TAIL), default=0)
    cut = min(cut, (len(slopes) - 1) // 2)
    middle = statistics.median(slopes)
    return (slopes[cut], middle, slopes[-1 - cut]), 1 - 2 * tails[cut]


def _sizes(pieces: Sequence[Sequence[Point]]) -> tuple[int, ...]:
    return tuple(sorted(len(piece) for piece in pieces))


@lru_cache(maxsize=64)
def _tails(sizes: tuple[int, ...]) -> list[float]:
    """Return P(at most k of all pairs are in the wrong order) for k = 0, 1, ...

    The orders of n points with k inversions are the coefficients of the product of
    (1 + x + ... + x^(i-1)), i = 1..n; those of independent pieces multiply.
    """
    counts = [1]
    for points in sizes:
        for size in range(2, points + 1):
            grown = [0] * (len(counts) + size - 1)
            for k, count in enumerate(counts):
                for more in range(size):
                    grown[k + more] += count
            counts = grown
    total = sum(counts)
    return [sum(counts[: k + 1]) / total for k in range(len(counts))]


def _reached(start: date, gap: float, slope: float) -> date | None:
    if slope <= 0 or gap / slope > FARTHEST_DAYS:
        return None
    return start + timedelta(days=int(-(-gap // slope)))


def _outcome(days: Sequence[date | None], horizon: date) -> Outcome:
    within = [day is not None and day <= horizon for day in days]
    if within[0]:
        return "will"
    return "uncertain" if within[-1] else "will_not"
