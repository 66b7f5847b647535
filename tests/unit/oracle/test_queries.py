# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked is read-only, bounded, one view each, and granted by the script."""

from __future__ import annotations

import pytest
import sqlglot
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.queries import QUERIES, Query
from sqlglot import exp

from tools import oracle_grants


def tree(query: Query) -> exp.Expression:
    return sqlglot.parse_one(query.sql, read="oracle")


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_only_reads_the_one_view_it_declares(query: Query) -> None:
    (statement,) = sqlglot.parse(query.sql, read="oracle")
    assert isinstance(statement, exp.Select)
    assert {table.name.upper() for table in tree(query).find_all(exp.Table)} == {query.view}
    assert not list(tree(query).find_all(exp.Lock, exp.DML, exp.DDL))
    assert all(isinstance(star.parent, exp.Count) for star in tree(query).find_all(exp.Star))
    assert query.max_rows > 0


@pytest.mark.parametrize(
    ("version", "older"),
    [("11.2.0.4.0", True), ("12.1.0.2.0", False), ("23.4.0.24.5", False), ("?", False)],
)
def test_what_11g_does_not_know_is_not_asked_there(version: str, older: bool) -> None:
    asked = QUERIES["instance"].sql_for(version)
    assert ("CON_NAME" in asked) is not older
    assert asked.endswith("FROM v$instance")
    assert QUERIES["database"].sql_for(version) == QUERIES["database"].sql


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_binds_are_those_of_the_statement(query: Query) -> None:
    assert {p.name for p in tree(query).find_all(exp.Placeholder)} == set(query.binds)


def test_a_session_asks_at_most_twelve_queries() -> None:
    assert len(QUERIES) <= 12
    used = [needs for subject in SUBJECTS.values() for needs in subject.values()]
    assert {name for needs in used for name in needs} == set(QUERIES)


def test_the_grant_script_is_up_to_date() -> None:
    assert oracle_grants.main(["--check"]) == 0, "run tools/oracle_grants.py"


def test_every_query_serves_a_check() -> None:
    assert all(oracle_grants.checks_by_query().values())
