# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where templates are found, and how Jinja2 is set up for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

Templates = Path | Sequence[Path]
"""A folder of templates, or several: the first that holds a file wins, so that a hospital's
folder goes before the project's. A path to a single file stands for that file alone."""


def paths(templates: Templates) -> list[Path]:
    """Return the search path as a list."""
    return [templates] if isinstance(templates, Path) else list(templates)


def find(templates: Templates, name: str) -> Path:
    """Return the first file called ``name``; a file of the same suffix given directly counts.
    Raises ReportError naming the folders that were searched."""
    for path in paths(templates):
        if path.is_file() and path.suffix == Path(name).suffix:
            return path
        if (path / name).is_file():
            return path / name
    searched = ", ".join(str(path) for path in paths(templates)) or "no folder"
    raise ReportError(f"report template {name} not found in: {searched}")


def read(templates: Templates, name: str) -> str:
    """Return the text of a template file. Raises ReportError."""
    path = find(templates, name)
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ReportError(f"report template {path} cannot be read: {problem}") from problem


def environment(templates: Templates) -> Environment:
    """Return Jinja2 with escaping on, unknown names refused, and nothing but data to reach: a
    template may be the hospital's."""
    folders = [str(path) for path in paths(templates) if path.is_dir()]
    return SandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
