# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret and no patient leaves: what was planted occurs in no output at all."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lab.hosts.canaries import CANARIES
from lab.site import content as site
from tests.integration.estate import Lab, Run, inspect


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file below the output folder as text, and what is packed inside of it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield str(path), path.read_bytes().decode("utf-8", "replace")
        if path.suffix in (".docx", ".xlsx", ".zip"):
            with zipfile.ZipFile(path) as package:
                for name in package.namelist():
                    yield f"{path}:{name}", package.read(name).decode("utf-8", "replace")
        if path.suffix == ".pdf":
            done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=False)
            yield f"{path}:text", done.stdout.decode("utf-8", "replace")
        if path.suffix == ".db":
            with sqlite3.connect(path) as connection:
                for (content,) in connection.execute("SELECT content FROM evidence"):
                    yield f"{path}:evidence", zlib.decompress(content).decode("utf-8", "replace")
                for (body,) in connection.execute("SELECT body FROM result"):
                    yield f"{path}:result", json.dumps(json.loads(body), ensure_ascii=False)


def _secrets(lab: Lab) -> set[str]:
    """Every password and key that the lab hands to the inventory."""
    state = json.loads((lab.state / "state.json").read_text(encoding="utf-8"))
    found = set()
    for variables in state["hostvars"].values():
        for name, value in variables.items():
            if re.search("password|secret|token", name):
                found.add(str(value))
            if name.endswith("key_file"):
                lines = Path(value).read_text(encoding="utf-8").splitlines()
                found.add(lines[len(lines) // 2])
    return found


def _log_evidence(run: Run) -> str:
    """The masked evidence of app01's logs."""
    digests = {
        (item["target"], item["area"]): item["sha256"] for item in run.ledger.evidence(run.id)
    }
    texts = dict(run.ledger.evidence_texts(run.id))
    return texts[digests["app01", "log"]].decode("utf-8")


def test_what_was_planted_occurs_nowhere(lab: Lab, tmp_path: Path) -> None:
    lab.command("break", "log.errors", "log.alert_ora", "oracle.wrong_password", "web.login_fails")
    wrong = inspect(lab, tmp_path, "-vvv")
    # Else there was nothing that could leak: the lines with patients are shown, masked.
    assert "票据开具失败 姓名=欧* 身份证号=*** 手机号=*** 卡号=***" in _log_evidence(wrong)
    assert {r["reason"] for r in wrong.of("oracle.user_tablespace_used")} == {"login_refused"}
    lab.command("mend", "oracle.wrong_password", "web.login_fails")
    right = inspect(lab, tmp_path, "-vvv")
    # The pages with patients were opened.
    assert [r["status"] for r in right.of("web.page_opens")] == ["pass"] * 8
    planted = {*CANARIES, *site.CANARIES} | _secrets(lab)
    assert len(planted) >= 8
    found = [
        (place, canary)
        for place, text in [
            *_texts(tmp_path),
            ("terminal", wrong.output),
            ("terminal", right.output),
        ]
        for canary in planted
        if canary in text
    ]
    assert found == []
