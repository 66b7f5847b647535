# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Close the open run: what the plan owes and the ledger does not hold becomes not_run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import require
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import LedgerError
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger
from ansible_collections.ebill.ops.plugins.plugin_utils.plan import looked_at
from ansible_collections.ebill.ops.plugins.plugin_utils.settings import (
    InactiveError,
    ledger_url,
    open_run,
)


class ActionModule(ActionBase):
    """See the documentation of the module of the same name."""

    _requires_connection = False
    _supports_check_mode = True
    _VALID_ARGS: frozenset[str] = frozenset()

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return ``counts`` over the six statuses, ``looked`` (answered) and ``missing``."""
        super().run(tmp, task_vars)
        require()
        try:
            run = open_run()
            ledger = Ledger(ledger_url())
            detail = "no task of the run answered"
            ledger.settle(run["id"], "complete", datetime.now(UTC), "not_run", detail)
            counts = ledger.counts(run["id"])
            ledger.close()
        except (InactiveError, LedgerError) as error:
            raise AnsibleActionFail(str(error)) from error
        # Also what another machine wrote as missing when it took this run for dead.
        missing = counts["not_run"]
        return {"changed": False, "counts": counts, "looked": looked_at(counts), "missing": missing}
