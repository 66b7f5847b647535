# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab part: each break is seen by a query or a logon, and mending puts everything back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import oracledb
import pytest

import lab.oracle
from lab.oracle.part import TARGET, OraclePart
from lab.part import Running, running

PART_OF_MAX = (
    "select round(used_percent) from dba_tablespace_usage_metrics where tablespace_name = '{}'"
)
LAST_BACKUPS = (
    "select listagg(status, ' ') within group (order by start_time desc) from (select status,"
    " start_time from (select status, start_time from v$rman_backup_job_details where input_type"
    " = 'DB INCR' order by start_time desc) where rownum <= 4)"
)
FULL_AGE = (
    "select trunc(sysdate - max(start_time)) from v$backup_set_details where incremental_level = 0"
)
RECOVERY = (
    "select round(100 * (space_used - space_reclaimable) / space_limit) from v$recovery_file_dest"
)
LIMIT = "select current_utilization from v$resource_limit where resource_name = 'processes'"
SWITCHES = """select floor(max(switches) / 100) from (select count(*) as switches
    from v$log_history where first_time > sysdate - 1 group by trunc(first_time, 'HH24'))"""
APPLICATION = "select round(expiry_date - sysdate) from dba_users where username = 'EBILL'"
FORGOTTEN = """select count(*) from v$datafile d where not exists
    (select null from v$backup_datafile_details b where b.file# = d.file#)"""
HOLES = "select max(sequence#) - min(sequence#) + 1 - count(distinct sequence#) from v$archived_log"
SEEN: list[tuple[str, str, Any]] = [
    ("user_tablespace_full", PART_OF_MAX.format("EBILL_DATA"), 96),
    ("system_tablespace_full", PART_OF_MAX.format("SYSAUX"), 93),
    ("tablespace_warning", PART_OF_MAX.format("EBILL_IDX"), 82),
    ("autoextend_off_full", PART_OF_MAX.format("EBILL_LOG"), 95),
    ("undo_full", PART_OF_MAX.format("UNDOTBS1"), 94),
    ("temp_full", PART_OF_MAX.format("TEMP"), 97),
    ("datafile_offline", "select count(*) from dba_data_files where bytes is null", 1),
    ("datafile_offline", "select count(*) from v$datafile where status = 'RECOVER'", 1),
    ("rman_failed", LAST_BACKUPS, "FAILED FAILED FAILED COMPLETED"),
    ("rman_old", FULL_AGE, 20),
    ("rman_never", "select count(*) from v$rman_backup_job_details", 0),
    ("recovery_area_full", RECOVERY, 97),
    ("job_broken", "select count(*) from dba_scheduler_jobs where state = 'BROKEN'", 1),
    ("objects_invalid", "select count(*) from dba_objects where status = 'INVALID'", 3),
    ("index_unusable", "select count(*) from dba_indexes where status = 'UNUSABLE'", 1),
    ("blocks_corrupt", "select sum(blocks) from v$database_block_corruption", 9),
    ("file_not_backed_up", FORGOTTEN, 1),
    ("archived_log_lost", HOLES, 3),
    ("started_from_pfile", "select count(value) from v$parameter where name = 'spfile'", 0),
    ("session_blocks", "select count(*) from v$session where final_blocking_session = 22", 7),
    ("session_long", "select count(*) from v$session where last_call_et > 7200", 1),
    ("session_long", "select count(*) from v$session_longops where time_remaining > 0", 1),
    ("processes_full", LIMIT, 585),
    ("archiver_stuck", "select archiver from v$instance", "FAILED"),
    ("archiver_stuck", "select count(*) from v$log where archived = 'YES'", 0),
    ("log_switches", SWITCHES, 1),
    ("restricted", "select logins from v$instance", "RESTRICTED"),
    ("redo_member_lost", "select count(*) from v$logfile where status = 'INVALID'", 1),
    ("undo_errors", "select sum(nospaceerrcnt) from v$undostat", 2),
    ("alert_errors", "select count(*) from v$diag_alert_ext where message_type = 2", 1),
    ("own_account_expiring", "select round(expiry_date - sysdate) from user_users", 12),
    ("application_account_expiring", APPLICATION, 5),
    ("standby_behind", "select max(type) from v$archive_dest_status where dest_id = 2", "PHYSICAL"),
]
LOGON: list[tuple[str, str]] = [
    ("listener_down", "refused"),
    ("service_unknown", "ORA-12514"),
    ("server_too_old", "DPY-3010"),
    ("instance_starting", "ORA-01033"),
    ("wrong_password", "ORA-01017"),
    ("account_locked", "ORA-28000"),
    ("account_expired", "ORA-28001"),
]


