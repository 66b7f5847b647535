# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A quarter that holds everything a report can meet: each status, waivers in force and expired,
long names, markup and formulas in texts, 40 findings, gaps in the history, unanswered clauses."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import QuarterSource

GIB = 2**30
ROOT = Path(__file__).resolve().parents[2]
STARTED = "2026-11-18T01:05:{:02d}+00:00"
LONG = "湛江中心人民医院电子票据管理系统灾备与历史票据归档专用存储服务器（门诊楼三层机房）"

AREAS = [
    {"id": "host", "zh": "服务器", "en": "Servers"},
    {"id": "oracle", "zh": "数据库", "en": "Database"},
    {"id": "web", "zh": "系统页面", "en": "Web pages"},
    {"id": "business", "zh": "业务功能", "en": "Business functions"},
    {"id": "interface", "zh": "接口", "en": "Interfaces"},
    {"id": "backup", "zh": "备份", "en": "Backups"},
    {"id": "log", "zh": "日志", "en": "Logs"},
    {"id": "gdca", "zh": "认证服务器", "en": "GDCA server"},
]
HOSTS = ["app01", "app02", "db01", "bak01"]
TARGETS: list[dict[str, Any]] = [
    {
        "name": "app01",
        "title": "应用服务器一",
        "areas": ["host", "log"],
        "address": "10.8.1.11:22",
        "facts": {"os": "Kylin V10 SP3", "cpu": 8, "memory": "32 GiB"},
    },
    {
        "name": "app02",
        "title": "应用服务器二",
        "areas": ["host", "log"],
        "address": "10.8.1.12:22",
        "facts": {"os": "Kylin V10 SP3", "cpu": 8, "memory": "32 GiB"},
    },
    {
        "name": "db01",
        "title": "数据库服务器",
        "areas": ["host", "log"],
        "address": "10.8.1.21:22",
        "facts": {"os": "CentOS 7.9", "cpu": 16, "memory": "64 GiB"},
    },
    {
        "name": "bak01",
        "title": LONG,
        "areas": ["host", "backup"],
        "address": "10.8.1.31:22",
        "facts": {"os": "CentOS 7.9"},
    },
    {
        "name": "old01",
        "title": {"zh": "旧开票服务器", "en": "Old billing server"},
        "areas": ["host"],
        "address": "10.8.1.40:22",
        "facts": {},
    },
    {
        "name": "ebilldb",
        "title": "电子票据数据库",
        "areas": ["oracle"],
        "address": "10.8.1.21:1521/EBILL",
        "facts": {"version": "19.3.0.0.0", "role": "PRIMARY"},
    },
    {
        "name": "ebillweb",
        "title": "电子票据系统",
        "areas": ["web", "business"],
        "address": "https://ebill.hospital.example/",
        "facts": {},
    },
    {"name": "his", "title": "HIS 接口", "areas": ["interface"], "address": "10.8.2.5:8080"},
    {
        "name": "finance",
        "title": "财政票据接口",
        "areas": ["interface"],
        "address": "https://fin.example/api?a=1&b=<2>",
    },
    {"name": "sms", "title": '短信"平台"接口', "areas": ["interface"], "address": "10.8.2.9:443"},
    {
        "name": "gdca01",
        "title": "GDCA 用户认证服务器",
        "areas": ["gdca"],
        "address": "10.8.1.50:443",
    },
]


def _check(clauses: str, zh: str, en: str, level: str = "medium") -> dict[str, Any]:
    return {"clauses": clauses.split(), "title": {"zh": zh, "en": en}, "level": level}


