# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The web and business areas against the lab's web system: every break, judged by the catalogue."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.module_utils.web.arguments import ARGUMENTS, read_site
from ansible_collections.ebill.ops.plugins.module_utils.web.runner import NAMES, inspect
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)

from lab.part import Running, running
from lab.site.content import CANARIES
from lab.site.part import SitePart

ROOT = Path(__file__).resolve().parents[2]
INVENTORY = yaml.safe_load(
    (ROOT / "inventories/lab/group_vars/ebill_sites.yml").read_text(encoding="utf-8")
)
CATALOGUE = load()
PREFIX = "inspect_web_"

Observations = dict[str, dict[str, Any]]
Verdicts = dict[tuple[str, str | None], dict[str, Any]]


@pytest.fixture(scope="module")
def site() -> Iterator[Running]:
    with running(SitePart()) as run:
        yield run


def visit(run: Running, area: str = "web", **changes: Any) -> Observations:
    """Visit the lab's site as the area's role does, with the lab's inventory."""
    given = INVENTORY | run.hostvars["ebillweb"]
    arguments = {k.removeprefix(PREFIX): v for k, v in given.items() if k.startswith(PREFIX)}
    if area == "business":
        arguments |= {"flows": INVENTORY["inspect_business_flows"], "health": None}
    validated = ArgumentSpecValidator(ARGUMENTS).validate(arguments | changes)
    assert not validated.error_messages
    site = read_site(validated.validated_parameters)
    visited = asyncio.run(inspect(site, datetime.now(UTC)))
    assert set(visited.observations) == set(NAMES)
    return visited.observations


def verdicts(area: str, observations: Observations) -> Verdicts:
    settings = resolve_settings(CATALOGUE, {})
    found: Verdicts = {}
    for check_id in CATALOGUE.checks:
        if check_id.startswith(f"{area}."):
            check = compile_check(CATALOGUE, check_id, settings)
            for result in judge(check, observations[check["observation"]], "ebillweb"):
                found[check_id, result["part"]] = dict(result)
    return found


def not_pass(found: Verdicts) -> dict[tuple[str, str | None], str]:
    return {key: one["status"] for key, one in found.items() if one["status"] != "pass"}


def attempts_and_sessions(run: Running) -> tuple[int, int]:
    assert isinstance(run.part, SitePart)
    return run.part.application.attempts, run.part.application.sessions


@pytest.mark.parametrize("area", ["web", "business"])
def test_green(site: Running, area: str) -> None:
    before, _ = attempts_and_sessions(site)
    found = visit(site, area)
    assert not_pass(verdicts(area, found)) == {}
    assert attempts_and_sessions(site) == (before + 1, 0)
    assert found["login"]["rows"][0]["logged_out"] is True


BROKEN: list[tuple[str, dict[tuple[str, str | None], str]]] = [
    ("web.page_slow", {("web.page_time", "医疗票据存档"): "warn"}),
    ("web.page_error", {("web.page_opens", "系统管理"): "fail"}),
    (
        "web.health_degraded",
        {
            ("web.health", "/health"): "fail",
            ("web.health", "应用"): "fail",
            ("web.health", "上传队列"): "fail",
            ("web.health_backlog", "上传队列"): "fail",
        },
    ),
    ("web.certificate_expiring", {("web.certificate_days", None): "fail"}),
    ("business.page_text_missing", {("business.basic_information_page", "基础信息管理"): "fail"}),
    ("business.issuing_page_broken", {("business.issuing_page", "医疗票据开具"): "fail"}),
    ("business.report_slow", {("business.report_time", "综合报表查询"): "warn"}),
    ("business.stock_page_error", {("business.stock_page", "医疗票据管理"): "fail"}),
]


@pytest.mark.parametrize(("break_id", "expected"), BROKEN)
def test_a_break_is_one_finding(
    site: Running, break_id: str, expected: dict[tuple[str, str | None], str]
) -> None:
    area = break_id.partition(".")[0]
    with site.broken(break_id):
        found = verdicts(area, visit(site, area))
    assert not_pass(found) == expected


@pytest.mark.parametrize(
    ("break_id", "reason", "seen"),
    [
        ("web.down", "connection_refused", "ECONNREFUSED"),
        ("web.login_fails", "not_reached", "HTTP 500"),
        ("web.login_loop", "not_reached", "HTTP 302 × 11"),
    ],
)
def test_no_log_in_is_one_failure_and_the_rest_is_unknown(
    site: Running, break_id: str, reason: str, seen: str
) -> None:
    with site.broken(break_id):
        web = verdicts("web", visit(site))
        business = verdicts("business", visit(site, "business"))
    assert [key for key, one in web.items() if one["status"] == "fail"] == [("web.login", None)]
    assert seen in web["web.login", None]["message"]["zh"]
    pages = [one for key, one in web.items() if key[0] in ("web.page_opens", "web.page_time")]
    assert len(pages) == 16
    assert {(one["status"], one["reason"]) for one in [*pages, *business.values()]} == {
        ("error", reason)
    }


