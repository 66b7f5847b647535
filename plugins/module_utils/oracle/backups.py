# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RMAN backups by type: when, and how the last one ended (ENV-07).

What counts as what, by V$RMAN_BACKUP_JOB_DETAILS.INPUT_TYPE:

- ``full``: DB FULL, and DB INCR of level 0 (V$BACKUP_SET_DETAILS tells the level);
- ``incremental``: DB INCR of another level; for its age a newer full one counts as well, since
  it leaves nothing for an incremental to do;
- ``archivelog``: ARCHIVELOG, and any job in whose session archived logs went along.

A job that COMPLETED WITH WARNINGS left a usable backup: it counts for the age, and the check of
the last status warns. RUNNING jobs count for neither. A job of the database that wrote nothing
(OUTPUT_BYTES 0) is no backup: BACKUP VALIDATE is listed like one. The records live in the
control file for CONTROL_FILE_RECORD_KEEP_TIME days at least, so "never" means: none on record.

A DB INCR job that failed left no set to tell its level: it counts as incremental where the
site's backup plan has such, else as full. Image copies (BACKUP AS COPY INCREMENTAL LEVEL 0) make
no backup set and show as incremental.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from ansible_collections.ebill.ops.plugins.module_utils.oracle.containers import hidden_backups
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    date,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

TYPES = ("full", "incremental", "archivelog")
_GOOD = ("COMPLETED", "COMPLETED WITH WARNINGS")
_DAY_SECONDS = 86400

Job = Mapping[str, Any]

PARTS = (
    # The newest few of each type and status: an hourly log backup cannot crowd out the monthly
    # full one, and the last good run is found however many failed after it.
    Part(
        "rman_jobs",
        "V$RMAN_BACKUP_JOB_DETAILS",
        (
            number("session_recid"),
            number("session_stamp"),
            text("input_type"),
            text("status"),
            date("start_time"),
            date("end_time"),
            number("age_days", "ROUND(SYSDATE - end_time, 6)"),
            number("output_bytes"),
        ),
        "WHERE nth <= 30",
        source="(SELECT session_recid, session_stamp, input_type, status, start_time, end_time,"
        " output_bytes, ROW_NUMBER() OVER (PARTITION BY input_type, status"
        " ORDER BY start_time DESC) AS nth FROM v$rman_backup_job_details)",
        max_rows=2000,
        lane="rman",
    ),
    # Only this view tells a level 0 from a level 1, and that archived logs went along in the
    # session of a full backup (which V$RMAN_BACKUP_JOB_DETAILS lists as DB FULL alone).
    Part(
        "rman_sets",
        "V$BACKUP_SET_DETAILS",
        (
            number("session_recid"),
            number("session_stamp"),
            text("backup_type"),
            number("incremental_level"),
            number("backup_sets", "COUNT(*)"),
        ),
        "GROUP BY session_recid, session_stamp, backup_type, incremental_level",
        max_rows=20000,
        lane="rman_sets",
    ),
)

