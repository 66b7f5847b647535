# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inspection-like queries with expected answers: driver, wire, SQL and views together.

The clock stands at 2026-03-31 10:00 of the database host. Sizes are those of the green world.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import oracledb
import pytest

GIB = 1 << 30
SUNDAY = datetime(2026, 3, 29, 1, 5)

CORPUS: list[tuple[str, Any, list[tuple[Any, ...]]]] = [
    ("select dummy from dual", [], [("X",)]),
    ("select sysdate from sys.dual", [], [(datetime(2026, 3, 31, 10),)]),
    ("select systimestamp from dual", [], [(datetime(2026, 3, 31, 10),)]),
    ("select user, sys_context('USERENV','DB_NAME') d from dual", [],
     [("EBILL_INSPECT", "EBILLDB")]),
    ("select instance_name, host_name, status from v$instance", [],
     [("EBILLDB", "ebill-db01", "OPEN")]),
    ("select i.version, d.log_mode from v$instance i, v$database d", [],
     [("19.0.0.0.0", "ARCHIVELOG")]),
    ("SELECT floor(sysdate - startup_time) days FROM sys.v_$instance", [], [(143,)]),
    ("select banner from v$version where banner like '%19c%'", [],
     [("Oracle Database 19c Enterprise Edition Release 19.0.0.0.0 - Production",)]),
    ("select value from nls_database_parameters where parameter = :p",
     {"p": "NLS_CHARACTERSET"}, [("AL32UTF8",)]),
    ("select name, to_number(value) v from v$parameter where name in ('processes','sessions')"
     " order by name", [], [("processes", 600), ("sessions", 924)]),
    ("select value/1024/1024/1024 from v$parameter where name = 'sga_target'", [], [(24,)]),
    ("select count(*) from v$parameter where lower(name) like 'undo\\_%' escape '\\'", [], [(3,)]),
    ("select tablespace_name, round(used_percent, 2) p from dba_tablespace_usage_metrics"
     " where used_percent > :1 order by used_percent desc", [50],
     [("EBILL_ARCH", 66), ("EBILL_DATA", 54.58)]),
    ("select tablespace_name from dba_tablespaces where contents = 'PERMANENT'"
     " and tablespace_name not in ('SYSTEM','SYSAUX') order by 1", [],
     [("EBILL_ARCH",), ("EBILL_DATA",), ("EBILL_IDX",), ("EBILL_LOG",), ("USERS",)]),
    ("select tablespace_name, count(*) n, sum(bytes)/1024/1024/1024 gb from dba_data_files"
     " group by tablespace_name having count(*) > 1 order by gb desc", [],
     [("EBILL_DATA", 3, 60), ("EBILL_ARCH", 2, 50), ("EBILL_IDX", 2, 28)]),
    ("select f.tablespace_name, round((f.b - nvl(s.b,0)) / f.b * 100, 1) pct from"
     " (select tablespace_name, sum(bytes) b from dba_data_files group by tablespace_name) f,"
     " (select tablespace_name, sum(bytes) b from dba_free_space group by tablespace_name) s"
     " where f.tablespace_name = s.tablespace_name(+) and f.tablespace_name like 'EBILL%'"
     " order by 1", [],
     [("EBILL_ARCH", 66), ("EBILL_DATA", 87.3), ("EBILL_IDX", 77.9), ("EBILL_LOG", 78.7)]),
    ("select sum(case when autoextensible = 'YES' then maxbytes else bytes end)"
     " from dba_data_files where tablespace_name = 'EBILL_LOG'", [], [(16 * GIB,)]),
    ("select decode(autoextensible, 'YES', greatest(maxbytes, bytes), bytes) m"
     " from dba_data_files where file_name like '%arch02.dbf'", [], [(20 * GIB,)]),
    ("select t.tablespace_name, f.file_name from dba_tablespaces t left outer join dba_data_files f"
     " on f.tablespace_name = t.tablespace_name where f.file_id is null", [], [("TEMP", None)]),
    ("select tablespace_name from dba_tablespaces minus select tablespace_name from dba_data_files",
     [], [("TEMP",)]),
    ("select tablespace_name, bytes/1048576 mb from dba_temp_files", [], [("TEMP", 8192)]),
    ("select round(100 * (1 - free_space / tablespace_size), 2) p from dba_temp_free_space", [],
     [(6.25,)]),
    ("select round(sum(u.blocks * t.block_size) / 1024 / 1024) mb from v$tempseg_usage u"
     " join dba_tablespaces t on t.tablespace_name = u.tablespace", [], [(512,)]),
    ("select status, sum(bytes)/1048576 mb from dba_undo_extents group by status order by status",
     [], [("ACTIVE", 64), ("EXPIRED", 3072), ("UNEXPIRED", 2188.75)]),
    ("select ts.name, count(*) from v$datafile d inner join v$tablespace ts on ts.ts# = d.ts#"
     " where ts.name like 'EBILL%' group by ts.name order by count(*) desc, ts.name", [],
     [("EBILL_DATA", 3), ("EBILL_ARCH", 2), ("EBILL_IDX", 2), ("EBILL_LOG", 1)]),
    ("select count(*) from v$datafile where status not in ('ONLINE', 'SYSTEM')", [], [(0,)]),
    ("select input_type, status, count(*) n from v$rman_backup_job_details"
     " where start_time >= trunc(sysdate) - 7 group by input_type, status order by 1", [],
     [("ARCHIVELOG", "COMPLETED", 29), ("DB INCR", "COMPLETED", 8)]),
    ("select max(s.start_time) t from v$backup_set_details s where s.incremental_level = 0", [],
     [(SUNDAY,)]),
    ("select distinct backup_type || incremental_level k from v$backup_set order by 1", [],
     [("D0",), ("I1",), ("L",)]),
    ("select round((sysdate - max(end_time)) * 24, 1) hours from v$rman_backup_job_details"
     " where input_type = 'ARCHIVELOG' and status like 'COMPLETED%'", [], [(5.5,)]),
    ("select input_type, start_time from (select j.*, row_number() over (partition by input_type"
     " order by start_time desc) rn from v$rman_backup_job_details j) where rn = 1 order by 1", [],
     [("ARCHIVELOG", datetime(2026, 3, 31, 4, 30)), ("DB INCR", datetime(2026, 3, 31, 1, 5))]),
    ("with j as (select start_time s, lag(start_time) over (order by start_time) p from"
     " v$rman_backup_job_details where input_type = 'DB INCR') select max(s - p) from j", [],
     [(1,)]),
    ("select time_taken_display from v$rman_backup_job_details where start_time = :t",
     {"t": SUNDAY}, [("01:08:46",)]),
    ("select name, round(space_used / space_limit * 100, 1) p from v$recovery_file_dest", [],
     [("/u01/app/oracle/fast_recovery_area", 52.5)]),
    ("select file_type, percent_space_used from v$flash_recovery_area_usage"
     " where percent_space_used > 1 order by percent_space_used desc", [],
     [("BACKUP PIECE", 37), ("ARCHIVED LOG", 15.5)]),
    ("select sum(percent_space_used) - sum(percent_space_reclaimable) from v$recovery_area_usage",
     [], [(36.01,)]),
    ("select trunc(first_time) d, count(*) from v$archived_log where first_time >="
     " date '2026-03-30' group by trunc(first_time) order by 1", [],
     [(datetime(2026, 3, 30), 31), (datetime(2026, 3, 31), 11)]),
    ("select resource_name, current_utilization c, trim(limit_value) l from v$resource_limit"
     " where resource_name in ('processes', 'transactions') order by 1", [],
     [("processes", 96, "600"), ("transactions", 2, "UNLIMITED")]),
    ("select nvl(username, 'background') u, count(*) from v$session where type = 'BACKGROUND'"
     " group by nvl(username, 'background')", [], [("background", 7)]),
    ("select s.status, count(*) from v$session s, v$process p where p.addr = s.paddr"
     " and s.username = 'EBILL' group by s.status order by 1", [],
     [("ACTIVE", 2), ("INACTIVE", 22)]),
    ("select username, account_status from dba_users where oracle_maintained = 'N' order by 1", [],
     [("EBILL", "OPEN"), ("EBILL_INSPECT", "OPEN")]),
    ("select privilege from session_privs", [], [("CREATE SESSION",)]),
    ("select grantee, privilege from dba_sys_privs where grantee not in"
     " (select role from dba_roles)", [], [("EBILL_INSPECT", "CREATE SESSION")]),
    ("select count(*) from user_tab_privs where owner = 'SYS' and table_name = 'V_$INSTANCE'", [],
     [(1,)]),
    ("select owner, segment_name, bytes/1073741824 gb from dba_segments where owner = 'EBILL'"
     " order by bytes desc fetch first 2 rows only", [],
     [("EBILL", "T_INVOICE_2024", 31), ("EBILL", "T_INVOICE_DETAIL", 24)]),
    ("select segment_name from dba_segments order by segment_name offset 2 rows"
     " fetch next 1 row only", [], [("PK_T_INVOICE",)]),
    ("select * from (select segment_name from dba_segments order by bytes) where rownum <= :n",
     {"n": 1}, [("AUD$UNIFIED",)]),
    ("select rownum r, tablespace_name from dba_tablespaces where rownum < 3 order by 2", [],
     [(2, "SYSAUX"), (1, "SYSTEM")]),
    ("select count(*) from dba_tablespaces where rownum > 1", [], [(0,)]),
    ("select listagg(name, '/') within group (order by name desc) from v$tablespace"
     " where name like 'S%'", [], [("SYSTEM/SYSAUX",)]),
    ("select name, type from v$asm_diskgroup", [], []),
    ("select name, open_mode from v$containers where con_id = 0", [], [("EBILLDB", "READ WRITE")]),
    ("select count(*) from v$pdbs", [], [(0,)]),
    ("select tablespace_name t, sum(bytes) over () / 1073741824 total from dba_temp_files", [],
     [("TEMP", 8)]),
    ("select t.tablespace_name, (select count(*) from dba_data_files f where f.tablespace_name ="
     " t.tablespace_name) n from dba_tablespaces t where exists (select null from dba_segments s"
     " where s.tablespace_name = t.tablespace_name and s.owner = 'EBILL') order by n desc, 1", [],
     [("EBILL_DATA", 3), ("EBILL_ARCH", 2), ("EBILL_IDX", 2), ("EBILL_LOG", 1)]),
    ("select tablespace_name from dba_tablespaces where tablespace_name in (select"
     " tablespace_name from dba_temp_files) union all select 'none' from dual where 1 = 0", [],
     [("TEMP",)]),
    ("select 'a' k, 1 n from dual union all select null, 2 from dual order by k desc", [],
     [(None, 2), ("a", 1)]),
    ("select case when count(*) = 0 then 'no backup' else to_char(max(end_time), 'YYYY-MM-DD"
     " HH24:MI') end m from v$rman_backup_job_details where input_type = 'DB FULL'", [],
     [("no backup",)]),
    ("select numtodsinterval(90, 'MINUTE') i, systimestamp - interval '1' day d from dual", [],
     [(timedelta(minutes=90), datetime(2026, 3, 30, 10))]),
    ("select level from dual connect by level <= 3", [], [(1,), (2,), (3,)]),
]  # fmt: skip

