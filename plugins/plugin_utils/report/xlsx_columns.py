# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of the Excel sheets: data, so that order, titles and widths are read in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Get = Callable[[Row], Any]


@dataclass(frozen=True)
class Column:
    """A column: the key of the word above it, what a row shows, its width in characters."""

    title: str
    get: Get
    width: float
    kind: str = "text"


def _key(title: str, key: str, width: float, kind: str = "text") -> Column:
    return Column(title, lambda row: row[key], width, kind)


def _listed(title: str, key: str, width: float) -> Column:
    return Column(title, lambda row: "、".join(row[key]), width)


def _lines(title: str, key: str, width: float) -> Column:
    return Column(title, lambda row: "\n".join(row[key]), width)


def _observed(row: Row) -> Any:
    """A number to reckon with; anything else as it is shown to readers."""
    value = row["observed"]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if number or value is None else row["observed_text"]


STATUS = Column("verdict", lambda row: f"{row['status_symbol']} {row['status_text']}", 12, "status")

CLAUSES = (
    _key("no", "number", 6),
    _key("clause", "clause", 10),
    _key("content", "content", 36),
    _key("standard", "standard", 12),
    _key("method", "method", 14),
    _lines("result_value", "value", 60),
    _lines("limit", "limits", 44),
    STATUS,
    _key("note", "note", 24),
)
FINDINGS = (
    _key("number", "number", 13),
    _key("level", "level_text", 8),
    STATUS,
    _key("phenomenon", "message", 48),
    _listed("clause", "clauses", 12),
    _key("check", "title", 22),
    _key("object", "target", 14),
    _key("part", "part_text", 26),
    _key("impact", "impact", 34),
    _key("cause", "cause", 22),
    _key("measure", "advice", 44),
    _key("owner", "owner", 12),
    _key("due", "due", 12),
    _key("state", "state_text", 16),
    Column("waiver", lambda row: row["waiver"]["text"] if row["waiver"] else "", 30),
)
RESULTS = (
    _key("no", "number", 7, "number"),
    STATUS,
    _key("area", "area_title", 12),
    _key("object", "target", 14),
    _key("part", "part_text", 26),
    _listed("clause", "clauses", 12),
    _key("check", "title", 22),
    _key("check_id", "check", 28),
    _key("message", "message", 52),
    Column("observed", _observed, 14, "value"),
    _key("unit", "unit_text", 7),
    _key("limit", "limit_text", 30),
    _key("limit_source", "limit_source_text", 14),
    _key("number", "finding", 13),
    Column("waiver", lambda row: row["waiver"]["text"] if row["waiver"] else "", 28),
    _key("time", "started_text", 17),
    _key("duration", "duration_seconds", 10, "value"),
    _key("evidence_ids", "evidence", 10),
)
MATRIX = (
    _key("clause", "clause", 10),
    _key("section", "section_title", 22),
    _key("content", "content", 60),
    _key("standard", "standard", 12),
    _key("answered_by", "answered_text", 13),
    _key("results_count", "results", 9, "number"),
    _listed("evidence_ids", "evidence", 24),
    STATUS,
    Column("note", lambda row: row["remark"] or row["note"], 40),
)
OPEN = (
    _key("no", "number", 6, "number"),
    STATUS,
    _key("object", "target", 14),
    _key("area", "area_title", 12),
    _key("reason", "message", 52),
    _key("concerned", "titles", 52),
    _listed("clause", "clauses", 18),
    _key("results_count", "results", 9, "number"),
)
EVIDENCE = (
    _key("number", "evidence", 9),
    _key("object", "target", 16),
    _key("area", "area_title", 12),
    _listed("clause", "clauses", 24),
    _key("sha256", "sha256", 70, "mono"),
    _key("size", "size_bytes", 12, "number"),
    _key("collected", "collected_text", 18),
)
SPACES = (
    _key("object", "target", 14),
    _key("spaces", "space", 24),
    _key("space_kind", "kind_text", 10),
    _key("space_used_gib", "used_gib", 12, "value"),
    _key("space_allocated_gib", "allocated_gib", 14, "value"),
    _key("space_maximum_gib", "maximum_gib", 12, "value"),
    _key("space_used_percent", "used_percent", 10, "percent"),
    _key("space_allocated_percent", "allocated_percent", 10, "percent"),
    _key("space_growth_gib", "growth_gib", 15, "value"),
    _key("space_autoextend", "autoextend_text", 11, "value"),
    _key("state", "state_text", 12),
    STATUS,
    _key("forecast_points", "points_text", 22),
    _key("forecast_growth", "forecast_growth_text", 30),
    _key("forecast_visit", "visit_text", 26),
    _key("forecast_reach", "reach_text", 34),
    _key("forecast_outcome", "outcome_text", 40),
)
BACKUP = ("last", "age", "limit", "size", "job")
DATABASE = (
    _key("object", "target", 14),
    _key("area", "topic", 20),
    _key("check", "title", 28),
    _lines("result_value", "value", 90),
    STATUS,
)


def space_rows(view: Mapping[str, Any]) -> list[Row]:
    """The tablespaces of all databases, each with its forecast."""
    keys = ("points_text", "visit_text", "reach_text", "outcome_text", "growth_text")
    found: list[Row] = []
    for database in view["databases"]:
        known = {row["space"]: row for row in database["forecasts"]}
        for row in database["spaces"]:
            ahead = known.get(row["space"], dict.fromkeys(keys, ""))
            words = {key: ahead[key] for key in keys[:-1]}
            growth = {"forecast_growth_text": ahead["growth_text"]}
            found.append({"target": database["target"], **row, **words, **growth})
    return found


def database_rows(view: Mapping[str, Any]) -> list[Row]:
    """The backups by type and the checks by subject of all databases."""
    found: list[Row] = []
    words = view["words"]
    for database in view["databases"]:
        target = {"target": database["target"]}
        for row in database["backups"]:
            told = [f"{words[f'backup_{key}']}: {row[f'{key}_text']}" for key in BACKUP]
            said = {"title": row["type_text"], "value": told}
            found.append({**target, "topic": words["backups"], **row, **said})
        for topic in database["topics"]:
            found += [{**target, "topic": topic["title"], **row} for row in topic["checks"]]
    return found
