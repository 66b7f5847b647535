# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of how the instance runs: long operations, redo, undo, alert log, Data Guard, accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from lab.oracle.world.model import MIB
from lab.oracle.world.views import Row, Sight, view

SWITCH = timedelta(minutes=47)
SAMPLES = 576
SAMPLE = timedelta(minutes=10)
SEQUENCE = 52_000
STANDBY_DEST = 2


@view("V$SESSION_LONGOPS")
def v_session_longops(sight: Sight) -> Iterable[Row]:
    world = sight.world
    known = {one.sid: one for one in world.sessions}
    for one in world.running.operations:
        session = known.get(one.sid)
        updated = world.local() - one.updated
        yield {
            "SID": one.sid,
            "SERIAL#": session.serial if session else 1,
            "OPNAME": one.name,
            "SOFAR": one.done,
            "TOTALWORK": one.total,
            "UNITS": "Blocks",
            "START_TIME": updated - timedelta(seconds=one.elapsed_seconds),
            "LAST_UPDATE_TIME": updated,
            "TIME_REMAINING": one.remaining_seconds,
            "ELAPSED_SECONDS": one.elapsed_seconds,
            "CONTEXT": 0,
            "MESSAGE": f"{one.name}: {one.done} out of {one.total} Blocks done",
            "USERNAME": session.user if session else "EBILL",
            "QCSID": 0,
            "CON_ID": 0,
        }


@view("V$LOG_HISTORY")
def v_log_history(sight: Sight) -> Iterable[Row]:
    """A log begins where the one before it was switched away from."""
    world = sight.world
    moments = [moment - SWITCH for moment in world.archived]
    moments += [world.local() - age for age in world.running.more_switches]
    for number, moment in enumerate(sorted(moments), 1):
        yield {
            "RECID": number,
            "STAMP": 1_180_000_000 + number,
            "THREAD#": 1,
            "SEQUENCE#": SEQUENCE + number,
            "FIRST_CHANGE#": 48_000_000_000 + number * 40_000,
            "FIRST_TIME": moment,
            "NEXT_CHANGE#": 48_000_000_000 + (number + 1) * 40_000,
            "RESETLOGS_CHANGE#": 1920977,
            "RESETLOGS_TIME": world.created,
            "CON_ID": 0,
        }


@view("V$LOG")
def v_log(sight: Sight) -> Iterable[Row]:
    world = sight.world
    newest = SEQUENCE + len(world.archived) + 1
    count = len(world.running.groups)
    current = next((g.number for g in world.running.groups if g.status == "CURRENT"), count)
    for group in world.running.groups:
        behind = (current - group.number) % count
        begun = world.local() - SWITCH * behind - timedelta(minutes=9)
        yield {
            "GROUP#": group.number,
            "THREAD#": group.thread,
            "SEQUENCE#": newest - behind,
            "BYTES": group.size_mib * MIB,
            "BLOCKSIZE": 512,
            "MEMBERS": group.members,
            "ARCHIVED": "YES" if group.archived else "NO",
            "STATUS": group.status,
            "FIRST_CHANGE#": world.scn - 4100 * (behind + 1),
            "FIRST_TIME": begun,
            "NEXT_TIME": begun + SWITCH if behind else None,
            "CON_ID": 0,
        }


@view("V$LOGFILE")
def v_logfile(sight: Sight) -> Iterable[Row]:
    running = sight.world.running
    for group in running.groups:
        for path in group.paths():
            yield {
                "GROUP#": group.number,
                "STATUS": running.member_states.get(path),
                "TYPE": "ONLINE",
                "MEMBER": path,
                "IS_RECOVERY_DEST_FILE": "NO",
                "CON_ID": 0,
            }


@view("V$UNDOSTAT")
def v_undostat(sight: Sight) -> Iterable[Row]:
    """Errors are all in one row; the longest queries are those of the night's report."""
    world = sight.world
    end = world.local()
    for place in range(SAMPLES):
        begin = end - SAMPLE if place else end - SAMPLE / 2
        failing = place == 20
        yield {
            "BEGIN_TIME": begin,
            "END_TIME": end,
            "UNDOTSN": 2,
            "UNDOBLKS": 310 + place % 7 * 40,
            "TXNCOUNT": 900 + place % 11 * 25,
            "MAXQUERYLEN": 640 if place % 144 == 30 else 12,
            "MAXCONCURRENCY": 3,
            "SSOLDERRCNT": world.running.undo_too_old if failing else 0,
            "NOSPACEERRCNT": world.running.undo_no_space if failing else 0,
            "ACTIVEBLKS": 8192,
            "UNEXPIREDBLKS": 270_000,
            "EXPIREDBLKS": 390_000,
            "TUNED_UNDORETENTION": 21_600,
            "CON_ID": 0,
        }
        end = begin


