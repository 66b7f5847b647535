# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface area against the lab's ends: every break, judged by the catalogue."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.module_utils.probe.answer import Probe, read_probes
from ansible_collections.ebill.ops.plugins.module_utils.probe.runner import NAMES, inspect
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)

from lab.interfaces.part import InterfacesPart
from lab.part import Running, running
from lab.tls import Authority

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = load()
ENDS = ("his", "finance", "sms")

Observations = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def ends() -> Iterator[Running]:
    with running(InterfacesPart()) as run:
        yield run


def questions(run: Running) -> list[dict[str, Any]]:
    """Return the lab inventory's probes of all ends, with the addresses of the running lab."""
    found: list[dict[str, Any]] = []
    for end in ENDS:
        text = (ROOT / f"inventories/lab/host_vars/{end}.yml").read_text(encoding="utf-8")
        for name, value in run.hostvars[end].items():
            text = text.replace(f"{{{{ {name} }}}}", str(value))
        found += yaml.safe_load(text)["inspect_interface_probes"]
    return found


def probes(run: Running, **changes: Any) -> list[Probe]:
    return read_probes([one | changes for one in questions(run)])


def observe(asked: list[Probe], seconds: float = 20) -> Observations:
    found = asyncio.run(inspect(asked, seconds, datetime.now(UTC)))
    assert set(found) == set(NAMES)
    return found


def verdicts(observations: Observations) -> dict[tuple[str, str | None], dict[str, Any]]:
    settings = resolve_settings(CATALOGUE, {})
    found = {}
    for check_id in CATALOGUE.checks:
        if check_id.startswith("interface."):
            check = compile_check(CATALOGUE, check_id, settings)
            for result in judge(check, observations[check["observation"]], "end"):
                found[check_id, result["part"]] = dict(result)
    return found


def not_pass(observations: Observations) -> dict[tuple[str, str | None], tuple[str, str | None]]:
    return {
        key: (one["status"], one["reason"])
        for key, one in verdicts(observations).items()
        if one["status"] != "pass"
    }


HIS, FINANCE, SMS = "HIS 费用接口", "财政票据接口", "短信网关"
FAIL, WARN = ("fail", None), ("warn", None)

BROKEN = [
    (
        "interface.his_down",
        {
            ("interface.reachable", HIS): FAIL,
            ("interface.answer", HIS): ("error", "connection_refused"),
            ("interface.latency", HIS): ("error", "connection_refused"),
        },
    ),
    ("interface.his_error", {("interface.answer", HIS): FAIL}),
    ("interface.slow", {("interface.latency", HIS): WARN}),
    ("interface.certificate_expiring", {("interface.certificate_days", FINANCE): FAIL}),
    ("interface.certificate_expired", {("interface.certificate_days", FINANCE): FAIL}),
    ("interface.certificate_wrong_name", {("interface.certificate_name", FINANCE): FAIL}),
    ("interface.certificate_untrusted", {("interface.certificate_trusted", FINANCE): FAIL}),
    (
        "interface.sms_down",
        {
            ("interface.reachable", SMS): FAIL,
            ("interface.answer", SMS): ("error", "connection_refused"),
            ("interface.latency", SMS): ("error", "connection_refused"),
        },
    ),
    (
        "interface.sms_silent",
        {
            ("interface.answer", SMS): FAIL,
            ("interface.latency", SMS): ("error", "listener_silent"),
        },
    ),
]


def test_green(ends: Running) -> None:
    assert not_pass(observe(probes(ends))) == {}


@pytest.mark.parametrize(("break_id", "expected"), BROKEN)
def test_break(ends: Running, break_id: str, expected: dict[Any, Any]) -> None:
    with ends.broken(break_id):
        assert not_pass(observe(probes(ends))) == expected
    assert not_pass(observe(probes(ends))) == {}


def test_every_break_is_tested(ends: Running) -> None:
    assert {break_id for break_id, _ in BROKEN} == {known.id for known in ends.part.breaks()}


def test_breaking_and_mending_twice_is_once(ends: Running) -> None:
    for known in ends.part.breaks():
        for action in (ends.apply, ends.apply, ends.mend, ends.mend):
            action(known.id)
    with pytest.raises(KeyError):
        ends.apply("interface.no_such")
    assert not_pass(observe(probes(ends))) == {}


def test_expired_and_wrong_and_unknown_at_once_are_three_findings(ends: Running) -> None:
    with ends.broken(
        "interface.certificate_expired",
        "interface.certificate_wrong_name",
        "interface.certificate_untrusted",
    ):
        found = observe(probes(ends))
    assert not_pass(found) == {
        ("interface.certificate_days", FINANCE): FAIL,
        ("interface.certificate_trusted", FINANCE): FAIL,
        ("interface.certificate_name", FINANCE): FAIL,
    }
    (row,) = found["certificates"]["rows"]
    assert -3 < row["days_left"] < -2
    assert (row["trust"], row["revocation"]) == ("OpenSSL 20", "not_tested")


