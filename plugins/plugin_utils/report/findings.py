# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: what is wrong, how bad, what to do; and what became of the last quarter's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report.figures import DASH
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import Row, is_waived
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    LEVELS,
    Text,
    both,
    join,
    say,
)

Key = tuple[str, str, str]


def _key(row: Mapping[str, Any]) -> Key:
    return (row["check"], row["target"], row.get("part") or "")


def finding_rows(source: QuarterSource, rows: Sequence[Row]) -> list[Row]:
    """Return every warn and fail as a finding, the gravest first, numbered "2026Q4-001".

    A finding that the last quarter's report had as well is carried over and keeps the quarter
    in which it was first seen. Owner and due date are left for the hospital to fill in.
    """
    bad = [row for row in rows if row["status"] in ("fail", "warn")]
    bad.sort(key=lambda row: LEVELS.index(row["level"]))
    before = {_key(row): row for row in source.previous_findings}
    quarter = source.run["quarter"]
    return [
        _finding(f"{quarter}-{n:03d}", row, before.get(_key(row)), source)
        for n, row in enumerate(bad, start=1)
    ]


def blocked_rows(source: QuarterSource, undetermined: Sequence[Row]) -> list[Row]:
    """Return what was looked at and could not be told, numbered "2026Q4-E01": a mount that
    hangs or a host that is not reached is for somebody to look into, though it is no verdict."""
    blocked = [row for row in undetermined if row["status"] == "error"]
    quarter = source.run["quarter"]
    return [
        {**row, "number": f"{quarter}-E{n:02d}", "owner": "", "due": ""}
        for n, row in enumerate(blocked, start=1)
    ]


def _finding(number: str, row: Row, before: Mapping[str, Any] | None, source: QuarterSource) -> Row:
    quarter, known = source.run["quarter"], source.checks.get(row["check"], {})
    first = str(before.get("first_quarter") or before.get("quarter") or "") if before else quarter
    kept = (
        "check",
        "title",
        "clauses",
        "area",
        "area_title",
        "target",
        "part",
        "part_text",
        "status",
        "level",
        "message",
        "observed",
        "observed_text",
        "limit_text",
        "waiver",
        "evidence",
    )
    return {
        "number": number,
        "result": row["number"],
        **{key: row[key] for key in kept},
        "level_text": say(row["level"]),
        "impact": both(known.get("impact") or DASH),
        "cause": both(known["cause"]) if known.get("cause") else say("cause_unknown"),
        "advice": row["advice"] or both(""),
        "owner": "",
        "due": "",
        "quarter": quarter,
        "first_quarter": first,
        "carried": bool(before),
        "state_text": _state(row, bool(before), first),
    }


def _state(row: Row, carried: bool, first: str) -> Text:
    state = say("finding_carried", quarter=first) if carried else say("finding_new")
    if row["waiver"]:
        state = join([state, say("waived" if is_waived(row) else "expired")], "joint")
    return state


def resolved_rows(source: QuarterSource, rows: Sequence[Row]) -> list[Row]:
    """Return the last quarter's findings that are none now: recovered, or undetermined.

    Recovered needs a pass or a skipped now; a result that is missing, error or not_run proves
    nothing.
    """
    now: dict[Key, str] = {_key(row): row["status"] for row in rows}
    return [
        {
            "number": row.get("number", ""),
            "check": row["check"],
            "title": both(row.get("title", row["check"])),
            "target": row["target"],
            "part": row.get("part") or "",
            "part_text": both(row.get("part_text") or row.get("part")),
            "message": both(row.get("message")),
            "first_quarter": str(row.get("first_quarter") or row.get("quarter") or ""),
            "outcome": outcome,
            "outcome_text": say(f"outcome_{outcome}"),
        }
        for row in source.previous_findings
        if (outcome := _outcome(now.get(_key(row)))) is not None
    ]


def _outcome(status: str | None) -> str | None:
    if status in ("fail", "warn"):
        return None
    return "fixed" if status in ("pass", "skipped") else "unknown"


def advice_rows(findings: Sequence[Row]) -> list[Row]:
    """Return each piece of advice once, with the findings it answers, the gravest first."""
    grouped: dict[str, Row] = {}
    for finding in findings:
        text = finding["advice"]
        if not text["zh"]:
            continue
        row = grouped.setdefault(
            text["zh"],
            {
                "number": len(grouped) + 1,
                "title": finding["title"],
                "advice": text,
                "level": finding["level"],
                "level_text": finding["level_text"],
                "findings": [],
                "targets": [],
            },
        )
        row["findings"].append(finding["number"])
        if finding["target"] not in row["targets"]:
            row["targets"].append(finding["target"])
    return list(grouped.values())
