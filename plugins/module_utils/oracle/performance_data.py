# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics of the optimizer, and the segments that are large or grow fast (DEV-03)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
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
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import (
    ORACLE_OWN,
    kind_of_owner,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part, number, text
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_LARGE_BYTES = 64 * 2**20
_SHOWN = 10
_REMEMBERED = 200
# Growth of a shorter time says more about the hour than about the year.
_LEAST_DAYS = 7
_MONTH_DAYS = 30

_NOT_ORACLE = "owner NOT IN (" + ", ".join(f"'{name}'" for name in sorted(ORACLE_OWN)) + ")"

PARTS = (
    # A table without rows of its own here is one that is small, or has no statistics at all.
    Part(
        "tables",
        "DBA_TAB_STATISTICS",
        (
            text("owner"),
            text("table", "table_name"),
            number("num_rows"),
            text("stale", "stale_stats"),
            text("locked", "stattype_locked"),
            number("age_days", "ROUND(SYSDATE - last_analyzed, 1)"),
        ),
        f"WHERE object_type = 'TABLE' AND {_NOT_ORACLE}"
        " AND (num_rows >= 100000 OR stale_stats = 'YES' OR last_analyzed IS NULL)",
        max_rows=5000,
        lane="statistics",
    ),
    Part(
        "large_segments",
        "DBA_SEGMENTS",
        (
            text("owner"),
            text("segment", "segment_name"),
            text("kind", "MIN(segment_type)"),
            number("bytes", "SUM(bytes)"),
        ),
        f"WHERE {_NOT_ORACLE} GROUP BY owner, segment_name HAVING SUM(bytes) >= {_LARGE_BYTES}",
        max_rows=3000,
        lane="segments",
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "statistics": ("tables", "large_segments"),
    "segments": ("large_segments",),
    "segment_growth": ("large_segments", "instance"),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES: a row for each schema, and for each segment."""
    return {
        "statistics": _statistics(answers, wanted),
        "segments": _segments(answers, wanted),
        "segment_growth": _growth(answers, wanted),
    }


def remember(answers: Answers, wanted: Wanted) -> dict[str, Any]:
    """Return the bytes of the largest segments by name, and the database's time."""
    now, sizes = _now(answers), _sizes(answers, wanted)
    if now is None or not sizes:
        return {}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:_REMEMBERED]
    return {"at": now.isoformat(), "segments": {name: sizes[name] for name in largest}}


def _statistics(answers: Answers, wanted: Wanted) -> Observation:
    """``outdated``: tables whose statistics are stale, or large tables that have none.

    STALE_STATS is Oracle's own word: a tenth of the rows, or what the table's preference says,
    has changed. A table without statistics counts only when it is large, so that temporary and
    empty ones do not.
    """
    problem = first_problem(answers, *MAKES["statistics"])
    if problem:
        return error(problem)
    large = {(row.get("owner"), row.get("segment")) for row in rows_of(answers, "large_segments")}
    by_schema: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows_of(answers, "tables"):
        if kind_of_owner(row.get("owner"), wanted) == "site":
            by_schema.setdefault(str(row.get("owner")), []).append(row)
    return rows([_schema(name, tables, large) for name, tables in sorted(by_schema.items())])


def _schema(name: str, tables: list[Mapping[str, Any]], large: set[tuple[Any, Any]]) -> Row:
    stale = [row for row in tables if row.get("stale") == "YES"]
    never = [
        row
        for row in tables
        if row.get("age_days") is None and (row.get("owner"), row.get("table")) in large
    ]
    bad = sorted([*stale, *never], key=lambda row: -(row.get("num_rows") or 0))
    ages = [row["age_days"] for row in stale if row.get("age_days") is not None]
    return {
        "schema": name,
        "outdated": len(bad),
        "stale": len(stale),
        "never": len(never),
        "locked": sum(bool(row.get("locked")) for row in bad),
        "oldest_days": round(max(ages, default=0)),
        "examples": ", ".join(str(row.get("table")) for row in bad[:5]) or "-",
    }


def _sizes(answers: Answers, wanted: Wanted) -> dict[str, int]:
    return {
        f"{row.get('owner')}.{row.get('segment')}": row.get("bytes") or 0
        for row in rows_of(answers, "large_segments")
        if kind_of_owner(row.get("owner"), wanted) == "site"
    }


def _segments(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "large_segments")
    if problem:
        return error(problem)
    sizes = _sizes(answers, wanted)
    kinds = {
        f"{row.get('owner')}.{row.get('segment')}": str(row.get("kind"))
        for row in rows_of(answers, "large_segments")
    }
    largest = sorted(sizes, key=lambda name: -sizes[name])[:_SHOWN]
    return rows(
        [
            {"segment": name, "kind": kinds[name], "size_gib": round(sizes[name] / GIB, 2)}
            for name in largest
        ]
    )


def _now(answers: Answers) -> datetime | None:
    """The database's own time, from its start and how long it has been up."""
    row = next(iter(rows_of(answers, "instance")), {})
    started, days = row.get("startup_time"), row.get("uptime_days")
    if not isinstance(started, datetime) or days is None:
        return None
    return started + timedelta(days=float(days))


def _growth(answers: Answers, wanted: Wanted) -> Observation:
    """Segments of 1 GiB and more that grew since the last diagnosis, reckoned to a month."""
    problem = first_problem(answers, *MAKES["segment_growth"])
    if problem:
        return error(problem)
    earlier, now = wanted.earlier.get("segments"), _now(answers)
    if not earlier or now is None:
        return absent("no_baseline", "DBA_SEGMENTS")
    days = (now - datetime.fromisoformat(wanted.earlier["at"])).total_seconds() / 86400
    if days < _LEAST_DAYS:
        return absent("baseline_young", f"{max(days, 0):.1f} d < {_LEAST_DAYS} d")
    found = [
        _grown(name, size, earlier[name], days)
        for name, size in _sizes(answers, wanted).items()
        if name in earlier and size >= GIB and size > earlier[name] > 0
    ]
    return rows(sorted(found, key=lambda row: -row["month_gib"])[:_SHOWN])


def _grown(name: str, size: int, before: int, days: float) -> Row:
    month = (size - before) * _MONTH_DAYS / days
    return {
        "segment": name,
        "days": round(days),
        "before_gib": round(before / GIB, 2),
        "size_gib": round(size / GIB, 2),
        "month_gib": round(month / GIB, 2),
        "month_percent": round(100 * month / before, 1),
    }