def test_an_expired_issuer_is_no_trust(ends: Running, tmp_path: Path) -> None:
    """The leaf's own dates are judged apart; an issuer that has run out breaks the chain."""
    part = ends.part
    assert isinstance(part, InterfacesPart)
    old = Authority("old CA", datetime.now(UTC) - timedelta(days=30), days=10)
    ca_file = str(old.write(tmp_path / "old.crt"))
    issued = old.issue("finance.lab", names=["127.0.0.1"], days_left=120)
    part._finance.show_certificate(issued, tmp_path, "finance")
    try:
        finance = [probe for probe in probes(ends, ca_file=ca_file) if probe.kind == "https"]
        (row,) = observe(finance)["certificates"]["rows"]
    finally:
        part._certificate()
    assert (row["trusted"], row["trust"], row["name_matches"]) == (False, "OpenSSL 10", True)
    assert 89 < row["days_left"] < 90


def test_server_name_is_asked_for_and_compared(ends: Running) -> None:
    finance = [probe for probe in probes(ends, server_name="finance.lab") if probe.tls]
    assert not_pass(observe(finance)) == {}
    finance = [probe for probe in probes(ends, server_name="other.lab") if probe.tls]
    assert not_pass(observe(finance)) == {("interface.certificate_name", FINANCE): FAIL}


def test_our_own_faults_are_errors(ends: Running) -> None:
    port = ends.hostvars["sms"]["inspect_interface_port"]
    asked = read_probes(
        [
            {"name": "dns", "kind": "tcp", "host": "no-such-host.invalid", "port": 1},
            {"name": "tls", "kind": "https", "url": f"https://127.0.0.1:{port}/"},
            {
                "name": "ca",
                "kind": "https",
                "url": ends.hostvars["finance"]["inspect_interface_url"],
                "ca_file": "/no/such/file.pem",
                "expect_status": [404],
            },
        ]
    )
    found = not_pass(observe(asked))
    assert found["interface.reachable", "dns"] == ("error", "name_unresolved")
    assert found["interface.answer", "tls"] == ("error", "tls_failed")
    assert found["interface.certificate_days", "tls"] == ("error", "tls_failed")
    assert found["interface.certificate_trusted", "ca"] == ("error", "unreadable")
    assert ("interface.answer", "ca") not in found


def test_what_is_late_is_an_error_and_the_rest_stands() -> None:
    with socket.create_server(("127.0.0.1", 0)) as quiet:
        asked = read_probes(
            [
                {
                    "name": "open",
                    "kind": "tcp",
                    "host": "127.0.0.1",
                    "port": quiet.getsockname()[1],
                },
                {
                    "name": "quiet",
                    "kind": "http",
                    "url": f"http://127.0.0.1:{quiet.getsockname()[1]}/",
                    "within_seconds": 30,
                },
            ]
        )
        found = not_pass(observe(asked, seconds=1.0))
        assert found == {
            (check, "quiet"): ("error", "timeout")
            for check in ("interface.reachable", "interface.answer", "interface.latency")
        } | {
            (check, None): ("skipped", "not_listed")
            for check in (
                "interface.certificate_days",
                "interface.certificate_trusted",
                "interface.certificate_name",
            )
        }


def test_no_answer_within_its_time_is_the_ends_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as quiet:
        url = f"http://127.0.0.1:{quiet.getsockname()[1]}/"
        asked = read_probes([{"name": "q", "kind": "http", "url": url, "within_seconds": 0.5}])
        found = verdicts(observe(asked))
    assert found["interface.answer", "q"]["status"] == "fail"
    assert found["interface.answer", "q"]["data"]["seen"] == "> 0.5 s"
    assert found["interface.latency", "q"]["reason"] == "timeout"


def test_nothing_to_ask_is_an_error() -> None:
    assert {one["reason"] for one in verdicts(observe([])).values()} == {"not_configured"}


def test_ad_hoc(ends: Running, tmp_path: Path) -> None:
    """`ansible localhost -m ebill.ops.interface_info`, as an engineer would call it."""
    arguments = tmp_path / "arguments.json"
    arguments.write_text(json.dumps({"probes": questions(ends)}), encoding="utf-8")
    program = Path(sys.executable).with_name("ansible")
    command = [str(program), "localhost", "-i", "localhost,", "-c", "local", "--check"]
    command += ["-e", f"ansible_python_interpreter={sys.executable}"]
    command += ["-m", "ebill.ops.interface_info", "-a", arguments.read_text(encoding="utf-8")]
    environment = os.environ | {"ANSIBLE_HOME": str(tmp_path), "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout.partition("localhost | SUCCESS => ")[2])
    assert answer["changed"] is False
    assert not_pass(answer["observations"]) == {}