@pytest.fixture(scope="module")
def part() -> Iterator[Running]:
    with running(OraclePart()) as run:
        yield run


def log_on(part: Running) -> oracledb.Connection:
    said = part.hostvars[TARGET]
    return oracledb.connect(
        user=said["inspect_oracle_user"],
        password=said["inspect_oracle_password"],
        host=said["inspect_oracle_host"],
        port=said["inspect_oracle_port"],
        service_name=said["inspect_oracle_service"],
    )


def ask(part: Running, sql: str) -> Any:
    with log_on(part) as connection:
        return connection.cursor().execute(sql).fetchone()[0]


@pytest.mark.parametrize(("name", "sql", "expected"), SEEN)
def test_break_in_the_world(part: Running, name: str, sql: str, expected: Any) -> None:
    before = ask(part, sql)
    with part.broken(f"oracle.{name}"):
        part.apply(f"oracle.{name}")
        assert ask(part, sql) == expected
    assert ask(part, sql) == before
    part.mend(f"oracle.{name}")
    assert ask(part, sql) == before


@pytest.mark.parametrize(("name", "text"), LOGON)
def test_break_of_the_logon(part: Running, name: str, text: str) -> None:
    with part.broken(f"oracle.{name}"), pytest.raises(oracledb.Error, match=text):
        log_on(part)
    assert ask(part, "select 1 from dual") == 1


def test_missing_grant(part: Running) -> None:
    sql = "select count(*) from v$rman_backup_job_details"
    with part.broken("oracle.missing_grant"), pytest.raises(oracledb.Error, match="ORA-00942"):
        ask(part, sql)
    assert ask(part, sql) > 0


def test_slow_and_silent(part: Running) -> None:
    with log_on(part) as connection:
        connection.call_timeout = 200
        with part.broken("oracle.slow"), pytest.raises(oracledb.Error, match="DPY-4024"):
            connection.cursor().execute("select 1 from dual")
        with part.broken("oracle.listener_silent"):
            assert connection.cursor().execute("select 1 from dual").fetchone() == (1,)
    assert ask(part, "select 1 from dual") == 1


def test_all_breaks_of_the_world_together(part: Running) -> None:
    names = sorted({f"oracle.{name}" for name, _, _ in SEEN} - {"oracle.rman_never"})
    with part.broken(*names):
        for name, sql, expected in SEEN:
            if name not in ("rman_never", "rman_failed"):
                assert ask(part, sql) == expected
    assert ask(part, PART_OF_MAX.format("EBILL_DATA")) == 55


def test_breaks_are_listed_and_unknown_ones_are_errors(part: Running) -> None:
    listed = part.part.breaks()
    assert len({one.id for one in listed}) == len(listed) >= 20
    assert all(one.target == TARGET and one.title["zh"] and one.title["en"] for one in listed)
    tested = {name for name, *_ in [*SEEN, *LOGON]} | {"missing_grant", "slow", "listener_silent"}
    # Those that are not here are told by their checks, in tests/integration/test_oracle_breaks.py.
    assert tested <= {one.id.removeprefix("oracle.") for one in listed}
    with pytest.raises(KeyError):
        part.apply("oracle.no_such")


def test_green_world_stays_in_its_limits(part: Running) -> None:
    assert ask(part, "select max(used_percent) from dba_tablespace_usage_metrics") < 80
    failed = "select count(*) from v$rman_backup_job_details where status <> 'COMPLETED'"
    assert ask(part, failed) == 0
    assert ask(part, FULL_AGE) < 8
    assert ask(part, RECOVERY) < 80


def test_it_is_a_package_of_its_own() -> None:
    """Nothing of the lab but what a part is; nothing in plugins imports it: test_layers.py."""
    folder = Path(lab.oracle.__file__).parent
    named = re.compile(r"^(?:from|import) (lab[.\w]*|ansible[.\w]*)", re.MULTILINE)
    found = {name for path in folder.rglob("*.py") for name in named.findall(path.read_text())}
    assert {name for name in found if not name.startswith("lab.oracle")} == {"lab.part"}
