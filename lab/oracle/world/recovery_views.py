# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of what can be recovered: backups by file, tests of backups, gaps, Data Pump."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from lab.oracle.world.model import RmanJob
from lab.oracle.world.storage import files
from lab.oracle.world.views import Row, Sight, view


def _database_backups(sight: Sight) -> Iterator[tuple[int, RmanJob]]:
    for key, job in enumerate(sight.world.rman_jobs, 1):
        if job.output_bytes and job.input_type in ("DB FULL", "DB INCR"):
            yield key, job


def _backup(sight: Sight, key: int, job: RmanJob) -> Row:
    """A backup's checkpoint is taken when it begins; an SCN for each second of its age."""
    age = sight.world.local() - job.started
    return {
        "BTYPE": "BACKUPSET",
        "BTYPE_KEY": key,
        "SESSION_KEY": key,
        "SESSION_RECID": key,
        "SESSION_STAMP": 1_180_000_000 + key,
        "CHECKPOINT_CHANGE#": sight.world.scn - 5000 - int(age.total_seconds()),
        "CHECKPOINT_TIME": job.started,
        "CON_ID": 0,
    }


@view("V$BACKUP_DATAFILE_DETAILS")
def v_backup_datafile_details(sight: Sight) -> Iterable[Row]:
    """From the root of a multitenant database the files of all its containers."""
    for con_id, _, inside in sight.containers():
        for number, space, file in files(inside, temporary=False):
            if file.path in sight.world.upkeep.not_backed_up:
                continue
            for key, job in _database_backups(sight):
                yield _backup(sight, key, job) | {
                    "FILE#": number,
                    "CREATION_TIME": sight.world.created,
                    "INCREMENTAL_LEVEL": job.incremental_level,
                    "MARKED_CORRUPT": 0,
                    "TSNAME": space.name,
                    "CON_ID": con_id,
                }


@view("V$BACKUP_CONTROLFILE_DETAILS")
def v_backup_controlfile_details(sight: Sight) -> Iterable[Row]:
    """Each database backup takes the control file along (autobackup)."""
    for key, job in _database_backups(sight):
        yield _backup(sight, key, job)


def _operation(sight: Sight, number: int, name: str, age: timedelta, status: str) -> Row:
    ended = sight.world.local() - age
    return {
        "RECID": number,
        "STAMP": 1_180_000_000 + number,
        "ROW_LEVEL": 1,
        "ROW_TYPE": "COMMAND",
        "OPERATION": name,
        "STATUS": status,
        "START_TIME": ended - timedelta(minutes=40),
        "END_TIME": ended,
        "CON_ID": 0,
    }


@view("V$RMAN_STATUS")
def v_rman_status(sight: Sight) -> Iterable[Row]:
    now, tested = sight.world.local(), sight.world.upkeep.tested
    for number, job in enumerate(sight.world.rman_jobs, 1):
        age = now - job.started - timedelta(seconds=job.elapsed_seconds)
        yield _operation(sight, number, "BACKUP", age, job.status)
    if tested is not None:
        yield _operation(sight, 9001, "RESTORE VALIDATE", tested, "COMPLETED")


@view("V$BLOCK_CHANGE_TRACKING")
def v_block_change_tracking(sight: Sight) -> Iterable[Row]:
    yield {
        "STATUS": sight.world.upkeep.tracking,
        "FILENAME": "/u01/app/oracle/oradata/EBILLDB/change.f",
        "BYTES": 11_599_872,
        "CON_ID": 0,
    }


@view("V$ARCHIVE_GAP")
def v_archive_gap(sight: Sight) -> Iterable[Row]:
    """Empty: it is the standby's."""
    return ()


@view("DBA_DATAPUMP_JOBS")
def dba_datapump_jobs(sight: Sight) -> Iterable[Row]:
    for owner, name, state in sight.world.upkeep.datapump:
        yield {
            "OWNER_NAME": owner,
            "JOB_NAME": name,
            "OPERATION": "EXPORT",
            "JOB_MODE": "SCHEMA",
            "STATE": state,
            "DEGREE": 1 if state == "EXECUTING" else 0,
            "ATTACHED_SESSIONS": 1 if state == "EXECUTING" else 0,
            "DATAPUMP_SESSIONS": 3 if state == "EXECUTING" else 0,
        }
