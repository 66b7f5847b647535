# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The optimisation proposal (优化建议方案, DEV-03) of a quarter.

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
from ansible_collections.ebill.ops.plugins.plugin_utils.report.performance_section import (
    AREA,
    performance_section,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.proposal_words import words
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import (
    QuarterSource,
    ReportError,
)

FOLDER = "optimisation_proposal"
FORMATS = ("html", "docx", "pdf")
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
        run=_own_runs(source.run),
    )


def _own_runs(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of the quarter's runs, of those with a diagnosis only."""
    own = [part for part in run.get("parts") or () if AREA in part["areas"]]
    whole = {**run, "selection": ""}
    if not own:
        return whole
    newest = {key: own[-1][key] for key in ("closed", "state", "engineer")}
    ids = ", ".join(part["id"] for part in own)
    return {**whole, **newest, "id": ids, "opened": own[0]["opened"]}


def _is_ours(row: Mapping[str, Any]) -> bool:
    return str(row["check"]).startswith(f"{AREA}.")


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
    return {**model, "proposal": clean(performance_section(own, model))}


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