CHECKS: dict[str, dict[str, Any]] = {
    "host.disk_used": _check("ENV-08", "磁盘使用率", "Disk use", "high"),
    "host.inodes_used": _check("ENV-08", "inode 使用率", "Inode use"),
    "host.memory_used": _check("ENV-03", "内存使用率", "Memory use"),
    "host.load_per_core": _check("ENV-03", "单核负载", "Load per core", "low"),
    "host.swap_used": _check("ENV-03", "交换分区使用率", "Swap use", "low"),
    "host.service_running": _check("ENV-03", "关键服务运行", "Services running", "high"),
    "oracle.user_tablespace_used": _check(
        "ENV-05", "用户表空间使用率", "User tablespace use", "high"
    ),
    "oracle.system_tablespace_used": _check(
        "ENV-06", "系统表空间使用率", "System tablespace use", "high"
    ),
    "oracle.backup_age": _check("ENV-07", "RMAN 备份时效", "Age of the RMAN backup", "high"),
    "web.login_works": _check("ENV-01", "登录与首页显示", "Log-in and first page", "high"),
    "web.page_seconds": _check("ENV-02", "页面打开时间", "Page time", "medium"),
    "business.basic_page": _check("BIZ-01", "基础信息管理", "Basic information", "high"),
    "business.stock_page": _check("BIZ-02", "医疗票据管理", "Bill stock", "high"),
    "business.issue_page": _check("BIZ-03", "医疗票据开具", "Issuing", "high"),
    "business.archive_page": _check("BIZ-04", "医疗票据存档", "Archiving", "high"),
    "business.deliver_page": _check("BIZ-05", "医疗票据交付", "Delivery", "high"),
    "business.report_page": _check("BIZ-06", "综合报表查询", "Reports", "medium"),
    "interface.answer_seconds": _check("ENV-04", "接口应答时间", "Interface time", "medium"),
    "interface.certificate_days": _check("ENV-04", "接口证书剩余天数", "Days left", "medium"),
    "backup.newest_age": _check("ENV-07", "最近备份时效", "Age of the newest backup", "high"),
    "backup.space_used": _check("ENV-07", "备份空间使用率", "Backup space use", "high"),
    "log.error_lines": _check("ENV-09", "日志错误条数", "Error lines", "medium"),
    "gdca.reachable": _check("GDCA-01 GDCA-05", "设备可达", "Device reachable", "high"),
    "gdca.certificate_days": _check("GDCA-03", "设备证书剩余天数", "Days left", "high"),
    "gdca.clock_offset": _check("GDCA-03", "设备时钟偏差", "Clock offset", "low"),
}
CHECKS["host.disk_used"]["impact"] = {
    "zh": "磁盘写满后应用、数据库或日志无法写入。",
    "en": "When the disk is full nothing can be written there.",
}
CHECKS["interface.certificate_days"].update(
    impact={"zh": "证书过期后接口调用会被拒绝。", "en": "Calls are refused once it has expired."},
    cause={"zh": "证书有效期将满，尚未更换。", "en": "The certificate was not replaced in time."},
)
CHECKS["backup.kept_count"] = {
    **_check("ENV-07", "备份保留份数", "Backups kept", "medium"),
    "measures": {"zh": "缺少份数", "en": "copies missing"},
}
CHECKS["oracle.datafile_online"] = {
    **_check("ENV-05 ENV-06", "数据文件状态", "State of the data files", "high"),
    "states": {"pass": ["ONLINE"], "fail": ["RECOVER"]},
    "words": {
        "ONLINE": {"zh": "联机", "en": "online"},
        "RECOVER": {"zh": "需要恢复", "en": "needs recovery"},
    },
}
_CODES = yaml.safe_load((ROOT / "catalogue/codes.yml").read_text("utf-8"))
for _id, _clauses, _zh, _en, _states in (
    ("tablespace_online", "ENV-05 ENV-06", "表空间状态", "State", "online read_only_expected"),
    ("version", "ENV-03", "数据库版本与运行时间", "Version and uptime", ""),
    ("archive_mode", "ENV-07", "归档模式", "Archiving", "ARCHIVELOG"),
    ("undo_tablespace_used", "ENV-06", "回滚（UNDO）表空间使用率", "Use of undo", ""),
    ("temp_tablespace_used", "ENV-06", "临时（TEMP）表空间使用率", "Use of temp", ""),
    ("rman_full_age", "ENV-07", "数据库全量备份时间", "Age of the last full backup", ""),
    ("rman_archivelog_age", "ENV-07", "归档日志备份时间", "Age of archived log backups", ""),
    ("rman_last_status", "ENV-07", "最近一次备份作业结果", "Last backup job", "COMPLETED"),
    ("backup_tested", "ENV-07", "最近一次还原或校验备份", "Last test of a backup", ""),
    ("sessions_used", "ENV-03", "会话数与进程数", "Sessions and processes", ""),
    ("sessions_blocking", "ENV-03", "阻塞其他会话的会话", "Sessions that block", ""),
    ("alert_errors", "ENV-03", "告警日志严重错误", "Alert log", ""),
    ("jobs_state", "ENV-03", "业务定时作业状态", "Jobs", ""),
    ("objects_invalid", "ENV-03", "业务模式的失效对象", "Invalid objects", ""),
    ("accounts_expiry", "ENV-03", "应用账号口令到期", "Passwords that expire", ""),
    ("grants_complete", "ENV-03", "巡检账号授权", "Grants", "granted"),
    ("patches_installed", "ENV-03", "数据库补丁", "Patches", ""),
    ("patches_changed", "ENV-03", "与上次巡检相比变化的补丁", "Patches changed", ""),
    ("standby_lag", "ENV-07", "备库延迟", "Standby lag", ""),
    ("disk_room", "ENV-05 ENV-06", "磁盘能否容纳表空间的扩展", "Room on disk", ""),
):
    CHECKS[f"oracle.{_id}"] = _check(_clauses, _zh, _en)
    if _states:
        CHECKS[f"oracle.{_id}"]["states"] = {"pass": _states.split()}
    CHECKS[f"oracle.{_id}"]["words"] = {code: _CODES[code] for code in _states.split()} | {
        code: _CODES[code] for code in ("COMPLETED WITH WARNINGS", "read_only")
    }
