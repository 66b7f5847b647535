# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures and chains: RSA, EC and SM2, right, wrong and unknown."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca import certificate, signature
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble

from lab.gdca import sm2 as lab_sm2
from tests.unit.gdca.certificates import NOW, ec_key, make, rsa_key

VALIDITY = (NOW - timedelta(days=1), NOW + timedelta(days=1))


def parsed(der: bytes) -> Any:
    return certificate.parse(der)


def trio(make_key: Any) -> tuple[Any, Any, Any]:
    """Root, intermediate, leaf."""
    keys = [make_key() for _ in range(3)]
    return (
        parsed(make("root", keys[0], ca=True)),
        parsed(make("ca", keys[1], ("root", keys[0]), ca=True)),
        parsed(make("leaf", keys[2], ("ca", keys[1]))),
    )


def sm2_trio() -> tuple[Any, Any, Any]:
    usages = {"key_cert_sign"}
    root = lab_sm2.issue("root", usages, VALIDITY)
    middle = lab_sm2.issue("ca", usages, VALIDITY, root)
    leaf = lab_sm2.issue("leaf", {"digital_signature"}, VALIDITY, middle)
    root, middle, leaf = (parsed(one.certificate.dump()) for one in (root, middle, leaf))
    return root, middle, leaf


TRIOS = {"rsa": trio(rsa_key), "ec": trio(ec_key), "sm2": sm2_trio()}


@pytest.mark.parametrize("kind", TRIOS)
def test_right_signatures(kind: str) -> None:
    root, middle, leaf = TRIOS[kind]
    everything = [leaf, middle, root]
    assert all(signature.valid(one, everything) for one in everything)


@pytest.mark.parametrize("kind", TRIOS)
def test_an_issuer_of_the_right_name_with_another_key(kind: str) -> None:
    _root, _middle, leaf = TRIOS[kind]
    fake = sm2_trio()[1] if kind == "sm2" else trio(rsa_key if kind == "rsa" else ec_key)[1]
    assert signature.valid(leaf, [fake]) is False
    assert signature.valid(leaf, [fake, TRIOS[kind][1]]) is True


def test_an_sm2_certificate_of_an_rsa_issuer_is_not_valid() -> None:
    leaf = TRIOS["sm2"][2]
    assert signature.signed_by(leaf, TRIOS["rsa"][1]) is False


def test_a_spoiled_sm2_certificate() -> None:
    root = lab_sm2.issue("root", {"key_cert_sign"}, VALIDITY)
    leaf = lab_sm2.issue("leaf", {"digital_signature"}, VALIDITY, root)
    wrong = lab_sm2.spoiled(leaf)
    anchors = [parsed(root.certificate.dump())]
    assert signature.valid(parsed(leaf.certificate.dump()), anchors)
    assert not signature.valid(parsed(wrong.certificate.dump()), anchors)


def test_unknown_issuer() -> None:
    with pytest.raises(Trouble) as caught:
        signature.valid(TRIOS["rsa"][2], [TRIOS["rsa"][0]])
    assert (caught.value.reason, caught.value.detail) == ("not_found", "ca")


@pytest.mark.parametrize(
    ("kind", "module", "library"),
    [("sm2", "gmssl.sm2", "gmssl"), ("rsa", "cryptography.x509", "cryptography")],
)
def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, kind: str, module: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    _root, middle, leaf = TRIOS[kind]
    with pytest.raises(Trouble) as caught:
        signature.valid(leaf, [middle])
    assert (caught.value.reason, caught.value.detail) == ("driver_missing", library)
    other = TRIOS["ec" if kind == "sm2" else "sm2"]
    assert signature.valid(other[2], [other[1]])


@pytest.mark.parametrize("kind", TRIOS)
@pytest.mark.parametrize(
    ("sent", "anchors", "complete", "length", "missing"),
    [
        pytest.param("LM", "R", True, 2, "", id="as it should be"),
        pytest.param("LMR", "", True, 3, "", id="the root is sent too"),
        pytest.param("L", "R", False, 1, "ca", id="intermediate not sent"),
        pytest.param("L", "RM", False, 1, "ca", id="an intermediate known here does not count"),
        pytest.param("LM", "", False, 2, "root", id="root unknown"),
        pytest.param("ML", "R", True, 2, "", id="in any order"),
    ],
)
def test_chains(
    kind: str, sent: str, anchors: str, complete: bool, length: int, missing: str
) -> None:
    named = dict(zip("RML", TRIOS[kind], strict=True))
    found = signature.chain_state(named["L"], [named[x] for x in sent], [named[x] for x in anchors])
    assert found == {"complete": complete, "length": length, "missing": missing}


def test_a_chain_that_turns_in_a_circle_ends() -> None:
    one, two = ec_key(), ec_key()
    first = parsed(make("a", one, ("b", two), ca=True))
    second = parsed(make("b", two, ("a", one), ca=True))
    assert signature.chain_state(first, [first, second], [])["complete"] is False


def test_a_self_signed_device_certificate_is_its_own_root() -> None:
    own = parsed(make("device", ec_key()))
    assert signature.chain_state(own, [own], [])["complete"] is True
    assert signature.valid(own, [own])
