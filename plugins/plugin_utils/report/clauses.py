# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables by clause: what the contract asks, what was looked at, what came out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import combine, count
from ansible_collections.ebill.ops.plugins.plugin_utils.report.limits import (
    Checks,
    closeness,
    limit_lines,
    nearest,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import OPEN, Row, is_waived
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    LANGUAGES,
    RECORD,
    Text,
    both,
    counts_text,
    join,
    say,
    status_text,
)

TABLES = (("environment", "ENV"), ("business", "BIZ"), ("gdca", "GDCA"))
"""The sections of the contract that every quarterly report shows as a table of its own."""

_NO_RESULTS = {
    "automated": "note_unanswered",
    "guided": "note_record",
    "record": "note_record",
    "report": "note_report",
}

_NO_VALUE = {
    "automated": "no_results",
    "guided": "value_record",
    "record": "value_record",
    "report": "value_report",
}

MEASURES = ("%", "d", "h", "s")
"""Units in which "nearest to its limit" says something over several checks; a count of 1 under a
limit of 2 is near and means nothing."""

SHOWN = 3
"""So many results that are not pass are quoted in a clause's or check's line."""


def clause_rows(source: QuarterSource, rows: Sequence[Row], remarks: Sequence[Row]) -> list[Row]:
    """Return all clauses with their state; also the rows of the clause-to-evidence matrix.

    The state is the results' combination (``result.combine``). Without any result it is
    ``record`` where people answer the clause, and ``not_run`` where checks should have. A clause
    with a remark (``records.py``) says it, and has its state where it has no results: a state of
    the clause, counted among no results.
    """
    by_clause: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for clause in row["clauses"]:
            by_clause[clause].append(row)
    sections = {section["id"]: section for section in source.sections}
    said = {remark["clause"]: remark for remark in remarks}
    return [
        _clause(clause, by_clause[clause["id"]], sections, source.checks, said.get(clause["id"]))
        for clause in source.clauses
    ]


def _clause(
    clause: Mapping[str, Any],
    rows: list[Row],
    sections: Mapping[str, Any],
    definitions: Checks,
    remark: Row | None,
) -> Row:
    answered = clause["answered"]
    section = str(clause.get("section") or clause["id"].partition("-")[0])
    checks = list(dict.fromkeys(row["check"] for row in rows))
    counts = count(row["status"] for row in rows)
    told = remark["text"] if remark else None
    return {
        "clause": clause["id"],
        "number": str(clause["number"]),
        "section": section,
        "section_title": both(sections.get(section, section)),
        "content": both(clause),
        "standard": both(clause["cadence"]),
        "answered": answered,
        "answered_text": say(answered),
        "method": say("method_automated", n=len(checks)) if checks else say(answered),
        "checks": checks,
        "status": _state(rows, answered, remark),
        "counts": counts,
        "results": len(rows),
        "value": _value(rows, counts) if rows else [told or say(_NO_VALUE[answered])],
        "limits": limit_lines(rows, definitions),
        "note": _note(rows, answered),
        "remark": told,
        "evidence": sorted({row["evidence"] for row in rows if row["evidence"]}),
    }


def _state(rows: Sequence[Row], answered: str, remark: Row | None) -> str:
    if rows:
        return combine(row["status"] for row in rows)
    if answered == "automated":
        return "not_run"
    return str(remark["status"]) if remark else RECORD


def _value(rows: Sequence[Row], counts: Mapping[str, int]) -> list[Text]:
    """The lines of a clause's result: the counts, then what stands out."""
    if len(rows) == 1:
        return [_single(rows[0])]
    lines = [say("value_counts", total=len(rows), counts=counts_text(counts))]
    measured = [row for row in rows if row["unit"] in MEASURES]
    return [*lines, *_nearest(measured, rows), *standing_out(rows)]


def _nearest(candidates: Sequence[Row], rows: Sequence[Row]) -> list[Text]:
    """Quote the candidate nearest to its limit where no row reached one: its own sentence,
    which says what the value is."""
    bad = any(row["status"] in ("warn", "fail") for row in rows)
    found = None if bad else nearest(candidates)
    return [say("closest", quote=_said(found))] if found else []


