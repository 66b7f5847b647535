# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test keys of every kind, and those that are not the certificate's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca import key, sm2
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Pair
from asn1crypto import keys, pem
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from lab.gdca import sm2 as lab_sm2
from tests.unit.gdca.certificates import NOW, ec_key, make, rsa_key

RSA, EC = rsa_key(), ec_key()
SM2 = lab_sm2.issue("inspection", {"digital_signature"}, (NOW, NOW + timedelta(days=9)))


def private_pem(made: Any, password: bytes = b"") -> bytes:
    encryption = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return bytes(
        made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )
    )


def pair(directory: Path, certificate: bytes, private: bytes) -> Pair:
    (directory / "test.crt").write_bytes(certificate)
    (directory / "test.key").write_bytes(private)
    return Pair("test", str(directory / "test.crt"), str(directory / "test.key"))


def test_rsa(tmp_path: Path) -> None:
    identity = key.load(pair(tmp_path, make("inspection", RSA), private_pem(RSA)))
    signature = identity.sign(b"challenge")
    RSA.public_key().verify(signature, b"challenge", padding.PKCS1v15(), hashes.SHA256())
    assert identity.algorithm == "rsa"


def test_ec(tmp_path: Path) -> None:
    identity = key.load(pair(tmp_path, make("inspection", EC), private_pem(EC)))
    EC.public_key().verify(identity.sign(b"challenge"), b"challenge", ec.ECDSA(hashes.SHA256()))
    assert identity.algorithm == "ec"


def sec1(made: lab_sm2.Sm2Key) -> bytes:
    """The older form of an elliptic key file."""
    inner = keys.PrivateKeyInfo.load(pem.unarmor(made.pem())[2])["private_key"].parsed
    return bytes(pem.armor("EC PRIVATE KEY", inner.dump()))


@pytest.mark.parametrize("form", [SM2.key.pem(), sec1(SM2.key)])
def test_sm2(tmp_path: Path, form: bytes) -> None:
    identity = key.load(pair(tmp_path, SM2.certificate_pem, form))
    signature = identity.sign(b"challenge")
    assert identity.algorithm == "sm2"
    assert sm2.verify(b"\x04" + SM2.key.public, signature, b"challenge")


@pytest.mark.parametrize(
    ("certificate", "private", "reason"),
    [
        pytest.param(
            make("x", RSA), private_pem(EC), "test_identity", id="EC key, RSA certificate"
        ),
        pytest.param(make("x", EC), private_pem(ec_key()), "test_identity", id="another EC key"),
        pytest.param(
            SM2.certificate_pem, lab_sm2.Sm2Key.generate().pem(), "test_identity", id="other SM2"
        ),
        pytest.param(SM2.certificate_pem, private_pem(RSA), "not_supported", id="RSA key for SM2"),
        pytest.param(make("x", RSA), private_pem(RSA, b"secret"), "not_supported", id="encrypted"),
        pytest.param(
            SM2.certificate_pem, private_pem(RSA, b"secret"), "not_supported", id="encrypted, SM2"
        ),
        pytest.param(make("x", RSA), b"rubbish", "not_supported", id="no key"),
        pytest.param(SM2.certificate_pem, b"rubbish", "not_supported", id="no SM2 key"),
        pytest.param(b"rubbish", private_pem(RSA), "bad_answer", id="no certificate"),
    ],
)
def test_refused(tmp_path: Path, certificate: bytes, private: bytes, reason: str) -> None:
    with pytest.raises(Trouble) as caught:
        key.load(pair(tmp_path, certificate, private))
    assert caught.value.reason == reason


def test_a_missing_key_file(tmp_path: Path) -> None:
    (tmp_path / "test.crt").write_bytes(make("x", RSA))
    with pytest.raises(Trouble) as caught:
        key.load(Pair("test", str(tmp_path / "test.crt"), str(tmp_path / "none.key")))
    assert caught.value.reason == "unreadable"


def test_an_expired_identity_is_our_fault_not_the_servers(tmp_path: Path) -> None:
    certificate = make("inspection", EC, days=(-30, -1))
    identity = key.load(pair(tmp_path, certificate, private_pem(EC)))
    with pytest.raises(Trouble) as caught:
        identity.check(NOW)
    assert caught.value.reason == "test_identity"


def test_an_identity_does_not_show_its_key(tmp_path: Path) -> None:
    identity = key.load(pair(tmp_path, make("inspection", RSA), private_pem(RSA)))
    number = str(RSA.private_numbers().d)
    assert number not in repr(identity)
    assert number not in str(vars(identity))
