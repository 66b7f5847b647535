# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue's validation: a fault names file, check and key."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    CATALOGUE_FOLDER,
    CatalogueError,
    load,
    resolve_settings,
)


def _spoiled(tmp_path: Path, **changes: Any) -> Path:
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE_FOLDER, folder)
    path = folder / "host.yml"
    area = yaml.safe_load(path.read_text(encoding="utf-8"))
    check = next(c for c in area["checks"] if c["id"] == "host.disk_used")
    for key, value in changes.items():
        if value is None:
            del check[key]
        else:
            check[key] = value
    path.write_text(yaml.safe_dump(area, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"level": "urgent"}, "host.yml: host.disk_used: level: Input should be 'high', 'medium'"),
        (
            {"clauses": ["ENV-99"]},
            "host.yml: host.disk_used: clauses: ENV-99 is not in clauses.yml",
        ),
        ({"limits": None}, "host.yml: host.disk_used: give exactly one of limits, states"),
        ({"advice": None}, "advice is missing"),
        ({"colour": "red"}, "host.yml: host.disk_used: colour: Extra inputs are not permitted"),
        ({"id": "disk.used"}, "disk.used: id: must begin with 'host.'"),
        (
            {"limits": {"direction": "above", "fail": {"setting": "x"}}},
            "limits.fail: setting 'x' is not in readings.yml",
        ),
        (
            {"messages": {"pass": {"zh": "好", "en": "ok"}}},
            "host.disk_used: messages.warn is missing",
        ),
        ({"value": "days_left"}, "host.disk_used: messages.past is missing"),
    ],
)
def test_an_incomplete_check_cannot_be_loaded(
    tmp_path: Path, changes: dict[str, Any], fault: str
) -> None:
    if changes.get("limits"):
        area = yaml.safe_load((CATALOGUE_FOLDER / "host.yml").read_text(encoding="utf-8"))
        check = next(c for c in area["checks"] if c["id"] == "host.disk_used")
        changes = {**changes, "messages": {k: check["messages"][k] for k in ("pass", "fail")}}
    with pytest.raises(CatalogueError) as error:
        load(_spoiled(tmp_path, **changes))
    assert fault in str(error.value)


def test_a_template_reaches_no_attribute(tmp_path: Path) -> None:
    bad = {"zh": "{part.__class__}", "en": "x"}
    messages = dict.fromkeys(("pass", "warn", "fail"), bad)
    with pytest.raises(CatalogueError, match=r"messages\.pass\.zh: not a format"):
        load(_spoiled(tmp_path, messages=messages))


def test_broken_yaml_names_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE_FOLDER, folder)
    (folder / "host.yml").write_text("area: [", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"host\.yml: not valid YAML"):
        load(folder)


@pytest.mark.parametrize(
    ("site", "fault"),
    [
        ({"usage_limit_pct": "90"}, "ebill_site.usage_limit_pct: '90' is not allowed; allowed: a"),
        ({"usage_limit_pct": 0}, "allowed: a number from 1.0 to 100.0"),
        ({"quarter_basis": "year"}, "allowed: contract, calendar"),
        ({"half_day": "yes"}, "allowed: true, false"),
    ],
)
def test_a_reading_outside_its_values_is_refused(site: dict[str, Any], fault: str) -> None:
    with pytest.raises(CatalogueError) as error:
        resolve_settings(load(), site)
    assert fault in str(error.value)


def test_a_choice_that_no_words_say_is_refused(tmp_path: Path) -> None:
    folder = _spoiled(tmp_path)
    path = folder / "readings.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("allowed: [quarter, year]", "allowed: [quarter, month]"), "utf-8")
    with pytest.raises(CatalogueError, match=r"readings\.yml: faq_submit: .*quarter, month"):
        load(folder)


def test_the_contract_has_its_39_clauses() -> None:
    catalogue = load()
    assert len(catalogue.clauses) == 39
    quarterly = {c.id for c in catalogue.clauses.values() if c.answered == "automated"}
    answered = {clause for check in catalogue.checks.values() for clause in check.clauses}
    assert quarterly <= answered, f"no check answers {sorted(quarterly - answered)}"


def test_an_area_may_keep_checks_in_a_folder_of_its_name(tmp_path: Path) -> None:
    folder = _spoiled(tmp_path)
    path = folder / "host.yml"
    area = yaml.safe_load(path.read_text(encoding="utf-8"))
    moved = area["checks"].pop()
    path.write_text(yaml.safe_dump(area, allow_unicode=True), encoding="utf-8")
    more = folder / "host" / "more.yml"
    more.parent.mkdir()
    more.write_text(yaml.safe_dump({"checks": [moved]}, allow_unicode=True), encoding="utf-8")
    assert moved["id"] in load(folder).checks
    more.write_text(yaml.safe_dump({"checks": [moved, moved]}), encoding="utf-8")
    with pytest.raises(CatalogueError, match="used twice"):
        load(folder)
