# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions that make documents from the ledger have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import require
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import LedgerError
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
from ansible_collections.ebill.ops.plugins.plugin_utils.settings import InactiveError

TEMPLATES = Path(__file__).resolve().parents[2] / "report_templates"


class DocumentAction(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """An action with the options quarter, run, language, formats and templates."""

    _requires_connection = False
    _supports_check_mode = True
    _VALID_ARGS = frozenset(("quarter", "run", "language", "formats", "templates"))

    formats: Sequence[str] = ()
    """The formats that it can make; all of them by default."""

    def make(
        self, arguments: Mapping[str, Any], own_templates: Sequence[Path], now: datetime
    ) -> dict[str, Any]:
        """Make the documents; return what ``ebill_report`` holds."""
        raise NotImplementedError

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return ``ebill_report`` with the paths of the documents."""
        super().run(tmp, task_vars)
        require()
        formats = list(self.formats)
        text = {"type": "str", "default": ""}
        chosen = {"type": "list", "elements": "str", "default": formats, "choices": formats}
        _spec, arguments = self.validate_argument_spec(
            argument_spec={
                "quarter": text,
                "run": text,
                "language": {"type": "str", "default": "zh", "choices": ["zh", "en"]},
                "formats": chosen,
                "templates": text,
            }
        )
        try:
            own = _own_templates(arguments["templates"])
            report = self.make(arguments, own, datetime.now(UTC))
        except (InactiveError, LedgerError, ReportError) as error:
            raise AnsibleActionFail(str(error)) from error
        return {"changed": True, "ebill_report": report}


def _own_templates(folder: str) -> list[Path]:
    own = [Path(folder).expanduser()] if folder else []
    for path in own:
        if not path.exists():
            raise ReportError(f"templates: {path} does not exist")
    return own
