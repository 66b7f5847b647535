# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of the load: statements, plans, waits, memory advice, statistics, the daily history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from lab.oracle.world.load import Statement
from lab.oracle.world.model import GIB, MIB
from lab.oracle.world.views import Row, Sight, view

SNAPSHOTS = 9
"""One a day here, so that the history stays small; a database makes one an hour."""


def _figures(one: Statement) -> Row:
    micro = int(one.elapsed_seconds * 1_000_000)
    return {
        "SQL_ID": one.sql_id,
        "PLAN_HASH_VALUE": one.plan,
        # What a statement says is as the application wrote it, literals included.
        "SQL_TEXT": f"/* {one.seed} */ SELECT 1 FROM T_INVOICE WHERE PAYER = '张三'",
        "EXECUTIONS": one.executions,
        "ELAPSED_TIME": micro,
        "CPU_TIME": micro * 6 // 10,
        "USER_IO_WAIT_TIME": micro * 3 // 10,
        "BUFFER_GETS": one.gets,
        "DISK_READS": one.reads,
        "ROWS_PROCESSED": one.executions * 3,
        "FETCHES": one.executions,
        "PARSE_CALLS": one.executions // 50 + 1,
        "LOADS": 1,
        "SHARABLE_MEM": 34_512,
        "CON_ID": 0,
    }


@view("V$SQLSTATS")
def v_sqlstats(sight: Sight) -> Iterable[Row]:
    for one in sight.world.load.statements:
        yield _figures(one) | {
            "VERSION_COUNT": 1,
            "LAST_ACTIVE_TIME": sight.world.local() - timedelta(minutes=3),
        }


@view("V$SQL")
def v_sql(sight: Sight) -> Iterable[Row]:
    for one in sight.world.load.statements:
        yield _figures(one) | {
            "CHILD_NUMBER": 0,
            "PARSING_SCHEMA_NAME": one.schema,
            "MODULE": one.module,
            "COMMAND_TYPE": one.command,
            "OPTIMIZER_MODE": "ALL_ROWS",
        }


@view("V$SQL_PLAN")
def v_sql_plan(sight: Sight) -> Iterable[Row]:
    for one in sight.world.load.statements:
        common: Row = {
            "SQL_ID": one.sql_id,
            "PLAN_HASH_VALUE": one.plan,
            "CHILD_NUMBER": 0,
            "CON_ID": 0,
        }
        yield common | {"ID": 0, "OPERATION": "SELECT STATEMENT", "OPTIMIZER": "ALL_ROWS"}
        for place, scan in enumerate(one.scans, 1):
            yield common | {
                "ID": place,
                "PARENT_ID": 0,
                "DEPTH": 1,
                "OPERATION": "TABLE ACCESS",
                "OPTIONS": "FULL",
                "OBJECT_OWNER": scan.owner,
                "OBJECT_NAME": scan.table,
                "OBJECT_TYPE": "TABLE",
                "CARDINALITY": scan.rows,
                "FILTER_PREDICATES": "\"PAYER\"='张三'" if scan.filtered else None,
            }


@view("V$SYS_TIME_MODEL")
def v_sys_time_model(sight: Sight) -> Iterable[Row]:
    load = sight.world.load
    seconds = {
        "DB time": load.db_seconds,
        "DB CPU": load.cpu_seconds,
        "background elapsed time": 81_204.0,
        "sql execute elapsed time": load.db_seconds * 0.93,
        "parse time elapsed": load.parse_seconds,
        "hard parse elapsed time": load.hard_parse_seconds,
    }
    for number, (name, value) in enumerate(seconds.items()):
        yield {"STAT_ID": 3_649_082_374 + number, "STAT_NAME": name, "VALUE": int(value * 1e6)}


@view("V$SYSTEM_EVENT")
def v_system_event(sight: Sight) -> Iterable[Row]:
    for number, one in enumerate(sight.world.load.events):
        yield {
            "EVENT": one.name,
            "EVENT_ID": 1_000_000 + number,
            "WAIT_CLASS": one.wait_class,
            "TOTAL_WAITS": one.waits,
            "TOTAL_WAITS_FG": one.waits,
            "TIME_WAITED": int(one.seconds * 100),
            "TIME_WAITED_FG": int(one.seconds * 100),
            "TIME_WAITED_MICRO": int(one.seconds * 1e6),
            "TIME_WAITED_MICRO_FG": int(one.seconds * 1e6),
            "AVERAGE_WAIT": round(one.milliseconds / 10, 2),
            "AVERAGE_WAIT_FG": round(one.milliseconds / 10, 2),
            "CON_ID": 0,
        }


@view("V$SYSTEM_WAIT_CLASS")
def v_system_wait_class(sight: Sight) -> Iterable[Row]:
    summed: dict[str, tuple[int, float]] = {}
    for one in sight.world.load.events:
        waits, seconds = summed.get(one.wait_class, (0, 0.0))
        summed[one.wait_class] = (waits + one.waits, seconds + one.seconds)
    for number, (name, (waits, seconds)) in enumerate(summed.items()):
        yield {
            "WAIT_CLASS#": number,
            "WAIT_CLASS": name,
            "TOTAL_WAITS": waits,
            "TOTAL_WAITS_FG": waits,
            "TIME_WAITED": int(seconds * 100),
            "TIME_WAITED_FG": int(seconds * 100),
            "CON_ID": 0,
        }


@view("V$SYSSTAT")
def v_sysstat(sight: Sight) -> Iterable[Row]:
    for number, (name, value) in enumerate(sight.world.load.statistics.items()):
        yield {"STATISTIC#": number, "NAME": name, "CLASS": 1, "VALUE": value, "CON_ID": 0}


