# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tablespace situations with answers worked out by hand. Sizes in the table are MiB."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.oracle.samples import M, answers, file, observed, one, space

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
        row = observed(answers([space()], files, {"EBILL_DATA": "x"}))["tablespaces"]["rows"][0]
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
    (row,) = observed(given_answers)["tablespaces"]["rows"]
    if "error" in row:
        total = sum(size for size, _ in sizes)
        assert total == 0 or free_bytes > total
    else:
        assert 0 <= row["used_bytes"] <= row["allocated_bytes"] <= row["total_bytes"]
        assert 0 <= row["used_percent"] <= row["used_allocated_percent"] <= 100
