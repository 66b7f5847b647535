# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks of what needs looking after: jobs, objects, blocks, and what a backup leaves out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from lab.oracle.breaks import add
from lab.oracle.server import OracleServer
from lab.oracle.world import green
from lab.oracle.world.upkeep import JobRun, ScheduledJob, SchemaObject, Upkeep, green_upkeep

BROKEN_JOB = "J_PUSH_RETRY"
INVALID = ("PKG_INVOICE", "PACKAGE BODY")
UNUSABLE = "PK_T_INVOICE"
FORGOTTEN = f"{green.DATA}/ebill_data03.dbf"
LOST_LOGS = frozenset({52190, 52191, 52195})
_CORRUPT = (4, 204_811, 9)


def _upkeep(
    name: str,
    zh: str,
    en: str,
    field: str,
    change: Callable[[Upkeep], None],
) -> None:
    """A break of one field: changed, and put back to what is green."""

    def apply(server: OracleServer) -> None:
        mend(server)
        change(server.world.upkeep)

    def mend(server: OracleServer) -> None:
        setattr(server.world.upkeep, field, getattr(green_upkeep(), field))

    add(name, zh, en, apply, mend)


def _break_job(upkeep: Upkeep) -> None:
    (job,) = (job for job in upkeep.jobs if job.name == BROKEN_JOB)
    runs = [JobRun(timedelta(hours=26 + n), "FAILED", 20001) for n in range(16)]
    place = upkeep.jobs.index(job)
    upkeep.jobs[place] = ScheduledJob(job.owner, job.name, "BROKEN", [*runs, *job.runs[60:]], 16)


def _invalidate(upkeep: Upkeep) -> None:
    for one in upkeep.objects:
        if (one.name, one.kind) == INVALID:
            one.status = "INVALID"
    upkeep.objects.append(SchemaObject("LIS", "V_SYNC", "VIEW", "INVALID"))


def _spoil_index(upkeep: Upkeep) -> None:
    for index in upkeep.indexes:
        if index.name == UNUSABLE:
            index.status = "UNUSABLE"


_upkeep("job_broken", f"定时作业 {BROKEN_JOB} 连续失败，已 BROKEN",
        f"The scheduled job {BROKEN_JOB} has failed until it was BROKEN",
        "jobs", _break_job)  # fmt: skip
_upkeep("objects_invalid", f"{INVALID[0]} 包体失效", f"The package body {INVALID[0]} is invalid",
        "objects", _invalidate)  # fmt: skip
_upkeep("index_unusable", f"索引 {UNUSABLE} 不可用", f"The index {UNUSABLE} is unusable",
        "indexes", _spoil_index)  # fmt: skip
_upkeep("blocks_corrupt", "备份时发现 9 个损坏的数据块",
        "The backup met nine corrupt blocks",
        "corrupt", lambda upkeep: upkeep.corrupt.append(_CORRUPT))  # fmt: skip
_upkeep("file_not_backed_up", "数据文件 ebill_data03.dbf 从未备份",
        "The data file ebill_data03.dbf is in no backup",
        "not_backed_up", lambda upkeep: upkeep.not_backed_up.add(FORGOTTEN))  # fmt: skip
_upkeep("archived_log_lost", "归档日志被手工删除，序号不连续",
        "Archived logs were deleted by hand: their sequence has holes",
        "lost_logs", lambda upkeep: upkeep.lost_logs.update(LOST_LOGS))  # fmt: skip


def _to_pfile(server: OracleServer) -> None:
    server.world.parameters["spfile"] = ""


def _to_spfile(server: OracleServer) -> None:
    server.world.parameters["spfile"] = green.parameters()["spfile"]


add("started_from_pfile", "实例由 PFILE 启动", "The instance was started from a PFILE",
    _to_pfile, _to_spfile)  # fmt: skip
