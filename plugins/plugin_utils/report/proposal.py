# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The optimisation proposal (优化建议方案, DEV-03) of a quarter, and its section of the report.

It is made from the same source as the quarterly report, of the results of one area, and by the
same renderers: a model of its own is a quarterly one with ``proposal`` beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report import render
from ansible_collections.ebill.ops.plugins.plugin_utils.report.freeze import freeze, next_version
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import (
    build_quarterly,
    clean,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.proposal_words import (
    worded,
    words,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import (
    QuarterSource,
    ReportError,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import LEVELS, both, say

AREA = "performance"
FOLDER = "optimisation_proposal"
FORMATS = ("html", "docx", "pdf")
SHOWN = 10
"""So many lines of evidence of one proposal, and figures of one check."""
_COLON = {"zh": "：", "en": ": "}
_STEMS = {"zh": "优化建议方案", "en": "optimisation_proposal"}


def diagnosed(source: QuarterSource) -> QuarterSource | None:
    """Return the part of a quarter's source that its performance diagnosis is; None without one."""
    results = [row for row in source.results if row["area"] == AREA]
    if not results:
        return None
    targets = {row["target"] for row in results}
    return replace(
        source,
        results=results,
        owed=[row for row in source.owed if _is_ours(row)],
        targets=[row for row in source.targets if row["name"] in targets],
        areas=[row for row in source.areas if row["id"] == AREA],
        evidence=[row for row in source.evidence if row["area"] == AREA],
        previous_findings=[row for row in source.previous_findings if _is_ours(row)],
        history=(),
        run={**source.run, "selection": ""},
    )


def _is_ours(row: Mapping[str, Any]) -> bool:
    return str(row["check"]).startswith(f"{AREA}.")


def performance_section(source: QuarterSource) -> Row | None:
    """Return what a quarterly report says of the diagnosis; None when the quarter had none.

    ``title``, ``sentences``, ``basis`` (texts), ``proposals`` (rows: number, title, level,
    level_text, evidence, impact, advice, decides, effort, risk, targets), ``figures`` (rows:
    title, target, lines), ``blocked`` (rows: target, titles, message), ``words``.
    """
    own = diagnosed(source)
    return clean(_section(own, build_quarterly(own))) if own else None


def build_proposal(source: QuarterSource) -> dict[str, Any]:
    """Return the model of the document. ReportError when the quarter had no diagnosis."""
    own = diagnosed(source)
    if own is None:
        raise ReportError(
            f"{source.run['quarter']}: no performance diagnosis in the ledger:"
            " run playbooks/performance_diagnosis.yml first"
        )
    model = build_quarterly(own)
    model["cover"] = {**model["cover"], "title": words()["title"]}
    return {**model, "proposal": clean(_section(own, model))}


def _section(source: QuarterSource, model: Mapping[str, Any]) -> Row:
    found, titles = words(), [str(target["target"]) for target in model["targets"]]
    rows = _proposals(source, model["findings"])
    open_results = sum(row["results"] for row in model["not_inspected"])
    facts = {
        "targets": len(titles),
        "names": ", ".join(titles),
        "checks": len(model["checks"]),
        "n": len(rows),
    }
    sentences = [worded("found" if rows else "found_none", **facts)]
    if open_results:
        sentences.append(worded("found_open", n=open_results))
    return {
        "words": found,
        "colon": _COLON,
        "title": found["section_title"],
        "sentences": sentences,
        "basis": [
            both(row["message"])
            for row in model["results"]
            if row["check"].startswith(f"{AREA}.basis_")
        ],
        "proposals": rows,
        "figures": _figures(source, model["results"]),
        "blocked": [
            {key: row[key] for key in ("target", "titles", "message")}
            for row in model["not_inspected"]
        ],
        "notes": [found["clause_note"], found["hint_note"], found["sql_note"]],
    }


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
    """Return what the checks that only show have seen, by check and target, largest first."""
    found: dict[tuple[str, str], Row] = {}
    for row in sorted(results, key=_size, reverse=True):
        shown = source.checks[row["check"]].get("judge") == "shown"
        if shown and row["status"] == "pass" and not row["check"].startswith(f"{AREA}.basis_"):
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


def issue_proposal(
    source: QuarterSource,
    directory: Path,
    templates: Sequence[Path],
    *,
    language: str = "zh",
    formats: Sequence[str] = FORMATS,
) -> tuple[dict[str, Any], dict[str, Path]]:
    """Make the documents and freeze them below ``directory/<quarter>/optimisation_proposal``.

    Returns the model and the path of each format. Raises ReportError.
    """
    quarter = str(source.run["quarter"])
    folder = directory / quarter / FOLDER
    version = next_version(folder)
    model = build_proposal(replace(source, version=version))
    names = {form: f"{_STEMS[language]}_{quarter}_v{version}.{form}" for form in formats}
    files = {name: render(form, model, language, templates) for form, name in names.items()}
    frozen = freeze(folder, files, version)
    return model, {form: frozen / name for form, name in names.items()}
