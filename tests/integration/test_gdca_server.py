# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole GDCA area against the lab's server: green, every break, and through Ansible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca.collect import OBSERVATIONS, collect
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import (
    ARGUMENTS,
    from_options,
)
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.module_utils.redact import redact_data
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)

from lab.gdca.part import GdcaPart
from lab.part import Running, running

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = load()
CHECKS = [
    compile_check(CATALOGUE, check.id, resolve_settings(CATALOGUE, {}))
    for check in CATALOGUE.areas["gdca"].checks
]
NEEDS_INTERFACE = {
    "gdca.authentication_works",
    "gdca.authentication_time",
    "gdca.wrong_signature_refused",
    "gdca.replay_refused",
    "gdca.challenge_unique",
    "gdca.bad_certificate_refused",
    "gdca.clock_offset",
    "gdca.selftest_result",
    "gdca.licence_days",
    "gdca.storage_used",
    "gdca.firmware_version",
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Running]:
    with running(GdcaPart()) as started:
        yield started


def options(lab: Running, **given: Any) -> dict[str, Any]:
    """The module's options for the lab's server."""
    made = {name: spec.get("default") for name, spec in ARGUMENTS.items()}
    found = lab.hostvars["gdca01"].items()
    made |= {name.removeprefix("inspect_gdca_"): value for name, value in found}
    return made | {"expected_user": "inspection", "request_seconds": 5.0} | given


def observe(lab: Running, **given: Any) -> dict[str, Any]:
    found = collect(from_options(options(lab, **given)), lambda: datetime.now(UTC))
    assert set(found) == set(OBSERVATIONS)
    for observation in found.values():
        assert list(observation) in (["rows"], ["error"], ["absent"])
    return found


def verdicts(observations: Mapping[str, Any]) -> dict[str, set[str]]:
    """Check id -> its statuses other than pass and skipped, with the parts they are about."""
    found: dict[str, set[str]] = {}
    for check in CHECKS:
        for result in judge(check, observations[check["observation"]], "gdca01"):
            if result["status"] not in ("pass", "skipped"):
                part = f" {result['part']}" if result["part"] else ""
                found.setdefault(check["id"], set()).add(result["status"] + part)
    return found


