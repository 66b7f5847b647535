# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the optimisation proposal of a quarter from the ledger alone, and freeze it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.document_action import (
    TEMPLATES,
    DocumentAction,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger
from ansible_collections.ebill.ops.plugins.plugin_utils.quarterly_source import quarterly_source
from ansible_collections.ebill.ops.plugins.plugin_utils.report.proposal import (
    FOLDER,
    FORMATS,
    issue_proposal,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.settings import ledger_url, output_dir


class ActionModule(DocumentAction):
    """See the documentation of the module of the same name."""

    formats = tuple(FORMATS)

    def make(
        self, arguments: Mapping[str, Any], own_templates: Sequence[Path], now: datetime
    ) -> dict[str, Any]:
        """Make and freeze it."""
        with closing(Ledger(ledger_url())) as ledger:
            ledger.expire_dead(now)
            source = quarterly_source(ledger, now, arguments["quarter"], arguments["run"])
        model, paths = issue_proposal(
            source,
            output_dir() / "reports",
            # Style and furniture are the quarterly report's.
            [*own_templates, TEMPLATES / FOLDER, TEMPLATES / "quarterly"],
            language=arguments["language"],
            formats=arguments["formats"],
        )
        return {
            "quarter": source.run["quarter"],
            "language": arguments["language"],
            "version": int(model["cover"]["version"].removeprefix("v")),
            "files": {form: str(path) for form, path in paths.items()},
        }
