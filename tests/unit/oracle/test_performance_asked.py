# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The performance diagnosis: what it asks, and what it must never ask."""

from __future__ import annotations

import re

import pytest
import sqlglot
from ansible_collections.ebill.ops.plugins.module_utils.oracle import performance
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.performance_sql import (
    LICENSED_PARTS,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.statements import plan
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import load
from sqlglot import exp

from tests.unit.oracle.test_dictionary import RELEASES, faults

NEEDS_DIAGNOSTICS = re.compile(r"^(GV|V)_?\$(ACTIVE_SESSION_HISTORY|ASH_INFO)|^(DBA|CDB)_ADDM_")
NEEDS_TUNING = re.compile(r"^(GV|V)_?\$(SQL_MONITOR|SQL_PLAN_MONITOR|SQL_MONITOR_.*)$")
HISTORY = re.compile(r"^(DBA|CDB)_HIST_")
FREE_HISTORY = {
    f"DBA_HIST_{name}"
    for name in (
        "SNAPSHOT",
        "DATABASE_INSTANCE",
        "SNAP_ERROR",
        "SEG_STAT",
        "SEG_STAT_OBJ",
        "UNDOSTAT",
    )
}
"""Oracle's exceptions from "all views DBA_HIST_": Licensing Information, Diagnostics Pack."""
PATIENTS = {"SQL_TEXT", "SQL_FULLTEXT", "BIND_DATA", "ACCESS_PREDICATES", "OTHER_XML"}
EVERY = performance.parts(Wanted(licensed_diagnostics=True))


def tables(part: Part) -> set[str]:
    tree = sqlglot.parse_one(part.sql(), dialect="oracle")
    return {table.name.upper() for table in tree.find_all(exp.Table)}


@pytest.mark.parametrize("part", performance.parts(Wanted()), ids=lambda part: part.name)
def test_without_a_licence_no_view_is_named_that_needs_one(part: Part) -> None:
    for name in tables(part):
        assert not NEEDS_DIAGNOSTICS.match(name)
        assert not NEEDS_TUNING.match(name)
        assert not HISTORY.match(name) or name in FREE_HISTORY
        assert not name.startswith("DBA_ADVISOR_")


def test_the_history_is_asked_only_where_it_is_licensed() -> None:
    names = {part.name for part in LICENSED_PARTS}
    assert any(not tables(part) <= FREE_HISTORY for part in LICENSED_PARTS)
    assert not names & {part.name for part in performance.parts(Wanted())}
    assert names <= {part.name for part in EVERY}


@pytest.mark.parametrize("part", EVERY, ids=lambda part: part.name)
def test_no_text_that_could_hold_a_patient_is_selected(part: Part) -> None:
    tree = sqlglot.parse_one(part.sql(), dialect="oracle")
    columns = {column.name.upper() for column in tree.find_all(exp.Column)}
    assert not columns & PATIENTS
    for column in tree.find_all(exp.Column):
        if column.name.upper() == "FILTER_PREDICATES":
            assert isinstance(column.parent, exp.Is), "only whether there is one"


@pytest.mark.parametrize("release", RELEASES)
def test_at_most_twelve_statements_that_the_reference_knows(release: tuple[int, int]) -> None:
    sent = list(plan(EVERY, release, {}))
    assert len(sent) <= 12
    assert sum(len(statement.parts) for statement in sent) == sum(p.fits(release) for p in EVERY)
    for statement in sent:
        assert faults(statement.parts[0].sql(), release) == []
        for part in statement.parts:
            assert faults(part.sql(), release) == [], part.name


def test_the_catalogue_reads_what_is_made() -> None:
    read = {check.observation for check in load().areas["performance"].checks}
    assert read == set(performance.MAKES)
    for check in load().areas["performance"].checks:
        assert bool(check.proposal) == bool(check.limits), check.id
        assert "fail" not in check.statuses(), check.id
