# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML: one file that needs no network, filters in the browser, and prints as a document."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report import templates as files
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from ansible_collections.ebill.ops.plugins.plugin_utils.report.view import localise
from jinja2 import TemplateError
from markupsafe import Markup


def render(model: Mapping[str, Any], language: str, templates: files.Templates) -> bytes:
    """Render the document. Raises ReportError naming the template and what is wrong in it.

    Style and script are written into the page and allowed by their hash alone: nothing else may
    run or load, whatever a server's answer put into a result.
    """
    style, script = files.read(templates, "style.css"), files.read(templates, "report.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    name = "report.html.j2"
    view = localise(model, language)
    try:
        template = files.environment(templates).get_template(name)
        text = template.render(
            v=view,
            w=view["words"],
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            svg=Markup,
            policy=policy,
        )
    except TemplateError as problem:
        raise ReportError(f"report template {files.find(templates, name)}: {problem}") from problem
    return text.encode()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
