# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the stand-in runs, as plain data: states, waits, redo logs, the alert log, a standby.

Moments are ages before now, so that a world grows no older while it waits. What is not set here
is well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

LOG_MIB = 1024
REDO = "/u01/app/oracle/oradata/EBILLDB"


@dataclass
class Wait:
    """A session that waits: for `holder`, whose own holder may be waiting too (`final`)."""

    seconds: int
    holder: int
    final: int
    event: str = "enq: TX - row lock contention"
    wait_class: str = "Application"
    instance: int = 1


@dataclass
class LongOperation:
    """A row of V$SESSION_LONGOPS; `updated` long ago: its session is gone."""

    sid: int
    name: str
    done: int
    total: int
    elapsed_seconds: int
    remaining_seconds: int
    updated: timedelta = timedelta(seconds=4)


@dataclass
class RedoGroup:
    number: int
    status: str
    archived: bool = True
    members: int = 2
    thread: int = 1
    size_mib: int = LOG_MIB

    def paths(self) -> list[str]:
        return [f"{REDO}/redo{self.number:02d}{'abcdef'[i]}.log" for i in range(self.members)]


@dataclass
class AlertEntry:
    """`kind` is MESSAGE_TYPE: 2 incident, 3 error, 4 warning, 5 notification."""

    age: timedelta
    text: str
    kind: int = 5
    problem: str | None = None


@dataclass
class Standby:
    """A physical standby behind LOG_ARCHIVE_DEST_2; its lag in time, in whole archived logs."""

    name: str = "EBILLDG"
    status: str = "VALID"
    error: str | None = None
    lag: timedelta = timedelta(minutes=0)


def groups() -> list[RedoGroup]:
    states = ("INACTIVE", "INACTIVE", "CURRENT", "INACTIVE")
    return [
        RedoGroup(number, state, archived=state != "CURRENT")
        for number, state in enumerate(states, 1)
    ]


def alert_log() -> list[AlertEntry]:
    """Some months of a quiet database: switches, a change of size, clients that went away."""
    entries = [
        AlertEntry(timedelta(hours=7 * place), "Thread 1 advanced to log sequence")
        for place in range(1, 60)
    ]
    gone = "ORA-609 : opiodr aborting process unknown ospid (24816_140231)"
    entries += [AlertEntry(timedelta(days=days), gone) for days in (5, 33)]
    resized = "Resize operation completed for file# 6, old size 9437184K, new size 10485760K"
    return [*entries, AlertEntry(timedelta(days=61), resized)]


@dataclass
class Operation:
    """`calls`: by SID, for how many seconds the session's call lasts, or it has been idle."""

    logins: str = "ALLOWED"
    archiver: str | None = None
    log_switch_wait: str | None = None
    database_status: str = "ACTIVE"
    force_logging: str = "NO"
    waits: dict[int, Wait] = field(default_factory=dict)
    calls: dict[int, int] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)
    """Sessions that work at this moment, in no wait."""
    operations: list[LongOperation] = field(default_factory=list)
    more_switches: list[timedelta] = field(default_factory=list)
    groups: list[RedoGroup] = field(default_factory=groups)
    member_states: dict[str, str] = field(default_factory=dict)
    undo_too_old: int = 0
    undo_no_space: int = 0
    alert_log: list[AlertEntry] = field(default_factory=alert_log)
    standby: Standby | None = None
    role: str = "PRIMARY"
    lags: dict[str, str | None] = field(default_factory=dict)
    """On a standby: what V$DATAGUARD_STATS says, by name."""
    own_account_days: float | None = None
    """Until the inspection account's password expires; None: it does not."""
