# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tablespace situations with answers worked out by hand. Sizes in the table are MiB."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.tablespaces import observe
from hypothesis import given
from hypothesis import strategies as st

M = 2**20
GRANT = Problem("missing_grant", "SELECT ON SYS.X (ORA-00942)")


def space(
    name: str = "EBILL_DATA", contents: str = "PERMANENT", status: str = "ONLINE"
) -> dict[str, Any]:
    return {"tablespace_name": name, "contents": contents, "status": status, "bigfile": "NO"}


def file(
    size: Any,
    grows_to: Any = None,
    state: str = "ONLINE",
    name: str = "/u01/ebill01.dbf",
    space_name: str = "EBILL_DATA",
) -> dict[str, Any]:
    """One row of DBA_DATA_FILES; ``grows_to`` None: does not extend itself (MAXBYTES is 0)."""
    return {
        "file_name": name,
        "file_id": 7,
        "tablespace_name": space_name,
        "bytes": size * M if isinstance(size, int) else size,
        "maxbytes": 0 if grows_to is None else grows_to * M if isinstance(grows_to, int) else None,
        "autoextensible": "NO" if grows_to is None else "YES",
        "status": "AVAILABLE",
        "online_status": state,
    }


def answers(
    spaces: list[Any], files: list[Any], free: dict[str, Any], groups: dict[str, int] | None = None
) -> dict[str, Any]:
    return {
        "tablespaces": spaces,
        "data_files": files,
        "free_space": [
            {"tablespace_name": name, "free_bytes": size * M if isinstance(size, int) else size}
            for name, size in free.items()
        ],
        "disk_groups": GRANT
        if groups is None
        else [{"name": name, "usable_file_mb": room} for name, room in groups.items()],
    }


def one(files: list[Any], free: Any, status: str = "ONLINE", groups: Any = None) -> dict[str, Any]:
    """Return the row of a database with one tablespace; ``free`` None: no row in the view."""
    given_free = {} if free is None else {"EBILL_DATA": free}
    found = observe(answers([space(status=status)], files, given_free, groups))
    (row,) = found["tablespaces"]["rows"]
    return dict(row)


A = "+DATA/ebill/a.dbf"
# name: files, free, (% of maximum, % of allocated, used, allocated, maximum, autoextend, growth)
SITUATIONS: dict[str, tuple[list[Any], Any, tuple[Any, ...]]] = {
    "fixed file, half used": ([file(100)], 50, (50, 50, 50, 100, 100, "none", "none")),
    "fixed file, full: no row of free space": (
        [file(100)],
        None,
        (100, 100, 100, 100, 100, "none", "none"),
    ),
    "fixed file, empty": ([file(100)], 100, (0, 0, 0, 100, 100, "none", "none")),
    "looks full but can grow": ([file(100, 1000)], 2, (9.8, 98, 98, 100, 1000, "all", "open")),
    "exactly 90 % of the maximum": (
        [file(950, 1000)],
        50,
        (90, 100 * 900 / 950, 900, 950, 1000, "all", "open"),
    ),
    "at its ceiling": ([file(1000, 1000)], 10, (99, 99, 990, 1000, 1000, "all", "none")),
    "resized beyond MAXSIZE": ([file(400, 300)], 100, (75, 75, 300, 400, 400, "all", "none")),
    "MAXSIZE zero with autoextend": ([file(400, 0)], 100, (75, 75, 300, 400, 400, "all", "none")),
    "two growing files": (
        [file(100, 500), file(100, 500)],
        50,
        (15, 75, 150, 200, 1000, "all", "open"),
    ),
    "one grows, one does not": (
        [file(100, 500), file(300)],
        200,
        (25, 50, 200, 400, 800, "some", "open"),
    ),
    "one over its MAXSIZE, one under": (
        [file(400, 300), file(100, 600)],
        100,
        (40, 80, 400, 500, 1000, "all", "open"),
    ),
    "settled per file, not per tablespace": (
        # sum of bytes 1100 > sum of maxbytes 1000, yet one file can still grow by 400
        [file(1000, 500), file(100, 500)],
        150,
        (100 * 950 / 1500, 100 * 950 / 1100, 950, 1100, 1500, "all", "open"),
    ),
    "bigfile of 32 TiB": (
        [file(1048576, 33554432)],
        0,
        (3.125, 100, 1048576, 1048576, 33554432, "all", "open"),
    ),
    "tiny: one mebibyte": ([file(1)], 0, (100, 100, 1, 1, 1, "none", "none")),
    "one of two files offline": (
        [file(100), file(None, state="OFFLINE")],
        40,
        (60, 60, 60, 100, 100, "none", "none"),
    ),
    "an offline file that still shows a size": (
        [file(100), file(500, state="RECOVER")],
        40,
        (60, 60, 60, 100, 100, "none", "none"),
    ),
    "SYSTEM's files have a status of their own": (
        [file(100, state="SYSTEM")],
        40,
        (60, 60, 60, 100, 100, "none", "none"),
    ),
    "ASM, group not to be seen": (
        [file(100, 1000, name=A)],
        2,
        (9.8, 98, 98, 100, 1000, "all", "open"),
    ),
}


@pytest.mark.parametrize(("files", "free", "wanted"), SITUATIONS.values(), ids=SITUATIONS)
def test_sizes(files: list[Any], free: Any, wanted: tuple[Any, ...]) -> None:
    row = one(files, free)
    sizes = tuple(row[key] / M for key in ("used_bytes", "allocated_bytes", "total_bytes"))
    assert (row["used_percent"], row["used_allocated_percent"], *sizes) == pytest.approx(wanted[:5])
    assert (row["autoextend"], row["growth"]) == wanted[5:]
    assert row["growth_bytes"] == row["total_bytes"] - row["allocated_bytes"]


