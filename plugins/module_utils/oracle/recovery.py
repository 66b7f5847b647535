# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Can the database be recovered from its backups: files, control file, archived logs (ENV-07).

A file's backup is what V$BACKUP_DATAFILE_DETAILS calls restorable: backup sets, image copies and
proxy copies, of any level. V$BACKUP_DATAFILE would also list what a mere BACKUP VALIDATE read.
Its age counts from the checkpoint, the moment that it restores to. A file is covered for good,
whatever the age, when it has not changed since (read only, offline): its own checkpoint is not
newer than the backup's. A file without a backup is as old as its creation.

Archived logs: a hole between two sequence numbers of a thread, and a log that was deleted without
a backup, end every recovery there. They count when they are newer than the start of the last good
full backup. Other incarnations than the newest one (RESETLOGS) are history.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Problem,
    Row,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.backups import newest_full
from ansible_collections.ebill.ops.plugins.module_utils.oracle.containers import hidden_backups
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import labelled
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part, number, text
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_FILES = (
    number("file_number", "file#"),
    text("file_name", "name"),
    number("creation_change", "creation_change#"),
    number("checkpoint_change", "checkpoint_change#"),
    number("created_days", "ROUND(SYSDATE - creation_time, 4)"),
)
_HOLE = "sequence# - earlier > 1"
_LOST = "deleted = 'YES' AND backups = 0"


def _is_standby(answers: Answers) -> bool:
    return any("STANDBY" in str(row.get("database_role")) for row in rows_of(answers, "database"))


PARTS = (
    Part("datafile_ages", "V$DATAFILE", _FILES, max_rows=20000, until=(12, 1), lane="rman"),
    # Container 2 is PDB$SEED, which nobody backs up by itself.
    Part(
        "datafile_ages", "V$DATAFILE", _FILES, "WHERE con_id <> 2",
        max_rows=20000, since=(12, 1), lane="rman",
    ),
    Part(
        "file_backups",
        "V$BACKUP_DATAFILE_DETAILS",
        (
            number("file_number", "file#"),
            number("creation_change", "creation_change#"),
            number("checkpoint_change", "MAX(checkpoint_change#)"),
            number("age_days", "ROUND(SYSDATE - MAX(checkpoint_time), 4)"),
        ),
        "GROUP BY file#, creation_change#",
        max_rows=40000,
        lane="rman_sets",
    ),
    Part(
        "controlfile_backups",
        "V$BACKUP_CONTROLFILE_DETAILS",
        (
            number("backups", "COUNT(*)"),
            number("age_days", "ROUND(SYSDATE - MAX(checkpoint_time), 4)"),
        ),
        max_rows=1,
        lane="rman_sets",
    ),
    # One row for each sequence number first: a log is listed once for each destination.
    Part(
        "archived_logs",
        "V$ARCHIVED_LOG",
        (
            number("thread", "thread#"),
            number("incarnation", "resetlogs_change#"),
            number("logs", "COUNT(*)"),
            number("lowest", "MIN(sequence#)"),
            number("highest", "MAX(sequence#)"),
            number("missing", f"SUM(CASE WHEN {_HOLE} THEN sequence# - earlier - 1 ELSE 0 END)"),
            number(
                "missing_days",
                f"ROUND(SYSDATE - MAX(CASE WHEN {_HOLE} THEN first_time END), 4)",
            ),
            number("lost", f"SUM(CASE WHEN {_LOST} THEN 1 ELSE 0 END)"),
            number("lost_days", f"ROUND(SYSDATE - MAX(CASE WHEN {_LOST} THEN first_time END), 4)"),
        ),
        "GROUP BY thread#, resetlogs_change#",
        source="(SELECT thread#, resetlogs_change#, sequence#, MAX(first_time) AS first_time,"
        " MAX(backup_count) AS backups, MIN(deleted) AS deleted, LAG(sequence#) OVER"
        " (PARTITION BY thread#, resetlogs_change# ORDER BY sequence#) AS earlier"
        " FROM v$archived_log WHERE standby_dest = 'NO' AND archived = 'YES'"
        " GROUP BY thread#, resetlogs_change#, sequence#)",
        max_rows=500,
        lane="rman",
    ),
    Part(
        "standby_gaps",
        "V$ARCHIVE_GAP",
        (
            number("thread", "thread#"),
            number("lowest", "low_sequence#"),
            number("highest", "high_sequence#"),
        ),
        max_rows=500,
        lane="late",
        when=_is_standby,
    ),
    # Data Pump's own table outlives a job that stopped, and is listed from the recycle bin too.
    Part(
        "datapump_jobs",
        "DBA_DATAPUMP_JOBS",
        (
            text("owner_name"),
            text("job_name"),
            text("operation"),
            text("state"),
            number("attached_sessions"),
        ),
        "WHERE job_name NOT LIKE 'BIN$%'",
        max_rows=500,
        by_container=True,
    ),
)  # fmt: skip

