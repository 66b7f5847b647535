# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of the lab hosts: each really made, each mended without a trace.

A fault names what it takes hold of; two faults on the same thing exclude each other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from lab.hosts import content, logs, texts
from lab.hosts.content import CATALINA, EXPDP, MESSAGES, NGINX_ERROR, RMAN
from lab.hosts.machine import Machine
from lab.part import Break, BreakUnavailable

Act = Callable[[Machine], Awaitable[None]]

_SKEW_SECONDS = 95
_TRACES = "/u01/app/oracle/diag/rdbms/ebill/ebill/trace/cdmp"
_ARCHIVE = "/mnt/archive"


@dataclass(frozen=True)
class Fault:
    """A break and how it is made. `holds`: the thing it changes, such as a disk of a host."""

    id: str
    target: str
    holds: str
    zh: str
    en: str
    make: Act
    mend: Act

    @property
    def as_break(self) -> Break:
        """What the lab shows of it."""
        return Break(self.id, self.target, {"zh": self.zh, "en": self.en})


def plainly(work: Callable[[Machine], None]) -> Act:
    """Make an awaitable of a step that does not wait."""

    async def act(machine: Machine) -> None:
        work(machine)

    return act


def _filled(mount: str, percent: float) -> tuple[Act, Act]:
    name = ".ebill-archive.tmp"
    return (
        plainly(lambda m: m.fill(mount, percent, name)),
        plainly(lambda m: m.path(f"{mount}/{name}").unlink(missing_ok=True)),
    )


def _proc(name: str, broken: Callable[[Machine], str]) -> tuple[Act, Act]:
    return (
        plainly(lambda m: m.set_proc(name, broken(m))),
        plainly(lambda m: m.set_proc(name, texts.proc_files(m.world)[name])),
    )


def _service(name: str) -> tuple[Act, Act]:
    return (lambda m: m.stop_service(name), lambda m: m.start_service(name))


def _mount(op: str, undo: str, path: str, **arguments: str) -> tuple[Act, Act]:
    async def make(machine: Machine) -> None:
        extra = {"readonly": True} if op == "remount" else {}
        await machine.box.operate(op, target=path, **arguments, **extra)

    async def mend(machine: Machine) -> None:
        if machine.box.plain:
            return
        extra = {"readonly": False} if op == "remount" else {}
        await machine.box.operate(undo, target=path, **extra)

    return make, mend


def _fill_inodes(machine: Machine) -> None:
    """Leave trace files until the disk has no inode left, as a database in trouble does."""
    if machine.box.plain:
        raise BreakUnavailable("needs a real mount: this machine allows no namespaces")
    folder = machine.path(_TRACES)
    folder.mkdir(exist_ok=True)
    number = 0
    try:
        while True:
            (folder / f"ebill_ora_{number:05d}.trc").touch()
            number += 1
    except OSError:
        return  # ENOSPC: that is the state wanted


def _free_inodes(machine: Machine) -> None:
    folder = machine.path(_TRACES)
    if folder.is_dir():
        for trace in folder.iterdir():
            trace.unlink()
        folder.rmdir()


async def _swap(machine: Machine, percent: float) -> None:
    machine.set_proc("swaps", texts.swaps(machine.world, percent))
    machine.set_proc("meminfo", texts.meminfo(machine.world, swap_used_percent=percent))


def _skewed_date(machine: Machine) -> None:
    machine.tool(
        "date",
        "#!/bin/sh\n# Plays a clock that is ahead.\n"
        f"exec /usr/bin/date -d '{_SKEW_SECONDS} seconds' \"$@\"\n",
    )


def _lose_df(machine: Machine) -> None:
    if machine.box.plain:
        raise BreakUnavailable("needs a root folder of its own: this machine allows no namespaces")
    machine.path("/bin/df").unlink(missing_ok=True)


def _return_df(machine: Machine) -> None:
    if not machine.box.plain and not machine.path("/bin/df").is_symlink():
        copies, links = texts.old_tools()
        if "/bin/df" in links:
            machine.path("/bin/df").symlink_to(links["/bin/df"])
        else:
            machine.put("/bin/df", _bytes_of(copies["/bin/df"])).chmod(0o755)


def _bytes_of(name: str) -> bytes:
    with open(name, "rb") as file:  # noqa: PTH123
        return file.read()


def _shrink(machine: Machine, share: float) -> None:
    """Cut the newest dump to a share of its size; it was written at the same time."""
    night = content.last_night(content.now(machine))
    size = int(content.DUMP_BYTES * share)
    machine.put(content.dump_name(night), content.noise(7, size), night + timedelta(minutes=22))


def _no_backups(machine: Machine) -> None:
    for folder in (EXPDP, RMAN):
        for file in machine.path(folder).iterdir():
            file.unlink()


def _chmod(name: str, mode: int) -> Act:
    return plainly(lambda m: m.path(name).chmod(mode))


def _restored(name: str) -> Act:
    return plainly(lambda m: logs.restore(m, name))


_backups_back = plainly(lambda m: content.fill_backups(m))

