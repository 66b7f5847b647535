# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of `web_flow_info` and how they become a Site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.web.flow import (
    Site,
    read_flows,
    read_health,
    read_steps,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.session import origin_of

FUNCTIONS = (
    "basic_information",
    "stock",
    "issuing",
    "archive",
    "delivery",
    "report",
    "administration",
)
"""Codes of the seven functions of an e-bill system, in the contract's order."""


def _texts() -> dict[str, Any]:
    return {"type": "list", "elements": "str", "default": []}


_EXPECT = {
    "type": "dict",
    "options": {
        "status": {"type": "list", "elements": "int", "default": [200]},
        "text": _texts(),
        "absent_text": _texts(),
        "within_seconds": {"type": "float"},
    },
}
_OPENING = {
    "name": {"type": "str"},
    "request": {"type": "str", "choices": ["GET"], "default": "GET"},
    "path": {"type": "str", "required": True},
    "extract": {"type": "dict"},
    "expect": _EXPECT,
}
_POSTING = {
    **_OPENING,
    "request": {"type": "str", "choices": ["GET", "POST"], "default": "GET"},
    "form": {"type": "dict"},
}
_FLOW = {
    "name": {"type": "str", "required": True},
    "function": {"type": "str", "choices": list(FUNCTIONS)},
    "steps": {"type": "list", "elements": "dict", "required": True, "options": _OPENING},
}
_HEALTH = {
    "path": {"type": "str"},
    "fields": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "path": {"type": "str", "required": True},
            "good": _texts(),
        },
    },
}

ARGUMENTS: dict[str, Any] = {
    "base_url": {"type": "str", "required": True},
    "user": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "ca_file": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
    "login": {"type": "list", "elements": "dict", "default": [], "options": _POSTING},
    "refused_text": _texts(),
    "attempt_login": {"type": "bool", "default": True},
    "logout": {"type": "list", "elements": "dict", "default": [], "options": _POSTING},
    "flows": {"type": "list", "elements": "dict", "default": [], "options": _FLOW},
    "error_text": _texts(),
    "health": {"type": "dict", "options": _HEALTH},
    "request_timeout_seconds": {"type": "float", "default": 30},
    "timeout_seconds": {"type": "float", "default": 180},
    "max_bytes": {"type": "int", "default": 2097152},
}


def read_site(params: Mapping[str, Any]) -> Site:
    """Read the module's parameters; ValueError says what is wrong with them."""
    origin_of(params["base_url"])
    return Site(
        base_url=params["base_url"],
        user=params["user"] or "",
        password=params["password"] or "",
        ca_file=params["ca_file"] or "",
        validate_certs=params["validate_certs"],
        login=read_steps(params["login"]),
        refused_text=tuple(params["refused_text"]),
        attempt_login=params["attempt_login"],
        logout=read_steps(params["logout"]),
        flows=read_flows(params["flows"]),
        error_text=tuple(params["error_text"]),
        health=read_health(params["health"]),
        request_timeout_seconds=params["request_timeout_seconds"],
        timeout_seconds=params["timeout_seconds"],
        max_bytes=params["max_bytes"],
    )
