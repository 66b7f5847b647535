# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of a clause or check in words, and which result comes nearest to its own."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import Text, both, say

STATES_NAMED = 3
"""A clause with more checks judged by state than this says how many; the details name each."""
OWN_NAMED = 3
"""So many objects with limits of their own are named."""

LINES_SHOWN = 6
"""A clause with more limits than this says how many the details hold."""

Checks = Mapping[str, Mapping[str, Any]]


def limit_lines(rows: Sequence[Row], checks: Checks, *, named: bool = True) -> list[Text]:
    """Return the limits behind some results, a line for each check, ``named`` after it.

    Beside the check's own title only what was measured is named, where the title does not say it.

    Checks judged by state are summed up where there are many; beyond LINES_SHOWN of all, the
    details tell.
    """
    by_check: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_check[row["check"]].append(row)
    numbers: list[Text] = []
    states: list[Text] = []
    for check, own in by_check.items():
        definition = checks.get(check, {})
        shown = _of_check(own, definition)
        if not shown:
            continue
        first, others = shown[0], shown[1:]
        measure = definition.get("measures")
        name = _name(own[0]["title"], measure) if named else measure
        line = say("limit_named", name=name, limit=first) if name else first
        (states if _by_state(own, definition) else numbers).append(line)
        numbers += others
    if len(numbers) > LINES_SHOWN:
        hidden = len(numbers) - LINES_SHOWN + len(states)
        return [*numbers[:LINES_SHOWN], say("limit_more", n=hidden)]
    most = min(STATES_NAMED, LINES_SHOWN - len(numbers)) if numbers else LINES_SHOWN
    if len(states) > most:
        states = [say("limit_rest", n=len(states))]
    answered = any(row["status"] in ("pass", "warn", "fail") for row in rows)
    return [*numbers, *states] or [say("limit_shown") if answered else both(figures.DASH)]


def _name(title: Text, measure: Text | None) -> Text:
    return say("limit_of", name=title, measure=measure) if measure else title


def _of_check(rows: Sequence[Row], definition: Mapping[str, Any]) -> list[Text]:
    """The limit of most results, then those of single objects; [] when nothing is judged."""
    unit = str(definition.get("unit") or rows[0]["unit"])
    alike: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["limit"]:
            alike[row["limit_text"]["zh"]].append(row)
    if not alike:
        limit = definition.get("limits") or _states(definition)
        return [figures.limit(limit, unit, definition)] if limit else []
    most, *rest = sorted(alike.values(), key=len, reverse=True)
    lines = [most[0]["limit_text"]]
    own = [row for group in rest for row in group]
    for row in own[:OWN_NAMED]:
        where = f"{row['target']} {row['part']}".strip()
        lines.append(say("limit_other", where=where, limit=row["limit_text"]))
    if len(own) > OWN_NAMED:
        lines.append(say("limit_others", n=len(own) - OWN_NAMED))
    return lines


def _states(definition: Mapping[str, Any]) -> dict[str, Any] | None:
    states = definition.get("states")
    return {"states": states} if states else None


def _by_state(rows: Sequence[Row], definition: Mapping[str, Any]) -> bool:
    return bool(definition.get("states")) or any("states" in (row["limit"] or {}) for row in rows)


def closeness(row: Row) -> float:
    """Return how near a value is to its limit: 1 at the limit, more beyond it, 0 far away.

    Shares of the limit can be compared between checks of any unit. -1 for what has no number
    or no limit.
    """
    value, limit = row["observed"], row["limit"] or {}
    bounds = [limit[key] for key in ("fail", "warn") if limit.get(key) is not None]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not bounds:
        return -1.0
    number, bound = float(value), float(bounds[0])
    if limit.get("direction") == "below":
        return bound / number if number > 0 else math.inf
    return max(number / bound, 0.0) if bound > 0 else 1.0 + number - bound


def nearest(rows: Sequence[Row]) -> Row | None:
    """Return the result that comes nearest to its limit, by each check's own direction; None
    where no value has a limit or all are as far from it as can be."""
    chosen = max(rows, key=closeness, default=None)
    return chosen if chosen is not None and closeness(chosen) > 0 else None
