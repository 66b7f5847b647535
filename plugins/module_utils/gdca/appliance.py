# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The appliance: its clock against the controller's, and what it reports about itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import (
    Observation,
    Trouble,
    absent,
    clean,
    dig,
    error,
    rows,
)
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Profile, Settings
from ansible_collections.ebill.ops.plugins.module_utils.gdca.talk import Answer, Channel

OBSERVATIONS = ("clock", "selftest", "version", "licence", "storage")


def observe(channel: Channel | Trouble, settings: Settings) -> dict[str, Observation]:
    """Return the observations of this role from one request to the status path.

    Without a status path the clock still comes from the Date of an answer to `/`.
    """
    profile = settings.profile
    try:
        if isinstance(channel, Trouble):
            raise channel
        answer = channel.get(profile.status_path or "/")
    except Trouble as exc:
        return dict.fromkeys(OBSERVATIONS, error(exc))
    found = {"clock": _ask(lambda: _clock(answer, profile))}
    if not profile.status_path:
        return found | dict.fromkeys(OBSERVATIONS[1:], absent("not_listed", "status_path"))
    found["selftest"] = _field(
        answer, profile.selftest_field, "selftest", lambda value: _passed(value, profile)
    )
    found["version"] = _field(answer, profile.version_field, "version", clean)
    found["licence"] = _field(answer, profile.licence_days_field, "days_left", _number)
    found["storage"] = _storage(answer, profile)
    return found


def offset(device: datetime, asked: datetime, answered: datetime, step: float) -> float:
    """Return the device's time minus the controller's, seconds, by the middle of the exchange.

    `step` is the resolution of the device's answer: half of it is what truncation took away.
    """
    middle = asked + (answered - asked) / 2
    return (device - middle).total_seconds() + step / 2


def device_time(value: Any, utc_offset_hours: float) -> tuple[datetime, float]:
    """Read a time: ISO 8601 (local to the offset where it names none) or seconds or milliseconds
    since 1970. Returns it aware, with its resolution in seconds; Trouble bad_answer otherwise."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) > 1e11 else value
            step = 0.001 if abs(value) > 1e11 or value != int(value) else 1.0
            return datetime.fromtimestamp(seconds, UTC), step
        text = str(value).strip().replace("Z", "+00:00")
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=timezone(timedelta(hours=utc_offset_hours)))
        return found, (0.001 if "." in text else 1.0)
    except (ValueError, OverflowError, OSError) as exc:
        raise Trouble("bad_answer", "time") from exc


def _clock(answer: Answer, profile: Profile) -> Observation:
    if profile.status_path and profile.time_field:
        value = dig(answer.checked(), profile.time_field)
        found, step = device_time(value, profile.time_utc_offset_hours)
        source = "status"
    else:
        try:
            found, step, source = parsedate_to_datetime(answer.date), 1.0, "http_date"
        except (ValueError, TypeError) as exc:
            raise Trouble("bad_answer", "Date") from exc
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
    seconds = offset(found, answer.asked, answer.answered, step)
    row = {
        "source": source,
        "offset_seconds": round(seconds, 3),
        "deviation_seconds": round(abs(seconds), 3),
        "resolution_seconds": step,
        "round_trip_seconds": round((answer.answered - answer.asked).total_seconds(), 4),
    }
    return rows([row])


def _field(answer: Answer, field: str, name: str, convert: Callable[[Any], Any]) -> Observation:
    """One value of the status as one row; absent when the profile says the device has none."""
    if not field:
        return absent("not_listed", name)
    return _ask(lambda: rows([{name: convert(dig(answer.checked(), field))}]))


def _storage(answer: Answer, profile: Profile) -> Observation:
    fields = {"disk": profile.disk_used_field, "log": profile.log_used_field}
    found: list[dict[str, Any]] = []
    for area, field in fields.items():
        if not field:
            continue
        try:
            used = _number(dig(answer.checked(), field))
            found.append({"area": area, "used_percent": used})
        except Trouble as exc:
            found.append({"area": area, "error": exc.as_dict()})
    return rows(found) if found else absent("not_listed", "storage")


def _passed(value: Any, profile: Profile) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "passed" if text in profile.selftest_passed_values else "failed"


def _number(value: Any) -> float:
    try:
        number = float(str(value).rstrip("% "))
    except ValueError as exc:
        raise Trouble("bad_answer", "number") from exc
    if not math.isfinite(number):
        raise Trouble("bad_answer", "number")
    return round(number, 2)


def _ask(question: Callable[[], Observation]) -> Observation:
    try:
        return question()
    except Trouble as exc:
        return error(exc)