ADVICE = {
    "host.disk_used": (
        "清理过期日志与临时文件，或为该挂载点扩容；清理前先确认归档已完成。",
        "Clear old logs and temporary files or enlarge the mount.",
    ),
    "oracle.user_tablespace_used": (
        "为该表空间增加数据文件或提高自动扩展上限，并核对所在磁盘剩余空间。",
        "Add a data file or raise the autoextend limit; check the disk's room first.",
    ),
    "log.error_lines": (
        "按样例定位报错的功能与时间段，交运维开发团队分析。",
        "Locate function and time by the samples and hand over to development.",
    ),
}
NEAR: dict[str, tuple[str, str, float | None, float | None]] = {
    "%": ("above", "%", 80.0, 90.0),
    "days": ("below", "天", 60.0, 30.0),
    "seconds": ("above", "秒", 3.0, 5.0),
    "hours": ("above", "小时", 24.0, 30.0),
    "lines": ("above", "条", 10.0, 100.0),
}


def _status(kind: str, value: float) -> str:
    direction, _unit, warn, fail = NEAR[kind]
    for status, bound in (("fail", fail), ("warn", warn)):
        if bound is not None and (value >= bound if direction == "above" else value < bound):
            return status
    return "pass"


def _base(check: str, target: str, part: str | None, status: str) -> dict[str, Any]:
    area = check.partition(".")[0]
    seen = status not in ("not_run",)
    return {
        "check": check,
        "clauses": CHECKS[check]["clauses"],
        "area": area,
        "target": target,
        "part": part,
        "status": status,
        "observed": None,
        "unit": "",
        "limit": None,
        "limit_source": None,
        "message": {"zh": "", "en": ""},
        "advice": None,
        "level": CHECKS[check]["level"],
        "reason": None,
        "started": STARTED.format(len(area) * 5),
        "duration_seconds": 0.125,
        "evidence": digest(target, area) if seen else None,
        "catalogue_version": "1.0.0",
        "waiver": None,
        "capacity": None,
        "data": {},
    }


def digest(target: str, area: str) -> str:
    return hashlib.sha256(f"{target}/{area}".encode()).hexdigest()


def measured(
    check: str, target: str, part: str | None, kind: str, value: float, capacity: str | None = None
) -> dict[str, Any]:
    direction, unit, warn, fail = NEAR[kind]
    result = _base(check, target, part, _status(kind, value))
    crossed = fail if result["status"] == "fail" else warn
    name = part or target
    result.update(
        observed=value,
        unit=unit,
        limit={"direction": direction, "warn": warn, "fail": fail},
        limit_source="catalogue",
        message={
            "zh": f"{name} 为 {value:g} {unit}（限值 {crossed:g} {unit}）",
            "en": f"{name} is {value:g} {unit} (limit {crossed:g} {unit})",
        },
    )
    if result["status"] in ("warn", "fail"):
        zh, en = ADVICE.get(check, ("核对该项配置并在下次巡检前处理。", "Check and mend it."))
        result["advice"] = {"zh": zh, "en": en}
    if capacity:
        total = 200 * 2**30
        result["capacity"] = capacity
        result["data"] = {
            "used_percent": value,
            "total_bytes": total,
            "used_bytes": int(total * value / 100),
            "mount": part,
        }
    return result


