# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statements of the Oracle area: read-only, one view each, bounded in rows.

One view for each statement, so that a missing grant names itself and costs its own checks only.
Columns are those of Oracle Database Reference 12.1 to 23ai. python-oracledb's thin mode needs
12.1 or later; 11.2, which its thick mode can reach, gets ``sql_11`` where that has to differ.

Source of the sizes: DBA_DATA_FILES and DBA_FREE_SPACE, not DBA_TABLESPACE_USAGE_METRICS. The
latter is faster but counts blocks, knows nothing of single files, and from 18c on mixes the free
room of the file system into the maximum, so that its percentage cannot be worked out again by
hand. The two views give the same numbers on every version. Their price is a slow DBA_FREE_SPACE
where the recycle bin is large (dropped objects count as free in it); the time limit bounds that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers, rows_of


def _files_in_asm(answers: Answers) -> bool:
    names = (str(row.get("file_name") or "") for row in rows_of(answers, "data_files"))
    return any(name.startswith("+") for name in names)


@dataclass(frozen=True)
class Query:
    """One SELECT over one view; ``when`` decides from earlier answers if it is asked at all."""

    name: str
    view: str
    sql: str
    max_rows: int
    binds: Mapping[str, Any] = field(default_factory=dict)
    when: Callable[[Answers], bool] | None = None
    sql_11: str | None = None

    def sql_for(self, version: str) -> str:
        """Return the statement for a server of this version, such as 11.2.0.4.0."""
        major = version.split(".")[0]
        older = major.isdigit() and int(major) < 12
        return self.sql_11 if older and self.sql_11 else self.sql

    @property
    def grant_object(self) -> str:
        """The object that SELECT is granted on: a V$ name is a synonym of a V_$ view."""
        name = f"V_${self.view[2:]}" if self.view.startswith("V$") else self.view
        return f"SYS.{name}"


_INSTANCE = (
    "SELECT instance_name, host_name, version, status, logins, archiver, startup_time,"
    " SYSDATE - startup_time AS uptime_days"
)

_ALL = (
    Query(
        "instance",
        "V$INSTANCE",
        f"{_INSTANCE}, SYS_CONTEXT('USERENV', 'CON_NAME') AS container FROM v$instance",
        max_rows=1,
        sql_11=f"{_INSTANCE} FROM v$instance",
    ),
    Query(
        "database",
        "V$DATABASE",
        "SELECT name, db_unique_name, database_role, open_mode, log_mode FROM v$database",
        max_rows=1,
    ),
    Query(
        "tablespaces",
        "DBA_TABLESPACES",
        "SELECT tablespace_name, contents, status, bigfile FROM dba_tablespaces",
        max_rows=2000,
    ),
    Query(
        "data_files",
        "DBA_DATA_FILES",
        "SELECT file_name, file_id, tablespace_name, bytes, maxbytes, autoextensible, status,"
        " online_status FROM dba_data_files",
        max_rows=20000,
    ),
    Query(
        "free_space",
        "DBA_FREE_SPACE",
        "SELECT tablespace_name, SUM(bytes) AS free_bytes FROM dba_free_space"
        " GROUP BY tablespace_name",
        max_rows=2000,
    ),
    Query(
        "temp_files",
        "DBA_TEMP_FILES",
        "SELECT file_name, tablespace_name, bytes, maxbytes, autoextensible, status"
        " FROM dba_temp_files",
        max_rows=2000,
    ),
    Query(
        "temp_free",
        "DBA_TEMP_FREE_SPACE",
        "SELECT tablespace_name, tablespace_size, free_space FROM dba_temp_free_space",
        max_rows=2000,
    ),
    Query(
        "undo_extents",
        "DBA_UNDO_EXTENTS",
        "SELECT tablespace_name, status, SUM(bytes) AS bytes FROM dba_undo_extents"
        " GROUP BY tablespace_name, status",
        max_rows=2000,
    ),
    # The newest few of each type and status: an hourly log backup cannot crowd out the monthly
    # full one, and the last good run is found however many failed after it.
    Query(
        "rman_jobs",
        "V$RMAN_BACKUP_JOB_DETAILS",
        "SELECT session_recid, session_stamp, input_type, status, start_time, end_time,"
        " age_days, output_bytes FROM (SELECT session_recid, session_stamp, input_type, status,"
        " start_time, end_time, SYSDATE - end_time AS age_days, output_bytes,"
        " ROW_NUMBER() OVER (PARTITION BY input_type, status ORDER BY start_time DESC) AS nth"
        " FROM v$rman_backup_job_details) WHERE nth <= :newest",
        max_rows=2000,
        binds={"newest": 30},
    ),
    # Only this view tells a level 0 from a level 1, and that archived logs went along in the
    # session of a full backup (which V$RMAN_BACKUP_JOB_DETAILS lists as DB FULL alone).
    Query(
        "rman_sets",
        "V$BACKUP_SET_DETAILS",
        "SELECT session_recid, session_stamp, backup_type, incremental_level,"
        " COUNT(*) AS backup_sets FROM v$backup_set_details"
        " GROUP BY session_recid, session_stamp, backup_type, incremental_level",
        max_rows=20000,
    ),
    Query(
        "recovery_area",
        "V$RECOVERY_FILE_DEST",
        "SELECT name, space_limit, space_used, space_reclaimable, number_of_files"
        " FROM v$recovery_file_dest",
        max_rows=10,
    ),
    # _STAT: the same columns without a new discovery of the disks.
    Query(
        "disk_groups",
        "V$ASM_DISKGROUP_STAT",
        "SELECT name, state, total_mb, usable_file_mb FROM v$asm_diskgroup_stat",
        max_rows=200,
        when=_files_in_asm,
    ),
)

QUERIES: Mapping[str, Query] = {query.name: query for query in _ALL}