def standing_out(rows: Sequence[Row]) -> list[Text]:
    """Quote the first results that are neither pass nor skipped, worst first; what is said in
    the same words of many checks, such as of a host that is not reached, is said once."""
    order = {"fail": 0, "error": 1, "not_run": 2, "warn": 3}
    chosen = sorted(
        (row for row in rows if row["status"] in order),
        key=lambda row: (order[row["status"]], -closeness(row)),
    )
    alike: dict[str, list[Row]] = defaultdict(list)
    for row in chosen:
        alike[_quote(row)["zh"]].append(row)
    groups = list(alike.values())
    lines = [
        say("value_alike", quote=_quote(group[0]), n=len(group))
        if len(group) > 1
        else _quote(group[0])
        for group in groups[:SHOWN]
    ]
    hidden = sum(len(group) for group in groups[SHOWN:])
    return [*lines, say("value_more", n=hidden)] if hidden else lines


def _single(row: Row) -> Text:
    """The sentence of the only result; its status stands beside it in the verdict's column."""
    message: Text = row["message"]
    return message


def _quote(row: Mapping[str, Any]) -> Text:
    mark, said = status_text(row["status"]), _said(row)
    return {language: f"[{mark[language]}] {said[language]}" for language in LANGUAGES}


def _said(row: Mapping[str, Any]) -> Text:
    """A result's sentence behind its target; an error's sentence does not name the part."""
    part = row["part_text"] if row["status"] in OPEN and row["part"] else both("")
    name = {language: f"{row['target']} {part[language]}".strip() for language in LANGUAGES}
    return say("measured", name=name, value=row["message"])


def _note(rows: Sequence[Row], answered: str) -> Text:
    if not rows:
        return say(_NO_RESULTS[answered])
    waived = sum(is_waived(row) for row in rows)
    numbers = {
        "note_incomplete": sum(row["status"] in OPEN for row in rows),
        "note_waived": waived,
        "note_expired": sum(bool(row["waiver"]) for row in rows) - waived,
    }
    notes = [say(key, n=number) for key, number in numbers.items() if number]
    sources = {
        row["limit_source"]: row["limit_source_text"]
        for row in rows
        if (row["limit_source"] or "").startswith("inventory")
    }
    notes += [say("limit_changed", source=text) for text in sources.values()]
    return join(notes, "sentence_joint") if notes else both("")


def check_rows(source: QuarterSource, rows: Sequence[Row]) -> list[Row]:
    """Return one row for each check that has results: passes condensed, the rest quoted."""
    by_check: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_check[row["check"]].append(row)
    order = {check: n for n, check in enumerate(source.checks)}
    return [
        _check(by_check[check], source.checks)
        for check in sorted(by_check, key=lambda check: (order.get(check, len(order)), check))
    ]


def _check(rows: list[Row], definitions: Checks) -> Row:
    first = rows[0]
    return {
        "check": first["check"],
        "title": first["title"],
        "clauses": sorted({clause for row in rows for clause in row["clauses"]}),
        "area": first["area"],
        "status": combine(row["status"] for row in rows),
        "counts": count(row["status"] for row in rows),
        "results": len(rows),
        "value": _condensed(rows),
        "limits": limit_lines(rows, definitions, named=False),
        "note": _note(rows, "automated"),
    }


def _condensed(rows: list[Row]) -> list[Text]:
    """One result is quoted; of several, the nearest to its limit and whatever is not right."""
    if len(rows) == 1:
        return [_single(rows[0])]
    counts = count(row["status"] for row in rows)
    kinds = [status for status, number in counts.items() if number]
    if len(kinds) == 1:
        lines = [say("all_same", n=len(rows), status=status_text(kinds[0]))]
    else:
        lines = [counts_text(counts)]
    return [*lines, *_nearest(rows, rows), *standing_out(rows)]


def tables(source: QuarterSource, clauses: Sequence[Row], checks: Sequence[Row]) -> list[Row]:
    """Return the quarterly tables: their clauses, and the checks behind them in that order.

    A check that answers clauses of several tables is shown in each, so their results may not be
    added up over the tables; the conclusion counts results, not lines.
    """
    titles = {section["id"]: section for section in source.sections}
    found = []
    for key, section in TABLES:
        own = [clause for clause in clauses if clause["section"] == section]
        order = [clause["clause"] for clause in own]
        found.append(
            {
                "key": key,
                "title": both(titles.get(section, section)),
                "clauses": own,
                "checks": [
                    check
                    for first in order
                    for check in checks
                    if first == next((c for c in order if c in check["clauses"]), None)
                ],
            }
        )
    return found
