# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a database needs looking after: jobs, objects, patches, tests of backups. Green by default.

Ages are counted back from the host's time, so the world stays green as its clock goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class JobRun:
    """`age`: how long ago it ended."""

    age: timedelta
    status: str = "SUCCEEDED"
    error: int = 0


@dataclass
class ScheduledJob:
    """A job of DBMS_SCHEDULER; the runs of the last seven days, newest first."""

    owner: str
    name: str
    state: str = "SCHEDULED"
    runs: list[JobRun] = field(default_factory=list)
    failures: int = 0


@dataclass
class QueuedJob:
    """A job of DBMS_JOB."""

    number: int
    schema: str
    broken: bool = False
    failures: int = 0
    last_good: timedelta = HOUR


@dataclass
class SchemaObject:
    owner: str
    name: str
    kind: str
    status: str = "VALID"


@dataclass
class Index:
    """`partitions`: status by name; a partitioned index has the status N/A itself."""

    owner: str
    name: str
    table: str
    status: str = "VALID"
    partitions: dict[str, str] = field(default_factory=dict)


@dataclass
class Component:
    id: str
    name: str
    status: str = "VALID"


@dataclass
class Patch:
    id: int
    description: str
    age: timedelta
    status: str = "SUCCESS"
    action: str = "APPLY"


@dataclass
class Upkeep:
    """`recover`: V$RECOVER_FILE.ERROR by file number. `corrupt`: (file number, block, blocks).

    `recycled`: blocks in the recycle bin by (tablespace, name). `not_backed_up`: file names.
    `lost_logs`: sequence numbers of archived logs that are not on record any more.
    `tested`: how long ago a backup was restored or validated.
    """

    jobs: list[ScheduledJob] = field(default_factory=list)
    queued: list[QueuedJob] = field(default_factory=list)
    statistics: str = "ENABLED"
    statistics_runs: list[JobRun] = field(default_factory=list)
    objects: list[SchemaObject] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    constraints: list[SchemaObject] = field(default_factory=list)
    triggers: list[SchemaObject] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    recover: dict[int, str] = field(default_factory=dict)
    corrupt: list[tuple[int, int, int]] = field(default_factory=list)
    recycled: dict[tuple[str, str], int] = field(default_factory=dict)
    not_backed_up: set[str] = field(default_factory=set)
    lost_logs: set[int] = field(default_factory=set)
    tested: timedelta | None = None
    datapump: list[tuple[str, str, str]] = field(default_factory=list)
    tracking: str = "ENABLED"


def _nightly(hour: float, count: int = 7) -> list[JobRun]:
    return [JobRun(hour * HOUR + night * DAY) for night in range(count)]


def _jobs() -> list[ScheduledJob]:
    return [
        ScheduledJob("EBILL", "J_INVOICE_RECONCILE", runs=_nightly(7.5)),
        ScheduledJob("EBILL", "J_PUSH_RETRY", runs=[JobRun(n * HOUR / 2) for n in range(1, 300)]),
        ScheduledJob("EBILL", "J_ARCHIVE_MONTHLY", runs=[]),
        ScheduledJob("EBILL", "J_MIGRATE_2023", state="DISABLED"),
        ScheduledJob("SYS", "PURGE_LOG", runs=_nightly(6.2)),
        ScheduledJob("SYS", "RLM$EVTCLEANUP", state="DISABLED"),
    ]


def _components() -> list[Component]:
    return [
        Component("CATALOG", "Oracle Database Catalog Views"),
        Component("CATPROC", "Oracle Database Packages and Types"),
        Component("JAVAVM", "JServer JAVA Virtual Machine"),
        Component("XDB", "Oracle XML Database"),
        Component("OWM", "Oracle Workspace Manager"),
        Component("RAC", "Oracle Real Application Clusters", "OPTION OFF"),
    ]


def green_upkeep() -> Upkeep:
    """Everything runs, is valid and has been tested."""
    return Upkeep(
        jobs=_jobs(),
        queued=[QueuedJob(23, "EBILL", last_good=HOUR)],
        statistics_runs=_nightly(12, 30),
        objects=[
            SchemaObject("EBILL", "PKG_INVOICE", "PACKAGE"),
            SchemaObject("EBILL", "PKG_INVOICE", "PACKAGE BODY"),
            SchemaObject("EBILL", "V_INVOICE_TODAY", "VIEW"),
            SchemaObject("EBILL", "MV_INVOICE_MONTH", "MATERIALIZED VIEW", "INVALID"),
        ],
        indexes=[
            Index("EBILL", "PK_T_INVOICE", "T_INVOICE"),
            Index("EBILL", "IX_T_INVOICE_DATE", "T_INVOICE", "N/A",
                  {"P2025": "USABLE", "P2026": "USABLE"}),
        ],
        constraints=[SchemaObject("EBILL", "FK_DETAIL_INVOICE", "R", "ENABLED")],
        triggers=[SchemaObject("EBILL", "TR_INVOICE_LOG", "TRIGGER", "ENABLED")],
        components=_components(),
        patches=[Patch(35643107, "Database Release Update : 19.21.0.0.231017", 151 * DAY)],
        tested=47 * DAY,
        recycled={("EBILL_DATA", "BIN$9xQ2m0TESTAB==$0"): 12_800},
    )  # fmt: skip
