# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which statements cost most, and which of them scan large tables for few rows (DEV-03).

A statement is named by its SQL_ID. Its text, its bind values and the predicates of its plan are
never selected: they may hold names and numbers of patients.

Without the Diagnostics Pack the figures are those of the cursor cache (V$SQLSTATS: since a
statement was loaded). DBA_HIST_SQLSTAT needs the pack, see performance.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    GIB,
    Answers,
    Observation,
    Row,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import kind_of_owner
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
    words,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_RANKS = {
    "by_elapsed": "elapsed_time",
    "by_cpu": "cpu_time",
    "by_gets": "buffer_gets",
    "by_reads": "disk_reads",
    "by_executions": "executions",
}
_TOP = 20
_SHOWN = 10
_HISTORY_DAYS = 7
# What runs once in a night is a report, and may take its time.
_LEAST_EXECUTIONS = 1000
# Of the rows of a table; an index seldom helps with more.
_FEW = 0.05

_OVER = ", ".join(
    f"ROW_NUMBER() OVER (ORDER BY {measure} DESC) AS {rank}" for rank, measure in _RANKS.items()
)
_RANKED = (
    "(SELECT sql_id, plan_hash_value, executions, elapsed_time, cpu_time, buffer_gets,"  # noqa: S608
    f" disk_reads, rows_processed, {_OVER} FROM v$sqlstats)"
)
_LEADING = " OR ".join(f"{rank} <= {_TOP}" for rank in _RANKS)
_LEADERS = f"sql_id IN (SELECT sql_id FROM {_RANKED} WHERE {_LEADING})"  # noqa: S608

PARTS = (
    Part(
        "sql_leaders",
        "V$SQLSTATS",
        (
            text("sql_id"),
            number("plan", "plan_hash_value"),
            number("executions"),
            number("elapsed_us", "elapsed_time"),
            number("cpu_us", "cpu_time"),
            number("gets", "buffer_gets"),
            number("reads", "disk_reads"),
            number("fetched", "rows_processed"),
            *(number(rank) for rank in _RANKS),
        ),
        f"WHERE {_LEADING}",
        source=_RANKED,
        max_rows=len(_RANKS) * _TOP,
        lane="sql",
    ),
    Part(
        "sql_total",
        "V$SQLSTATS",
        (number("statements", "COUNT(*)"), number("elapsed_us", "SUM(elapsed_time)")),
        max_rows=1,
        lane="sql",
    ),
    # COMMAND_TYPE: 2 INSERT, 3 SELECT, 6 UPDATE, 7 DELETE, 47 PL/SQL, 189 MERGE.
    Part(
        "sql_origins",
        "V$SQL",
        (
            text("sql_id"),
            text("schema", "MIN(parsing_schema_name)"),
            words("module", "MIN(module)"),
            number("command", "MIN(command_type)"),
            number("cursors", "COUNT(*)"),
        ),
        f"WHERE {_LEADERS} GROUP BY sql_id",
        max_rows=len(_RANKS) * _TOP,
        lane="origins",
    ),
    # Of the predicate only whether there is one.
    Part(
        "sql_scans",
        "V$SQL_PLAN",
        (
            text("sql_id"),
            text("owner", "object_owner"),
            text("table", "object_name"),
            number("estimated", "MIN(cardinality)"),
            number("filtered", "MAX(CASE WHEN filter_predicates IS NULL THEN 0 ELSE 1 END)"),
        ),
        "WHERE operation = 'TABLE ACCESS' AND options IN ('FULL', 'STORAGE FULL')"
        f" AND {_LEADERS} GROUP BY sql_id, object_owner, object_name",
        max_rows=1000,
        lane="plans",
    ),
)

_SUMMED = (
    "(SELECT sql_id, MIN(parsing_schema_name) AS schema_name, SUM(executions_delta) AS executions,"  # noqa: S608
    " SUM(elapsed_time_delta) AS elapsed, SUM(disk_reads_delta) AS disk_reads,"
    " ROW_NUMBER() OVER (ORDER BY SUM(elapsed_time_delta) DESC) AS place FROM dba_hist_sqlstat"
    " WHERE snap_id >= (SELECT MIN(snap_id) FROM dba_hist_snapshot"
    f" WHERE end_interval_time >= SYSDATE - {_HISTORY_DAYS}) GROUP BY sql_id)"
)
LICENSED_PARTS = (
    # This one needs no pack; it says how much of the time the history covers.
    Part(
        "snapshots",
        "DBA_HIST_SNAPSHOT",
        (
            number("snapshots", "COUNT(DISTINCT snap_id)"),
            number("days", "ROUND(SYSDATE - MIN(CAST(end_interval_time AS DATE)), 1)"),
        ),
        f"WHERE end_interval_time >= SYSDATE - {_HISTORY_DAYS}",
        max_rows=1,
        lane="history",
    ),
    Part(
        "sql_history",
        "DBA_HIST_SQLSTAT",
        (
            text("sql_id"),
            text("schema", "schema_name"),
            number("executions"),
            number("elapsed_us", "elapsed"),
            number("reads", "disk_reads"),
        ),
        f"WHERE place <= {_TOP}",
        source=_SUMMED,
        max_rows=_TOP,
        lane="history",
    ),
)
"""Only for a site that says that it has the Diagnostics Pack."""

MAKES: dict[str, tuple[str, ...]] = {
    "top_sql": ("sql_leaders", "sql_total", "sql_origins"),
    "full_scans": ("sql_leaders", "sql_scans", "sql_origins", "large_segments", "tables"),
    "sql_history": ("snapshots", "sql_history"),
}

