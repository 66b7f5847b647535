# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report model: one plain, JSON-able dict from which every format is rendered.

It holds both languages, all figures as numbers and as they are to be shown. Renderers and
templates place it; they do not compute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils.report import (
    capacity,
    clauses,
    conclusion,
    database,
    figures,
    findings,
    records,
    rows,
    scope,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import OPEN, Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import (
    QuarterSource,
    ReportError,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import both, say

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

FORMAT = "ebill.ops/quarterly-report/1"

SECTIONS = (
    "conclusion",
    "scope",
    *(key for key, _section in clauses.TABLES),
    "findings",
    "advice",
    "capacity",
    "database",
    "matrix",
    "not_inspected",
    "readings",
    "evidence",
    "signatures",
)


SIGNATURES = ("sign_engineer", "sign_vendor", "sign_customer", "sign_date")


def build_quarterly(source: QuarterSource) -> dict[str, Any]:
    """Build the model of a quarterly report.

    Raises ReportError when a summary does not add up to the results, or a result has a status
    that is none of the six. What was owed and has no result appears as not_run.
    """
    where = figures.zone(source.site.get("timezone"))
    results = rows.result_rows(source, where)
    remarks = records.remark_rows(source)
    clause_rows = clauses.clause_rows(source, results, remarks)
    check_rows = clauses.check_rows(source, results)
    found = _findings(source, results)
    numbers = {key: number for number, key in enumerate(SECTIONS, start=1)}
    model = {
        "format": FORMAT,
        "cover": scope.cover(source, where),
        "sections": _sections(source, numbers),
        "conclusion": conclusion.conclude(
            len(source.owed),
            results,
            clause_rows,
            found["findings"],
            found["resolved"],
            numbers,
            blocked=len(found["blocked"]),
            running=list(source.run.get("running") or ()),
        ),
        "remarks": remarks,
        "areas": scope.area_rows(source, results),
        "targets": scope.target_rows(source, results),
        "tables": clauses.tables(source, clause_rows, check_rows),
        **found,
        "capacity": capacity.capacity_groups(source, results),
        "databases": database.database_rows(source, results, where),
        "matrix": clause_rows,
        "readings": scope.reading_rows(source),
        "evidence": scope.evidence_rows(source, results, where),
        "signatures": [{"key": key, "title": say(key), "value": ""} for key in SIGNATURES],
        "checks": check_rows,
        "results": results,
        "quality": scope.quality(source, where),
    }
    verify(model)
    return {key: clean(value) for key, value in model.items()}


def _findings(source: QuarterSource, results: Sequence[Row]) -> dict[str, list[Row]]:
    """What is wrong, what could not be told, what became of the last quarter's findings."""
    found = findings.finding_rows(source, results)
    undetermined = scope.undetermined_rows(results)
    _number_findings(results, found)
    return {
        "findings": found,
        "blocked": findings.blocked_rows(source, undetermined),
        "resolved": findings.resolved_rows(source, results),
        "advice": findings.advice_rows(found),
        "not_inspected": undetermined,
        "not_applicable": scope.undetermined_rows(results, ("skipped",)),
    }


def clean(value: Any) -> Any:
    """Replace what no document can hold (control characters, halves of surrogate pairs, which
    XML 1.0 section 2.2 excludes) by U+FFFD, in all texts of a model."""
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return _UNSAFE.sub("\ufffd", value) if isinstance(value, str) else value


def _sections(source: QuarterSource, numbers: dict[str, int]) -> dict[str, Row]:
    titles = {section["id"]: section for section in source.sections}
    tables = {key: both(titles.get(section, section)) for key, section in clauses.TABLES}
    return {
        key: {"number": number, "title": tables.get(key) or say(key)}
        for key, number in numbers.items()
    }


def _number_findings(results: Sequence[Row], found: Sequence[Row]) -> None:
    numbers = {finding["result"]: finding["number"] for finding in found}
    for row in results:
        row["finding"] = numbers.get(row["number"], "")


def verify(model: dict[str, Any]) -> None:
    """Raise ReportError unless every summary of a model adds up to its results."""
    total = len(model["results"])
    counts = model["conclusion"]["counts"]
    _equal("the six statuses", sum(counts[status] for status in STATUSES), total)
    for name in ("areas", "targets", "checks"):
        group = model[name]
        _equal(name, sum(row["results"] for row in group), total)
        for status in STATUSES:
            _equal(f"{name}: {status}", sum(row["counts"][status] for row in group), counts[status])
    _equal("findings", len(model["findings"]), counts["fail"] + counts["warn"])
    _equal("findings by level", sum(model["conclusion"]["levels"].values()), len(model["findings"]))
    for name, statuses in (("not_inspected", OPEN), ("not_applicable", ("skipped",))):
        shown = sum(row["results"] for row in model[name])
        _equal(name, shown, sum(counts[status] for status in statuses))
    _equal(
        "clauses",
        sum(model["conclusion"]["clause_counts"].values()),
        model["conclusion"]["clauses_total"],
    )
    for row in model["databases"]:
        # Every result of a database is told once: as a figure, or in a check's line.
        shown = sum(len(item["results"]) for item in (*row["spaces"], *row["backups"]))
        for topic in row["topics"]:
            shown += sum(check["results"] for check in topic["checks"]) + topic["skipped"]
        _equal(f"database {row['target']}", shown, row["results"])
    for row in model["matrix"]:
        _equal(f"clause {row['clause']}", sum(row["counts"].values()), row["results"])


def _equal(what: str, found: int, expected: int) -> None:
    if found != expected:
        raise ReportError(
            f"the report does not add up: {what} come to {found}, the results to {expected}"
        )
