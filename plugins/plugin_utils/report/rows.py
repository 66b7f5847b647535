# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of results: owed and found brought together, counted, worded.

A *row* is a result with everything that a document shows beside it, made once here so that
every format shows the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES, part_text
from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import (
    QuarterSource,
    ReportError,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import Text, both, say

Row = dict[str, Any]
OPEN = ("error", "not_run")
"""Statuses of what was owed and is not determined."""

_LOWER = {"high": "medium", "medium": "low", "low": "low"}


def result_rows(source: QuarterSource, where: tzinfo) -> list[Row]:
    """Return one row for each result and each owed check without one, in the order shown:
    area, target, check, part. Raises ReportError for an unknown status."""
    results = [dict(result) for result in source.results]
    results += _missing(source)
    for result in results:
        if result["status"] not in STATUSES:
            raise ReportError(
                f"result {result['check']} on {result['target']} has the unknown status "
                f"{result['status']!r}; known: {', '.join(STATUSES)}"
            )
    results.sort(key=_order(source))
    evidence = {row["sha256"]: f"E{n:03d}" for n, row in enumerate(source.evidence, start=1)}
    areas = {area["id"]: area for area in source.areas}
    today = figures.local_date(source.made, where)
    return [
        _row(number, result, source, areas, evidence, today, where)
        for number, result in enumerate(results, start=1)
    ]


def _missing(source: QuarterSource) -> list[Row]:
    found = {(result["check"], result["target"]) for result in source.results}
    return [
        _not_run(source, owed["check"], owed["target"])
        for owed in source.owed
        if (owed["check"], owed["target"]) not in found
    ]


def _not_run(source: QuarterSource, check: str, target: str) -> Row:
    known = source.checks.get(check, {})
    return {
        "check": check,
        "clauses": list(known.get("clauses", [])),
        "area": known.get("area", check.partition(".")[0]),
        "target": target,
        "part": None,
        "status": "not_run",
        "message": say("missing_result"),
        "level": known.get("level", "medium"),
        "reason": "not_run",
    }


def _order(source: QuarterSource) -> Any:
    areas = {area["id"]: n for n, area in enumerate(source.areas)}
    targets = {target["name"]: n for n, target in enumerate(source.targets)}
    checks = {check: n for n, check in enumerate(source.checks)}

    def key(result: Mapping[str, Any]) -> tuple[Any, ...]:
        return (
            areas.get(result["area"], len(areas)),
            targets.get(result["target"], len(targets)),
            result["target"],
            checks.get(result["check"], len(checks)),
            result["check"],
            result.get("part") or "",
        )

    return key


def _row(
    number: int,
    result: Mapping[str, Any],
    source: QuarterSource,
    areas: Mapping[str, Any],
    evidence: Mapping[str, str],
    today: str,
    where: tzinfo,
) -> Row:
    check = source.checks.get(result["check"], {})
    unit = str(result.get("unit") or "")
    digest = result.get("evidence")
    return {
        "number": number,
        "check": result["check"],
        "title": both(check.get("title", result["check"])),
        "clauses": list(result["clauses"]),
        "area": result["area"],
        "area_title": both(areas.get(result["area"], result["area"])),
        "target": result["target"],
        "part": result.get("part") or "",
        "part_text": part_text(result.get("part") or "", check),
        "status": result["status"],
        "message": figures.in_zone(both(result.get("message")), where),
        "advice": both(result["advice"]) if result.get("advice") else None,
        "observed": result.get("observed"),
        "observed_text": figures.observed(result, check),
        "unit": unit,
        "unit_text": figures.unit_text(unit),
        "limit": result.get("limit"),
        "limit_text": _limit(result, unit, check),
        "limit_source": result.get("limit_source"),
        "limit_source_text": figures.limit_source(result.get("limit_source")),
        "level": _level(result),
        "reason": result.get("reason"),
        "waiver": _waiver(result, today),
        "started": result.get("started") or "",
        "started_text": figures.local_time(result.get("started"), where),
        "duration_seconds": round(float(result.get("duration_seconds") or 0), 3),
        "evidence": evidence.get(digest, "") if digest else "",
        "evidence_sha256": digest or "",
        "catalogue_version": result.get("catalogue_version") or "",
        "capacity": result.get("capacity"),
        "data": dict(result.get("data") or {}),
    }


def _limit(result: Mapping[str, Any], unit: str, check: Mapping[str, Any]) -> Text:
    """A dash where nothing was judged; "recorded only" is said of an answer without a limit."""
    if not result.get("limit") and result["status"] not in ("pass", "warn", "fail"):
        return both(figures.DASH)
    return figures.limit(result.get("limit"), unit, check)


def _level(result: Mapping[str, Any]) -> str | None:
    """A finding has the check's level, a warning one lower; what is no finding has none."""
    level = result.get("level") or "medium"
    if result["status"] == "fail":
        return str(level)
    return _LOWER[level] if result["status"] == "warn" else None


def _waiver(result: Mapping[str, Any], today: str) -> Row | None:
    """Return the waiver with ``valid`` on the day of the report; its last day still counts."""
    waiver = result.get("waiver")
    if not waiver or result["status"] not in ("warn", "fail"):
        return None
    expires = _date(waiver.get("expires"))
    valid = expires is not None and expires >= date.fromisoformat(today)
    words = {
        "expires": expires.isoformat() if expires else figures.DASH,
        "reason": waiver.get("reason") or figures.DASH,
        "owner": waiver.get("owner") or figures.DASH,
    }
    text = say("waiver_until" if valid else "waiver_over", **words)
    return {**words, "valid": valid, "text": text}


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def is_waived(row: Mapping[str, Any]) -> bool:
    """True for a result whose waiver is in force."""
    return bool(row["waiver"] and row["waiver"]["valid"])
