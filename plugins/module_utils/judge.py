# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an observation and a check to results. Pure: no clock, no file, no server.

A check is the plain dict that ``plugin_utils/catalogue.py`` compiled: settings are resolved,
wording for reasons is beside it. The format of observations is in docs/architecture.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ansible_collections.ebill.ops.plugins.module_utils.result import (
    Result,
    Status,
    Text,
    new_result,
    one_line,
    render,
)

Check = Mapping[str, Any]
Row = Mapping[str, Any]

CATALOGUE = "catalogue"


def judge(
    check: Check,
    observation: Mapping[str, Any],
    target: str,
    overrides: Mapping[str, Any] | None = None,
) -> list[Result]:
    """Judge one check on one target; at least one result comes back, whatever was observed.

    ``overrides`` is the inventory's ``ebill_limits`` entry of this check:
    ``{warn, fail, parts: {part: {warn, fail}}}``.
    """
    if "error" in observation:
        return [_unknown(check, target, None, "error", observation["error"])]
    if "absent" in observation:
        return [_unknown(check, target, None, "skipped", observation["absent"])]
    rows = observation.get("rows")
    if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows):
        problem = {"reason": "bad_answer", "detail": check["observation"]}
        return [_unknown(check, target, None, "error", problem)]
    kept = [row for row in rows if _matches(row, check.get("where") or {})]
    if not kept:
        return [_nothing(check, target)]
    if not check.get("part") and len(kept) > 1:
        # Without a part they cannot be told apart; judging one of them would hide the others.
        problem = {"reason": "bad_answer", "detail": f"{check['observation']}: {len(kept)} rows"}
        return [_unknown(check, target, None, "error", problem)]
    return [_judge_row(check, row, target, overrides or {}) for row in kept]


def limits_for(
    check: Check, part: str | None, overrides: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, str | None]:
    """Return the limits in force for a part and where they came from.

    Sources: ``catalogue``, ``site:<key>`` (a reading of the site profile), ``inventory`` and
    ``inventory:parts``. An override names warn or fail or both; what it does not name stays.
    """
    if check.get("states"):
        return {"states": check["states"]}, CATALOGUE
    limits = check.get("limits")
    if not limits:
        return None, None
    source = limits.get("source", CATALOGUE)
    merged = {key: limits[key] for key in ("direction", "warn", "fail") if key in limits}
    levels = {key: overrides[key] for key in ("warn", "fail") if key in overrides}
    if levels:
        merged.update(levels)
        source = "inventory"
    own = (overrides.get("parts") or {}).get(part) if part is not None else None
    if own:
        merged.update({key: own[key] for key in ("warn", "fail") if key in own})
        source = "inventory:parts"
    return merged, source


def _matches(row: Row, where: Mapping[str, Any]) -> bool:
    for field, wanted in where.items():
        value = row.get(field)
        allowed = wanted if isinstance(wanted, list) else [wanted]
        # `True == 1` in Python; a filter for true must not keep a 1.
        if not any(
            value == item and isinstance(value, bool) == isinstance(item, bool) for item in allowed
        ):
            return "error" in row and field not in row
    return True


def _judge_row(check: Check, row: Row, target: str, overrides: Mapping[str, Any]) -> Result:
    part = (
        str(row[check["part"]])
        if check.get("part") and row.get(check["part"]) is not None
        else None
    )
    if "error" in row:
        return _unknown(check, target, part, "error", row["error"], row)
    value = row.get(check["value"])
    limit, source = limits_for(check, part, overrides)
    status, crossed = _verdict(check, value, limit)
    if status is None:
        problem = {"reason": "bad_answer", "detail": f"{check['value']} = {value!r}"[:120]}
        return _unknown(check, target, part, "error", problem, row)
    bounds = [limit[key] for key in ("warn", "fail") if limit and key in limit]
    values = {
        **row,
        "target": target,
        "part": part if part is not None else target,
        "observed": value,
        "limit": crossed,
        "unit": check.get("unit", ""),
    }
    words = check.get("words") or {}
    for field in ("observed", *check.get("worded", ())):
        if isinstance(values.get(field), str):
            values[field] = words.get(values[field], values[field])
    result = new_result(check, target, part, status, row)
    result["observed"], result["limit"], result["limit_source"] = value, limit, source
    result["message"] = _sentence(check, status, values, bounds)
    if status in ("warn", "fail"):
        result["advice"] = check.get("advice")
    return result


def _sentence(
    check: Check, status: Status, values: dict[str, Any], bounds: Sequence[float]
) -> Text:
    """Say the verdict; of days that are left it says, when they are over, for how long."""
    past, value = check["messages"].get("past"), values["observed"]
    if past and value < 0:
        return render(past, {**values, "observed": -value})
    return render(check["messages"][status], values, bounds)


def _verdict(
    check: Check, value: Any, limit: Mapping[str, Any] | None
) -> tuple[Status | None, Any]:
    """Return the status and the limit to quote; status None when the value cannot be judged."""
    if value is None:
        return None, None
    if limit is None:
        return "pass", None
    if "states" in limit:
        for status, values in limit["states"].items():
            if any(value == v and isinstance(value, bool) == isinstance(v, bool) for v in values):
                return status, limit["states"]["pass"][0] if limit["states"].get("pass") else None
        return None, None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
        return None, None
    for status in ("fail", "warn"):
        if status in limit and _bad(value, limit[status], limit["direction"]):
            return cast(Status, status), limit[status]
    return "pass", limit.get("warn", limit.get("fail"))


def _bad(value: float, limit: float, direction: str) -> bool:
    """``above``: reaching the limit is bad (少于90% is a strict bound); ``below``: under it."""
    return value >= limit if direction == "above" else value < limit


def _nothing(check: Check, target: str) -> Result:
    empty = check.get("empty")
    if not empty:
        problem = {"reason": "bad_answer", "detail": check["observation"]}
        return _unknown(check, target, None, "error", problem)
    result = new_result(check, target, None, empty["status"], {})
    values = {"target": target, "part": target, "unit": check.get("unit", "")}
    result["message"] = render(empty["message"], values)
    result["limit"], result["limit_source"] = limits_for(check, None, {})
    if empty["status"] in ("warn", "fail"):
        result["advice"] = check.get("advice")
    return result


def _unknown(
    check: Check,
    target: str,
    part: str | None,
    status: Status,
    problem: Mapping[str, Any],
    row: Row | None = None,
) -> Result:
    result = new_result(check, target, part, status, row or {})
    reason, detail = problem.get("reason", "bad_answer"), str(problem.get("detail", ""))
    result["reason"] = reason
    shown = (check.get("words") or {}).get(detail, detail)
    result["message"] = explain(check.get("reasons") or {}, reason, shown)
    return result


def explain(reasons: Mapping[str, Text], reason: str, detail: str | Text) -> Text:
    """Word a reason; one that the catalogue does not know is shown by its id."""
    template = reasons.get(reason) or {"zh": f"{reason}：{{detail}}", "en": f"{reason}: {{detail}}"}
    return {
        language: text.replace(
            "{detail}", one_line(detail if isinstance(detail, str) else detail[language])
        ).rstrip(" ：:")
        for language, text in template.items()
    }
