# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked is read-only, bounded, one view a part, at most twelve statements, and granted."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
import sqlglot
from ansible_collections.ebill.ops.plugins.module_utils.oracle import statements
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import all_parts
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    SEPARATOR,
    Part,
    date,
    number,
    text,
    words,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.statements import (
    LANES,
    Statement,
    plan,
    release_of,
    unasked,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted
from sqlglot import exp

from lab.oracle import dictionary, seam
from tools import oracle_grants

PARTS = all_parts(Wanted(licensed_diagnostics=True))
RELEASES = [(11, 2), (12, 1), (12, 2), (18, 0), (19, 0), (21, 0), (23, 4)]
ROOT = {"instance": [{"container": "CDB$ROOT"}]}


def tables(sql: str) -> set[str]:
    """The views that a statement names."""
    (statement,) = sqlglot.parse(sql, read="oracle")
    assert isinstance(statement, exp.Select)
    assert not list(statement.find_all(exp.Lock, exp.DML, exp.DDL))
    assert all(isinstance(star.parent, exp.Count) for star in statement.find_all(exp.Star))
    return {table.name.upper() for table in statement.find_all(exp.Table)}


def label(part: Part) -> str:
    return f"{part.name}-{part.since}"


@pytest.mark.parametrize("part", PARTS, ids=label)
def test_a_part_only_reads_the_view_it_declares(part: Part) -> None:
    assert part.view in tables(part.sql())
    assert part.view in tables(part.sql().replace("\n", " "))
    root = part.in_root()
    assert root.view in tables(root.sql())
    assert part.max_rows > 0
    assert statements.lane_of(part) in LANES


@pytest.mark.parametrize("part", [part for part in PARTS if part.source is None], ids=label)
def test_a_plain_part_reads_nothing_else(part: Part) -> None:
    assert tables(part.sql()) == {part.view}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("answers", [{}, ROOT], ids=["plain", "root"])
def test_a_session_sends_at_most_twelve_statements(
    release: tuple[int, int], answers: dict[str, Any]
) -> None:
    always = [
        Part(**{**vars(part), "when": None, "lane": statements.lane_of(part)}) for part in PARTS
    ]
    sent = list(plan(always, release, answers))
    assert len(sent) <= 12
    names = [part.name for statement in sent for part in statement.parts]
    assert len(names) == len(set(names)), "two variants of one part fit one release"
    for statement in sent:
        assert len(statement.sql()) < 60_000
        sqlglot.parse_one(statement.sql(), read="oracle")


def test_every_part_has_the_same_fields_in_every_variant_that_is_read_by_one_observer() -> None:
    for name in {part.name for part in PARTS}:
        variants = [part for part in PARTS if part.name == name]
        assert len({statements.lane_of(part) for part in variants}) == 1, name


def test_subjects_make_observations_of_parts_that_exist() -> None:
    known = {part.name for subject in SUBJECTS.values() for part in subject.PARTS}
    made = [name for subject in SUBJECTS.values() for name in subject.MAKES]
    assert len(made) == len(set(made))
    for subject in SUBJECTS.values():
        for needs in subject.MAKES.values():
            assert set(needs) <= known
        assert subject.observe({}, Wanted()).keys() == subject.MAKES.keys()


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ("11.2.0.4.0", (11, 2)),
        ("12.1.0.2.0", (12, 1)),
        ("19.3.0.0.0", (19, 3)),
        ("23.4.0.24.5", (23, 4)),
        ("?", (19, 0)),
    ],
)
def test_release(version: str, wanted: tuple[int, int]) -> None:
    assert release_of(version) == wanted


@pytest.mark.parametrize(("release", "known"), [((11, 2), False), ((12, 1), True)])
def test_what_11g_does_not_know_is_not_asked_there(release: tuple[int, int], known: bool) -> None:
    first = next(plan(PARTS, release, {}))
    assert first.lane == "identity"
    assert ("CON_NAME" in first.sql()) is known


SPACES = Part(
    "free",
    "DBA_FREE_SPACE",
    (text("tablespace_name"), number("free", "SUM(bytes)"), date("at", "MAX(d)"), words("w", "w")),
    "GROUP BY tablespace_name, w",
    max_rows=2,
    by_container=True,
)


def line(*fields: str) -> str:
    return SEPARATOR.join(fields)


