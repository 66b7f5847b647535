# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role says its options twice, for people and for Ansible, and hands them on: all agree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.module_utils.gdca import settings as gdca
from ansible_collections.ebill.ops.plugins.module_utils.oracle.arguments import (
    connection_spec,
    site_spec,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.arguments import ARGUMENTS as WEB
from ansible_collections.ebill.ops.plugins.modules.interface_info import PROBE

ROLES = Path(__file__).resolve().parents[2] / "roles"
WITH_OPTIONS = sorted(path.parents[1].name for path in ROLES.glob("*/defaults/main.yml"))

MODULES: dict[str, Mapping[str, Any]] = {
    "inspect_business": WEB,
    "inspect_gdca": gdca.ARGUMENTS,
    "inspect_interface": {
        "probes": {"type": "list", "elements": "dict", "options": PROBE},
        "timeout_seconds": {"type": "float", "default": 60},
    },
    "inspect_oracle": {**connection_spec(), **site_spec()},
    "inspect_web": WEB,
}
COMPARED = ("type", "elements", "choices", "required", "default")


def _yaml(role: str, part: str) -> Any:
    return yaml.safe_load((ROLES / role / part).read_text(encoding="utf-8"))


def _options(role: str) -> dict[str, Any]:
    """Options of all entry points."""
    found: dict[str, Any] = {}
    for entry in _yaml(role, "meta/argument_specs.yml")["argument_specs"].values():
        found |= entry.get("options") or {}
    return found


@pytest.mark.parametrize("role", WITH_OPTIONS)
def test_defaults_are_those_of_the_documentation(role: str) -> None:
    documented = {
        name: option["default"] for name, option in _options(role).items() if "default" in option
    }
    assert documented == (_yaml(role, "defaults/main.yml") or {})


@pytest.mark.parametrize("role", WITH_OPTIONS)
def test_an_option_is_required_or_has_a_default(role: str) -> None:
    for name, option in _options(role).items():
        assert ("default" in option) != option.get("required", False), name


@pytest.mark.parametrize("role", WITH_OPTIONS)
def test_passwords_are_never_logged(role: str) -> None:
    for name, option in _options(role).items():
        assert option.get("no_log", False) == name.endswith("_password"), name


def _flat(spec: Mapping[str, Any], where: str = "") -> dict[str, dict[str, Any]]:
    """Every suboption by its place, with what must agree."""
    found: dict[str, dict[str, Any]] = {}
    for name, option in spec.items():
        place = f"{where}{name}"
        found[place] = {key: option[key] for key in COMPARED if key in option}
        if found[place].get("type") == "path":
            found[place]["type"] = "str"  # the module expands it; a role only hands it on
        found |= _flat(option.get("options") or {}, f"{place}.")
    return found


@pytest.mark.parametrize("role", sorted(MODULES))
def test_suboptions_are_those_of_the_module(role: str) -> None:
    given = {name.removeprefix(f"{role}_"): option for name, option in _options(role).items()}
    ours, module = _flat(given), _flat(MODULES[role])
    for place, option in ours.items():
        if "." in place:
            # A role may insist on what the module leaves open.
            insists = {"required": True} if "required" in option else {}
            assert option == module[place] | insists, place
    for place in module:
        top, dot, _rest = place.partition(".")
        if dot and top in given:
            assert place in ours, f"{place} is not in the role"


@pytest.mark.parametrize("role", sorted(MODULES))
def test_time_limits_are_those_of_the_module(role: str) -> None:
    for name, option in _options(role).items():
        short = name.removeprefix(f"{role}_")
        if short.endswith("_seconds"):
            assert option["default"] == MODULES[role][short]["default"], name
