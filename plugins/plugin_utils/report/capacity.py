# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Capacity: how full disks, tablespaces and backup space are, now and over the quarters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import format_number
from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import Text, join, say

KINDS = ("disk", "tablespace", "backup")
BARS = 20
"""So many bars a chart draws; the rest is said beside it and listed in the annex."""
LINES = 6
QUARTERS = 8

Key = tuple[str, str, str]


def capacity_groups(source: QuarterSource, rows: Sequence[Row]) -> list[Row]:
    """Return for each kind its bars (fullest first) and its trend lines.

    A result without ``used_percent`` (an error, say) has no bar: it stands among what was not
    determined. Trend: percentages by quarter, ``None`` where a quarter has no point.
    """
    return [
        group
        for kind in KINDS
        if (group := _group(kind, source, [row for row in rows if row["capacity"] == kind]))
    ]


def _group(kind: str, source: QuarterSource, rows: Sequence[Row]) -> Row | None:
    history = _history(source, {row["check"] for row in rows})
    bars = [_bar(row, history) for row in rows if _percent(row["data"]) is not None]
    bars.sort(key=lambda gauge: -gauge["used_percent"])
    if not bars:
        return None
    trend = _trend(source.run["quarter"], bars, history)
    return {
        "kind": kind,
        "title": say(kind),
        "current_title": say("capacity_current", kind=say(kind)),
        "trend_title": say("capacity_trend", kind=say(kind)),
        "bars": bars[:BARS],
        "total": len(bars),
        "hidden_text": _hidden(bars[BARS:]),
        "trend": trend,
        "trend_text": None if trend else say("trend_none"),
    }


def _hidden(bars: Sequence[Row]) -> Text | None:
    """Say of the bars that are not drawn how many there are, how full at most, and where."""
    if not bars:
        return None
    targets = Counter(gauge["target"] for gauge in bars)
    where = [say("capacity_where", target=target, n=n) for target, n in targets.most_common()]
    return say(
        "capacity_hidden",
        shown=BARS,
        hidden=len(bars),
        most=bars[0]["used_text"],
        where=join(where, "list_joint"),
    )


def _percent(data: Mapping[str, Any]) -> float | None:
    value = data.get("used_percent")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def _bar(row: Row, history: Mapping[Key, Mapping[str, float]]) -> Row:
    data, limit = row["data"], row["limit"] or {}
    percent = _percent(data) or 0.0
    key = (row["check"], row["target"], row["part"])
    earlier = history.get(key, {})
    used, total = figures.size(data.get("used_bytes")), figures.size(data.get("total_bytes"))
    return {
        "check": row["check"],
        "target": row["target"],
        "part": row["part"],
        "label": _label(row),
        "status": row["status"],
        "used_percent": percent,
        "used_text": f"{format_number(percent, figures.bounds(limit))} %",
        "space_text": say("free_of", used=used, total=total),
        "warn": limit.get("warn"),
        "fail": limit.get("fail"),
        "limit_text": row["limit_text"],
        "change_text": _change(percent, earlier),
    }


def _label(row: Row) -> str | Text:
    """Target and part; what has no part, such as a recovery area, goes by its check's title."""
    if row["part"]:
        return f"{row['target']} {row['part']}"
    return {language: f"{row['target']} {title}" for language, title in row["title"].items()}


def _change(percent: float, earlier: Mapping[str, float]) -> Text | None:
    """The difference against the newest earlier quarter."""
    if not earlier:
        return None
    change = round(percent - earlier[max(earlier)], 1)
    return say("compared", change=f"{change:+.1f}")


def _history(source: QuarterSource, checks: set[str]) -> dict[Key, dict[str, float]]:
    points: dict[Key, dict[str, float]] = defaultdict(dict)
    for point in source.history:
        percent = _percent(point)
        earlier = point["quarter"] < source.run["quarter"]
        if earlier and point["check"] in checks and percent is not None:
            key = (point["check"], point["target"], point.get("part") or "")
            points[key][point["quarter"]] = percent
    return points


def _trend(
    quarter: str, bars: Sequence[Row], history: Mapping[Key, Mapping[str, float]]
) -> Row | None:
    """Lines of the fullest that have at least one earlier quarter; None without any."""
    chosen = [
        (gauge, earlier)
        for gauge in bars
        if (earlier := history.get((gauge["check"], gauge["target"], gauge["part"])))
    ][:LINES]
    if not chosen:
        return None
    quarters = sorted({name for _bar_, earlier in chosen for name in earlier})
    quarters = [*quarters[1 - QUARTERS :], quarter]
    lines = [
        {
            "label": gauge["label"],
            "points": [*(earlier.get(name) for name in quarters[:-1]), gauge["used_percent"]],
        }
        for gauge, earlier in chosen
    ]
    limits = {gauge["fail"] for gauge, _earlier in chosen if gauge["fail"] is not None}
    return {
        "quarters": quarters,
        "lines": lines,
        "limit": min(limits) if limits else None,
    }
