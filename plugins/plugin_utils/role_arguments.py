# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate the variables of the inspecting roles for all targets at once, when the run opens.

A role's own validation is a task, so a worker, for each role and target; in one process it costs
milliseconds, and a wrong variable is said before the first target is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.yaml import yaml_load

ROLES = Path(__file__).resolve().parents[2] / "roles"


_ROLES = {"performance": "oracle"}
"""Areas that another area's role inspects: same target, same log-in, same variables."""

_OVER_SSH = ("ebill_servers", "ebill_backups", "ebill_logs")
_FROM_HERE = ("ebill_databases", "ebill_sites", "ebill_interfaces", "ebill_gdca")
_PORTS = range(1, 65536)
PLACEHOLDER = "CHANGE-ME"
TO_REPLACE = "put the real value into the inventory's vault (ansible-vault edit)"


def argument_spec(area: str) -> dict[str, Any]:
    """Return the options of ``roles/inspect_<area>/meta/argument_specs.yml``."""
    path = ROLES / f"inspect_{_ROLES.get(area, area)}" / "meta" / "argument_specs.yml"
    document = yaml_load(path.read_text(encoding="utf-8"))
    options: dict[str, Any] = document["argument_specs"]["main"]["options"]
    return options


def role_faults(spec: Mapping[str, Any], target: str, hostvars: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a target's variables of one role, as ``target: fault`` lines.

    Variables that the inventory does not set have the role's default and are not looked at;
    those that are required must be there.
    """
    given: dict[str, Any] = {}
    faults = []
    for name in spec:
        try:
            if name in hostvars:
                given[name] = hostvars[name]
        except AnsibleError as error:  # it names another variable that is not there
            faults.append(f"{name}: {error}")
    faults += [f"{name}: still {PLACEHOLDER}; {TO_REPLACE}" for name in _unfilled(given)]
    if not faults:
        validated = ArgumentSpecValidator(_plain(spec)).validate(given)
        values = validated.validated_parameters
        faults = validated.error_messages or list(_out_of_range(spec, values))
    return [f"{target}: {message}" for message in faults]


def _unfilled(given: Mapping[str, Any]) -> Iterator[str]:
    """Name the variables that hold what the example's vault holds for a password not yet set.

    Tried as a password it would cost the account its one attempt.
    """
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in _unfilled(value))
        elif value == PLACEHOLDER:
            yield name


def place_faults(target: str, hostvars: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a target's groups, by all of them, selected or not.

    A group of the second kind sets ``ansible_connection: local``. A server that is put into one
    as well would be looked at by that: the control node's disks and logs under the server's name.
    """
    groups = hostvars.get("group_names") or ()
    servers = [name for name in _OVER_SSH if name in groups]
    services = [name for name in _FROM_HERE if name in groups]
    if not (servers and services) or hostvars.get("ansible_connection") != "local":
        return []
    return [
        f"{target}: is in {', '.join(servers)} and in {', '.join(services)} with"
        " ansible_connection: local, so this control node would be inspected under its name;"
        " make the server and the service two inventory hosts (db01 and ebilldb in the example)"
    ]


def _out_of_range(spec: Mapping[str, Any], given: Any, where: str = "") -> Iterator[str]:
    """Say which ports are none and which times are no time: both would come out as a fault
    of the target, such as a name that does not resolve."""
    for name, value in given.items():
        option = spec.get(name, {})
        place = f"{where}{name}"
        if "options" in option:
            for part in value if isinstance(value, list) else [value or {}]:
                yield from _out_of_range(option["options"], part, f"{place}.")
        elif value is None:
            continue
        elif option.get("type") == "int" and name.endswith("port"):
            if value not in _PORTS and value != option.get("default"):  # 0: that of the address
                yield f"{place}: {value} is no port; allowed: 1 to 65535"
        elif name.endswith("_seconds") and value <= 0:
            yield f"{place}: must be more than 0 seconds, not {value:g}"


def _plain(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what only documents: the validator refuses keys that it does not know."""
    documentation = ("description", "version_added", "default")
    plain: dict[str, Any] = {}
    for name, option in spec.items():
        kept = {key: value for key, value in option.items() if key not in documentation}
        if "options" in kept:
            kept["options"] = _plain(kept["options"])
        plain[name] = kept
    return plain