def test_ninety_per_cent_is_exact() -> None:
    assert one([file(950, 1000)], 50)["used_percent"] == 90.0


IMPOSSIBLE: dict[str, tuple[list[Any], Any, str]] = {
    "more free than allocated": ([file(100)], 101, "used=-1048576"),
    "free is negative": ([file(100)], -1, "free_bytes=-1048576"),
    "free is not a number": ([file(100)], None, "bytes=None"),
    "a file without a size": ([file(None)], 10, "bytes=None"),
    "a negative file": ([file(-5)], 0, "bytes=-5242880"),
    "autoextend without a ceiling": ([file(100, "x")], 10, "maxbytes=None"),
    "files of no size": ([file(0)], 0, "allocated=0"),
    "no file at all": ([], 0, "allocated=0"),
}


@pytest.mark.parametrize(("files", "free", "shown"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_values_are_an_error_with_the_raw_numbers(
    files: list[Any], free: Any, shown: str
) -> None:
    if shown == "bytes=None" and free is None:
        row = observe(answers([space()], files, {"EBILL_DATA": "x"}))["tablespaces"]["rows"][0]
        shown = "free_bytes=x"
    else:
        row = one(files, free)
    assert row["error"]["reason"] == "bad_answer"
    assert shown in row["error"]["detail"]
    assert "used_percent" not in row


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([file(None, state="OFFLINE")], "OFFLINE"),
        ([file(100, state="OFFLINE"), file(None, state="RECOVER")], "ONLINE"),
    ],
)
def test_what_is_offline_is_not_measured(files: list[Any], status: str) -> None:
    row = one(files, None, status)
    assert row["error"] == {"reason": "offline", "detail": "TABLESPACE EBILL_DATA"}


def test_read_only_is_measured_and_marked() -> None:
    row = one([file(100)], 2, "READ ONLY")
    assert (row["read_only"], row["used_percent"]) == (True, 98)


@pytest.mark.parametrize(
    ("files", "groups", "growth", "room"),
    [
        ([file(100, 90000, name=A)], {"DATA": 2048}, "open", 2048),
        ([file(100, 90000, name=A)], {"DATA": 512}, "disk", 512),
        ([file(100, 300, name=A)], {"DATA": 512}, "open", 512),
        ([file(100, 90000, name=A)], {"DATA": -70}, "disk", 0),
        ([file(100, name=A)], {"DATA": 512}, "none", 512),
        ([file(100, 9000, name=A), file(1, name="+FRA/x")], {"DATA": 1, "FRA": 1025}, "open", 1026),
        ([file(100, 9000, name=A), file(1)], {"DATA": 1}, "open", None),
        ([file(100, 9000, name=A)], {"OTHER": 1}, "open", None),
        ([file(100, 9000, name=A)], None, "open", None),
        ([file(100, 9000)], {}, "open", None),
    ],
)
def test_room_of_the_disk_is_known_or_null(
    files: list[Any], groups: dict[str, int] | None, growth: str, room: int | None
) -> None:
    row = one(files, 50, groups=groups)
    assert (row["growth"], row["disk_free_bytes"]) == (growth, None if room is None else room * M)


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (["/u02/b.dbf", "/u01/a.dbf", "/u01/c.dbf"], "/u01, /u02"),
        (["D:\\ORADATA\\A.DBF"], "D:/ORADATA"),
        (["+DATA/EBILL/DATAFILE/a.1"], "+DATA/EBILL/DATAFILE"),
    ],
)
def test_folders_of_the_files(names: list[str], folders: str) -> None:
    assert one([file(10, name=name) for name in names], 5)["file_folders"] == folders


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
    found = observe(answers(spaces, files, {}), user)
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
    found = observe(answers([space()], [file(10)], {}), ["EBILL_DATA", "EBILL_LOG"])
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
    found = observe(answers(spaces, [], {}), read_only=["d"])["tablespace_states"]["rows"]
    assert [row["state"] for row in found] == [
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
    found = observe(answers([space(), space("GONE", status="OFFLINE")], [row], {}))
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
    found = observe(given_answers)
    assert {name for name, seen in found.items() if "error" in seen} == lost
    assert all(found[name]["error"]["reason"] == "missing_grant" for name in lost)


SIZES = st.integers(min_value=0, max_value=2**50)


@given(st.lists(st.tuples(SIZES, st.none() | SIZES), max_size=6), SIZES)
def test_a_row_is_possible_or_an_error(sizes: list[Any], free_bytes: int) -> None:
    files = [
        file(0)
        | {"bytes": size, "maxbytes": top or 0, "autoextensible": "NO" if top is None else "YES"}
        for size, top in sizes
    ]
    given_answers = answers([space()], files, {})
    given_answers["free_space"] = [{"tablespace_name": "EBILL_DATA", "free_bytes": free_bytes}]
    (row,) = observe(given_answers)["tablespaces"]["rows"]
    if "error" in row:
        total = sum(size for size, _ in sizes)
        assert total == 0 or free_bytes > total
    else:
        assert 0 <= row["used_bytes"] <= row["allocated_bytes"] <= row["total_bytes"]
        assert 0 <= row["used_percent"] <= row["used_allocated_percent"] <= 100