FAULTS = (
    Fault("host.disk_full", "app01", "app01:/data", "app01 的 /data 磁盘写满（97 %）",
          "disk /data of app01 is 97 % full", *_filled("/data", 97)),
    Fault("host.disk_warning", "db01", "db01:/u02", "db01 的 /u02 磁盘已用 85 %",
          "disk /u02 of db01 is 85 % full", *_filled("/u02", 85.2)),
    Fault("host.inodes_full", "db01", "db01:/u01", "db01 的 /u01 inode 耗尽",
          "disk /u01 of db01 has no inode left",
          plainly(_fill_inodes), plainly(_free_inodes)),
    Fault("host.disk_readonly", "old01", "old01:/data", "old01 的 /data 变为只读",
          "disk /data of old01 has become read-only", *_mount("remount", "remount", "/data")),
    Fault("host.memory_low", "app01", "app01:memory", "app01 可用内存仅剩 3 %",
          "app01 has 3 % of its memory left",
          *_proc("meminfo", lambda m: texts.meminfo(m.world, available_percent=3))),
    Fault("host.swap_used", "db01", "db01:memory", "db01 交换分区已用 86 %",
          "swap of db01 is 86 % used", lambda m: _swap(m, 86), lambda m: _swap(m, 1.5)),
    Fault("host.load_high", "app01", "app01:load", "app01 负载过高（8 核，负载 61）",
          "load of app01 is 61 on 8 processors", *_proc("loadavg", lambda m: texts.loadavg(61.37))),
    Fault("host.service_down", "app01", "app01:nginx", "app01 的 nginx 已停止",
          "nginx of app01 is down", *_service("nginx")),
    Fault("host.jvm_down", "app01", "app01:tomcat", "app01 的 Tomcat（JVM）进程已退出",
          "the Tomcat JVM of app01 is gone", *_service("tomcat")),
    Fault("host.port_closed", "app01", "app01:tomcat", "app01 的 Tomcat 进程在，8080 端口未监听",
          "Tomcat of app01 lives, its port 8080 is closed",
          lambda m: m.switch_port("tomcat", False), lambda m: m.switch_port("tomcat", True)),
    Fault("host.clock_skew", "db01", "db01:clock", "db01 系统时间快 95 秒",
          "the clock of db01 is 95 s ahead",
          plainly(_skewed_date), plainly(lambda m: m.tool("date", None))),
    Fault("host.mount_hangs", "app01", "app01:archive", "app01 的 /mnt/archive 网络存储无响应",
          "the network disk /mnt/archive of app01 does not answer",
          *_mount("hang", "unhang", _ARCHIVE, source="10.20.1.30:/ebill-archive")),
    Fault("host.tool_missing", "old01", "old01:tools", "old01 缺少 df 命令",
          "old01 has no df", plainly(_lose_df), plainly(_return_df)),
    Fault("host.unreachable", "app01", "app01:ssh", "app01 的 SSH 拒绝连接",
          "SSH of app01 refuses connections",
          lambda m: m.entrance.refuse(), lambda m: m.entrance.listen()),
    Fault("host.ssh_hangs", "old01", "old01:ssh", "old01 的 SSH 接受连接后无响应",
          "SSH of old01 accepts connections and stays silent",
          lambda m: m.entrance.hang(), lambda m: m.entrance.listen()),
    Fault("backup.old", "bak01", "bak01:files", "最近一次备份在 9 天前",
          "the newest backup is 9 days old",
          plainly(lambda m: content.fill_backups(m, newest_days_ago=9)), _backups_back),
    Fault("backup.zero", "bak01", "bak01:files", "最近一次导出文件为 0 字节",
          "the newest dump has 0 bytes", plainly(lambda m: _shrink(m, 0)), _backups_back),
    Fault("backup.shrunk", "bak01", "bak01:files", "最近一次导出文件只有平时的十分之一",
          "the newest dump has a tenth of its usual size",
          plainly(lambda m: _shrink(m, 0.1)), _backups_back),
    Fault("backup.missing", "bak01", "bak01:files", "备份目录为空",
          "the backup folders are empty", plainly(_no_backups), _backups_back),
    Fault("backup.space_low", "bak01", "bak01:/backup", "备份磁盘已用 95 %",
          "the backup disk is 95 % full", *_filled("/backup", 95.4)),
    Fault("backup.unreadable", "bak01", "bak01:files", "备份目录无读取权限",
          "the backup folder cannot be read",
          _chmod(EXPDP, 0o000), _chmod(EXPDP, 0o755)),
    Fault("log.errors", "app01", "app01:catalina", "Tomcat 日志中出现内存溢出和数据库错误",
          "Tomcat's log has an OutOfMemoryError and database errors",
          plainly(lambda m: logs.append(m, CATALINA, logs.application_errors(m))),
          _restored(CATALINA)),
    Fault("log.alert_ora", "db01", "db01:alert", "告警日志中出现 ORA-00600 和 ORA-01653",
          "the alert log has ORA-00600 and ORA-01653",
          plainly(lambda m: logs.append(m, content.ALERT, logs.alert_errors(m))),
          _restored(content.ALERT)),
    Fault("log.unreadable", "app01", "app01:messages", "app01 的 /var/log/messages 无读取权限",
          "/var/log/messages of app01 cannot be read",
          _chmod(MESSAGES, 0o000), _chmod(MESSAGES, 0o644)),
    Fault("log.missing", "app01", "app01:nginx-error", "app01 的 nginx 错误日志不存在",
          "the nginx error log of app01 is not there",
          plainly(lambda m: m.path(NGINX_ERROR).unlink(missing_ok=True)), _restored(NGINX_ERROR)),
    Fault("log.rotated", "app01", "app01:catalina", "Tomcat 日志轮转，错误在压缩的旧日志中",
          "Tomcat's log was rotated, the errors are in the compressed part",
          plainly(logs.rotate), _restored(CATALINA)),
)  # fmt: skip
