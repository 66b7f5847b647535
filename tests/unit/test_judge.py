# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge's rules over made-up checks; the catalogue's own cases are in tests/cases."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge, limits_for
from ansible_collections.ebill.ops.plugins.module_utils.result import (
    combine,
    count,
    format_number,
)
from hypothesis import given
from hypothesis import strategies as st

CHECK: dict[str, Any] = {
    "id": "host.disk_used",
    "clauses": ["ENV-08"],
    "area": "host",
    "observation": "filesystems",
    "part": "mount",
    "value": "used_percent",
    "unit": "%",
    "level": "high",
    "limits": {"direction": "above", "warn": 80, "fail": 90, "source": "site:usage_limit_pct"},
    "messages": {
        status: {"zh": f"{{part}} {{observed}}/{{limit}} {status}", "en": "{part} {observed}"}
        for status in ("pass", "warn", "fail")
    },
    "advice": {"zh": "扩容", "en": "extend"},
    "reasons": {"timeout": {"zh": "超时：{detail}", "en": "timed out: {detail}"}},
}
STATES = {
    **{key: value for key, value in CHECK.items() if key != "limits"},
    "part": None,
    "value": "on",
    "states": {"pass": [True], "warn": ["half"], "fail": [False]},
}


def _one(check: dict[str, Any], **row: Any) -> dict[str, Any]:
    (result,) = judge(check, {"rows": [{"mount": "/", **row}]}, "app01")
    return dict(result)


def test_what_a_target_says_does_not_steer_the_terminal() -> None:
    (result,) = judge(CHECK, {"rows": [{"mount": "/a\x1b[2J\n/b", "used_percent": 1}]}, "app01")
    assert result["message"]["zh"].startswith("/a [2J /b ")
    problem = {"error": {"reason": "timeout", "detail": "\x1b]0;x\x07\ud800"}}
    (result,) = judge(CHECK, problem, "app01")
    assert result["message"]["en"].isprintable()


def test_of_several_rows_without_a_part_none_is_chosen() -> None:
    (result,) = judge(STATES, {"rows": [{"on": True}, {"on": False}]}, "app01")
    assert (result["status"], result["reason"]) == ("error", "bad_answer")
    assert "filesystems: 2 rows" in result["message"]["en"]


@pytest.mark.parametrize(
    ("value", "status", "limit"),
    [
        (0, "pass", "80"),
        (79.999, "pass", "80"),
        (80.0, "warn", "80"),
        (89.9999, "warn", "80"),
        (90, "fail", "90"),
        (100.0, "fail", "90"),
    ],
)
def test_reaching_a_limit_is_over_it(value: float, status: str, limit: str) -> None:
    result = _one(CHECK, used_percent=value)
    assert result["status"] == status
    assert f"/{limit} {status}" in result["message"]["zh"]


@pytest.mark.parametrize(("days", "status"), [(29.9, "fail"), (30, "warn"), (60, "pass")])
def test_below_is_bad_under_the_limit(days: float, status: str) -> None:
    limits = {"direction": "below", "warn": 60, "fail": 30}
    assert _one({**CHECK, "limits": limits}, used_percent=days)["status"] == status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (True, "pass"),
        (False, "fail"),
        ("half", "warn"),
        ("else", "error"),
        (1, "error"),
        (None, "error"),
    ],
)
def test_states(value: Any, status: str) -> None:
    assert _one(STATES, on=value)["status"] == status


@pytest.mark.parametrize("value", [None, "90", True, float("nan")])
def test_what_is_not_a_number_is_no_verdict(value: Any) -> None:
    result = _one(CHECK, used_percent=value)
    assert (result["status"], result["reason"]) == ("error", "bad_answer")


def test_an_error_of_one_row_costs_that_part_only() -> None:
    rows = [
        {"mount": "/", "used_percent": 10.0},
        {"mount": "/nfs", "error": {"reason": "timeout", "detail": "5 s"}},
    ]
    first, second = judge(CHECK, {"rows": rows}, "app01")
    assert (first["status"], second["status"], second["part"]) == ("pass", "error", "/nfs")
    assert second["message"]["zh"] == "超时：5 s"