def stated(check: str, target: str, part: str | None, good: bool) -> dict[str, Any]:
    result = _base(check, target, part, "pass" if good else "fail")
    name = part or target
    result.update(
        observed=good,
        limit={"states": {"pass": [True], "fail": [False]}},
        limit_source="catalogue",
        message={
            "zh": f"{name} {'正常' if good else '不正常'}",
            "en": f"{name} is {'right' if good else 'wrong'}",
        },
        advice=None if good else {"zh": "恢复该服务并查明停止原因。", "en": "Restore it."},
    )
    return result


def unknown(
    check: str, target: str, status: str, reason: str, zh: str, en: str, part: str | None = None
) -> dict[str, Any]:
    result = _base(check, target, part, status)
    result.update(reason=reason, message={"zh": zh, "en": en})
    return result


def coded(check: str, target: str, part: str, code: str) -> dict[str, Any]:
    """A state that the database gives as a code."""
    good = code in CHECKS[check]["states"]["pass"]
    result = _base(check, target, part, "pass" if good else "fail")
    words = CHECKS[check]["words"][code]
    result.update(
        observed=code,
        limit={"states": CHECKS[check]["states"]},
        limit_source="catalogue",
        message={lang: f"{part} {text}" for lang, text in words.items()},
    )
    return result


def _hosts() -> list[dict[str, Any]]:
    found = []
    disks = {
        "/": 41.5,
        "/data": 63.21,
        "/u01/oradata": 89.96,
        "/var/log": 82.4,
        "/归档 数据/2026 年第四季度 (历史)": 93.1,
    }
    for n, host in enumerate(HOSTS):
        for mount, used in disks.items():
            value = round(min(used + n * 1.7, 99.9), 2) if mount != "/u01/oradata" else 89.96
            found.append(measured("host.disk_used", host, mount, "%", value, "disk"))
            found.append(measured("host.inodes_used", host, mount, "%", round(value / 3, 1)))
        found.append(measured("host.memory_used", host, None, "%", 71.3 + n * 6))
        found.append(measured("host.load_per_core", host, None, "%", 12.0 + n))
        found.append(
            unknown(
                "host.swap_used",
                host,
                "skipped",
                "not_listed",
                "现场无此项：swap",
                "the site has none: swap",
            )
        )
        for service in ("tomcat", "nginx", '=cmd|"/c calc"!A1'):
            found.append(stated("host.service_running", host, service, n != 1))
    found.append(
        unknown(
            "host.disk_used",
            "db01",
            "error",
            "timeout",
            "超时：/mnt/nas 5 s",
            "timed out: /mnt/nas 5 s",
            part="/mnt/nas",
        )
    )
    for check in (name for name in CHECKS if name.startswith("host.")):
        found.append(
            unknown(
                check,
                "old01",
                "error",
                "unreachable",
                "无法连接目标：10.8.1.40:22 连接超时",
                "target unreachable: 10.8.1.40:22 timed out",
            )
        )
    return found


def space(
    check: str, name: str, kind: str, used: float, total_gib: float, **more: Any
) -> dict[str, Any]:
    """A tablespace as the collector returns it; four fifths of its maximum are allocated."""
    capacity = "tablespace" if kind in ("user", "system") else None
    result = measured(check, "ebilldb", name, "%", used, capacity)
    total = int(total_gib * GIB)
    allocated = max(int(total * 0.8), int(total * used / 100))
    result["data"] = {
        "tablespace": name,
        "kind": kind,
        "used_percent": used,
        "used_allocated_percent": total * used / allocated,
        "used_bytes": int(total * used / 100),
        "allocated_bytes": allocated,
        "total_bytes": total,
        "growth_bytes": total - allocated,
        "files": 3,
        "growing_files": 2,
        **more,
    }
    return result


def told(check: str, status: str, zh: str, en: str, **data: Any) -> dict[str, Any]:
    """A result of the database that is a sentence; ``part`` and ``observed`` may be among data."""
    result = _base(check, "ebilldb", data.pop("part", None), status)
    result["observed"] = data.pop("observed", None)
    result["message"], result["data"] = {"zh": zh, "en": en}, data
    return result


