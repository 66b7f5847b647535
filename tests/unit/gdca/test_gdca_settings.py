# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's options: what is taken and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import (
    ARGUMENTS,
    Profile,
    from_options,
)

PAIR = {"name": "revoked", "certificate_file": "/a.crt", "key_file": "/a.key"}


def options(**given: Any) -> dict[str, Any]:
    """What an argument spec yields with these given."""
    made = {name: spec.get("default") for name, spec in ARGUMENTS.items()}
    return made | {"url": "https://192.0.2.30:8443/gdca/"} | given


def test_defaults() -> None:
    settings = from_options(options())
    assert (settings.host, settings.port, settings.base_path) == ("192.0.2.30", 8443, "/gdca")
    assert settings.profile == Profile()
    assert settings.test_pair is None


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://gdca.example", "gdca.example", 443),
        ("https://[2001:db8::1]:9443", "2001:db8::1", 9443),
    ],
)
def test_addresses(url: str, host: str, port: int) -> None:
    settings = from_options(options(url=url))
    assert (settings.host, settings.port) == (host, port)


@pytest.mark.parametrize(
    "given",
    [
        {"url": "http://192.0.2.30"},
        {"url": "192.0.2.30:8443"},
        {"url": "https://"},
        {"url": "https://user:secret@192.0.2.30"},
        {"url": "https://192.0.2.30/?token=x"},
        {"url": "https://192.0.2.30:99999"},
        {"url": "https://192.0.2.30/a b"},
        {"server_name": ".example"},
        {"server_name": "服务器"},
        {"refused_certificates": [PAIR, PAIR]},
        {"request_seconds": 0},
        {"timeout_seconds": -1},
        {"timeout_seconds": 1e9},
        {"timeout_seconds": float("nan")},
        {"test_key_file": "/etc/ebill/inspection.key"},
        {"profile": {"challange_path": "/x"}},
        {"profile": {"challenge_encoding": "base32"}},
        {"profile": {"status_path": "status"}},
        {"profile": {"status_path": "/a\r\nHost: x"}},
        {"profile": {"time_utc_offset_hours": 80}},
        {"profile": {"time_utc_offset_hours": "east"}},
    ],
)
def test_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_options(options(**given))


def test_a_profile_keeps_what_it_does_not_name() -> None:
    profile = from_options(
        options(profile={"accepted_values": [0, "OK"], "status_path": None, "user_field": "a.b"})
    ).profile
    assert profile.accepted_values == ("0", "OK")
    assert profile.status_path == ""
    assert profile.user_field == "a.b"
    assert profile.verify_path == Profile().verify_path
