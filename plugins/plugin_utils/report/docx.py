# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Word by docxtpl, from a template that a hospital may replace by its own."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ansible_collections.ebill.ops.plugins.plugin_utils.report import pdf
from ansible_collections.ebill.ops.plugins.plugin_utils.report import templates as files
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from ansible_collections.ebill.ops.plugins.plugin_utils.report.view import localise
from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment

TEMPLATE = "report.docx"
_CHART_POINTS = 480.0


def render(model: Mapping[str, Any], language: str, templates: files.Templates) -> bytes:
    """Render the document. Raises ReportError naming the template and the placeholder that is
    unknown, or what else is wrong with the template."""
    path = files.find(templates, TEMPLATE)
    return _render(path, localise(model, language), StrictUndefined)


def lint(path: Path, model: Mapping[str, Any], language: str = "zh") -> list[str]:
    """Try a template with a full sample; return every problem, each naming the template.

    Unknown placeholders are collected, not stopped at, so that one look shows all of them.
    """
    unknown: list[str] = []

    class Recorder(Undefined):
        """Writes down its own name wherever it is used, and is empty."""

        def _note(self) -> str:
            name = _placeholder(self)
            if name not in unknown:
                unknown.append(name)
            return ""

        def __str__(self) -> str:
            return self._note()

        def __iter__(self) -> Any:
            self._note()
            return iter(())

        def __bool__(self) -> bool:
            self._note()
            return False

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return type(self)(name=f"{_placeholder(self)}.{name}")

        __getitem__ = __getattr__
        __html__ = __str__

    try:
        _render(path, localise(model, language), Recorder)
    except ReportError as problem:
        return [str(problem)]
    return [f"Word template {path}: unknown placeholder {name}" for name in unknown]


def _placeholder(undefined: Any) -> str:
    owner, name = undefined._undefined_obj, undefined._undefined_name
    known = isinstance(owner, Mapping)
    return f"….{name}" if known else str(name)


def _render(path: Path, view: dict[str, Any], undefined: type[Undefined]) -> bytes:
    try:
        from docx.opc.exceptions import OpcError
        from docxtpl import DocxTemplate
    except ImportError as problem:
        raise ReportError("Word needs the Python package docxtpl (requirements.txt)") from problem

    class Template(DocxTemplate):  # type: ignore[misc]
        """Without the search for line breaks inside texts, a fifth of the time: ours have none."""

        def resolve_listing(self, xml: str) -> str:
            return xml

    made = io.BytesIO()
    try:
        document = Template(str(path))
        context = {**_one_line(view), "w": _words(view), "charts": _charts(document, view)}
        for database in context["databases"]:
            database["image"] = _picture(document, database["svg"])
        # The template may come from outside, so it may place our data and do nothing else.
        environment = SandboxedEnvironment(undefined=undefined, autoescape=True)
        document.render(context, environment, autoescape=True)
        document.save(made)
    except TemplateError as problem:
        raise ReportError(f"Word template {path}: {problem}") from problem
    except (OpcError, BadZipFile, OSError, KeyError, ValueError) as problem:
        raise ReportError(f"Word template {path} cannot be used: {problem}") from problem
    return made.getvalue()


def _one_line(value: Any) -> Any:
    """Put texts on one line."""
    if isinstance(value, dict):
        return {key: _one_line(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_one_line(item) for item in value]
    if isinstance(value, str) and not value.isprintable():
        return "".join(char if char >= " " else " " for char in value)
    return value


def _words(view: Mapping[str, Any]) -> dict[str, str]:
    """The fixed words, and the statuses' names as words of their own for column heads."""
    statuses = {f"status_{status}": look["text"] for status, look in view["looks"].items()}
    return {**view["words"], **statuses}


def _charts(document: Any, view: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for group in view["capacity"]:
        for svg, title, text in (
            (group["svg"], group["current_title"], group["hidden_text"]),
            (group["trend_svg"], group["trend_title"], group["trend_text"]),
        ):
            found.append({"title": title, "image": _picture(document, svg), "text": text})
    return found


def _picture(document: Any, svg: str | None) -> Any:
    from docx.shared import Pt
    from docxtpl import InlineImage

    if not svg:
        return None
    drawn = io.BytesIO(pdf.picture(svg, _CHART_POINTS))
    return InlineImage(document, drawn, width=Pt(_CHART_POINTS))