_RMAN = ("rman_jobs", "rman_sets")
MAKES: dict[str, tuple[str, ...]] = {
    "file_backups": ("datafile_ages", "file_backups"),
    "controlfile_backup": ("controlfile_backups",),
    "archived_logs": ("database", "archived_logs", *_RMAN),
    "standby_gaps": ("database", "standby_gaps"),
    "datapump_jobs": ("datapump_jobs", "containers"),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES.

    ``file_backups`` is the one data file whose newest backup is the oldest; ``archived_logs`` has
    a row for each thread; ``datapump_jobs`` for each job that was left behind.
    """
    return {
        "file_backups": _files(answers, wanted),
        "controlfile_backup": _control_file(answers, wanted),
        "archived_logs": _archived(answers, wanted),
        "standby_gaps": _standby(answers),
        "datapump_jobs": _datapump(answers),
    }


def _unplanned(wanted: Wanted) -> Observation | None:
    return None if "full" in wanted.rman_expected else absent("not_configured", "RMAN FULL")


def _files(answers: Answers, wanted: Wanted) -> Observation:
    if unplanned := _unplanned(wanted):
        return unplanned
    problem = first_problem(answers, *MAKES["file_backups"])
    if problem:
        return error(problem)
    backups = {
        (row.get("file_number"), row.get("creation_change")): row
        for row in rows_of(answers, "file_backups")
    }
    files = rows_of(answers, "datafile_ages")
    if not files:
        return error(Problem("bad_answer", "V$DATAFILE: 0 rows"))
    if not backups and (hidden := hidden_backups(answers)):
        return error(hidden)
    seen = [
        _file(file, backups.get((file.get("file_number"), file.get("creation_change"))))
        for file in files
    ]
    oldest = max(seen, key=lambda row: float(row["age_days"]))
    if min(float(row["age_days"]) for row in seen) < 0:
        return error(Problem("bad_answer", "V$BACKUP_DATAFILE_DETAILS: age_days < 0"))
    counts = {
        "files": len(seen),
        "never": sum(row["backed_up"] == "never_backed_up" for row in seen),
        "unchanged": sum(row["backed_up"] == "unchanged" for row in seen),
    }
    return rows([oldest | counts])


def _file(file: Mapping[str, Any], backup: Mapping[str, Any] | None) -> Row:
    """``backed_up``: ``backed_up``, ``unchanged`` since then (age 0), or ``never_backed_up``."""
    row: Row = {"file": str(file.get("file_name") or f"#{file.get('file_number')}")}
    if backup is None:
        return row | {"backed_up": "never_backed_up", "age_days": file.get("created_days") or 0}
    unchanged = (backup.get("checkpoint_change") or 0) >= (file.get("checkpoint_change") or 0)
    age = 0 if unchanged else backup.get("age_days") or 0
    return row | {"backed_up": "unchanged" if unchanged else "backed_up", "age_days": age}


def _control_file(answers: Answers, wanted: Wanted) -> Observation:
    if unplanned := _unplanned(wanted):
        return unplanned
    problem = first_problem(answers, "controlfile_backups")
    if problem:
        return error(problem)
    found = [row for row in rows_of(answers, "controlfile_backups") if row.get("backups")]
    if not found and (hidden := hidden_backups(answers)):
        return error(hidden)
    if any((row.get("age_days") or 0) < 0 for row in found):
        return error(Problem("bad_answer", "V$BACKUP_CONTROLFILE_DETAILS: age_days < 0"))
    return rows([{key: row.get(key) for key in ("backups", "age_days")} for row in found])


def _archived(answers: Answers, wanted: Wanted) -> Observation:
    """``unusable`` counts what breaks a recovery from the last good full backup to now."""
    if unplanned := _unplanned(wanted):
        return unplanned
    problem = first_problem(answers, *MAKES["archived_logs"])
    if problem:
        return error(problem)
    if any(row.get("log_mode") == "NOARCHIVELOG" for row in rows_of(answers, "database")):
        return absent("not_configured", "NOARCHIVELOG")
    threads = rows_of(answers, "archived_logs")
    newest = max((row.get("incarnation") or 0 for row in threads), default=0)
    base = newest_full(answers, wanted.rman_expected)
    if base is None and (hidden := hidden_backups(answers)):
        return error(hidden)
    found: list[Row] = []
    for row in threads:
        if (row.get("incarnation") or 0) != newest:
            continue
        missing = _since(base, row, "missing")
        # Where RMAN does not back the logs up something else may, which the view cannot know.
        lost = _since(base, row, "lost") if "archivelog" in wanted.rman_expected else 0
        found.append(
            {
                "thread": f"THREAD {row.get('thread')}",
                "unusable": missing + lost,
                "missing": missing,
                "lost": lost,
                "logs": row.get("logs"),
                "lowest": row.get("lowest"),
                "highest": row.get("highest"),
            }
        )
    return rows(found)


def _since(base: float | None, row: Mapping[str, Any], what: str) -> int:
    """How many there are, when the newest of them is newer than the base (days ago)."""
    age = row.get(f"{what}_days")
    return int(row.get(what) or 0) if age is not None and (base is None or age < base) else 0


def _standby(answers: Answers) -> Observation:
    problem = first_problem(answers, "database")
    if problem:
        return error(problem)
    if not _is_standby(answers):
        return absent("not_listed", "STANDBY")
    problem = first_problem(answers, "standby_gaps")
    if problem:
        return error(problem)
    return rows(
        [
            {
                "thread": f"THREAD {row.get('thread')}",
                "missing": (row.get("highest") or 0) - (row.get("lowest") or 0) + 1,
                "lowest": row.get("lowest"),
                "highest": row.get("highest"),
            }
            for row in rows_of(answers, "standby_gaps")
        ]
    )


def _datapump(answers: Answers) -> Observation:
    problem = first_problem(answers, "datapump_jobs")
    if problem:
        return error(problem)
    return rows(
        [
            {
                "job": labelled(f"{row.get('owner_name')}.{row.get('job_name')}", row, answers),
                "operation": row.get("operation"),
                "state": "left",
            }
            for row in rows_of(answers, "datapump_jobs")
            if row.get("state") == "NOT RUNNING" and not row.get("attached_sessions")
        ]
    )