def test_from_the_root_a_part_answers_for_all_containers() -> None:
    root = SPACES.in_root()
    assert (root.view, root.grant_object) == ("CDB_FREE_SPACE", "SYS.CDB_FREE_SPACE")
    assert "TO_CHAR(con_id) || CHR(31) || tablespace_name" in root.sql()
    assert "FROM cdb_free_space GROUP BY con_id, tablespace_name, w" in root.sql()
    assert "CHR(31) || NULL || CHR(31) || tablespace_name" in SPACES.sql()
    row = line("free", "3", "A", ".5", "2026-11-22 08:00:00", "x")
    assert root.row(row) == {
        "con_id": 3,
        "tablespace_name": "A",
        "free": 0.5,
        "at": datetime(2026, 11, 22, 8),
        "w": "x",
    }
    assert SPACES.row(row.replace(line("free", "3"), line("free", "")))["con_id"] is None
    (sent,) = plan([SPACES], (19, 0), ROOT)
    assert sent.parts == (root,)
    (sent,) = plan([SPACES], (19, 0), {"instance": [{"container": "EBILLPDB"}]})
    assert sent.parts == (SPACES,)


def test_a_source_of_its_own_is_asked_of_the_root_too() -> None:
    part = Part(
        "x", "DBA_OBJECTS", (number("n", "COUNT(*)"),), by_container=True, rest="GROUP BY owner",
        source="(SELECT con_id, owner FROM dba_objects WHERE owner <> 'DBA_x')",
    )  # fmt: skip
    assert "FROM cdb_objects WHERE" in part.in_root().sql()


LINES: dict[str, tuple[list[str], Any]] = {
    "good": (
        [line("free", "", "A", "1", "", "")],
        [{"con_id": None, "tablespace_name": "A", "free": 1, "at": None, "w": None}],
    ),
    "none": ([], []),
    "of another part": ([line("other", "1")], []),
    "a separator inside": (
        [line("free", "", "A", "1", "", "a", "b")],
        Problem("bad_answer", "DBA_FREE_SPACE: 6 fields, 5 expected"),
    ),
    "not a number": (
        [line("free", "", "A", "x", "", "")],
        Problem("bad_answer", "free: not a number"),
    ),
    "infinity": (
        [line("free", "", "A", "INF", "", "")],
        Problem("bad_answer", "free: not a number"),
    ),
    "one too many": (
        [line("free", "", "A", "1", "", "")] * 3,
        Problem("bad_answer", "DBA_FREE_SPACE: > 2 rows"),
    ),
}


@pytest.mark.parametrize(("lines", "wanted"), LINES.values(), ids=LINES)
def test_lines_become_answers(lines: list[str], wanted: Any) -> None:
    assert Statement("x", (SPACES,)).answers(lines) == {"free": wanted}


def test_what_is_not_asked_is_no_row_or_not_there() -> None:
    never = Part("never", "V$X", (text("a"),), when=lambda answers: bool(answers.get("go")))
    late = Part("late", "V$DIAG_ALERT_EXT", (text("a"),), since=(12, 2))
    assert list(plan([never], (19, 0), {})) == []
    assert [s.lane for s in plan([never], (19, 0), {"go": [{}]})] == ["late"]
    assert unasked([never, late], (11, 2)) == {
        "never": (),
        "late": Problem("not_supported", "V$DIAG_ALERT_EXT (Oracle 11.2)"),
    }


def widest(part: Part) -> int:
    """The most bytes that a line can have, by the documented sizes of its columns."""
    view = dictionary.views()[part.view].of((23, 0))
    sizes = {column.name: column.size for column in view if column.kind == seam.VARCHAR2}
    total = len(part.name)
    for column in part.fields:
        total += 1 + {"number": 41, "date": 19, "text": 0}[column.kind]
        if column.kind == "text":
            cut = re.match(r"TRANSLATE\(SUBSTR\(.*, 1, (\d+)\)", column.sql)
            named = {word.upper() for word in re.findall(r"[\w$#]+", column.sql)}
            # a character of AL32UTF8 Chinese has three bytes
            total += 3 * int(cut[1]) if cut else sum(sizes.get(word, 0) for word in named)
    return total


@pytest.mark.parametrize("part", PARTS, ids=label)
def test_a_line_fits_into_a_varchar2(part: Part) -> None:
    """More than 4000 bytes would be ORA-01489, and nothing of the part be answered."""
    assert widest(part) <= 4000


def test_the_grant_script_is_up_to_date() -> None:
    assert oracle_grants.main(["--check"]) == 0, "run tools/oracle_grants.py"


def test_every_part_serves_a_check() -> None:
    idle = {grant for grant, checks in oracle_grants.checks_by_grant().items() if not checks}
    assert not idle