@pytest.mark.parametrize(
    ("observation", "status"),
    [
        ({"error": {"reason": "timeout", "detail": "5 s"}}, "error"),
        ({"absent": {"reason": "not_listed", "detail": "swap"}}, "skipped"),
        ({"rows": []}, "error"),
        ({"rows": "text"}, "error"),
        ({}, "error"),
    ],
)
def test_what_was_not_seen_is_never_a_pass(observation: dict[str, Any], status: str) -> None:
    (result,) = judge(CHECK, observation, "app01")
    assert result["status"] == status


def test_empty_says_what_no_rows_mean() -> None:
    empty = {"status": "fail", "message": {"zh": "{target} 没有备份", "en": "none on {target}"}}
    (result,) = judge({**CHECK, "empty": empty}, {"rows": []}, "bak01")
    assert (result["status"], result["message"]["zh"]) == ("fail", "bak01 没有备份")
    assert result["advice"] == CHECK["advice"]


def test_where_keeps_rows_and_does_not_mix_true_with_one() -> None:
    rows = [
        {"mount": "/a", "kind": "disk", "used_percent": 1.0},
        {"mount": "/b", "kind": "pseudo", "used_percent": 99.0},
        {"mount": "/c", "kind": 1, "used_percent": 99.0},
    ]
    kept = judge({**CHECK, "where": {"kind": ["disk", True]}}, {"rows": rows}, "app01")
    assert [result["part"] for result in kept] == ["/a"]


@pytest.mark.parametrize(
    ("override", "part", "limit", "source"),
    [
        ({}, "/", {"warn": 80, "fail": 90}, "site:usage_limit_pct"),
        ({"warn": 70}, "/", {"warn": 70, "fail": 90}, "inventory"),
        ({"parts": {"/": {"fail": 98}}}, "/", {"warn": 80, "fail": 98}, "inventory:parts"),
        ({"parts": {"/": {"fail": 98}}}, "/data", {"warn": 80, "fail": 90}, "site:usage_limit_pct"),
    ],
)
def test_limits_say_where_they_come_from(
    override: dict[str, Any], part: str, limit: dict[str, float], source: str
) -> None:
    applied, applied_source = limits_for(CHECK, part, override)
    assert applied == {"direction": "above", **limit}
    assert applied_source == source


@pytest.mark.parametrize(
    ("value", "limits", "shown"),
    [
        (89.96, [80, 90], "89.96"),
        (89.9996, [90], "89.9996"),
        (63.21, [80, 90], "63.2"),
        (80.0, [80], "80"),
        (79.95, [80], "79.95"),
        (5, [], "5"),
        (0.04, [], "0.04"),
        (2.77e-05, [], "0.00003"),
        (89.99999999, [90], "89.99999999"),
        (1e-20, [], "0.00000000000000000001"),
    ],
)
def test_a_number_is_never_rounded_across_a_limit(
    value: float, limits: list[float], shown: str
) -> None:
    assert format_number(value, limits) == shown


@given(st.floats(0, 200), st.lists(st.integers(1, 100), max_size=3))
def test_the_shown_number_is_on_the_same_side(value: float, limits: list[int]) -> None:
    shown = float(format_number(value, limits))
    assert all((shown >= limit) == (value >= limit) for limit in limits)


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        (["pass", "fail", "error"], "fail"),
        (["pass", "error", "warn"], "error"),
        (["warn", "not_run"], "not_run"),
        (["pass", "warn"], "warn"),
        (["pass", "skipped"], "pass"),
        (["skipped"], "skipped"),
        ([], "not_run"),
    ],
)
def test_combine(statuses: list[str], whole: str) -> None:
    assert combine(statuses) == whole


def test_count_adds_up_or_refuses() -> None:
    assert sum(count(["pass", "pass", "not_run"]).values()) == 3
    with pytest.raises(ValueError, match="unknown status 'ok'"):
        count(["ok"])
