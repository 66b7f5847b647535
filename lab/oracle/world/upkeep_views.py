# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of jobs, schema objects, components, patches and damaged files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from lab.oracle.world.upkeep import JobRun, SchemaObject
from lab.oracle.world.views import Row, Sight, view

STATISTICS = "auto optimizer stats collection"


@view("DBA_SCHEDULER_JOBS")
def dba_scheduler_jobs(sight: Sight) -> Iterable[Row]:
    for job in sight.world.upkeep.jobs:
        yield {
            "OWNER": job.owner,
            "JOB_NAME": job.name,
            "JOB_STYLE": "REGULAR",
            "JOB_TYPE": "STORED_PROCEDURE",
            "SCHEDULE_TYPE": "CALENDAR",
            "ENABLED": "FALSE" if job.state in ("DISABLED", "BROKEN") else "TRUE",
            "AUTO_DROP": "FALSE",
            "STATE": job.state,
            "RUN_COUNT": len(job.runs),
            "FAILURE_COUNT": job.failures,
            "LAST_START_DATE": sight.world.now() - job.runs[0].age if job.runs else None,
            "SYSTEM": "TRUE" if job.owner == "SYS" else "FALSE",
        }


def _run(sight: Sight, run: JobRun) -> Row:
    return {
        "LOG_DATE": sight.world.now() - run.age,
        "STATUS": run.status,
        "ERROR#": run.error,
        "INSTANCE_ID": 1,
    }


@view("DBA_SCHEDULER_JOB_RUN_DETAILS")
def dba_scheduler_job_run_details(sight: Sight) -> Iterable[Row]:
    number = 0
    for job in sight.world.upkeep.jobs:
        for run in job.runs:
            number += 1
            yield {"LOG_ID": number, "OWNER": job.owner, "JOB_NAME": job.name} | _run(sight, run)


@view("DBA_JOBS")
def dba_jobs(sight: Sight) -> Iterable[Row]:
    for job in sight.world.upkeep.queued:
        yield {
            "JOB": job.number,
            "LOG_USER": job.schema,
            "PRIV_USER": job.schema,
            "SCHEMA_USER": job.schema,
            "LAST_DATE": sight.world.local() - job.last_good,
            "NEXT_DATE": sight.world.local() + timedelta(hours=1),
            "BROKEN": "Y" if job.broken else "N",
            "FAILURES": job.failures,
            "INSTANCE": 0,
        }


@view("DBA_AUTOTASK_CLIENT")
def dba_autotask_client(sight: Sight) -> Iterable[Row]:
    clients = (STATISTICS, "auto space advisor", "sql tuning advisor")
    for name in clients:
        status = sight.world.upkeep.statistics if name == STATISTICS else "ENABLED"
        yield {"CLIENT_NAME": name, "STATUS": status}


@view("DBA_AUTOTASK_JOB_HISTORY")
def dba_autotask_job_history(sight: Sight) -> Iterable[Row]:
    for number, run in enumerate(sight.world.upkeep.statistics_runs, 1):
        yield {
            "CLIENT_NAME": STATISTICS,
            "JOB_NAME": f"ORA$AT_OS_OPT_SY_{number}",
            "JOB_STATUS": run.status,
            "JOB_START_TIME": sight.world.now() - run.age,
            "JOB_ERROR": run.error,
        }


@view("DBA_OBJECTS")
def dba_objects(sight: Sight) -> Iterable[Row]:
    listed = [(one.owner, one.name, one.kind, one.status) for one in sight.world.upkeep.objects]
    made = [(one.owner, one.name, "TABLE", "VALID") for one in sight.world.tables.values()]
    for number, (owner, name, kind, status) in enumerate([*listed, *made], 70_000):
        yield {
            "OWNER": owner,
            "OBJECT_NAME": name,
            "OBJECT_ID": number,
            "OBJECT_TYPE": kind,
            "CREATED": sight.world.created,
            "LAST_DDL_TIME": sight.world.created,
            "STATUS": status,
            "TEMPORARY": "N",
            "GENERATED": "N",
            "SECONDARY": "N",
        }


@view("DBA_INDEXES")
def dba_indexes(sight: Sight) -> Iterable[Row]:
    for index in sight.world.upkeep.indexes:
        yield {
            "OWNER": index.owner,
            "INDEX_NAME": index.name,
            "INDEX_TYPE": "NORMAL",
            "TABLE_OWNER": index.owner,
            "TABLE_NAME": index.table,
            "TABLE_TYPE": "TABLE",
            "TABLESPACE_NAME": None if index.partitions else "EBILL_IDX",
            "STATUS": index.status,
            "PARTITIONED": "YES" if index.partitions else "NO",
        }


