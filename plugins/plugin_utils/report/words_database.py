# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixed words of the chapter on databases; ``words.py`` takes them in."""

from __future__ import annotations

DATABASE_WORDS: dict[str, tuple[str, str]] = {
    "database": ("数据库专章", "The databases"),
    "database_none": ("本次没有检查数据库。", "No database was inspected."),
    "database_counts": ("检查结果 {n} 条：{counts}。", "{n} results: {counts}."),
    "spaces_counts": ("表空间 {n} 个：{counts}。", "{n} tablespaces: {counts}."),
    "summary_reached": (
        "{n} 个表空间已达到限值：{names}。",
        "Tablespaces at their limit: {n} ({names}).",
    ),
    "summary_will": (
        "预计 {n} 个表空间在下次巡检前达到限值：{names}。",
        "Expected to reach their limit before the next visit: {n} ({names}).",
    ),
    "summary_uncertain": (
        "{n} 个表空间能否撑到下次巡检不能确定：{names}。",
        "Uncertain whether they last until the next visit: {n} ({names}).",
    ),
    "summary_will_not": (
        "可作预测的 {n} 个表空间预计到下次巡检均不会达到限值。",
        "None of the {n} tablespaces with a forecast is expected to reach its limit.",
    ),
    # identity
    "fact_database": ("数据库名", "Database"),
    "fact_unique_name": ("唯一名", "Unique name"),
    "fact_version": ("版本", "Version"),
    "fact_patch": ("最近补丁", "Newest patch"),
    "fact_role": ("角色", "Role"),
    "fact_open_mode": ("打开方式", "Open mode"),
    "fact_log_mode": ("归档", "Archiving"),
    "fact_instance": ("实例", "Instance"),
    "fact_container": ("所连容器", "Container"),
    "fact_database_host": ("主机", "Host"),
    "fact_uptime": ("运行时间", "Up"),
    "fact_address": ("连接地址", "Address"),
    "uptime_since": (
        "{days} 天（自 {since} 起，数据库时间）",
        "{days} days (since {since}, database time)",
    ),
    "patch_aged": (
        "{patch}（{description}），{days} 天前",
        "{patch} ({description}), {days} days ago",
    ),
    "role_PRIMARY": ("主库", "primary"),
    "role_PHYSICAL STANDBY": ("物理备库", "physical standby"),
    "role_LOGICAL STANDBY": ("逻辑备库", "logical standby"),
    "role_SNAPSHOT STANDBY": ("快照备库", "snapshot standby"),
    "open_mode_READ WRITE": ("读写", "read and write"),
    "open_mode_READ ONLY": ("只读", "read only"),
    "open_mode_READ ONLY WITH APPLY": ("只读并应用日志", "read only, applying redo"),
    "open_mode_MOUNTED": ("已装载", "mounted"),
    # tablespaces
    "spaces": ("表空间", "Tablespaces"),
    "spaces_none": (
        "本次没有取得表空间用量，原因见本章末尾各项。",
        "The use of the tablespaces was not obtained; the checks below say why.",
    ),
    "spaces_source": (
        "来源：DBA_TABLESPACES、DBA_DATA_FILES、DBA_FREE_SPACE；临时表空间取 DBA_TEMP_FILES 和 "
        "DBA_TEMP_FREE_SPACE，回滚表空间取 DBA_UNDO_EXTENTS（活动与未过期之和）。上限为各数据文件"
        "可扩展到的大小之和（口径 R-02）；\u201c可自动扩展\u201d为可自动扩展的文件数 / 文件总数。",
        "From DBA_TABLESPACES, DBA_DATA_FILES and DBA_FREE_SPACE; temporary: DBA_TEMP_FILES and "
        "DBA_TEMP_FREE_SPACE; undo: DBA_UNDO_EXTENTS (active and unexpired). The maximum is what "
        "all files may grow to (R-02); 'extending': files with autoextend, of all files.",
    ),
    "space_kind": ("类别", "Kind"),
    "space_used": ("已用", "Used"),
    "space_allocated": ("已分配", "Allocated"),
    "space_maximum": ("上限", "Maximum"),
    "space_used_percent": ("占上限", "Of maximum"),
    "space_allocated_percent": ("占已分配", "Of allocated"),
    "space_growth": ("还可扩展", "Can grow by"),
    "space_autoextend": ("可自动扩展", "Extending"),
    "space_used_gib": ("已用（GiB）", "Used (GiB)"),
    "space_allocated_gib": ("已分配（GiB）", "Allocated (GiB)"),
    "space_maximum_gib": ("上限（GiB）", "Maximum (GiB)"),
    "space_growth_gib": ("还可扩展（GiB）", "Can grow by (GiB)"),
    "kind_user": ("用户", "user"),
    "kind_system": ("系统", "system"),
    "kind_undo": ("回滚", "undo"),
    "kind_temp": ("临时", "temporary"),
    "kind_other": ("其他系统", "other system"),
    # forecast
    "forecast": ("表空间增长预测", "Forecast of the tablespaces"),
    "forecast_chart": (
        "各表空间历次用量（占当前上限的百分比）与到下次巡检的预测",
        "Use at each inspection (% of today's maximum), and the forecast until the next",
    ),
    "forecast_hidden": (
        "图中为使用率最高的 {shown} 个；其余 {hidden} 个见上表。",
        "The {shown} fullest are drawn; for the other {hidden} see the table.",
    ),
    "forecast_note": (
        "按台账中历次巡检的用量推算：增长取各点两两之间增速的中位数（Theil–Sen 法），括号内为其"
        "区间；从最近一次的用量和当前上限算起，不计今后的清理和扩容。下次巡检最迟 {horizon}"
        "（口径 R-10）。"
        "图中虚线为中位数，阴影为区间，横线为限值。",
        "From what the inspections in the ledger measured: growth is the median of the speeds "
        "between all pairs of points (Theil-Sen), in brackets its interval; it starts at the last "
        "use and today's maximum and expects neither purges nor new files. The next inspection is "
        "due by {horizon} (R-10). Dashed: the median; shaded: the interval; across: the limit.",
    ),
    "forecast_note_daily": (
        "除历次巡检外，还采用了数据库自身的每日用量历史（AWR 视图 DBA_HIST_TBSPC_SPACE_USAGE，医院"
        "声明已购 Diagnostics Pack 许可）；同一天以巡检所测为准。",
        "Beside the inspections, the daily history that the database keeps itself was used (AWR, "
        "DBA_HIST_TBSPC_SPACE_USAGE; the site says that it has the Diagnostics Pack); where a day "
        "has both, the inspection counts.",
    ),
    "note_joint": ("", " "),
    "forecast_points": ("历史数据", "Points"),
    "forecast_growth": ("每月增长", "Growth a month"),
    "forecast_visit": ("下次巡检时", "At the next visit"),
    "forecast_reach": ("到限值", "At the limit"),
    "forecast_outcome": ("预测", "Forecast"),
    "points_one": ("{n} 次（{first}）", "{n} ({first})"),
    "points_many": ("{n} 次（{first} 起）", "{n} (since {first})"),
    "points_none": ("无", "none"),
    "range_of": ("{middle}（{low} ～ {high}）", "{middle} ({low} to {high})"),
    "reach_range": ("约 {likely}（{early} ～ {late}）", "about {likely} ({early} to {late})"),
    "reach_open": ("约 {likely}（最早 {early}）", "about {likely} ({early} at the earliest)"),
    "reach_earliest": ("最早 {early}", "{early} at the earliest"),
    "reach_never": ("十年内不会", "not in ten years"),
    "forecast_reached": ("已达到 {level} %", "at {level} % already"),
    "forecast_will": (
        "预计在下次巡检前达到 {level} %（把握约 {sure} %）",
        "expected to reach {level} % before the next visit (about {sure} % sure)",
    ),
    "forecast_will_not": (
        "预计到下次巡检不会达到 {level} %（把握约 {sure} %）",
        "not expected to reach {level} % before the next visit (about {sure} % sure)",
    ),
    "forecast_uncertain": (
        "不能确定：按较快的增长，{early} 就会达到 {level} %；按较慢的增长，下次巡检前不会",
        "uncertain: {level} % on {early} if it grows fast, not before the next visit if slowly",
    ),
    "forecast_too_few": (
        "历史数据不足三次，暂不预测",
        "fewer than three points are known: no forecast",
    ),
    "forecast_too_short": (
        "历史数据跨度不足四周，暂不预测",
        "the points span less than four weeks: no forecast",
    ),
    "forecast_purged": (
        "期间有过清理，之后可比的数据不足，暂不预测",
        "it was purged meanwhile and too few points are comparable: no forecast",
    ),
    "forecast_enlarged": ("上限比上次增大", "its maximum was raised since the last time"),
    "forecast_after_purge": ("期间清理过 {n} 次", "purged {n} times meanwhile"),
    # backups
    "backups": ("RMAN 备份（按类型）", "RMAN backups by type"),
    "backup_type": ("类型", "Type"),
    "backup_last": ("最近一次成功", "Last good one"),
    "backup_age": ("距今", "Age"),
    "backup_limit": ("阈值", "Limit"),
    "backup_size": ("大小", "Size"),
    "backup_job": ("最近一次作业", "Last job"),
    "type_FULL": ("全量", "full"),
    "type_INCREMENTAL": ("增量", "incremental"),
    "type_ARCHIVELOG": ("归档日志", "archived logs"),
    "type_DB INCR": ("增量（DB INCR）", "DB INCR"),
    "job_result": (
        "{state}；近 {jobs} 次失败 {failed} 次",
        "{state}; {failed} of the last {jobs} failed",
    ),
    # the rest by subject
    "topic_storage": ("表空间和数据文件", "Tablespaces and data files"),
    "topic_backup": ("备份与可恢复性", "Backup and recovery"),
    "topic_instance": ("实例、会话与锁", "Instance, sessions, locks"),
    "topic_redo": ("在线日志与回滚", "Redo and undo"),
    "topic_standby": ("备库", "Standby"),
    "topic_jobs": ("定时作业", "Jobs"),
    "topic_objects": ("对象与数据块", "Objects and blocks"),
    "topic_accounts": ("账号与授权", "Accounts and grants"),
    "topic_alert": ("告警日志", "Alert log"),
    "topic_parameters": ("参数与补丁", "Parameters and patches"),
    "topic_performance": ("性能诊断与优化建议", "Performance"),
    "topic_other": ("其他", "Other"),
    "grant_costs": (
        "缺少 {grant}，以下 {n} 项检查可能因此没有结论：{titles}",
        "{grant} is missing; {n} checks may have no answer for it: {titles}",
    ),
    "topic_skipped": ("不适用：{titles}", "not applicable: {titles}"),
}
