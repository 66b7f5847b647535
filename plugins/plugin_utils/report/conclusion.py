# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conclusion of a report, in figures and in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES, count
from ansible_collections.ebill.ops.plugins.plugin_utils.report.clauses import TABLES
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import OPEN, Row, is_waived
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    LEVELS,
    RECORD,
    Text,
    both,
    counts_text,
    join,
    say,
    status_text,
)


def conclude(
    owed: int,
    rows: Sequence[Row],
    clauses: Sequence[Row],
    findings: Sequence[Row],
    resolved: Sequence[Row],
    sections: Mapping[str, int],
    blocked: int = 0,
    running: Sequence[str] = (),
) -> Row:
    """Draw the conclusion. Two questions, answered apart and shown together:

    What was found (``verdict``), the first that holds:

    ========  ================================================================
    none      there is no result but not_run and error
    abnormal  a fail that no waiver in force covers
    mostly    a warn, or a fail with a waiver in force
    normal    otherwise
    ========  ================================================================

    Whether all of it was looked at (``complete``): no result is error or not_run, and each
    clause of the quarterly tables that checks answer has results. What is not complete is never
    called normal: 未完成 stands in the label. A clause that people answer from records is listed
    by itself and is not part of ``complete``.
    """
    counts = count(row["status"] for row in rows)
    quarterly = [row for row in clauses if row["section"] in {section for _key, section in TABLES}]
    unanswered = [
        row["clause"] for row in quarterly if not row["results"] and row["answered"] == "automated"
    ]
    open_results = sum(counts[status] for status in OPEN)
    verdict = _verdict(rows, counts)
    complete = not open_results and not unanswered and verdict != "none"
    label = verdict if complete or verdict == "none" else f"incomplete_{verdict}"
    return {
        "verdict": verdict,
        "complete": complete,
        "label": say(label),
        "status": _shown_as(verdict, complete),
        "owed": owed,
        "total": len(rows),
        "counts": counts,
        "shares": [
            {"status": status, "count": counts[status], "title": status_text(status)}
            for status in STATUSES
        ],
        "clauses_total": len(quarterly),
        "clause_counts": _clause_counts(quarterly),
        "levels": _levels(findings),
        "findings": len(findings),
        "waived": sum(is_waived(row) for row in rows),
        "waivers_expired": sum(bool(row["waiver"]) and not is_waived(row) for row in rows),
        "unanswered": unanswered,
        "unanswered_text": _sum_unanswered(unanswered),
        "sentences": [
            *_sum_results(owed, len(rows), counts, quarterly),
            *_sum_findings(findings, rows, resolved, sections),
            *_sum_open(open_results, blocked, unanswered, sections),
            *([say("sum_running", n=len(running), runs=", ".join(running))] if running else ()),
        ],
    }


def _verdict(rows: Sequence[Row], counts: Mapping[str, int]) -> str:
    if sum(counts.values()) == sum(counts[status] for status in OPEN):
        return "none"
    if any(row["status"] == "fail" and not is_waived(row) for row in rows):
        return "abnormal"
    return "mostly" if counts["fail"] or counts["warn"] else "normal"


def _shown_as(verdict: str, complete: bool) -> str:
    """The status whose look the label borrows."""
    if verdict == "abnormal":
        return "fail"
    if not complete:
        return "not_run"
    return "warn" if verdict == "mostly" else "pass"


def _clause_counts(quarterly: Sequence[Row]) -> dict[str, int]:
    counts = dict.fromkeys((*STATUSES, RECORD), 0)
    for row in quarterly:
        counts[row["status"]] += 1
    return counts


def _levels(findings: Sequence[Row]) -> dict[str, int]:
    levels = dict.fromkeys(LEVELS, 0)
    for finding in findings:
        levels[finding["level"]] += 1
    return levels


def _sum_results(
    owed: int, total: int, counts: Mapping[str, int], quarterly: Sequence[Row]
) -> list[Text]:
    sentences = [say("sum_owed", owed=owed, total=total, counts=counts_text(counts))]
    if quarterly:
        words = counts_text(_clause_counts(quarterly))
        sentences.append(say("sum_clauses", total=len(quarterly), counts=words))
    return sentences


def _sum_findings(
    findings: Sequence[Row],
    rows: Sequence[Row],
    resolved: Sequence[Row],
    sections: Mapping[str, int],
) -> list[Text]:
    sentences = [
        say("sum_findings", total=len(findings), section=sections["findings"], **_levels(findings))
        if findings
        else say("sum_no_findings")
    ]
    waived = sum(is_waived(row) for row in rows)
    expired = sum(bool(row["waiver"]) for row in rows) - waived
    if waived:
        sentences.append(say("sum_waived", n=waived))
    if expired:
        sentences.append(say("sum_expired", n=expired))
    carried = sum(finding["carried"] for finding in findings)
    if carried or resolved:
        fixed = sum(row["outcome"] == "fixed" for row in resolved)
        unknown = len(resolved) - fixed
        sentences.append(say("sum_carried", carried=carried, fixed=fixed, unknown=unknown))
    return sentences


def _sum_open(
    open_results: int, blocked: int, unanswered: Sequence[str], sections: Mapping[str, int]
) -> list[Text]:
    sentences = []
    if open_results:
        sentences.append(say("sum_incomplete", n=open_results, section=sections["not_inspected"]))
    if blocked:
        sentences.append(say("sum_blocked", n=blocked, section=sections["findings"]))
    missing = _sum_unanswered(unanswered)
    return [*sentences, missing] if missing else sentences


def _sum_unanswered(unanswered: Sequence[str]) -> Text | None:
    if not unanswered:
        return None
    names = join([both(name) for name in unanswered], "list_joint")
    return say("sum_unanswered", clauses=names)