def _spaces() -> list[dict[str, Any]]:
    used = "oracle.user_tablespace_used"
    found = [
        space(used, "EBILL_DATA", "user", 91.25, 96),
        space(used, "EBILL_INDEX", "user", 84.0, 64),
        space(used, "EBILL_ARCHIVE", "user", 52.7, 200, growing_files=0, growth_bytes=0),
        space(used, "EBILL_LOB", "user", 95.5, 512),
        space(used, "EBILL_LOG", "user", 79.9, 16),
        space(used, "EBILL_TMP_LOAD", "user", 31.0, 32),
        space(used, "EBILL_NEW", "user", 4.2, 32),
        space("oracle.system_tablespace_used", "SYSTEM", "system", 61.2, 32),
        space("oracle.system_tablespace_used", "SYSAUX", "system", 78.9, 10),
        space("oracle.undo_tablespace_used", "UNDOTBS1", "undo", 6.9, 32),
        space("oracle.temp_tablespace_used", "TEMP", "temp", 1.6, 32),
    ]
    for row in list(found):
        name = row["part"]
        state = "read_only" if name == "EBILL_ARCHIVE" else "online"
        words = _CODES[state]
        said = [f"表空间 {name} {words['zh']}", f"tablespace {name} is {words['en']}"]
        status = "pass" if state == "online" else "warn"
        found.append(
            told("oracle.tablespace_online", status, *said, part=name, observed=state,
                 tablespace=name, state=state)
        )  # fmt: skip
    return found


def _backups() -> list[dict[str, Any]]:
    full = measured("oracle.rman_full_age", "ebilldb", None, "days", 70)
    full["limit"] = {"direction": "above", "warn": 8, "fail": 15}
    full |= {"status": "fail", "observed": 16.3, "unit": "d"}
    full["message"] = {
        "zh": "最近一次成功的全量备份完成于 2026-11-01 02:13，距今 16.3 天，达到或超过限值 15 天",
        "en": "the last good full backup ended at 2026-11-01 02:13, 16.3 days ago (limit 15)",
    }
    full["data"] = {"type": "FULL", "last_good_at": "2026-11-01 02:13", "size_bytes": 36 * GIB}
    logs = measured("oracle.rman_archivelog_age", "ebilldb", None, "hours", 3.3)
    logs["unit"] = "h"
    logs["data"] = {"type": "ARCHIVELOG", "last_good_at": "2026-11-18 05:46", "size_bytes": GIB}
    jobs = [
        told("oracle.rman_last_status", status, f"{kind} 备份最近一次作业：{zh}", f"{kind}: {en}",
             part=kind, observed=code, type=kind, last_status=code, jobs=30, failed_jobs=failed)
        for kind, status, code, zh, en, failed in (
            ("FULL", "pass", "COMPLETED", "成功完成", "completed", 1),
            ("ARCHIVELOG", "warn", "COMPLETED WITH WARNINGS", "完成但有警告", "with warnings", 2),
        )
    ]  # fmt: skip
    return [full, logs, *jobs]


def _database() -> list[dict[str, Any]]:
    found = _spaces()
    found[3]["waiver"] = {
        "reason": "扩容采购中，医院已确认",
        "owner": "信息科",
        "expires": "2027-03-31",
    }
    found[1]["waiver"] = {"reason": "年末结账后处理", "owner": "信息科", "expires": "2026-10-31"}
    found[0]["limit_source"] = "site:usage_limit_pct"
    found += [
        coded("oracle.datafile_online", "ebilldb", f"/u01/ebill{n}.dbf", "ONLINE") for n in (1, 2)
    ]
    found.append(
        unknown(
            "oracle.backup_age",
            "ebilldb",
            "error",
            "missing_grant",
            "缺少授权：V$RMAN_BACKUP_JOB_DETAILS",
            "missing grant: V$RMAN_BACKUP_JOB_DETAILS",
        )
    )
    return [*found, *_backups(), *_operation()]


