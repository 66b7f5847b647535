# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in refuses: SQL that it does not know is an error with its code, no guess."""

from __future__ import annotations

import oracledb
import pytest

REFUSED: list[tuple[str, int]] = [
    # not SQL, or not Oracle's
    ("selekt 1 from dual", 900),
    ("select 1", 923),
    ("select from dual", 936),
    ("select 1 = 1 from dual", 923),
    ("select 1 from dual where 1", 920),
    ("select * from dual as d", 933),
    ("select * from dual limit 1", 933),
    ("select *, 1 from dual", 923),
    ("select true from dual", 3001),
    ("select 7 % 2 from dual", 3001),
    ("select dummy from dual where dummy ilike 'x'", 3001),
    # names
    ("select foo from dual", 904),
    ("select d.foo from dual d", 904),
    ('select "dummy" from dual', 904),
    ("select foo(1) from dual", 904),
    ("select json_value('{}', '$.a') from dual", 904),
    ("select * from nothing", 942),
    ("select * from ebill.t_invoice", 942),
    ("select * from v_$instance", 942),
    ("select * from sys.v$instance", 942),
    ("select * from system.dba_users", 942),
    ("select name from v$datafile, v$tablespace", 918),
    ("select sys_context('USERENV', 'NO_SUCH') from dual", 2003),
    # types and values
    ("select 1 from dual where dummy = 1", 1722),
    ("select to_number('x') from dual", 1722),
    ("select 1 / 0 from dual", 1476),
    ("select sysdate + sysdate from dual", 975),
    ("select case when 1 = 1 then 1 else 'a' end from dual", 932),
    ("select 1 from dual union all select 'a' from dual", 1790),
    ("select 1 from dual union select 1, 2 from dual", 1789),
    ("select to_char(sysdate, 'YYYY FOO') from dual", 1821),
    ("select to_char(1, 'abc') from dual", 1481),
    ("select to_date('2026-13-01', 'YYYY-MM-DD') from dual", 1843),
    ("select to_date('2026-02-30', 'YYYY-MM-DD') from dual", 1839),
    ("select to_date('x', 'YYYY') from dual", 1861),
    ("select to_date('2026-01-01 10', 'YYYY-MM-DD') from dual", 1830),
    ("select nvl(1) from dual", 909),
    ("select power(10, 200) from dual", 1426),
    # grouping, windows, subqueries
    ("select tablespace_name, count(*) from dba_data_files", 937),
    ("select *  from dba_data_files group by file_id", 979),
    ("select status, bytes from dba_data_files group by status", 979),
    ("select 1 from dba_data_files where count(*) > 1", 934),
    ("select max(count(*)) from dba_data_files", 934),
    ("select distinct tablespace_name from dba_data_files order by file_id", 1791),
    ("select tablespace_name from dba_data_files order by 2", 1785),
    ("select 1 from dual where row_number() over (order by 1) = 1", 30483),
    ("select row_number() over () from dba_data_files", 30485),
    ("select (select file_id from dba_data_files) from dual", 1427),
    ("select (select 1, 2 from dual) from dual", 913),
    # syntax that Oracle has and the stand-in has not
    ("select status, sum(bytes) from dba_data_files group by rollup(status)", 3001),
    ("select status, sum(bytes) from dba_data_files group by cube(status)", 3001),
    ("select count(*) from dba_data_files sample (10)", 3001),
    ("select file_id from dba_data_files for update", 3001),
    ("select file_id from dba_data_files fetch first 10 percent rows only", 3001),
    ("select file_id from dba_data_files order by bytes fetch first 1 row with ties", 3001),
    ("select * from dba_data_files join v$tablespace using (tablespace_name)", 904),
    ("select f.tablespace_name from dba_data_files f join dba_tablespaces t"
     " using (tablespace_name)", 25154),
    ("select trunc(sysdate, 'FORTNIGHT') from dual", 1899),
    ("select 1 from dual@other", 3001),
    ("select 1 from dual where rownum = 1 or 1 = 2", 3001),
    ("select * from dba_users start with user_id = 1 connect by prior user_id = user_id", 3001),
    ("select * from (select contents from dba_tablespaces) pivot"
     " (count(*) for contents in ('UNDO'))", 3001),
    # writing
    ("update dba_tablespaces set status = 'x'", 1031),
    ("insert into t values (1)", 942),
    ("insert into dba_users values (1)", 1031),
    ("delete from dba_users", 1031),
    ("merge into t using dual on (1 = 1) when matched then update set a = 1", 3001),
    ("create table t (n number)", 1031),
    ("drop table t", 942),
    ("truncate table t", 942),
    ("grant dba to ebill_inspect", 1031),
    ("/* hidden */ alter system switch logfile", 1031),
    ("alter database datafile 1 resize 1g", 1031),
    ("alter session set nls_date_format = 'YYYY FOO'", 1821),
    ("alter session set nls_language = 'SIMPLIFIED CHINESE'", 3001),
    ("alter session set nls_numeric_characters = ',,'", 12705),
    ("alter session set no_such_thing = 1", 2248),
    ("alter session set", 3001),
    ("begin dbms_output.put_line('x'); end;", 3001),
    ("lock table t in exclusive mode", 3001),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "code"), REFUSED)
def test_refused(cursor: oracledb.Cursor, sql: str, code: int) -> None:
    with pytest.raises(oracledb.DatabaseError) as caught:
        cursor.execute(sql)
    assert caught.value.args[0].code == code
    assert cursor.execute("select 1 from dual").fetchone() == (1,)


def test_place_of_an_error_counts_from_the_text_as_sent(cursor: oracledb.Cursor) -> None:
    """Placeholders are renamed before parsing; the place must not move with them."""
    sql = "select :a_long_name, ':x', q'[:y]' /* :z */, bytes from dba_data_files where foo = :1"
    with pytest.raises(oracledb.DatabaseError) as caught:
        cursor.execute(sql, ["a", 1])
    assert caught.value.args[0].offset == sql.index("foo")


def test_number_of_binds(cursor: oracledb.Cursor) -> None:
    with pytest.raises(oracledb.DatabaseError):
        cursor.execute("select :1 from dual")


def test_read_only_transaction_is_accepted(cursor: oracledb.Cursor) -> None:
    cursor.execute("set transaction read only")
    assert cursor.execute("select 1 from dual").fetchone() == (1,)
