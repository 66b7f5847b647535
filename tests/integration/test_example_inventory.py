# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example inventory never goes stale: it loads, is inspected, and shows every variable."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.ebill.ops.plugins.plugin_utils import catalogue as catalogue_file
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger

from tests.integration.estate import ROOT

EXAMPLE = ROOT / "inventories" / "example"
CLOSED = "127.0.0.1"
# Nothing listens on port 1 of loopback: every target refuses at once, no name is looked up.
REFUSING = {
    "ansible_host": CLOSED,
    "ansible_port": 1,
    "inspect_oracle_port": 1,
    "inspect_web_base_url": f"https://{CLOSED}:1",
    "inspect_interface_url": "{{ 'http' if inventory_hostname == 'his' else 'https' }}"
    f"://{CLOSED}:1",
    "inspect_interface_host": CLOSED,
    "inspect_interface_port": 1,
    "inspect_gdca_url": f"https://{CLOSED}:1",
    "report_formats": ["json"],
}


@pytest.fixture
def hospital(tmp_path: Path) -> Path:
    """The example as a user completes it by the README: copied, its vault encrypted, filled in."""
    inventory = tmp_path / "inventory"
    shutil.copytree(EXAMPLE, inventory)
    vault = inventory / "group_vars" / "all" / "vault.yml"
    example = vault.with_name("vault.yml.example")
    vault.write_text(example.read_text(encoding="utf-8").replace("CHANGE-ME", "one"), "utf-8")
    example.unlink()
    (tmp_path / "password").write_text("only-for-this-test\n", encoding="utf-8")
    command(tmp_path, "ansible-vault", "encrypt", str(vault))
    assert vault.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    return inventory


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of Ansible's commands with the test's vault password and output folder."""
    return subprocess.run(
        [str(Path(sys.executable).parent / words[0]), *words[1:]],
        cwd=ROOT,
        env={
            **os.environ,
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(folder / "password"),
            "EBILL_OUTPUT": str(folder / "output"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_example_as_it_lies_there_can_be_listed(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("unused\n", encoding="utf-8")
    done = command(tmp_path, "ansible-inventory", "-i", str(EXAMPLE), "--list")
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    groups = {area.group for area in catalogue_file.load().areas.values()}
    assert groups == set(listed["ebill"]["children"])
    assert all(listed[group]["hosts"] for group in groups)


def test_the_example_is_inspected_without_a_fault_of_its_own(
    hospital: Path, tmp_path: Path
) -> None:
    """Its targets refuse; what would be wrong with the example shows as another reason."""
    done = command(
        tmp_path,
        "ansible-playbook",
        "-i",
        str(hospital),
        "quarterly_inspection.yml",
        "-e",
        json.dumps(REFUSING),
    )
    ledger = Ledger(default_url(tmp_path / "output"))
    rows = ledger.runs()
    assert rows, done.stdout + done.stderr
    run: str = rows[-1]["id"]
    results: list[dict[str, Any]] = [dict(result) for result in ledger.results(run)]
    catalogue = catalogue_file.load()
    usual = {name for name, area in catalogue.areas.items() if not area.on_demand}
    assert {result["area"] for result in results} == usual
    assert ledger.missing(run) == []
    own_fault = ("crashed", "not_configured", "bad_answer")
    wrong = [
        (result["target"], result["check"], result["message"]["zh"])
        for result in results
        if result["status"] == "not_run"
        or (result["status"] != "skipped" and result["reason"] in own_fault)
    ]
    assert wrong == []


def test_a_vault_that_was_not_filled_in_is_refused(hospital: Path, tmp_path: Path) -> None:
    vault = hospital / "group_vars" / "all" / "vault.yml"
    shutil.copy(EXAMPLE / "group_vars" / "all" / "vault.yml.example", vault)
    done = command(tmp_path, "ansible-playbook", "-i", str(hospital), "quarterly_inspection.yml")
    said = done.stdout + done.stderr
    assert done.returncode == 3, said
    for name in ("inspect_oracle_password", "inspect_web_password"):
        assert f"{name}: still CHANGE-ME" in said
    assert Ledger(default_url(tmp_path / "output")).runs() == []


def texts() -> str:
    """Everything that the example says, comments too."""
    files = (path for path in sorted(EXAMPLE.rglob("*")) if path.is_file())
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize(
    "spec",
    sorted(ROOT.glob("roles/*/meta/argument_specs.yml")),
    ids=lambda path: path.parents[1].name,
)
def test_every_variable_of_every_role_is_shown(spec: Path) -> None:
    document = yaml.safe_load(spec.read_text(encoding="utf-8"))
    names = {name for entry in document["argument_specs"].values() for name in entry["options"]}
    assert names
    shown = texts()
    assert {name for name in names if not re.search(rf"(?<!\w){name}:\s", shown)} == set()


def test_every_reading_of_the_contract_is_shown_with_its_default() -> None:
    shown = texts()
    for key, reading in catalogue_file.load().readings.items():
        found = re.search(rf"# {key}: (\S+)", shown)
        assert found, key
        assert yaml.safe_load(found[1]) == reading.default, key


def test_the_checks_that_limits_and_waivers_name_exist() -> None:
    catalogue = catalogue_file.load()
    areas = "|".join(catalogue.areas)
    shown = (EXAMPLE / "group_vars" / "all" / "limits_waivers.yml").read_text(encoding="utf-8")
    named = set(re.findall(rf"\b(?:{areas})\.[a-z_]+\b", shown))
    assert named
    assert named <= set(catalogue.checks)


def test_passwords_stand_in_the_vault_only() -> None:
    shown = texts()
    for name, value in re.findall(r"(\w*password): (.*)", shown):
        if not name.startswith("vault_"):
            assert re.fullmatch(r'"\{\{ \w+ \}\}"', value) or "{password}" in value, (name, value)
    used = set(re.findall(r"\{\{ (vault_\w+) \}\}", shown))
    vault = yaml.safe_load(
        (EXAMPLE / "group_vars" / "all" / "vault.yml.example").read_text(encoding="utf-8")
    )
    assert set(vault) == used
