# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for all numbers, dates and texts that the stand-in's SQL may meet."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lab.oracle.seam import OraError
from lab.oracle.sql import dateparse, dates, numberformat, numbers, periods
from lab.oracle.sql.engine import SqlEngine
from lab.oracle.sql.settings import Settings
from lab.oracle.sql.tokens import Tokens
from lab.oracle.world import commands
from lab.oracle.world.dictionary import SessionDictionary
from lab.oracle.world.green import green_world
from lab.oracle.world.views import Sight

NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)
NUMBERS = st.decimals(
    min_value=Decimal("-1e100"), max_value=Decimal("1e100"), allow_nan=False, allow_infinity=False
)
MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)).map(
    lambda when: when.replace(microsecond=0)
)
WORDS = (
    "select", "from", "where", "dual", "dummy", "v$instance", "dba_users", "(", ")", ",", "'x'",
    "1", "+", "=", "and", "or", "not", "null", "is", "in", "between", "like", "group by",
    "order by", "rownum", "sysdate", "count(*)", "max(", "over (", "case when", "then", "end",
    "union all", "with t as (", "to_char(", "nvl(", "join", "on", "using (", "exists (", ".", "*",
    "interval '1' day", "date '2026-01-01'", "connect by level <", "having", "distinct",
    "fetch first 1 rows only", "keep (dense_rank last order by", "within group (order by",
)  # fmt: skip
COMMAND_WORDS = (
    "alter", "create", "drop", "grant", "revoke", "tablespace", "database", "user", "datafile",
    "tempfile", "add", "size", "10m", "autoextend", "on", "off", "next", "maxsize", "unlimited",
    "ebill_data", "'/x.dbf'", "5", "identified", "by", "select", "to", "from", "sys", ".",
    "v_$instance", "ebill_inspect", "account", "lock", "role", "table", "(", ")", ",", "number",
    "system", "set", "=", "kill", "session", "read", "only", "online",
)  # fmt: skip


@given(NUMBERS)
@example(Decimal(0))
@example(Decimal("-0.01"))
@example(Decimal("99999999999999999999.99999999999999999999"))
def test_a_number_survives_its_storage(number: Decimal) -> None:
    assert numbers.decode(numbers.encode(number)) == numbers.fit(number)


@given(NUMBERS, NUMBERS)
def test_stored_numbers_sort_as_numbers(left: Decimal, right: Decimal) -> None:
    a, b = numbers.fit(left), numbers.fit(right)
    assert (numbers.encode(left) < numbers.encode(right)) == (a < b)
    assert (numbers.encode(left) == numbers.encode(right)) == (a == b)


@given(st.integers(-(10**38), 10**38))
def test_integers_of_38_digits_are_exact_as_text(number: int) -> None:
    text = numbers.to_text(Decimal(number))
    assert text == str(number)
    assert numbers.from_text(text) == number


@given(st.decimals(min_value=-99999, max_value=99999, places=2))
def test_a_format_can_be_read_back(number: Decimal) -> None:
    text = numberformat.format_number(number, "FM99G990D00")
    assert numberformat.parse_number(text, "99G990D00") == number


@given(MOMENTS, st.sampled_from(["YYYY-MM-DD HH24:MI:SS", "DD/MM/YYYY HH:MI:SS AM", "J SSSSS"]))
def test_a_date_can_be_read_back(when: datetime, picture: str) -> None:
    text = dates.format_date(dates.date(when), picture)
    assert dateparse.parse_date(text, picture, NOW) == when


@given(MOMENTS, st.sampled_from(sorted(periods.UNITS)))
def test_truncating_goes_back_and_stays_there(when: datetime, unit: str) -> None:
    value = dates.date(when)
    cut = periods.truncate(value, unit)
    assert cut <= value
    assert periods.truncate(cut, unit) == cut


@given(st.text(max_size=60))
def test_any_text_is_a_command_or_an_error(text: str) -> None:
    try:
        Tokens(text)
    except OraError as problem:
        assert problem.code == 911


@given(st.text(max_size=60))
def test_any_text_is_a_setting_or_an_error(text: str) -> None:
    before = Settings()
    after = Settings()
    try:
        after.alter(text)
    except OraError:
        assert after == before


@pytest.fixture(scope="module")
def engine() -> SqlEngine:
    world = green_world(lambda: NOW)
    return SqlEngine(SessionDictionary(Sight(world, {}), "ebilldb"))


@settings(deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_query_is_answered_or_refused(engine: SqlEngine, words: list[str]) -> None:
    """Never an error of the stand-in's own (ORA-00600), whatever stands in the statement."""
    _answered_or_refused(engine, "select " + " ".join(words))


@settings(deadline=None)
@given(
    words=st.lists(st.sampled_from(WORDS), max_size=10),
    more=st.lists(st.sampled_from(WORDS), max_size=6),
)
def test_any_expression_is_answered_or_refused(
    engine: SqlEngine, words: list[str], more: list[str]
) -> None:
    _answered_or_refused(engine, f"select {' '.join(words)} from dual {' '.join(more)}")


def _answered_or_refused(engine: SqlEngine, sql: str) -> None:
    try:
        engine.execute(sql, [])
    except OraError as problem:
        assert problem.code != 600, (sql, problem.text)


@settings(deadline=None)
@given(words=st.lists(st.sampled_from(COMMAND_WORDS), min_size=1, max_size=12))
def test_any_command_is_done_or_refused(words: list[str]) -> None:
    sight: Any = Sight(green_world(lambda: NOW), {})
    try:
        commands.run(sight, " ".join(words), "SYS")
    except OraError as problem:
        assert problem.code != 600
