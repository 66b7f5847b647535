# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: what is owed, what an inventory may say, and how a wrong word is answered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    CatalogueError,
    load,
    resolve_settings,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.inspection import finish, judge_all
from ansible_collections.ebill.ops.plugins.plugin_utils.plan import (
    check_overrides,
    check_waivers,
    compile_plan,
    looked_at,
    owed_results,
    pairs,
    select_checks,
    unanswered,
    waive,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.quarterly_source import (
    kept_results,
    newest_answers,
)

CATALOGUE = load()
GROUPS = {"ebill_servers": ["app01", "db01"], "ebill_databases": ["ebilldb"]}
TARGETS = ["app01", "db01", "ebilldb"]


ON_DEMAND = {name for name, area in CATALOGUE.areas.items() if area.on_demand}


def test_everything_selected_is_owed_on_every_target_of_its_group() -> None:
    checks = select_checks(CATALOGUE, [])
    assert checks == [c for c in CATALOGUE.checks if CATALOGUE.area_of[c] not in ON_DEMAND]
    owed = owed_results(CATALOGUE, GROUPS, TARGETS, checks)
    assert set(owed) == set(TARGETS)
    assert set(owed["app01"]) == {"host"}
    assert owed["app01"]["host"] == [c.id for c in CATALOGUE.areas["host"].checks]
    assert set(owed["ebilldb"]) == {"oracle"}


@pytest.mark.parametrize(
    ("wanted", "run_tags", "skip_tags", "areas"),
    [
        (["host.disk_used"], (), (), {"host"}),
        (["oracle"], ("all",), (), {"oracle"}),
        ([], ("host",), (), {"host"}),
        ([], ("all",), ("host",), set(CATALOGUE.areas) - {"host"} - ON_DEMAND),
        ([], ("performance",), (), {"performance"}),
        (["performance"], ("all",), (), {"performance"}),
        (["performance.full_scan", "oracle"], ("all",), (), {"performance", "oracle"}),
        (["performance"], ("all",), ("performance",), set()),
    ],
)
def test_selection(wanted: list[str], run_tags: Any, skip_tags: Any, areas: set[str]) -> None:
    chosen = select_checks(CATALOGUE, wanted, run_tags, skip_tags)
    assert {CATALOGUE.area_of[check] for check in chosen} == areas


def test_an_unknown_check_is_answered_with_the_known_ones() -> None:
    said = r"unknown: host\.disk_usd \(did you mean host\.disk_used\?\), xyz; known are the areas"
    with pytest.raises(CatalogueError, match=said):
        select_checks(CATALOGUE, ["host.disk_usd", "xyz"])


@pytest.mark.parametrize(
    ("counts", "looked"),
    [
        ({"pass": 3, "error": 2}, 3),
        ({"fail": 1, "not_run": 2}, 1),
        ({"error": 99, "skipped": 5}, 0),  # unreachable; what is skipped stands in the inventory
        ({"skipped": 2}, 2),
        ({"not_run": 4}, 0),
    ],
)
def test_what_counts_as_a_look(counts: dict[str, int], looked: int) -> None:
    assert looked_at({**dict.fromkeys(STATUSES, 0), **counts}) == looked


def test_an_unknown_tag_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CatalogueError, match=r"tags: unknown: hots; known are host, "):
        select_checks(CATALOGUE, [], ["hots"])


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({"host.disk_usd": {"warn": 1}}, "app01: ebill_limits: host.disk_usd: unknown check"),
        ({"host.disk_used": {"wrn": 1}}, "host.disk_used.wrn: unknown key; allowed: warn, fail"),
        ({"host.disk_used": {"warn": "80"}}, "host.disk_used.warn: '80' is not a number"),
        ({"host.disk_used": {"parts": {"/": {"x": 1}}}}, "parts./.x: unknown key"),
        ({"host.disk_used": {"warn": float("nan")}}, "host.disk_used.warn: nan is not a number"),
        ({"log.errors_new": {"warn": 1}}, "log.errors_new.warn: unknown key; allowed: fail, parts"),
        ({"host.disk_used": 90}, "host.disk_used: must be a mapping"),
        ({"host.os_release": {"warn": 1}}, "this check has no limits to override"),
        ([], "must map check ids"),
    ],
)
def test_a_wrong_limit_names_target_check_and_key(limits: Any, fault: str) -> None:
    with pytest.raises(CatalogueError) as error:
        check_overrides(CATALOGUE, "app01", limits)
    assert fault in str(error.value)


WAIVER = {
    "check": "host.disk_used",
    "target": "app01",
    "reason": "已申请扩容",
    "owner": "信息科",
    "expires": "2026-12-31",
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"expires": None}, r"ebill_waivers\[0\].expires: is missing"),
        ({"expires": "soon"}, "'soon' is not a date"),
        ({"reason": ""}, "reason: is missing"),
        ({"check": "x"}, "unknown check 'x'"),
        ({"target": "app1"}, "'app1' is no host of the inventory's group ebill"),
        ({"until": "x"}, "until: unknown key"),
    ],
)
def test_a_waiver_without_reason_owner_or_end_is_refused(
    change: dict[str, Any], fault: str
) -> None:
    with pytest.raises(CatalogueError, match=fault):
        check_waivers(CATALOGUE, [{**WAIVER, **change}], TARGETS)


