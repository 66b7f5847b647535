# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the contract wants beside an inspection and the ledger does not keep: said, not invented.

The ledger (``ledger/schema.py``) has no on-site sheets and no faults. Reading R-15 flags an
inspection without a sheet; reading R-17 wants fault statistics, 0 included, and nobody who did
not count may write 0.
"""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import RECORD, say

_REMARKS = (
    ("onsite_sheet", "R-15", "SVC-02", "warn", "onsite_missing"),
    ("fault_statistics", "R-17", "GDCA-02", RECORD, "faults_unrecorded"),
)
"""Word of the item, reading, clause, state, word of the sentence."""


def remark_rows(source: QuarterSource) -> list[Row]:
    """Return the remarks on clauses that the contract has."""
    known = {clause["id"] for clause in source.clauses}
    return [
        {
            "key": key,
            "title": say(key),
            "reading": reading,
            "clause": clause,
            "status": status,
            "text": say(text),
        }
        for key, reading, clause, status, text in _REMARKS
        if clause in known
    ]
