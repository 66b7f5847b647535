# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes the stand-in's world: storage, accounts, grants, roles, small tables, containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import oracledb
import pytest

from lab.oracle.server import OracleServer, User, inspector, running_server
from lab.oracle.world.green import green_world
from lab.oracle.world.multitenant import multitenant_world

NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)
DBA = User("EBILL_DBA", "Dba#2026", privileges={"CREATE SESSION"})
As = Callable[..., oracledb.Cursor]
GIB = 1 << 30


@pytest.fixture
def server() -> Iterator[OracleServer]:
    world = green_world(lambda: NOW)
    world.granted_roles["EBILL_DBA"] = {"DBA"}
    with running_server(world, [inspector(), User(**vars(DBA))]) as running:
        yield running


@pytest.fixture
def log_on(server: OracleServer) -> Iterator[As]:
    """A cursor of an account; the DBA by default."""
    opened: list[oracledb.Connection] = []

    def to(user: str = "ebill_dba", password: str = DBA.password) -> oracledb.Cursor:
        dsn = f"127.0.0.1:{server.port}/ebilldb"
        opened.append(oracledb.connect(user=user, password=password, dsn=dsn))
        return opened[-1].cursor()

    yield to
    for one in opened:
        if one.is_healthy():
            one.close()


def code_of(cursor: oracledb.Cursor, sql: str) -> int:
    """The number of the error that a statement gets; 0 for none."""
    try:
        cursor.execute(sql)
    except oracledb.DatabaseError as problem:
        return int(problem.args[0].code) or pytest.fail(str(problem))
    return 0


def one(cursor: oracledb.Cursor, sql: str) -> object:
    return cursor.execute(sql).fetchone()[0]


DATA = "/u01/app/oracle/oradata/EBILLDB"
STORAGE: list[tuple[str, str, object]] = [
    (f"alter tablespace ebill_arch add datafile '{DATA}/ebill_arch03.dbf' size 10g"
     " autoextend on next 128m maxsize unlimited",
     "select maxbytes from dba_data_files where file_name like '%arch03.dbf'", 34359721984),
    (f"alter tablespace ebill_arch add datafile '{DATA}/x.dbf' size 1g, '{DATA}/y.dbf' size 2G",
     "select count(*) from dba_data_files where tablespace_name = 'EBILL_ARCH'", 4),
    (f"ALTER DATABASE DATAFILE '{DATA}/ebill_log01.dbf' RESIZE 12G",
     "select bytes from dba_data_files where tablespace_name = 'EBILL_LOG'", 12 * GIB),
    ("alter database datafile 10 autoextend on maxsize 32000m",
     "select maxbytes from dba_data_files where file_id = 10", 32000 << 20),
    ("alter database datafile 1 autoextend off",
     "select autoextensible from dba_data_files where file_id = 1", "NO"),
    (f"alter database tempfile '{DATA}/temp01.dbf' resize 9g",
     "select bytes from dba_temp_files", 9 * GIB),
    (f"alter tablespace temp add tempfile '{DATA}/temp02.dbf' size 4g",
     "select sum(tablespace_size) from dba_temp_free_space", 12 * GIB),
    ("alter tablespace ebill_arch read only",
     "select status from dba_tablespaces where tablespace_name = 'EBILL_ARCH'", "READ ONLY"),
    ("alter tablespace ebill_log offline",
     "select status from dba_tablespaces where tablespace_name = 'EBILL_LOG'", "OFFLINE"),
    (f"create tablespace ebill_new datafile '{DATA}/new01.dbf' size 512m",
     "select count(*) from dba_tablespaces", 10),
    ("drop tablespace users including contents and datafiles",
     "select count(*) from dba_tablespaces", 8),
    ("alter system set undo_retention = 1800",
     "select value from v$parameter where name = 'undo_retention'", "1800"),
    ("alter system kill session '20,1200' immediate",
     "select count(*) from v$session where username = 'EBILL'", 23),
]  # fmt: skip
REFUSED: list[tuple[str, int]] = [
    ("alter tablespace nothing read only", 959),
    (f"alter tablespace ebill_arch add datafile '{DATA}/ebill_arch01.dbf' size 1g", 1537),
    ("alter tablespace ebill_arch add datafile '/x.dbf' size 33g", 1144),
    ("alter tablespace ebill_arch add datafile '/x.dbf'", 922),
    ("alter tablespace temp add datafile '/x.dbf' size 1g", 3216),
    ("alter database datafile '/none.dbf' resize 1g", 1516),
    ("alter database datafile 5 resize 1g", 3297),
    ("alter database datafile 5 autoextend on maxsize 1g", 3206),
    ("alter tablespace ebill_data resize 100g", 32773),
    ("alter tablespace system read only", 1643),
    ("alter tablespace system offline", 1541),
    ("alter tablespace ebill_data online garbage", 933),
    ("alter tablespace ebill_arch drop datafile 10", 3262),
    ("drop tablespace ebill_data", 1549),
    ("drop tablespace system including contents", 1550),
    ("alter system set processes = 900", 2095),
    ("alter system set no_such_parameter = 1", 2065),
    ("alter system kill session '1,40001'", 29),
    ("alter system kill session '999,1'", 30),
    ("alter database open", 3001),
    ("create index i on t (a)", 3001),
    ("create user ebill identified by x", 1920),
    ("create user new_one identified by x default tablespace nothing", 959),
    ("create user c##new identified by x", 65094),
    ("alter user nobody account lock", 1918),
    ("drop user ebill_dba", 1940),
    ("grant select on v$instance to ebill_inspect", 2030),
    ("grant select on sys.v_$instance to nobody", 1917),
    ("grant select on sys.nothing to ebill_inspect", 942),
    ("grant insert on sys.dba_users to ebill_inspect", 2030),
    ("grant no_such_role to ebill_inspect", 1919),
    ("grant fly high to ebill_inspect", 990),
    ("revoke create table from ebill_inspect", 1952),
    ("revoke dba from ebill_inspect", 1951),
    ("drop role nothing", 1919),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "look", "seen"), STORAGE)
