# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregates in Decimal, LISTAGG, KEEP and percentiles with their sort keys as arguments.

All are window functions too: over a whole partition SQLite only ever steps, a moving frame also
takes rows back with `inverse`. Values arrive as SQLite holds them, NUMBERs as their bytes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from lab.oracle.seam import OraError
from lab.oracle.sql import numbers
from lab.oracle.sql.numbers import DIGITS


class Collected:
    """The numbers of a frame; `result` makes the answer of them."""

    def __init__(self, result: Callable[[Sequence[Decimal]], Decimal | None]) -> None:
        self.result = result
        self.seen: list[Decimal] = []

    def step(self, number: bytes | None) -> None:
        if number is not None:
            self.seen.append(numbers.decode(number))

    def inverse(self, number: bytes | None) -> None:
        if number is not None:
            self.seen.remove(numbers.decode(number))

    def value(self) -> bytes | None:
        found = self.result(self.seen) if self.seen else None
        return None if found is None else numbers.encode(found)

    def finalize(self) -> bytes | None:
        return self.value()


class Running:
    """SUM and AVG: nothing is kept but the sum and how many there were."""

    def __init__(self, *, divide: bool) -> None:
        self.divide = divide
        self.sum, self.count = Decimal(0), 0

    def step(self, number: bytes | None) -> None:
        if number is not None:
            self.sum, self.count = DIGITS.add(self.sum, numbers.decode(number)), self.count + 1

    def inverse(self, number: bytes | None) -> None:
        if number is not None:
            self.sum, self.count = DIGITS.subtract(self.sum, numbers.decode(number)), self.count - 1

    def value(self) -> bytes | None:
        if not self.count:
            return None
        whole = DIGITS.divide(self.sum, Decimal(self.count)) if self.divide else self.sum
        return numbers.encode(whole)

    def finalize(self) -> bytes | None:
        return self.value()


def total(seen: Sequence[Decimal]) -> Decimal:
    return functools.reduce(DIGITS.add, seen)


def mean(seen: Sequence[Decimal]) -> Decimal:
    return DIGITS.divide(total(seen), Decimal(len(seen)))


def middle(seen: Sequence[Decimal]) -> Decimal:
    return _continuous(sorted(seen), Decimal("0.5"))


def _spread(seen: Sequence[Decimal], *, sample: bool) -> Decimal | None:
    """The variance; of one value 0, of a sample of one none."""
    if sample and len(seen) < 2:
        return None
    centre = mean(seen)
    squares = [DIGITS.power(DIGITS.subtract(one, centre), Decimal(2)) for one in seen]
    return DIGITS.divide(total(squares), Decimal(len(seen) - sample))


def variance(seen: Sequence[Decimal]) -> Decimal | None:
    return _spread(seen, sample=True) if len(seen) > 1 else Decimal(0)


def root(spread: Callable[[Sequence[Decimal]], Decimal | None]) -> Callable[..., Decimal | None]:
    def deviation(seen: Sequence[Decimal]) -> Decimal | None:
        found = spread(seen)
        return None if found is None else DIGITS.sqrt(found)

    return deviation


