# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of target has an address, and no address shows a secret."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.addresses import target_address

LOCAL = {"ansible_connection": "local"}


@pytest.mark.parametrize(
    ("areas", "variables", "shown"),
    [
        (["host"], {"ansible_host": "10.8.1.11"}, "10.8.1.11"),
        (["host", "log"], {"ansible_host": "10.8.1.11", "ansible_port": 2222}, "10.8.1.11:2222"),
        (["host"], {"ansible_host": "fd00::1", "ansible_port": "2222"}, "[fd00::1]:2222"),
        (["backup"], {}, "t01"),
        (["host"], LOCAL, ""),
        (
            ["oracle"],
            {**LOCAL, "inspect_oracle_host": "10.8.1.21", "inspect_oracle_service": "EBILL"},
            "10.8.1.21:1521/EBILL",
        ),
        (
            ["oracle"],
            {"ansible_host": "db", "inspect_oracle_port": 1522, "inspect_oracle_sid": "ORCL"},
            "db:1522/ORCL",
        ),
        (
            ["web", "business"],
            {"inspect_web_base_url": "https://who:secret@ebill.example:8443/app?token=t#x"},
            "https://ebill.example:8443/app",
        ),
        (["business"], {"inspect_business_base_url": "http://b.example/"}, "http://b.example/"),
        (["web"], {"inspect_web_base_url": "http://[broken"}, ""),
        (["web"], {}, ""),
        (
            ["interface"],
            {
                "inspect_interface_probes": [
                    {"name": "a", "kind": "https", "url": "https://u:p@fin.example/api?key=1"},
                    {"name": "b", "kind": "tcp", "host": "10.8.2.9", "port": 7890},
                    {"name": "c", "kind": "tcp", "host": "10.8.2.9", "port": 7890},
                ]
            },
            "https://fin.example/api, 10.8.2.9:7890",
        ),
        (["gdca"], {"inspect_gdca_url": "https://10.8.1.50:8443"}, "https://10.8.1.50:8443"),
    ],
)
def test_address(areas: list[str], variables: dict[str, Any], shown: str) -> None:
    assert target_address(variables, "t01", areas) == shown