@view("V$DIAG_ALERT_EXT")
def v_diag_alert_ext(sight: Sight) -> Iterable[Row]:
    world = sight.world
    entries = sorted(world.running.alert_log, key=lambda entry: -entry.age)
    for number, entry in enumerate(entries, 1):
        moment = world.now() - entry.age
        yield {
            "ORIGINATING_TIMESTAMP": moment,
            "NORMALIZED_TIMESTAMP": moment,
            "ORGANIZATION_ID": "oracle",
            "COMPONENT_ID": "rdbms",
            "HOST_ID": world.host,
            "MESSAGE_TYPE": entry.kind,
            "MESSAGE_LEVEL": 1 if entry.kind == 2 else 16,
            "MESSAGE_TEXT": entry.text,
            "PROBLEM_KEY": entry.problem,
            "RECORD_ID": number,
            "FILENAME": f"/u01/app/oracle/diag/rdbms/ebilldb/{world.name}/alert/log.xml",
            "CON_ID": 0,
        }


@view("V$ARCHIVE_DEST_STATUS")
def v_archive_dest_status(sight: Sight) -> Iterable[Row]:
    """Destinations that are not set are INACTIVE; their TYPE is LOCAL all the same."""
    world, standby = sight.world, sight.world.running.standby
    for number in range(1, 32):
        row: Row = {
            "DEST_ID": number,
            "DEST_NAME": f"LOG_ARCHIVE_DEST_{number}",
            "STATUS": "VALID" if number == 1 else "INACTIVE",
            "TYPE": "LOCAL",
            "DATABASE_MODE": "OPEN" if number == 1 else "UNKNOWN",
            "RECOVERY_MODE": "IDLE",
            "PROTECTION_MODE": "MAXIMUM PERFORMANCE",
            "DB_UNIQUE_NAME": world.name if number == 1 else "NONE",
            "SRL": "NO",
            "CON_ID": 0,
        }
        if standby and number == STANDBY_DEST:
            row |= {
                "STATUS": standby.status,
                "TYPE": "PHYSICAL",
                "DATABASE_MODE": "OPEN_READ-ONLY",
                "RECOVERY_MODE": "MANAGED REAL TIME APPLY",
                "DESTINATION": standby.name.lower(),
                "ERROR": standby.error,
                "SRL": "YES",
                "DB_UNIQUE_NAME": standby.name,
                "GAP_STATUS": "NO GAP" if standby.status == "VALID" else None,
            }
        yield row


@view("V$DATAGUARD_STATS")
def v_dataguard_stats(sight: Sight) -> Iterable[Row]:
    """A primary has no rows."""
    computed = sight.world.local().strftime("%m/%d/%Y %H:%M:%S")
    for name, value in sight.world.running.lags.items():
        yield {
            "NAME": name,
            "VALUE": value,
            "UNIT": "day(2) to second(0) interval",
            "TIME_COMPUTED": computed,
            "DATUM_TIME": computed,
            "CON_ID": 0,
        }


@view("USER_USERS")
def user_users(sight: Sight) -> Iterable[Row]:
    user = sight.users.get(sight.me.user) if sight.me else None
    if user is None:
        return
    words = [word for word, on in (("EXPIRED", user.expired), ("LOCKED", user.locked)) if on]
    days = sight.world.running.own_account_days
    yield {
        "USERNAME": user.name,
        "USER_ID": 110,
        "ACCOUNT_STATUS": " & ".join(words) or "OPEN",
        "EXPIRY_DATE": sight.world.local() + timedelta(days=days) if days is not None else None,
        "DEFAULT_TABLESPACE": "USERS",
        "TEMPORARY_TABLESPACE": "TEMP",
        "CREATED": sight.world.created,
        "COMMON": "NO",
        "ORACLE_MAINTAINED": "N",
    }