def _continuous(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    place = share * (len(ordered) - 1)
    low, high = int(numbers.floor(place)), int(numbers.ceiling(place))
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


sample_variance = functools.partial(_spread, sample=True)
population_variance = functools.partial(_spread, sample=False)
RESULTS: dict[str, Callable[[Sequence[Decimal]], Decimal | None]] = {
    "ora_median": middle,
    "ora_variance": variance,
    "ora_var_samp": sample_variance,
    "ora_var_pop": population_variance,
    "ora_stddev": root(variance),
    "ora_stddev_samp": root(sample_variance),
    "ora_stddev_pop": root(population_variance),
}


class Ordered:
    """Rows with sort keys (key, descending, NULLs first) behind their own values."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, tuple[Any, ...]]] = []
        self.shape: list[tuple[bool, bool]] = []

    def add(self, row: Any, keys: Sequence[Any]) -> None:
        self.shape = [(bool(d), bool(n)) for d, n in zip(keys[1::3], keys[2::3], strict=True)]
        self.rows.append((row, tuple(keys[::3])))

    def compare(self, left: tuple[Any, Any], right: tuple[Any, Any]) -> int:
        for (down, nulls_first), a, b in zip(self.shape, left[1], right[1], strict=True):
            if a == b:
                continue
            if a is None or b is None:
                return -1 if (a is None) == nulls_first else 1
            return (1 if a > b else -1) * (-1 if down else 1)
        return 0

    def sort(self) -> None:
        self.rows.sort(key=functools.cmp_to_key(self.compare))

    def inverse(self, *_: Any) -> None:
        raise OraError(30487, "ORDER BY not allowed here")


class ListAgg(Ordered):
    """ora_listagg(text, separator, distinct, key, descending, nulls first, key, ...)."""

    LONGEST = 4000

    def __init__(self) -> None:
        super().__init__()
        self.separator, self.distinct = "", False

    def step(self, text: str | None, separator: str | None, distinct: int, *keys: Any) -> None:
        self.separator, self.distinct = separator or "", bool(distinct)
        if text is not None:
            self.add(text, keys)

    def value(self) -> str | None:
        self.sort()
        parts = [text for text, _ in self.rows]
        if self.distinct:
            parts = list(dict.fromkeys(parts))
        joined = self.separator.join(parts)
        if len(joined.encode()) > self.LONGEST:
            raise OraError(1489, "result of string concatenation is too long")
        return joined or None

    def finalize(self) -> str | None:
        return self.value()


class Keep(Ordered):
    """ora_keep(aggregate, last, value, key, descending, nulls first, ...)."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.last = "", False

    def step(self, name: str, last: int, value: Any, *keys: Any) -> None:
        self.name, self.last = name, bool(last)
        self.add(value, keys)

    def finalize(self) -> Any:
        if not self.rows:
            return numbers.encode(0) if self.name == "COUNT" else None
        self.sort()
        chosen = self.rows[-1 if self.last else 0]
        kept = [row[0] for row in self.rows if self.compare(row, chosen) == 0]
        seen = [one for one in kept if one is not None]
        if self.name == "COUNT":
            return numbers.encode(len(seen))
        if not seen:
            return None
        if self.name in ("MIN", "MAX"):
            return (min if self.name == "MIN" else max)(seen)
        work = total if self.name == "SUM" else mean
        return numbers.encode(work([numbers.decode(one) for one in seen]))


class Percentile:
    """ora_percentile_x(value, share, descending)."""

    def __init__(self, *, continuous: bool) -> None:
        self.continuous = continuous
        self.seen: list[Decimal] = []
        self.share, self.down = Decimal(0), False

    def step(self, value: bytes | None, share: bytes, down: int) -> None:
        self.share, self.down = numbers.decode(share), bool(down)
        if value is not None:
            self.seen.append(numbers.decode(value))

    def finalize(self) -> bytes | None:
        if not self.seen:
            return None
        ordered = sorted(self.seen, reverse=self.down)
        if self.continuous:
            return numbers.encode(_continuous(ordered, self.share))
        place = max(1, int(numbers.ceiling(self.share * len(ordered))))
        return numbers.encode(ordered[place - 1])


WINDOW: dict[str, Callable[[], Any]] = {
    "ora_sum": functools.partial(Running, divide=False),
    "ora_avg": functools.partial(Running, divide=True),
    "ora_listagg": ListAgg,
    **{name: functools.partial(Collected, result) for name, result in RESULTS.items()},
}
PLAIN: dict[str, Callable[[], Any]] = {
    "ora_keep": Keep,
    "ora_percentile_cont": functools.partial(Percentile, continuous=True),
    "ora_percentile_disc": functools.partial(Percentile, continuous=False),
}
