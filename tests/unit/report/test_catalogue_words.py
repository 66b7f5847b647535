# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents need of the catalogue: words for every code, an impact for every finding."""

from __future__ import annotations

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)

CATALOGUE = load()
SETTINGS = resolve_settings(CATALOGUE, {})


@pytest.mark.parametrize("check_id", sorted(CATALOGUE.checks))
def test_every_code_has_words(check_id: str) -> None:
    check = compile_check(CATALOGUE, check_id, SETTINGS)
    states = (check.get("states") or {}).values()
    codes = {code for values in states for code in values if isinstance(code, str)}
    assert codes <= set(check["words"]), "add words to catalogue/codes.yml or to the check"


@pytest.mark.parametrize("check_id", sorted(CATALOGUE.checks))
def test_every_finding_has_an_impact(check_id: str) -> None:
    check = compile_check(CATALOGUE, check_id, SETTINGS)
    if {"warn", "fail"} & CATALOGUE.checks[check_id].statuses():
        assert check["impact"]["zh"], "add impact: to the check or to its clause"
        assert check["impact"]["en"]


def test_own_words_of_a_check_come_before_the_common_ones() -> None:
    check = compile_check(CATALOGUE, "gdca.authentication_works", SETTINGS)
    assert check["words"]["refused"]["zh"] == "被拒绝"
    assert CATALOGUE.codes["refused"]["zh"] == "拒绝连接"


def test_sentences_word_their_codes_and_results_keep_them() -> None:
    check = compile_check(CATALOGUE, "host.service_running", SETTINGS)
    row = {"service": "process", "state": "stopped", "manager": "process"}
    (result,) = judge(check, {"rows": [row]}, "app01")
    # The part is the site's own name and stays, even where it is spelt like a code.
    assert result["message"]["zh"] == "服务 process 未运行（按进程判断，状态：已停止）"
    assert result["message"]["en"] == "service process is not running (by its process: stopped)"
    assert result["observed"] == "stopped"
    assert result["data"]["manager"] == "process"
