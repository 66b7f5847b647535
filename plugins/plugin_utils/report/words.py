# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixed words of the documents in both languages, and how statuses look.

Nothing about a single check or clause stands here: that comes from the catalogue. Longer than
300 lines since it is one table of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.result import STATUS_NAMES, STATUSES
from ansible_collections.ebill.ops.plugins.plugin_utils.report.words_database import (
    DATABASE_WORDS,
)

Text = dict[str, str]
LANGUAGES = ("zh", "en")

RECORD = "record"
"""State of a clause that is answered by records, not by a run; it is no result's status."""

# symbol, colour of the text, tint of the cell. The symbols differ in shape, so that a black and
# white print still tells them apart, and all of them are in the usual Chinese fonts.
LOOKS: dict[str, tuple[str, str, str]] = {
    "pass": ("●", "1E6B3C", "E8F3EC"),
    "warn": ("▲", "8A5300", "FDF1DC"),
    "fail": ("■", "A3231B", "FBE6E4"),
    "error": ("◆", "5B3F95", "EEE9F7"),
    "skipped": ("－", "5F6B78", "F1F3F5"),
    "not_run": ("○", "37424E", "E6EAEE"),
    RECORD: ("□", "1F4E79", "E7EEF6"),
}

LEVELS = ("high", "medium", "low")

