# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and write the ledger. Everything that a report needs is here; nothing asks a target."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib import import_module
from typing import Any, cast

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES, Result
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import (
    LedgerError,
    connect,
    translated,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.life import (
    SILENT_HOURS,
    STILL_RUNS,
    death_of,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.schema import (
    BOOKMARK,
    EVIDENCE,
    OWED,
    REPORT,
    RESULT,
    RUN,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.plan import Owed, pairs, unanswered

try:
    import sqlalchemy as sa
except ImportError as error:
    sa = absent(error)

RunRow = dict[str, Any]

# Built once: a run records some hundred times, and building takes as long as executing.
WITHOUT_NOT_RUN = RESULT.delete().where(
    RESULT.c.run == sa.bindparam("of"),
    RESULT.c.target == sa.bindparam("on"),
    RESULT.c.check_id == sa.bindparam("of_check"),
    RESULT.c.status == "not_run",
)


def utc(moment: datetime) -> str:
    """Write an aware datetime as the ledger does: UTC, seconds, ``2026-11-22T08:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Ledger:
    """The store behind one URL. Its methods raise LedgerError and nothing else."""

    def __init__(self, url: str, busy_seconds: int | None = None) -> None:
        """Open the ledger; wait ``busy_seconds`` (BUSY_SECONDS by default) for other writers."""
        self._engine = connect(url, busy_seconds)
        self._name = self._engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def open_run(self, run: Mapping[str, Any], owed: Owed) -> None:
        """Record a run and everything that it owes, at once; ``run`` has RUN's columns."""
        rows = [
            {"run": run["id"], "target": target, "check_id": check} for target, check in pairs(owed)
        ]
        with translated(self._name), self._engine.begin() as connection:
            connection.execute(RUN.insert().values(**{"seen": run["opened"], **run}))
            if rows:
                connection.execute(OWED.insert(), rows)

    def record(
        self,
        run: str,
        results: Sequence[Result],
        evidence: Mapping[str, Any] | None = None,
        bookmarks: Mapping[str, Any] | None = None,
        seen: datetime | None = None,
    ) -> None:
        """Write what one task found: all of it or, on an error, nothing of it.

        ``evidence`` is ``{target, area, collected, text}`` with text masked already;
        ``bookmarks`` is ``{target, area, body}``. ``seen`` is the run's sign of life: a run that
        another machine took for dead meanwhile runs again, and what it finds takes the place of
        what was written as not_run.
        """
        with translated(self._name), self._engine.begin() as connection:
            if seen is not None:
                connection.execute(STILL_RUNS, {"of": run, "at": utc(seen)})
            answered = [{"of": run, **pair} for pair in _pairs(results)]
            if answered:
                connection.execute(WITHOUT_NOT_RUN, answered)
            if results:
                connection.execute(RESULT.insert(), [_row(run, result) for result in results])
            if evidence:
                connection.execute(EVIDENCE.insert().values(run=run, **_evidence_row(evidence)))
            if bookmarks:
                connection.execute(self._keep_bookmarks, {"run": run, **bookmarks})

    @cached_property
    def _keep_bookmarks(self) -> Any:
        """The statement that puts an area's bookmarks in the place of its earlier ones."""
        # The engine has loaded its own dialect; the other one takes 0.3 s.
        name = "postgresql" if self._engine.dialect.name == "postgresql" else "sqlite"
        dialect = import_module(f"sqlalchemy.dialects.{name}")
        insert = dialect.insert(BOOKMARK)
        new = insert.excluded
        return insert.on_conflict_do_update(
            index_elements=["target", "area"], set_={"run": new.run, "body": new.body}
        )

    def missing(self, run: str) -> list[tuple[str, str]]:
        """Return (target, check) owed by a run and not recorded, in the plan's order."""
        with translated(self._name), self._engine.connect() as connection:
            return _missing(connection, run)

    def settle(self, run: str, state: str, closed: datetime, reason: str, detail: str) -> int:
        """Close a run: what it still owes becomes not_run with the reason. Return how many.

        Closing a closed run again changes nothing; but a run may close itself that another
        machine took for dead.
        """
        states = ["running"] if state == "expired" else ["running", "expired"]
        return self._settle(run, state, closed, reason, detail, RUN.c.state.in_(states)) or 0

    def _settle(
        self, run: str, state: str, closed: datetime, reason: str, detail: str, condition: Any
    ) -> int | None:
        """Settle a run for which the condition holds; None when it does not.

        The run's row is taken first: of two that settle it at once the second finds it done.
        """
        row = self.run(run)
        claim = RUN.update().where(RUN.c.id == run, condition)
        with translated(self._name), self._engine.begin() as connection:
            if connection.execute(claim.values(state=state, closed=utc(closed))).rowcount == 0:
                return None
            results = [
                _row(run, _not_run(row, target, check, closed, reason, detail))
                for target, check in _missing(connection, run)
            ]
            if results:
                connection.execute(RESULT.insert(), results)
        return len(results)

    def expire_dead(self, now: datetime) -> list[str]:
        """Settle runs that died without a word; return their ids.

        Of this machine: whose process is gone. Of another: that was silent for SILENT_HOURS.
        """
        columns = (RUN.c.id, RUN.c.process, RUN.c.opened, RUN.c.seen)
        limit, expired = utc(now - timedelta(hours=SILENT_HOURS)), []
        for row in self._rows(sa.select(*columns).where(RUN.c.state == "running")):
            if death := death_of(row, limit):
                condition, detail = death
                left = self._settle(row["id"], "expired", now, "interrupted", detail, condition)
                expired += [] if left is None else [row["id"]]
        return expired

    def run(self, run: str) -> RunRow:
        """Return a run's row; LedgerError when there is none of this id."""
        found = self._rows(sa.select(RUN).where(RUN.c.id == run))
        if not found:
            raise LedgerError(f"ledger {self._name}: no run {run!r}")
        return found[0]

    def runs(self, quarter: str | None = None) -> list[RunRow]:
        """Return runs, oldest first, of one quarter or of all."""
        query = sa.select(RUN).order_by(RUN.c.opened, RUN.c.id)
        return self._rows(query if quarter is None else query.where(RUN.c.quarter == quarter))

    def owed(self, run: str) -> list[dict[str, str]]:
        """Return what a run owed as ``{target, check}``."""
        query = sa.select(OWED.c.target, OWED.c.check_id.label("check")).where(OWED.c.run == run)
        return self._rows(query.order_by(OWED.c.target, OWED.c.check_id))

    def results(self, run: str) -> list[Result]:
        """Return a run's results in the order of their recording."""
        query = sa.select(RESULT.c.body).where(RESULT.c.run == run).order_by(RESULT.c.id)
        return [cast(Result, row["body"]) for row in self._rows(query)]

    def capacity(self, runs: Sequence[str]) -> list[tuple[str, Result]]:
        """Return (run, result) of what these runs measured of space, in order of recording."""
        query = sa.select(RESULT.c.run, RESULT.c.body).where(
            RESULT.c.capacity.is_not(None), RESULT.c.run.in_(runs)
        )
        rows = self._rows(query.order_by(RESULT.c.id))
        return [(row["run"], cast(Result, row["body"])) for row in rows]

    def counts(self, run: str) -> dict[str, int]:
        """Return a run's number of results by status, over all six."""
        number = sa.func.count().label("number")
        query = sa.select(RESULT.c.status, number).where(RESULT.c.run == run)
        found = {r["status"]: r["number"] for r in self._rows(query.group_by(RESULT.c.status))}
        return {status: found.get(status, 0) for status in STATUSES}

    def evidence(self, run: str) -> list[dict[str, Any]]:
        """Return a run's evidence: ``{target, area, sha256, size_bytes, collected}``."""
        columns = [c for c in EVIDENCE.c if c.name not in ("run", "content")]
        query = sa.select(*columns).where(EVIDENCE.c.run == run)
        return self._rows(query.order_by(EVIDENCE.c.target, EVIDENCE.c.area))

    def evidence_texts(self, run: str) -> Iterable[tuple[str, bytes]]:
        """Yield (SHA-256, masked text) of a run's evidence, whose digest is checked."""
        for row in self._rows(sa.select(EVIDENCE).where(EVIDENCE.c.run == run)):
            content = zlib.decompress(row["content"])
            if hashlib.sha256(content).hexdigest() != row["sha256"]:
                raise LedgerError(
                    f"ledger {self._name}: evidence {row['target']}/{row['area']} altered ({run})"
                )
            yield row["sha256"], content

    def bookmarks(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the bookmarks of all targets by (target, area)."""
        return {
            (row["target"], row["area"]): row["body"] for row in self._rows(sa.select(BOOKMARK))
        }

    def add_report(self, run: str, report: Mapping[str, Any]) -> int:
        """Record a frozen report: ``{quarter, language, version, created, files}``."""
        with translated(self._name), self._engine.begin() as connection:
            done = connection.execute(REPORT.insert().values(run=run, **report))
            key: Any = done.inserted_primary_key
            return int(key[0])

    def _rows(self, query: Any) -> list[dict[str, Any]]:
        with translated(self._name), self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _missing(connection: Any, run: str) -> list[tuple[str, str]]:
    answered = sa.and_(
        RESULT.c.run == OWED.c.run,
        RESULT.c.target == OWED.c.target,
        RESULT.c.check_id == OWED.c.check_id,
    )
    query = (
        sa.select(OWED.c.target, OWED.c.check_id)
        .where(OWED.c.run == run, ~sa.select(RESULT.c.id).where(answered).exists())
        .order_by(OWED.c.target, OWED.c.check_id)
    )
    return [(row.target, row.check_id) for row in connection.execute(query)]


def _pairs(results: Sequence[Result]) -> list[dict[str, str]]:
    """Return each target and check that has results, once."""
    pairs = dict.fromkeys((result["target"], result["check"]) for result in results)
    return [{"on": target, "of_check": check} for target, check in pairs]


def _not_run(
    run: RunRow, target: str, check: str, closed: datetime, reason: str, detail: str
) -> Result:
    definitions = run["definitions"]
    result = unanswered(
        definitions["checks"][check], definitions["reasons"], target, "not_run", reason, detail
    )
    result["started"] = utc(closed)
    result["catalogue_version"] = run["versions"]["catalogue"]
    return result


def _row(run: str, result: Result) -> dict[str, Any]:
    same = ("target", "part", "area", "status", "level", "started", "duration_seconds", "evidence")
    row = {key: result[key] for key in same}  # type: ignore[literal-required]
    capacity = result["capacity"]
    return {
        **row,
        "run": run,
        "check_id": result["check"],
        "capacity": capacity,
        "body": result,
    }


def _evidence_row(evidence: Mapping[str, Any]) -> dict[str, Any]:
    # As its digest was made: half of a surrogate pair, which JSON can spell, must not cost results.
    content = str(evidence["text"]).encode("utf-8", "replace")
    return {
        "target": evidence["target"],
        "area": evidence["area"],
        "collected": evidence["collected"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "content": zlib.compress(content),
    }
