# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database's tablespaces: their sizes, and whether they are full before the next inspection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta, tzinfo
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import combine, format_number
from ansible_collections.ebill.ops.plugins.plugin_utils.forecast import (
    MOST,
    Forecast,
    Point,
    forecast,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.quarter import (
    quarter_labelled,
    quarter_of,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    WORDS,
    Text,
    both,
    join,
    say,
)

KINDS = ("user", "other", "system", "undo", "temp")
PANELS = 12
"""So many tablespaces a chart draws, the fullest."""
_GIB = 2**30
_MONTH_DAYS = 30


def space_rows(rows: Sequence[Row]) -> list[Row]:
    """Return a row for each tablespace, from its first result that has its sizes; the status is
    that of all results on it."""
    sized: dict[str, Row] = {}
    for row in rows:
        if row["part"] and "total_bytes" in row["data"] and "tablespace" in row["data"]:
            sized.setdefault(row["part"], row)
    states = {
        row["part"]: row for row in rows if "tablespace" in row["data"] and "state" in row["data"]
    }
    found = [
        _space(row, states.get(name), [each for each in rows if on_space(each, name)])
        for name, row in sized.items()
    ]
    order = {kind: n for n, kind in enumerate(KINDS)}
    return sorted(found, key=lambda row: (order.get(row["kind"], len(order)), row["space"]))


def on_space(row: Row, name: str) -> bool:
    """True for a result on this tablespace."""
    return bool(row["part"] == name and "tablespace" in row["data"])


def _space(row: Row, state: Row | None, own: Sequence[Row]) -> Row:
    data = row["data"]
    kind = str(data.get("kind"))
    files, growing = data.get("files"), data.get("growing_files")
    return {
        "space": row["part"],
        "kind": kind,
        "kind_text": say(f"kind_{kind}") if f"kind_{kind}" in WORDS else both(kind),
        **_sizes(data),
        "used_percent": data.get("used_percent"),
        "used_percent_text": _percent(data.get("used_percent"), row),
        "allocated_percent": data.get("used_allocated_percent"),
        "allocated_percent_text": _percent(data.get("used_allocated_percent"), None),
        "autoextend_text": figures.DASH if growing is None else f"{growing}/{files}",
        "state_text": state["observed_text"] if state else both(figures.DASH),
        "status": combine(each["status"] for each in own),
        "results": [each["number"] for each in own],
    }


def _sizes(data: Mapping[str, Any]) -> Row:
    keys = {"used": "used", "allocated": "allocated", "maximum": "total", "growth": "growth"}
    sizes: Row = {}
    for name, key in keys.items():
        value = data.get(f"{key}_bytes")
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        sizes[f"{name}_gib"] = round(float(value or 0) / _GIB, 2) if number else None
        sizes[f"{name}_text"] = figures.size(value)
    return sizes


def _percent(value: Any, judged: Row | None) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return figures.DASH
    return f"{format_number(value, figures.bounds(judged['limit'] if judged else None))} %"


def horizon(source: QuarterSource) -> date:
    """Return the last day on which the next inspection is due: the end of the next quarter (R-10).

    Of the calendar where the site has no contract start.
    """
    basis = next((row["value"] for row in source.readings if row["id"] == "R-10"), "contract")
    made = date.fromisoformat(str(source.made)[:10])
    try:
        start = date.fromisoformat(str(source.site.get("contract_start")))
        now = quarter_labelled(str(source.run["quarter"]), start, str(basis))
    except ValueError:
        start, basis = made, "calendar"
        now = quarter_of(made, start, "calendar")
    return quarter_of(now.end + timedelta(days=1), start, str(basis)).end


def forecast_rows(source: QuarterSource, rows: Sequence[Row], where: tzinfo) -> list[Row]:
    """Return a row for each tablespace that has a limit, the fullest first."""
    until = horizon(source)
    history: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for point in source.history:
        history.setdefault((point["target"], point.get("part") or ""), []).append(point)
    chosen = [
        row
        for row in rows
        if row["capacity"] == "tablespace" and _level(row) and _point(row, where)
    ]
    chosen.sort(key=lambda row: -row["data"].get("used_percent", 0))
    return [
        _forecast(row, history.get((row["target"], row["part"]), ()), until, where)
        for row in chosen
    ]


def _level(row: Row) -> float | None:
    level = (row["limit"] or {}).get("fail")
    return None if level is None else float(level)


def _point(row: Row, where: tzinfo) -> Point | None:
    day = figures.local_date(row["started"], where)
    return _point_of({**row["data"], "day": day}) if day else None


def _point_of(point: Mapping[str, Any]) -> Point | None:
    used, total, day = point.get("used_bytes"), point.get("total_bytes"), point.get("day")
    if not day or not all(isinstance(size, (int, float)) for size in (used, total)):
        return None
    return Point(date.fromisoformat(day), float(used or 0), float(total or 0))


def _daily(text: Any, known: Sequence[Point], now: Point) -> list[Point]:
    """Return the points of the database's own history between those that we measured.

    ``text``: ``YYYY-MM-DD=bytesB;...`` as oracle.space_history has it. Of a day that we measured
    ours counts. As many are taken, evenly, as a forecast looks at single days; the maximum of
    the last inspection goes with them, so that only an inspection says that it grew.
    """
    own = {point.day for point in (*known, now)}
    earlier = [point for point in known if point.day < now.day and point.total > 0]
    total = max(earlier, key=lambda point: point.day, default=now).total
    found: list[Point] = []
    for each in text.split(";") if isinstance(text, str) else ():
        day, _sign, used = each.partition("=")
        try:
            point = Point(date.fromisoformat(day), float(used.removesuffix("B")), total)
        except ValueError:
            continue
        if point.day < now.day and point.day not in own:
            found.append(point)
    room = max(MOST - len(own), 0)
    if len(found) <= room:
        return found
    return [found[n * (len(found) - 1) // max(room - 1, 1)] for n in range(room)]


def _forecast(row: Row, earlier: Sequence[Mapping[str, Any]], until: date, where: tzinfo) -> Row:
    known = [point for each in earlier if (point := _point_of(each))]
    now = _point(row, where)
    daily = _daily(row["data"].get("daily_used"), known, now) if now else []
    points = [*daily, *known, now] if now else known
    level = _level(row) or 0.0
    found = forecast(points, level, until)
    return {
        "space": row["part"],
        "used_percent": row["data"].get("used_percent"),
        "level": level,
        "outcome": found.outcome,
        "points": found.points,
        "daily": len(daily),
        "points_text": _points(found),
        "growth_text": _growth(found),
        "visit_text": _visit(found, level),
        "reach_text": _reach(found),
        "outcome_text": _outcome(found, level),
        "panel": _panel(row, points, found, level, until),
    }


def _points(found: Forecast) -> Text:
    if not found.first:
        return say("points_none")
    return say(
        "points_one" if found.points == 1 else "points_many", n=found.points, first=found.first
    )


def _growth(found: Forecast) -> Text:
    if not found.confidence:
        return both(figures.DASH)
    low, middle, high = (figures.size(slope * _MONTH_DAYS) for slope in found.slopes)
    return say("range_of", low=low, middle=middle, high=high)


def _visit(found: Forecast, level: float) -> Text:
    if not found.confidence:
        return both(figures.DASH)
    low, middle, high = (
        f"{format_number(round(percent, 1), [level])} %" for percent in found.percents
    )
    return say("range_of", low=low, middle=middle, high=high)


def _reach(found: Forecast) -> Text:
    late, likely, early = found.days
    if not found.confidence:
        return both(figures.DASH)
    if likely and late:
        return say("reach_range", likely=likely, early=early, late=late)
    if likely:
        return say("reach_open", likely=likely, early=early)
    return say("reach_earliest", early=early) if early else say("reach_never")


def _outcome(found: Forecast, level: float) -> Text:
    said = say(
        f"forecast_{found.outcome}",
        level=format_number(level),
        sure=round(found.confidence * 100),
        early=found.days[2],
    )
    remarks = [said]
    if found.enlarged:
        remarks.append(say("forecast_enlarged"))
    if found.purges and found.outcome != "purged":
        remarks.append(say("forecast_after_purge", n=found.purges))
    return join(remarks, "sentence_joint")


def _panel(row: Row, points: Sequence[Point], found: Forecast, level: float, until: date) -> Row:
    """What the chart draws: percentages of today's maximum by day; lines to the horizon."""
    total = points[-1].total or 1.0
    days = {point.day: point.used / total * 100 for point in points}
    return {
        "label": row["part"],
        "status": row["status"],
        "points": [[day.isoformat(), round(days[day], 2)] for day in sorted(days)],
        "ahead": [round(percent, 2) for percent in found.percents] if found.confidence else [],
        "until": until.isoformat(),
        "level": level,
    }
