# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the documents of a quarter from the ledger alone, and freeze them."""

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
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger, utc
from ansible_collections.ebill.ops.plugins.plugin_utils.quarterly_source import quarterly_source
from ansible_collections.ebill.ops.plugins.plugin_utils.report import FORMATS, issue
from ansible_collections.ebill.ops.plugins.plugin_utils.report.package import evidence_archive
from ansible_collections.ebill.ops.plugins.plugin_utils.settings import ledger_url, output_dir


class ActionModule(DocumentAction):
    """See the documentation of the module of the same name."""

    formats = tuple(FORMATS)

    def make(
        self, arguments: Mapping[str, Any], own_templates: Sequence[Path], now: datetime
    ) -> dict[str, Any]:
        """Make and freeze them, and tell the ledger."""
        with closing(Ledger(ledger_url())) as ledger:
            ledger.expire_dead(now)
            source = quarterly_source(ledger, now, arguments["quarter"], arguments["run"])
            texts = {
                sha256: text
                for run in str(source.run["id"]).split(", ")
                for sha256, text in ledger.evidence_texts(run)
            }
            model, paths = issue(
                source,
                output_dir() / "reports",
                [*own_templates, TEMPLATES / "quarterly"],
                language=arguments["language"],
                formats=arguments["formats"],
                attach=lambda model: evidence_archive(model, texts),
            )
            report = {
                "quarter": source.run["quarter"],
                "language": arguments["language"],
                "version": int(model["cover"]["version"].removeprefix("v")),
                "created": utc(now),
                "files": {form: str(path) for form, path in paths.items()},
            }
            ledger.add_report(str(source.run["id"]).rpartition(", ")[2], report)
        return report
