# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backup views: RMAN jobs and sets, the recovery area, archived logs, ASM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from lab.oracle.world.model import BLOCK, GIB, MIB, RmanJob
from lab.oracle.world.operation import STANDBY_DEST
from lab.oracle.world.views import Row, Sight, view

FILE_TYPES = (
    "CONTROL FILE", "REDO LOG", "ARCHIVED LOG", "BACKUP PIECE", "IMAGE COPY", "FLASHBACK LOG",
    "FOREIGN ARCHIVED LOG", "AUXILIARY DATAFILE COPY",
)  # fmt: skip
SWITCH = timedelta(minutes=47)


def display(size: float) -> str:
    """A size as RMAN shows it: right-justified with a unit."""
    for unit, factor in (("G", GIB), ("M", MIB)):
        if size >= factor:
            return f"{size / factor:9.2f}{unit}"
    return f"{size / 1024:9.2f}K"


def took(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@view("V$RMAN_BACKUP_JOB_DETAILS")
def v_rman_backup_job_details(sight: Sight) -> Iterable[Row]:
    for key, job in enumerate(sight.world.rman_jobs, 1):
        running = job.status.startswith("RUNNING")
        seconds = max(job.elapsed_seconds, 1)
        yield {
            "SESSION_KEY": key,
            "SESSION_RECID": key,
            "SESSION_STAMP": 1_180_000_000 + key,
            "COMMAND_ID": job.started.strftime("%Y-%m-%dT%H:%M:%S"),
            "START_TIME": job.started,
            "END_TIME": None if running else job.started + timedelta(seconds=job.elapsed_seconds),
            "INPUT_BYTES": job.input_bytes,
            "OUTPUT_BYTES": job.output_bytes,
            "OUTPUT_DEVICE_TYPE": "DISK",
            "AUTOBACKUP_COUNT": 1,
            "BACKED_BY_OSB": "NO",
            "AUTOBACKUP_DONE": "YES",
            "STATUS": job.status,
            "INPUT_TYPE": job.input_type,
            "OPTIMIZED": "NO",
            "ELAPSED_SECONDS": job.elapsed_seconds,
            "COMPRESSION_RATIO": job.input_bytes / job.output_bytes if job.output_bytes else 0,
            "INPUT_BYTES_PER_SEC": job.input_bytes / seconds,
            "OUTPUT_BYTES_PER_SEC": job.output_bytes / seconds,
            "INPUT_BYTES_DISPLAY": display(job.input_bytes),
            "OUTPUT_BYTES_DISPLAY": display(job.output_bytes),
            "INPUT_BYTES_PER_SEC_DISPLAY": display(job.input_bytes / seconds),
            "OUTPUT_BYTES_PER_SEC_DISPLAY": display(job.output_bytes / seconds),
            "TIME_TAKEN_DISPLAY": took(job.elapsed_seconds),
            "CON_ID": 0,
        }


def _sets(sight: Sight) -> Iterator[tuple[int, RmanJob, Row]]:
    """One backup set a job that wrote something. L: archived logs, I: incremental.

    D is a full one and a level 0, which only INCREMENTAL_LEVEL tells apart.
    """
    key = 0
    for job in sight.world.rman_jobs:
        if not job.output_bytes:
            continue
        key += 1
        kind = "L" if job.input_type == "ARCHIVELOG" else "I" if job.incremental_level else "D"
        yield (
            key,
            job,
            {
                "RECID": key,
                "STAMP": 1_180_000_000 + key,
                "SET_STAMP": 1_180_000_000 + key,
                "SET_COUNT": key,
                "BACKUP_TYPE": kind,
                "CONTROLFILE_INCLUDED": "NO",
                "INCREMENTAL_LEVEL": job.incremental_level,
                "PIECES": 1,
                "START_TIME": job.started,
                "COMPLETION_TIME": job.started + timedelta(seconds=job.elapsed_seconds),
                "ELAPSED_SECONDS": job.elapsed_seconds,
                "BLOCK_SIZE": BLOCK,
                "KEEP": "NO",
                "CON_ID": 0,
            },
        )


@view("V$BACKUP_SET")
def v_backup_set(sight: Sight) -> Iterable[Row]:
    for _, _, row in _sets(sight):
        yield row | {"INPUT_FILE_SCAN_ONLY": "NO", "MULTI_SECTION": "NO"}


@view("V$BACKUP_SET_DETAILS")
def v_backup_set_details(sight: Sight) -> Iterable[Row]:
    for key, job, row in _sets(sight):
        session = sight.world.rman_jobs.index(job) + 1
        yield row | {
            "SESSION_KEY": session,
            "SESSION_RECID": session,
            "SESSION_STAMP": 1_180_000_000 + session,
            "BS_KEY": key,
            "DEVICE_TYPE": "DISK",
            "COMPRESSED": "YES",
            "NUM_COPIES": 1,
            "OUTPUT_BYTES": job.output_bytes,
            "ORIGINAL_INPUT_BYTES": job.input_bytes,
            "COMPRESSION_RATIO": job.input_bytes / job.output_bytes,
            "STATUS": "A",
            "ORIGINAL_INPUT_BYTES_DISPLAY": display(job.input_bytes),
            "OUTPUT_BYTES_DISPLAY": display(job.output_bytes),
            "TIME_TAKEN_DISPLAY": took(job.elapsed_seconds),
            "ENCRYPTED": "NO",
            "BACKED_BY_OSB": "NO",
        }


@view("V$RECOVERY_FILE_DEST")
def v_recovery_file_dest(sight: Sight) -> Iterable[Row]:
    area = sight.world.recovery_area
    if area:
        yield {
            "NAME": area.path,
            "SPACE_LIMIT": area.limit_bytes,
            "SPACE_USED": sum(area.used_bytes.values()),
            "SPACE_RECLAIMABLE": sum(area.reclaimable_bytes.values()),
            "NUMBER_OF_FILES": sum(area.files.values()),
            "CON_ID": 0,
        }


@view("V$RECOVERY_AREA_USAGE", "", "V$FLASH_RECOVERY_AREA_USAGE")
def v_recovery_area_usage(sight: Sight) -> Iterable[Row]:
    area = sight.world.recovery_area
    for kind in FILE_TYPES:
        used = area.used_bytes.get(kind, 0) if area else 0
        free = area.reclaimable_bytes.get(kind, 0) if area else 0
        limit = area.limit_bytes if area else 1
        yield {
            "FILE_TYPE": kind,
            "PERCENT_SPACE_USED": round(100 * used / limit, 2),
            "PERCENT_SPACE_RECLAIMABLE": round(100 * free / limit, 2),
            "NUMBER_OF_FILES": area.files.get(kind, 0) if area else 0,
            "CON_ID": 0,
        }


@view("V$ARCHIVED_LOG")
def v_archived_log(sight: Sight) -> Iterable[Row]:
    standby = sight.world.running.standby
    for number, moment in enumerate(sight.world.archived, 1):
        if 52000 + number in sight.world.upkeep.lost_logs:
            continue
        row: Row = {
            "RECID": number,
            "STAMP": 1_180_000_000 + number,
            "NAME": f"{sight.world.name}/archivelog/o1_mf_1_{52000 + number}_.arc",
            "DEST_ID": 1,
            "THREAD#": 1,
            "SEQUENCE#": 52000 + number,
            "RESETLOGS_CHANGE#": 1920977,
            "FIRST_CHANGE#": 48_000_000_000 + number * 40_000,
            "FIRST_TIME": moment - SWITCH,
            "NEXT_CHANGE#": 48_000_000_000 + (number + 1) * 40_000,
            "NEXT_TIME": moment,
            "BLOCKS": 380_000,
            "BLOCK_SIZE": 512,
            "CREATOR": "ARCH",
            "REGISTRAR": "ARCH",
            "STANDBY_DEST": "NO",
            "ARCHIVED": "YES",
            "APPLIED": "NO",
            "DELETED": "NO",
            "STATUS": "A",
            "COMPLETION_TIME": moment + timedelta(seconds=4),
            "BACKUP_COUNT": 1,
            "IS_RECOVERY_DEST_FILE": "YES",
            "COMPRESSED": "NO",
            "FAL": "NO",
            "CON_ID": 0,
        }
        yield row
        if standby:
            applied = moment <= sight.world.archived[-1] - standby.lag
            yield row | {
                "NAME": standby.name.lower(),
                "DEST_ID": STANDBY_DEST,
                "STANDBY_DEST": "YES",
                "APPLIED": "YES" if applied else "NO",
                "IS_RECOVERY_DEST_FILE": "NO",
            }


@view("V$ASM_DISKGROUP", "", "V$ASM_DISKGROUP_STAT")
def v_asm_diskgroup(sight: Sight) -> Iterable[Row]:
    """Empty: this database lies in a file system."""
    return ()
