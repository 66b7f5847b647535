# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, end to end, on the lab's estate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.estate import Lab, inspect

SUFFIXES = (".html", ".docx", ".xlsx", ".pdf", ".json", ".junit.xml", ".prom")


def test_green_shows_nothing_wrong(lab: Lab, tmp_path: Path) -> None:
    run = inspect(lab, tmp_path)
    wrong = [
        (r["check"], r["target"], r["status"], r["message"]["zh"])
        for r in run.results
        if r["status"] not in ("pass", "skipped")
    ]
    assert wrong == []
    assert run.status == 0, run.output
    assert run.row["state"] == "complete"
    assert run.ledger.missing(run.id) == []
    for suffix in SUFFIXES:
        path = run.document(suffix)
        assert path.stat().st_size > 1000
        assert str(path) in run.output
    again = inspect(lab, tmp_path)
    assert again.status == 0, again.output
    assert set(again.statuses()) <= {"pass", "skipped"}, again.output
    assert again.document(".html").parent.name == "v2"


def test_a_report_can_be_made_any_time_later_without_a_target(lab: Lab, tmp_path: Path) -> None:
    first = inspect(lab, tmp_path, "-e", "checks=host.disk_used", "-e", "report_formats=json")
    lab.command("break", "host.unreachable")
    later = inspect(
        lab,
        tmp_path,
        "playbooks/report_quarterly.yml",
        "-e",
        "report_language=en",
        "-e",
        "report_formats=html,json",
    )
    assert (first.status, later.status) == (0, 0), later.output
    assert len(later.ledger.runs()) == 1
    assert "Disk use" in later.document(".html").read_text(encoding="utf-8")
    models = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((tmp_path / "reports").glob("*/*/*.json"))
    ]
    assert models[0]["conclusion"]["counts"] == models[1]["conclusion"]["counts"]


def test_an_unreachable_host_costs_its_own_results_only(lab: Lab, tmp_path: Path) -> None:
    lab.command("break", "host.unreachable", "host.ssh_hangs")
    run = inspect(lab, tmp_path, "--tags", "host", "-e", "report_formats=html")
    assert run.status == 0, run.output
    for target, reason in (("app01", "unreachable"), ("old01", "unreachable")):
        results = [r for r in run.results if r["target"] == target]
        assert {r["status"] for r in results} == {"error"}
        assert {r["reason"] for r in results} == {reason}
    assert {r["status"] for r in run.results if r["target"] == "db01"} <= {"pass", "skipped"}
    assert run.ledger.missing(run.id) == []
    assert "无法检查" in run.html_text


def test_selection(lab: Lab, tmp_path: Path) -> None:
    run = inspect(
        lab,
        tmp_path,
        "--limit",
        "app01,ebilldb",
        "-e",
        "checks=host.disk_used,oracle",
        "-e",
        "report_formats=json",
    )
    assert run.status == 0, run.output
    assert {r["target"] for r in run.results} == {"app01", "ebilldb"}
    assert {r["check"] for r in run.results if r["target"] == "app01"} == {"host.disk_used"}


def test_an_unknown_check_stops_at_once_and_lists_the_known(lab: Lab, tmp_path: Path) -> None:
    run = inspect(lab, tmp_path, "-e", "checks=host.disk_usd")
    assert run.status != 0
    assert "unknown: host.disk_usd" in run.output
    assert "host.disk_used" in run.output
    assert run.ledger.runs() == []


def test_a_run_that_can_inspect_nothing_ends_non_zero(lab: Lab, tmp_path: Path) -> None:
    run = inspect(lab, tmp_path, "--limit", "app01", "--tags", "gdca")
    assert run.status != 0
    assert "nothing to inspect" in run.output


def test_a_run_whose_targets_are_all_away_ends_non_zero_with_all_owed(
    lab: Lab, tmp_path: Path
) -> None:
    lab.command("break", "host.unreachable")
    run = inspect(lab, tmp_path, "--limit", "app01", "-e", "report_formats=html")
    assert run.status != 0
    assert set(run.statuses()) == {"error"}
    assert run.ledger.missing(run.id) == []


