# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job through ansible-runner, with the environment that AWX sets for a job.

AWX 24.6 sets its own stdout callback and callback path, overrides the inventory, and runs the
project's copy with the project's ansible.cfg. What is not tried here: a real AWX.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import ansible_runner
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger

from tests.integration.estate import ROOT, Lab


def _project(folder: Path) -> Path:
    """Copy the project as AWX does: its committed files, links kept, without .git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    project = folder / "project"
    project.mkdir()
    archive = subprocess.run(
        ["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=listed, capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x"], cwd=project, input=archive, check=True)
    return project


def test_a_job_as_awx_runs_it_finds_the_same_results(lab: Lab, tmp_path: Path) -> None:
    project = _project(tmp_path)
    output = tmp_path / "persistent"
    environment = {
        # As observed in a job of AWX 24.6.1; ansible-runner adds its own callback path to these.
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_FORCE_COLOR": "True",
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(tmp_path / "cp"),
        "AWX_HOST": "https://awx.invalid",
        "AWX_ISOLATED_DATA_DIR": str(tmp_path / "artifacts" / "17"),
        "JOB_ID": "17",
        "PROJECT_REVISION": "0" * 40,
        "INVENTORY_ID": "2",
        "EBILL_OUTPUT": str(output),
        "EBILL_LAB_STATE": str(lab.state),
        "HOME": os.environ["HOME"],
    }
    done = ansible_runner.run(
        private_data_dir=str(tmp_path),
        project_dir=str(project),
        playbook="quarterly_inspection.yml",
        inventory=str(project / "inventories" / "lab"),
        ident="17",
        envvars=environment,
        extravars={
            "awx_job_id": 17,
            "checks": "host,interface",
            "report_formats": ["html", "json"],
        },
        quiet=True,
    )
    said = done.stdout.read()
    assert done.status == "successful", said
    ledger = Ledger(default_url(output))
    (row,) = ledger.runs()
    assert row["state"] == "complete"
    assert ledger.missing(row["id"]) == []

    recorded = {
        (r["target"], r["check"], r["part"]): r["status"] for r in ledger.results(row["id"])
    }
    events = {}
    for event in done.events:
        body = (event.get("event_data") or {}).get("res") or {}
        for result in body.get("check_results") or []:
            events[result["target"], result["check"], result["part"]] = result["status"]
    assert events == recorded
    assert len(recorded) > 50
    (model,) = (output / "reports").glob("*/*/*.json")
    counts = json.loads(model.read_text(encoding="utf-8"))["conclusion"]["counts"]
    assert sum(counts.values()) == len(recorded)
    assert "应检" in said
