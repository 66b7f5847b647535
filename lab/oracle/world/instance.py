# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instance and database views: identity, version, parameters, limits, sessions, containers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from lab.oracle.world.views import Row, Sight, view

PRODUCT = "Oracle Database 19c Enterprise Edition"
MODIFIABLE_AT_RESTART = {"processes", "sessions", "sga_max_size", "db_block_size", "control_files"}


@view("DUAL", "DUMMY V1", public=True)
def dual(sight: Sight) -> Iterable[Row]:
    return [{"DUMMY": "X"}]


@view(
    "V$INSTANCE",
    """INSTANCE_NUMBER N, INSTANCE_NAME V16, HOST_NAME V64, VERSION V17, VERSION_LEGACY V17,
    VERSION_FULL V17, STARTUP_TIME D, STATUS V12, PARALLEL V3, THREAD# N, ARCHIVER V7,
    LOG_SWITCH_WAIT V15, LOGINS V10, SHUTDOWN_PENDING V3, DATABASE_STATUS V17, INSTANCE_ROLE V18,
    ACTIVE_STATE V9, BLOCKED V3, CON_ID N, INSTANCE_MODE V11, EDITION V7, FAMILY V80,
    DATABASE_TYPE V15""",
)
def v_instance(sight: Sight) -> Iterable[Row]:
    world = sight.world
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
        "ARCHIVER": "STARTED" if world.log_mode == "ARCHIVELOG" else "STOPPED",
        "LOGINS": "ALLOWED",
        "SHUTDOWN_PENDING": "NO",
        "DATABASE_STATUS": "ACTIVE",
        "INSTANCE_ROLE": "PRIMARY_INSTANCE",
        "ACTIVE_STATE": "NORMAL",
        "BLOCKED": "NO",
        "CON_ID": 0,
        "INSTANCE_MODE": "REGULAR",
        "EDITION": "EE",
        "DATABASE_TYPE": "SINGLE",
    }


@view(
    "V$DATABASE",
    """DBID N, NAME V9, CREATED D, RESETLOGS_CHANGE# N, RESETLOGS_TIME D, LOG_MODE V12,
    CHECKPOINT_CHANGE# N, ARCHIVE_CHANGE# N, CONTROLFILE_TYPE V7, CONTROLFILE_CREATED D,
    CONTROLFILE_TIME D, OPEN_RESETLOGS V11, VERSION_TIME D, OPEN_MODE V20, PROTECTION_MODE V20,
    PROTECTION_LEVEL V20, REMOTE_ARCHIVE V8, DATABASE_ROLE V16, SWITCHOVER_STATUS V20,
    DATAGUARD_BROKER V8, GUARD_STATUS V7, FORCE_LOGGING V39, PLATFORM_ID N, PLATFORM_NAME V101,
    CURRENT_SCN N, FLASHBACK_ON V18, DB_UNIQUE_NAME V30, CDB V3, CON_ID N""",
)
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
        "DATABASE_ROLE": "PRIMARY",
        "SWITCHOVER_STATUS": "NOT ALLOWED",
        "DATAGUARD_BROKER": "DISABLED",
        "GUARD_STATUS": "NONE",
        "FORCE_LOGGING": "NO",
        "PLATFORM_ID": 13,
        "PLATFORM_NAME": "Linux x86 64-bit",
        "CURRENT_SCN": world.scn,
        "FLASHBACK_ON": "NO",
        "DB_UNIQUE_NAME": world.name,
        "CDB": "NO",
        "CON_ID": 0,
    }


@view("V$VERSION", "BANNER V80, BANNER_FULL V160, BANNER_LEGACY V80, CON_ID N", public=True)
def v_version(sight: Sight) -> Iterable[Row]:
    short, full = sight.world.release
    banner = f"{PRODUCT} Release {short} - Production"
    yield {
        "BANNER": banner,
        "BANNER_FULL": f"{banner}\nVersion {full}",
        "BANNER_LEGACY": banner,
        "CON_ID": 0,
    }


@view(
    "PRODUCT_COMPONENT_VERSION",
    "PRODUCT V320, VERSION V160, VERSION_FULL V160, STATUS V320",
    public=True,
)
def product_component_version(sight: Sight) -> Iterable[Row]:
    short, full = sight.world.release
    yield {"PRODUCT": f"{PRODUCT} ", "VERSION": short, "VERSION_FULL": full, "STATUS": "Production"}


