# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session's SQL: translation, the views' rows into SQLite, the rows out of it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from lab.oracle.seam import Column, OraError, Result
from lab.oracle.sql import aggregates, dates, functions, numbers
from lab.oracle.sql.core import NULL, Catalog
from lab.oracle.sql.functions import Entry
from lab.oracle.sql.settings import Settings
from lab.oracle.sql.storing import bind_kind, loaded, stored
from lab.oracle.sql.translate import CHANGES, QUERIES, translate, translate_dml, verb_of

STEPS_BETWEEN_LOOKS = 10_000
CANCELLED = OraError(1013, "user requested cancel of current operation")
EMPTY_BLOCK = re.compile(r"BEGIN NULL ?; ?END ?;")
UNKNOWN_HERE = frozenset(
    {"BEGIN", "DECLARE", "CALL", "EXPLAIN", "LOCK", "SET", "SAVEPOINT", "ROLLBACK", "MERGE"}
)
SQLITE_ERRORS = {
    "interrupted": CANCELLED,
    "too many levels": OraError(913, "too many values"),
}


class Dictionary(Catalog, Protocol):
    """The catalog with its contents."""

    settings: Settings

    def columns(self, view: str) -> Sequence[Column]:
        """The columns of what was resolved, whether this user may read it or not."""
        ...

    def rows(self, view: str) -> Sequence[Sequence[Any]]:
        """The rows of a view that `view()` has shown, as Python values."""
        ...

    def change(
        self, verb: str, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> Callable[[], None]:
        """INSERT, UPDATE (row number, values), DELETE (row number); returns what undoes it."""
        ...

    def alter_session(self, text: str) -> None:
        """What stands behind ALTER SESSION SET."""
        ...

    def command(self, sql: str) -> None:
        """DDL and the like: whatever is neither a query nor DML."""
        ...

    def now(self) -> datetime:
        """The database host's time, aware."""
        ...


class SqlEngine:
    """Answers queries about a dictionary; a private SQLite holds one statement's views."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.problem: OraError | None = None
        self.stopped = False
        self.moment = dictionary.now()
        self.undo: list[Callable[[], None]] = []
        """What takes the changes of the open transaction back, oldest first."""
        self.database.set_progress_handler(lambda: self.stopped, STEPS_BETWEEN_LOOKS)
        self._register()

    def execute(self, sql: str, binds: Sequence[Any]) -> Result:
        self.stopped, self.problem = False, None
        self.moment = self.dictionary.now()
        kinds = [bind_kind(value) for value in binds]
        verb, text = verb_of(sql)
        if verb in QUERIES:
            found = translate(sql, kinds, self.dictionary)
            wanted = [column.kind for column in found.columns]
            return Result(found.columns, self._rows(found.sql, found.views, wanted, binds))
        if verb in CHANGES:
            return self._change(sql, verb, kinds, binds)
        self._other(text, verb)
        return Result()

    def _rows(
        self, sql: str, views: frozenset[str], kinds: Sequence[str], binds: Sequence[Any]
    ) -> list[Any]:
        values = [stored(value, bind_kind(value)) for value in binds]
        try:
            self._load(views)
            rows = self.database.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._error(error) from error
        return [tuple(loaded(v, k) for v, k in zip(row, kinds, strict=True)) for row in rows]

    def _change(self, sql: str, verb: str, kinds: Sequence[str], binds: Sequence[Any]) -> Result:
        change = translate_dml(sql, verb, kinds, self.dictionary)
        rows = self._rows(change.sql, change.views, change.kinds, binds)
        self.undo.append(self.dictionary.change(verb, change.table, change.names, rows))
        return Result(affected=len(rows))

    def _other(self, sql: str, verb: str) -> None:
        """Transactions, the session, DDL (which commits before and after)."""
        words = " ".join(sql.upper().split())
        if words in ("COMMIT", "COMMIT WORK"):
            self.commit()
        elif words in ("ROLLBACK", "ROLLBACK WORK"):
            self.rollback()
        elif words == "SET TRANSACTION READ ONLY" or EMPTY_BLOCK.fullmatch(words):
            # No effect is the truth here: fixed views are never consistent in time.
            return
        elif words.startswith("ALTER SESSION SET "):
            self.dictionary.alter_session(sql.split(None, 3)[3])
        elif words.startswith("ALTER SESSION"):
            raise OraError(3001, "unimplemented feature (stand-in: ALTER SESSION)")
        elif verb in UNKNOWN_HERE:
            raise OraError(3001, f"unimplemented feature (stand-in: {verb})")
        else:
            self.commit()
            self.dictionary.command(sql)

    @property
    def in_transaction(self) -> bool:
        return bool(self.undo)

    def commit(self) -> None:
        self.undo.clear()

    def rollback(self) -> None:
        while self.undo:
            self.undo.pop()()

    def describe(self, sql: str, binds: Sequence[Any]) -> Result:
        kinds = [bind_kind(value) for value in binds] or [NULL] * 1000
        verb, _ = verb_of(sql)
        if verb in QUERIES:
            return Result(translate(sql, kinds, self.dictionary, describing=True).columns)
        if verb in CHANGES:
            translate_dml(sql, verb, kinds, self.dictionary, describing=True)
        return Result()

    def interrupt(self) -> None:
        self.stopped = True
        self.database.interrupt()

    def close(self) -> None:
        """The end of a session takes back what it has not committed."""
        self.rollback()
        self.database.close()

    def _load(self, views: frozenset[str]) -> None:
        """Fresh tables for the views that the statement names, as the world is now."""
        zone = self.moment.tzinfo
        for view in views:
            columns = self.dictionary.columns(view)
            names = ", ".join(f"c{i}" for i in range(len(columns)))
            self.database.execute(f"DROP TABLE IF EXISTS `{view}`")
            self.database.execute(f"CREATE TABLE `{view}` ({names})")
            marks = ", ".join("?" * len(columns))
            self.database.executemany(
                f"INSERT INTO `{view}` VALUES ({marks})",
                (
                    [stored(v, c.kind, zone) for v, c in zip(row, columns, strict=True)]
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
        settings = self.dictionary.settings
        known = functions.internal(lambda: self.moment, settings)
        known |= functions.table(lambda: self.moment, settings)
        for name, entry in known.items():
            self._add(name, entry, null_aware=False)
        for name, entry in functions.NULL_AWARE.items():
            self._add(name, entry, null_aware=True)
        self._add("ora_now", ("V", "A", self._now), null_aware=True)
        self._add("ora_too_many", ("", "A", _too_many), null_aware=True)
        for name, make in aggregates.WINDOW.items():
            self.database.create_window_function(name, -1, self._watched(make))
        for name, make in aggregates.PLAIN.items():
            self.database.create_aggregate(name, -1, self._watched(make))

    def _add(self, name: str, entry: Entry, *, null_aware: bool) -> None:
        """Register with NULLs, NUMBERs and a side channel for Oracle's errors seen to."""
        signature, function = functions.signature(entry), entry[2]
        numeric = [letter == "N" for letter in signature.letters]
        gives_number = entry[1] == "N"

        def call(*arguments: Any) -> Any:
            if not null_aware and None in arguments:
                return None
            try:
                given = [
                    numbers.decode(one) if is_number and one is not None else one
                    for one, is_number in zip(arguments, numeric, strict=False)
                ]
                answer = function(*given)
                if gives_number and answer is not None:
                    return numbers.encode(answer)
            except OraError as problem:
                self.problem = problem
                raise
            except Exception as bug:
                self.problem = OraError(600, f"internal error in the stand-in: {name}: {bug!r}")
                raise
            return None if answer == "" else answer

        # Exact numbers of arguments override SQLite's own functions; -1 would not.
        for count in range(len(signature.needed), len(signature.letters) + 1):
            self.database.create_function(name, count, call)

    def _watched(self, make: Callable[[], Any]) -> Callable[[], Any]:
        """An aggregate whose errors are seen: SQLite itself says only that there was one."""
        engine = self

        class Watched:
            def __init__(self) -> None:
                self.inner = make()

            def _run(self, name: str, arguments: Sequence[Any]) -> Any:
                try:
                    return getattr(self.inner, name)(*arguments)
                except OraError as problem:
                    engine.problem = problem
                    raise

            def step(self, *arguments: Any) -> None:
                self._run("step", arguments)

            def inverse(self, *arguments: Any) -> None:
                self._run("inverse", arguments)

            def value(self) -> Any:
                return self._run("value", ())

            def finalize(self) -> Any:
                return self._run("finalize", ())

        return Watched

    def _now(self, shape: str) -> str:
        """The statement's time; CURRENT ones in the zone of the session."""
        kind = shape.removeprefix("CURRENT ")
        zoned = dates.timestamp_tz(self.moment)
        zone = self.dictionary.settings.time_zone
        if kind != shape and zone:
            zoned = dates.at_zone(zoned, zone)
        if kind == "ZONE":
            return zoned[dates.TIMESTAMP_LENGTH :]
        if kind == "DATE":
            return dates.as_date(zoned)
        return dates.as_timestamp(zoned) if kind == "TIMESTAMP" else zoned


def _too_many() -> None:
    raise OraError(1427, "single-row subquery returns more than one row")