@view("DBA_IND_PARTITIONS")
def dba_ind_partitions(sight: Sight) -> Iterable[Row]:
    for index in sight.world.upkeep.indexes:
        for place, (name, status) in enumerate(index.partitions.items(), 1):
            yield {
                "INDEX_OWNER": index.owner,
                "INDEX_NAME": index.name,
                "COMPOSITE": "NO",
                "PARTITION_NAME": name,
                "PARTITION_POSITION": place,
                "STATUS": status,
                "TABLESPACE_NAME": "EBILL_IDX",
            }


@view("DBA_IND_SUBPARTITIONS")
def dba_ind_subpartitions(sight: Sight) -> Iterable[Row]:
    """Empty: no index has any."""
    return ()


def _status(one: SchemaObject, column: str, **more: Any) -> Row:
    return {"OWNER": one.owner, column: one.name, "STATUS": one.status} | more


@view("DBA_CONSTRAINTS")
def dba_constraints(sight: Sight) -> Iterable[Row]:
    for one in sight.world.upkeep.constraints:
        yield _status(one, "CONSTRAINT_NAME", CONSTRAINT_TYPE=one.kind, TABLE_NAME="T_INVOICE")


@view("DBA_TRIGGERS")
def dba_triggers(sight: Sight) -> Iterable[Row]:
    for one in sight.world.upkeep.triggers:
        yield _status(one, "TRIGGER_NAME", BASE_OBJECT_TYPE="TABLE", TABLE_NAME="T_INVOICE")


@view("DBA_REGISTRY")
def dba_registry(sight: Sight) -> Iterable[Row]:
    for one in sight.world.upkeep.components:
        yield {
            "COMP_ID": one.id,
            "COMP_NAME": one.name,
            "VERSION": sight.world.release[0],
            "STATUS": one.status,
            "NAMESPACE": "SERVER",
            "CONTROL": "SYS",
            "SCHEMA": "SYS",
        }


@view("DBA_REGISTRY_SQLPATCH")
def dba_registry_sqlpatch(sight: Sight) -> Iterable[Row]:
    for patch in sight.world.upkeep.patches:
        yield {
            "PATCH_ID": patch.id,
            "PATCH_UID": patch.id - 10_000_000,
            "ACTION": patch.action,
            "STATUS": patch.status,
            "ACTION_TIME": sight.world.local() - patch.age,
            "DESCRIPTION": patch.description,
        }


@view("DBA_REGISTRY_HISTORY")
def dba_registry_history(sight: Sight) -> Iterable[Row]:
    for patch in sight.world.upkeep.patches:
        yield {
            "ACTION_TIME": sight.world.local() - patch.age,
            "ACTION": patch.action,
            "NAMESPACE": "SERVER",
            "VERSION": sight.world.release[0],
            "ID": patch.id,
            "COMMENTS": patch.description,
        }


@view("V$DATABASE_BLOCK_CORRUPTION")
def v_database_block_corruption(sight: Sight) -> Iterable[Row]:
    for number, block, blocks in sight.world.upkeep.corrupt:
        yield {
            "FILE#": number,
            "BLOCK#": block,
            "BLOCKS": blocks,
            "CORRUPTION_CHANGE#": 0,
            "CORRUPTION_TYPE": "CHECKSUM",
            "CON_ID": 0,
        }


@view("V$RECOVER_FILE")
def v_recover_file(sight: Sight) -> Iterable[Row]:
    for number, problem in sight.world.upkeep.recover.items():
        yield {
            "FILE#": number,
            "ONLINE": "OFFLINE",
            "ONLINE_STATUS": "OFFLINE",
            "ERROR": problem or None,
            "CHANGE#": 0 if problem else sight.world.scn - 90_000,
            "CON_ID": 0,
        }


@view("DBA_RECYCLEBIN")
def dba_recyclebin(sight: Sight) -> Iterable[Row]:
    for (space, name), blocks in sight.world.upkeep.recycled.items():
        yield {
            "OWNER": "EBILL",
            "OBJECT_NAME": name,
            "OPERATION": "DROP",
            "TYPE": "TABLE",
            "TS_NAME": space,
            "CAN_UNDROP": "YES",
            "CAN_PURGE": "YES",
            "SPACE": blocks,
        }
