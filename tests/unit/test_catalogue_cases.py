# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check's cases (tests/cases/<area>.yml) through the judge, by one runner.

A status that a check can take, or a sentence that it can say, without a case fails here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)

CASES_FOLDER = Path(__file__).resolve().parents[1] / "cases"
CATALOGUE = load()


def _cases() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(CASES_FOLDER.rglob("*.yml")):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    return found


CASES = _cases()


def _results(check_id: str, case: dict[str, Any]) -> list[dict[str, Any]]:
    settings = resolve_settings(CATALOGUE, case.get("settings", {}))
    check = compile_check(CATALOGUE, check_id, settings)
    return [dict(r) for r in judge(check, case["observation"], "host01", case.get("limits"))]


@pytest.mark.parametrize(
    ("check_id", "case"),
    [pytest.param(c, k, id=f"{c}: {k['case']}") for c, ks in CASES.items() for k in ks],
)
def test_case(check_id: str, case: dict[str, Any]) -> None:
    results = _results(check_id, case)
    seen = []
    for result, wanted in zip(results, case["expect"], strict=True):
        got = {
            key: result[key]
            for key in ("status", "part", "reason", "limit_source", "observed")
            if key in wanted
        }
        got.update({lang: result["message"][lang] for lang in ("zh", "en") if lang in wanted})
        seen.append((got, wanted))
    assert [got for got, _ in seen] == [wanted for _, wanted in seen]


@pytest.mark.parametrize("check_id", sorted(CATALOGUE.checks))
def test_every_status_and_sentence_has_a_case(check_id: str) -> None:
    check = CATALOGUE.checks[check_id]
    cases = CASES.get(check_id, [])
    shown = [wanted for case in cases for wanted in case["expect"]]
    statuses = {wanted["status"] for wanted in shown}
    assert check.statuses() <= statuses, f"no case for {check.statuses() - statuses}"
    judged = check.statuses() - {"error", "skipped"}
    for language in ("zh", "en"):
        worded = {wanted["status"] for wanted in shown if language in wanted}
        assert judged <= worded, f"no case quotes the {language} sentence of {judged - worded}"
        if check.messages.past:
            over = [one for one in shown if language in one and one.get("observed", 0) < 0]
            assert over, f"no case quotes the {language} sentence of past"


def test_cases_name_existing_checks() -> None:
    assert sorted(set(CASES) - set(CATALOGUE.checks)) == []