def _operation() -> list[dict[str, Any]]:
    return [
        told(
            "oracle.version",
            "pass",
            "实例 EBILLDB，版本 19.21.0.0.0",
            "instance EBILLDB, 19.21.0.0.0",
            observed="19.21.0.0.0",
            instance="EBILLDB",
            database_host="ebill-db01",
            container="EBILLDB",
            version="19.21.0.0.0",
            started_at="2026-07-03 02:35",
            uptime_days=138.3,
        ),
        told(
            "oracle.patches_installed",
            "pass",
            "最近登记的补丁：35643107，151 天前",
            "newest registered patch: 35643107, 151 days ago",
            observed="35643107",
            patch="35643107",
            description="Database Release Update : 19.21.0.0.231017",
            age_days=151,
        ),
        told(
            "oracle.archive_mode",
            "pass",
            "数据库 EBILLDB 运行在归档模式",
            "EBILLDB archives its redo logs",
            observed="ARCHIVELOG",
            database="EBILLDB",
            unique_name="EBILLDB",
            role="PRIMARY",
            open_mode="READ WRITE",
            log_mode="ARCHIVELOG",
        ),
        told(
            "oracle.sessions_used",
            "pass",
            "进程数（PROCESSES）当前 96 / 600，占 16 %",
            "96 of 600 processes",
            part="processes",
        ),
        told(
            "oracle.sessions_used",
            "pass",
            "会话数（SESSIONS）当前 112 / 924，占 12.1 %",
            "112 of 924 sessions",
            part="sessions",
        ),
        told(
            "oracle.sessions_blocking",
            "warn",
            "会话 118,4021 阻塞 2 个会话，最长已等待 95 秒",
            "session 118,4021 blocks 2 others, up to 95 s",
            part="118,4021",
        ),
        told(
            "oracle.backup_tested",
            "pass",
            "最近一次还原或校验在 2026-10-07，距今 42 天",
            "tested 42 days ago",
        ),
        told(
            "oracle.alert_errors",
            "fail",
            "2026-08-22 以来有严重的 ORA 报错 1 条",
            "1 grave error since 2026-08-22 (ORA-00600 1)",
        ),
        told(
            "oracle.objects_invalid",
            "warn",
            "模式 EBILL 有 2 个失效对象",
            "EBILL has 2 invalid objects",
            part="EBILL",
        ),
        told(
            "oracle.accounts_expiry",
            "warn",
            "应用账号 EBILL_APP 的口令 21 天后到期",
            "EBILL_APP: 21 days left",
            part="EBILL_APP",
        ),
        told(
            "oracle.grants_complete",
            "warn",
            "巡检账号缺少授权 V$RMAN_BACKUP_JOB_DETAILS",
            "V$RMAN_BACKUP_JOB_DETAILS is missing",
            part="SELECT ON V_$RMAN_BACKUP_JOB_DETAILS",
            grant="SELECT ON V_$RMAN_BACKUP_JOB_DETAILS",
            checks="oracle.backup_age",
        ),
        told(
            "oracle.disk_room",
            "warn",
            "磁盘 /u01 剩余 120 GiB，容不下扩展到上限所需的 190.4 GiB",
            "disk /u01 has 120 GiB free, its files may grow by 190.4 GiB",
            part="/u01",
        ),
        told(
            "oracle.jobs_state", "pass", "启用的业务定时作业最近一次运行均正常", "all jobs ran well"
        ),
        told(
            "oracle.standby_lag",
            "skipped",
            "现场无此项：DATA GUARD",
            "the site has none: DATA GUARD",
        ),
        unknown(
            "oracle.patches_changed",
            "ebilldb",
            "skipped",
            "no_baseline",
            "没有上次巡检的数据可比",
            "nothing of an earlier inspection to compare with",
        ),
    ]


def _pages() -> list[dict[str, Any]]:
    found = [stated("web.login_works", "ebillweb", None, True)]
    for n, page in enumerate(("登录页", "主菜单", "<script>alert('票据')</script>", "报表 & 查询")):
        found.append(measured("web.page_seconds", "ebillweb", page, "seconds", 0.8 + n * 1.3))
    for check in ("basic", "stock", "issue", "archive"):
        found.append(stated(f"business.{check}_page", "ebillweb", None, check != "archive"))
    found.append(
        unknown(
            "business.deliver_page",
            "ebillweb",
            "not_run",
            "cancelled",
            "巡检被中止：SIGTERM",
            "the run was cancelled: SIGTERM",
        )
    )
    for n, end in enumerate(("his", "finance", "sms")):
        found.append(measured("interface.answer_seconds", end, None, "seconds", 0.4 + n * 2.5))
    ending = measured("interface.certificate_days", "finance", None, "days", 21)
    ending["message"] = {
        "zh": "证书有效期至 2026-12-09 17:30 UTC，剩余 21 天，少于限值 30 天",
        "en": "the certificate runs until 2026-12-09 17:30 UTC, 21 days left (limit 30)",
    }
    found += [
        ending,
        unknown(
            "interface.certificate_days",
            "his",
            "skipped",
            "not_supported",
            "不支持：http 无证书",
            "not supported: http has no certificate",
        ),
        measured("interface.certificate_days", "sms", None, "days", 45),
    ]
    return found