def test_storage(log_on: As, sql: str, look: str, seen: object) -> None:
    cursor = log_on()
    assert one(cursor, look) != seen if look.startswith("select count") else True
    cursor.execute(sql)
    assert one(cursor, look) == seen


@pytest.mark.parametrize(("sql", "code"), REFUSED)
def test_refused_with_the_server_s_error(log_on: As, sql: str, code: int) -> None:
    cursor = log_on()
    assert code_of(cursor, sql) == code
    assert one(cursor, "select count(*) from dba_data_files") == 12


def test_the_inspector_may_change_nothing(log_on: As, server: OracleServer) -> None:
    cursor = log_on("ebill_inspect", server.users["EBILL_INSPECT"].password)
    for sql in (
        "alter tablespace ebill_data read only",
        "alter database datafile 5 resize 40g",
        "create user x identified by y",
        "drop user ebill_dba cascade",
        "grant dba to ebill_inspect",
        "grant select on sys.v_$instance to ebill_dba",
        "alter system switch logfile",
        "alter user ebill_dba account lock",
        "create table t (n number)",
    ):
        assert code_of(cursor, sql) == 1031, sql


def test_used_percent_falls_when_a_file_is_added(log_on: As) -> None:
    cursor = log_on()
    look = (
        "select round(used_percent) from dba_tablespace_usage_metrics"
        " where tablespace_name = 'EBILL_ARCH'"
    )
    assert one(cursor, look) == 66
    cursor.execute(f"alter tablespace ebill_arch add datafile '{DATA}/more.dbf' size 30g")
    assert one(cursor, look) == 41


