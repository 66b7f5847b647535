# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters and patches: facts, faults, and what changed since the last run."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.parameters import (
    MAKES,
    PARTS,
    observe,
    remember,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

GRANT = Problem("missing_grant", "SELECT ON SYS.X (ORA-00942)")


def answers(
    values: dict[str, str | None], patches: Any = (), instance: str = "ebill1"
) -> dict[str, Any]:
    rows = [{"name": n, "value": v, "isdefault": "FALSE"} for n, v in values.items()]
    return {
        "parameters": rows,
        "patches": patches,
        "instance": [{"instance_name": instance}],
    }


def patch(
    number: int | None = 35643107,
    action: str = "APPLY",
    status: str = "SUCCESS",
    age: float | None = 10.0,
    description: str = "RU 19.21",
) -> dict[str, Any]:
    return {
        "patch_id": number,
        "action": action,
        "status": status,
        "description": description,
        "age_days": age,
    }


def again(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Observe twice; what is remembered goes through JSON as bookmarks do."""
    kept = json.loads(json.dumps(remember(before, Wanted())))
    return observe(now, Wanted(earlier=kept))


def test_facts_are_numbers_where_they_are_numbers() -> None:
    values = {
        "processes": "600",
        "sga_target": str(24 * 2**30),
        "memory_target": "0",
        "spfile": "/u01/dbs/spfileE.ora",
        "compatible": "19.0.0",
        "cursor_sharing": None,
    }
    (row,) = observe(answers(values), Wanted())["parameters"]["rows"]
    assert (row["processes"], row["sga_target_gib"], row["memory_target_gib"]) == (600, 24.0, 0.0)
    assert (row["compatible"], row["cursor_sharing"]) == ("19.0.0", None)
    assert row["pga_aggregate_limit_gib"] is None
    assert (row["started_from"], row["changed_parameters"]) == ("spfile", 6)


@pytest.mark.parametrize("spfile", [None, ""])
def test_a_text_file_has_no_spfile(spfile: str | None) -> None:
    (row,) = observe(answers({"spfile": spfile}), Wanted())["parameters"]["rows"]
    assert row["started_from"] == "pfile"


def test_the_first_run_is_the_baseline() -> None:
    found = observe(answers({"processes": "600"}), Wanted())
    assert found["parameter_changes"]["absent"]["reason"] == "no_baseline"
    assert found["patch_changes"]["absent"]["reason"] == "no_baseline"


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[Any, ...]]]] = {
    "none": ({"processes": "600"}, {"processes": "600"}, []),
    "another value": (
        {"processes": "600"}, {"processes": "300"}, [("processes", "changed", "600", "300")],
    ),
    "newly set": ({}, {"event": "10949"}, [("event", "set", None, "10949")]),
    "back to its default": ({"open_links": "20"}, {}, [("open_links", "unset", "20", None)]),
    "set to nothing": ({"event": "10949"}, {"event": None}, [("event", "changed", "10949", "")]),
    "moved by the maintenance window": (
        {"resource_manager_plan": "DAY"}, {"resource_manager_plan": "NIGHT"}, [],
    ),
    "the same long value": ({"control_files": "x" * 300}, {"control_files": "x" * 300}, []),
}  # fmt: skip


@pytest.mark.parametrize(("before", "now", "wanted"), CHANGES.values(), ids=CHANGES)
def test_drift(before: dict[str, Any], now: dict[str, Any], wanted: list[tuple[Any, ...]]) -> None:
    found = again(answers(before), answers(now))["parameter_changes"]["rows"]
    keys = ("parameter", "change", "old_value", "new_value")
    assert [tuple(row[key] for key in keys) for row in found] == wanted


def test_instances_of_a_cluster_are_compared_with_themselves() -> None:
    first = answers({"instance_number": "1", "undo_tablespace": "UNDOTBS1"})
    second = answers({"instance_number": "2", "undo_tablespace": "UNDOTBS2"}, instance="ebill2")
    one = Wanted(earlier=json.loads(json.dumps(remember(first, Wanted()))))
    assert observe(second, one)["parameter_changes"]["absent"] == {
        "reason": "no_baseline",
        "detail": "V$PARAMETER (ebill2)",
    }
    both = Wanted(earlier=json.loads(json.dumps(remember(second, one))))
    for again_seen in (first, second):
        assert observe(again_seen, both)["parameter_changes"] == {"rows": []}
    moved = answers({"instance_number": "1", "undo_tablespace": "UNDOTBS3"})
    (change,) = observe(moved, both)["parameter_changes"]["rows"]
    assert (change["parameter"], change["old_value"]) == ("undo_tablespace", "UNDOTBS1")


def test_only_so_many_instances_are_remembered() -> None:
    wanted = Wanted()
    for number in range(12):
        met = answers({"instance_number": str(number)}, instance=f"ebill{number}")
        wanted = Wanted(earlier=remember(met, wanted))
    assert list(wanted.earlier["parameters"]) == [f"ebill{number}" for number in range(4, 12)]


def test_an_action_without_a_time_is_not_the_newest() -> None:
    tried = [
        patch(1, age=9),
        patch(6452863, "VIEW INVALIDATE", age=None, description="view invalidation"),
    ]
    (newest,) = observe(answers({}, tried), Wanted())["patches"]["rows"]
    assert (newest["patch"], newest["patches"]) == ("1", 2)


def test_the_last_action_of_a_patch_counts() -> None:
    tried = [
        patch(1, status="WITH ERRORS", age=9),
        patch(1, status="SUCCESS", age=8),
        patch(2, status="SUCCESS", age=5),
        patch(2, action="ROLLBACK", status="WITH ERRORS", age=4),
        patch(3, status="BEGIN", age=1),
    ]
    found = observe(answers({}, tried), Wanted())
    faults = found["patch_faults"]["rows"]
    assert [(row["patch"], row["outcome"]) for row in faults] == [
        ("2", "errors"),
        ("3", "unfinished"),
    ]
    (newest,) = found["patches"]["rows"]
    assert (newest["patch"], newest["patches"]) == ("3", 3)


def test_without_patches() -> None:
    found = observe(answers({}), Wanted())
    assert found["patches"] == found["patch_faults"] == {"rows": []}


def test_drift_of_patches() -> None:
    before = answers({}, [patch(1), patch(2)])
    now = answers({}, [patch(1), patch(2), patch(2, "ROLLBACK", age=1), patch(3, age=1)])
    found = again(before, now)["patch_changes"]["rows"]
    assert [(row["patch"], row["change"], row["old_action"]) for row in found] == [
        ("2", "changed", "APPLY SUCCESS"),
        ("3", "added", None),
    ]


def test_an_upgrade_of_11g_without_an_id_has_its_words_for_a_name() -> None:
    found = observe(answers({}, [patch(None, "UPGRADE", description="")]), Wanted())
    assert found["patches"]["rows"][0]["patch"] == "UPGRADE"


@pytest.mark.parametrize("name", ["parameters", "patches"])
def test_what_cannot_be_seen_keeps_the_old_baseline(name: str) -> None:
    earlier = {"parameters": {"ebill1": {"processes": "600"}}, "patches": {"1": "APPLY SUCCESS"}}
    now = answers({"processes": "300"}, [patch(2)]) | {name: GRANT}
    wanted = Wanted(earlier=earlier)
    found = observe(now, wanted)
    lost = {key for key, observation in found.items() if "error" in observation}
    assert lost == {key for key, parts in MAKES.items() if name in parts}
    assert remember(now, wanted)[name] == earlier[name]


@pytest.mark.parametrize(
    ("version", "view"),
    [
        ((11, 2), "DBA_REGISTRY_HISTORY"),
        ((12, 1), "DBA_REGISTRY_SQLPATCH"),
        ((23, 4), "DBA_REGISTRY_SQLPATCH"),
    ],
)
def test_each_release_is_asked_what_it_has(version: tuple[int, int], view: str) -> None:
    asked = [part.view for part in PARTS if part.name == "patches" and part.fits(version)]
    assert asked == [view]
