# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What RMAN's records tell beside the age of backups: size, duration, tests of them (ENV-07).

The records live in the control file, for CONTROL_FILE_RECORD_KEEP_TIME days at least (7 by
default), which is less than the time between two tests of a backup. So the last test that was
seen is remembered from run to run.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from statistics import median
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Problem,
    Row,
    absent,
    error,
    first_problem,
    gib,
    local_time,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.backups import good_full_jobs
from ansible_collections.ebill.ops.plugins.module_utils.oracle.containers import hidden_backups
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    date,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

# RESTORE (also ... VALIDATE), VALIDATE BACKUPSET and DUPLICATE read backups to the end; RESTORE ...
# PREVIEW only lists them, and VALIDATE DATABASE or DATAFILE reads the files in use, no backup.
_TEST = (
    "status IN ('COMPLETED', 'COMPLETED WITH WARNINGS') AND operation NOT LIKE '%PREVIEW%' AND"
    " (operation LIKE 'RESTORE%' OR operation LIKE 'DUPLICATE%' OR"
    " (operation LIKE 'VALIDATE%' AND NVL(object_type, 'BACKUPSET') = 'BACKUPSET'))"
)
_COMPARED = 4
_DAY_SECONDS = 86400

PARTS = (
    Part(
        "rman_tests",
        "V$RMAN_STATUS",
        (
            number("operations", "COUNT(*)"),
            number("record_days", "ROUND(SYSDATE - MIN(start_time), 4)"),
            date("tested_at", f"MAX(CASE WHEN {_TEST} THEN end_time END)"),
            date("asked_at", "MAX(SYSDATE)"),
        ),
        max_rows=1,
        lane="rman",
    ),
    Part(
        "change_tracking",
        "V$BLOCK_CHANGE_TRACKING",
        (text("status"), number("bytes")),
        max_rows=1,
    ),
)

_RMAN = ("rman_jobs", "rman_sets")
MAKES: dict[str, tuple[str, ...]] = {
    "backup_size": _RMAN,
    "running_backups": ("rman_jobs", "rman_tests"),
    "backup_test": ("rman_tests",),
    "change_tracking": ("change_tracking",),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES; all absent where the site has no RMAN backup planned."""
    if not wanted.rman_expected:
        return {name: absent("not_configured", "RMAN") for name in MAKES}
    return {
        "backup_size": _size(answers, wanted),
        "running_backups": _running(answers),
        "backup_test": _test(answers, wanted),
        "change_tracking": _tracking(answers, wanted),
    }


def remember(answers: Answers, wanted: Wanted) -> dict[str, Any]:
    """Return the newest test that was ever seen, in the database's own clock."""
    tested_at = _tested_at(answers, wanted)
    return {"tested_at": tested_at.isoformat()} if tested_at else {}


def _size(answers: Answers, wanted: Wanted) -> Observation:
    """The newest good full backup as a percentage of the median of the four before it."""
    if "full" not in wanted.rman_expected:
        return absent("not_configured", "RMAN FULL")
    problem = first_problem(answers, *_RMAN)
    if problem:
        return error(problem)
    sizes = [
        job["output_bytes"]
        for job in good_full_jobs(answers, wanted.rman_expected)
        if isinstance(job.get("output_bytes"), int) and job["output_bytes"] > 0
    ][: _COMPARED + 1]
    # Fewer than two to compare with would make one odd backup the measure.
    if len(sizes) < 3:
        return rows([])
    usual = median(sizes[1:])
    row: Row = {
        "percent_of_usual": 100 * sizes[0] / usual,
        "size_gib": gib(sizes[0]),
        "usual_gib": gib(int(usual)),
        "compared": len(sizes) - 1,
    }
    return rows([row])


def _running(answers: Answers) -> Observation:
    """A row for each job that runs now, with its hours."""
    problem = first_problem(answers, *MAKES["running_backups"])
    if problem:
        return error(problem)
    now = next((row.get("asked_at") for row in rows_of(answers, "rman_tests")), None)
    found: list[Row] = []
    for job in rows_of(answers, "rman_jobs"):
        started = job.get("start_time")
        if not str(job.get("status")).startswith("RUNNING"):
            continue
        if not isinstance(now, datetime) or not isinstance(started, datetime):
            return error(Problem("bad_answer", f"V$RMAN_STATUS: {now} {started}"))
        found.append(
            {
                "type": job.get("input_type"),
                "hours": round((now - started).total_seconds() / 3600, 2),
                "started_at": local_time(started),
            }
        )
    return rows(found)


def _tested_at(answers: Answers, wanted: Wanted) -> datetime | None:
    """The newest of what is on record and what an earlier run saw."""
    seen = [row.get("tested_at") for row in rows_of(answers, "rman_tests")]
    with suppress(ValueError):
        seen.append(datetime.fromisoformat(str(wanted.earlier.get("tested_at"))))
    return max((moment for moment in seen if isinstance(moment, datetime)), default=None)


def _test(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "rman_tests")
    if problem:
        return error(problem)
    record = next(iter(rows_of(answers, "rman_tests")), {})
    now, tested_at = record.get("asked_at"), _tested_at(answers, wanted)
    if tested_at is None:
        hidden = hidden_backups(answers)
        return error(hidden) if hidden else rows([])
    if not isinstance(now, datetime) or tested_at > now:
        return error(Problem("bad_answer", f"V$RMAN_STATUS: {now} {tested_at}"))
    age = (now - tested_at).total_seconds() / _DAY_SECONDS
    return rows(
        [
            {
                "age_days": round(age, 2),
                "tested_at": local_time(tested_at),
                "record_days": record.get("record_days"),
            }
        ]
    )


def _tracking(answers: Answers, wanted: Wanted) -> Observation:
    if "incremental" not in wanted.rman_expected:
        return absent("not_configured", "RMAN INCREMENTAL")
    problem = first_problem(answers, "change_tracking")
    if problem:
        return error(problem)
    found = rows_of(answers, "change_tracking")
    return rows([{"state": found[0].get("status")}]) if found else rows([])