@view("V$LIBRARYCACHE")
def v_librarycache(sight: Sight) -> Iterable[Row]:
    pins = {"SQL AREA": 704_118_220, "TABLE/PROCEDURE": 91_204_118, "BODY": 12_004_311}
    for name, count in pins.items():
        hits = count - count // 400
        yield {
            "NAMESPACE": name,
            "GETS": count // 3,
            "GETHITS": count // 3 - count // 900,
            "PINS": count,
            "PINHITS": hits,
            "PINHITRATIO": hits / count,
            "RELOADS": count // 9000,
            "INVALIDATIONS": count // 40_000,
            "CON_ID": 0,
        }


@view("V$PGASTAT")
def v_pgastat(sight: Sight) -> Iterable[Row]:
    over = sight.world.load.pga_over_allocations
    values = {
        "aggregate PGA target parameter": (8 * GIB, "bytes"),
        "total PGA allocated": (3 * GIB, "bytes"),
        "maximum PGA allocated": ((11 if over else 7) * GIB, "bytes"),
        "over allocation count": (over, None),
        "cache hit percentage": (98, "percent"),
    }
    for name, (value, unit) in values.items():
        yield {"NAME": name, "VALUE": value, "UNIT": unit, "CON_ID": 0}


@view("V$PGA_TARGET_ADVICE")
def v_pga_target_advice(sight: Sight) -> Iterable[Row]:
    over = sight.world.load.pga_over_allocations
    for factor in (0.25, 0.5, 1, 1.5, 2, 4):
        yield {
            "PGA_TARGET_FOR_ESTIMATE": int(8 * GIB * factor),
            "PGA_TARGET_FACTOR": factor,
            "ADVICE_STATUS": "ON",
            "ESTD_PGA_CACHE_HIT_PERCENTAGE": 99 if factor > 1 else 98,
            "ESTD_OVERALLOC_COUNT": over if factor <= 1 else 0,
            "CON_ID": 0,
        }


@view("V$SGA_TARGET_ADVICE")
def v_sga_target_advice(sight: Sight) -> Iterable[Row]:
    load = sight.world.load
    for factor in (0.5, 0.75, 1, 1.25, 1.5, 1.75, 2):
        saved = load.sga_gain * (factor - 1)
        yield {
            "SGA_SIZE": int(24 * GIB * factor) // MIB,
            "SGA_SIZE_FACTOR": factor,
            "ESTD_DB_TIME": int(load.db_seconds * (1 - saved)),
            "ESTD_DB_TIME_FACTOR": round(1 - saved, 4),
            "CON_ID": 0,
        }


@view("V$DB_CACHE_ADVICE")
def v_db_cache_advice(sight: Sight) -> Iterable[Row]:
    reads = sight.world.load.statistics["physical reads cache"]
    for number in range(1, 21):
        factor = number / 10
        yield {
            "ID": 3,
            "NAME": "DEFAULT",
            "BLOCK_SIZE": 8192,
            "ADVICE_STATUS": "ON",
            "SIZE_FOR_ESTIMATE": 1800 * number,
            "SIZE_FACTOR": factor,
            "ESTD_PHYSICAL_READ_FACTOR": round(1.05 - factor / 20, 4),
            "ESTD_PHYSICAL_READS": int(reads * (1.05 - factor / 20)),
            "CON_ID": 0,
        }


@view("DBA_TAB_STATISTICS")
def dba_tab_statistics(sight: Sight) -> Iterable[Row]:
    for one in sight.world.load.tables:
        gathered = None if one.days is None else sight.world.local() - timedelta(days=one.days)
        yield {
            "OWNER": one.owner,
            "TABLE_NAME": one.name,
            "OBJECT_TYPE": "TABLE",
            "NUM_ROWS": one.rows,
            "LAST_ANALYZED": gathered,
            "GLOBAL_STATS": "NO" if gathered is None else "YES",
            "USER_STATS": "NO",
            "STALE_STATS": None if gathered is None else "YES" if one.stale else "NO",
            "SCOPE": "SHARED",
        }


@view("DBA_HIST_SNAPSHOT")
def dba_hist_snapshot(sight: Sight) -> Iterable[Row]:
    """Needs no pack; the views of what a snapshot holds do."""
    for number in range(SNAPSHOTS):
        end = sight.world.local() - timedelta(days=SNAPSHOTS - 1 - number)
        yield {
            "SNAP_ID": 3400 + number,
            "DBID": sight.world.dbid,
            "INSTANCE_NUMBER": 1,
            "BEGIN_INTERVAL_TIME": end - timedelta(days=1),
            "END_INTERVAL_TIME": end,
            "SNAP_LEVEL": 1,
        }


@view("DBA_HIST_SQLSTAT")
def dba_hist_sqlstat(sight: Sight) -> Iterable[Row]:
    for number in range(SNAPSHOTS):
        for one in sight.world.load.statements[:30]:
            yield {
                "SNAP_ID": 3400 + number,
                "DBID": sight.world.dbid,
                "INSTANCE_NUMBER": 1,
                "SQL_ID": one.sql_id,
                "PLAN_HASH_VALUE": one.plan,
                "PARSING_SCHEMA_NAME": one.schema,
                "MODULE": one.module,
                "EXECUTIONS_DELTA": one.executions // 143,
                "ELAPSED_TIME_DELTA": int(one.elapsed_seconds * 1e6) // 143,
                "DISK_READS_DELTA": one.reads // 143,
            }
