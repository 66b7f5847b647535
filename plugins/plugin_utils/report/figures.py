# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How values are written: local times, sizes, limits. The only place that formats numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ansible_collections.ebill.ops.plugins.module_utils.result import format_number, format_value
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    LANGUAGES,
    WORDS,
    Text,
    both,
    join,
    say,
    setting_text,
)

DASH = "—"
_CHINA = "Asia/Shanghai"
_UTC_TIME = re.compile(r"\b(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::\d\d)?(?: UTC|Z)(?![\w:])")


def zone(name: str | None) -> tzinfo:
    """Return a time zone by name; Asia/Shanghai also where the machine has no zone files."""
    try:
        return ZoneInfo(name or _CHINA)
    except (ZoneInfoNotFoundError, ValueError):
        if name in (None, "", _CHINA):
            return timezone(timedelta(hours=8), _CHINA)
        raise


def local_time(moment: str | None, where: tzinfo) -> str:
    """Write a UTC ISO-8601 moment as local "2026-11-22 10:05"; "" for none."""
    return _local(moment, where, "%Y-%m-%d %H:%M")


def local_date(moment: str | None, where: tzinfo) -> str:
    """Write the local date of a UTC ISO-8601 moment; "" for none."""
    return _local(moment, where, "%Y-%m-%d")


def _local(moment: str | None, where: tzinfo, form: str) -> str:
    if not moment:
        return ""
    parsed = datetime.fromisoformat(moment)
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    return parsed.astimezone(where).strftime(form)


def in_zone(text: Text, where: tzinfo) -> Text:
    """Write the moments that a sentence gives as UTC ("2026-11-20 08:29 UTC") as local ones."""

    def local(found: re.Match[str]) -> str:
        try:
            return local_time(f"{found[1]}T{found[2]}", where)
        except ValueError:  # looks like a time and is none, such as 2026-13-45
            return found[0]

    return {language: _UTC_TIME.sub(local, text[language]) for language in LANGUAGES}


def size(value: Any) -> str:
    """Write a number of bytes in binary units: 200001024 is "190.7 MiB"."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return DASH
    number, units = float(value), ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
    for unit in units[:-1]:
        if abs(number) < 1024:
            return f"{format_number(round(number, 1))} {unit}"
        number /= 1024
    return f"{format_number(round(number, 1))} {units[-1]}"


def bounds(limit: Mapping[str, Any] | None) -> list[float]:
    """Return the numbers of a limit, for rounding that may not cross them."""
    return [limit[key] for key in ("warn", "fail") if limit and limit.get(key) is not None]


def unit_text(unit: str) -> Text:
    """Word a unit: "d" is "天"; one without words, such as "%", stays as it is."""
    return say(f"unit_{unit}") if f"unit_{unit}" in WORDS else both(unit)


def _with_unit(value: str, unit: str) -> Text:
    words = unit_text(unit)
    return {language: f"{value} {words[language]}".strip() for language in LANGUAGES}


def observed(result: Mapping[str, Any], check: Mapping[str, Any] | None = None) -> Text:
    """Write the observed value with its unit; a dash when nothing was observed.

    A code is shown by the check's words for it; a value that is not what the check's title
    names goes with the name of what was measured.
    """
    value, known = result.get("observed"), check or {}
    if value is None:
        return both(DASH)
    if isinstance(value, (str, bool)):
        shown = _state(value, known)
    else:
        number = format_value(value, bounds(result.get("limit")))
        shown = _with_unit(number, str(result.get("unit") or ""))
    name = known.get("measures")
    return say("measured", name=name, value=shown) if name else shown


def limit(
    value: Mapping[str, Any] | None, unit: str, check: Mapping[str, Any] | None = None
) -> Text:
    """Write a limit: "关注 ≥ 80 %，异常 ≥ 90 %", "应为联机", or "仅记录" without one."""
    from_status = {"warn": {"zh": "关注", "en": "warning"}, "fail": {"zh": "异常", "en": "fail"}}
    if not value:
        return say("limit_shown")
    if "states" in value:
        wanted = [_state(item, check or {}) for item in value["states"].get("pass") or []]
        return say("limit_states", values=join(wanted, "list_joint") if wanted else both(DASH))
    key = "limit_below" if value.get("direction") == "below" else "limit_above"
    parts = [
        say(key, name=from_status[name], value=_with_unit(format_number(value[name]), unit))
        for name in ("warn", "fail")
        if value.get(name) is not None
    ]
    return join(parts, "joint") if parts else say("limit_shown")


def _state(value: Any, check: Mapping[str, Any]) -> Text:
    if isinstance(value, bool):
        return say("yes" if value else "no_value")
    return both((check.get("words") or {}).get(value, format_value(value)))


def limit_source(source: str | None) -> Text:
    """Write where a limit came from; the forms are those of ``judge.limits_for``."""
    if not source:
        return both("")
    if source.startswith("site:"):
        return say("source_site", setting=setting_text(source.removeprefix("site:")))
    names = {
        "catalogue": "source_catalogue",
        "inventory": "source_inventory",
        "inventory:parts": "source_parts",
    }
    return say(names[source]) if source in names else both(source)


def quarter(name: str) -> Text:
    """Write "2026Q4" as "2026 年度第 4 季度"; anything else stays as it is."""
    year, found, number = name.partition("Q")
    if not (found and year.isdigit() and number.isdigit()):
        return both(name)
    return say("quarter_title", year=year, n=number)