WORDS: dict[str, tuple[str, str]] = {
    # document
    "title": ("季度巡检报告", "Quarterly inspection report"),
    "quarter_title": ("{year} 年度第 {n} 季度", "Quarter {n} of {year}"),
    "draft_scope": ("本次仅检查：{selection}", "Only inspected this time: {selection}"),
    "draft_area": ("{area}（{checks}）", "{area} ({checks})"),
    "draft_more": ("{checks}等 {n} 项", "{checks} and others, {n} in all"),
    "span": ("{first} 至 {last}", "{first} to {last}"),
    "hospital": ("医院", "Hospital"),
    "project": ("项目名称", "Project"),
    "contract_no": ("合同编号", "Contract no."),
    "quarter": ("巡检季度", "Quarter"),
    "service_term": ("服务期", "Term of service"),
    "quarter_span": ("本季度起止", "Days of the quarter"),
    "inspected": ("巡检日期", "Inspected"),
    "version": ("报告版本", "Version"),
    "vendor": ("服务方", "Vendor"),
    "made": ("编制时间", "Made"),
    "prepared_by": ("编制", "Prepared by"),
    "reviewed_by": ("审核", "Reviewed by"),
    "approved_by": ("批准", "Approved by"),
    "contents": ("目录", "Contents"),
    "page": ("第 {n} 页", "Page {n}"),
    "page_before": ("第 ", "Page "),
    "page_between": (" 页，共 ", " of "),
    "page_after": (" 页", ""),
    # sections
    "conclusion": ("巡检结论", "Conclusion"),
    "scope": ("巡检对象", "Objects inspected"),
    "findings": ("问题清单", "Findings"),
    "advice": ("改进建议", "Advice"),
    "capacity": ("容量情况与趋势", "Capacity and trend"),
    "matrix": ("合同条款与证据对照", "Contract clauses and evidence"),
    "not_inspected": (
        "未得出结论和不适用的项目",
        "What was not determined, and what does not apply",
    ),
    "undetermined": ("未得出结论（不计为完成）", "Not determined (does not count as done)"),
    "inapplicable": (
        "不适用（现场没有此类对象、清单未登记或暂无可比数据）",
        "Not applicable (none there, none listed, or nothing to compare with yet)",
    ),
    "blocked": (
        "无法检查、须先查明原因的对象",
        "What could not be inspected and has to be looked into first",
    ),
    "remarks": ("服务记录核对", "Service records"),
    "readings": ("判定口径", "Readings in force"),
    "evidence": ("证据清单", "Evidence"),
    "signatures": ("签署", "Signatures"),
    "annex": ("附表：全部检查结果", "Annex: all results"),
    "by_area": ("分类统计", "By area"),
    "overview": ("概览", "Overview"),
    # columns
    "no": ("序号", "No."),
    "content": ("检查内容", "Content"),
    "standard": ("服务标准", "Standard"),
    "method": ("检查方法", "Method"),
    "result_value": ("结果值", "Result"),
    "limit": ("阈值", "Limit"),
    "verdict": ("结论", "Verdict"),
    "note": ("备注", "Note"),
    "check": ("检查项", "Check"),
    "check_detail": ("检查项明细", "Checks in detail"),
    "check_id": ("检查项编号", "Check id"),
    "object": ("对象", "Object"),
    "part": ("部位", "Part"),
    "area": ("类别", "Area"),
    "section": ("合同部分", "Section"),
    "address": ("地址", "Address"),
    "facts": ("基本情况", "Facts"),
    "clause": ("条款", "Clause"),
    "clauses": ("条款", "Clauses"),
    "number": ("编号", "Number"),
    "level": ("级别", "Level"),
    "phenomenon": ("现象", "What was found"),
    "impact": ("影响", "Impact"),
    "cause": ("原因", "Cause"),
    "measure": ("措施建议", "Measure"),
    "item": ("事项", "Item"),
    "owner": ("责任方", "Owner"),
    "due": ("期限", "Due"),
    "state": ("状态", "State"),
    "answered_by": ("完成方式", "Answered by"),
    "evidence_ids": ("证据编号", "Evidence"),
    "results_count": ("结果数", "Results"),
    "total": ("合计", "Total"),
    "reason": ("原因", "Reason"),
    "cause_unknown": ("待查", "to be investigated"),
    "concerned": ("涉及检查项", "Checks concerned"),
    "count": ("数量", "Count"),
    "reading": ("口径", "Reading"),
    "setting": ("设定项", "Setting"),
    "value": ("取值", "Value"),
    "default": ("默认", "Default"),
    "sha256": ("SHA-256", "SHA-256"),
    "size": ("大小（字节）", "Size (bytes)"),
    "collected": ("采集时间", "Collected"),
    "time": ("检查时间", "Time"),
    "observed": ("观测值", "Observed"),
    "unit": ("单位", "Unit"),
    "message": ("说明", "What was found"),
    "limit_source": ("阈值来源", "Source of the limit"),
    "related": ("对应问题", "Findings"),
    "waiver": ("豁免", "Waiver"),
    "name": ("名称", "Name"),
    "status": ("状态", "Status"),
    "used": ("使用率", "Used"),
    "duration": ("用时（秒）", "Seconds"),
    # signatures
    "sign_engineer": ("巡检工程师", "Inspection engineer"),
    "sign_vendor": ("服务方（盖章）", "Vendor (seal)"),
    "sign_customer": ("信息科确认人", "Confirmed by the information department"),
    "sign_date": ("日期", "Date"),
    "sign_opinion": ("医院意见", "Opinion of the hospital"),
    "sign_statement": (
        "双方确认：本报告由巡检数据自动生成，结论与所附证据一致；未得出结论的项目不视为已完成。",
        "Both sides confirm: this report was made from the data of the inspection, its conclusions "
        "agree with the evidence attached, and what was not determined does not count as done.",
    ),
    # quality block
    "quality": ("报告信息", "About this report"),
    "run_id": ("巡检批次", "Run"),
    "tool_version": ("工具版本", "Tool version"),
    "catalogue_version": ("检查目录版本", "Catalogue version"),
    "data_sha256": ("数据摘要（SHA-256）", "Digest of the data (SHA-256)"),
    "engineer": ("巡检工程师", "Engineer"),
    "opened": ("开始时间", "Started"),
    "closed": ("结束时间", "Ended"),
    "run_state": ("批次状态", "State of the run"),
    "run_open": ("未正常结束", "not closed"),
    "state_complete": ("已完成", "complete"),
    "state_cancelled": ("已中止", "cancelled"),
    "state_expired": ("异常中断", "broken off"),
    # conclusion
    "normal": ("正常", "Normal"),
    "mostly": ("基本正常", "Mostly normal"),
    "abnormal": ("异常", "Abnormal"),
    "none": ("未完成（没有任何结果）", "Incomplete (no result at all)"),
    "incomplete_normal": (
        "未完成（已检查部分正常）",
        "Incomplete (what was inspected is normal)",
    ),
    "incomplete_mostly": (
        "未完成（已检查部分基本正常）",
        "Incomplete (what was inspected is mostly normal)",
    ),
    "incomplete_abnormal": ("异常（未完成）", "Abnormal (incomplete)"),
    "sum_owed": (
        "本次应检 {owed} 项（检查项×对象），形成结果 {total} 条：{counts}。",
        "{owed} checks (check x object) were owed; {total} results: {counts}.",
    ),
    "sum_clauses": (
        "本季度应检条款 {total} 条：{counts}。",
        "{total} clauses are due each quarter: {counts}.",
    ),
    "sum_findings": (
        "发现问题 {total} 个：高 {high}，中 {medium}，低 {low}，措施建议见第 {section} 章。",
        "{total} findings: {high} high, {medium} medium, {low} low; measures in section {section}.",
    ),
    "sum_no_findings": ("未发现问题。", "No findings."),
    "sum_waived": (
        "其中 {n} 个经批准豁免，仍按实际状态列出。",
        "{n} of them are waived; they are listed with their true status.",
    ),
    "sum_expired": (
        "有 {n} 个问题的豁免已过期，按未豁免处理。",
        "The waiver of {n} has expired; they count as not waived.",
    ),
    "sum_carried": (
        "上季度遗留问题 {carried} 个，已恢复 {fixed} 个，本次无法确认 {unknown} 个。",
        "From the last quarter: {carried} still open, {fixed} recovered, {unknown} undetermined.",
    ),
    "sum_incomplete": (
        "{n} 条结果无法检查或未检查，不计为完成，原因见第 {section} 章。",
        "{n} results could not be determined and do not count as done; see section {section}.",
    ),
    "sum_blocked": (
        "无法检查的归为 {n} 处，须先查明原因，见第 {section} 章。",
        "Not inspected: {n} points that have to be looked into first; see section {section}.",
    ),
    "sum_running": (
        "本季度另有 {n} 个批次仍在进行（{runs}），其结果未计入本报告。",
        "{n} runs of the quarter are still going on ({runs}); their results are not in here.",
    ),
    "sum_unanswered": (
        "{clauses} 本次没有检查结果，不计为完成。",
        "{clauses}: no results this time; they do not count as done.",
    ),
    "count_item": ("{status} {n}", "{n} {status}"),
    "joint": ("，", ", "),
    "list_joint": ("、", ", "),
    "sentence_joint": ("；", "; "),
    # clause rows
    "record_state": ("按记录", "by record"),
    "automated": ("自动检查", "automated"),
    "guided": ("引导检查", "guided"),
    "record": ("按记录", "by record"),
    "report": ("提交本报告", "this report"),
    "method_automated": ("自动检查 {n} 项", "{n} automated checks"),
    "value_counts": ("共 {total} 条结果：{counts}", "{total} results: {counts}"),
    "value_record": ("不作自动检查", "not checked automatically"),
    "value_report": ("见\u201c改进建议\u201d一章", "see the chapter of advice"),
    "value_alike": ("{quote}（{n} 条）", "{quote} ({n} times)"),
    "value_more": ("另有 {n} 条，见附表", "{n} more: see the annex"),
    "closest": ("最接近阈值：{quote}", "nearest to its limit: {quote}"),
    "measured": ("{name}：{value}", "{name}: {value}"),
    "limit_named": ("{name}：{limit}", "{name}: {limit}"),
    "limit_of": ("{name}（{measure}）", "{name} ({measure})"),
    "limit_rest": (
        "其余 {n} 项按状态判定，见明细",
        "{n} more judged by state, see the details",
    ),
    "limit_more": ("其余 {n} 项见明细", "{n} more: see the details"),
    "limit_other": ("{where}：{limit}", "{where}: {limit}"),
    "limit_others": ("另有 {n} 处单独设定，见附表", "{n} more of their own: see the annex"),
    "note_record": (
        "由人工记录完成，以服务记录为准",
        "answered by people; the service records decide",
    ),
    "note_report": (
        "本报告签署后即为该条款的证据",
        "this report, once signed, is the evidence",
    ),
    "note_unanswered": (
        "本次巡检没有该条款的检查结果",
        "this inspection holds no result for the clause",
    ),
    "note_incomplete": ("{n} 条未得出结论", "{n} not determined"),
    "note_waived": ("{n} 条已豁免", "{n} waived"),
    "note_expired": ("{n} 条豁免已过期", "{n} waivers expired"),
    "all_same": ("{n} 条均{status}", "all {n}: {status}"),
    "no_results": ("无结果", "no result"),
    "missing_result": (
        "台账中没有该项结果，按未检查处理",
        "the ledger holds no result; it counts as not run",
    ),
    # records beside the inspection
    "onsite_sheet": ("现场服务单", "On-site sheet"),
    "onsite_missing": (
        "台账中没有本次巡检的现场服务单。合同把季度巡检计入上门服务（SVC-02），没有现场服务单的"
        "巡检按口径 R-15 记为关注；请将用户签字的现场服务单与本报告一并归档。",
        "The ledger holds no on-site sheet for this inspection. The contract counts the quarterly "
        "inspection as service on site (SVC-02); without a sheet it is flagged (R-15). File the "
        "sheet that the hospital signed together with this report.",
    ),
    "fault_statistics": ("认证服务器故障统计", "Fault statistics of the GDCA server"),
    "faults_unrecorded": (
        "未登记：台账目前不记录故障，无法得出本季度的故障数，也不能据此写作 0 起。按口径 R-17，"
        "故障统计分析说明随季度报告提交，没有故障也须书面写明，请服务方另附。",
        "Not recorded: the ledger keeps no faults as yet, so their number in the quarter is not "
        "known and may not be given as 0. By R-17 fault statistics go with each quarterly report, "
        "also when there were none; the vendor has to add them.",
    ),
    # units
    "unit_d": ("天", "days"),
    "unit_h": ("小时", "h"),
    "unit_s": ("秒", "s"),
    "unit_min": ("分钟", "min"),
    "unit_bit": ("位", "bit"),
    # limits
    "limit_above": ("{name} ≥ {value}", "{name} ≥ {value}"),
    "limit_below": ("{name} < {value}", "{name} < {value}"),
    "limit_states": ("应为\u201c{values}\u201d", "expected: {values}"),
    "limit_shown": ("仅记录", "recorded only"),
    "yes": ("是", "yes"),
    "no_value": ("否", "no"),
    "not_set": ("未设定", "not set"),
    "setting_usage_limit_pct": ("使用率限值（%）", "Limit of use (%)"),
    "setting_tablespace_basis": ("表空间计算基准", "Basis of the tablespaces"),
    "setting_backup_limit_pct": ("备份空间限值（%）", "Limit of backup space (%)"),
    "setting_page_seconds": ("页面打开时限（秒）", "Time for a page (s)"),
    "setting_clock": ("时限起算方式", "How hours count"),
    "setting_quarter_basis": ("季度划分", "Quarters"),
    "setting_half_day": ("半天现场服务计 0.5 日", "Half days on site"),
    "setting_report_due_days": ("报告提交期限（天）", "Report due within (days)"),
    "setting_faq_submit": ("常见问题列表提交", "Hand-in of the FAQ list"),
    "source_catalogue": ("检查目录", "catalogue"),
    "source_site": ("现场设定：{setting}", "site setting: {setting}"),
    "source_inventory": ("主机清单", "inventory"),
    "source_parts": ("主机清单（按部位）", "inventory (by part)"),
    "limit_changed": ("阈值来自{source}", "limit from {source}"),
    # findings
    "high": ("高", "high"),
    "medium": ("中", "medium"),
    "low": ("低", "low"),
    "finding_new": ("新发现", "new"),
    "finding_carried": ("遗留（{quarter} 起）", "open since {quarter}"),
    "waived": ("已豁免", "waived"),
    "waiver_until": (
        "已豁免至 {expires}：{reason}（{owner}）",
        "waived until {expires}: {reason} ({owner})",
    ),
    "waiver_over": (
        "豁免已于 {expires} 过期：{reason}（{owner}）",
        "waiver expired on {expires}: {reason} ({owner})",
    ),
    "expired": ("豁免已过期", "waiver expired"),
    "resolved": ("上季度问题复核", "Findings of the last quarter, looked at again"),
    "outcome_fixed": ("已恢复", "recovered"),
    "outcome_unknown": ("本次无法确认", "undetermined this time"),
    "no_findings": ("本次巡检未发现问题。", "This inspection found no problem."),
    "no_advice": ("本次巡检没有改进建议。", "No advice this time."),
    "nothing_missing": ("全部应检项目均已得出结论。", "Everything owed was determined."),
    "no_readings": ("未记录。", "Not recorded."),
    "no_evidence": ("本次巡检没有证据。", "There is no evidence for this run."),
    # capacity
    "disk": ("服务器硬盘", "Server disks"),
    "tablespace": ("数据库表空间", "Tablespaces"),
    "backup": ("备份空间", "Backup space"),
    "capacity_current": ("{kind}：当前使用率（%）", "{kind}: current use (%)"),
    "capacity_trend": ("{kind}：各季度使用率（%）", "{kind}: use by quarter (%)"),
    "capacity_hidden": (
        "图中为使用率最高的 {shown} 项；另有 {hidden} 项使用率不高于 {most}，见附表：{where}。",
        "The {shown} fullest are drawn; {hidden} more (at most {most}) are in the annex: {where}.",
    ),
    "capacity_where": ("{target} {n} 项", "{n} on {target}"),
    "capacity_none": ("本次没有容量数据。", "No capacity data this time."),
    "trend_none": (
        "历史数据不足两个季度，暂不绘制趋势。",
        "Fewer than two quarters are known; no trend is drawn.",
    ),
    "capacity_key": (
        "竖线为阈值：虚线关注，实线异常",
        "Vertical lines: dashed = warning, solid = failure",
    ),
    "compared": ("较上季 {change} 个百分点", "{change} points against the last quarter"),
    "free_of": ("已用 {used} / 共 {total}", "{used} of {total}"),
    # filters of the HTML document
    "filter": ("筛选", "Filter"),
    "filter_all": ("全部", "all"),
    "filter_text": ("关键字", "Text"),
    "filter_reset": ("清除", "Reset"),
    "filter_shown": ("显示 {shown} / {total} 条", "{shown} of {total} shown"),
    "filter_none": ("没有符合条件的结果。", "No result matches."),
    "print": ("打印", "Print"),
    "to_results": ("查看全部结果", "All results"),
    **DATABASE_WORDS,
}


