# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill the source of a quarterly report from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import Result
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import LedgerError
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger, RunRow, utc
from ansible_collections.ebill.ops.plugins.plugin_utils.quarter import LABEL
from ansible_collections.ebill.ops.plugins.plugin_utils.report import figures
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import build_quarterly
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import Text, both, join, say

Pair = tuple[str, str]

RUNNING = "running"
BROKEN_OFF = ("expired", "cancelled")
"""States of runs that left something undone, worst first."""
QUARTERS_SHOWN = 7
"""Earlier quarters in a trend: two years with the one reported."""
SIZES = ("used_percent", "used_bytes", "total_bytes")
CHECKS_NAMED = 6
"""So many chosen checks of an area the cover names."""


def quarterly_source(
    ledger: Ledger, made: datetime, quarter: str = "", run: str = "", version: int = 1
) -> QuarterSource:
    """Return the source of a quarter, or of one run alone, with history and earlier findings.

    LedgerError when the ledger has no such run or quarter.
    """
    runs = _runs(ledger, quarter, run)
    source = _source(ledger, runs, made, version)
    if not run:
        going_on = [row for row in ledger.runs(runs[-1]["quarter"]) if row["state"] == RUNNING]
        source.run = {**source.run, "running": [row["id"] for row in going_on]}
    history = _history(ledger, runs[-1])
    quarters = _earlier_quarters(ledger, runs[-1])
    if not quarters:
        return replace(source, history=history)
    before = _source(ledger, quarters[-1], made, 1)
    return replace(source, history=history, previous_findings=build_quarterly(before)["findings"])


def _history(ledger: Ledger, newest: RunRow) -> list[dict[str, Any]]:
    """Return what every run up to the reported one measured of space, the oldest run first."""
    runs = {
        row["id"]: row["quarter"]
        for quarter in [*_earlier_quarters(ledger, newest), ledger.runs(newest["quarter"])]
        for row in quarter
        if row["state"] != RUNNING and row["opened"] <= newest["opened"]
    }
    where = figures.zone(newest["site"].get("timezone"))
    points = [
        {
            "quarter": runs[run],
            "day": figures.local_date(result["started"], where),
            **{key: result[key] for key in ("check", "target", "part")},
            **{key: result["data"].get(key) for key in SIZES},
        }
        for run, result in ledger.capacity(list(runs))
        if result["data"].get("used_percent") is not None
    ]
    order = {run: n for n, run in enumerate(runs.values())}
    return sorted(points, key=lambda point: (order[point["quarter"]], point["day"]))


def _runs(ledger: Ledger, quarter: str, run: str) -> list[RunRow]:
    """Return the runs that a report covers, oldest first; those still running are left out."""
    if run:
        return [ledger.run(run)]
    if quarter and not LABEL.match(quarter):
        raise LedgerError(f"{quarter!r} is not a quarter such as 2026Q4")
    runs = [row for row in ledger.runs(quarter or None) if row["state"] != RUNNING]
    if not runs:
        raise LedgerError(
            f"the ledger holds no finished run of {quarter or 'any quarter'}:"
            " run quarterly_inspection.yml first"
        )
    return [row for row in runs if row["quarter"] == runs[-1]["quarter"]]


def _earlier_quarters(ledger: Ledger, newest: RunRow) -> list[list[RunRow]]:
    """Return the ended runs of each quarter before that of a run, the oldest quarter first."""
    quarters: dict[str, list[RunRow]] = {}
    for row in ledger.runs():
        if row["quarter"] < newest["quarter"] and row["state"] != RUNNING:
            quarters.setdefault(row["quarter"], []).append(row)
    return [quarters[quarter] for quarter in sorted(quarters)[-QUARTERS_SHOWN:]]


def newest_answers(
    runs: Sequence[Mapping[str, Any]],
    owed: Mapping[str, Iterable[Pair]],
    results: Mapping[str, Sequence[Result]],
) -> dict[Pair, str]:
    """Return for each (target, check) the run whose answer counts.

    The newest run that answered it counts; where none did, the newest that owed it. So a second
    visit that looks at one repaired target does not unsay the first.
    """
    chosen: dict[Pair, str] = {}
    answered: set[Pair] = set()
    for row in runs:
        run = row["id"]
        here = {
            (result["target"], result["check"])
            for result in results[run]
            if result["status"] != "not_run"
        }
        for pair in owed[run]:
            if pair in here or pair not in answered:
                chosen[pair] = run
        answered |= here
    return chosen


def kept_results(
    runs: Sequence[Mapping[str, Any]],
    results: Mapping[str, Sequence[Result]],
    chosen: Mapping[Pair, str],
    checks: Mapping[str, Mapping[str, Any]],
) -> list[Result]:
    """Return the results that a report of several runs shows, oldest run first.

    Of each check the chosen run's. A check that looks at what is new since the last run
    (``accumulates``) would so forget what an earlier run of the quarter found: an earlier finding
    takes the place of a later answer that is milder, and stands beside one that could not tell.
    """
    kept: list[Result] = []
    earlier: dict[tuple[str, str, str | None], Result] = {}
    for row in runs:
        for result in results[row["id"]]:
            if chosen.get((result["target"], result["check"])) == row["id"]:
                kept.append(result)
            elif checks[result["check"]].get("accumulates") and _weight(result) > 1:
                known = earlier.get(_part(result))
                if known is None or _weight(result) >= _weight(known):
                    earlier[_part(result)] = result
    milder = {
        _part(result)
        for result in kept
        if _part(result) in earlier and 0 < _weight(result) < _weight(earlier[_part(result)])
    }
    worse = {_part(result) for result in kept if _weight(result) > 1} - milder
    findings = [result for part, result in earlier.items() if part not in worse]
    return [result for result in kept if _part(result) not in milder] + findings


