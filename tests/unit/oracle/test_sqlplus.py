# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script for SQL*Plus: quoting, folding, and which variant is asked where."""

from __future__ import annotations

import re

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import sqlplus
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import Wanted, all_parts
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part, text
from ansible_collections.ebill.ops.plugins.module_utils.oracle.sqlplus import fold
from ansible_collections.ebill.ops.plugins.module_utils.oracle.sqlplus_login import (
    Address,
    UnusableError,
    connect_command,
)
from hypothesis import given
from hypothesis import strategies as st

PARTS = all_parts(Wanted())
SCRIPT = sqlplus.after_login(PARTS, "MARK")
# What the oldest client takes: SP2-0027 above 2499 characters.
LONGEST = 2499


def test_no_line_is_one_that_sqlplus_would_mistake() -> None:
    assert max(map(len, SCRIPT)) < LONGEST
    for line in SCRIPT:
        assert line.strip(), "an empty line ends a statement"
        assert not line.rstrip().endswith("-"), f"goes on in the next line: {line}"
        assert "\n" not in line
        assert line.strip() not in ("/", ".")
    for part in PARTS:
        assert "^" not in part.sql()
        assert "--" not in part.sql()


def test_the_line_after_connect_is_no_password() -> None:
    """An expired password is asked for anew, twice, and the script's next lines are read."""
    assert SCRIPT[0] != SCRIPT[1]
    assert all(line.startswith("PROMPT ") for line in SCRIPT[:2])


@pytest.mark.parametrize(
    ("password", "line"),
    [
        ("plain", 'CONNECT OPS/"plain"@'),
        ("p@ss/w rd&^'$`\\", 'CONNECT OPS/"p@ss/w rd&^\'$`\\"@'),
        ("口令", 'CONNECT OPS/"口令"@'),
    ],
)
def test_connect(password: str, line: str) -> None:
    descriptor = (
        "(DESCRIPTION=(CONNECT_TIMEOUT=15)(RETRY_COUNT=0)(ADDRESS=(PROTOCOL=TCP)(HOST=db)"
        "(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=EBILL)))"
    )
    assert connect_command("OPS", password, Address("db", service="EBILL")) == line + descriptor


def test_a_sid_and_tls() -> None:
    descriptor = Address("10.0.0.1", 2484, sid="EBILL1", protocol="tcps").descriptor()
    assert "(PROTOCOL=TCPS)(HOST=10.0.0.1)(PORT=2484)" in descriptor
    assert "(CONNECT_DATA=(SID=EBILL1))" in descriptor


@given(st.text(min_size=1))
def test_a_password_is_quoted_whole_or_refused(password: str) -> None:
    try:
        line = connect_command("OPS", password, Address("db", service="S"))
    except UnusableError:
        assert re.search(r'["\x00-\x1f\x7f]', password)
    else:
        assert line.startswith(f'CONNECT OPS/"{password}"@(DESCRIPTION=')
        assert line.count('"') == 2


@pytest.mark.parametrize(
    ("user", "address", "option"),
    [
        ("A B", Address("db", service="S"), "user"),
        ('A"B', Address("db", service="S"), "user"),
        ("", Address("db", service="S"), "user"),
        ("A", Address("d b", service="S"), "host"),
        ("A", Address("db)(X", service="S"), "host"),
        ("A", Address("db", service="S)"), "service"),
        ("A", Address("db", sid="S\n"), "sid"),
        ("A", Address("db", service="S", protocol="ipc"), "protocol"),
    ],
)
def test_refused(user: str, address: Address, option: str) -> None:
    with pytest.raises(UnusableError, match=option):
        connect_command(user, "x", address)


WORDS = st.lists(st.sampled_from(["SELECT", "'a  b'", "x -", "'it''s'", "-", "a" * 300]))


@given(WORDS)
def test_folding_changes_only_blanks(words: list[str]) -> None:
    sql = " ".join(words)
    lines = list(fold(sql))
    assert " ".join(" ".join(lines).split()) == " ".join(sql.split())
    assert all(not line.endswith("-") for line in lines[:-1])


def test_what_cannot_be_folded_is_not_sent() -> None:
    with pytest.raises(ValueError, match="folded"):
        list(fold("'" + "x" * 3000 + "'"))


RELEASES = ("1102000400", "1201000200", "1202000100", "1900000000", "2304000000")
VARIANTS = (
    Part("a", "DBA_A", (text("x"),), by_container=True),
    Part("b", "V$B", (text("x"),), until=(12, 1)),
    Part("b", "V$B", (text("x"), text("y")), since=(12, 1)),
    Part("c", "V$C", (text("x"),), since=(12, 2)),
)


@pytest.mark.parametrize("root", [False, True])
@pytest.mark.parametrize("release", RELEASES)
def test_one_variant_is_left_of_each_part(release: str, root: bool) -> None:
    """The conditions are plain enough for Python to evaluate them as Oracle would."""
    known = (int(release) // 10**8, int(release) // 10**6 % 100)
    for question in sqlplus.question_list(VARIANTS):
        asked = [part for gate, part in question.variants if _holds(gate.sql(), release, root)]
        wanted = [part for part in VARIANTS if part.name == question.name and part.fits(known)]
        assert asked == [part.in_root() if root else part for part in wanted]


def _holds(condition: str, release: str, root: bool) -> bool:
    terms = condition.replace("^_O_RELEASE", release)
    terms = terms.replace("^EBILL_CON", "CDB$ROOT" if root else "EBILLPDB")
    found = re.fullmatch(r"[\d '<>=A-Z$]+", terms)
    assert found, terms
    for term in terms.split(" AND "):
        left, sign, right = term.split(" ")
        if sign in (">=", "<"):
            true = int(left) >= int(right) if sign == ">=" else int(left) < int(right)
        else:
            true = (left == right) == (sign == "=")
        if not true:
            return False
    return True


def test_the_version_is_that_of_the_questions() -> None:
    assert sqlplus.version_of(PARTS) == sqlplus.version_of(list(PARTS))
    assert sqlplus.version_of(PARTS) != sqlplus.version_of(PARTS[:-1])
    assert re.fullmatch(r"[0-9a-f]{12}", sqlplus.version_of(PARTS))
