# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the callback hands to the actions: where the ledger and the documents lie, and the open run.

The callback's options are the one place that says where. The callback lives in Ansible's main
process; an action runs in a fork of that process and so finds here what the callback has put.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url


class InactiveError(RuntimeError):
    """The callback is not enabled, or has seen no run: results would be lost."""


@dataclass
class _Settings:
    output_dir: Path | None = None
    url: str = ""
    run: Mapping[str, Any] | None = None


_SETTINGS = _Settings()


def configure(folder: str, url: str) -> None:
    """Take the callback's options ``output_dir`` and ``url``."""
    _SETTINGS.output_dir = Path(folder).expanduser().resolve()
    _SETTINGS.url = url


def begin(run: Mapping[str, Any]) -> None:
    """Take the run that run_open opened, for the actions of all targets."""
    _SETTINGS.run = run


def open_run() -> Mapping[str, Any]:
    """Return the open run (``id``, ``folder``, ...); InactiveError when there is none."""
    if _SETTINGS.run is None:
        raise InactiveError("no run is open: the task ebill.ops.run_open must come first")
    return _SETTINGS.run


def output_dir() -> Path:
    """Return the output folder; InactiveError when the callback is not enabled."""
    if _SETTINGS.output_dir is None:
        raise InactiveError(
            "the callback ebill.ops.ledger is not enabled, so results would be lost: run from the"
            " project's folder, or add it to callbacks_enabled (ANSIBLE_CALLBACKS_ENABLED"
            " replaces the list of ansible.cfg)"
        )
    return _SETTINGS.output_dir


def ledger_url() -> str:
    """Return the ledger's URL, by default of an SQLite file in the output folder."""
    folder = output_dir()
    return _SETTINGS.url or default_url(folder)
