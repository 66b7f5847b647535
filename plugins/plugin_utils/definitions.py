# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definitions that a run takes with it, so that its report never changes with the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue_model import Catalogue


def definitions(
    catalogue: Catalogue, checks: Mapping[str, Any], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return clauses, sections, areas, the run's compiled checks, readings in force and reasons."""
    return {
        "sections": [section.model_dump() for section in catalogue.sections],
        "clauses": [clause.model_dump() for clause in catalogue.clauses.values()],
        "areas": [
            {"id": name, "group": area.group, "title": area.title.model_dump()}
            for name, area in catalogue.areas.items()
            # One that nobody asked for is no gap in this run.
            if not area.on_demand or any(check.id in checks for check in area.checks)
        ],
        "checks": dict(checks),
        "readings": [
            {
                "id": reading.id,
                "key": key,
                "clauses": reading.clauses,
                "default": reading.default,
                "value": settings[key],
                "text": {"zh": reading.zh, "en": reading.en},
                "words": {value: text.model_dump() for value, text in reading.words.items()},
            }
            for key, reading in catalogue.readings.items()
        ],
        "reasons": catalogue.reasons,
    }