def test_life_of_an_inspection_account(log_on: As) -> None:
    dba = log_on()
    dba.execute('create user looker identified by "Look#1" default tablespace users')
    with pytest.raises(oracledb.DatabaseError, match="ORA-01045"):
        log_on("looker", "Look#1")
    dba.execute("grant create session to looker")
    looker = log_on("looker", "Look#1")
    assert code_of(looker, "select status from v$instance") == 942
    dba.execute("grant select on sys.v_$instance to looker")
    assert one(looker, "select status from v$instance") == "OPEN"
    assert code_of(looker, "select * from dba_users") == 942
    granted = looker.execute("select owner, table_name from user_tab_privs").fetchall()
    assert granted == [("SYS", "V_$INSTANCE")]
    dba.execute("revoke select on sys.v_$instance from looker")
    assert code_of(looker, "select status from v$instance") == 942
    assert code_of(dba, "drop user looker") == 1940
    looker.connection.close()
    dba.execute("alter user looker identified by Other2 account lock password expire")
    status = "select account_status from dba_users where username = 'LOOKER'"
    assert one(dba, status) == "EXPIRED & LOCKED"
    dba.execute("drop user looker cascade")
    assert dba.execute(status).fetchone() is None


def test_roles(log_on: As, server: OracleServer) -> None:
    dba = log_on()
    inspector_user = server.users["EBILL_INSPECT"]
    looker = log_on("ebill_inspect", inspector_user.password)
    inspector_user.grants.clear()
    assert code_of(looker, "select * from v$database") == 942
    dba.execute("create role look")
    dba.execute("grant select on sys.v_$database to look")
    dba.execute("grant look to ebill_inspect")
    assert one(looker, "select name from v$database") == "EBILLDB"
    assert looker.execute("select role, table_name from role_tab_privs").fetchall() == [
        ("LOOK", "V_$DATABASE")
    ]
    dba.execute("revoke look from ebill_inspect")
    assert code_of(looker, "select * from v$database") == 942
    dba.execute("grant select_catalog_role to ebill_inspect")
    assert one(looker, "select count(*) from dba_tablespaces") == 9


def test_rows_of_a_small_table(log_on: As) -> None:
    cursor = log_on()
    cursor.execute("create table t_limit (name varchar2(10) primary key, n number(5,2), d date)")
    cursor.executemany("insert into t_limit (name, n) values (:1, :2)", [("a", 1), ("b", 2.345)])
    assert cursor.rowcount == 2
    cursor.execute("insert into t_limit select 'c', max(n) + 1, sysdate from t_limit")
    cursor.execute("update t_limit set n = n * 2, d = date '2026-01-01' where name <> :x", x="a")
    assert cursor.rowcount == 2
    assert cursor.execute("select name, n, d from t_limit order by name").fetchall() == [
        ("a", 1, None),
        ("b", 4.7, datetime(2026, 1, 1)),
        ("c", 6.7, datetime(2026, 1, 1)),
    ]
    cursor.execute("delete from t_limit where n > 6")
    assert one(cursor, "select count(*) from ebill_dba.t_limit") == 2


def test_transactions(log_on: As) -> None:
    cursor = log_on()
    cursor.execute("create table t (n number)")
    cursor.execute("insert into t values (1)")
    assert cursor.connection.transaction_in_progress
    cursor.connection.commit()
    cursor.execute("insert into t values (2)")
    cursor.execute("update t set n = n + 10")
    cursor.connection.rollback()
    assert cursor.execute("select n from t").fetchall() == [(1,)]
    cursor.execute("delete t")
    cursor.execute("create table other (n number)")
    cursor.connection.rollback()
    assert one(cursor, "select count(*) from t") == 0


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("insert into t values (1, 'x')", 1),
        ("insert into t (name) values ('x')", 1400),
        ("insert into t values (2, 'much too long')", 12899),
        ("insert into t values (123456, 'x')", 1438),
        ("insert into t values (2)", 947),
        ("insert into t values (2, 'x', 3)", 913),
        ("insert into t (n, nothing) values (2, 'x')", 904),
        ("insert into t values ('two', 'x')", 1722),
        ("update t set n = null", 1400),
        ("update nothing set n = 1", 942),
        ("delete from dba_users", 1031),
        ("create table t (n number)", 955),
        ("create table u (n varchar2)", 906),
        ("create table u (n number, n date)", 957),
    ],
)
def test_a_table_refuses(log_on: As, sql: str, code: int) -> None:
    cursor = log_on()
    cursor.execute("create table t (n number(4) not null, name varchar2(8), primary key (n))")
    cursor.execute("insert into t values (1, 'one')")
    assert code_of(cursor, sql) == code
    assert cursor.execute("select * from t").fetchall() == [(1, "one")]