@view("NLS_DATABASE_PARAMETERS", "PARAMETER V128, VALUE V64", public=True)
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


@view(
    "V$PARAMETER",
    """NUM N, NAME V80, TYPE N, VALUE V4000, DISPLAY_VALUE V4000, DEFAULT_VALUE V255,
    ISDEFAULT V9, ISSES_MODIFIABLE V5, ISSYS_MODIFIABLE V9, ISPDB_MODIFIABLE V5,
    ISINSTANCE_MODIFIABLE V5, ISMODIFIED V10, ISADJUSTED V5, ISDEPRECATED V5, ISBASIC V5,
    DESCRIPTION V255, UPDATE_COMMENT V255, HASH N, CON_ID N""",
)
def v_parameter(sight: Sight) -> Iterable[Row]:
    for number, (name, value) in enumerate(sorted(sight.world.parameters.items()), 1):
        yield {
            "NUM": number,
            "NAME": name,
            "TYPE": 3 if value.isdigit() else 2,
            "VALUE": value,
            "DISPLAY_VALUE": value,
            "ISDEFAULT": "FALSE",
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


@view(
    "V$RESOURCE_LIMIT",
    """RESOURCE_NAME V30, CURRENT_UTILIZATION N, MAX_UTILIZATION N, INITIAL_ALLOCATION V10,
    LIMIT_VALUE V10, CON_ID N""",
)
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


@view(
    "V$SESSION",
    """SADDR R8, SID N, SERIAL# N, AUDSID N, PADDR R8, USER# N, USERNAME V128, COMMAND N,
    STATUS V8, SERVER V9, SCHEMA# N, SCHEMANAME V128, OSUSER V128, PROCESS V24, MACHINE V64,
    PORT N, TERMINAL V30, PROGRAM V48, TYPE V10, SQL_ID V13, PREV_SQL_ID V13, MODULE V64,
    ACTION V64, CLIENT_INFO V64, LOGON_TIME D, LAST_CALL_ET N, BLOCKING_SESSION_STATUS V11,
    BLOCKING_INSTANCE N, BLOCKING_SESSION N, EVENT# N, EVENT V64, WAIT_CLASS V64, WAIT_TIME N,
    SECONDS_IN_WAIT N, STATE V19, SERVICE_NAME V64, CLIENT_IDENTIFIER V64, CON_ID N""",
)
def v_session(sight: Sight) -> Iterable[Row]:
    world = sight.world
    common = {"SERVER": "DEDICATED", "BLOCKING_SESSION_STATUS": "NO HOLDER", "CON_ID": 0}
    for one in world.sessions:
        yield common | {
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
            "STATE": "WAITED SHORT TIME",
            "SERVICE_NAME": world.name,
        }


@view(
    "V$PROCESS",
    """ADDR R8, PID N, SOSID V24, SPID V24, STID V24, EXECUTION_TYPE V10, PNAME V5, USERNAME V15,
    SERIAL# N, TERMINAL V30, PROGRAM V48, TRACEID V255, TRACEFILE V513, BACKGROUND V1,
    PGA_USED_MEM N, PGA_ALLOC_MEM N, PGA_FREEABLE_MEM N, PGA_MAX_MEM N, CON_ID N""",
)
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


CONTAINER = """CON_ID N, DBID N, CON_UID N, GUID R16, NAME V128, OPEN_MODE V10, RESTRICTED V3,
    OPEN_TIME Z, CREATE_SCN N, TOTAL_SIZE N, BLOCK_SIZE N, RECOVERY_STATUS V8"""


@view("V$CONTAINERS", CONTAINER)
def v_containers(sight: Sight) -> Iterable[Row]:
    """A database that is no CDB shows itself alone, as container 0."""
    world = sight.world
    yield {
        "CON_ID": 0,
        "DBID": world.dbid,
        "CON_UID": world.dbid,
        "NAME": world.name,
        "OPEN_MODE": world.open_mode,
        "RESTRICTED": "NO",
        "BLOCK_SIZE": 8192,
    }


@view("V$PDBS", CONTAINER)
def v_pdbs(sight: Sight) -> Iterable[Row]:
    """Empty: no CDB."""
    return ()