EXPRESSIONS: list[tuple[str, Any]] = [
    ("0.1 + 0.2", 0.3),
    ("7 / 2 + 10 / 5", 5.5),
    ("round(2.5) || '/' || round(-2.5) || '/' || trunc(-2.7)", "3/-3/-2"),
    ("round(1234.567, -2) + trunc(12.349, 2)", 1212.34),
    ("mod(7, 3) + mod(-7, 3) + mod(5, 0)", 5),
    ("'5' + 2", 7),
    ("1 || null", "1"),
    ("nvl('', 'empty')", "empty"),
    ("nvl2(null, 1, 2)", 2),
    ("coalesce(null, null, 'c')", "c"),
    ("nullif(1, 1)", None),
    ("decode(null, null, 'same', 'other')", "same"),
    ("decode(3, 1, 'a', 2, 'b')", None),
    ("length('表空间') + lengthb('表空间')", 12),
    ("substr('TABLESPACE', -5, 3) || substr('abc', 2) || substr('abc', 0, 1)", "SPAbca"),
    ("instr('a/b/c', '/', 1, 2)", 4),
    ("replace('a-b-c', '-') || replace('aXb', 'X', '.')", "abca.b"),
    ("lpad('7', 3, '0') || rpad('x', 3) || '|'", "007x  |"),
    ("ltrim('  x') || rtrim('xyy', 'y') || trim(both '.' from '..z.')", "xxz"),
    ("upper('ab') || lower('CD') || initcap('hello wORLD')", "ABcdHello World"),
    ("translate('2024', '024', 'abc')", "babc"),
    ("greatest(1, 5, 3) - least(2, 4)", 3),
    ("ceil(1.2) + floor(-1.2) + abs(-3) + sign(-9)", 2),
    ("power(2, 10) + sqrt(16)", 1028),
    ("to_char(0.5) || ' ' || to_char(-0.25) || ' ' || to_char(100)", ".5 -.25 100"),
    ("to_char(1234567.891, '9,999,999.99')", " 1,234,567.89"),
    ("to_char(0.456, 'FM990.00') || '%'", "0.46%"),
    ("to_char(-12.5, '999.9') || to_char(5, 'S99') || to_char(5, '000')", " -12.5 +5 005"),
    ("to_char(12345, '999')", "####"),
    ("to_number('1,234.50', '9,999.99')", 1234.5),
    ("to_char(sysdate, 'YYYY-MM-DD HH24:MI:SS')", "2026-03-31 10:00:00"),
    ("to_char(sysdate, 'Dy DD Mon YYYY, Q WW IW D DDD')", "Tue 31 Mar 2026, 1 13 14 3 090"),
    ("to_char(sysdate, 'FMDD/MM/YYYY \"at\" HH12 AM')", "31/3/2026 at 10 AM"),
    ("to_char(systimestamp, 'SS.FF3 TZH:TZM')", "00.000 +08:00"),
    ("to_date('2026-02-28 23:59:59', 'YYYY-MM-DD HH24:MI:SS') + 1/86400",
     datetime(2026, 3, 1)),
    ("to_date('01-JAN-26', 'DD-MON-RR') - 1", datetime(2025, 12, 31)),
    ("to_timestamp('2026-01-01 00:00:00.250', 'YYYY-MM-DD HH24:MI:SS.FF')",
     datetime(2026, 1, 1, 0, 0, 0, 250000)),
    ("sysdate - date '2026-03-30'", 1.4166666666666667),
    ("trunc(sysdate, 'MM')", datetime(2026, 3, 1)),
    ("trunc(sysdate, 'Q') - trunc(sysdate, 'YYYY')", 0),
    ("trunc(sysdate, 'IW')", datetime(2026, 3, 30)),
    ("add_months(date '2026-01-31', 1)", datetime(2026, 2, 28)),
    ("last_day(date '2024-02-10')", datetime(2024, 2, 29)),
    ("months_between(date '2026-03-31', date '2025-12-31')", 3),
    ("extract(year from sysdate) + extract(month from sysdate)", 2029),
    ("extract(day from systimestamp - (systimestamp - interval '3' day))", 3),
    ("cast('12.6' as number(10)) + cast(1.26 as number(5,1))", 14.3),
    ("cast(sysdate as timestamp) - interval '1' hour", datetime(2026, 3, 31, 9)),
    ("rawtohex(hextoraw('00FF'))", "00FF"),
    ("hextoraw('00ff')", b"\x00\xff"),
    ("to_clob('long')", "long"),
    ("q'[it's]'", "it's"),
    ("case 2 when 1 then 'a' when 2 then 'b' end", "b"),
    ("case when 'a' < 'B' then 1 when null is null then 2 end", 2),
    ("(select max(level) from dual connect by level <= 4)", 4),
]  # fmt: skip

