# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/checks.md and docs/clauses.md: ``python -m docs.generate [--check]``.

With ``--check`` nothing is written, and a difference ends non-zero: the pages cannot go stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "collections"))

from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (  # noqa: E402
    compile_check,
    load,
    resolve_settings,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue_model import (  # noqa: E402
    Catalogue,
    Check,
)

NOTE = "<!-- Made from the catalogue by `make docs`; do not edit. -->\n"


def checks_page(catalogue: Catalogue) -> str:
    """Return the page of checks, one table an area."""
    return "\n".join(_check_lines(catalogue)) + "\n"


def _check_lines(catalogue: Catalogue) -> Iterator[str]:
    settings = resolve_settings(catalogue, {})
    yield f"# Checks\n\n{NOTE}"
    number = len(catalogue.checks)
    yield f"{number} checks. A limit can be overridden by check id (`ebill_limits`).\n"
    for name, area in catalogue.areas.items():
        yield f"## {name}: {area.title.zh} ({area.title.en})\n"
        yield f"Targets: inventory group `{area.group}`.\n"
        yield "| id | 检查 | check | clauses | warn | fail | level | 处理建议 |"
        yield "|---|---|---|---|---|---|---|---|"
        for check in area.checks:
            compiled = compile_check(catalogue, check.id, settings)
            advice = check.advice.zh if check.advice else ""
            yield _row(
                f"`{check.id}`",
                check.title.zh,
                check.title.en,
                ", ".join(check.clauses),
                _limit(compiled, check, "warn"),
                _limit(compiled, check, "fail"),
                check.level,
                advice,
            )
        yield ""


def _limit(compiled: dict[str, Any], check: Check, level: str) -> str:
    if check.judge:
        return "shown"
    if check.states:
        return ", ".join(f"`{value}`" for value in compiled["states"].get(level, []))
    limits = compiled["limits"]
    if level not in limits:
        return ""
    sign = "≥" if limits["direction"] == "above" else "<"
    text = f"{sign} {limits[level]:g} {check.unit}".strip()
    source = getattr(check.limits, level)
    return f"{text} (`{source.setting}`)" if hasattr(source, "setting") else text


def clauses_page(catalogue: Catalogue) -> str:
    """Return the page of clauses with the checks that answer each, and the readings."""
    return "\n".join([*_clause_lines(catalogue), *_reading_lines(catalogue)]) + "\n"


def _clause_lines(catalogue: Catalogue) -> Iterator[str]:
    yield f"# Clauses of the contract\n\n{NOTE}"
    for section in catalogue.sections:
        yield f"## {section.id}: {section.zh} ({section.en})\n"
        yield f"{section.lead}\n"
        yield "| clause | 原文 | English | cadence | answered | checks |"
        yield "|---|---|---|---|---|---|"
        for clause in catalogue.clauses.values():
            if clause.id.split("-")[0] != section.id:
                continue
            answers = [c.id for c in catalogue.checks.values() if clause.id in c.clauses]
            checks = ", ".join(f"`{check}`" for check in answers)
            cadence = clause.cadence.en
            yield _row(clause.id, clause.zh, clause.en, cadence, clause.answered, checks)
        yield ""


def _reading_lines(catalogue: Catalogue) -> Iterator[str]:
    yield "## Readings of the open points (`ebill_site`)\n"
    yield "| id | key | default | clauses | 口径 | reading |"
    yield "|---|---|---|---|---|---|"
    for key, reading in catalogue.readings.items():
        default = "—" if reading.default is None else f"`{reading.default}`"
        clauses = ", ".join(reading.clauses)
        zh = "，".join(f"`{value}` {text.zh}" for value, text in reading.words.items())
        en = ", ".join(f"`{value}` {text.en}" for value, text in reading.words.items())
        said = (f"{reading.zh}：{zh}", f"{reading.en}: {en}") if zh else (reading.zh, reading.en)
        yield _row(reading.id, f"`{key}`", default, clauses, *said)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").strip() for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them; return the exit status."""
    catalogue = load()
    stale = []
    for name, text in (
        ("checks.md", checks_page(catalogue)),
        ("clauses.md", clauses_page(catalogue)),
    ):
        path = ROOT / "docs" / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        print(f"docs/{', docs/'.join(stale)} differ from the catalogue: run `make docs`")  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
