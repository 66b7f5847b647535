# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of certificates, and that no garbage gets through as anything but a trouble."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca import certificate
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble
from asn1crypto import pem
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.gdca import sm2 as lab_sm2
from tests.unit.gdca.certificates import NOW, ec_key, make, rsa_key, usage

RSA, SMALL, EC = rsa_key(), rsa_key(1024), ec_key()
BASE = make("gdca01", RSA, usage=usage("digital_signature"))


def sm2_certificate(*usages: str) -> bytes:
    validity = (NOW - timedelta(days=365), NOW + timedelta(days=365))
    return bytes(lab_sm2.issue("gdca01", set(usages), validity).certificate.dump())


def row(der: bytes, wanted: str = "any") -> dict[str, Any]:
    return certificate.facts(certificate.parse(der), NOW, wanted)


@pytest.mark.parametrize(
    ("der", "expected"),
    [
        pytest.param(BASE, ("rsa", 2048, "sha256"), id="RSA 2048"),
        pytest.param(make("x", SMALL), ("rsa", 1024, "sha256"), id="RSA 1024"),
        pytest.param(make("x", EC), ("ec", 256, "sha256"), id="EC P-256"),
        pytest.param(sm2_certificate("digital_signature"), ("sm2", 256, "sm3"), id="SM2"),
    ],
)
def test_key_and_digest(der: bytes, expected: tuple[str, int, str]) -> None:
    found = row(der)
    assert (found["algorithm"], found["key_bits"], found["signature_hash"]) == expected


@pytest.mark.parametrize(
    ("days", "left", "started"),
    [
        ((-365, 365), 365.0, True),
        ((-365, 20), 20.0, True),
        ((-365, 29.99), 29.99, True),
        ((-365, -3), -3.0, True),
        ((1, 365), 365.0, False),
        ((0, 365), 365.0, True),
        ((-365, 40000), 40000.0, True),
    ],
)
def test_dates(days: tuple[float, float], left: float, started: bool) -> None:
    found = row(make("x", EC, days=days))
    assert (found["days_left"], found["started"]) == (left, started)


def test_the_rest_of_a_row() -> None:
    found = row(BASE)
    assert found["subject_cn"] == "gdca01"
    assert found["issuer_cn"] == "gdca01"
    assert found["serial"] == "2d:76:9a:84"
    assert found["not_before"] == "2025-11-22 12:00 UTC"
    assert found["not_after"] == "2027-11-22 12:00 UTC"
    assert len(found["fingerprint"]) == 64


SIGN = usage("digital_signature", "content_commitment")
ENCRYPT = usage("key_encipherment", "data_encipherment")
CA = usage("key_cert_sign", "crl_sign")


@pytest.mark.parametrize(
    ("der", "wanted", "state"),
    [
        (make("x", EC, usage=SIGN), "signing", "ok"),
        (make("x", EC, usage=ENCRYPT), "signing", "wrong"),
        (make("x", EC, usage=ENCRYPT), "encryption", "ok"),
        (make("x", EC, usage=SIGN), "encryption", "wrong"),
        (make("x", EC, usage=usage("digital_signature", "key_encipherment")), "signing", "wrong"),
        (make("x", EC, usage=usage("key_agreement")), "encryption", "ok"),
        (make("x", EC, usage=usage("digital_signature", "key_encipherment")), "server", "ok"),
        (make("x", EC, usage=SIGN), "ca", "wrong"),
        (make("x", EC, usage=CA, ca=True), "ca", "ok"),
        (make("x", EC, usage=CA, ca=True), "any", "ok"),
        (make("x", EC, usage=CA, ca=True), "signing", "wrong"),
        (make("x", EC, usage=SIGN, ca=True), "ca", "wrong"),
        (make("x", EC), "signing", "missing"),
        (sm2_certificate("digital_signature", "non_repudiation"), "signing", "ok"),
        (sm2_certificate("key_encipherment"), "signing", "wrong"),
    ],
)
def test_usage(der: bytes, wanted: str, state: str) -> None:
    assert row(der, wanted)["usage_state"] == state


def test_a_common_name_stays_one_short_line() -> None:
    found = row(make("a\nb" + "c" * 60, EC))
    assert found["subject_cn"] == "a b" + "c" * 60


def test_pem_with_two_der_and_text_around(tmp_path: Path) -> None:
    armored = b"Subject: x\n" + pem.armor("CERTIFICATE", BASE) + pem.armor("CERTIFICATE", BASE)
    path = tmp_path / "bundle.pem"
    path.write_bytes(armored)
    assert certificate.read_file(str(path)) == [BASE, BASE]
    assert certificate.split(BASE) == [BASE]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "bad_answer"),
        (b"no certificate", "bad_answer"),
        (b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", "bad_answer"),
        (b"-----BEGIN CERTIFICATE-----\n", "bad_answer"),
        (pem.armor("PRIVATE KEY", b"\x30\x00"), "bad_answer"),
        (b"\x30" * (certificate.LARGEST_FILE + 1), "bad_answer"),
    ],
)
def test_what_is_no_certificate_file(content: bytes, reason: str) -> None:
    with pytest.raises(Trouble) as caught:
        certificate.split(content)
    assert caught.value.reason == reason


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(Trouble) as caught:
        certificate.read_file(str(tmp_path / "none.pem"))
    assert caught.value.reason == "unreadable"


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_garbage_is_a_trouble(content: bytes) -> None:
    with pytest.raises(Trouble):
        certificate.parse(content)


@given(
    st.sampled_from([BASE, sm2_certificate("digital_signature")]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 500),
)
@settings(max_examples=300, deadline=None)
def test_a_damaged_certificate_is_a_row_or_a_trouble(
    der: bytes, changes: list[tuple[int, int]], length: int
) -> None:
    damaged = bytearray(der)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    for content in (bytes(damaged), bytes(damaged[:length])):
        try:
            parsed = certificate.parse(content)
        except Trouble:
            continue
        for wanted in ("any", "signing", "encryption", "server", "ca"):
            found = certificate.facts(parsed, NOW, wanted)
            assert all(
                isinstance(value, (str, int, float, bool, type(None))) for value in found.values()
            )