def _plan() -> dict[str, Any]:
    settings = resolve_settings(CATALOGUE, {})
    owed = {"app01": {"host": ["host.disk_used"]}}
    return {**compile_plan(CATALOGUE, owed, settings, {}), "waivers": []}


def _result(status: str, part: str | None = None) -> Any:
    plan = _plan()
    check = plan["checks"]["host.disk_used"]
    result = unanswered(check, plan["reasons"], "app01", status, "timeout", "")  # type: ignore[arg-type]
    result["part"] = part
    return result


@pytest.mark.parametrize(
    ("status", "part", "waiver_part", "today", "expired"),
    [
        ("fail", "/data", None, date(2026, 12, 31), False),
        ("fail", "/data", "/data", date(2027, 1, 1), True),
        ("fail", "/data", "/var", date(2026, 12, 1), None),
        ("pass", "/data", None, date(2026, 12, 1), None),
    ],
)
def test_a_waiver_marks_and_never_changes(
    status: str, part: str, waiver_part: str | None, today: date, expired: bool | None
) -> None:
    result = _result(status, part)
    waive(result, check_waivers(CATALOGUE, [{**WAIVER, "part": waiver_part}], TARGETS), today)
    assert result["status"] == status
    assert (result["waiver"] or {}).get("expired") is expired


def test_an_observation_that_did_not_come_is_an_error_of_its_check() -> None:
    plan = _plan()
    (result,) = judge_all(plan, [plan["checks"]["host.disk_used"]], "app01", {})
    assert (result["status"], result["reason"]) == ("error", "bad_answer")


def test_what_leaves_is_scrubbed_and_stamped() -> None:
    from datetime import UTC, datetime

    plan = _plan()
    result = _result("fail")
    result["message"]["zh"] = "手机 13812345678"
    at = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    (final,), evidence = finish(plan, [result], {"x": {"rows": [{"p": "13812345678"}]}}, at, 1.5)
    assert "13812345678" not in final["message"]["zh"] + evidence
    assert final["started"] == "2026-11-22T08:00:00Z"
    assert len(final["evidence"] or "") == 64


def test_the_newest_answer_of_a_quarter_counts() -> None:
    def result(check: str, status: str) -> Any:
        return {"target": "app01", "check": check, "status": status}

    runs = [{"id": "first"}, {"id": "second"}]
    owed = {"first": [("app01", "a"), ("app01", "b")], "second": [("app01", "a"), ("app01", "b")]}
    results = {
        "first": [result("a", "fail"), result("b", "pass")],
        "second": [result("a", "pass"), result("b", "not_run")],
    }
    assert newest_answers(runs, owed, results) == {
        ("app01", "a"): "second",
        ("app01", "b"): "first",
    }


def test_pairs_lists_everything_once() -> None:
    owed = owed_results(CATALOGUE, GROUPS, TARGETS, select_checks(CATALOGUE, []))
    assert len(pairs(owed)) == len(set(pairs(owed))) > 20


def test_what_looks_only_at_the_new_keeps_the_worst_of_its_quarter() -> None:
    def result(check: str, status: str, part: str | None, run: str) -> Any:
        return {"target": "app01", "check": check, "status": status, "part": part, "run": run}

    runs = [{"id": "first"}, {"id": "second"}]
    results = {
        "first": [
            result("log", "fail", "Tomcat", "first"),
            result("log", "pass", "nginx", "first"),
            result("disk", "fail", "/", "first"),
        ],
        "second": [
            result("log", "pass", "Tomcat", "second"),
            result("log", "pass", "nginx", "second"),
            result("disk", "pass", "/", "second"),
        ],
    }
    chosen = {("app01", "log"): "second", ("app01", "disk"): "second"}
    checks = {"log": {"accumulates": True}, "disk": {}}
    kept = kept_results(runs, results, chosen, checks)
    shown = {(r["check"], r["part"]): (r["status"], r["run"]) for r in kept}
    assert shown == {
        ("disk", "/"): ("pass", "second"),
        ("log", "Tomcat"): ("fail", "first"),
        ("log", "nginx"): ("pass", "second"),
    }
    # What the newest run could not look at is never hidden by an older answer.
    results["second"] = [
        result("log", "error", "Tomcat", "second"),
        result("log", "error", "nginx", "second"),
    ]
    kept = kept_results(runs, results, chosen, checks)
    assert sorted((r["part"], r["status"]) for r in kept if r["check"] == "log") == [
        ("Tomcat", "error"),
        ("Tomcat", "fail"),
        ("nginx", "error"),
    ]
    results["second"] = [result("log", "error", None, "second")]
    kept = kept_results(runs, results, chosen, checks)
    found = {(r["part"], r["status"]) for r in kept if r["check"] == "log"}
    assert found == {("Tomcat", "fail"), (None, "error")}