def test_wrong_inventory_values_name_target_and_key(lab: Lab, tmp_path: Path) -> None:
    run = inspect(lab, tmp_path, "-e", '{"inspect_host_ports": "no", "inspect_oracle_port": "x"}')
    assert run.status != 0
    assert "inspect_host_ports" in run.output
    assert "inspect_oracle_port" in run.output
    assert "ebilldb" in run.output
    limits = inspect(lab, tmp_path, "-e", '{"ebill_limits": {"host.disk_used": {"wrn": 1}}}')
    assert "host.disk_used.wrn: unknown key; allowed: warn, fail, parts" in limits.output


def test_limits_and_waivers_of_the_inventory_are_named(lab: Lab, tmp_path: Path) -> None:
    waiver = {
        "check": "host.disk_used",
        "target": "app01",
        "reason": "扩容已批准",
        "owner": "信息科",
        "expires": "2099-12-31",
    }
    extra = {
        "ebill_limits": {"host.disk_used": {"warn": 0.01, "parts": {"/data": {"fail": 0.01}}}},
        "ebill_waivers": [waiver],
        "report_formats": ["html"],
        "checks": "host.disk_used",
    }
    run = inspect(lab, tmp_path, "--limit", "app01", "-e", json.dumps(extra))
    by_part = {r["part"]: r for r in run.of("host.disk_used", "app01")}
    assert by_part["/data"]["status"] == "fail"
    assert by_part["/data"]["limit_source"] == "inventory:parts"
    others = [r for part, r in by_part.items() if part != "/data"]
    assert {r["limit_source"] for r in others} <= {"inventory"}
    assert by_part["/data"]["waiver"]["owner"] == "信息科"
    assert "（已豁免）" in run.output
    assert "扩容已批准" in run.html_text


def test_an_inactive_callback_is_said_before_anything_is_touched(lab: Lab, tmp_path: Path) -> None:
    run = inspect(lab, tmp_path, ANSIBLE_CALLBACKS_ENABLED="ansible.posix.timer")
    assert run.status != 0
    assert "the callback ebill.ops.ledger is not enabled" in run.output


def test_check_mode_inspects_the_same(lab: Lab, tmp_path: Path) -> None:
    run = inspect(lab, tmp_path, "--check", "--tags", "host", "-e", "report_formats=json")
    assert run.status == 0, run.output
    assert set(run.statuses()) <= {"pass", "skipped"}


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({}, "fail"),  # the site answers 500
        ({"inspect_web_password": "wrong", "inspect_web_refused_text": []}, "fail"),
        ({"checks": "web.page_opens,business", "inspect_web_password": "wrong"}, None),
    ],
)
def test_one_log_in_to_a_site_for_web_and_business(
    lab: Lab, tmp_path: Path, extra: dict[str, Any], status: str | None
) -> None:
    if not extra:
        lab.command("break", "web.login_fails")
    before = lab.counter("site_logins")
    variables = json.dumps({"report_formats": ["json"], **extra})
    run = inspect(lab, tmp_path, "--tags", "web,business", "-e", variables)
    assert lab.counter("site_logins") == before + 1
    assert [r["status"] for r in run.of("web.login")] == ([status] if status else [])
    business = [r for r in run.results if r["area"] == "business"]
    assert {(r["status"], r["reason"]) for r in business} == {("error", "login_not_repeated")}


def test_another_account_is_tried_even_so(lab: Lab, tmp_path: Path) -> None:
    before = lab.counter("site_logins")
    variables = {"inspect_web_user": "nobody", "inspect_business_user": "xunjian"}
    words = ("--tags", "web,business", "-e", json.dumps({"report_formats": ["json"], **variables}))
    run = inspect(lab, tmp_path, *words)
    assert lab.counter("site_logins") == before + 2
    assert {r["status"] for r in run.results if r["area"] == "business"} == {"pass"}


def test_without_a_lab_its_inventory_says_how_to_start_one(tmp_path: Path) -> None:
    run = inspect(Lab(tmp_path / "none"), tmp_path, "--limit", "gdca01")
    assert run.status == 3
    assert "the lab is not running: `python -m lab up`" in run.output
