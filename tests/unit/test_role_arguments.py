# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory may not say is named when the run opens, before a target is touched."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleUndefinedVariable
from ansible_collections.ebill.ops.plugins.plugin_utils.role_arguments import (
    argument_spec,
    place_faults,
    role_faults,
)

DATABASE = {"inspect_oracle_service": "EBILL", "inspect_oracle_password": "x"}


@pytest.mark.parametrize(
    ("area", "variables", "fault"),
    [
        ("oracle", {**DATABASE}, ""),
        ("oracle", {**DATABASE, "inspect_oracle_port": "1522"}, ""),
        ("oracle", {**DATABASE, "inspect_oracle_port": "abc"}, "inspect_oracle_port"),
        ("oracle", {**DATABASE, "inspect_oracle_port": 99999}, "99999 is no port"),
        ("oracle", {**DATABASE, "inspect_oracle_port": 0}, "0 is no port"),
        ("oracle", {**DATABASE, "inspect_oracle_timeout_seconds": 0}, "more than 0 seconds, not 0"),
        ("performance", {**DATABASE, "inspect_oracle_query_timeout_seconds": -1}, "not -1"),
        ("host", {"inspect_host_ports": [{"port": 80, "name": "a"}]}, ""),
        ("host", {"inspect_host_ports": [{"port": 80000, "name": "a"}]}, "host_ports.port: 80000"),
        ("interface", {"inspect_interface_port": 0}, ""),
    ],
)
def test_a_wrong_value_is_named(area: str, variables: dict[str, Any], fault: str) -> None:
    found = role_faults(argument_spec(area), "t", variables)
    assert bool(found) == bool(fault)
    assert fault in "".join(found)


def test_a_password_that_was_never_filled_in_is_not_tried() -> None:
    variables = {**DATABASE, "inspect_oracle_password": "CHANGE-ME"}
    (fault,) = role_faults(argument_spec("oracle"), "ebilldb", variables)
    assert fault.startswith("ebilldb: inspect_oracle_password: still CHANGE-ME; put the real value")


class _Undefined(dict[str, Any]):
    """A host's variables of which one names another that is not there."""

    def __getitem__(self, name: str) -> Any:
        if name == "inspect_oracle_password":
            raise AnsibleUndefinedVariable("'vault_oracle_password' is undefined")
        return super().__getitem__(name)


def test_a_variable_that_names_an_unknown_one_is_named_with_its_target() -> None:
    (fault,) = role_faults(argument_spec("oracle"), "ebilldb", _Undefined(DATABASE))
    assert fault == "ebilldb: inspect_oracle_password: 'vault_oracle_password' is undefined"


@pytest.mark.parametrize(
    ("groups", "connection", "refused"),
    [
        (["ebill", "ebill_servers", "ebill_logs"], "ssh", False),
        (["ebill_servers"], "local", False),
        (["ebill_databases"], "local", False),
        (["ebill_sites", "ebill_interfaces"], "local", False),
        # SQL*Plus on the server: the database's own inventory host is reached over ssh.
        (["ebill_servers", "ebill_databases"], "ssh", False),
        (["ebill_servers", "ebill_databases"], "local", True),
        (["ebill_backups", "ebill_sites"], "local", True),
    ],
)
def test_the_control_node_is_not_inspected_under_a_servers_name(
    groups: list[str], connection: str, refused: bool
) -> None:
    found = place_faults("db01", {"group_names": groups, "ansible_connection": connection})
    assert bool(found) == refused
    assert all("db01" in fault and "control node" in fault for fault in found)
