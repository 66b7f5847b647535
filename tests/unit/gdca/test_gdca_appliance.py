# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as devices write them, and the offset by the middle of the exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca import appliance
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Profile
from ansible_collections.ebill.ops.plugins.module_utils.gdca.talk import Answer
from hypothesis import given
from hypothesis import strategies as st

MOMENT = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "step"),
    [
        ("2026-11-22T12:00:00Z", 1.0),
        ("2026-11-22T12:00:00.000+00:00", 0.001),
        ("2026-11-22T20:00:00+08:00", 1.0),
        ("2026-11-22 20:00:00", 1.0),
        (1795348800, 1.0),
        (1795348800.0, 1.0),
        (1795348800000, 0.001),
    ],
)
def test_times(value: Any, step: float) -> None:
    assert appliance.device_time(value, 8) == (MOMENT, step)


@pytest.mark.parametrize("value", ["", "soon", None, True, {}, 1e300, float("nan")])
def test_what_is_no_time(value: Any) -> None:
    with pytest.raises(Trouble) as caught:
        appliance.device_time(value, 8)
    assert caught.value.reason == "bad_answer"


@given(st.floats(-86400, 86400), st.floats(0, 30))
def test_the_offset_is_within_half_the_exchange(skew: float, spent: float) -> None:
    asked = MOMENT
    answered = asked + timedelta(seconds=spent)
    device = asked + timedelta(seconds=spent / 2 + skew)
    assert abs(appliance.offset(device, asked, answered, 0.0) - skew) < 0.001


@given(st.floats(0, 0.999))
def test_a_right_clock_with_whole_seconds_is_at_most_half_a_second_off(fraction: float) -> None:
    asked = MOMENT + timedelta(seconds=fraction)
    assert abs(appliance.offset(MOMENT, asked, asked, 1.0)) <= 0.5


def answer(data: Any, date: str = "Sun, 22 Nov 2026 12:00:03 GMT", status: int = 200) -> Answer:
    return Answer(status, data, date, MOMENT, MOMENT, 0.0)


class Fixed:
    """A channel with one answer."""

    def __init__(self, one: Answer) -> None:
        self.one = one

    def get(self, _path: str) -> Answer:
        return self.one


def observe(one: Answer, **profile: Any) -> dict[str, Any]:
    class Site:
        pass

    site: Any = Site()
    site.profile = Profile(**profile)
    channel: Any = Fixed(one)
    return appliance.observe(channel, site)


FULL = {
    "time": "2026-11-22T12:00:12Z",
    "version": "V3",
    "selftest": "passed",
    "licence": {"days_left": "45"},
    "disk": {"used_percent": "37.5 %"},
    "log": {"used_percent": 12},
}


def test_a_full_status() -> None:
    found = observe(answer(FULL))
    assert found["clock"]["rows"][0]["offset_seconds"] == 12.5
    assert found["licence"] == {"rows": [{"days_left": 45.0}]}
    assert found["storage"]["rows"] == [
        {"area": "disk", "used_percent": 37.5},
        {"area": "log", "used_percent": 12.0},
    ]


@pytest.mark.parametrize(
    ("data", "name", "detail"),
    [
        ({}, "clock", "field time"),
        (None, "selftest", "field selftest"),
        ([], "version", "field version"),
        ({"licence": 3}, "licence", "field licence.days_left"),
        ({"licence": {"days_left": "many"}}, "licence", "number"),
        ({"licence": {"days_left": None}}, "licence", "number"),
    ],
)
def test_a_field_that_is_missing_or_odd(data: Any, name: str, detail: str) -> None:
    assert observe(answer(data))[name] == {"error": {"reason": "bad_answer", "detail": detail}}


def test_storage_that_is_half_there() -> None:
    rows = observe(answer({"disk": {"used_percent": 1}}))["storage"]["rows"]
    assert rows[0] == {"area": "disk", "used_percent": 1.0}
    assert rows[1]["error"]["detail"] == "field log.used_percent"


def test_an_error_page_is_no_status() -> None:
    assert observe(answer(FULL, status=500))["selftest"]["error"]["detail"] == "HTTP 500"


def test_the_clock_comes_from_the_date_where_there_is_no_status() -> None:
    found = observe(answer(None, status=404), status_path="")
    assert found["clock"]["rows"][0]["source"] == "http_date"
    assert found["clock"]["rows"][0]["offset_seconds"] == 3.5
    assert found["selftest"]["absent"]["reason"] == "not_listed"


def test_fields_that_the_profile_does_not_have_are_absent() -> None:
    found = observe(answer(FULL), version_field="", disk_used_field="", log_used_field="")
    assert "absent" in found["version"]
    assert "absent" in found["storage"]


@pytest.mark.parametrize(
    ("value", "state"), [("passed", "passed"), ("OK", "passed"), (True, "passed"), (0, "failed")]
)
def test_what_counts_as_passed(value: Any, state: str) -> None:
    found = observe(answer({"selftest": value}), selftest_passed_values=("passed", "OK", "true"))
    assert found["selftest"]["rows"] == [{"selftest": state}]
