# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus text for the node exporter's textfile collector.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text-based format).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils.report import templates as files
from ansible_collections.ebill.ops.plugins.plugin_utils.report.view import localise

Samples = Iterable[tuple[dict[str, str], float]]


def render(model: Mapping[str, Any], language: str, templates: files.Templates) -> bytes:
    """Return the metrics. Labels are ids, which are the same in every language.

    ``ebill_check_status`` is 1 with the status as a label; parts with the same name (a mount
    listed twice) are numbered, since two samples may not have the same labels.
    """
    del templates
    view = localise(model, language)
    conclusion = view["conclusion"]
    results = _labelled(view["results"])
    numeric = [
        (labels, float(row["observed"]))
        for labels, row in results
        if isinstance(row["observed"], (int, float)) and not isinstance(row["observed"], bool)
    ]
    units = {row["check"]: row["unit"] for row in view["results"] if row["unit"]}
    parts = [
        _metric(
            "ebill_check_status",
            "Result of a check; 1 for the status that it has.",
            (({**labels, "status": row["status"]}, 1) for labels, row in results),
        ),
        _metric(
            "ebill_observed_value",
            "Observed value of a check, in the check's unit.",
            (
                ({**labels, "unit": units.get(labels["check"], "")}, value)
                for labels, value in numeric
            ),
        ),
        _metric(
            "ebill_check_waived",
            "1 for a warning or failure with a waiver in force.",
            ((labels, int(row["waiver"]["valid"])) for labels, row in results if row["waiver"]),
        ),
        _metric(
            "ebill_run_results",
            "Results of the run by status.",
            (({"status": status}, conclusion["counts"][status]) for status in STATUSES),
        ),
        _metric(
            "ebill_run_findings",
            "Findings of the run by level.",
            (({"level": level}, n) for level, n in conclusion["levels"].items()),
        ),
        _metric(
            "ebill_run_owed",
            "Checks (check x object) that the run owed.",
            [({}, conclusion["owed"])],
        ),
        _metric(
            "ebill_run_complete",
            "1 when everything owed was determined.",
            [({}, int(conclusion["complete"]))],
        ),
        _metric("ebill_run_info", "The run, its quarter and versions.", [(_info(view), 1)]),
        _metric(
            "ebill_run_last_result_seconds",
            "Unix time of the newest result.",
            [({}, _newest(view["results"]))],
        ),
    ]
    return "".join(parts).encode()


def _labelled(rows: Iterable[Mapping[str, Any]]) -> list[tuple[dict[str, str], Mapping[str, Any]]]:
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for row in rows:
        labels = {key: row[key] for key in ("area", "check", "target", "part")}
        key = tuple(labels.values())
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            labels["part"] = f"{labels['part']} ({seen[key]})".strip()
        found.append((labels, row))
    return found


def _info(view: Mapping[str, Any]) -> dict[str, str]:
    quality = view["quality"]
    return {
        "run": quality["run"],
        "quarter": view["cover"]["quarter"],
        "state": quality["state"],
        "tool_version": quality["tool_version"],
        "catalogue_version": quality["catalogue_version"],
    }


def _newest(rows: Iterable[Mapping[str, Any]]) -> float:
    moments = [datetime.fromisoformat(row["started"]) for row in rows if row["started"]]
    aware = [moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in moments]
    return max((moment.timestamp() for moment in aware), default=0)


def _metric(name: str, text: str, samples: Samples) -> str:
    lines = [f"# HELP {name} {text}\n", f"# TYPE {name} gauge\n"]
    for labels, value in samples:
        inner = ",".join(f'{key}="{escape(label)}"' for key, label in labels.items())
        lines.append(f"{name}{{{inner}}} {value!r}\n" if inner else f"{name} {value!r}\n")
    return "".join(lines)


def escape(label: str) -> str:
    """Escape a label's value: backslash, double quote and line feed."""
    return label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
