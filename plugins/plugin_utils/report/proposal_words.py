# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixed words of the optimisation proposal in both languages.

What a finding is, what to do, who decides, what it takes and risks: that is the catalogue's.
"""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.plugin_utils.report.words import Text

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("优化建议方案", "Optimisation proposal"),
    "section_title": ("性能诊断与优化建议", "Performance diagnosis and advice"),
    "result": ("诊断结论", "Result"),
    "basis": ("诊断依据", "What it rests on"),
    "proposals": ("优化建议", "Proposals"),
    "decisions": ("医院意见与实施安排", "Decisions and schedule"),
    "figures": ("主要性能指标", "Main figures"),
    "blocked": ("未能诊断的项目", "What could not be told"),
    "notes": ("说明", "Notes"),
    "signatures": ("签字确认", "Signatures"),
    "found": (
        "本次诊断 {targets} 个数据库（{names}），检查 {checks} 项，提出优化建议 {n} 条。",
        "Databases diagnosed: {targets} ({names}), by {checks} checks. Proposals: {n}.",
    ),
    "found_none": (
        "本次诊断 {targets} 个数据库（{names}），检查 {checks} 项，未发现需要优化的项目。",
        "Databases diagnosed: {targets} ({names}), by {checks} checks. Nothing to improve.",
    ),
    "found_open": (
        "另有 {n} 项未能诊断，原因见\u201c未能诊断的项目\u201d，不代表没有问题。",
        "Could not be told: {n}. The reasons are listed, and this is no all-clear.",
    ),
    "no_proposals": (
        "各项指标均未达到关注值，无优化建议。",
        "No figure reached its warning limit; no proposals.",
    ),
    "none": ("无", "None"),
    "evidence": ("现象与数据", "Observed"),
    "impact": ("影响", "Impact"),
    "advice": ("优化建议", "Proposal"),
    "decides": ("由谁决定", "Who decides"),
    "effort": ("工作量", "Effort"),
    "risk": ("风险", "Risk"),
    "accepted": ("是否采纳", "Accepted"),
    "reason": ("原因", "Reason"),
    "clause_note": (
        "依据合同\u201c开发服务\u201d第 3 项（DEV-03）：软件运行缓慢时提供性能优化服务；"
        "软件方面无法再优化的，提出优化建议方案。本方案经双方签字后，该项以方案方式完成；采纳的建议按实施安排另行跟踪。",
        "By item 3 of the development service (DEV-03) slow software is optimised, or a proposal is"
        " made where the software can be improved no further. Once signed, this proposal answers"
        " that item; what is accepted is followed up by the schedule.",
    ),
    "hint_note": (
        "以上均为诊断提示，不是合同约定的故障；执行前须在测试环境验证，并由\u201c由谁决定\u201d一栏所列"
        "人员同意。诊断过程只读数据库的性能视图，未修改任何参数和数据，也未读取语句文本和票据内容。",
        "These are hints, no faults by the contract. Verify each in a test environment, and have it"
        " agreed by whoever decides. The diagnosis only read views of the database: it changed"
        " nothing and read neither the text of statements nor any bill.",
    ),
    "sql_note": (
        "语句以 SQL_ID 标识；医院 DBA 可据此在数据库中查到语句文本。",
        "Statements are named by SQL_ID, by which a DBA finds their text in the database.",
    ),
}


def words() -> dict[str, Text]:
    """Return every word by its key."""
    return {key: {"zh": zh, "en": en} for key, (zh, en) in _WORDS.items()}


def worded(key: str, **values: object) -> Text:
    """Return one sentence with its values."""
    zh, en = _WORDS[key]
    return {"zh": zh.format(**values), "en": en.format(**values)}
