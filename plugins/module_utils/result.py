# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a check, its six statuses, and the wording of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, TypedDict

Status = Literal["pass", "warn", "fail", "error", "skipped", "not_run"]
STATUSES: tuple[Status, ...] = ("pass", "warn", "fail", "error", "skipped", "not_run")
STATUS_NAMES: dict[str, dict[str, str]] = {
    "zh": {
        "pass": "正常",
        "warn": "关注",
        "fail": "异常",
        "error": "无法检查",
        "skipped": "不适用",
        "not_run": "未检查",
    },
    "en": {
        "pass": "pass",
        "warn": "warning",
        "fail": "fail",
        "error": "error",
        "skipped": "not applicable",
        "not_run": "not run",
    },
}

# Worst first. See combine().
_ORDER: tuple[Status, ...] = ("fail", "error", "not_run", "warn", "pass", "skipped")

Text = dict[str, str]
"""A sentence in both languages: ``{"zh": ..., "en": ...}``."""


class Result(TypedDict):
    """One verdict on one target or one part of it; everything a later report needs (rule 8).

    ``observed`` is the judged value in ``unit``; ``limit`` the limits that were applied
    (``{direction, warn, fail}`` or ``{states}``) and ``limit_source`` where they came from;
    ``started`` is UTC ISO-8601; ``evidence`` the SHA-256 of the masked observations; ``data``
    the observed row; ``waiver`` the waiver in force or expired, or None.
    """

    check: str
    clauses: list[str]
    area: str
    target: str
    part: str | None
    status: Status
    observed: float | int | str | bool | None
    unit: str
    limit: dict[str, Any] | None
    limit_source: str | None
    message: Text
    advice: Text | None
    level: str
    reason: str | None
    started: str
    duration_seconds: float
    evidence: str | None
    catalogue_version: str
    waiver: dict[str, Any] | None
    capacity: str | None
    data: dict[str, Any]


def new_result(
    check: Mapping[str, Any],
    target: str,
    part: str | None,
    status: Status,
    row: Mapping[str, Any] | None = None,
) -> Result:
    """Return the result of a compiled check with everything that the check itself decides."""
    return {
        "check": check["id"],
        "clauses": list(check["clauses"]),
        "area": check["area"],
        "target": target,
        "part": part,
        "status": status,
        "observed": None,
        "unit": check.get("unit", ""),
        "limit": None,
        "limit_source": None,
        "message": {"zh": "", "en": ""},
        "advice": None,
        "level": check["level"],
        "reason": None,
        "started": "",
        "duration_seconds": 0.0,
        "evidence": None,
        "catalogue_version": "",
        "waiver": None,
        "capacity": check.get("capacity"),
        "data": {key: value for key, value in (row or {}).items() if key != "error"},
    }


def part_text(part: str, check: Mapping[str, Any]) -> Text:
    """Word a part; a code, such as a certificate's role, goes by the check's words for it."""
    words: Mapping[str, Text] = check.get("words") or {}
    shown = words.get(part) if "part" in (check.get("worded") or ()) else None
    return dict(shown) if shown else {"zh": part, "en": part}


def combine(statuses: Iterable[str]) -> Status:
    """Combine the statuses of parts into the one of the whole.

    The whole takes the first of this table that occurs among its parts:

    ======== ======================================================================
    fail     a breach is certain, whatever else is unknown
    error    a breach can't be excluded: we looked and could not tell
    not_run  a breach can't be excluded: nobody looked
    warn     everything was looked at; something needs attention
    pass     everything was looked at and is right
    skipped  nothing of the kind is there
    not_run  there are no parts at all
    ======== ======================================================================
    """
    seen = set(statuses)
    for status in _ORDER:
        if status in seen:
            return status
    return "not_run"


def count(statuses: Iterable[str]) -> dict[str, int]:
    """Count statuses over all six; the sum equals the number given. ValueError for any other."""
    counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
    for status in statuses:
        if status not in counts:
            raise ValueError(f"unknown status {status!r}; known: {', '.join(STATUSES)}")
        counts[status] += 1
    return counts


def format_number(value: float, limits: Iterable[float] = ()) -> str:
    """Write a number with the fewest decimals (one at least where there is a fraction) that
    move it neither across one of ``limits`` nor to zero: 89.96 under a limit of 90 stays 89.96."""
    if isinstance(value, int) or float(value).is_integer():
        return str(int(value))
    bounds = list(limits)
    for digits in range(1, 16):
        shown = round(value, digits)
        if shown and all((shown >= bound) == (value >= bound) for bound in bounds):
            return f"{shown:.{digits}f}".removesuffix(".0")
    return format(Decimal(repr(value)), "f")  # 1e-20 in full: an exponent is no reader's number


def one_line(text: str) -> str:
    """Put foreign text on one line without control characters: it reaches a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def format_value(value: Any, limits: Iterable[float] = ()) -> str:
    """Write an observed value for a sentence; None is written as a dash."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return format_number(value, limits)
    return one_line(str(value))


def render(template: Text, values: Mapping[str, Any], limits: Iterable[float] = ()) -> Text:
    """Fill a sentence in both languages; a value may itself be a text in both. A field that is
    missing raises KeyError naming it."""
    bounds = list(limits)
    shown = {
        key: value
        if isinstance(value, Mapping)
        else format_value(value, bounds if key == "observed" else ())
        for key, value in values.items()
    }
    return {
        language: text.format_map(
            {key: v[language] if isinstance(v, Mapping) else v for key, v in shown.items()}
        )
        for language, text in template.items()
    }
