# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the ledger and the documents lie.

The callback's options are the one place that says it. The callback lives in Ansible's main process
and hands them over here; an action runs in a fork of that process and so finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url


class InactiveError(RuntimeError):
    """The callback is not enabled: results would be lost."""


@dataclass
class _Settings:
    output_dir: Path | None = None
    url: str = ""


_SETTINGS = _Settings()


def configure(folder: str, url: str) -> None:
    """Take the callback's options ``output_dir`` and ``url``."""
    _SETTINGS.output_dir = Path(folder).expanduser().resolve()
    _SETTINGS.url = url


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
