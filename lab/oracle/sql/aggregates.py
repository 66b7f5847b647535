# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Aggregates in Decimal, and LISTAGG with its sort keys as arguments."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import Any

from lab.oracle.sql import numbers


class Total:
    """SUM; also as a window function."""

    def __init__(self) -> None:
        self.sum = Decimal(0)
        self.count = 0

    def step(self, number: float | None) -> None:
        if number is not None:
            self.sum += numbers.exact(number)
            self.count += 1

    def inverse(self, number: float | None) -> None:
        if number is not None:
            self.sum -= numbers.exact(number)
            self.count -= 1

    def value(self) -> float | None:
        return numbers.stored(self.sum) if self.count else None

    def finalize(self) -> float | None:
        return self.value()


class Mean(Total):
    """AVG."""

    def value(self) -> float | None:
        return numbers.stored(numbers.DIGITS.divide(self.sum, self.count)) if self.count else None


WINDOW: dict[str, type[Total]] = {"ora_sum": Total, "ora_avg": Mean}


class ListAgg:
    """ora_listagg(text, separator, key, descending, nulls first, key, ...)."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, tuple[Any, ...]]] = []
        self.separator = ""
        self.shape: list[tuple[bool, bool]] = []

    def step(self, text: str | None, separator: str | None, *keys: Any) -> None:
        self.separator = separator or ""
        self.shape = [(bool(d), bool(n)) for d, n in zip(keys[1::3], keys[2::3], strict=True)]
        if text is not None:
            self.rows.append((text, keys[::3]))

    def finalize(self) -> str | None:
        self.rows.sort(key=functools.cmp_to_key(self._compare))
        return self.separator.join(text for text, _ in self.rows) or None

    def _compare(self, left: tuple[str, Any], right: tuple[str, Any]) -> int:
        for (down, nulls_first), a, b in zip(self.shape, left[1], right[1], strict=True):
            if a == b:
                continue
            if a is None or b is None:
                return -1 if (a is None) == nulls_first else 1
            return (1 if a > b else -1) * (-1 if down else 1)
        return 0
