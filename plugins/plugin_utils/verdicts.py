# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scrolls by in the terminal: a verdict line for each finding, and a table that adds up."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import (
    STATUS_NAMES,
    STATUSES,
    Result,
    count,
    part_text,
)

COLOURS = {
    "pass": "green",
    "warn": "yellow",
    "fail": "red",
    "error": "magenta",
    "skipped": "cyan",
    "not_run": "bright purple",
}

_WORDS = {
    "zh": {
        "more": "等 {n} 项均正常",
        "checks": "{title}等 {n} 项检查",
        "area": "领域",
        "total": "合计",
        "owed": "应检 {owed} 项检查，得到 {results} 条结果（按部件计），缺 {missing} 项",
        "documents": "文档：",
        "waived": "（已豁免）",
        "cancelled": "巡检已中止：{n} 项检查记为未检查。已有结果均已入账；"
        "出具文档（-i 和口令参数与巡检时相同）：ansible-playbook playbooks/report_quarterly.yml",
        "expired": "此前的巡检 {runs} 异常中断：其未完成的检查已记为未检查，并入其季度的报告",
        "open": "巡检 {id}：{quarter}，{targets} 个对象，应检 {owed} 项",
    },
    "en": {
        "more": "and {n} in all are right",
        "checks": "{title} and {n} checks in all",
        "area": "area",
        "total": "total",
        "owed": "{owed} checks owed, {results} results (one for each part), {missing} missing",
        "documents": "Documents:",
        "waived": " (waived)",
        "cancelled": "cancelled: {n} checks are recorded as not run, what was found is kept."
        " Documents, with the inspection's own -i and password options:"
        " ansible-playbook playbooks/report_quarterly.yml",
        "expired": "earlier runs broke off: {runs}; what they owed is recorded as not run"
        " and is in their quarter's report",
        "open": "run {id}: {quarter}, {targets} targets, {owed} checks owed",
    },
}


def word(language: str, key: str, **values: Any) -> str:
    """Return one of the terminal's own words."""
    return _WORDS[language][key].format(**values)


def width(text: str) -> int:
    """Columns of a text in a terminal: a wide character (UAX #11 W, F) takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, columns: int) -> str:
    """Fill a text with spaces to a number of terminal columns."""
    return text + " " * max(0, columns - width(text))


def verdict_lines(
    results: Sequence[Result], checks: Mapping[str, Mapping[str, Any]], language: str
) -> list[tuple[str, str]]:
    """Return (line, colour) of the results of one task, by the plan's compiled ``checks``.

    What is not right has a line of its own. Results that could not be had for the same reason
    share one, and so do the parts of one check that are right: it quotes the part nearest to its
    limit.
    """
    lines = []
    alike: dict[tuple[str, ...], list[Result]] = {}
    for result in results:
        status = result["status"]
        if status in ("warn", "fail"):
            lines.append(_line([result], checks, language))
        elif status == "pass":
            alike.setdefault((status, result["check"]), []).append(result)
        else:
            part = result["part"] or ""
            alike.setdefault((status, part, result["message"][language]), []).append(result)
    lines += [_line(sorted(group, key=_room), checks, language) for group in alike.values()]
    return lines


def _room(result: Result) -> float:
    limit, value = result["limit"] or {}, result["observed"]
    bound = limit.get("fail", limit.get("warn"))
    if bound is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0.0
    return float(bound - value if limit["direction"] == "above" else value - bound)


def _line(
    group: Sequence[Result], checks: Mapping[str, Mapping[str, Any]], language: str
) -> tuple[str, str]:
    """One line for results of one status: parts of one check, or checks with one message."""
    first = group[0]
    status, message = first["status"], first["message"][language]
    if status == "error" and first["part"]:
        part = part_text(first["part"], checks.get(first["check"], {}))[language]
        message = f"{part} {message}"
    alike = list(dict.fromkeys(result["check"] for result in group))
    title = checks.get(alike[0], {}).get("title", {}).get(language, alike[0])
    if len(alike) > 1:
        title = word(language, "checks", title=title, n=len(alike))
    elif len(group) > 1 and status == "pass":
        message += ("；" if language == "zh" else "; ") + word(language, "more", n=len(group))
    if first["waiver"] and not first["waiver"]["expired"]:
        message += word(language, "waived")
    column = max(width(text) for text in STATUS_NAMES[language].values())
    clauses = "/".join(dict.fromkeys(clause for result in group for clause in result["clauses"]))
    colon = "：" if language == "zh" else ": "
    name = pad(STATUS_NAMES[language][status], column)
    line = f"  {name}  {pad(clauses, 8)}  {pad(first['target'], 10)}  {title}{colon}{message}"
    return line, COLOURS[status]


def summary(
    results: Iterable[Mapping[str, Any]],
    areas: Sequence[tuple[str, str]],
    owed: int,
    missing: int,
    language: str,
) -> list[str]:
    """Return the table area x status as lines; every row and column adds up.

    ``areas`` are (id, title) in order. ValueError when a result has an unknown status.
    """
    found = list(results)
    rows = [
        (title, count(r["status"] for r in found if r["area"] == area))
        for area, title in areas
        if any(r["area"] == area for r in found)
    ]
    rows.append((word(language, "total"), count(r["status"] for r in found)))
    heads = [STATUS_NAMES[language][status] for status in STATUSES]
    total_head = word(language, "total")
    columns = [max(8, width(head)) for head in (*heads, total_head)]
    first = max(width(name) for name in [word(language, "area"), *(row[0] for row in rows)])
    lines = [_row(word(language, "area"), [*heads, total_head], first, columns)]
    rule = "-" * width(lines[0])
    lines.append(rule)
    for name, counts in rows[:-1]:
        lines.append(_row(name, _numbers(counts), first, columns))
    lines += [rule, _row(rows[-1][0], _numbers(rows[-1][1]), first, columns)]
    lines.append(word(language, "owed", owed=owed, results=len(found), missing=missing))
    return lines


def _numbers(counts: Mapping[str, int]) -> list[str]:
    cells = [str(counts[status] or "·") for status in STATUSES]
    return [*cells, str(sum(counts.values()))]


def _row(name: str, cells: Sequence[str], first: int, columns: Sequence[int]) -> str:
    shown = [
        " " * max(0, column - width(cell)) + cell
        for cell, column in zip(cells, columns, strict=True)
    ]
    return "  ".join([pad(name, first), *shown])
