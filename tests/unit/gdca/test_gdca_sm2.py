# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SM2 against the standard's own example, and everything that must not verify."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca import sm2
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.gdca.sm2 import Sm2Key

# GM/T 0003.5-2012, annex A.2: key, message and signature with the default id.
PRIVATE = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
POINT = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
MESSAGE = b"message digest"


def der(*numbers: int) -> bytes:
    made = core.SequenceOf(spec=core.Integer)
    for number in numbers:
        made.append(core.Integer(number))
    return bytes(made.dump())


def test_the_standards_example_verifies() -> None:
    assert sm2.verify(POINT, der(R, S), MESSAGE)


def test_what_is_signed_here_verifies_and_never_with_the_same_nonce() -> None:
    one, two = (sm2.sign(PRIVATE, POINT, b"challenge") for _ in range(2))
    assert one != two
    assert sm2.verify(POINT, one, b"challenge")
    assert not sm2.verify(POINT, one, b"challengf")


@pytest.mark.parametrize(
    ("point", "signature"),
    [
        pytest.param(POINT, der(S, R), id="r and s exchanged"),
        pytest.param(POINT, der(0, S), id="r is 0"),
        pytest.param(POINT, der(R, 0), id="s is 0"),
        pytest.param(POINT, der(R + sm2.ORDER, S), id="r beyond the order"),
        pytest.param(POINT, der(R, -S), id="s negative"),
        pytest.param(POINT, der(R, sm2.ORDER - R), id="r and s add up to the order"),
        pytest.param(POINT, der(R, S, 1), id="three numbers"),
        pytest.param(POINT, der(R, S) + b"\0", id="trailing byte"),
        pytest.param(POINT, b"", id="empty signature"),
        pytest.param(POINT[:-1], der(R, S), id="point too short"),
        pytest.param(b"\x03" + POINT[1:33], der(R, S), id="compressed point"),
        pytest.param(POINT[:-1] + b"\x14", der(R, S), id="point not on the curve"),
        pytest.param(b"\x04" + b"\xff" * 64, der(R, S), id="coordinates beyond the prime"),
    ],
)
def test_malformed_is_not_valid(point: bytes, signature: bytes) -> None:
    assert sm2.verify(point, signature, MESSAGE) is False


@given(st.binary(max_size=80))
@settings(max_examples=60, deadline=None)
def test_garbage_never_raises(signature: bytes) -> None:
    assert sm2.verify(POINT, signature, MESSAGE) is False


def test_public_keys_that_begin_with_0_or_4_are_not_cut() -> None:
    """gmssl strips every leading 0 and 4 of the key that its constructor is given."""
    found = 0
    while found < 2:
        key = Sm2Key.generate()
        if key.public.hex()[0] not in "04":
            continue
        found += 1
        point = b"\x04" + key.public
        assert sm2.verify(point, sm2.sign(int(key.private, 16), point, b"x"), b"x")


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl command")
def test_openssl_agrees(tmp_path: Path) -> None:
    key = Sm2Key.generate()
    (tmp_path / "key.pem").write_bytes(key.pem())
    (tmp_path / "data").write_bytes(b"challenge")
    signature = sm2.sign(int(key.private, 16), b"\x04" + key.public, b"challenge")
    (tmp_path / "signature").write_bytes(signature)
    public = subprocess.run(
        ["openssl", "pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    if public.returncode:
        pytest.skip("this openssl knows no SM2")
    verified = subprocess.run(
        [
            *("openssl", "dgst", "-sm3", "-verify", "public.pem", "-signature", "signature"),
            *("-sigopt", "distid:1234567812345678", "data"),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert verified.stdout.strip() == b"Verified OK"