def _rest() -> list[dict[str, Any]]:
    found = [
        measured("backup.newest_age", "bak01", "/backup/全量", "hours", 11.0),
        measured("backup.newest_age", "bak01", "/backup/归档日志", "hours", 49.5),
        measured("backup.space_used", "bak01", "/backup", "%", 88.0, "backup"),
    ]
    kept = measured("backup.kept_count", "bak01", "/backup/全量", "lines", 0)
    kept["limit"], kept["unit"] = {"direction": "above", "fail": 1}, ""
    kept["message"] = {"zh": "保留 8 份备份（要求不少于 7 份）", "en": "8 backups are kept"}
    found.append(kept)
    for n, host in enumerate(("app01", "app02", "db01")):
        for m, log in enumerate(
            (
                "/var/log/messages",
                "/opt/tomcat/logs/catalina.out",
                "/u01/diag/alert_EBILL.log",
                '/opt/ebill/应用"日志".log',
            )
        ):
            found.append(measured("log.error_lines", host, log, "lines", (n * 7 + m * 5) ** 2))
    found += [
        stated("gdca.reachable", "gdca01", None, True),
        measured("gdca.certificate_days", "gdca01", "RSA", "days", 200),
        measured("gdca.certificate_days", "gdca01", "SM2", "days", 12),
        measured("gdca.clock_offset", "gdca01", None, "seconds", 0.2),
    ]
    return found


def _more_findings(found: list[dict[str, Any]]) -> None:
    """Fill up to 40 findings, all of one page list: many like ones must stay readable."""
    number = 0
    while sum(row["status"] in ("warn", "fail") for row in found) < 40:
        number += 1
        found.append(
            measured(
                "web.page_seconds", "ebillweb", f"功能页 {number:02d}", "seconds", 3.1 + number % 4
            )
        )


DAYS = {
    "2025Q4": "2025-12-16",
    "2026Q1": "2026-03-18",
    "2026Q2": "2026-06-17",
    "2026Q3": "2026-09-16",
}
USED: dict[tuple[str, str, str], tuple[float | None, ...]] = {
    ("host.disk_used", "db01", "/data"): (52.5, 55.0, 57.5, 60.0),
    ("host.disk_used", "app01", "/"): (37.5, 39.0, None, 44.0),
    ("host.disk_used", "bak01", "/归档 数据/2026 年第四季度 (历史)"): (81.5, 84.0, 86.5, 89.0),
    ("oracle.user_tablespace_used", "ebilldb", "EBILL_DATA"): (79.5, 82.0, 84.5, 87.0),
    ("oracle.user_tablespace_used", "ebilldb", "EBILL_LOB"): (78.0, 80.5, 83.0, 85.5),
    ("oracle.user_tablespace_used", "ebilldb", "EBILL_INDEX"): (60.0, 66.0, 72.5, 78.0),
    ("oracle.user_tablespace_used", "ebilldb", "EBILL_LOG"): (77.0, 70.0, 78.0, 72.0),
    ("oracle.user_tablespace_used", "ebilldb", "EBILL_ARCHIVE"): (40.0, 43.1, 46.3, 49.5),
    ("oracle.user_tablespace_used", "ebilldb", "EBILL_TMP_LOAD"): (60.0, 75.0, 20.0, 50.0),
    ("oracle.system_tablespace_used", "ebilldb", "SYSTEM"): (60.0, 60.3, 60.6, 60.9),
    ("oracle.system_tablespace_used", "ebilldb", "SYSAUX"): (None, None, None, 71.0),
}
"""Use in percent in four quarters: growth of all kinds, a hole, a purge, one point alone."""


