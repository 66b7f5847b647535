# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What oracle_inspector found and did, as lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_ZH = {
    "head": "{target}：巡检账号 {name}，Oracle {release}{container}",
    "container": "，容器 {container}",
    "no_answer": "{target}：{reason}",
    "created": "账号已建立，并授予 {count} 项查询权限",
    "is_there": "账号已存在，状态 {status}",
    "not_there": "账号不存在",
    "would_drop": "账号将被删除",
    "dropped": "账号已删除",
    "complete": "授权齐全",
    "gone": "账号不存在，无需删除",
    "lacks": "缺少 {count} 项授权，影响的检查项如下",
    "added": "已补齐 {count} 项授权，涉及的检查项如下",
    "costs": "{grant}：{checks}",
    "many": "{checks}等 {count} 项",
    "every": "全部数据库检查",
    "revoked": "有 {count} 项授权不再需要，已收回：{grants}",
    "would_revoke": "有 {count} 项授权不再需要，将收回：{grants}",
    "surplus": "有 {count} 项授权当前检查项用不到，"
    "可设 oracle_inspector_revoke_surplus: true 收回：{grants}",
    "beyond": "账号另有超出巡检需要的权限，请 DBA 核对：{grants}",
    "would": "将执行下列语句（本次未执行）",
    "refused": "数据库拒绝执行：{statement}（{code}）",
    "ask": "请 DBA 以管理员身份执行下列语句，或提供管理员账号后运行 playbooks/oracle_inspector.yml",
    "join": "、",
}
_EN = {
    "head": "{target}: inspection account {name}, Oracle {release}{container}",
    "container": ", container {container}",
    "no_answer": "{target}: {reason}",
    "created": "the account was created, with the right to read {count} views",
    "is_there": "the account exists, status {status}",
    "not_there": "there is no such account",
    "would_drop": "the account would be dropped",
    "dropped": "the account was dropped",
    "complete": "nothing is missing",
    "gone": "there is no such account, nothing to drop",
    "lacks": "{count} grants are missing, which costs these checks",
    "added": "{count} grants were added, for these checks",
    "costs": "{grant}: {checks}",
    "many": "{checks} and others, {count} in all",
    "every": "every check of the database",
    "revoked": "{count} grants were no longer needed and are revoked: {grants}",
    "would_revoke": "{count} grants are no longer needed and would be revoked: {grants}",
    "surplus": "{count} grants serve no enabled check; oracle_inspector_revoke_surplus: true"
    " revokes them: {grants}",
    "beyond": "the account holds more than an inspection needs, ask the DBA: {grants}",
    "would": "these statements would be executed, none was",
    "refused": "the database refused: {statement} ({code})",
    "ask": "have the DBA execute these statements, or give an administrator's account to"
    " playbooks/oracle_inspector.yml",
    "join": ", ",
}
_MOST_SHOWN = 6
WORDS = {"zh": _ZH, "en": _EN}

REFUSALS = {
    "bad_name": {
        "zh": "账号名不可用（字母开头，仅限字母、数字、_、$、#；"
        "公共用户须以 C## 开头，本地用户不得以 C## 开头）：{detail}",
        "en": "not a usable name (a letter, then letters, digits, _, $, #; C## before a common"
        " user's and no other): {detail}",
    },
    "bad_password": {
        "zh": "口令不可用，仅限可打印 ASCII 字符、不含双引号且不超过长度上限：{detail}",
        "en": "not a usable password: {detail}",
    },
    "no_password": {"zh": "未设置口令：{detail}", "en": "the password is not set: {detail}"},
    "not_in_root": {
        "zh": "公共用户只能在 CDB$ROOT 中建立，请改用根容器的服务名；当前容器：{detail}",
        "en": "a common user is made in CDB$ROOT, give the root's service; this is {detail}",
    },
    "in_root": {
        "zh": "当前连接的是根容器，请改用业务 PDB 的服务名，"
        "或设 oracle_inspector_common: true 建公共用户：{detail}",
        "en": "this is the root; give the pluggable database's service, or set"
        " oracle_inspector_common: true: {detail}",
    },
    "oracle_account": {
        "zh": "这是 Oracle 自带账号，未作任何改动：{detail}",
        "en": "an account of Oracle's own, left alone: {detail}",
    },
    "owns_objects": {
        "zh": "该账号名下有对象，不是巡检专用账号，未作任何改动：{detail}",
        "en": "the account owns objects, so it is no inspection account, left alone: {detail}",
    },
    "more_than_inspector": {
        "zh": "该账号的权限超出巡检账号，未删除，请 DBA 处理：{detail}",
        "en": "the account holds more than an inspector does, not dropped: {detail}",
    },
}
"""Why the account was not touched, by the reason that the module gives."""

