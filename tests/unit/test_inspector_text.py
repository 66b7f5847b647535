# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read of the inspection account, in both languages."""

from __future__ import annotations

from string import Formatter
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import load
from ansible_collections.ebill.ops.plugins.plugin_utils.inspector_text import (
    REFUSALS,
    WORDS,
    lines,
)

CATALOGUE = load()
TITLES = {name: check.title.model_dump() for name, check in CATALOGUE.checks.items()}
ACCOUNT = {
    "name": "EBILL_OPS",
    "exists": True,
    "status": "OPEN",
    "release": "19.21.0.0.0",
    "container": "EBILLPDB",
}
LACKS = {"grant": "SYS.V_$SESSION", "checks": ["oracle.sessions_blocking"]}
GRANT = "GRANT READ ON SYS.V_$SESSION TO EBILL_OPS"
HEAD = "ebilldb：巡检账号 EBILL_OPS，Oracle 19.21.0.0.0，容器 EBILLPDB"


def answer(**changed: Any) -> dict[str, Any]:
    found = {
        "changed": bool(changed.get("statements")),
        "account": ACCOUNT,
        "statements": [],
        "missing": [],
        "surplus": [],
        "beyond": [],
        "refused": [],
    }
    return {**found, **changed}


def said(state: str, language: str = "zh", *, dry: bool = False, **changed: Any) -> list[str]:
    return lines(
        "ebilldb",
        answer(**changed),
        state,
        language,
        dry=dry,
        titles=TITLES,
        reasons=CATALOGUE.reasons,
    )


@pytest.mark.parametrize(
    ("state", "dry", "changed", "expected"),
    [
        ("present", False, {}, ["账号已存在，状态 OPEN", "授权齐全"]),
        ("checked", True, {}, ["授权齐全"]),
        (
            "present",
            True,
            {"missing": [LACKS], "statements": [GRANT]},
            [
                "账号已存在，状态 OPEN",
                "缺少 1 项授权，影响的检查项如下",
                "  SYS.V_$SESSION：阻塞其他会话的会话",
                "将执行下列语句（本次未执行）",
                f"  {GRANT};",
            ],
        ),
        (
            "present",
            False,
            {"missing": [LACKS], "statements": [GRANT]},
            [
                "账号已存在，状态 OPEN",
                "已补齐 1 项授权，涉及的检查项如下",
                "  SYS.V_$SESSION：阻塞其他会话的会话",
            ],
        ),
        (
            "present",
            False,
            {"missing": [LACKS], "refused": [{"statement": GRANT, "code": "ORA-01031"}]},
            [
                "账号已存在，状态 OPEN",
                "缺少 1 项授权，影响的检查项如下",
                "  SYS.V_$SESSION：阻塞其他会话的会话",
                f"数据库拒绝执行：{GRANT}（ORA-01031）",
            ],
        ),
        (
            "present",
            False,
            {"surplus": ["SELECT ON SYS.V_$SQL"], "beyond": ["SELECT ANY TABLE"]},
            [
                "账号已存在，状态 OPEN",
                "授权齐全",
                "有 1 项授权当前检查项用不到，可设 oracle_inspector_revoke_surplus: true 收回："
                "SELECT ON SYS.V_$SQL",
                "账号另有超出巡检需要的权限，请 DBA 核对：SELECT ANY TABLE",
            ],
        ),
        (
            "present",
            False,
            {"account": {**ACCOUNT, "exists": False}, "missing": [LACKS], "statements": [GRANT]},
            ["账号已建立，并授予 1 项查询权限"],
        ),
        ("absent", True, {"statements": ["DROP USER EBILL_OPS"]}, ["账号将被删除"]),
        ("absent", False, {"statements": ["DROP USER EBILL_OPS"]}, ["账号已删除"]),
        (
            "absent",
            False,
            {"account": {**ACCOUNT, "exists": False}},
            ["账号不存在，无需删除"],
        ),
        (
            "absent",
            False,
            {"refused": [{"statement": "DROP USER EBILL_OPS", "code": "ORA-01940"}]},
            ["数据库拒绝执行：DROP USER EBILL_OPS（ORA-01940）"],
        ),
    ],
)
def test_lines(state: str, dry: bool, changed: dict[str, Any], expected: list[str]) -> None:
    assert said(state, dry=dry, **changed) == [HEAD, *(f"  {line}" for line in expected)]
    assert len(said(state, "en", dry=dry, **changed)) == len(expected) + 1


def test_a_difference_that_ansible_shows_is_not_shown_twice() -> None:
    found = {"missing": [LACKS], "statements": [GRANT]}
    shown = said("present", dry=True, diff=[{"prepared": f"{GRANT};\n"}], **found)
    assert not any(GRANT in line for line in shown)


def test_many_checks_are_counted() -> None:
    many = {"grant": "SYS.V_$CONTAINERS", "checks": list(TITLES)[:9]}
    assert said("checked", dry=True, missing=[many])[2].endswith("等 9 项")


@pytest.mark.parametrize("reason", [*REFUSALS, "listener_silent", "missing_grant"])
@pytest.mark.parametrize("language", WORDS)
def test_a_problem_is_said_in_words(reason: str, language: str) -> None:
    found = lines(
        "ebilldb",
        {"changed": False, "problem": {"reason": reason, "detail": "DETAIL"}},
        "present",
        language,
        dry=False,
        titles=TITLES,
        reasons=CATALOGUE.reasons,
    )
    assert len(found) == 1
    assert found[0].startswith("ebilldb")
    assert "DETAIL" in found[0]
    assert reason not in found[0]


def test_an_answer_without_an_account_is_shown_as_it_came() -> None:
    found = lines("ebilldb", {"msg": "boom"}, "present", "zh", dry=False, titles={}, reasons={})
    assert found == ["ebilldb：boom"]


def test_both_languages_say_the_same_things() -> None:
    def fields(text: str) -> set[str | None]:
        return {field for _, field, _, _ in Formatter().parse(text) if field}

    assert set(WORDS["zh"]) == set(WORDS["en"])
    for key, text in WORDS["zh"].items():
        assert fields(text) == fields(WORDS["en"][key]), key
