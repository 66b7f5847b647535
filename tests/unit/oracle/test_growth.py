# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks below the files, df's output, and autoextend against the last run. Sizes are MiB."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.disks import disk_of
from ansible_collections.ebill.ops.plugins.module_utils.oracle.growth import observe, remember
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import (
    Wanted,
    read_df,
    wanted_of,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.oracle.samples import GRANT, M, answers, file, space

ROOMS = {"/": 1, "/u02": 2, "/u02/oradata": 3, "+DATA": 4}


@pytest.mark.parametrize(
    ("name", "disk"),
    [
        ("/u02/oradata/a.dbf", "/u02/oradata"),
        ("/u02/oradata2/a.dbf", "/u02"),
        ("/u020/a.dbf", "/"),
        ("+DATA/EBILL/a.1", "+DATA"),
        ("+data/ebill/a.1", "+DATA"),
        ("+FRA/EBILL/a.1", None),
        ("D:\\ORADATA\\A.DBF", None),
        ("", None),
    ],
)
def test_disk_of(name: str, disk: str | None) -> None:
    assert disk_of({"file_name": name}, ROOMS) == disk


DF = """Filesystem 1024-blocks Used Available Capacity Mounted on
/dev/sda1 1000 400 600 40% /
10.0.0.1:/nfs share 2000 1 5 1% /mnt/a b
/dev/mapper/vg-u02 9000 8000 1000 89% /u02/数据 盘
tmpfs - - - - /proc
"""


def test_read_df() -> None:
    assert read_df(DF) == {"/": 600 * 1024, "/u02/数据 盘": 1000 * 1024}


def test_what_the_site_names_comes_before_df() -> None:
    site = {"df": DF, "disks": {"/": 7, "/u09": 9}, "user": "not of the site"}
    assert wanted_of(site).disks == {"/": 7, "/u09": 9, "/u02/数据 盘": 1000 * 1024}


@given(st.text())
def test_read_df_takes_anything(text: str) -> None:
    assert all(size >= 0 and mount.startswith("/") for mount, size in read_df(text).items())


def world(files: list[Any]) -> dict[str, Any]:
    return {**answers([space()], files, {}), "temp_files": []}


def changes(before: list[Any], after: list[Any]) -> list[tuple[str, str]]:
    earlier = remember(world(before), Wanted())
    found = observe(world(after), Wanted(earlier=earlier))["autoextend_changes"]
    return [(row["tablespace"], row["change"]) for row in found["rows"]]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([file(100, 500)], [file(100, 500)], None),
        ([file(100, 500)], [file(300, 500)], None),
        ([file(100, 500)], [file(100, 900)], None),
        ([file(100, 500)], [file(100)], "autoextend_off"),
        # "just add a data file" that switches off the old ones: the maximum even rises
        ([file(100, 500)], [file(100), file(900)], "autoextend_off"),
        ([file(100, 500), file(100, 500)], [file(100, 500), file(100)], "autoextend_off"),
        ([file(100, 500)], [file(100, 400)], "maximum_lower"),
        ([file(100, 500)], [file(100, 500), file(100)], None),
        ([file(100)], [file(100, 500)], None),
    ],
)
def test_changes(before: list[Any], after: list[Any], change: str | None) -> None:
    assert changes(before, after) == ([("EBILL_DATA", change)] if change else [])


def test_first_run_and_missing_grant() -> None:
    first = observe(world([file(100)]), Wanted())["autoextend_changes"]
    assert first["absent"]["reason"] == "no_baseline"
    forbidden = {**world([]), "data_files": GRANT}
    assert observe(forbidden, Wanted())["autoextend_changes"]["error"] == GRANT.as_dict()
    assert observe(forbidden, Wanted())["disk_rooms"]["error"] == GRANT.as_dict()
    assert remember(forbidden, Wanted()) == {}


def test_a_server_that_said_nothing_is_an_error() -> None:
    named = Wanted(disk_server="db01")
    assert observe(world([file(1, 9)]), named)["disk_rooms"]["error"] == {
        "reason": "unreachable",
        "detail": "df: db01",
    }


def test_impossible_sizes_are_not_remembered() -> None:
    assert remember(world([file(-5)]), Wanted()) == {}
    assert remember(world([file(7, 9)]), Wanted()) == {"growth": {"EBILL_DATA": [1, 1, 9 * M]}}
