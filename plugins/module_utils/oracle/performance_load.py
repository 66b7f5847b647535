# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of the instance goes since its start: processor, waits, disks, parsing (DEV-03).

All figures are sums since the start; of a database that was restarted yesterday they say little,
so ``basis`` says how long that is. Hit ratios are shown and never judged, but for the library
cache: a high ratio of the buffer cache is as well what bad statements make (Oracle Database
Performance Tuning Guide, "Tuning the Database Buffer Cache").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Row,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part, number, text
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_SHOWN = 10
# With fewer waits, pins or reads an average or a ratio is chance.
_LEAST_WAITS = 1000
_LEAST_PINS = 100_000
_LEAST_READS = 1_000_000

COMMIT, READ = "log file sync", "db file sequential read"
_STATISTICS = (
    "parse count (total)", "parse count (hard)", "execute count", "user commits",
    "redo size", "redo log space requests", "session logical reads", "physical reads cache",
    "db block gets from cache", "consistent gets from cache", "sorts (disk)", "sorts (memory)",
)  # fmt: skip
_TIMES = ("DB time", "DB CPU", "parse time elapsed", "hard parse elapsed time")


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


PARTS = (
    Part(
        "time_model",
        "V$SYS_TIME_MODEL",
        (text("name", "stat_name"), number("us", "value")),
        f"WHERE stat_name IN ({_listed(_TIMES)})",
        max_rows=len(_TIMES),
    ),
    # TIME_WAITED_FG: hundredths of a second, sessions of users only.
    Part(
        "wait_classes",
        "V$SYSTEM_WAIT_CLASS",
        (
            text("wait_class"),
            number("waits", "total_waits_fg"),
            number("centiseconds", "time_waited_fg"),
        ),
        "WHERE wait_class <> 'Idle'",
        max_rows=50,
    ),
    Part(
        "wait_events",
        "V$SYSTEM_EVENT",
        (
            text("event"),
            text("wait_class"),
            number("waits", "total_waits_fg"),
            number("us", "time_waited_micro_fg"),
        ),
        "WHERE wait_class <> 'Idle' AND total_waits_fg > 0",
        max_rows=1500,
    ),
    Part(
        "statistics_system",
        "V$SYSSTAT",
        (text("name"), number("value")),
        f"WHERE name IN ({_listed(_STATISTICS)})",
        max_rows=len(_STATISTICS),
    ),
    Part(
        "library_cache",
        "V$LIBRARYCACHE",
        (
            number("pins", "SUM(pins)"),
            number("hits", "SUM(pinhits)"),
            number("reloads", "SUM(reloads)"),
            number("invalidations", "SUM(invalidations)"),
        ),
        max_rows=1,
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "basis": ("instance",),
    "wait_classes": ("time_model", "wait_classes"),
    "wait_events": ("time_model", "wait_events"),
    "latencies": ("wait_events",),
    "parsing": ("time_model", "statistics_system"),
    "library_cache": ("library_cache",),
    "buffer_cache": ("statistics_system",),
    "redo": ("statistics_system", "instance"),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES."""
    return {
        "basis": _basis(answers, wanted),
        "wait_classes": _classes(answers),
        "wait_events": _events(answers),
        "latencies": _latencies(answers),
        "parsing": _parsing(answers),
        "library_cache": _library(answers),
        "buffer_cache": _buffers(answers),
        "redo": _redo(answers),
    }


def _uptime_hours(answers: Answers) -> float | None:
    days = next(iter(rows_of(answers, "instance")), {}).get("uptime_days")
    return None if days is None else round(float(days) * 24, 1)


def _basis(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "instance")
    if problem:
        return error(problem)
    return rows(
        [
            {
                "hours": _uptime_hours(answers),
                "licence": "licensed" if wanted.licensed_diagnostics else "unlicensed",
            }
        ]
    )


def _times(answers: Answers) -> dict[str, float]:
    """Seconds by the name of the time model's statistic."""
    return {
        str(row.get("name")): (row.get("us") or 0) / 1e6 for row in rows_of(answers, "time_model")
    }


def _values(answers: Answers) -> dict[str, float]:
    return {
        str(row.get("name")): row.get("value") or 0 for row in rows_of(answers, "statistics_system")
    }


def _share(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 1) if whole > 0 else None


def _classes(answers: Answers) -> Observation:
    """A row for each wait class and for the processor (``CPU``), with its share of DB time."""
    problem = first_problem(answers, *MAKES["wait_classes"])
    if problem:
        return error(problem)
    times = _times(answers)
    total = times.get("DB time", 0.0)
    found = [_class("CPU", 0, times.get("DB CPU", 0.0), total)]
    for row in rows_of(answers, "wait_classes"):
        seconds = (row.get("centiseconds") or 0) / 100
        found.append(_class(str(row.get("wait_class")), row.get("waits") or 0, seconds, total))
    return rows(sorted(found, key=lambda row: -row["hours"]))


def _class(name: str, waits: int, seconds: float, total: float) -> Row:
    return {
        "wait_class": name,
        "waits": waits,
        "hours": round(seconds / 3600, 1),
        "share_percent": _share(seconds, total),
    }


def _events(answers: Answers) -> Observation:
    """The ten events that took the most time of users' sessions."""
    problem = first_problem(answers, *MAKES["wait_events"])
    if problem:
        return error(problem)
    total = _times(answers).get("DB time", 0.0)
    longest = sorted(rows_of(answers, "wait_events"), key=lambda row: -(row.get("us") or 0))
    return rows([_event(row, total) for row in longest[:_SHOWN]])


def _event(row: Mapping[str, Any], total: float) -> Row:
    seconds, waits = (row.get("us") or 0) / 1e6, row.get("waits") or 0
    return {
        "event": row.get("event"),
        "wait_class": row.get("wait_class"),
        "waits": waits,
        "hours": round(seconds / 3600, 1),
        "share_percent": _share(seconds, total),
        "milliseconds": round(1000 * seconds / waits, 2) if waits else None,
    }


def _latencies(answers: Answers) -> Observation:
    """How long a commit and the read of a single block take; only where there were enough."""
    problem = first_problem(answers, "wait_events")
    if problem:
        return error(problem)
    events = [
        _event(row, 0.0)
        for row in rows_of(answers, "wait_events")
        if row.get("event") in (COMMIT, READ)
    ]
    return rows([row for row in events if row["waits"] >= _LEAST_WAITS])


def _parsing(answers: Answers) -> Observation:
    """The share of DB time that hard parses take: statements that are not shared."""
    problem = first_problem(answers, *MAKES["parsing"])
    if problem:
        return error(problem)
    times, values = _times(answers), _values(answers)
    parses = values.get("parse count (total)", 0)
    share = _share(times.get("hard parse elapsed time", 0.0), times.get("DB time", 0.0))
    if not parses or share is None:
        return absent("too_little", "V$SYS_TIME_MODEL")
    hard = values.get("parse count (hard)", 0)
    executions = max(values.get("execute count", 0), 1)
    return rows(
        [
            {
                "hard_share_percent": share,
                "hard_percent": round(100 * hard / parses, 1),
                "parses_each": round(parses / executions, 2),
                "hard": round(hard),
            }
        ]
    )


def _library(answers: Answers) -> Observation:
    problem = first_problem(answers, "library_cache")
    if problem:
        return error(problem)
    row = next(iter(rows_of(answers, "library_cache")), {})
    pins = row.get("pins") or 0
    if pins < _LEAST_PINS:
        return absent("too_little", f"V$LIBRARYCACHE: PINS {pins}")
    return rows(
        [
            {
                "hit_percent": round(100 * (row.get("hits") or 0) / pins, 2),
                "reloads": row.get("reloads") or 0,
                "invalidations": row.get("invalidations") or 0,
            }
        ]
    )


def _buffers(answers: Answers) -> Observation:
    """The hit ratio, from the cache's own counters: direct reads do not go through it."""
    problem = first_problem(answers, "statistics_system")
    if problem:
        return error(problem)
    values = _values(answers)
    gets = values.get("db block gets from cache", 0) + values.get("consistent gets from cache", 0)
    if gets < _LEAST_READS:
        return absent("too_little", f"V$SYSSTAT: {gets:.0f} gets")
    reads = values.get("physical reads cache", 0)
    return rows([{"hit_percent": round(100 * (1 - reads / gets), 2), "reads": round(reads)}])


def _redo(answers: Answers) -> Observation:
    """``space_waits``: how often in a day a session waited for room in the redo log files."""
    problem = first_problem(answers, *MAKES["redo"])
    if problem:
        return error(problem)
    values, hours = _values(answers), _uptime_hours(answers)
    if not hours:
        return absent("too_little", "V$INSTANCE")
    days = hours / 24
    return rows(
        [
            {
                "space_waits_day": round(values.get("redo log space requests", 0) / days, 1),
                "redo_gib_day": round(values.get("redo size", 0) / 2**30 / days, 2),
                "commits_second": round(values.get("user commits", 0) / hours / 3600, 2),
            }
        ]
    )
