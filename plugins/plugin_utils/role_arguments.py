# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate the variables of the inspecting roles for all targets at once, when the run opens.

A role's own validation is a task, so a worker, for each role and target; in one process it costs
milliseconds, and a wrong variable is said before the first target is touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

ROLES = Path(__file__).resolve().parents[2] / "roles"


_ROLES = {"performance": "oracle"}
"""Areas that another area's role inspects: same target, same log-in, same variables."""


def argument_spec(area: str) -> dict[str, Any]:
    """Return the options of ``roles/inspect_<area>/meta/argument_specs.yml``."""
    path = ROLES / f"inspect_{_ROLES.get(area, area)}" / "meta" / "argument_specs.yml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    options: dict[str, Any] = document["argument_specs"]["main"]["options"]
    return options


def role_faults(spec: Mapping[str, Any], target: str, hostvars: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a target's variables of one role, as ``target: fault`` lines.

    Variables that the inventory does not set have the role's default and are not looked at;
    those that are required must be there.
    """
    given = {name: hostvars[name] for name in spec if name in hostvars}
    validated = ArgumentSpecValidator(_plain(spec)).validate(given)
    return [f"{target}: {message}" for message in validated.error_messages]


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
