# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading certificates: names, dates, issuers, rubbish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.probe.certificate import (
    name_matches,
    read_leaf,
)
from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import CouldNotLook
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from lab.tls import Authority

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("names", "wanted", "matches"),
    [
        (("ebill.example",), "ebill.example", True),
        (("EBILL.Example",), "ebill.example.", True),
        (("*.hospital.example",), "ebill.hospital.example", True),
        (("*.hospital.example",), "hospital.example", False),
        (("*.hospital.example",), "a.b.hospital.example", False),
        (("*.example",), "hospital.example", False),
        (("e*.hospital.example",), "ebill.hospital.example", False),
        (("10.0.0.5",), "10.0.0.5", True),
        (("10.0.0.5",), "10.0.0.6", False),
        (("*.0.0.5",), "10.0.0.5", False),
        (("::1",), "0:0::1", True),
        ((), "ebill.example", False),
    ],
)
def test_names(names: tuple[str, ...], wanted: str, matches: bool) -> None:
    assert name_matches(names, wanted) is matches


def test_leaf() -> None:
    issued = Authority("lab CA", NOW).issue(
        "leaf", names=["127.0.0.1", "a.example"], days_left=-3, days_before=10
    )
    leaf = read_leaf(issued.certificate.public_bytes(Encoding.DER))
    assert leaf.not_after == NOW - timedelta(days=3)
    assert leaf.not_before == NOW - timedelta(days=13)
    assert leaf.names == ("a.example", "127.0.0.1")
    assert leaf.issuer == "lab CA"


@given(st.binary(max_size=200))
def test_rubbish_is_no_certificate(der: bytes) -> None:
    with pytest.raises(CouldNotLook, match="bad_answer"):
        read_leaf(der)
