# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session's SQL: translation, the views' rows into SQLite, the rows out of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from lab.oracle import seam
from lab.oracle.seam import Column, OraError, Result
from lab.oracle.sql import aggregates, dates, functions, like, numbers
from lab.oracle.sql.core import NULL, Catalog
from lab.oracle.sql.translate import Translated, translate

STEPS_BETWEEN_LOOKS = 10_000
CANCELLED = OraError(1013, "user requested cancel of current operation")
SQLITE_ERRORS = {
    "interrupted": CANCELLED,
    "too many levels": OraError(913, "too many values"),
}


class Dictionary(Catalog, Protocol):
    """The catalog with its contents."""

    def rows(self, view: str) -> Sequence[Sequence[Any]]:
        """The rows of a view that `view()` has shown, as Python values."""
        ...

    def now(self) -> datetime:
        """The database host's time, aware."""
        ...


def bind_kind(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, str):
        return seam.VARCHAR2
    if isinstance(value, int | float | Decimal):
        return seam.NUMBER
    if isinstance(value, datetime):
        if value.tzinfo:
            return seam.TIMESTAMP_TZ
        return seam.TIMESTAMP if value.microsecond else seam.DATE
    return seam.INTERVAL if isinstance(value, timedelta) else seam.RAW


def stored(value: Any, kind: str = "") -> Any:
    """A Python value as SQLite holds it. `kind` is the column's, '' for a bind."""
    if isinstance(value, bool) or value == "":
        return int(value) if isinstance(value, bool) else None
    if isinstance(value, Decimal):
        return numbers.stored(value)
    if isinstance(value, int) and abs(value) >= numbers.INT_LIMIT:
        return float(value)
    if isinstance(value, timedelta):
        return dates.interval(value)
    if isinstance(value, datetime):
        shape = kind or bind_kind(value)
        writer = {seam.DATE: dates.date, seam.TIMESTAMP: dates.timestamp}
        return writer.get(shape, dates.timestamp_tz)(value)
    return value


def loaded(value: Any) -> Any:
    """A value out of SQLite as the seam hands it on."""
    if isinstance(value, str):
        if value.startswith(dates.TAG):
            return dates.when(value)
        if value.startswith(dates.INTERVAL_TAG):
            return dates.span(value)
    return value


class SqlEngine:
    """Answers queries about a dictionary; a private SQLite holds one statement's views."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.problem: OraError | None = None
        self.stopped = False
        self.moment = dictionary.now()
        self.database.set_progress_handler(lambda: self.stopped, STEPS_BETWEEN_LOOKS)
        self._register()

    def execute(self, sql: str, binds: Sequence[Any]) -> Result:
        self.stopped, self.problem = False, None
        self.moment = self.dictionary.now()
        translated = translate(sql, [bind_kind(value) for value in binds], self.dictionary)
        if not translated.sql:
            return Result()
        try:
            self._load(translated)
            rows = self.database.execute(translated.sql, [stored(v) for v in binds]).fetchall()
        except sqlite3.Error as error:
            raise self._error(error) from error
        return Result(translated.columns, [tuple(map(loaded, row)) for row in rows])

    def describe(self, sql: str, binds: Sequence[Any]) -> Result:
        kinds = [bind_kind(value) for value in binds] or [NULL] * 1000
        return Result(translate(sql, kinds, self.dictionary, describing=True).columns)

    def interrupt(self) -> None:
        self.stopped = True
        self.database.interrupt()

    def close(self) -> None:
        self.database.close()

    def _load(self, translated: Translated) -> None:
        """Fresh tables for the views that the statement names, as the world is now."""
        for view in translated.views:
            columns: Sequence[Column] = self.dictionary.view(view) or ()
            names = ", ".join(f"c{i}" for i in range(len(columns)))
            self.database.execute(f"DROP TABLE IF EXISTS `{view}`")
            self.database.execute(f"CREATE TABLE `{view}` ({names})")
            marks = ", ".join("?" * len(columns))
            self.database.executemany(
                f"INSERT INTO `{view}` VALUES ({marks})",
                (
                    [stored(v, c.kind) for v, c in zip(row, columns, strict=True)]
                    for row in self.dictionary.rows(view)
                ),
            )

    def _error(self, error: sqlite3.Error) -> OraError:
        if self.problem:
            return self.problem
        for words, problem in SQLITE_ERRORS.items():
            if words in str(error):
                return problem
        return OraError(3001, f"unimplemented feature (stand-in: {error})")

    def _register(self) -> None:
        def local() -> datetime:
            return self.moment.replace(tzinfo=None)

        calls: dict[str, Callable[..., Any]] = dict(functions.internal(local))
        calls |= {name: entry[2] for name, entry in functions.table(local).items()}
        calls["ora_like"] = like.matches
        for name, function in calls.items():
            self._add(name, function, null_aware=False)
        for name, function in functions.NULL_AWARE.items():
            self._add(name, function, null_aware=True)
        self._add("ora_now", self._now, null_aware=True)
        self._add("ora_too_many", _too_many, null_aware=True)
        for name, kind in aggregates.WINDOW.items():
            self.database.create_window_function(name, 1, kind)
        self.database.create_aggregate("ora_listagg", -1, aggregates.ListAgg)  # type: ignore[arg-type]

    def _add(self, name: str, function: Callable[..., Any], *, null_aware: bool) -> None:
        """Register with NULL handling and a side channel for Oracle errors."""

        def call(*arguments: Any) -> Any:
            if not null_aware and None in arguments:
                return None
            try:
                answer = function(*arguments)
            except OraError as problem:
                self.problem = problem
                raise
            except Exception as bug:
                self.problem = OraError(600, f"internal error in the stand-in: {name}: {bug!r}")
                raise
            if (
                isinstance(answer, float)
                and answer.is_integer()
                and abs(answer) < numbers.INT_LIMIT
            ):
                return int(answer)
            return None if answer == "" else answer

        for count in _arities(name):
            self.database.create_function(name, count, call)

    def _now(self, shape: str) -> str:
        naive = self.moment.replace(tzinfo=None)
        if shape == "DATE":
            return dates.date(naive)
        return dates.timestamp(naive) if shape == "TIMESTAMP" else dates.timestamp_tz(self.moment)


def _too_many() -> None:
    raise OraError(1427, "single-row subquery returns more than one row")


def _arities(name: str) -> Sequence[int]:
    """Exact numbers of arguments override SQLite's own functions; -1 would not."""
    signature = functions.signatures().get(name)
    if signature is None:
        return (-1,)
    return range(len(signature.needed), signature.most + 1)
