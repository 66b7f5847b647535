# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with the database of the lab, and how it is mended again.

A break changes the world, the accounts or the server; mending puts back what the green world has.
Each break touches something of its own, so any number of them hold at the same time.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from lab.oracle.faults import Faults
from lab.oracle.server import INSPECTOR, OracleServer, inspector
from lab.oracle.world import green
from lab.oracle.world.model import RmanJob, Tablespace

DATABASE = "DB INCR"
OLD_DAYS = 20
SLOW_SECONDS = 30.0
REVOKED = "V$RMAN_BACKUP_JOB_DETAILS"


@dataclass(frozen=True)
class Action:
    """`apply` and `mend` are idempotent."""

    id: str
    zh: str
    en: str
    apply: Callable[[OracleServer], Awaitable[None]]
    mend: Callable[[OracleServer], Awaitable[None]]


ACTIONS: dict[str, Action] = {}
Change = Callable[[OracleServer], None]


def add(name: str, zh: str, en: str, apply: Change, mend: Change) -> None:
    """Register a break; breaks_*.py add theirs."""

    async def do(server: OracleServer) -> None:
        apply(server)

    async def undo(server: OracleServer) -> None:
        mend(server)

    ACTIONS[f"oracle.{name}"] = Action(f"oracle.{name}", zh, en, do, undo)


def fill(space: Tablespace, percent: float) -> None:
    """Use so much of the size that it can reach; files grow as they would."""
    space.used_bytes = int(space.limit_bytes * percent / 100)
    missing = space.used_bytes - space.size_bytes
    for file in space.files:
        more = max(0, min(missing, file.limit_bytes - file.size_bytes))
        file.size_bytes += more
        missing -= more


def _space(
    name: str, break_id: str, zh: str, en: str, change: Callable[[Tablespace], None]
) -> None:
    """A break of one tablespace: applied to a fresh copy of the green one."""

    def put(server: OracleServer, changed: Callable[[Tablespace], None] | None) -> None:
        fresh = copy.deepcopy(green.tablespaces()[name])
        if changed:
            changed(fresh)
        server.world.tablespaces[name] = fresh

    add(break_id, zh, en, lambda server: put(server, change), lambda server: put(server, None))


def _cannot_grow(space: Tablespace) -> None:
    for file in space.files:
        file.autoextend = False
    space.used_bytes = int(space.size_bytes * 0.95)


def _offline(space: Tablespace) -> None:
    space.files[-1].online = False


def _undo_full(space: Tablespace) -> None:
    fill(space, 94)
    space.undo_expired_bytes = 0
    space.undo_active_bytes = space.used_bytes * 9 // 10


def _promised(space: Tablespace) -> None:
    for file in space.files:
        file.autoextend, file.max_bytes = True, 1 << 40


_space("USERS", "maximum_too_high", "表空间 USERS 的扩展上限 1 TiB 超过磁盘剩余空间",
       "MAXSIZE of USERS is 1 TiB, more than the disk has", _promised)  # fmt: skip
_space("EBILL_DATA", "user_tablespace_full", "业务表空间 EBILL_DATA 已用 96%",
       "User tablespace EBILL_DATA is 96 % full", lambda space: fill(space, 96))  # fmt: skip
_space("SYSAUX", "system_tablespace_full", "系统表空间 SYSAUX 已用 93%",
       "System tablespace SYSAUX is 93 % full", lambda space: fill(space, 93))  # fmt: skip
_space("EBILL_IDX", "tablespace_warning", "表空间 EBILL_IDX 已用 82%",
       "Tablespace EBILL_IDX is 82 % full", lambda space: fill(space, 82))  # fmt: skip
_space("EBILL_LOG", "autoextend_off_full", "表空间 EBILL_LOG 未开启自动扩展且已用 95%",
       "Tablespace EBILL_LOG is 95 % full and cannot grow", _cannot_grow)  # fmt: skip
_space("EBILL_ARCH", "datafile_offline", "表空间 EBILL_ARCH 有数据文件离线",
       "A data file of EBILL_ARCH is offline", _offline)  # fmt: skip
_space("UNDOTBS1", "undo_full", "UNDO 表空间已用 94%，且多为活动回滚段",
       "The undo tablespace is 94 % full, mostly active", _undo_full)  # fmt: skip
_space("TEMP", "temp_full", "临时表空间已用 97%",
       "The temporary tablespace is 97 % used", lambda space: fill(space, 97))  # fmt: skip


def _is_full(job: RmanJob) -> bool:
    return job.incremental_level == 0


def _failed(jobs: list[RmanJob], server: OracleServer) -> list[RmanJob]:
    """The three newest database backups have failed."""
    newest = [job for job in jobs if job.input_type == DATABASE][-3:]
    for job in newest:
        job.status, job.output_bytes, job.elapsed_seconds = "FAILED", 0, 41
    return jobs


