# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents say of a performance diagnosis (DEV-03): findings as proposals, figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report.proposal_words import (
    worded,
    words,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    LEVELS,
    Text,
    both,
    say,
)

AREA = "performance"
BASIS = f"{AREA}.basis_"
"""How the ids of the checks begin that say what the figures rest on."""
STATEMENTS = f"{AREA}.sql_share"
"""Its figures are of use also where no statement stands out."""
SHOWN = 10
"""So many lines of evidence of one proposal, and figures of one check."""
_COLON = {"zh": "：", "en": ": "}


def performance_section(source: QuarterSource, model: Mapping[str, Any]) -> Row | None:
    """Return what a document says of the quarter's diagnosis; None when the quarter had none.

    ``model``: ``results``, ``findings`` and ``not_inspected`` of the quarterly model, of other
    areas too. Returns texts ``title``, ``sentences``, ``basis``, ``notes``; ``proposals`` (rows:
    number, title, level, level_text, evidence, impact, advice, decides, effort, risk, targets);
    ``figures`` (rows: title, target, lines); ``blocked`` (rows: target, titles, message);
    ``words`` by key.
    """
    results, findings, blocked = (
        [row for row in model[key] if row["area"] == AREA]
        for key in ("results", "findings", "not_inspected")
    )
    if not results:
        return None
    found, rows = words(), _proposals(source, findings)
    return {
        "words": found,
        "colon": _COLON,
        "title": found["section_title"],
        "sentences": _sentences(results, len(rows), sum(row["results"] for row in blocked)),
        "basis": [both(row["message"]) for row in results if row["check"].startswith(BASIS)],
        "proposals": rows,
        "figures": _figures(source, results),
        "blocked": [{key: row[key] for key in ("target", "titles", "message")} for row in blocked],
        "notes": [found["clause_note"], found["hint_note"], found["sql_note"]],
    }


def _sentences(results: Sequence[Row], proposals: int, open_results: int) -> list[Text]:
    names = sorted({str(row["target"]) for row in results})
    said = [
        worded(
            "found" if proposals else "found_none",
            targets=len(names),
            names=", ".join(names),
            checks=len({row["check"] for row in results}),
            n=proposals,
        )
    ]
    return [*said, worded("found_open", n=open_results)] if open_results else said


def _proposals(source: QuarterSource, findings: Sequence[Row]) -> list[Row]:
    """Return one proposal for each check that found something, the gravest first."""
    grouped: dict[str, list[Row]] = {}
    for finding in findings:
        grouped.setdefault(finding["check"], []).append(finding)
    ordered = sorted(grouped.items(), key=lambda item: LEVELS.index(item[1][0]["level"]))
    return [
        _proposal(f"{source.run['quarter']}-P{number:02d}", check, found, source.checks[check])
        for number, (check, found) in enumerate(ordered, start=1)
    ]


def _proposal(number: str, check: str, found: Sequence[Row], definition: Mapping[str, Any]) -> Row:
    own = definition.get("proposal") or {}
    return {
        "number": number,
        "check": check,
        "title": found[0]["title"],
        "level": found[0]["level"],
        "level_text": say(found[0]["level"]),
        "evidence": [
            {
                language: f"{row['target']}{_COLON[language]}{text}"
                for language, text in both(row["message"]).items()
            }
            for row in found[:SHOWN]
        ],
        "findings": len(found),
        "impact": found[0]["impact"],
        "advice": found[0]["advice"],
        **{key: both(own.get(key, "")) for key in ("decides", "effort", "risk")},
        "targets": sorted({str(row["target"]) for row in found}),
    }


def _figures(source: QuarterSource, results: Sequence[Row]) -> list[Row]:
    """Return what the checks that only show have seen, and the statements that cost most, by
    check and target, largest first."""
    found: dict[tuple[str, str], Row] = {}
    for row in sorted(results, key=_size, reverse=True):
        check = row["check"]
        shown = check == STATEMENTS or source.checks[check].get("judge") == "shown"
        if shown and row["observed"] is not None and not check.startswith(BASIS):
            entry = found.setdefault(
                (row["check"], row["target"]),
                {"title": both(row["title"]), "target": row["target"], "lines": []},
            )
            if len(entry["lines"]) < SHOWN:
                entry["lines"].append(both(row["message"]))
    return [found[key] for key in sorted(found)]


def _size(row: Row) -> float:
    """What figures are ordered by; a word has no size."""
    value = row["observed"]
    return float(value) if isinstance(value, (int, float)) else 0.0
