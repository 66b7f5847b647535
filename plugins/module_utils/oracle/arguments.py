# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments that the Oracle modules share (documented in doc_fragments/oracle.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.backups import TYPES
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login


def connection_spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of the options that say where, as whom and how long."""
    return {
        "host": {"type": "str", "required": True},
        "port": {"type": "int", "default": 1521},
        "protocol": {"type": "str", "choices": ["tcp", "tcps"], "default": "tcp"},
        "service": {"type": "str"},
        "sid": {"type": "str"},
        "mode": {"type": "str", "choices": ["thin", "thick"], "default": "thin"},
        "client_dir": {"type": "path"},
        "config_dir": {"type": "path"},
        "wallet_location": {"type": "path"},
        "wallet_password": {"type": "str", "no_log": True},
        "ssl_server_dn_match": {"type": "bool", "default": True},
        "user": {"type": "str", "required": True},
        "password": {"type": "str", "required": True, "no_log": True},
        "timeout_seconds": {"type": "float", "default": 120},
        "connect_timeout_seconds": {"type": "float", "default": 15},
        "query_timeout_seconds": {"type": "float", "default": 30},
    }


def tablespace_spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of what the site says of its tablespaces."""
    return {
        "user_tablespaces": {"type": "list", "elements": "str", "default": []},
        "read_only_tablespaces": {"type": "list", "elements": "str", "default": []},
    }


def site_spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of Wanted: what the site says, and what is known from before."""
    return {
        **tablespace_spec(),
        "gather": {"type": "list", "elements": "str", "default": []},
        "rman_expected": {
            "type": "list",
            "elements": "str",
            "choices": list(TYPES),
            "default": ["full", "archivelog"],
        },
        "licensed_diagnostics": {"type": "bool", "default": False},
        "application_schemas": {"type": "list", "elements": "str", "default": []},
        "application_accounts": {"type": "list", "elements": "str", "default": []},
        "disks": {"type": "dict", "default": {}},
        "df": {"type": "str", "default": ""},
        "disk_server": {"type": "str", "default": ""},
        "owed": {"type": "dict", "default": {}},
        "earlier": {"type": "dict", "default": {}},
    }


ONE_OF = ("service", "sid")
LOGIN = tuple(item.name for item in fields(Login))


def login_of(params: Mapping[str, Any]) -> Login:
    """Return the login that the arguments describe."""
    return Login(**{key: params[key] for key in LOGIN})
