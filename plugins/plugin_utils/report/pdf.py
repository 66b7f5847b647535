# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PDF by Typst, and pictures of charts for formats that cannot draw SVG."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report import fonts
from ansible_collections.ebill.ops.plugins.plugin_utils.report import templates as files
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from ansible_collections.ebill.ops.plugins.plugin_utils.report.view import localise

MAIN = "report.typ"


def render(model: Mapping[str, Any], language: str, templates: files.Templates) -> bytes:
    """Render the document. Raises ReportError for a missing font, or naming the template and
    what Typst says about it."""
    view = fonts.prepare(localise(model, language))
    view["font"] = fonts.FAMILY
    sources = {"view.json": json.dumps(view, ensure_ascii=False).encode()}
    main = files.find(templates, MAIN)
    for path in reversed(files.paths(templates)):
        if path.is_dir():
            sources.update({part.name: part.read_bytes() for part in path.glob("*.typ")})
    sources["main.typ"] = main.read_bytes()
    return _compile(sources, str(main), "pdf")


def picture(svg: str, width: float) -> bytes:
    """Return an SVG drawing as PNG, ``width`` in points, 170 dots per inch."""
    page = (
        f"#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#image(bytes(read("chart.svg")), format: "svg", width: {width:g}pt)'
    )
    sources = {"main.typ": page.encode(), "chart.svg": fonts.drawable(svg).encode()}
    return _compile(sources, "chart", "png")


@lru_cache(maxsize=1)
def _fonts(folder: str) -> Any:
    """Load the font once; a document and its pictures need it several times."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


def _compile(sources: dict[str, bytes], name: str, form: str) -> bytes:
    """Compile with our font only, so that no machine's own fonts change a page."""
    try:
        import typst
    except ImportError as problem:
        raise ReportError("PDF needs the Python package typst (requirements.txt)") from problem
    try:
        compiler: Any = typst.compile_with_warnings
        made, warnings = compiler(
            sources,
            font_paths=_fonts(str(fonts.folder())),
            format=form,
            ppi=170.0,
            pdf_tags=False,
        )
    except typst.TypstError as problem:
        where = getattr(problem, "diagnostic", "") or str(problem)
        raise ReportError(f"report template {name}: {where.strip()}") from problem
    lost = [str(warning) for warning in warnings if "unknown font" in str(warning)]
    if lost:
        raise ReportError(f"report template {name}: {lost[0]}; only {fonts.FAMILY} is there")
    return bytes(made)
