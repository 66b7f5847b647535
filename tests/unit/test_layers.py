# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which layer may import which (docs/architecture.md), and what every file keeps to."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
PREFIX = "ansible_collections.ebill.ops.plugins."

LARGER = {"words.py": 450}  # a table of the documents' words in two languages, no code


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: str(path.relative_to(ROOT)))
def test_layers(path: Path) -> None:
    names = _imports(path)
    outside = {name for name in names if name.split(".")[0] in ("lab", "tests", "bench", "docs")}
    assert not outside, f"plugins import {outside}"
    kind = path.relative_to(ROOT / "plugins").parts[0]
    ours = {name.removeprefix(PREFIX).split(".")[0] for name in names if name.startswith(PREFIX)}
    if kind in ("module_utils", "modules"):
        assert "plugin_utils" not in ours
    if kind == "plugin_utils":
        assert not ours & {"action", "callback"}


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_stays_in_its_budget(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.parent.name == "modules":
        text = re.sub(r'r"""\n.*?"""', "", text, flags=re.DOTALL)
    assert text.count("\n") <= LARGER.get(path.name, 300)


def test_roles_hold_no_python_and_playbooks_no_logic() -> None:
    assert not list((ROOT / "roles").rglob("*.py"))
    for path in (ROOT / "playbooks").glob("*.yml"):
        assert not re.search(r"set_fact|ansible\.builtin\.(shell|command|raw)", path.read_text()), (
            path
        )


def test_the_lab_stands_on_its_own() -> None:
    oracle = sorted((ROOT / "lab" / "oracle").rglob("*.py"))
    assert oracle
    for path in oracle:
        assert not {name for name in _imports(path) if name.startswith("ansible")}, path
