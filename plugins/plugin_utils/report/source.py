# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a quarterly report is made from: plain data, filled from the ledger by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass
class QuarterSource:
    """Everything a quarterly report says comes from here; the builder asks nobody else.

    Texts in both languages are ``{"zh": ..., "en": ...}``; times are UTC ISO-8601 with offset.

    site
        the inventory's ``ebill_site``: ``hospital, project, contract_no, contract_start
        ("2026-01-01"), vendor, timezone``
        (default Asia/Shanghai), optional ``prepared_by, reviewed_by, approved_by``.
    run
        ``id, opened, closed (or None), state, engineer, catalogue_version, tool_version,
        quarter ("2026Q4"), selection`` (what was chosen, as a text; "" for everything),
        ``running`` (ids of the quarter's runs that still go on and are left out).
    targets
        ``name, title (str or text), areas [id], address (no secrets), facts``: sentences, or
        plain values by name.
    areas, sections
        ``id, zh, en`` in the order in which they are shown.
    clauses
        ``id, number, section, zh, en, cadence, answered`` (automated, guided, record, report).
    checks
        check id -> ``title, clauses, area, level``; optional ``limits, states, unit, words,
        measures, impact, cause`` as in the catalogue.
    owed
        ``check, target``: the plan. What has no result becomes a not_run result here.
    results
        results as in ``module_utils/result.py``.
    readings
        readings in force: ``id, key, clauses, value, default, zh, en``.
    evidence
        ``id, target, area, sha256, size_bytes, collected``.
    history
        capacity points up to now, oldest first: ``quarter, day ("2026-11-18"), check, target,
        part, used_percent, used_bytes, total_bytes``.
    previous_findings
        ``model["findings"]`` of the last report before this quarter, or empty.
    version
        version of the report within its quarter, from 1; see ``freeze.next_version``.
    made
        when the report is made.
    """

    site: Row
    run: Row
    targets: Rows
    areas: Rows
    sections: Rows
    clauses: Rows
    checks: Mapping[str, Row]
    owed: Rows
    results: Rows
    made: str
    readings: Rows = ()
    evidence: Rows = ()
    history: Rows = ()
    previous_findings: Rows = field(default=())
    version: int = 1


class ReportError(Exception):
    """A report cannot be made; the message says which part and what to do."""
