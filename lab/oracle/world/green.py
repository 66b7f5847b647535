# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The green world: a hospital's e-bill database on Linux, some tens of GB, all well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from lab.oracle.world.model import (
    GIB,
    MIB,
    Account,
    BackgroundSession,
    DataFile,
    RecoveryArea,
    ResourceLimit,
    RmanJob,
    Segment,
    Tablespace,
    World,
    utc_clock,
)
from lab.oracle.world.upkeep import green_upkeep

DATA = "/u01/app/oracle/oradata/EBILLDB"
MAX_FILE = 34359721984
"""What MAXSIZE UNLIMITED gives a smallfile of 8 KiB blocks: 4194302 blocks."""


def _space(
    name: str, used_gib: float, *files: tuple[str, float, float], contents: str = "PERMANENT"
) -> Tablespace:
    """Files are (name, size in GiB, greatest size in GiB; 0: no autoextend)."""
    made = [
        DataFile(
            f"{DATA}/{file}",
            int(size * GIB),
            min(int(most * GIB), MAX_FILE) if most else 0,
            autoextend=bool(most),
        )
        for file, size, most in files
    ]
    return Tablespace(name, made, int(used_gib * GIB) // 65536 * 65536, contents)


def tablespaces() -> dict[str, Tablespace]:
    undo = _space("UNDOTBS1", 2.2, ("undotbs01.dbf", 8, 32), contents="UNDO")
    undo.undo_active_bytes, undo.undo_expired_bytes = 64 * MIB, 3 * GIB
    made = [
        _space("SYSTEM", 1.1, ("system01.dbf", 1.5, 32)),
        _space("SYSAUX", 3.6, ("sysaux01.dbf", 4.5, 10)),
        undo,
        _space("TEMP", 0.5, ("temp01.dbf", 8, 32), contents="TEMPORARY"),
        _space("USERS", 0.1, ("users01.dbf", 0.5, 32)),
        _space(
            "EBILL_DATA", 52.4,
            ("ebill_data01.dbf", 30, 32), ("ebill_data02.dbf", 20, 32),
            ("ebill_data03.dbf", 10, 32),
        ),
        _space("EBILL_IDX", 21.8, ("ebill_idx01.dbf", 20, 32), ("ebill_idx02.dbf", 8, 32)),
        _space("EBILL_ARCH", 33.0, ("ebill_arch01.dbf", 30, 0), ("ebill_arch02.dbf", 20, 0)),
        _space("EBILL_LOG", 6.3, ("ebill_log01.dbf", 8, 16)),
    ]  # fmt: skip
    return {space.name: space for space in made}


def rman_jobs(now: datetime) -> list[RmanJob]:
    """Five weeks: level 0 on Sundays, level 1 on the other nights, archived logs every six hours.

    Both levels have the input type DB INCR in V$RMAN_BACKUP_JOB_DETAILS; DB FULL is only what was
    made without INCREMENTAL. V$BACKUP_SET_DETAILS tells the level.
    """
    jobs = []
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for age in range(35, -1, -1):
        day = midnight - timedelta(days=age)
        full = day.weekday() == 6
        size = int((118 if full else 9.5 + age % 4) * GIB)
        jobs.append(
            RmanJob(
                started=day + timedelta(hours=1, minutes=5),
                elapsed_seconds=4100 + 13 * age if full else 760 + 7 * age,
                input_type="DB INCR",
                input_bytes=size,
                output_bytes=int(size * 0.31),
                incremental_level=0 if full else 1,
            )
        )
        for hour in (4, 10, 16, 22):
            started = day + timedelta(hours=hour, minutes=30)
            jobs.append(
                RmanJob(started, 95 + hour, "ARCHIVELOG", input_bytes=2 * GIB, output_bytes=GIB)
            )
    return [job for job in jobs if job.started + timedelta(seconds=job.elapsed_seconds) < now]


def recovery_area() -> RecoveryArea:
    return RecoveryArea(
        path="/u01/app/oracle/fast_recovery_area",
        limit_bytes=200 * GIB,
        used_bytes={"BACKUP PIECE": 74 * GIB, "ARCHIVED LOG": 31 * GIB, "CONTROL FILE": 18 * MIB},
        reclaimable_bytes={"BACKUP PIECE": 21 * GIB, "ARCHIVED LOG": 12 * GIB},
        files={"BACKUP PIECE": 212, "ARCHIVED LOG": 164, "CONTROL FILE": 1},
    )


def parameters() -> dict[str, str]:
    return {
        "audit_trail": "DB",
        "compatible": "19.0.0",
        "control_files": f"{DATA}/control01.ctl, {DATA}/control02.ctl",
        "control_file_record_keep_time": "14",
        "cpu_count": "16",
        "cursor_sharing": "EXACT",
        "db_block_size": "8192",
        "db_files": "200",
        "db_name": "EBILLDB",
        "db_recovery_file_dest": "/u01/app/oracle/fast_recovery_area",
        "db_recovery_file_dest_size": str(200 * GIB),
        "db_unique_name": "EBILLDB",
        "open_cursors": "300",
        "optimizer_mode": "ALL_ROWS",
        "pga_aggregate_limit": str(16 * GIB),
        "pga_aggregate_target": str(8 * GIB),
        "processes": "600",
        "sessions": "924",
        "sec_case_sensitive_logon": "TRUE",
        "sga_max_size": str(24 * GIB),
        "sga_target": str(24 * GIB),
        "memory_target": "0",
        "statistics_level": "TYPICAL",
        "spfile": "/u01/app/oracle/product/19.0.0/dbhome_1/dbs/spfileEBILLDB.ora",
        "undo_management": "AUTO",
        "undo_retention": "900",
        "undo_tablespace": "UNDOTBS1",
    }


def accounts() -> list[Account]:
    return [
        Account("SYS", default_tablespace="SYSTEM"),
        Account("SYSTEM", default_tablespace="SYSTEM"),
        Account("DBSNMP", "LOCKED", default_tablespace="SYSAUX"),
        Account("OUTLN", "EXPIRED & LOCKED", default_tablespace="SYSTEM"),
        Account("EBILL", default_tablespace="EBILL_DATA", maintained=False),
    ]


def segments() -> list[Segment]:
    return [
        Segment("EBILL", "T_INVOICE", "TABLE", "EBILL_DATA", 18 * GIB),
        Segment("EBILL", "T_INVOICE_DETAIL", "TABLE", "EBILL_DATA", 24 * GIB),
        Segment("EBILL", "T_PUSH_RECORD", "TABLE", "EBILL_DATA", 9 * GIB),
        Segment("EBILL", "PK_T_INVOICE", "INDEX", "EBILL_IDX", 4 * GIB),
        Segment("EBILL", "IX_T_INVOICE_DATE", "INDEX", "EBILL_IDX", 5 * GIB),
        Segment("EBILL", "T_INVOICE_2024", "TABLE", "EBILL_ARCH", 31 * GIB),
        Segment("EBILL", "T_ACCESS_LOG", "TABLE", "EBILL_LOG", 6 * GIB),
        Segment("SYS", "AUD$UNIFIED", "TABLE", "SYSAUX", 1 * GIB),
    ]


def sessions() -> list[BackgroundSession]:
    made = [
        BackgroundSession(
            place, 40000 + place, None, f"oracle@ebill-db01 ({name})", "ebill-db01",
            "ACTIVE", "rdbms ipc message", kind="BACKGROUND",
        )
        for place, name in enumerate(("PMON", "DBW0", "LGWR", "CKPT", "SMON", "MMON", "ARC0"), 1)
    ]  # fmt: skip
    for place in range(24):
        made.append(
            BackgroundSession(
                20 + place,
                1200 + 37 * place,
                "EBILL",
                "JDBC Thin Client",
                "ebill-app01",
                "ACTIVE" if place < 2 else "INACTIVE",
            )
        )
    return made


def limits() -> list[ResourceLimit]:
    return [
        ResourceLimit("processes", 96, 214, 600, 600),
        ResourceLimit("sessions", 118, 251, 924, 924),
        ResourceLimit("enqueue_locks", 61, 133, 11120, 11120),
        ResourceLimit("transactions", 2, 31, None, 1016),
        ResourceLimit("parallel_max_servers", 0, 32, 32767, 320),
    ]


def green_world(clock: Callable[[], datetime] = utc_clock) -> World:
    """A world with nothing wrong. `clock` gives aware UTC."""
    world = World(clock=clock)
    now = world.local()
    world.started = now - timedelta(days=143, hours=5, minutes=12)
    world.tablespaces = tablespaces()
    world.rman_jobs = rman_jobs(now)
    world.recovery_area = recovery_area()
    world.archived = [now - timedelta(minutes=47 * age) for age in range(200, 0, -1)]
    world.parameters = parameters()
    world.accounts = accounts()
    world.segments = segments()
    world.sessions = sessions()
    world.limits = limits()
    world.upkeep = green_upkeep()
    return world
