# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that do not work, components, corrupt blocks, files to recover, from answers."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import integrity, objects
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

SUBJECTS = (objects, integrity)
MAKES = objects.MAKES | integrity.MAKES
EMPTY: dict[str, Any] = {name: () for parts in MAKES.values() for name in parts}
SITE = Wanted(application_schemas=["EBILL"])


def seen(**answers: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for subject in SUBJECTS:
        found |= subject.observe(EMPTY | answers, SITE)
    return found


def count(
    owner: str, number: int, example: str, con_id: int | None = None, **more: Any
) -> dict[str, Any]:
    return {"con_id": con_id, "owner": owner, "objects": number, "example": example} | more


def test_nothing_is_wrong() -> None:
    found = seen()
    assert found.pop("recycle_bin")["rows"] == [{"objects": 0, "size_bytes": 0, "size_gib": 0.0}]
    assert found == {name: {"rows": []} for name in MAKES if name != "recycle_bin"}


def test_invalid_objects_are_summed_by_owner() -> None:
    found = seen(
        invalid_objects=[
            count("EBILL", 1, "V_A", object_type="VIEW"),
            count("EBILL", 2, "PKG_A", object_type="PACKAGE BODY"),
            count("PUBLIC", 5, "S_A", object_type="SYNONYM"),
        ]
    )["invalid_objects"]["rows"]
    assert [(row["owner"], row["kind"], row["objects"]) for row in found] == [
        ("EBILL", "site", 3),
        ("PUBLIC", "oracle", 5),
    ]
    assert (found[0]["types"], found[0]["example"]) == ("PACKAGE BODY 2, VIEW 1", "PKG_A")


def test_the_same_owner_in_two_containers_is_two() -> None:
    found = seen(
        invalid_objects=[
            count("EBILL", 1, "V_A", 3, object_type="VIEW"),
            count("EBILL", 2, "V_B", 4, object_type="VIEW"),
        ],
        containers=[{"con_id": 3, "name": "PDB1"}, {"con_id": 4, "name": "PDB2"}],
    )["invalid_objects"]["rows"]
    assert [(row["owner"], row["objects"]) for row in found] == [
        ("PDB1/EBILL", 1),
        ("PDB2/EBILL", 2),
    ]


def test_indexes_and_their_parts_come_together() -> None:
    found = seen(
        unusable_indexes=[count("EBILL", 1, "PK_A")],
        unusable_partitions=[count("EBILL", 2, "IX_A"), count("LIS", 1, "IX_L")],
        unusable_subpartitions=[count("EBILL", 4, "IX_S")],
    )["unusable_indexes"]["rows"]
    assert found == [
        {"owner": "EBILL", "kind": "site", "unusable": 7, "indexes": 1, "partitions": 6,
         "example": "PK_A"},
        {"owner": "LIS", "kind": "other", "unusable": 1, "indexes": 0, "partitions": 1,
         "example": "IX_L"},
    ]  # fmt: skip


def test_disabled_constraints_and_triggers() -> None:
    found = seen(
        disabled_constraints=[count("EBILL", 2, "FK_A")],
        disabled_triggers=[count("LIS", 1, "TR_A")],
    )["disabled_objects"]["rows"]
    assert [(row["owner"], row["constraints"], row["triggers"]) for row in found] == [
        ("EBILL", 2, 0),
        ("LIS", 0, 1),
    ]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("VALID", False),
        ("OPTION OFF", False),
        ("REMOVED", False),
        ("INVALID", True),
        ("UPGRADED", True),
    ],
)
def test_components(status: str, told: bool) -> None:
    row = {"con_id": None, "comp_id": "XDB", "comp_name": "x", "version": "19", "status": status}
    found = seen(registry=[row])["registry"]["rows"]
    assert [one["state"] for one in found] == ([status] if told else [])


def test_corrupt_blocks_are_summed_by_file_and_named() -> None:
    def corrupt(number: int, kind: str, blocks: int, first: int) -> dict[str, Any]:
        return {"file_number": number, "corruption_type": kind, "blocks": blocks,
                "first_block": first}  # fmt: skip

    found = seen(
        corrupt_blocks=[corrupt(5, "FRACTURED", 1, 90), corrupt(5, "CHECKSUM", 3, 12),
                        corrupt(6, "CHECKSUM", 1, 7)],
        datafile_ages=[{"file_number": 5, "file_name": "/u01/a.dbf"}],
    )["corrupt_blocks"]["rows"]  # fmt: skip
    assert found == [
        {"file": "/u01/a.dbf", "blocks": 4, "types": "CHECKSUM, FRACTURED", "first_block": 12},
        {"file": "#6", "blocks": 1, "types": "CHECKSUM", "first_block": 7},
    ]


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        ("OFFLINE NORMAL", None),
        (None, "recover"),
        ("FILE NOT FOUND", "missing"),
        ("CANNOT OPEN FILE", "unreadable"),
        ("UNKNOWN ERROR", "unreadable"),
    ],
)
def test_files_to_recover(problem: str | None, state: str | None) -> None:
    row = {"file_number": 9, "online_status": "OFFLINE", "error": problem}
    found = seen(recover_files=[row])["recover_files"]["rows"]
    assert [one["state"] for one in found] == ([state] if state else [])


def recycled(blocks: Any, size: int | None = 8192) -> Any:
    row = {"con_id": None, "tablespace_name": "EBILL_DATA", "objects": 2, "blocks": blocks}
    known = [{"con_id": None, "tablespace_name": "EBILL_DATA", "block_size": size}] if size else []
    return seen(recycle_bin=[row], block_sizes=known)["recycle_bin"]


@pytest.mark.parametrize(("size", "total"), [(8192, 1024), (16384, 2048), (None, 0)])
def test_recycle_bin_counts_in_its_tablespaces_blocks(size: int | None, total: int) -> None:
    assert recycled(131072, size)["rows"][0]["size_bytes"] == total * 2**20


def test_a_recycle_bin_that_cannot_be() -> None:
    assert recycled(-1)["error"]["detail"] == "DBA_RECYCLEBIN: blocks=-1"


@pytest.mark.parametrize("name", sorted(EMPTY.keys() - {"containers"}))
def test_a_missing_grant_costs_its_own_observations_only(name: str) -> None:
    problem = Problem("missing_grant", f"SELECT ON SYS.{name.upper()} (ORA-00942)")
    found = seen(**{name: problem})
    lost = {key for key, observation in found.items() if "error" in observation}
    assert lost == {key for key, parts in MAKES.items() if name in parts}
    assert all(found[key]["error"] == problem.as_dict() for key in lost)
