# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds the results: cover, objects, what was not determined, readings, evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta, tzinfo
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import combine, count, format_value
from ansible_collections.ebill.ops.plugins.plugin_utils.quarter import (
    add_months,
    quarter_labelled,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import OPEN, Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    WORDS,
    Text,
    both,
    join,
    say,
    setting_text,
)


def cover(source: QuarterSource, where: tzinfo) -> Row:
    """The front page. What the site profile leaves open is an empty string, to be filled in."""
    site, run = source.site, source.run
    first = figures.local_date(run["opened"], where)
    last = figures.local_date(run.get("closed"), where)
    selection = run.get("selection")
    return {
        "title": say("title"),
        "hospital": both(site.get("hospital")),
        "project": both(site.get("project")),
        "contract_no": str(site.get("contract_no") or ""),
        "vendor": both(site.get("vendor")),
        "quarter": run["quarter"],
        "quarter_text": figures.quarter(run["quarter"]),
        **_term(source),
        "inspected": first if last in ("", first) else f"{first} — {last}",
        "version": f"v{source.version}",
        "made": figures.local_time(source.made, where),
        "prepared_by": str(site.get("prepared_by") or run.get("engineer") or ""),
        "reviewed_by": str(site.get("reviewed_by") or ""),
        "approved_by": str(site.get("approved_by") or ""),
        "selection_text": say("draft_scope", selection=selection) if selection else None,
    }


def _term(source: QuarterSource) -> dict[str, Text]:
    """The contract's term and the quarter's days (R-10); empty where the site has no start."""
    try:
        start = date.fromisoformat(str(source.site.get("contract_start")))
        basis = next((row["value"] for row in source.readings if row["id"] == "R-10"), "contract")
        quarter = quarter_labelled(str(source.run["quarter"]), start, str(basis))
    except ValueError:
        return {"service_term": both(""), "quarter_span": both("")}
    end = add_months(start, 12) - timedelta(days=1)
    return {
        "service_term": say("span", first=start, last=end),
        "quarter_span": say("span", first=quarter.start, last=quarter.end),
    }


def quality(source: QuarterSource, where: tzinfo) -> Row:
    """Where the figures come from: run, versions, digest of all data the report is made from."""
    run = source.run
    state = str(run.get("state") or "")
    return {
        "run": str(run["id"]),
        "engineer": str(run.get("engineer") or ""),
        "opened": figures.local_time(run["opened"], where),
        "closed": both(figures.local_time(run["closed"], where))
        if run.get("closed")
        else say("run_open"),
        "state": state,
        "state_text": say(f"state_{state}") if f"state_{state}" in WORDS else both(state),
        "tool_version": str(run.get("tool_version") or ""),
        "catalogue_version": str(run.get("catalogue_version") or ""),
        "data_sha256": digest(source),
    }


def digest(source: QuarterSource) -> str:
    """SHA-256 over the source as canonical JSON, without when and as which version it is made:
    two reports with the same digest say the same."""
    left_out = ("made", "version")
    data = {part.name: getattr(source, part.name) for part in fields(source)}
    data = {name: value for name, value in data.items() if name not in left_out}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def target_rows(source: QuarterSource, rows: Sequence[Row]) -> list[Row]:
    """Return one row for each object with its counts; also objects that only results name."""
    areas = {area["id"]: area for area in source.areas}
    known = {target["name"]: target for target in source.targets}
    for row in rows:
        known.setdefault(row["target"], {"name": row["target"], "areas": [row["area"]]})
    by_target: dict[str, list[str]] = {name: [] for name in known}
    for row in rows:
        by_target[row["target"]].append(row["status"])
    return [
        {
            "number": number,
            "target": name,
            "title": both(target.get("title") or name),
            "areas": list(target.get("areas") or []),
            "area_title": join(
                [both(areas.get(area, area)) for area in target.get("areas") or []], "list_joint"
            ),
            "address": str(target.get("address") or ""),
            "facts": _facts(target.get("facts")),
            "status": combine(by_target[name]),
            "counts": count(by_target[name]),
            "results": len(by_target[name]),
        }
        for number, (name, target) in enumerate(known.items(), start=1)
    ]