def _part(result: Result) -> tuple[str, str, str | None]:
    return result["target"], result["check"], result["part"]


def _weight(result: Result) -> int:
    """Return 3 or 2 for a finding, 1 for an answer without one, 0 for none."""
    return {"fail": 3, "warn": 2, "pass": 1, "skipped": 1}.get(result["status"], 0)


def _source(ledger: Ledger, runs: list[RunRow], made: datetime, version: int) -> QuarterSource:
    owed = {
        row["id"]: [(item["target"], item["check"]) for item in ledger.owed(row["id"])]
        for row in runs
    }
    results = {row["id"]: ledger.results(row["id"]) for row in runs}
    chosen = newest_answers(runs, owed, results)
    checks = {key: c for row in runs for key, c in row["definitions"]["checks"].items()}
    kept = kept_results(runs, results, chosen, checks)
    digests = {result["evidence"] for result in kept}
    evidence = [
        {"id": f"{item['target']}.{item['area']}", **item}
        for row in runs
        for item in ledger.evidence(row["id"])
        if item["sha256"] in digests
    ]
    newest = runs[-1]
    definitions = newest["definitions"]
    return QuarterSource(
        site=newest["site"],
        run=_run(runs, chosen),
        targets=_targets(runs, kept, checks),
        areas=_areas(runs),
        sections=definitions["sections"],
        clauses=[{**c, "section": c["id"].split("-")[0]} for c in definitions["clauses"]],
        checks=checks,
        owed=[{"target": target, "check": check} for target, check in chosen],
        results=kept,
        readings=[{**r, **r["text"]} for r in definitions["readings"]],
        evidence=evidence,
        version=version,
        made=utc(made),
    )


def _areas(runs: Sequence[RunRow]) -> list[dict[str, Any]]:
    """Return the areas of all runs: one that is looked at on demand is not in each of them."""
    found = {area["id"]: area["title"] for row in runs for area in row["definitions"]["areas"]}
    return [{"id": area, **title} for area, title in found.items()]


def _run(runs: Sequence[RunRow], chosen: Mapping[Pair, str]) -> dict[str, Any]:
    """Return the runs as one; ``parts``: each with the areas whose newest answers it gave."""
    areas: dict[str, set[str]] = {row["id"]: set() for row in runs}
    for (_target, check), run in chosen.items():
        areas[run].add(check.partition(".")[0])
    newest = runs[-1]
    return {
        "id": ", ".join(row["id"] for row in runs),
        "quarter": newest["quarter"],
        "opened": runs[0]["opened"],
        "closed": newest["closed"],
        "state": _state([row for row in runs if areas[row["id"]]] or runs),
        "engineer": newest["engineer"],
        "catalogue_version": newest["versions"]["catalogue"],
        "tool_version": newest["versions"]["tool"],
        "selection": _selection(runs),
        "parts": [
            {key: row[key] for key in ("id", "opened", "closed", "state", "engineer")}
            | {"areas": sorted(areas[row["id"]])}
            for row in runs
        ],
    }


def _state(runs: Sequence[RunRow]) -> str:
    """Return the worst state of the runs that a report took something from."""
    states = {row["state"] for row in runs}
    return next((state for state in BROKEN_OFF if state in states), runs[-1]["state"])


def _whole(row: RunRow) -> bool:
    """True for a run of all checks of all areas, chosen neither by ``checks`` nor by tags."""
    areas = {check.partition(".")[0] for check in row["selection"]["checks"]}
    return row["selection"]["all"] and areas == {area["id"] for area in row["definitions"]["areas"]}


def _selection(runs: Sequence[RunRow]) -> str | Text:
    """Word what was chosen: "服务器、数据库（归档模式、数据库版本）"; "" when one run had all.

    An area that some run looked at as a whole is named alone, another one with its checks.
    """
    if any(_whole(row) for row in runs):
        return ""
    whole = {
        check.partition(".")[0]
        for row in runs
        if row["selection"]["all"]
        for check in row["selection"]["checks"]
    }
    chosen: dict[str, dict[str, Text]] = {}
    for row in runs:
        for check in row["selection"]["checks"]:
            title = row["definitions"]["checks"].get(check, {}).get("title", check)
            chosen.setdefault(check.partition(".")[0], {})[check] = both(title)
    titles = {area["id"]: area["title"] for row in runs for area in row["definitions"]["areas"]}
    return join(
        [
            both(titles[area])
            if area in whole
            else say("draft_area", area=titles[area], checks=_listed(list(chosen[area].values())))
            for area in titles
            if area in chosen
        ],
        "list_joint",
    )


def _listed(titles: list[Text]) -> Text:
    shown = join(titles[:CHECKS_NAMED], "list_joint")
    return shown if len(titles) <= CHECKS_NAMED else say("draft_more", checks=shown, n=len(titles))


def _targets(
    runs: Sequence[RunRow], results: Sequence[Result], checks: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return each target once; its facts are what the checks that only show said of the whole."""
    targets = {target["name"]: {**target, "facts": []} for row in runs for target in row["targets"]}
    for row in runs:
        for target in row["targets"]:
            known = targets[target["name"]]
            known["areas"] = sorted({*known["areas"], *target["areas"]})
    for result in results:
        shown = checks[result["check"]].get("judge") == "shown" and result["part"] is None
        if shown and result["observed"] is not None and result["target"] in targets:
            targets[result["target"]]["facts"].append(result["message"])
    return list(targets.values())
