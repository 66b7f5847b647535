# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From observations to the statuses of the Oracle checks, by the real catalogue and judge."""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import Collected
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)

CATALOGUE = load()


def verdicts(found: Collected) -> dict[str, set[str]]:
    settings = resolve_settings(CATALOGUE, {})
    return {
        check.id: {
            result["status"]
            for result in judge(
                compile_check(CATALOGUE, check.id, settings),
                found.observations[check.observation],
                "ebilldb",
            )
        }
        for check in CATALOGUE.areas["oracle"].checks
    }
