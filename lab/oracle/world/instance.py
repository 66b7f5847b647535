# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instance and database views: identity, version, parameters, limits, sessions, containers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from lab.oracle.world.running import Operation
from lab.oracle.world.views import Row, Sight, view

EDITIONS = {11: "11g", 12: "12c", 18: "18c", 19: "19c", 21: "21c", 23: "23ai"}
MODIFIABLE_AT_RESTART = {"processes", "sessions", "sga_max_size", "db_block_size", "control_files"}
AT_DEFAULT = {
    "cpu_count",
    "cursor_sharing",
    "optimizer_mode",
    "pga_aggregate_limit",
    "sec_case_sensitive_logon",
    "statistics_level",
}


@view("DUAL")
def dual(sight: Sight) -> Iterable[Row]:
    return [{"DUMMY": "X"}]


@view("V$INSTANCE")
def v_instance(sight: Sight) -> Iterable[Row]:
    world = sight.world
    archiver = "STARTED" if world.log_mode == "ARCHIVELOG" else "STOPPED"
    yield {
        "INSTANCE_NUMBER": 1,
        "INSTANCE_NAME": world.name,
        "HOST_NAME": world.host,
        "VERSION": world.release[0],
        "VERSION_LEGACY": world.release[0],
        "VERSION_FULL": world.release[1],
        "STARTUP_TIME": world.started,
        "STATUS": "OPEN",
        "PARALLEL": "NO",
        "THREAD#": 1,
        "ARCHIVER": world.running.archiver or archiver,
        "LOG_SWITCH_WAIT": world.running.log_switch_wait,
        "LOGINS": world.running.logins,
        "SHUTDOWN_PENDING": "NO",
        "DATABASE_STATUS": world.running.database_status,
        "INSTANCE_ROLE": "PRIMARY_INSTANCE",
        "ACTIVE_STATE": "NORMAL",
        "BLOCKED": "NO",
        "CON_ID": 0,
        "INSTANCE_MODE": "REGULAR",
        "EDITION": "EE",
        "DATABASE_TYPE": "SINGLE",
    }


@view("V$DATABASE")
def v_database(sight: Sight) -> Iterable[Row]:
    world = sight.world
    yield {
        "DBID": world.dbid,
        "NAME": world.name,
        "CREATED": world.created,
        "RESETLOGS_CHANGE#": 1920977,
        "RESETLOGS_TIME": world.created,
        "LOG_MODE": world.log_mode,
        "CHECKPOINT_CHANGE#": world.scn - 4100,
        "ARCHIVE_CHANGE#": world.scn - 9300,
        "CONTROLFILE_TYPE": "CURRENT",
        "CONTROLFILE_CREATED": world.created,
        "CONTROLFILE_TIME": world.local() - timedelta(minutes=2),
        "OPEN_RESETLOGS": "NOT ALLOWED",
        "OPEN_MODE": world.open_mode,
        "PROTECTION_MODE": "MAXIMUM PERFORMANCE",
        "PROTECTION_LEVEL": "MAXIMUM PERFORMANCE",
        "REMOTE_ARCHIVE": "ENABLED",
        "DATABASE_ROLE": world.running.role,
        "SWITCHOVER_STATUS": "NOT ALLOWED",
        "DATAGUARD_BROKER": "DISABLED",
        "GUARD_STATUS": "NONE",
        "FORCE_LOGGING": world.running.force_logging,
        "PLATFORM_ID": 13,
        "PLATFORM_NAME": "Linux x86 64-bit",
        "CURRENT_SCN": world.scn,
        "FLASHBACK_ON": "NO",
        "DB_UNIQUE_NAME": world.name,
        "CDB": "YES" if world.is_multitenant else "NO",
        "CON_ID": 0,
    }


def _product(sight: Sight) -> str:
    name = EDITIONS[int(sight.world.release[0].split(".")[0])]
    return f"Oracle Database {name} Enterprise Edition"


@view("V$VERSION")
def v_version(sight: Sight) -> Iterable[Row]:
    short, full = sight.world.release
    banner = f"{_product(sight)} Release {short} - Production"
    yield {
        "BANNER": banner,
        "BANNER_FULL": f"{banner}\nVersion {full}",
        "BANNER_LEGACY": banner,
        "CON_ID": 0,
    }


@view("PRODUCT_COMPONENT_VERSION")
def product_component_version(sight: Sight) -> Iterable[Row]:
    short, full = sight.world.release
    yield {
        "PRODUCT": f"{_product(sight)} ",
        "VERSION": short,
        "VERSION_FULL": full,
        "STATUS": "Production",
    }


@view("NLS_DATABASE_PARAMETERS")
def nls_database_parameters(sight: Sight) -> Iterable[Row]:
    values = {
        "NLS_LANGUAGE": "SIMPLIFIED CHINESE",
        "NLS_TERRITORY": "CHINA",
        "NLS_CHARACTERSET": "AL32UTF8",
        "NLS_NCHAR_CHARACTERSET": "AL16UTF16",
        "NLS_DATE_FORMAT": "DD-MON-RR",
        "NLS_NUMERIC_CHARACTERS": ".,",
        "NLS_SORT": "BINARY",
        "NLS_LENGTH_SEMANTICS": "BYTE",
        "NLS_RDBMS_VERSION": sight.world.release[0],
    }
    for name, value in values.items():
        yield {"PARAMETER": name, "VALUE": value}


