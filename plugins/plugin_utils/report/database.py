# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chapter on databases: each as a DBA would tell of it, from its results alone.

What fits no table of its own stands by subject, check by check: no result of a database is left
out, whatever checks are added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import combine, count, format_value
from ansible_collections.ebill.ops.plugins.plugin_utils.report import (
    clauses,
    database_spaces,
    figures,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.rows import Row
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import (
    WORDS,
    Text,
    both,
    counts_text,
    join,
    say,
)

AREA = "oracle"
BACKUP_TYPES = ("FULL", "INCREMENTAL", "ARCHIVELOG")

TOPICS: dict[str, tuple[str, ...]] = {
    "storage": ("user", "system", "other", "readonly", "tablespace", "temp", "datafile", "disk",
                "autoextend"),
    "backup": ("rman", "backup", "archive", "recovery", "datapump"),
    "instance": ("instance", "version", "logins", "sessions"),
    "redo": ("redo", "undo"),
    "standby": ("standby",),
    "jobs": ("jobs",),
    "objects": ("objects",),
    "accounts": ("accounts", "grants"),
    "alert": ("alert",),
    "parameters": ("parameters", "patches"),
    "performance": ("performance",),
}  # fmt: skip
"""Topic -> the subjects of check ids (oracle.<subject>_<measure>); any other is "other"."""

FACTS = ("database", "unique_name", "instance", "container", "database_host", "version", "role",
         "open_mode", "log_mode")  # fmt: skip


def database_rows(source: QuarterSource, rows: Sequence[Row], where: tzinfo) -> list[Row]:
    """Return a chapter's part for each database that was to be inspected."""
    return [
        _database(source, target, own, where)
        for target in source.targets
        if AREA in target["areas"]
        and (own := [row for row in rows if row["target"] == target["name"]])
    ]


def _database(
    source: QuarterSource, target: Mapping[str, Any], rows: Sequence[Row], where: tzinfo
) -> Row:
    spaces = database_spaces.space_rows(rows)
    forecasts = database_spaces.forecast_rows(source, rows, where)
    backups = _backups(rows, source)
    told = {number for row in (*spaces, *backups) for number in row["results"]}
    drawn = [row["panel"] for row in forecasts if row["points"] > 1]
    hidden = len(drawn) - database_spaces.PANELS
    return {
        "target": target["name"],
        "title": both(target.get("title") or target["name"]),
        "status": combine(row["status"] for row in rows),
        "results": len(rows),
        "facts": _facts(source, target, rows),
        "summary": _summary(rows, spaces, forecasts),
        "spaces": spaces,
        "space_remarks": _remarks(rows, spaces),
        "forecasts": [
            {k: v for k, v in row.items() if k not in ("panel", "daily")} for row in forecasts
        ],
        "forecast_note": _forecast_note(source, forecasts),
        "panels": drawn[: database_spaces.PANELS],
        "panels_text": say("forecast_hidden", shown=database_spaces.PANELS, hidden=hidden)
        if hidden > 0
        else None,
        "backups": backups,
        "backup_remarks": _remarks(rows, backups),
        "topics": _topics(source, [row for row in rows if row["number"] not in told]),
    }


def _forecast_note(source: QuarterSource, forecasts: Sequence[Row]) -> Text:
    """Where the points are from; that a licensed view was read is said only where it was."""
    note = say("forecast_note", horizon=database_spaces.horizon(source))
    if not any(row["daily"] for row in forecasts):
        return note
    return join([note, say("forecast_note_daily")], "note_joint")


def _facts(source: QuarterSource, target: Mapping[str, Any], rows: Sequence[Row]) -> list[Row]:
    """Who the database is; a fact that no result holds is left out."""
    seen: dict[str, tuple[Any, Row]] = {}
    for row in rows:
        for key, value in row["data"].items():
            if value not in (None, "") and not row["part"]:
                seen.setdefault(key, (value, row))
    facts = [(key, _worded(key, *seen[key], source)) for key in FACTS if key in seen]
    if "uptime_days" in seen and "started_at" in seen:
        days, since = format_value(seen["uptime_days"][0]), seen["started_at"][0]
        facts.append(("uptime", say("uptime_since", days=days, since=since)))
    if "patch" in seen:
        named = {key: str(seen.get(key, ("",))[0]) for key in ("patch", "description")}
        age = format_value(seen["patch"][1]["data"].get("age_days"))
        facts.append(("patch", say("patch_aged", **named, days=age)))
    if target.get("address"):
        facts.append(("address", both(target["address"])))
    return [{"key": key, "label": say(f"fact_{key}"), "value": value} for key, value in facts]


def _worded(key: str, value: Any, row: Row, source: QuarterSource) -> Text:
    words = (source.checks.get(row["check"], {}).get("words") or {}).get(value)
    if words:
        return both(words)
    return say(f"{key}_{value}") if f"{key}_{value}" in WORDS else both(format_value(value))


def _remarks(rows: Sequence[Row], shown: Sequence[Row]) -> list[Row]:
    """The sentences of what is not right among the results shown as figures."""
    told = {number for item in shown for number in item["results"]}
    return [
        {"status": row["status"], "message": row["message"], "finding": row["finding"]}
        for row in rows
        if row["number"] in told and row["status"] not in ("pass", "skipped")
    ]


def _summary(rows: Sequence[Row], spaces: Sequence[Row], forecasts: Sequence[Row]) -> list[Text]:
    """What the director of the department wants to know first."""
    lines = [say("database_counts", n=len(rows), counts=_counts(rows))]
    if spaces:
        lines.append(say("spaces_counts", n=len(spaces), counts=_counts(spaces)))
    for outcome in ("reached", "will", "uncertain"):
        names = [row["space"] for row in forecasts if row["outcome"] == outcome]
        if names:
            joined = join([both(name) for name in names], "list_joint")
            lines.append(say(f"summary_{outcome}", n=len(names), names=joined))
    known = [row for row in forecasts if row["outcome"] in ("will", "will_not", "uncertain")]
    if known and all(row["outcome"] == "will_not" for row in known):
        lines.append(say("summary_will_not", n=len(known)))
    return lines


def _counts(rows: Sequence[Row]) -> Text:
    return counts_text(count(row["status"] for row in rows))


def _backups(rows: Sequence[Row], source: QuarterSource) -> list[Row]:
    """The last good backup of each type beside the result of that type's last job."""
    jobs = {
        row["part"]: row for row in rows if "last_status" in row["data"] and "jobs" in row["data"]
    }
    found = []
    for row in rows:
        data = row["data"]
        if "last_good_at" not in data or row["part"]:
            continue
        job = jobs.pop(str(data.get("type")), None)
        found.append(_backup(str(data.get("type")), row, job))
    found += [_backup(kind, None, job) for kind, job in jobs.items()]
    order = {kind: n for n, kind in enumerate(BACKUP_TYPES)}
    return sorted(found, key=lambda row: (order.get(row["type"], len(order)), row["type"]))


def _backup(kind: str, good: Row | None, job: Row | None) -> Row:
    data = good["data"] if good else {}
    own = [row for row in (good, job) if row]
    return {
        "type": kind,
        "type_text": say(f"type_{kind}") if f"type_{kind}" in WORDS else both(kind),
        "last_text": str(data.get("last_good_at") or figures.DASH),
        "age_text": good["observed_text"] if good else both(figures.DASH),
        "limit_text": good["limit_text"] if good else both(figures.DASH),
        "size_text": figures.size(data.get("size_bytes")),
        "job_text": say(
            "job_result",
            state=job["observed_text"],
            jobs=job["data"]["jobs"],
            failed=job["data"].get("failed_jobs", 0),
        )
        if job
        else both(figures.DASH),
        "status": combine(row["status"] for row in own),
        "results": [row["number"] for row in own],
    }


def _topics(source: QuarterSource, rows: Sequence[Row]) -> list[Row]:
    """The rest by subject, one line a check; what does not apply is named together."""
    grouped: dict[str, list[Row]] = {key: [] for key in (*TOPICS, "other")}
    for row in clauses.check_rows(source, rows):
        grouped[_topic(row["check"])].append(row)
    for row in rows:
        if row["data"].get("grant") and isinstance(row["data"].get("checks"), str):
            _grant(source, row, grouped["accounts"])
    return [_topic_row(key, own) for key, own in grouped.items() if own]


def _topic(check: str) -> str:
    area, _dot, name = check.partition(".")
    subject = name.partition("_")[0] if area == AREA else area
    return next((topic for topic, subjects in TOPICS.items() if subject in subjects), "other")


def _topic_row(key: str, checks: Sequence[Row]) -> Row:
    skipped = [row for row in checks if row["status"] == "skipped"]
    return {
        "key": key,
        "title": say(f"topic_{key}"),
        "checks": [row for row in checks if row["status"] != "skipped"],
        "skipped": sum(row["results"] for row in skipped),
        "skipped_text": say(
            "topic_skipped", titles=join([row["title"] for row in skipped], "list_joint")
        )
        if skipped
        else None,
    }


def _grant(source: QuarterSource, row: Row, checks: list[Row]) -> None:
    """Name what a missing grant costs by titles: ids say nothing to a DBA of the hospital."""
    ids = [name.strip() for name in row["data"]["checks"].split(",")]
    titles = [both(source.checks.get(name, {}).get("title", name)) for name in ids]
    said = say("grant_costs", grant=row["part"], n=len(ids), titles=join(titles, "list_joint"))
    for check in checks:
        if check["check"] == row["check"]:
            check.setdefault("grants", []).append(said)
            check["value"] = check["grants"]
