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
from ansible_collections.ebill.ops.plugins.plugin_utils.report.model import build_quarterly
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource

Pair = tuple[str, str]

_WEIGHT = {"fail": 3, "warn": 2, "pass": 1, "skipped": 1, "error": 0, "not_run": 0}


def quarterly_source(
    ledger: Ledger, made: datetime, quarter: str = "", run: str = "", version: int = 1
) -> QuarterSource:
    """Return the source of a quarter, or of one run alone, with history and earlier findings.

    LedgerError when the ledger has no such run or quarter.
    """
    runs = _runs(ledger, quarter, run)
    source = _source(ledger, runs, made, version)
    earlier = _last_of_each_quarter(ledger, runs[0])
    if not earlier:
        return source
    history = [
        {**{key: point[key] for key in ("quarter", "check", "target", "part")}, **point["data"]}
        for point in ledger.capacity_history([row["id"] for row in earlier])
    ]
    previous = _source(ledger, _runs(ledger, earlier[-1]["quarter"], ""), made, 1)
    findings = build_quarterly(previous)["findings"]
    return replace(source, history=history, previous_findings=findings)


def _runs(ledger: Ledger, quarter: str, run: str) -> list[RunRow]:
    """Return the runs that a report covers, oldest first; those still running are left out."""
    if run:
        return [ledger.run(run)]
    runs = [row for row in ledger.runs(quarter or None) if row["state"] != "running"]
    if not runs:
        raise LedgerError(
            f"the ledger holds no finished run of {quarter or 'any quarter'}:"
            " run quarterly_inspection.yml first"
        )
    return [row for row in runs if row["quarter"] == runs[-1]["quarter"]]


def _last_of_each_quarter(ledger: Ledger, first: RunRow) -> list[RunRow]:
    last: dict[str, RunRow] = {}
    for row in ledger.runs():
        if row["opened"] < first["opened"] and row["quarter"] != first["quarter"]:
            last[row["quarter"]] = row
    return list(last.values())


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
    (``accumulates``) would forget what an earlier run of the quarter found: of each of its parts
    the worst result stays, the newer one of two alike. What could not be looked at then is looked
    at by the next run, which goes on from the same bookmark: any answer replaces it.
    """
    kept: list[Result] = []
    worst: dict[tuple[str, str, str | None], Result] = {}
    for row in runs:
        for result in results[row["id"]]:
            if checks[result["check"]].get("accumulates"):
                part = (result["target"], result["check"], result["part"])
                known = worst.get(part)
                if known is None or _WEIGHT[result["status"]] >= _WEIGHT[known["status"]]:
                    worst[part] = result
            elif chosen.get((result["target"], result["check"])) == row["id"]:
                kept.append(result)
    return kept + _without_blanks(worst.values())


def _without_blanks(results: Iterable[Result]) -> list[Result]:
    """Leave out a whole check's unknown where another run of the quarter answered its parts."""
    found = list(results)
    answered = {
        (result["target"], result["check"]) for result in found if result["part"] is not None
    }
    return [
        result
        for result in found
        if result["part"] is not None or (result["target"], result["check"]) not in answered
    ]


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
        run=_run(runs),
        targets=_targets(runs, kept, checks),
        areas=[{"id": area["id"], **area["title"]} for area in definitions["areas"]],
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


def _run(runs: Sequence[RunRow]) -> dict[str, Any]:
    newest = runs[-1]
    return {
        "id": ", ".join(row["id"] for row in runs),
        "quarter": newest["quarter"],
        "opened": runs[0]["opened"],
        "closed": newest["closed"],
        "state": newest["state"],
        "engineer": newest["engineer"],
        "catalogue_version": newest["versions"]["catalogue"],
        "tool_version": newest["versions"]["tool"],
        "selection": "" if any(_whole(row) for row in runs) else _selection(runs),
    }


def _whole(row: RunRow) -> bool:
    return bool(row["selection"]["all"])


def _selection(runs: Sequence[RunRow]) -> str:
    return ", ".join(sorted({check for row in runs for check in row["selection"]["checks"]}))


def _targets(
    runs: Sequence[RunRow], results: Sequence[Result], checks: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return each target once, its facts from the checks that only show what they saw."""
    targets = {target["name"]: {**target, "facts": {}} for row in runs for target in row["targets"]}
    for row in runs:
        for target in row["targets"]:
            known = targets[target["name"]]
            known["areas"] = sorted({*known["areas"], *target["areas"]})
    for result in results:
        shown = checks[result["check"]].get("judge") == "shown"
        if shown and result["observed"] is not None and result["target"] in targets:
            title = checks[result["check"]]["title"]["zh"]
            targets[result["target"]]["facts"].setdefault(title, result["observed"])
    return list(targets.values())