@view("V$PARAMETER")
def v_parameter(sight: Sight) -> Iterable[Row]:
    for number, (name, value) in enumerate(sorted(sight.world.parameters.items()), 1):
        yield {
            "NUM": number,
            "NAME": name,
            "TYPE": 3 if value.isdigit() else 2,
            "VALUE": value,
            "DISPLAY_VALUE": value,
            "ISDEFAULT": "TRUE" if name in AT_DEFAULT else "FALSE",
            "ISSES_MODIFIABLE": "FALSE",
            "ISSYS_MODIFIABLE": "FALSE" if name in MODIFIABLE_AT_RESTART else "IMMEDIATE",
            "ISMODIFIED": "FALSE",
            "ISADJUSTED": "FALSE",
            "ISDEPRECATED": "FALSE",
            "ISBASIC": "TRUE",
            "CON_ID": 0,
        }


def _right(number: int | None) -> str:
    """Limits are right-justified texts of ten characters."""
    return (" UNLIMITED" if number is None else str(number)).rjust(10)


@view("V$RESOURCE_LIMIT")
def v_resource_limit(sight: Sight) -> Iterable[Row]:
    for limit in sight.world.limits:
        yield {
            "RESOURCE_NAME": limit.name,
            "CURRENT_UTILIZATION": limit.current,
            "MAX_UTILIZATION": limit.highest,
            "INITIAL_ALLOCATION": _right(limit.initial),
            "LIMIT_VALUE": _right(limit.limit),
            "CON_ID": 0,
        }


def address(number: int) -> bytes:
    return (0x7F3A_0000_0000 + number * 0x1000).to_bytes(8, "big")


def _waiting(running: Operation, sid: int) -> Row:
    """What a session does: it waits for another one, works in no wait, or is idle."""
    wait = running.waits.get(sid)
    if wait is None:
        seconds = running.calls.get(sid, 5)
        busy = {"STATUS": "ACTIVE", "STATE": "WAITED SHORT TIME"} if sid in running.busy else {}
        return {"LAST_CALL_ET": seconds, "WAIT_TIME_MICRO": seconds * 10**6} | busy
    return {
        "STATUS": "ACTIVE",
        "LAST_CALL_ET": wait.seconds,
        "EVENT": wait.event,
        "WAIT_CLASS": wait.wait_class,
        "SECONDS_IN_WAIT": wait.seconds,
        "WAIT_TIME_MICRO": wait.seconds * 10**6,
        "BLOCKING_SESSION_STATUS": "VALID",
        "BLOCKING_INSTANCE": 1,
        "BLOCKING_SESSION": wait.holder,
        "FINAL_BLOCKING_SESSION_STATUS": "VALID",
        "FINAL_BLOCKING_INSTANCE": wait.instance,
        "FINAL_BLOCKING_SESSION": wait.final,
    }


@view("V$SESSION")
def v_session(sight: Sight) -> Iterable[Row]:
    world = sight.world
    common = {"SERVER": "DEDICATED", "BLOCKING_SESSION_STATUS": "NO HOLDER", "CON_ID": 0}
    for one in world.sessions:
        yield (
            common
            | {
                "SADDR": address(one.sid),
                "PADDR": address(10_000 + one.sid),
                "SID": one.sid,
                "SERIAL#": one.serial,
                "USERNAME": one.user,
                "STATUS": one.status,
                "MACHINE": one.machine,
                "PROGRAM": one.program,
                "TYPE": one.kind,
                "LOGON_TIME": world.started + timedelta(minutes=one.sid),
                "EVENT": one.event,
                "WAIT_CLASS": one.wait_class,
                "STATE": "WAITING",
                "SERVICE_NAME": world.name if one.user else "SYS$BACKGROUND",
            }
            | _waiting(world.running, one.sid)
        )
    for facts in list(sight.sessions.values()):
        yield common | {
            "SADDR": address(facts.sid),
            "PADDR": address(10_000 + facts.sid),
            "SID": facts.sid,
            "SERIAL#": facts.serial,
            "AUDSID": 900000 + facts.sid,
            "USERNAME": facts.user,
            "SCHEMANAME": facts.user,
            "STATUS": "ACTIVE" if facts == sight.me else "INACTIVE",
            "OSUSER": facts.osuser,
            "PROCESS": facts.process,
            "MACHINE": facts.machine,
            "PROGRAM": facts.program,
            "MODULE": facts.program,
            "TYPE": "USER",
            "LOGON_TIME": world.local(),
            "LAST_CALL_ET": 0,
            "WAIT_TIME_MICRO": 40,
            "STATE": "WAITED SHORT TIME",
            "SERVICE_NAME": world.name,
        }


@view("V$PROCESS")
def v_process(sight: Sight) -> Iterable[Row]:
    known = [(one.sid, one.kind) for one in sight.world.sessions]
    known += [(facts.sid, "USER") for facts in list(sight.sessions.values())]
    for number, (sid, kind) in enumerate(known, 2):
        yield {
            "ADDR": address(10_000 + sid),
            "PID": number,
            "SPID": str(20_000 + sid),
            "USERNAME": "oracle",
            "PROGRAM": f"oracle@{sight.world.host}",
            "BACKGROUND": "1" if kind == "BACKGROUND" else None,
            "PGA_USED_MEM": 3_145_728,
            "PGA_ALLOC_MEM": 4_194_304,
            "PGA_MAX_MEM": 6_291_456,
            "CON_ID": 0,
        }