def _history() -> list[dict[str, Any]]:
    """Four quarters for most; one disk has a hole, new ones have none."""
    sizes = {row["part"]: row["data"]["total_bytes"] for row in _spaces() if row["capacity"]}
    points = []
    for n, (quarter, day) in enumerate(DAYS.items()):
        for (check, target, part), used in USED.items():
            if (percent := used[n]) is None:
                continue
            total = sizes.get(part, 200 * GIB)
            if part == "EBILL_ARCHIVE":  # a file was added before this quarter
                percent, total = percent * 2, total // 2
            points.append(
                {
                    "quarter": quarter,
                    "day": day,
                    "check": check,
                    "target": target,
                    "part": part,
                    "used_percent": percent,
                    "used_bytes": int(total * percent / 100),
                    "total_bytes": total,
                }
            )
    return points


def _previous() -> list[dict[str, Any]]:
    def finding(number: int, check: str, target: str, part: str) -> dict[str, Any]:
        return {
            "number": f"2026Q3-{number:03d}",
            "quarter": "2026Q3",
            "first_quarter": "2026Q2",
            "check": check,
            "target": target,
            "part": part,
            "title": CHECKS[check]["title"],
            "message": {"zh": "上季度记录的现象", "en": "as found in the last quarter"},
        }

    return [
        finding(1, "oracle.user_tablespace_used", "ebilldb", "EBILL_DATA"),
        finding(2, "host.disk_used", "app01", "/"),
        finding(3, "host.disk_used", "old01", "/"),
    ]


def _readings() -> list[dict[str, Any]]:
    """Some of the catalogue's readings, of which the site has changed one."""
    items = yaml.safe_load((ROOT / "catalogue/readings.yml").read_text("utf-8"))
    wanted = ("usage_limit_pct", "quarter_basis", "half_day", "report_due_days")
    chosen = {"quarter_basis": "calendar"}
    return [
        {**item, "value": chosen.get(item["key"], item["default"])}
        for item in items
        if item["key"] in wanted
    ]


READINGS = _readings()


def full() -> QuarterSource:
    """Return the sample; the plan owes two results that nobody recorded."""
    results = [*_hosts(), *_database(), *_pages(), *_rest()]
    _more_findings(results)
    owed = list(dict.fromkeys((row["check"], row["target"]) for row in results))
    owed += [("business.report_page", "ebillweb"), ("gdca.reachable", "gdca02")]
    pairs = dict.fromkeys((row["target"], row["area"]) for row in results if row["evidence"])
    clauses = yaml.safe_load((ROOT / "catalogue/clauses.yml").read_text("utf-8"))
    return QuarterSource(
        site={
            "hospital": "湛江中心人民医院",
            "project": "电子票据管理系统运维服务项目",
            "contract_no": "EB-2026-0417",
            "contract_start": "2026-01-01",
            "vendor": "运维服务方",
            "timezone": "Asia/Shanghai",
        },
        run={
            "id": "20261118T010500Z-7f3a",
            "opened": "2026-11-18T01:05:00+00:00",
            "closed": "2026-11-18T01:07:41+00:00",
            "state": "complete",
            "engineer": "engineer01",
            "catalogue_version": "1.0.0",
            "tool_version": "1.0.0",
            "quarter": "2026Q4",
            "selection": "",
        },
        targets=TARGETS,
        areas=AREAS,
        sections=clauses["sections"],
        clauses=clauses["clauses"],
        checks={key: {**check, "area": key.partition(".")[0]} for key, check in CHECKS.items()},
        owed=[{"check": check, "target": target} for check, target in owed],
        results=results,
        readings=READINGS,
        evidence=[
            {
                "id": f"ev-{n}",
                "target": target,
                "area": area,
                "sha256": digest(target, area),
                "size_bytes": 2048 + n * 17,
                "collected": STARTED.format(n),
            }
            for n, (target, area) in enumerate(pairs, start=1)
        ],
        history=_history(),
        previous_findings=_previous(),
        version=1,
        made="2026-11-18T02:00:00+00:00",
    )


def green() -> QuarterSource:
    """Return a quarter in which everything that is owed passed."""
    source = full()
    source.results = [row for row in source.results if row["status"] == "pass"]
    pairs = {(row["check"], row["target"]) for row in source.results}
    source.owed = [{"check": check, "target": target} for check, target in sorted(pairs)]
    source.history, source.previous_findings = [], []
    return source


def large(count: int = 500) -> QuarterSource:
    """Return the sample with so many results, for the bench."""
    source = full()
    results, base = list(source.results), list(source.results)
    while len(results) < count - 2:
        row = dict(base[len(results) % len(base)])
        row["part"] = f"{row['part'] or ''}#{len(results)}"
        results.append(row)
    source.results = results
    return source
