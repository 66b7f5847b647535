# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents: from a report model to files.

``issue()`` does all of it: model, every format, frozen folder. A renderer is a module with
``render(model, language, templates) -> bytes``; it is imported when its format is asked for, so
that a missing library costs one format and not the report.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report.freeze import (
    VersionTaken,
    freeze,
    next_version,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import build_quarterly
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import (
    QuarterSource,
    ReportError,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.templates import Templates

_PACKAGE = "ansible_collections.ebill.ops.plugins.plugin_utils.report"

FORMATS: dict[str, tuple[str, str]] = {
    "html": ("html", "html"),
    "docx": ("docx", "docx"),
    "xlsx": ("xlsx", "xlsx"),
    "pdf": ("pdf", "pdf"),
    "json": ("jsonfile", "json"),
    "junit": ("junit", "junit.xml"),
    "prometheus": ("prometheus", "prom"),
}
"""Format -> module and suffix."""

_FOR_PEOPLE = ("html", "docx", "xlsx", "pdf")
_TITLES = {"zh": "季度巡检报告", "en": "quarterly_inspection"}
_ATTEMPTS = 5

Attach = Callable[[Mapping[str, Any]], Mapping[str, bytes]]


def file_name(
    form: str, quarter: str, version: int, language: str, ascii_only: bool = False
) -> str:
    """Return a document's file name: "季度巡检报告_2026Q4_v1.docx".

    What people open has a Chinese name in a Chinese report. What programs read, and everything
    in English or with ``ascii_only``, is ASCII ("quarterly_inspection_2026Q4_v1.json"). No name
    has a space or a letter that Windows, a share or a zip archive refuses.
    """
    chinese = language == "zh" and form in _FOR_PEOPLE and not ascii_only
    stem = _TITLES["zh" if chinese else "en"]
    return f"{stem}_{quarter}_v{version}.{FORMATS[form][1]}"


def render(form: str, model: Mapping[str, Any], language: str, templates: Templates) -> bytes:
    """Render one format. Raises ReportError for a format that is not known."""
    if form not in FORMATS:
        raise ReportError(f"unknown report format {form!r}; known: {', '.join(FORMATS)}")
    module = importlib.import_module(f"{_PACKAGE}.{FORMATS[form][0]}")
    made: bytes = module.render(model, language, templates)
    if form == "docx":
        # A Word document's elements hold each other: 50 MB that the next format would pay on top.
        gc.collect()
    return made


def issue(
    source: QuarterSource,
    directory: Path,
    templates: Templates,
    *,
    language: str = "zh",
    formats: Sequence[str] = tuple(FORMATS),
    ascii_names: bool = False,
    attach: Attach | None = None,
) -> tuple[dict[str, Any], dict[str, Path]]:
    """Make the report and freeze it below ``directory/<quarter>``.

    ``attach`` returns further files for a model, by name. Returns the model and the path of each
    format. The version is the next free one; when another process takes it meanwhile, the report
    is made again with the next. Raises ReportError; nothing is left behind then.
    """
    quarter = str(source.run["quarter"])
    folder = directory / quarter
    for _attempt in range(_ATTEMPTS):
        version = next_version(folder)
        model = build_quarterly(replace(source, version=version))
        names = {form: file_name(form, quarter, version, language, ascii_names) for form in formats}
        files = {name: render(form, model, language, templates) for form, name in names.items()}
        if attach:
            files |= attach(model)
        try:
            frozen = freeze(folder, files, version)
        except VersionTaken:
            continue
        return model, {form: frozen / name for form, name in names.items()}
    raise ReportError(f"no free report version in {folder} after {_ATTEMPTS} attempts")
