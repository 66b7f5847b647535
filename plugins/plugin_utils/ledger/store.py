# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and write the ledger. Everything that a report needs is here; nothing asks a target."""

from __future__ import annotations

import hashlib
import os
import socket
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES, Result
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import (
    LedgerError,
    connect,
    translated,
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


def utc(moment: datetime) -> str:
    """Write an aware datetime as the ledger does: UTC, seconds, ``2026-11-22T08:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def this_process(pid: int | None = None) -> dict[str, Any]:
    """Identify a process, ours by default, so that a later one can tell whether it still lives.

    ``started`` is field 22 of /proc/PID/stat (clock ticks since boot, proc(5)): a reused
    process number has another.
    """
    pid = os.getpid() if pid is None else pid
    return {"host": socket.gethostname(), "pid": pid, "started": _process_start(pid)}


def _process_start(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]


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
            connection.execute(RUN.insert().values(**run))
            if rows:
                connection.execute(OWED.insert(), rows)

    def record(
        self,
        run: str,
        results: Sequence[Result],
        evidence: Mapping[str, Any] | None = None,
        bookmarks: Mapping[str, Any] | None = None,
    ) -> None:
        """Write what one task found: all of it or, on an error, nothing of it.

        ``evidence`` is ``{target, area, collected, text}`` with text masked already;
        ``bookmarks`` is ``{target, area, body}``.
        """
        with translated(self._name), self._engine.begin() as connection:
            if results:
                connection.execute(RESULT.insert(), [_row(run, result) for result in results])
            if evidence:
                connection.execute(EVIDENCE.insert().values(run=run, **_evidence_row(evidence)))
            if bookmarks:
                insert = self._insert(BOOKMARK).values(run=run, **bookmarks)
                connection.execute(
                    insert.on_conflict_do_update(
                        index_elements=["target", "area"],
                        set_={"run": run, "body": insert.excluded.body},
                    )
                )

    def _insert(self, table: Any) -> Any:
        from sqlalchemy.dialects import postgresql, sqlite

        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)

    def missing(self, run: str) -> list[tuple[str, str]]:
        """Return (target, check) owed by a run and not recorded, in the plan's order."""
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
        with translated(self._name), self._engine.connect() as connection:
            return [(row.target, row.check_id) for row in connection.execute(query)]

    def settle(self, run: str, state: str, closed: datetime, reason: str, detail: str) -> int:
        """Close a run: what it still owes becomes not_run with the reason. Return how many.

        Closing a closed run again changes nothing.
        """
        row = self.run(run)
        if row["state"] != "running":
            return 0
        definitions = row["definitions"]
        results = []
        for target, check in self.missing(run):
            result = unanswered(
                definitions["checks"][check],
                definitions["reasons"],
                target,
                "not_run",
                reason,
                detail,
            )
            result["started"] = utc(closed)
            result["catalogue_version"] = row["versions"]["catalogue"]
            results.append(_row(run, result))
        with translated(self._name), self._engine.begin() as connection:
            if results:
                connection.execute(RESULT.insert(), results)
            connection.execute(
                RUN.update().where(RUN.c.id == run).values(state=state, closed=utc(closed))
            )
        return len(results)

    def expire_dead(self, now: datetime) -> list[str]:
        """Settle runs of this machine whose process died without a word; return their ids."""
        with translated(self._name), self._engine.connect() as connection:
            running = connection.execute(
                sa.select(RUN.c.id, RUN.c.process).where(RUN.c.state == "running")
            ).all()
        host, expired = socket.gethostname(), []
        for row in running:
            process = row.process
            alive = _process_start(process["pid"]) == process["started"]
            if process["host"] == host and not alive:
                self.settle(row.id, "expired", now, "interrupted", f"pid {process['pid']}")
                expired.append(row.id)
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