def say(key: str, /, **values: Any) -> Text:
    """Fill the words ``key`` in both languages; a value may itself be a text in both."""
    return {
        language: WORDS[key][index].format(
            **{
                name: value[language] if isinstance(value, Mapping) else value
                for name, value in values.items()
            }
        )
        for index, language in enumerate(LANGUAGES)
    }


def join(texts: list[Text], joint: str) -> Text:
    """Join texts with the words ``joint`` of each language."""
    between = say(joint)
    return {
        language: between[language].join(text[language] for text in texts) for language in LANGUAGES
    }


def status_text(status: str) -> Text:
    """Return the name of a status (or of the clause state "record")."""
    if status == RECORD:
        return say("record_state")
    return {language: STATUS_NAMES[language][status] for language in LANGUAGES}


def setting_text(key: str) -> Text:
    """Return the title of a setting of catalogue/readings.yml; an unknown one is itself."""
    return say(f"setting_{key}") if f"setting_{key}" in WORDS else both(key)


def counts_text(counts: Mapping[str, int]) -> Text:
    """Write counts as "正常 3，异常 1": those above zero, in the fixed order."""
    items = [
        say("count_item", status=status_text(status), n=counts[status])
        for status in (*STATUSES, RECORD)
        if counts.get(status)
    ]
    return join(items, "joint") if items else say("no_results")


def both(value: Any) -> Text:
    """Take a text in both languages as it is; anything else becomes the same in both."""
    if isinstance(value, Mapping):
        chinese = str(value.get("zh", value.get("en", "")))
        return {"zh": chinese, "en": str(value.get("en", chinese))}
    shown = "" if value is None else str(value)
    return {"zh": shown, "en": shown}