def _facts(facts: Any) -> str | dict[str, str]:
    """Write what is known of an object: sentences in both languages, or plain values by name."""
    if isinstance(facts, list):
        found = [both(fact) for fact in facts]
        return {
            "zh": "；".join(fact["zh"] for fact in found),
            "en": "; ".join(fact["en"] for fact in found),
        }
    if isinstance(facts, Mapping):
        return "; ".join(f"{key} {value}" for key, value in facts.items() if value is not None)
    return str(facts or "")


def area_rows(source: QuarterSource, rows: Sequence[Row]) -> list[Row]:
    """Return one row for each area that has results, with its counts."""
    order = [area["id"] for area in source.areas]
    order += sorted({row["area"] for row in rows} - set(order))
    titles = {area["id"]: area for area in source.areas}
    found = []
    for area in order:
        statuses = [row["status"] for row in rows if row["area"] == area]
        if statuses:
            found.append(
                {
                    "area": area,
                    "title": both(titles.get(area, area)),
                    "status": combine(statuses),
                    "counts": count(statuses),
                    "results": len(statuses),
                }
            )
    return found


def undetermined_rows(rows: Sequence[Row], statuses: Sequence[str] = OPEN) -> list[Row]:
    """Return what was not determined, grouped by object, area and reason: a host that was not
    reached is one row and not thirty."""
    grouped: dict[tuple[str, ...], Row] = {}
    for row in rows:
        if row["status"] not in statuses:
            continue
        key = (row["status"], row["target"], row["area"], row["message"]["zh"])
        group = grouped.setdefault(
            key,
            {
                "number": 0,
                "status": row["status"],
                "target": row["target"],
                "area": row["area"],
                "area_title": row["area_title"],
                "message": row["message"],
                "reason": row["reason"],
                "titles": [],
                "clauses": [],
                "results": 0,
            },
        )
        group["results"] += 1
        title = _with_part(row)
        if title not in group["titles"]:
            group["titles"].append(title)
        group["clauses"] = sorted({*group["clauses"], *row["clauses"]})
    found = sorted(grouped.values(), key=lambda group: list(statuses).index(group["status"]))
    for number, group in enumerate(found, start=1):
        group["number"] = number
        group["titles"] = join(group["titles"], "list_joint")
    return found


def _with_part(row: Row) -> dict[str, str]:
    part = row["part_text"]
    return {
        language: f"{text}（{part[language]}）"
        if row["part"] and language == "zh"
        else f"{text} ({part[language]})"
        if row["part"]
        else text
        for language, text in row["title"].items()
    }


def reading_rows(source: QuarterSource) -> list[Row]:
    """Return the readings of the contract's open points in force, and whether the site set them."""
    return [
        {
            "reading": row["id"],
            "key": row["key"],
            "setting": setting_text(row["key"]),
            "clauses": list(row["clauses"]),
            "value": _setting(row["value"], row),
            "default": _setting(row["default"], row),
            "changed": row["value"] != row["default"],
            "text": both(row),
        }
        for row in source.readings
    ]


def _setting(value: Any, reading: Mapping[str, Any]) -> Text:
    if value is None:
        return say("not_set")
    if isinstance(value, bool):
        return say("yes" if value else "no_value")
    if isinstance(value, (dict, list)):
        return both(json.dumps(value, ensure_ascii=False))
    return both((reading.get("words") or {}).get(value, format_value(value)))


def evidence_rows(source: QuarterSource, rows: Sequence[Row], where: tzinfo) -> list[Row]:
    """Return the evidence numbered as in the results, with the clauses it supports."""
    areas = {area["id"]: area for area in source.areas}
    clauses: dict[str, set[str]] = {}
    for row in rows:
        clauses.setdefault(row["evidence"], set()).update(row["clauses"])
    return [
        {
            "evidence": number,
            "id": str(item["id"]),
            "target": item["target"],
            "area": item["area"],
            "area_title": both(areas.get(item["area"], item["area"])),
            "clauses": sorted(clauses.get(number, ())),
            "sha256": item["sha256"],
            "size_bytes": item.get("size_bytes"),
            "collected": item.get("collected") or "",
            "collected_text": figures.local_time(item.get("collected"), where),
        }
        for number, item in ((f"E{n:03d}", item) for n, item in enumerate(source.evidence, start=1))
    ]
