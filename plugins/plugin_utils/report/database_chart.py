# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small charts, one for each tablespace: what was used, its limit, and the way ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from ansible_collections.ebill.ops.plugins.module_utils.result import format_number
from ansible_collections.ebill.ops.plugins.plugin_utils.report.charts import (
    FILL,
    GRID,
    INK,
    MUTED,
    WIDTH,
    shorten,
    svg_document,
    svg_line,
    svg_text,
)

COLUMNS = 3
LIMIT, AHEAD = "#a3231b", "#1f4e79"
_ACROSS, _DOWN = WIDTH / COLUMNS, 152
_LEFT, _TOP, _WIDE, _HIGH = 30, 26, 208, 92


def panels_chart(panels: Sequence[Mapping[str, Any]], title: str) -> str:
    """Draw the panels, three in a row; percentages of today's maximum over the days."""
    body = []
    for n, panel in enumerate(panels):
        x, y = n % COLUMNS * _ACROSS, n // COLUMNS * _DOWN
        body.append(f'<g transform="translate({x:.1f} {y})">{_panel(panel)}</g>')
    return svg_document(-(-len(panels) // COLUMNS) * _DOWN, title, body)


def _panel(panel: Mapping[str, Any]) -> str:
    first = date.fromisoformat(panel["points"][0][0])
    days = [(date.fromisoformat(day) - first).days for day, _percent in panel["points"]]
    until = max((date.fromisoformat(panel["until"]) - first).days, days[-1], 1)
    dots = [
        (_x(day, until), _y(percent))
        for day, (_day, percent) in zip(days, panel["points"], strict=True)
    ]
    now = panel["points"][-1][1]
    label = shorten(panel["label"], 11, _WIDE - 44)
    parts = [
        svg_text(_LEFT, 14, label, 11),
        svg_text(_LEFT + _WIDE, 14, f"{format_number(round(now, 1))} %", 11, "end"),
        *_axes(panel, days[-1], until),
    ]
    if panel["ahead"]:
        parts += _ahead(panel["ahead"], dots[-1])
    color = FILL.get(panel["status"], MUTED)
    parts += [svg_line(*start, *end, INK, 'stroke-width="1.6"') for start, end in pairwise(dots)]
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.8" fill="{color}"/>' for x, y in dots]
    return f"<title>{escape(panel['label'])}</title>{''.join(parts)}"


def _axes(panel: Mapping[str, Any], now: int, until: int) -> list[str]:
    parts = []
    for tick in (0, 50, 100):
        parts.append(svg_line(_LEFT, _y(tick), _LEFT + _WIDE, _y(tick), GRID))
        parts.append(svg_text(_LEFT - 5, _y(tick) + 3.5, str(tick), 9, "end", MUTED))
    limit = _y(panel["level"])
    parts.append(svg_line(_LEFT, limit, _LEFT + _WIDE, limit, LIMIT, 'stroke-width="1.2"'))
    bottom = _TOP + _HIGH + 14
    parts.append(svg_text(_LEFT, bottom, panel["points"][0][0][:7], 9, "start", MUTED))
    parts.append(svg_text(_LEFT + _WIDE, bottom, panel["until"][:7], 9, "end", MUTED))
    middle = _x(now, until)
    if _LEFT + 58 < middle < _LEFT + _WIDE - 58:
        parts.append(svg_text(middle, bottom, panel["points"][-1][0][:7], 9, "middle", MUTED))
    return parts


def _ahead(percents: Sequence[float], start: tuple[float, float]) -> list[str]:
    """The interval as a wedge, its middle as a dashed line."""
    end, (low, middle, high) = _LEFT + _WIDE, (_y(percent) for percent in percents)
    x, y = start
    return [
        f'<polygon points="{x:.1f},{y:.1f} {end},{low:.1f} {end},{high:.1f}" '
        f'fill="{AHEAD}" fill-opacity="0.14"/>',
        svg_line(x, y, end, middle, AHEAD, 'stroke-width="1.6" stroke-dasharray="4 3"'),
    ]


def _x(day: int, until: int) -> float:
    return _LEFT + _WIDE * day / until


def _y(percent: float) -> float:
    return _TOP + _HIGH * (1 - min(max(percent, 0), 100) / 100)
