# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SQL*Plus printed, read back: samples of every format, and any text at all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.frames import Sender, read
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    date,
    number,
    text,
    words,
)
from hypothesis import given
from hypothesis import strategies as st

SAMPLES = Path(__file__).resolve().parents[2] / "golden" / "sqlplus"
SENDER = Sender("EBILL_OPS", "db:1521/EBILL")
SPACES = Part(
    "spaces", "DBA_TABLESPACES", (text("name"), number("size_bytes"), number("share")), max_rows=3
)
ALERTS = Part("alerts", "V$DIAG_ALERT_EXT", (date("at"), words("said")), lane="alert")
PARTS = (ALERTS, SPACES)

SYSTEM = {"name": "SYSTEM", "size_bytes": 734003200, "share": 0.5}
GREEN = {
    "spaces": [SYSTEM, {"name": "EBILL_DATA", "size_bytes": 34359738368, "share": None}],
    "alerts": [
        {
            "at": datetime(2026, 11, 24, 23, 10, 1),
            "said": "ORA-00600: internal error code, arguments: [4194]",
        }
    ],
}
LOST = "the limit came"


def both(reason: str, detail: str) -> dict[str, tuple[str, str]]:
    return {"spaces": (reason, detail), "alerts": (reason, detail)}


GRANT = ("missing_grant", "SELECT ON SYS.DBA_TABLESPACES (ORA-00942)")
AT = "db:1521/EBILL"
WANTED: dict[str, dict[str, Any]] = {
    "11.2-green": GREEN,
    "19-green": GREEN,
    "11.2-chinese": GREEN,
    "19-password-expires-soon": GREEN,
    "19-missing-grant": {"spaces": GRANT, "alerts": []},
    "23ai-missing-grant": {"spaces": GRANT, "alerts": []},
    "19-login-refused": both("login_refused", f"EBILL_OPS, {AT} (ORA-01017)"),
    "11.2-account-locked": both("account_locked", f"EBILL_OPS, {AT} (ORA-28000)"),
    "12.2-service-unknown": both("service_unknown", f"{AT} (ORA-12514)"),
    "19-password-expired": both("password_expired", f"EBILL_OPS, {AT} (ORA-28001)"),
    "11.2-invalid-option": both("sqlplus_failed", "sqlplus (SP2-0306)"),
    "19-invalid-option": both("sqlplus_failed", "sqlplus (SP2-0306)"),
    "no-messages": both("sqlplus_failed", "sqlplus (SP2-0667)"),
    "no-library": both("sqlplus_failed", "sqlplus"),
    "19-session-lost": {
        "spaces": ("connection_lost", "DBA_TABLESPACES (ORA-03113)"),
        "alerts": ("connection_lost", "V$DIAG_ALERT_EXT (ORA-03114)"),
    },
    "19-snapshot-too-old": {
        "spaces": ("query_failed", "DBA_TABLESPACES (ORA-01555)"),
        "alerts": [],
    },
    "19-hang": {"spaces": [SYSTEM], "alerts": ("connection_lost", f"{AT} (sqlplus)")},
    "11.2-wrapped": {
        "spaces": ("bad_answer", "DBA_TABLESPACES: 4 fields, 3 expected"),
        "alerts": [],
    },
}


def sample(name: str) -> str:
    raw = (SAMPLES / f"{name}.txt").read_bytes().decode("utf-8")
    return raw.replace("␟", "\x1f").replace("␞", "\x1e")


def plain(answers: Any) -> dict[str, Any]:
    return {
        name: (answer.reason, answer.detail) if isinstance(answer, Problem) else list(answer)
        for name, answer in answers.items()
    }


def test_every_sample_has_its_meaning() -> None:
    assert {path.stem for path in SAMPLES.glob("*.txt")} == WANTED.keys()


@pytest.mark.parametrize("name", WANTED)
def test_sample(name: str) -> None:
    assert plain(read(sample(name), PARTS, "MARK", SENDER).answers) == WANTED[name]


def test_the_time_of_each_statement_goes_to_the_evidence() -> None:
    for name in ("19-green", "11.2-chinese"):
        assert read(sample(name), PARTS, "MARK", SENDER).asked == [
            {"name": "spaces", "view": "DBA_TABLESPACES", "elapsed_seconds": 1.27, "rows": 2},
            {"name": "alerts", "view": "V$DIAG_ALERT_EXT", "elapsed_seconds": 0.03, "rows": 1},
        ]


def test_who_ended_it_is_said() -> None:
    cut = Problem("timeout", "5 s")
    answers = read(sample("19-hang"), PARTS, "MARK", SENDER, cut).answers
    assert plain(answers) == {"spaces": [SYSTEM], "alerts": ("timeout", "5 s")}
    silent = read("Connected?", PARTS, "MARK", SENDER, cut).answers
    assert plain(silent) == both("listener_silent", f"{AT} (5 s)")


def test_more_rows_than_are_taken() -> None:
    row = "spaces\x1fSYSTEM\x1f1\x1f1\x1e\n"
    many = sample("19-green").replace("MARK begin spaces\n", "MARK begin spaces\n" + row * 2)
    found = plain(read(many, PARTS, "MARK", SENDER).answers)
    assert found["spaces"] == ("bad_answer", "DBA_TABLESPACES: > 3 rows")


def test_a_part_of_other_releases() -> None:
    later = Part("later", "V$LATER", (text("a"),), since=(23, 1))
    found = plain(read(sample("19-green"), (*PARTS, later), "MARK", SENDER).answers)
    assert found["later"][0] == "not_supported"
    assert found["spaces"] == GREEN["spaces"]


@given(st.integers(0, 700))
def test_an_output_cut_anywhere_gives_whole_answers_or_none(length: int) -> None:
    answers = plain(read(sample("19-green")[:length], PARTS, "MARK", SENDER).answers)
    assert answers.keys() == GREEN.keys()
    for name, answer in answers.items():
        assert answer == GREEN[name] or isinstance(answer, tuple)


@given(st.text(alphabet=st.sampled_from("MARK start begin end done spaces\x1f\x1e\r\n 0ORA-1")))
def test_no_text_raises(output: str) -> None:
    assert read(output, PARTS, "MARK", SENDER).answers.keys() == GREEN.keys()


@given(st.text(), st.text())
def test_nothing_between_the_marks_raises(first: str, second: str) -> None:
    output = sample("19-green").replace("SYSTEM", first).replace("734003200", second)
    assert read(output, PARTS, "MARK", SENDER).answers.keys() == GREEN.keys()