_KINDS = {2: "INSERT", 3: "SELECT", 6: "UPDATE", 7: "DELETE", 47: "PL/SQL", 189: "MERGE"}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES; a row for each statement, or statement and table."""
    return {
        "top_sql": _top(answers, wanted),
        "full_scans": _scans(answers, wanted),
        "sql_history": _history(answers, wanted),
    }


def _top(answers: Answers, wanted: Wanted) -> Observation:
    """The ten statements of the application with the most elapsed time, and the other leaders.

    ``share_percent`` is of the elapsed time of all statements in the cursor cache.
    """
    problem = first_problem(answers, *MAKES["top_sql"])
    if problem:
        return error(problem)
    total = next(iter(rows_of(answers, "sql_total")), {}).get("elapsed_us") or 0
    if not total:
        return rows([])
    ours = [row for row in _with_origin(answers) if _ours(row, wanted)]
    ours.sort(key=lambda row: -(row.get("elapsed_us") or 0))
    kept = [
        row
        for place, row in enumerate(ours)
        if place < _SHOWN or any((row.get(rank) or _TOP) <= 3 for rank in _RANKS)
    ]
    return rows([_statement(row, total) for row in kept])


def _with_origin(answers: Answers) -> list[dict[str, Any]]:
    origins = {row.get("sql_id"): row for row in rows_of(answers, "sql_origins")}
    return [
        {**origins.get(row.get("sql_id"), {}), **row} for row in rows_of(answers, "sql_leaders")
    ]


def _ours(row: Mapping[str, Any], wanted: Wanted) -> bool:
    """Whether a statement is the application's; one whose cursor is gone may be, and is kept."""
    schema = row.get("schema")
    return schema is None or kind_of_owner(schema, wanted) == "site"


def _statement(row: Mapping[str, Any], total_us: int) -> Row:
    executions = row.get("executions") or 0
    elapsed, gets = row.get("elapsed_us") or 0, row.get("gets") or 0
    runs = max(executions, 1)
    return {
        "sql_id": row.get("sql_id"),
        "plan": str(row.get("plan")),
        "kind": _KINDS.get(row.get("command") or 0, "SQL"),
        "schema": row.get("schema") or "-",
        "module": row.get("module") or "-",
        "executions": executions,
        "elapsed_seconds": round(elapsed / 1e6, 1),
        "cpu_seconds": round((row.get("cpu_us") or 0) / 1e6, 1),
        "gets": gets,
        "reads": row.get("reads") or 0,
        "share_percent": round(100 * elapsed / total_us, 1),
        "seconds_each": round(elapsed / 1e6 / runs, 3),
        "gets_each": round(gets / runs),
        "often": executions >= _LEAST_EXECUTIONS,
    }


def _scans(answers: Answers, wanted: Wanted) -> Observation:
    """Full scans of large tables that by the optimizer's own estimate keep few of their rows.

    A hint: the estimate may be wrong, and an index costs each change of the table.
    """
    problem = first_problem(answers, *MAKES["full_scans"])
    if problem:
        return error(problem)
    origins = {row.get("sql_id"): row for row in _with_origin(answers)}
    sizes = {(s.get("owner"), s.get("segment")): s for s in rows_of(answers, "large_segments")}
    counts = {(t.get("owner"), t.get("table")): t for t in rows_of(answers, "tables")}
    found = []
    for scan in rows_of(answers, "sql_scans"):
        name = (scan.get("owner"), scan.get("table"))
        statement, size = origins.get(scan.get("sql_id")), sizes.get(name)
        table_rows = counts.get(name, {}).get("num_rows") or 0
        if not (statement and size and table_rows and scan.get("filtered")):
            continue
        if (scan.get("estimated") or 0) > table_rows * _FEW:
            continue
        if kind_of_owner(name[0], wanted) == "site":
            found.append(_scan(scan, statement, size.get("bytes") or 0, table_rows))
    return rows(sorted(found, key=lambda row: -row["scanned_gib"])[:_SHOWN])


def _scan(scan: Mapping[str, Any], statement: Mapping[str, Any], size: int, table_rows: int) -> Row:
    executions = statement.get("executions") or 0
    return {
        "place": f"{scan.get('sql_id')} {scan.get('owner')}.{scan.get('table')}",
        "sql_id": scan.get("sql_id"),
        "table": f"{scan.get('owner')}.{scan.get('table')}",
        "table_gib": round(size / GIB, 2),
        "executions": executions,
        "scanned_gib": round(size * executions / GIB, 1),
        "selected_rows": scan.get("estimated") or 0,
        "table_rows": table_rows,
        "seconds_each": round((statement.get("elapsed_us") or 0) / 1e6 / max(executions, 1), 2),
    }


def _history(answers: Answers, wanted: Wanted) -> Observation:
    asked = MAKES["sql_history"] if wanted.licensed_diagnostics else ("sql_total",)
    problem = first_problem(answers, *asked)
    # Without the licence it is not asked; a session that came to nothing is no reason to skip it.
    if problem and (wanted.licensed_diagnostics or problem.fatal):
        return error(problem)
    if not wanted.licensed_diagnostics:
        return absent("not_licensed", "DBA_HIST_SQLSTAT")
    ours = [row for row in rows_of(answers, "sql_history") if _ours(row, wanted)]
    covered = next(iter(rows_of(answers, "snapshots")), {}).get("days") or 0
    return rows(
        [
            {
                "sql_id": row.get("sql_id"),
                "schema": row.get("schema") or "-",
                "executions": row.get("executions") or 0,
                "elapsed_minutes": round((row.get("elapsed_us") or 0) / 6e7, 1),
                "reads": row.get("reads") or 0,
                "days": covered,
            }
            for row in ours[:_SHOWN]
        ]
    )
