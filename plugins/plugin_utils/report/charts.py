# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Charts as SVG. One drawing serves HTML, PDF and Word, so they cannot differ.

Only presentation attributes are used (no style attribute or sheet), which the content security
policy of the HTML document allows and Typst draws. Sizes are in SVG user units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape

from ansible_collections.ebill.ops.plugins.module_utils.result import format_number
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import LOOKS

FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, SimHei, sans-serif"
INK, MUTED, GRID, TRACK = "#1d2733", "#5a6675", "#dfe4e9", "#eef1f4"
LINE_COLORS = ("#1f4e79", "#b0562b", "#3b7d5a", "#7a4fa0", "#8a6d1f", "#4a5560")
DASHES = ("", "7 3", "2 3", "9 3 2 3", "5 2", "1 2")
FILL = {"pass": "#4f8f6d", "warn": "#d9942b", "fail": "#c4493f"}

WIDTH = 760
_LABEL, _BAR, _ROW, _TOP = 250, 290, 28, 26
_PLOT_LEFT, _PLOT_WIDTH, _PLOT_TOP, _PLOT_HEIGHT = 44, 440, 16, 180


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text: a Chinese character takes 1 em, others about 0.56."""
    return sum(size if ord(char) > 0x2E7F else size * 0.56 for char in text)


def shorten(text: str, size: float, width: float) -> str:
    """Cut a text in its middle so that it fits the width; both ends tell mounts apart."""
    if text_width(text, size) <= width:
        return text
    head, tail = len(text) // 2, len(text) // 2
    while head + tail > 2 and text_width(f"{text[:head]}…{text[-tail:]}", size) > width:
        if head > tail:
            head -= 1
        else:
            tail -= 1
    return f"{text[:head]}…{text[-tail:]}"


def svg_text(
    x: float, y: float, text: str, size: float = 12, anchor: str = "start", fill: str = INK
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{fill}">{escape(text)}</text>'
    )


def svg_line(x1: float, y1: float, x2: float, y2: float, color: str, extra: str = "") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" {extra}/>'
    )


def svg_document(height: float, title: str, body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        f'width="{WIDTH}" height="{height:g}" role="img" font-family="{FONT}">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )


def bar_chart(bars: Sequence[Mapping[str, Any]], title: str) -> str:
    """Draw percentages as bars, each against its own limits (dashed warn, solid fail)."""
    height = _TOP + len(bars) * _ROW + 6
    body = []
    for tick in (0, 25, 50, 75, 100):
        x = _LABEL + _BAR * tick / 100
        body.append(svg_line(x, _TOP - 6, x, height - 6, GRID))
        body.append(svg_text(x, _TOP - 12, str(tick), 10.5, "middle", MUTED))
    for n, gauge in enumerate(bars):
        body.append(_bar(gauge, _TOP + n * _ROW))
    return svg_document(height, title, body)


def _bar(gauge: Mapping[str, Any], y: float) -> str:
    width = _BAR * min(max(gauge["used_percent"], 0), 100) / 100
    parts = [
        f"<g><title>{escape(gauge['label'])}</title>",
        svg_text(_LABEL - 10, y + 15, shorten(gauge["label"], 12, _LABEL - 14), 12, "end"),
        f'<rect x="{_LABEL}" y="{y + 4:g}" width="{_BAR}" height="15" fill="{TRACK}"/>',
        f'<rect x="{_LABEL}" y="{y + 4:g}" width="{width:.1f}" height="15" '
        f'fill="{FILL.get(gauge["status"], MUTED)}"/>',
    ]
    for key, dash in (
        ("warn", 'stroke-width="1.4" stroke-dasharray="3 2"'),
        ("fail", 'stroke-width="1.6"'),
    ):
        if gauge[key] is not None:
            x = _LABEL + _BAR * min(max(float(gauge[key]), 0), 100) / 100
            parts.append(svg_line(x, y, x, y + 23, INK, dash))
    symbol = LOOKS[gauge["status"]][0]
    parts.append(svg_text(_LABEL + _BAR + 12, y + 16, f"{symbol} {gauge['used_text']}", 12))
    parts.append(svg_text(WIDTH, y + 16, gauge["space_text"], 10.5, "end", MUTED))
    return "".join(parts) + "</g>"


def line_chart(trend: Mapping[str, Any], title: str) -> str:
    """Draw percentages over quarters, each line labelled at its end; a gap stays a gap."""
    bottom = _PLOT_TOP + _PLOT_HEIGHT
    body = []
    for tick in (0, 25, 50, 75, 100):
        y = _y(tick)
        body.append(svg_line(_PLOT_LEFT, y, _PLOT_LEFT + _PLOT_WIDTH, y, GRID))
        body.append(svg_text(_PLOT_LEFT - 8, y + 4, str(tick), 10.5, "end", MUTED))
    quarters = trend["quarters"]
    for n, quarter in enumerate(quarters):
        body.append(svg_text(_x(n, len(quarters)), bottom + 18, quarter, 11, "middle", MUTED))
    if trend["limit"] is not None:
        y = _y(trend["limit"])
        body.append(
            svg_line(_PLOT_LEFT, y, _PLOT_LEFT + _PLOT_WIDTH, y, "#a3231b", 'stroke-width="1.4"')
        )
    labels = _spread([_y(line["points"][-1]) for line in trend["lines"]], 17, bottom)
    for n, line in enumerate(trend["lines"]):
        body.append(_trend_line(line, n, len(quarters), labels[n]))
    return svg_document(max(bottom + 30, max(labels) + 12), title, body)


def _x(index: int, count: int) -> float:
    return _PLOT_LEFT + 20 + (_PLOT_WIDTH - 40) * index / max(count - 1, 1)


def _y(percent: float) -> float:
    return _PLOT_TOP + _PLOT_HEIGHT * (1 - min(max(percent, 0), 100) / 100)


def _trend_line(line: Mapping[str, Any], index: int, count: int, label_y: float) -> str:
    color, dash = LINE_COLORS[index], DASHES[index]
    extra = 'stroke-width="2"' + (f' stroke-dasharray="{dash}"' if dash else "")
    points = [
        (_x(n, count), _y(value)) if value is not None else None
        for n, value in enumerate(line["points"])
    ]
    parts = [
        svg_line(*start, *end, color, extra) for start, end in pairwise(points) if start and end
    ]
    parts += [
        f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="3.2" fill="{color}"/>'
        for point in points
        if point
    ]
    last = points[-1]
    if last:
        right = _PLOT_LEFT + _PLOT_WIDTH
        parts.append(
            svg_line(last[0] + 5, last[1], right + 8, label_y, color, 'stroke-width="0.7"')
        )
        value = format_number(round(line["points"][-1], 2))
        label = shorten(line["label"], 11, WIDTH - right - 64)
        parts.append(svg_text(right + 12, label_y + 4, f"{label}  {value} %", 11, "start", color))
    return "".join(parts)


def _spread(wanted: Sequence[float], gap: float, bottom: float) -> list[float]:
    """Move label positions apart so that none overlap, keeping their order."""
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    placed = list(wanted)
    for before, now in pairwise(order):
        placed[now] = max(placed[now], placed[before] + gap)
    over = max(0.0, max(placed, default=0.0) - bottom)
    return [y - over for y in placed]


def count_chart(shares: Sequence[Mapping[str, Any]]) -> str:
    """Draw the counts by status as one stacked gauge; the numbers stand beside it as text."""
    total = sum(share["count"] for share in shares)
    body, x = [], 0.0
    for share in shares:
        width = WIDTH * share["count"] / total if total else 0
        if not width:
            continue
        color = FILL.get(share["status"], f"#{LOOKS[share['status']][1]}")
        body.append(
            f'<rect x="{x:.1f}" y="0" width="{max(width - 1.5, 0.5):.1f}" height="14" '
            f'fill="{color}"><title>{escape(share["title"])} {share["count"]}</title></rect>'
        )
        x += width
    drawing = svg_document(14, "", body)
    return drawing.replace("<svg ", '<svg preserveAspectRatio="none" ', 1)