CONDITIONS: list[tuple[str, bool]] = [
    ("'10' > 9", True),
    ("9 < '10'", True),
    ("'10' between 9 and 11", True),
    ("'7' in (7, 8)", True),
    ("10 in ('9', '10')", True),
    ("'abc' like 'A%'", False),
    ("'a_c' like 'a\\_c' escape '\\'", True),
    ("null = null", False),
    ("not (null = 1)", False),
    ("'' is null", True),
    ("1 not in (2, null)", False),
    ("sysdate > date '2026-03-31' and sysdate < systimestamp + interval '1' second", True),
    ("'31-MAR-26' = trunc(sysdate)", True),
    ("1 = 1 or 1 / 0 = 1", True),
]


@pytest.mark.parametrize(("sql", "binds", "expected"), CORPUS)
def test_inspection_query(
    cursor: oracledb.Cursor, sql: str, binds: Any, expected: list[tuple[Any, ...]]
) -> None:
    assert cursor.execute(sql, binds).fetchall() == expected


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_expression(cursor: oracledb.Cursor, expression: str, expected: Any) -> None:
    assert cursor.execute(f"select {expression} from dual").fetchall() == [(expected,)]


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS)
def test_condition(cursor: oracledb.Cursor, condition: str, holds: bool) -> None:
    cursor.execute(f"select 1 from dual where {condition}")
    assert bool(cursor.fetchall()) is holds


def test_columns_have_their_types_without_rows(cursor: oracledb.Cursor) -> None:
    cursor.execute("select name, bytes b, creation_time, 1 + 1 from v$tempfile where 1 = 0")
    assert [(column[0], column[1]) for column in cursor.description] == [
        ("NAME", oracledb.DB_TYPE_VARCHAR),
        ("B", oracledb.DB_TYPE_NUMBER),
        ("CREATION_TIME", oracledb.DB_TYPE_DATE),
        ("1+1", oracledb.DB_TYPE_NUMBER),
    ]