def test_table_of_another_user(log_on: As, server: OracleServer) -> None:
    dba = log_on()
    dba.execute("create table t (n number)")
    other = log_on("ebill_inspect", server.users["EBILL_INSPECT"].password)
    assert code_of(other, "select * from ebill_dba.t") == 942
    dba.execute("grant select on t to ebill_inspect")
    assert other.execute("select * from ebill_dba.t").fetchall() == []
    assert code_of(other, "insert into ebill_dba.t values (1)") == 1031
    other.execute("alter session set current_schema = ebill_dba")
    assert other.execute("select * from t").fetchall() == []


def test_session_settings(log_on: As) -> None:
    cursor = log_on()
    cursor.execute("alter session set nls_date_format = 'YYYY-MM-DD' nls_numeric_characters = ',.'")
    assert one(cursor, "select '' || date '2026-03-01' || ' ' || 1.5 from dual") == "2026-03-01 1,5"
    assert one(cursor, "select to_date('2026-03-02') - date '2026-03-01' from dual") == 1
    assert one(cursor, "select to_char(1234.5, '9G999D9') from dual") == " 1.234,5"
    assert one(cursor, "select to_number('1,5') * 2 from dual") == 3
    cursor.execute("alter session set time_zone = '-03:00'")
    assert one(cursor, "select to_char(current_timestamp, 'HH24 TZH') from dual") == "23 -03"
    assert one(cursor, "select sessiontimezone || to_char(current_date, ' DD') from dual") == (
        "-03:00 30"
    )
    assert one(cursor, "select to_char(sysdate, 'DD HH24') from dual") == "31 10"
    assert one(log_on(), "select to_char(1.5) from dual") == "1.5"


def test_containers() -> None:
    root = multitenant_world(lambda: NOW)
    root.granted_roles["EBILL_DBA"] = {"DBA"}
    with running_server(root, [inspector(), User(**vars(DBA))]) as server:

        def log_on(service: str) -> oracledb.Cursor:
            dsn = f"127.0.0.1:{server.port}/{service}"
            return oracledb.connect(user="ebill_dba", password=DBA.password, dsn=dsn).cursor()

        cursor = log_on("ebilldb")
        name = "select sys_context('USERENV', 'CON_NAME') from dual"
        assert one(cursor, name) == "CDB$ROOT"
        assert code_of(cursor, "create user local identified by x") == 65096
        assert code_of(cursor, "alter session set container = nowhere") == 65011
        cursor.execute("alter session set container = ebillpdb")
        assert one(cursor, name) == "EBILLPDB"
        assert one(cursor, "select count(*) from dba_tablespaces") == 8
        assert one(cursor, "select count(*) from cdb_tablespaces") == 8
        inside = log_on("archpdb")
        assert one(inside, name) == "ARCHPDB"
        assert one(inside, "select con_id from v$containers") == 4
        inside.execute("alter tablespace ebill_arch read only")
        cursor.execute("alter session set container = cdb$root")
        found = cursor.execute(
            "select con_id from cdb_tablespaces where status = 'READ ONLY'"
        ).fetchall()
        assert found == [(4,)]
        cursor.connection.close()
        inside.connection.close()
