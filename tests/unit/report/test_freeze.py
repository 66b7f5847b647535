# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen reports: whole or absent, never overwritten, and provable by sha256sum."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils import report
from ansible_collections.ebill.ops.plugins.plugin_utils.report.freeze import (
    VersionTaken,
    freeze,
    next_version,
    versions,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError

from tests.golden import source

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "report_templates/quarterly"
FILES = {"报告.html": b"<p>1</p>", "b.json": b"{}"}


def test_versions_follow_each_other(tmp_path: Path) -> None:
    assert next_version(tmp_path / "new") == 1
    assert freeze(tmp_path, FILES) == tmp_path / "v1"
    assert freeze(tmp_path, FILES) == tmp_path / "v2"
    assert versions(tmp_path) == [1, 2]


def test_frozen_version_is_never_overwritten(tmp_path: Path) -> None:
    frozen = freeze(tmp_path, FILES, 1)
    with pytest.raises(VersionTaken, match="v1 exists and is not overwritten"):
        freeze(tmp_path, {"b.json": b"other"}, 1)
    assert (frozen / "b.json").read_bytes() == b"{}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v1"]


def test_many_at_once_get_a_version_each(tmp_path: Path) -> None:
    def one(number: int) -> Path:
        while True:
            try:
                return freeze(tmp_path, {"n": str(number).encode()})
            except VersionTaken:
                continue

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(24)))
    assert len(set(found)) == 24
    assert {(path / "n").read_text() for path in found} == {str(n) for n in range(24)}


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum here")
def test_sums_are_checked_by_sha256sum(tmp_path: Path) -> None:
    frozen = freeze(tmp_path, FILES)
    subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=frozen,
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("name", ["../x", "a/b", "", "..", "SHA256SUMS", "a\0b"])
def test_odd_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportError, match="not a file name"):
        freeze(tmp_path / "out", {name: b""})
    assert not (tmp_path / "out").exists()


SCRIPT = """
import resource, signal, sys
from pathlib import Path
from ansible_collections.ebill.ops.plugins.plugin_utils.report.freeze import freeze
from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError
{setup}
try:
    freeze(Path(sys.argv[1]), {{"small": b"1", "large": b"x" * 2_000_000}})
except ReportError as problem:
    print(problem)
print(sorted(path.name for path in Path(sys.argv[1]).iterdir()))
"""
WHAT_TO_DO = (
    "Check that this user may write there and that there is room, then make it again from the"
    " ledger: ansible-playbook playbooks/report_quarterly.yml"
)
LIMIT = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
"""


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "collections")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", SCRIPT.format(setup=LIMIT), str(tmp_path)])
    assert done.stdout.splitlines() == [
        f"the report cannot be written to {tmp_path}: File too large. {WHAT_TO_DO}",
        "[]",
    ], done.stderr


def test_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """On a real file system of 200 KiB, where the kernel allows one."""
    mount = f'mount -t tmpfs -o size=200k tmpfs "{tmp_path}" && exec "$@"'
    if run(["unshare", "-Urm", "sh", "-c", mount, "sh", "true"]).returncode:
        pytest.skip("this kernel does not let an ordinary user mount a tmpfs of its own")
    command = [sys.executable, "-c", SCRIPT.format(setup=""), str(tmp_path)]
    done = run(["unshare", "-Urm", "sh", "-c", mount, "sh", *command])
    assert done.stdout.splitlines() == [
        f"the report cannot be written to {tmp_path}: No space left on device. {WHAT_TO_DO}",
        "[]",
    ], done.stderr


def test_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(ReportError, match=r"cannot be written to .*out: ") as problem:
        freeze(tmp_path / "out", FILES)
    # Ansible writes the cause of an error behind it: the reason would stand there twice.
    assert problem.value.__cause__ is None


def test_issue_writes_all_formats_and_the_next_version(tmp_path: Path) -> None:
    model, first = report.issue(source.green(), tmp_path, TEMPLATES)
    assert set(first) == set(report.FORMATS)
    assert first["docx"] == tmp_path / "2026Q4/v1/季度巡检报告_2026Q4_v1.docx"
    assert first["json"].name == "quarterly_inspection_2026Q4_v1.json"
    assert model["cover"]["version"] == "v1"
    model, second = report.issue(source.green(), tmp_path, TEMPLATES, formats=["json"])
    assert model["cover"]["version"] == "v2"
    assert second["json"].parent.name == "v2"


@pytest.mark.parametrize("form", list(report.FORMATS))
def test_names_in_ascii(form: str) -> None:
    for name in (
        report.file_name(form, "2026Q4", 3, "en"),
        report.file_name(form, "2026Q4", 3, "zh", ascii_only=True),
    ):
        assert name.isascii()
        assert "_2026Q4_v3." in name
