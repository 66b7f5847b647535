# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong while the lab's database runs: sessions, logs, accounts, the standby."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lab.oracle.breaks import add
from lab.oracle.server import OracleServer
from lab.oracle.world import green
from lab.oracle.world.running import AlertEntry, LongOperation, Operation, Standby, Wait

BLOCKER, VICTIMS = 22, range(24, 31)
BUSY = 33
BLOCKED_SECONDS = 1260
EXPIRES_DAYS = 5
LAG = timedelta(hours=5)
APPLICATION = "EBILL"

Set = Callable[[Operation], dict[str, Any]]


def _running(name: str, zh: str, en: str, change: Set) -> None:
    """A break of some fields of the operation; mending gives them the green values again."""

    def apply(server: OracleServer) -> None:
        for key, value in change(Operation()).items():
            setattr(server.world.running, key, value)

    def mend(server: OracleServer) -> None:
        fresh = Operation()
        for key in change(fresh):
            setattr(server.world.running, key, getattr(fresh, key))

    add(name, zh, en, apply, mend)


def _blocked(_: Operation) -> dict[str, Any]:
    """An idle session holds a row; the first that waits for it is waited for by the others."""
    first = VICTIMS[0]
    waits = {
        sid: Wait(BLOCKED_SECONDS - 40 * place, BLOCKER if sid == first else first, BLOCKER)
        for place, sid in enumerate(VICTIMS)
    }
    return {"waits": waits, "calls": {BLOCKER: BLOCKED_SECONDS + 15}}


def _stuck(_: Operation) -> dict[str, Any]:
    """The archiver has failed; the logs are full one after the other, and none is free."""
    stuck = copy.deepcopy(Operation().groups)
    for group in stuck:
        group.archived = False
        group.status = group.status.replace("INACTIVE", "ACTIVE")
    return {"archiver": "FAILED", "log_switch_wait": "ARCHIVE LOG", "groups": stuck}


def _storm(_: Operation) -> dict[str, Any]:
    """Three hours with a switch every half minute: whatever the time, an hour is full of them."""
    return {"more_switches": [timedelta(hours=1, seconds=30 * place) for place in range(360)]}


def _errors(running: Operation) -> dict[str, Any]:
    internal = "ORA-00600: internal error code, arguments: [kdsgrp1], [], [], [], [], [], [], []"
    extend = "ORA-01653: unable to extend table EBILL.T_INVOICE by 8192 in tablespace EBILL_DATA"
    new = [AlertEntry(timedelta(days=2, hours=3), internal, 2, "ORA 600 [kdsgrp1]")]
    new += [AlertEntry(timedelta(days=1, minutes=7 * place), extend, 3) for place in range(3)]
    return {"alert_log": [*running.alert_log, *new]}


def _long(_: Operation) -> dict[str, Any]:
    scan = LongOperation(BUSY, "Table Scan", 3_100_000, 4_700_000, 8100, 4180)
    return {"busy": {BUSY}, "calls": {BUSY: 8160}, "operations": [scan]}


_running("session_blocks", f"空闲会话未提交，阻塞 {len(VICTIMS)} 个会话已 21 分钟",
         f"An idle session has blocked {len(VICTIMS)} others for 21 minutes", _blocked)  # fmt: skip
_running("session_long", "一个会话已连续执行 136 分钟",
         "A session has been active for 136 minutes", _long)  # fmt: skip
_running("archiver_stuck", "归档失败，日志无法切换",
         "The archiver has failed and no log can be switched", _stuck)  # fmt: skip
_running("log_switches", "日志每 30 秒切换一次", "Logs are switched every 30 s", _storm)
_running("restricted", "实例处于受限模式", "The instance is in restricted mode",
         lambda _: {"logins": "RESTRICTED"})  # fmt: skip
_running("redo_member_lost", "在线日志的一个成员无法访问", "A member of a redo log group is lost",
         lambda running: {"member_states": {running.groups[1].paths()[1]: "INVALID"}})  # fmt: skip
_running("undo_errors", "回滚空间不足报错 2 次、快照过旧 3 次",
         "Undo ran short twice, and three snapshots were too old",
         lambda _: {"undo_no_space": 2, "undo_too_old": 3})  # fmt: skip
_running("alert_errors", "告警日志中有 ORA-00600 和 ORA-01653",
         "ORA-00600 and ORA-01653 are in the alert log", _errors)  # fmt: skip
_running("own_account_expiring", "巡检账号的口令 12 天后到期",
         "The inspection account's password expires in 12 days",
         lambda _: {"own_account_days": 12.0})  # fmt: skip
_running("standby_behind", "备库落后主库约 5 小时", "The standby is about 5 hours behind",
         lambda _: {"standby": Standby(lag=LAG), "force_logging": "YES"})  # fmt: skip


def _use(server: OracleServer, resource: str, used: int | None) -> None:
    fresh = {limit.name: limit for limit in green.limits()}[resource]
    if used is not None:
        fresh.current = fresh.highest = used
    server.world.limits = [fresh if one.name == resource else one for one in server.world.limits]


add("processes_full", "进程数已达上限的 97.5%", "97.5 % of the processes are in use",
    lambda server: _use(server, "processes", 585),
    lambda server: _use(server, "processes", None))  # fmt: skip


def _expire(server: OracleServer, days: float | None) -> None:
    for account in server.world.accounts:
        if account.name == APPLICATION:
            moment = server.world.local()
            account.expires = moment + timedelta(days=days) if days is not None else None


add("application_account_expiring", f"应用账号 {APPLICATION} 的口令 {EXPIRES_DAYS} 天后到期",
    f"The password of the application's account {APPLICATION} expires in {EXPIRES_DAYS} days",
    lambda server: _expire(server, EXPIRES_DAYS),
    lambda server: _expire(server, None))  # fmt: skip