Titles = Mapping[str, Mapping[str, str]]


def lines(
    target: str,
    answer: Mapping[str, Any],
    state: str,
    language: str,
    *,
    dry: bool,
    titles: Titles,
    reasons: Titles,
) -> list[str]:
    """Return the lines, the first one with the target.

    ``answer``: what the module returned. ``titles``: of the checks by id. ``reasons``: of the
    catalogue. ``dry``: nothing was changed, so the statements are shown.
    """
    words = WORDS[language]
    found = [_head(target, answer, words)] if "account" in answer else []
    problem = answer.get("problem")
    if problem:
        text = {**reasons, **REFUSALS}.get(problem["reason"], {language: "{detail}"})[language]
        reason = text.format(detail=problem["detail"])
        return [*found, words["no_answer"].format(target=target, reason=reason)]
    if not found:
        return [words["no_answer"].format(target=target, reason=answer.get("msg", ""))]
    if state == "absent":
        return found + [f"  {line}" for line in _dropped(answer, words, dry=dry)]
    if not dry and not answer["account"]["exists"] and not answer["refused"]:
        created = words["created"].format(count=len(answer["missing"]))
        return [*found, f"  {created}"]
    told = _account(answer, state, words) + _missing(answer, words, titles, language, dry=dry)
    told += _more(answer, words, dry=dry)
    told += _statements(answer, state, words, dry=dry)
    return found + [f"  {line}" for line in told]


def _head(target: str, answer: Mapping[str, Any], words: Mapping[str, str]) -> str:
    account = answer["account"]
    place = words["container"].format(**account) if account["container"] else ""
    return words["head"].format(**{**account, "target": target, "container": place})


def _account(answer: Mapping[str, Any], state: str, words: Mapping[str, str]) -> list[str]:
    account = answer["account"]
    if state == "checked":
        return []
    return [words["is_there" if account["exists"] else "not_there"].format(**account)]


def _dropped(answer: Mapping[str, Any], words: Mapping[str, str], *, dry: bool) -> list[str]:
    if not answer["account"]["exists"]:
        return [words["gone"]]
    if answer["refused"]:
        return _refused(answer, words)
    return [words["would_drop" if dry else "dropped"]]


def _missing(
    answer: Mapping[str, Any],
    words: Mapping[str, str],
    titles: Titles,
    language: str,
    *,
    dry: bool,
) -> list[str]:
    missing = answer["missing"]
    if not missing:
        return [] if answer["changed"] or answer["refused"] else [words["complete"]]
    key = "added" if not dry and not answer["refused"] else "lacks"
    told = [words[key].format(count=len(missing))]
    for one in missing:
        names = [titles.get(check, {}).get(language, check) for check in one["checks"]]
        checks = _checks(names, words)
        told.append(f"  {words['costs'].format(grant=one['grant'], checks=checks)}")
    return told


def _checks(names: Sequence[str], words: Mapping[str, str]) -> str:
    shown = words["join"].join(names[:_MOST_SHOWN])
    if len(names) > _MOST_SHOWN:
        return words["many"].format(checks=shown, count=len(names))
    return shown or words["every"]


def _more(answer: Mapping[str, Any], words: Mapping[str, str], *, dry: bool) -> list[str]:
    told = []
    surplus = answer["surplus"]
    if surplus:
        gone = any(line.startswith("REVOKE ") for line in answer["statements"])
        key = ("would_revoke" if dry else "revoked") if gone else "surplus"
        told.append(words[key].format(count=len(surplus), grants=words["join"].join(surplus)))
    if answer["beyond"]:
        told.append(words["beyond"].format(grants=words["join"].join(answer["beyond"])))
    return told


def _statements(
    answer: Mapping[str, Any], state: str, words: Mapping[str, str], *, dry: bool
) -> list[str]:
    if dry and answer["statements"]:
        if answer.get("diff"):
            return []
        head = words["ask" if state == "checked" else "would"]
        return [head, *(f"  {line};" for line in answer["statements"])]
    return _refused(answer, words)


def _refused(answer: Mapping[str, Any], words: Mapping[str, str]) -> list[str]:
    return [words["refused"].format(**one) for one in answer["refused"]]
