# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site's health page: JSON, judged value by value."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.probe.fields import dig
from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import (
    Broken,
    CouldNotLook,
    Observation,
    Row,
)
from ansible_collections.ebill.ops.plugins.module_utils.redact import redact
from ansible_collections.ebill.ops.plugins.module_utils.web.flow import Health, HealthField
from ansible_collections.ebill.ops.plugins.module_utils.web.session import Session

SHOWN_SIGNS = 40
"""No state is longer; what is longer is not a state but a text, which we do not hand on."""


async def read_health(session: Session, health: Health) -> dict[str, Observation]:
    """Return `health` (rows component, state, ok) and `health_counts` (rows component, count).

    A page that does not answer is a finding about the back end, its values are then unknown.
    """
    if not health.path:
        absent = {"absent": {"reason": "not_configured", "detail": "health"}}
        return {"health": absent, "health_counts": absent}
    try:
        page = await session.open("GET", health.path)
    except Broken as broken:
        unknown: Observation = {"error": broken.as_reason(session.endpoint).as_error()}
        return {
            "health": {"rows": [_state(health.path, broken.seen, False)]},
            "health_counts": unknown,
        }
    except CouldNotLook as error:
        return {key: {"error": error.as_error()} for key in ("health", "health_counts")}
    whole = _state(health.path, f"HTTP {page.status}", page.status == 200)
    try:
        values = json.loads(page.source)
    except (ValueError, RecursionError):
        values = None
    states = [_judge(one, values) for one in health.fields if one.good]
    counts = [_count(one, values) for one in health.fields if not one.good]
    return {"health": {"rows": [whole, *states]}, "health_counts": {"rows": counts}}


def _judge(wanted: HealthField, values: Any) -> Row:
    try:
        state = _text(dig(values, wanted.path))
    except KeyError:
        return _missing(wanted)
    good = state.lower() in {one.lower() for one in wanted.good}
    return _state(wanted.name, state, good)


def _count(wanted: HealthField, values: Any) -> Row:
    try:
        count = dig(values, wanted.path)
    except KeyError:
        return _missing(wanted)
    if isinstance(count, bool) or not isinstance(count, int | float):
        return {
            "component": wanted.name,
            "error": {"reason": "bad_answer", "detail": f"{wanted.path} = {_text(count)}"},
        }
    return {"component": wanted.name, "count": count}


def _missing(wanted: HealthField) -> Row:
    return {"component": wanted.name, "error": {"reason": "not_found", "detail": wanted.path}}


def _state(component: str, state: str, good: bool) -> Row:
    return {"component": component, "state": state, "ok": good}


def _text(value: Any) -> str:
    """Write a JSON value as a state: true and 1 as JSON writes them, objects not at all."""
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    text = value if isinstance(value, str) else json.dumps(value)
    return redact(text.strip())[:SHOWN_SIGNS]
