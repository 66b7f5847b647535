# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the ledger and the documents lie: the callback's options are the one place that says it."""

from __future__ import annotations

from pathlib import Path

from ansible import constants as C
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url

CALLBACK = "ebill.ops.ledger"


class InactiveError(RuntimeError):
    """The callback is not enabled: results would be lost."""


def output_dir() -> Path:
    """Return the output folder (callback option ``output_dir``); InactiveError without callback."""
    return Path(str(_option("output_dir"))).expanduser().resolve()


def ledger_url() -> str:
    """Return the ledger's URL (callback option ``url``), by default in the output folder."""
    return str(_option("url") or default_url(output_dir()))


def _option(name: str) -> object:
    if CALLBACK not in C.CALLBACKS_ENABLED:
        raise InactiveError(
            f"the callback {CALLBACK} is not enabled, so results would be lost: run from the"
            f" project's folder, or add it to callbacks_enabled (ANSIBLE_CALLBACKS_ENABLED"
            " replaces the list of ansible.cfg)"
        )
    return C.config.get_config_value(name, plugin_type="callback", plugin_name=CALLBACK)
