# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small SQL*Plus: how it prints, prompts and complains, without a database."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from lab.oracle.sqlplus.client import Result, SqlError
from lab.oracle.sqlplus.display import Settings, print_rows, shown
from lab.oracle.sqlplus.manner import MANNERS
from lab.oracle.sqlplus.program import Program


class Kind:
    def __init__(self, name: str) -> None:
        self.name = name


NUMBER, TEXT, DATE = Kind("DB_TYPE_NUMBER"), Kind("DB_TYPE_VARCHAR"), Kind("DB_TYPE_DATE")
DESCRIPTION = [("ENAME", TEXT, 10), ("SAL", NUMBER, 0), ("HIREDATE", DATE, 0)]
ROWS = [("KING", Decimal(5000), datetime(1981, 11, 17)), ("FORD", Decimal("0.5"), None)]


class Answers:
    """A connection that has its answers beforehand."""

    release = 1900000000

    def __init__(self, *results: Result | SqlError) -> None:
        self.results = list(results)
        self.asked: list[str] = []

    def execute(self, sql: str) -> Result:
        self.asked.append(sql)
        result = self.results.pop(0)
        if isinstance(result, SqlError):
            raise result
        return result


def run(text: str, *results: Result | SqlError, manner: str = "19") -> tuple[str, Answers]:
    out, answers = io.StringIO(), Answers(*results)
    program = Program(iter(text.splitlines(keepends=True)), out, MANNERS[manner])
    if results:
        program.connection = answers  # type: ignore[assignment]
    program.run()
    return out.getvalue(), answers


def printed(rows: Sequence[Sequence[Any]], **changed: Any) -> list[str]:
    settings = Settings(**changed)
    return list(print_rows(shown(DESCRIPTION, settings), rows, settings))


def test_a_page_as_the_guide_shows_it() -> None:
    assert printed(ROWS) == [
        "",
        "ENAME             SAL HIREDATE",
        "---------- ---------- ---------",
        "KING             5000 17-NOV-81",
        "FORD               .5",
        "",
    ]


def test_pages_break_and_headings_return() -> None:
    lines = printed(ROWS * 10, pagesize=7)
    assert lines.count("ENAME             SAL HIREDATE") == 5
    assert lines[-2:] == ["20 rows selected.", ""]


@pytest.mark.parametrize(("pagesize", "feedback"), [(14, 6), (0, 6)])
def test_no_rows(pagesize: int, feedback: int) -> None:
    assert printed([], pagesize=pagesize, feedback=feedback) == ["", "no rows selected", ""]
    assert printed([], pagesize=0, feedback=0) == []


def test_what_does_not_fit_goes_to_the_next_line() -> None:
    assert printed(ROWS[:1], linesize=25, pagesize=0, feedback=0) == [
        "KING             5000",
        "17-NOV-81",
    ]
    assert printed([("ABCDEFGHIJ", None, None)], linesize=4, pagesize=0, feedback=0)[:3] == [
        "ABCD",
        "EFGH",
        "IJ",
    ]


def test_a_number_that_does_not_fit_is_hidden() -> None:
    assert printed([("A", Decimal(12345678901), None)], pagesize=0, feedback=0)[0].endswith(
        "##########"
    )


def test_an_error_points_at_its_place() -> None:
    said, _ = run("SELECT a\nFROM b;\n", SqlError(942, "table or view does not exist", 14))
    assert said == (
        "FROM b\n     *\nERROR at line 2:\nORA-00942: table or view does not exist\n\n\n"
    )


@pytest.mark.parametrize(("manner", "limit"), [("11.2", 2499), ("19", 4999)])
def test_long_lines_are_thrown_away(manner: str, limit: int) -> None:
    said, _ = run("PROMPT " + "x" * limit, manner=manner)
    assert said == f"SP2-0027: Input is too long (> {limit} characters) - line ignored\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT 1 FROM dual;\n", "SP2-0640: Not connected\n"),
        ("FROBNICATE now\n", 'SP2-0734: unknown command beginning "FROBNICATE..." - rest of'),
        ("SET FROB ON\n", 'SP2-0158: unknown SET option "FROB"\n'),
        ("PROMPT a -\nb\n", "a b\n"),
        ("PROMPT ^x\nSET DEFINE ^\nPROMPT ^x.y\nno\n", "^x\nEnter value for x: \nnoy\n"),
        ("DEFINE x = '--'\nPROMPT &x.a\n", "--a\n"),
        ("CONNECT a b\n", "SP2-0306: Invalid option.\nUsage: CONN[ECT]"),
    ],
)
def test_commands(text: str, said: str) -> None:
    assert run(text)[0].startswith(said)


def test_variables_of_a_query_make_comments() -> None:
    described = Result([("G", TEXT, 2)], [("--",)])
    text = "COLUMN g NEW_VALUE gate NOPRINT\nSELECT g FROM dual;\nSELECT (\n&gate a\nb);\n"
    said, answers = run(text, described, Result([], []))
    assert answers.asked[1] == "SELECT (\n-- a\nb)"
    assert said.split() == ["no", "rows", "selected"]


def test_an_empty_line_ends_a_statement_unsent() -> None:
    assert run("SELECT 1\n\nPROMPT on\n", Result([], []))[1].asked == []


def test_an_expired_password_is_asked_for_from_the_script() -> None:
    out = io.StringIO()
    lines = iter(["one\n", "two\n", "PROMPT after\n"])
    program = Program(lines, out, MANNERS["19"])
    program._refused("OPS", SqlError(28001, "the password has expired"))
    assert "Password unchanged" in out.getvalue()
    assert next(lines) == "PROMPT after\n"
