# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a target is, as a report shows it: never an account, a password or a token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

SSH_PORT = 22


def target_address(variables: Mapping[str, Any], name: str, areas: Iterable[str]) -> str:
    """Return the address of a target from its inventory variables; "" where nothing says it.

    A database is ``host:port/service``, a site its URL, an interface the ends that are probed,
    any other target the ssh address; several are joined by ", ".
    """
    found = [item for area in areas for item in _PLACES.get(area, _ssh)(variables, name) if item]
    return ", ".join(dict.fromkeys(found))


def shown_url(url: Any) -> str:
    """Return a URL without account, query and fragment, which may hold secrets."""
    try:
        parts = urlsplit(str(url or ""))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{parts.scheme}://{_joined(host, port)}{parts.path}" if host else ""


def _joined(host: Any, port: Any) -> str:
    text = str(host or "")
    if not text:
        return ""
    text = f"[{text}]" if ":" in text else text
    return f"{text}:{port}" if port else text


def _ssh(variables: Mapping[str, Any], name: str) -> list[str]:
    if variables.get("ansible_connection") == "local":
        return []
    port = variables.get("ansible_port")
    own = port if port and str(port) != str(SSH_PORT) else None
    return [_joined(variables.get("ansible_host") or name, own)]


def _database(variables: Mapping[str, Any], name: str) -> list[str]:
    host = variables.get("inspect_oracle_host") or variables.get("ansible_host") or name
    service = variables.get("inspect_oracle_service") or variables.get("inspect_oracle_sid")
    place = _joined(host, variables.get("inspect_oracle_port") or 1521)
    return [f"{place}/{service}" if service else place]


def _site(variables: Mapping[str, Any], name: str) -> list[str]:
    del name
    return [shown_url(variables.get("inspect_web_base_url"))]


def _business(variables: Mapping[str, Any], name: str) -> list[str]:
    own = variables.get("inspect_business_base_url")
    return [shown_url(own)] if own else _site(variables, name)


def _interface(variables: Mapping[str, Any], name: str) -> list[str]:
    del name
    probes = variables.get("inspect_interface_probes") or []
    return [
        shown_url(probe["url"])
        if probe.get("url")
        else _joined(probe.get("host"), probe.get("port"))
        for probe in probes
    ]


def _gdca(variables: Mapping[str, Any], name: str) -> list[str]:
    del name
    return [shown_url(variables.get("inspect_gdca_url"))]


_PLACES = {
    "oracle": _database,
    "web": _site,
    "business": _business,
    "interface": _interface,
    "gdca": _gdca,
    "performance": _database,
}