def _old(jobs: list[RmanJob], server: OracleServer) -> list[RmanJob]:
    """No database backup for 20 days; the last good full one is as old as that."""
    edge = server.world.local() - timedelta(days=OLD_DAYS)
    kept = [job for job in jobs if job.input_type != DATABASE or job.started < edge]
    last = max((job for job in kept if _is_full(job)), key=lambda job: job.started)
    last.started = edge
    return sorted(kept, key=lambda job: job.started)


def _never(jobs: list[RmanJob], server: OracleServer) -> list[RmanJob]:
    return []


RMAN = {"oracle.rman_failed": _failed, "oracle.rman_old": _old, "oracle.rman_never": _never}


def _set_rman(server: OracleServer, break_id: str, *, on: bool) -> None:
    """All RMAN breaks in force, over fresh jobs."""
    active = server.broken & RMAN.keys()
    active = active | {break_id} if on else active - {break_id}
    server.broken = (server.broken - RMAN.keys()) | active
    jobs = green.rman_jobs(server.world.local())
    for name, change in RMAN.items():
        if name in active:
            jobs = change(jobs, server)
    server.world.rman_jobs = jobs


for _name, _zh, _en in (
    ("rman_failed", "最近三次 RMAN 数据库备份失败", "The last three RMAN database backups failed"),
    (
        "rman_old",
        "最近一次成功的 RMAN 全备在 20 天前",
        "The last good RMAN full backup is 20 days old",
    ),
    ("rman_never", "从未做过 RMAN 备份", "RMAN has never made a backup"),
):
    add(
        _name, _zh, _en,
        lambda server, key=f"oracle.{_name}": _set_rman(server, key, on=True),  # type: ignore[misc]
        lambda server, key=f"oracle.{_name}": _set_rman(server, key, on=False),  # type: ignore[misc]
    )  # fmt: skip


def _fill_recovery(server: OracleServer) -> None:
    area = green.recovery_area()
    area.used_bytes["ARCHIVED LOG"] = int(area.limit_bytes * 0.97) - area.used_bytes["BACKUP PIECE"]
    area.reclaimable_bytes = {}
    server.world.recovery_area = area


def _mend_recovery(server: OracleServer) -> None:
    server.world.recovery_area = green.recovery_area()


add("recovery_area_full", "快速恢复区已用 97%，且无可回收空间",
     "The recovery area is 97 % full and nothing is reclaimable",
     _fill_recovery, _mend_recovery)  # fmt: skip


def _fault(name: str, zh: str, en: str, key: str, value: object) -> None:
    def put(server: OracleServer, setting: object) -> None:
        setattr(server.faults, key, setting)

    default = getattr(Faults(), key)
    add(name, zh, en, lambda server: put(server, value), lambda server: put(server, default))


_fault("listener_silent", "监听接受连接后无响应",
       "The listener accepts connections and stays silent", "silent", "connect")  # fmt: skip
_fault("slow", f"每条语句延迟 {SLOW_SECONDS:.0f} 秒",
       f"Every statement takes {SLOW_SECONDS:.0f} s longer",
       "slow_seconds", SLOW_SECONDS)  # fmt: skip
_fault("service_unknown", "监听不认识该服务名（ORA-12514）",
       "The listener does not know the service (ORA-12514)", "refuse", 12514)  # fmt: skip
_fault("instance_starting", "实例正在启动或关闭（ORA-01033）",
       "The instance is starting or stopping (ORA-01033)", "logon_error", 1033)  # fmt: skip
_fault("server_too_old", "数据库版本过旧，thin 驱动不支持",
       "The server is too old for the thin driver", "too_old", True)  # fmt: skip


def _account(
    name: str, zh: str, en: str, change: Callable[[OracleServer], None], mend: Change
) -> None:
    add(name, zh, en, change, mend)


def _set(server: OracleServer, key: str, value: object) -> None:
    setattr(server.users[INSPECTOR], key, value)


def _unlock(server: OracleServer) -> None:
    _set(server, "locked", False)
    _set(server, "failures", 0)


_account("wrong_password", "巡检账号密码已被修改", "The inspection account's password was changed",
         lambda server: _set(server, "password", "changed-by-someone"),
         lambda server: _set(server, "password", inspector().password))  # fmt: skip
_account("account_locked", "巡检账号被锁定", "The inspection account is locked",
         lambda server: _set(server, "locked", True), _unlock)  # fmt: skip
_account("account_expired", "巡检账号密码过期", "The inspection account's password has expired",
         lambda server: _set(server, "expired", True),
         lambda server: _set(server, "expired", False))  # fmt: skip
_account("missing_grant", f"巡检账号缺少 {REVOKED} 的查询权限",
         f"The inspection account may not read {REVOKED}",
         lambda server: server.users[INSPECTOR].grants.discard(REVOKED),
         lambda server: server.users[INSPECTOR].grants.add(REVOKED))  # fmt: skip


async def _down(server: OracleServer) -> None:
    await server.pause()


async def _up(server: OracleServer) -> None:
    await server.resume()


ACTIONS["oracle.listener_down"] = Action(
    "oracle.listener_down", "监听未启动", "The listener is down", _down, _up
)
