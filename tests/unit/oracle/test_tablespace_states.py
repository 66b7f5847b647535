# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tablespace is whose, in what state, and which data files cannot be used."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.oracle.samples import GRANT, answers, file, observed, space


def kinds(user: list[str]) -> dict[str, str]:
    spaces = [
        space("SYSTEM"),
        space("SYSAUX"),
        space("EBILL_DATA"),
        space("HIS"),
        space("UNDOTBS1", "UNDO"),
        space("TEMP", "TEMPORARY"),
    ]
    files = [file(10, space_name=str(s["tablespace_name"])) for s in spaces]
    found = observed(answers(spaces, files, {}), user_tablespaces=user)
    states = {row["tablespace"]: row["kind"] for row in found["tablespace_states"]["rows"]}
    measured = {row["tablespace"]: row["kind"] for row in found["tablespaces"]["rows"]}
    assert measured.items() <= states.items() | {("EBILL_LOG", "user")}
    assert not {"UNDOTBS1", "TEMP"} & measured.keys()
    return measured | states


def test_kinds_without_a_list() -> None:
    assert kinds([]) == {
        "SYSTEM": "system",
        "SYSAUX": "system",
        "EBILL_DATA": "user",
        "HIS": "user",
        "UNDOTBS1": "undo",
        "TEMP": "temp",
    }


def test_kinds_with_a_list_in_any_case_of_letters() -> None:
    found = kinds(["ebill_data", "SYSTEM"])
    assert (found["EBILL_DATA"], found["HIS"], found["SYSTEM"]) == ("user", "other", "system")


def test_a_listed_tablespace_that_is_not_there_is_a_row() -> None:
    found = observed(
        answers([space()], [file(10)], {}), user_tablespaces=["EBILL_DATA", "EBILL_LOG"]
    )
    row = found["tablespaces"]["rows"][1]
    assert row["error"] == {"reason": "not_found", "detail": "TABLESPACE EBILL_LOG"}
    assert (row["tablespace"], row["kind"]) == ("EBILL_LOG", "user")


def test_states() -> None:
    spaces = [
        space("A"),
        space("B", status="OFFLINE"),
        space("C", status="READ ONLY"),
        space("D", status="READ ONLY"),
    ]
    found = observed(answers(spaces, [], {}), read_only_tablespaces=["d"])
    assert [row["state"] for row in found["tablespace_states"]["rows"]] == [
        "online",
        "offline",
        "read_only",
        "read_only_expected",
    ]


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (file(1), None),
        (file(1, state="SYSTEM"), None),
        (file(1, state="OFFLINE"), "OFFLINE"),
        (file(1, state="SYSOFF"), "OFFLINE"),
        (file(1, state="RECOVER"), "RECOVER"),
        (file(1, name="/u01/app/dbs/MISSING00007"), "MISSING"),
        (file(1, name="C:\\ORACLE\\DBS\\MISSING00007"), "MISSING"),
        (file(1, name=""), "MISSING"),
        (file(1) | {"status": "INVALID"}, "INVALID"),
        (file(1, state="OFFLINE", space_name="GONE"), None),
        (file(1, state="RECOVER", space_name="GONE"), "RECOVER"),
    ],
)
def test_problem_files(row: dict[str, Any], state: str | None) -> None:
    found = observed(answers([space(), space("GONE", status="OFFLINE")], [row], {}))
    assert [item["state"] for item in found["datafiles"]["rows"]] == ([state] if state else [])


@pytest.mark.parametrize(
    ("failed", "lost"),
    [
        ("tablespaces", {"tablespaces", "tablespace_states"}),
        ("data_files", {"tablespaces", "datafiles"}),
        ("free_space", {"tablespaces"}),
        ("disk_groups", set()),
    ],
)
def test_a_failed_query_costs_only_what_needs_it(failed: str, lost: set[str]) -> None:
    given_answers = answers([space()], [file(10)], {}) | {failed: GRANT}
    found = observed(given_answers)
    assert {name for name, seen in found.items() if "error" in seen} == lost
    assert all(found[name]["error"]["reason"] == "missing_grant" for name in lost)


@pytest.mark.parametrize(
    ("container", "names", "blind"),
    [
        ("CDB$ROOT", ["CDB$ROOT"], True),
        ("CDB$ROOT", ["CDB$ROOT", "PDB$SEED"], True),
        ("CDB$ROOT", ["CDB$ROOT", "PDB$SEED", "EBILLPDB"], False),
        ("CDB$ROOT", [], False),
        ("EBILLPDB", ["EBILLPDB"], False),
    ],
)
def test_a_root_that_shows_itself_alone_is_no_answer(
    container: str, names: list[str], blind: bool
) -> None:
    """ALTER USER ... SET CONTAINER_DATA was forgotten: USERS of the root is all there is."""
    given = answers([space("USERS")], [file(10, space_name="USERS")], {"USERS": 9}) | {
        "instance": [{"container": container}],
        "containers": [{"con_id": 1, "name": name, "open_mode": "READ WRITE"} for name in names],
    }
    errors = [row["error"] for row in observed(given)["tablespaces"]["rows"] if "error" in row]
    wanted = {"reason": "missing_grant", "detail": "SET CONTAINER_DATA = ALL"}
    assert errors == ([wanted] if blind else [])