def fails(found: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Only what is not an error."""
    kept = {
        check: {one for one in said if not one.startswith("error")} for check, said in found.items()
    }
    return {check: said for check, said in kept.items() if said}


def test_green(lab: Running) -> None:
    observations = observe(lab)
    assert verdicts(observations) == {}
    answered = {name for name, found in observations.items() if found.get("rows")}
    assert answered == set(OBSERVATIONS) - {"other_roles"}
    roles = {row["role"]: row["algorithm"] for row in observations["certificates"]["rows"]}
    assert roles == {
        "tls_server": "rsa",
        "tls_ca": "rsa",
        "signing": "sm2",
        "encryption": "sm2",
        "sm2_root": "sm2",
        "test_certificate": "rsa",
    }


EXPIRED = {"gdca.tls_trusted": {"fail"}, "gdca.certificate_days": {"fail tls_server"}}
BREAKS: dict[str, dict[str, set[str]]] = {
    "gdca.down": {"gdca.service_reachable": {"fail"}},
    "gdca.silent": {"gdca.service_reachable": {"fail"}},
    "gdca.certificate_expiring": {"gdca.certificate_days": {"fail tls_server"}},
    "gdca.certificate_expired": EXPIRED,
    "gdca.sm2_certificate_expiring": {"gdca.certificate_days": {"fail signing"}},
    "gdca.sm2_signature_invalid": {"gdca.certificate_signature": {"fail signing"}},
    "gdca.chain_incomplete": {
        "gdca.tls_trusted": {"fail"},
        "gdca.chain_complete": {"fail tls_server"},
    },
    "gdca.wrong_signature_accepted": {
        "gdca.wrong_signature_refused": {"fail"},
        "gdca.replay_refused": {"fail"},
        "gdca.bad_certificate_refused": {"fail expired", "fail revoked", "fail unknown_ca"},
    },
    "gdca.auth_fails": {"gdca.authentication_works": {"fail"}},
    "gdca.auth_slow": {"gdca.authentication_time": {"fail"}},
    "gdca.clock_skew": {"gdca.clock_offset": {"fail"}},
    "gdca.selftest_failed": {"gdca.selftest_result": {"fail"}},
}
WITHOUT_INTERFACE = {
    "gdca.down",
    "gdca.silent",
    "gdca.certificate_expired",
    "gdca.chain_incomplete",
}


def test_every_break_has_its_expectation(lab: Running) -> None:
    assert {one.id for one in lab.part.breaks()} == set(BREAKS)


@pytest.mark.parametrize("break_id", BREAKS)
def test_break(lab: Running, break_id: str) -> None:
    seconds = 1.0 if break_id == "gdca.silent" else 10.0
    with lab.broken(break_id):
        found = verdicts(observe(lab, request_seconds=seconds))
    assert fails(found) == BREAKS[break_id]
    if break_id in WITHOUT_INTERFACE:
        assert {check for check in NEEDS_INTERFACE if "error" in " ".join(found[check])} == (
            NEEDS_INTERFACE
        )


def test_a_break_is_gone_after_it_was_mended(lab: Running) -> None:
    lab.apply("gdca.down")
    lab.apply("gdca.down")
    lab.apply("gdca.selftest_failed")
    lab.mend("gdca.down")
    lab.mend("gdca.down")
    assert fails(verdicts(observe(lab))) == {"gdca.selftest_result": {"fail"}}
    lab.mend("gdca.selftest_failed")
    assert verdicts(observe(lab)) == {}


def test_an_sm2_test_user(lab: Running) -> None:
    directory = Path(lab.hostvars["gdca01"]["inspect_gdca_test_key_file"]).parent
    observations = observe(
        lab,
        test_certificate_file=str(directory / "inspection_sm2.crt"),
        test_key_file=str(directory / "inspection_sm2.key"),
        expected_user="inspection SM2",
    )
    assert observations["authentication"]["rows"][0]["algorithm"] == "sm2"
    assert verdicts(observations) == {}


def test_another_user_than_expected(lab: Running) -> None:
    observations = observe(lab, expected_user="somebody")
    assert observations["authentication"]["rows"][0]["state"] == "wrong_user"


def test_roles_that_are_not_listed_are_absent_and_those_unmeasured_are_errors(
    lab: Running,
) -> None:
    observations = observe(lab, roles=["gateway", "tsa"])
    for name in ("authentication", "replay", "clock", "selftest"):
        assert observations[name]["absent"]["reason"] == "not_listed"
    assert verdicts(observations) == {"gdca.role_measured": {"error tsa"}}


def test_without_a_test_user_the_role_is_unmeasured_not_absent(lab: Running) -> None:
    observations = observe(lab, test_certificate_file=None, test_key_file=None)
    assert observations["authentication"]["error"]["reason"] == "not_configured"


def test_a_name_that_is_not_the_certificates(lab: Running) -> None:
    observations = observe(lab, server_name="other.example")
    assert observations["tls_trust"]["rows"][0]["state"] == "name_mismatch"
    assert observations["authentication"]["error"]["reason"] == "tls_failed"


def test_the_certificates_own_name_is_right(lab: Running) -> None:
    assert verdicts(observe(lab, server_name="gdca01.lab.invalid")) == {}


def test_without_validation_the_interface_is_still_asked(lab: Running) -> None:
    with lab.broken("gdca.certificate_expired"):
        found = verdicts(observe(lab, validate_certs=False))
    assert found == EXPIRED


def test_a_name_that_does_not_resolve_is_our_own_trouble(lab: Running) -> None:
    observations = observe(lab, url="https://no-such-host.invalid:8443")
    reasons = {
        name: found["error"]["reason"] for name, found in observations.items() if "error" in found
    }
    assert reasons == dict.fromkeys(set(OBSERVATIONS) - {"other_roles"}, "name_unresolved")


def test_missing_libraries_cost_only_what_needs_them(
    lab: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gmssl.sm2", None)
    found = verdicts(observe(lab))
    assert found == {
        "gdca.certificate_signature": {"error signing", "error encryption", "error sm2_root"}
    }
    monkeypatch.setitem(sys.modules, "asn1crypto.x509", None)
    found = verdicts(observe(lab))
    assert "gdca.clock_offset" not in found
    assert "gdca.tls_trusted" not in found
    assert found["gdca.authentication_works"] == {"error"}


def test_certificate_files(lab: Running, tmp_path: Path) -> None:
    ca_file = lab.hostvars["gdca01"]["inspect_gdca_certificate_ca_file"]
    (tmp_path / "rubbish.crt").write_bytes(b"\x30\x82rubbish")
    listed = [
        {"name": "exported root", "path": ca_file, "usage": "ca"},
        {"name": "rubbish", "path": str(tmp_path / "rubbish.crt"), "usage": "any"},
        {"name": "missing", "path": str(tmp_path / "missing.crt"), "usage": "signing"},
    ]
    observations = observe(lab, certificate_files=listed, profile={"certificates_path": ""})
    rows = {row["role"]: row for row in observations["certificates"]["rows"]}
    assert rows["exported root"]["usage_state"] == "ok"
    assert rows["rubbish"]["error"]["reason"] == "bad_answer"
    assert rows["missing"]["error"]["reason"] == "unreadable"


def secrets_of(lab: Running) -> list[str]:
    """The body lines of every key in the lab's directory."""
    directory = Path(lab.hostvars["gdca01"]["inspect_gdca_test_key_file"]).parent
    lines: list[str] = []
    for path in directory.glob("*.key"):
        text = path.read_text(encoding="ascii").splitlines()
        lines += [line for line in text if not line.startswith("-----") and len(line) > 20]
    return lines


def test_through_ansible(lab: Running, tmp_path: Path) -> None:
    given = {key: value for key, value in options(lab).items() if value not in (None, [], {})}
    (tmp_path / "arguments.json").write_text(json.dumps(given), encoding="utf-8")
    environment = os.environ | {
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
        "ANSIBLE_CONFIG": str(tmp_path / "none.cfg"),
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_NOCOLOR": "1",
    }
    (tmp_path / "none.cfg").touch()
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("ansible")), "localhost", "-o", "--check"),
            *("-m", "ebill.ops.gdca_server_info", "-a", json.dumps(given)),
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout.partition(" => ")[2])
    assert answer["changed"] is False
    assert verdicts(answer["observations"]) == {}
    assert not any(secret in done.stdout for secret in secrets_of(lab))


def test_nothing_in_the_observations_is_masked_or_secret(lab: Running) -> None:
    observations = observe(lab)
    text = json.dumps(observations)
    assert not any(secret in text for secret in secrets_of(lab))
    assert redact_data(observations) == observations