_RMAN = ("rman_jobs", "rman_sets")
MAKES = {
    "rman_jobs": _RMAN,
    "rman_full": _RMAN,
    "rman_incremental": _RMAN,
    "rman_archivelog": ("database", *_RMAN),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES."""
    return observe_rman(answers, wanted.rman_expected)


def observe_rman(answers: Answers, expected: Sequence[str]) -> dict[str, Observation]:
    """Return ``rman_jobs`` and ``rman_full``, ``rman_incremental``, ``rman_archivelog``.

    ``rman_jobs`` has a row for each type that ever ran; the others have the last good job as
    their only row, no row when there is none on record, and are absent when the site's backup
    plan (``expected``) has no such type or the database does not archive.
    """
    problem = first_problem(answers, "rman_jobs")
    found: dict[str, Observation] = {}
    for kind in TYPES:
        if kind not in expected:
            found[f"rman_{kind}"] = absent("not_configured", f"RMAN {kind.upper()}")
        elif kind == "archivelog" and _no_archiving(answers):
            found[f"rman_{kind}"] = absent("not_configured", "NOARCHIVELOG")
        elif problem:
            found[f"rman_{kind}"] = error(problem)
        else:
            found[f"rman_{kind}"] = _last_good(answers, kind, expected)
    if not expected:
        found["rman_jobs"] = absent("not_configured", "RMAN")
    elif problem:
        found["rman_jobs"] = error(problem)
    else:
        found["rman_jobs"] = _on_record(answers, _last_statuses(answers, expected))
    return found


def _on_record(answers: Answers, found: Sequence[Row]) -> Observation:
    """What was found; nothing is an error where the records may be out of sight."""
    hidden = None if found else hidden_backups(answers)
    return error(hidden) if hidden else rows(found)


def _no_archiving(answers: Answers) -> bool:
    """Without archiving there is no log to back up; that mode is judged by itself."""
    return any(row.get("log_mode") == "NOARCHIVELOG" for row in rows_of(answers, "database"))


def _types(job: Job, inside: set[str], expected: Sequence[str]) -> set[str]:
    """Return the types that a job counts as; ``inside``: what its backup sets hold."""
    found: set[str] = set()
    input_type = job.get("input_type")
    failed_alone = job.get("status") not in _GOOD and not inside and "incremental" not in expected
    if input_type == "DB FULL":
        found.add("full")
    elif input_type == "DB INCR":
        found.add("full" if "level0" in inside or failed_alone else "incremental")
    if input_type == "ARCHIVELOG" or "archivelog" in inside:
        found.add("archivelog")
    return found


def _sets(answers: Answers) -> dict[tuple[Any, Any], set[str]]:
    """What the sets of each session hold; nothing when they could not be read."""
    found: dict[tuple[Any, Any], set[str]] = {}
    for row in rows_of(answers, "rman_sets"):
        held = found.setdefault((row.get("session_recid"), row.get("session_stamp")), set())
        if row.get("backup_type") == "L":
            held.add("archivelog")
        elif row.get("incremental_level") is not None:
            held.add("level0" if row.get("incremental_level") == 0 else "level1")
    return found


def _jobs(answers: Answers, kinds: set[str], expected: Sequence[str]) -> list[Job]:
    sets = _sets(answers)
    found = []
    for job in rows_of(answers, "rman_jobs"):
        inside = sets.get((job.get("session_recid"), job.get("session_stamp")), set())
        if kinds & _types(job, inside, expected):
            found.append(job)
    return found


def _is_validation(job: Job) -> bool:
    """Whether it ended well without a backup of the database to show for it."""
    of_database = str(job.get("input_type")).startswith("DB ")
    return of_database and job.get("output_bytes") == 0 and job.get("status") in _GOOD


def _is_good(job: Job) -> bool:
    """Whether it ended well, and left something where it should have."""
    ended = isinstance(job.get("age_days"), (int, float))
    return ended and job.get("status") in _GOOD and not _is_validation(job)


def good_full_jobs(answers: Answers, expected: Sequence[str]) -> list[Job]:
    """Return the good full backups, the newest first."""
    good = (job for job in _jobs(answers, {"full"}, expected) if _is_good(job))
    return sorted(good, key=lambda job: float(job["age_days"]))


def newest_full(answers: Answers, expected: Sequence[str]) -> float | None:
    """Return how many days ago the last good full backup began; None when there is none."""
    for job in good_full_jobs(answers, expected):
        took = job["end_time"] - job["start_time"]
        return float(job["age_days"]) + float(took.total_seconds()) / _DAY_SECONDS
    return None


def _last_good(answers: Answers, kind: str, expected: Sequence[str]) -> Observation:
    kinds = {"full", kind} if kind == "incremental" else {kind}
    good = [job for job in _jobs(answers, kinds, expected) if _is_good(job)]
    blind = first_problem(answers, "rman_sets")
    if blind and _could_be_newer(answers, kind, good):
        return error(blind)
    if not good:
        return _on_record(answers, [])
    newest = min(good, key=lambda job: float(job["age_days"]))
    age = float(newest["age_days"])
    if age < 0:
        return error(Problem("bad_answer", f"RMAN {kind.upper()}: age_days={age:.3f}"))
    size = newest.get("output_bytes")
    return rows(
        [
            {
                "type": kind.upper(),
                "age_days": age,
                "age_hours": age * 24,
                "last_good_at": local_time(newest.get("end_time")),
                "last_good_status": newest.get("status"),
                "size_bytes": size,
                "size_gib": gib(size) if isinstance(size, int) else None,
                "good_jobs": len(good),
            }
        ]
    )


def _could_be_newer(answers: Answers, kind: str, good: Sequence[Job]) -> bool:
    """Without the sets, an incremental may be a level 0, and any job may hold archived logs."""
    newest = min((float(job["age_days"]) for job in good), default=None)
    doubtful = {"full": ("DB INCR",), "incremental": (), "archivelog": ("DB FULL", "DB INCR")}[kind]
    return any(
        job.get("input_type") in doubtful
        and job.get("status") in _GOOD
        and isinstance(job.get("age_days"), (int, float))
        and (newest is None or float(job["age_days"]) < newest)
        for job in rows_of(answers, "rman_jobs")
    )


def _last_statuses(answers: Answers, expected: Sequence[str]) -> list[Row]:
    """The last job of each type that has ended; types that never ran are the age's business."""
    found: list[Row] = []
    for kind in TYPES:
        jobs = [
            job
            for job in _jobs(answers, {kind}, expected)
            if job.get("start_time") is not None and not _is_validation(job)
        ]
        ended = [job for job in jobs if not str(job.get("status")).startswith("RUNNING")]
        if kind not in expected or not ended:
            continue
        last = max(ended, key=lambda job: job["start_time"])
        good = [job["start_time"] for job in ended if _is_good(job)]
        found.append(
            {
                "type": kind.upper(),
                "last_status": last.get("status"),
                "last_started_at": local_time(last.get("start_time")),
                "running": len(jobs) > len(ended),
                "jobs": len(ended),
                "failed_jobs": sum(job.get("status") not in _GOOD for job in ended),
                "failed_since_good": sum(
                    job.get("status") not in _GOOD and (not good or job["start_time"] > max(good))
                    for job in ended
                ),
            }
        )
    return found