def test_every_break_is_tested(site: Running) -> None:
    tested = {break_id for break_id, _ in BROKEN} | {
        "web.down",
        "web.login_fails",
        "web.login_loop",
    }
    assert tested == {known.id for known in site.part.breaks()}


def test_breaking_and_mending_twice_is_once(site: Running) -> None:
    for known in site.part.breaks():
        for action in (site.apply, site.apply, site.mend, site.mend):
            action(known.id)
    with pytest.raises(KeyError):
        site.apply("web.no_such")
    assert not_pass(verdicts("web", visit(site))) == {}


def test_a_refused_account_is_tried_once() -> None:
    with running(SitePart()) as run:
        web = verdicts("web", visit(run, password="not-the-password"))
        assert web["web.login", None]["status"] == "fail"
        assert web["web.login", None]["data"]["outcome"] == "login_refused"
        assert web["web.page_opens", "系统管理"]["reason"] == "login_refused"
        assert attempts_and_sessions(run)[0] == 1
        business = verdicts("business", visit(run, "business", attempt_login=False))
        assert {one["reason"] for one in business.values()} == {"login_not_repeated"}
        assert attempts_and_sessions(run)[0] == 1


def test_nothing_is_posted_but_log_in_and_log_out() -> None:
    with running(SitePart()) as run:
        visit(run)
        visit(run, "business")
        assert isinstance(run.part, SitePart)
        assert run.part.application.posts == ["/login", "/logout"] * 2


def test_no_secret_and_no_patient_comes_back(site: Running) -> None:
    password = site.hostvars["ebillweb"]["inspect_web_password"]
    for changes in ({}, {"refused_text": [password, "功能菜单"], "error_text": ["开具"]}):
        text = json.dumps(
            [visit(site, "web", **changes), visit(site, "business")], ensure_ascii=False
        )
        for canary in (*CANARIES, password):
            assert canary not in text


def test_the_password_is_not_sent_to_a_stranger(site: Running) -> None:
    before = attempts_and_sessions(site)
    found = verdicts("web", visit(site, ca_file=""))
    assert found["web.certificate_trusted", None]["status"] == "fail"
    assert found["web.certificate_days", None]["status"] == "pass"
    assert found["web.login", None]["reason"] == "tls_failed"
    assert attempts_and_sessions(site) == before


def test_plain_http() -> None:
    with running(SitePart(https=False)) as run:
        found = verdicts("web", visit(run))
        assert {key[0]: status for key, status in not_pass(found).items()} == dict.fromkeys(
            ("web.certificate_days", "web.certificate_trusted", "web.certificate_name"), "skipped"
        )


def test_without_a_log_in_the_flows_are_opened_and_the_log_in_is_unknown(site: Running) -> None:
    before = attempts_and_sessions(site)
    flows = [{"name": "公开", "steps": [{"path": "/login", "expect": {"text": ["用户登录"]}}]}]
    found = verdicts("web", visit(site, login=[], flows=flows))
    assert not_pass(found) == {("web.login", None): "error"}
    assert attempts_and_sessions(site)[0] == before[0]


def test_a_name_that_does_not_resolve_is_our_error(site: Running) -> None:
    found = verdicts("web", visit(site, base_url="https://no-such-host.invalid"))
    assert {one["reason"] for one in found.values()} == {"name_unresolved"}


def test_a_page_beyond_the_request_limit_and_a_visit_beyond_its_time(site: Running) -> None:
    _, sessions = attempts_and_sessions(site)
    with site.broken("web.page_slow"):
        found = verdicts("web", visit(site, request_timeout_seconds=1.5))
        assert found["web.page_opens", "医疗票据存档"]["status"] == "fail"
        assert found["web.page_time", "医疗票据存档"]["reason"] == "timeout"
        assert found["web.page_opens", "系统管理"]["status"] == "pass"
        late = visit(site, timeout_seconds=2.5)
    assert verdicts("web", late)["web.page_opens", "系统管理"]["reason"] == "timeout"
    assert len(late["pages"]["rows"]) == 8
    assert attempts_and_sessions(site)[1] == sessions


def test_ad_hoc_at_full_verbosity_shows_no_password(site: Running, tmp_path: Path) -> None:
    """`ansible localhost -m ebill.ops.web_flow_info -vvv`."""
    given = INVENTORY | site.hostvars["ebillweb"]
    arguments = {k.removeprefix(PREFIX): v for k, v in given.items() if k.startswith(PREFIX)}
    password = arguments["password"]
    variables = tmp_path / "variables.json"
    variables.write_text(
        json.dumps({"site_password": password, "ansible_python_interpreter": sys.executable}),
        encoding="utf-8",
    )
    arguments["password"] = "{{ site_password }}"
    command = [str(Path(sys.executable).with_name("ansible")), "localhost", "-i", "localhost,"]
    command += ["-c", "local", "-vvv", "-e", f"@{variables}", "-m", "ebill.ops.web_flow_info"]
    command += ["-a", json.dumps(arguments)]
    environment = os.environ | {"ANSIBLE_HOME": str(tmp_path), "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"logged_out": true' in done.stdout
    for secret in (password, *CANARIES):
        assert secret not in done.stdout + done.stderr
