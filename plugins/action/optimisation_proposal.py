# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the optimisation proposal of a quarter from the ledger alone, and freeze it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import require
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import LedgerError
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger
from ansible_collections.ebill.ops.plugins.plugin_utils.quarterly_source import quarterly_source
from ansible_collections.ebill.ops.plugins.plugin_utils.report.proposal import (
    FOLDER,
    FORMATS,
    issue_proposal,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from ansible_collections.ebill.ops.plugins.plugin_utils.settings import (
    InactiveError,
    ledger_url,
    output_dir,
)

TEMPLATES = Path(__file__).resolve().parents[2] / "report_templates"


class ActionModule(ActionBase):
    """See the documentation of the module of the same name."""

    _requires_connection = False
    _supports_check_mode = True
    _VALID_ARGS = frozenset(("quarter", "run", "language", "formats", "templates"))

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return ``ebill_report`` with the paths of the documents, as ``report`` does."""
        super().run(tmp, task_vars)
        require()
        formats = list(FORMATS)
        _spec, arguments = self.validate_argument_spec(
            argument_spec={
                "quarter": {"type": "str", "default": ""},
                "run": {"type": "str", "default": ""},
                "language": {"type": "str", "default": "zh", "choices": ["zh", "en"]},
                "formats": {
                    "type": "list",
                    "elements": "str",
                    "default": formats,
                    "choices": formats,
                },
                "templates": {"type": "str", "default": ""},
            }
        )
        try:
            made = _make(arguments, datetime.now(UTC))
        except (InactiveError, LedgerError, ReportError) as error:
            raise AnsibleActionFail(str(error)) from error
        return {"changed": True, "ebill_report": made}


def _make(arguments: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    own = [Path(arguments["templates"]).expanduser()] if arguments["templates"] else []
    for folder in own:
        if not folder.exists():
            raise ReportError(f"optimisation_proposal_templates: {folder} does not exist")
    with closing(Ledger(ledger_url())) as ledger:
        ledger.expire_dead(now)
        source = quarterly_source(ledger, now, arguments["quarter"], arguments["run"])
    model, paths = issue_proposal(
        source,
        output_dir() / "reports",
        # Style and furniture are the quarterly report's.
        [*own, TEMPLATES / FOLDER, TEMPLATES / "quarterly"],
        language=arguments["language"],
        formats=arguments["formats"],
    )
    return {
        "quarter": source.run["quarter"],
        "language": arguments["language"],
        "version": int(model["cover"]["version"].removeprefix("v")),
        "files": {form: str(path) for form, path in paths.items()},
    }
