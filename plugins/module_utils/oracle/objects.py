# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of schemas that do not work: invalid, unusable, disabled (ENV-03).

Objects of the e-bill schemas are judged, those of others only shown. Materialized views do not
count as invalid: a change of their base tables makes them so until they are refreshed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Row,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import (
    kind_of_owner,
    labelled,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_BIN = "NOT LIKE 'BIN$%'"


def _of_owner(name: str, view: str, owner: str, example: str, where: str) -> Part:
    """A part that counts, for each owner, what is not as it should be."""
    return Part(
        name,
        view,
        (text("owner", owner), number("objects", "COUNT(*)"), text("example", f"MIN({example})")),
        f"WHERE {where} GROUP BY {owner}",
        max_rows=2000,
        by_container=True,
        lane="objects",
    )


PARTS = (
    Part(
        "invalid_objects",
        "DBA_OBJECTS",
        (
            text("owner"),
            text("object_type"),
            number("objects", "COUNT(*)"),
            text("example", "MIN(object_name)"),
        ),
        "WHERE status = 'INVALID' AND object_type <> 'MATERIALIZED VIEW'"
        f" AND object_name {_BIN} GROUP BY owner, object_type",
        max_rows=2000,
        by_container=True,
        lane="objects",
    ),
    _of_owner("unusable_indexes", "DBA_INDEXES", "owner", "index_name", "status = 'UNUSABLE'"),
    _of_owner(
        "unusable_partitions", "DBA_IND_PARTITIONS", "index_owner", "index_name",
        "status = 'UNUSABLE'",
    ),
    _of_owner(
        "unusable_subpartitions", "DBA_IND_SUBPARTITIONS", "index_owner", "index_name",
        "status = 'UNUSABLE'",
    ),
    _of_owner(
        "disabled_constraints", "DBA_CONSTRAINTS", "owner", "constraint_name",
        f"status = 'DISABLED' AND constraint_type IN ('P', 'U', 'R', 'C')"
        f" AND table_name {_BIN}",
    ),
    _of_owner(
        "disabled_triggers", "DBA_TRIGGERS", "owner", "trigger_name",
        f"status = 'DISABLED' AND trigger_name {_BIN}",
    ),
)  # fmt: skip

_INDEXES = ("unusable_indexes", "unusable_partitions", "unusable_subpartitions")
_DISABLED = ("disabled_constraints", "disabled_triggers")

MAKES: dict[str, tuple[str, ...]] = {
    "invalid_objects": ("invalid_objects", "containers"),
    "unusable_indexes": (*_INDEXES, "containers"),
    "disabled_objects": (*_DISABLED, "containers"),
}

OwnerKey = tuple[Any, str]


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES: a row for each owner whose objects are not all well."""
    return {
        "invalid_objects": _invalid(answers, wanted),
        "unusable_indexes": _unusable(answers, wanted),
        "disabled_objects": _disabled(answers, wanted),
    }


def _by_owner(found: Iterable[Mapping[str, Any]]) -> dict[OwnerKey, list[Mapping[str, Any]]]:
    grouped: dict[OwnerKey, list[Mapping[str, Any]]] = {}
    for row in found:
        grouped.setdefault((row.get("con_id"), str(row.get("owner"))), []).append(row)
    return dict(sorted(grouped.items(), key=lambda item: (str(item[0][0]), item[0][1])))


def _owner_row(key: OwnerKey, answers: Answers, wanted: Wanted) -> Row:
    return {
        "owner": labelled(key[1], {"con_id": key[0]}, answers),
        "kind": kind_of_owner(key[1], wanted),
    }


def _invalid(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "invalid_objects")
    if problem:
        return error(problem)
    found: list[Row] = []
    for key, items in _by_owner(rows_of(answers, "invalid_objects")).items():
        most = sorted(items, key=lambda item: (-item["objects"], str(item["object_type"])))
        found.append(
            _owner_row(key, answers, wanted)
            | {
                "objects": sum(item["objects"] for item in items),
                "types": ", ".join(f"{item['object_type']} {item['objects']}" for item in most),
                "example": most[0].get("example"),
            }
        )
    return rows(found)


def _unusable(answers: Answers, wanted: Wanted) -> Observation:
    """Indexes and partitions; DBA_INDEXES says N/A of a partitioned index, so none counts twice."""
    problem = first_problem(answers, *_INDEXES)
    if problem:
        return error(problem)
    parts = ("unusable_partitions", "unusable_subpartitions")
    whole = _by_owner(rows_of(answers, "unusable_indexes"))
    pieces = _by_owner(row for name in parts for row in rows_of(answers, name))
    found: list[Row] = []
    for key in sorted({*whole, *pieces}, key=str):
        indexes = sum(row["objects"] for row in whole.get(key, ()))
        partitions = sum(row["objects"] for row in pieces.get(key, ()))
        first = [*whole.get(key, ()), *pieces.get(key, ())][0]
        found.append(
            _owner_row(key, answers, wanted)
            | {
                "unusable": indexes + partitions,
                "indexes": indexes,
                "partitions": partitions,
                "example": first.get("example"),
            }
        )
    return rows(found)


def _disabled(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, *_DISABLED)
    if problem:
        return error(problem)
    constraints, triggers = (_by_owner(rows_of(answers, name)) for name in _DISABLED)
    found: list[Row] = []
    for key in sorted({*constraints, *triggers}, key=str):
        counts = [sum(row["objects"] for row in of.get(key, ())) for of in (constraints, triggers)]
        first = [*constraints.get(key, ()), *triggers.get(key, ())][0]
        found.append(
            _owner_row(key, answers, wanted)
            | {
                "disabled": sum(counts),
                "constraints": counts[0],
                "triggers": counts[1],
                "example": first.get("example"),
            }
        )
    return rows(found)
