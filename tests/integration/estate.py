# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab and the main job, as a user starts them: processes, files, exit statuses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Lab:
    """One lab of its own: a state folder and the commands on it."""

    state: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which inventory and commands find this lab."""
        return {**os.environ, "EBILL_LAB_STATE": str(self.state)}

    def command(self, *words: str) -> str:
        """Run ``python -m lab``; AssertionError with its output when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "lab", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def logins(self) -> int:
        """Log-in attempts that the stand-in database has counted."""
        return self.counter("oracle_logins")

    def counter(self, name: str) -> int:
        """What a part of the lab has counted."""
        return int(json.loads(self.command("status", "--json"))["counters"][name])

    def hostvars(self, target: str) -> dict[str, Any]:
        """What the lab tells the inventory about a target."""
        state = json.loads((self.state / "state.json").read_text(encoding="utf-8"))
        found: dict[str, Any] = state["hostvars"][target]
        return found


@dataclass
class Run:
    """One run of a playbook: how it ended and what it left."""

    status: int
    output: str
    folder: Path
    url: str = field(repr=False)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger that the run wrote."""
        return Ledger(self.url)

    @cached_property
    def id(self) -> str:
        """The id of the newest run in the ledger."""
        return str(self.ledger.runs()[-1]["id"])

    @cached_property
    def row(self) -> dict[str, Any]:
        """The newest run's row."""
        return self.ledger.run(self.id)

    @cached_property
    def results(self) -> list[dict[str, Any]]:
        """The newest run's results."""
        return [dict(result) for result in self.ledger.results(self.id)]

    def statuses(self) -> dict[str, int]:
        """Number of results by status."""
        counts: dict[str, int] = {}
        for result in self.results:
            counts[result["status"]] = counts.get(result["status"], 0) + 1
        return counts

    def of(self, check: str, target: str | None = None) -> list[dict[str, Any]]:
        """The results of a check."""
        return [
            result
            for result in self.results
            if result["check"] == check and target in (None, result["target"])
        ]

    def document(self, suffix: str) -> Path:
        """The newest document of a suffix, of whatever kind."""
        found = sorted((self.folder / "reports").rglob(f"*{suffix}"), key=os.path.getmtime)
        assert found, f"no {suffix} below {self.folder}"
        return found[-1]

    @cached_property
    def html_text(self) -> str:
        """The HTML report's text, white space folded."""
        reader = _Text()
        reader.feed(self.document(".html").read_text(encoding="utf-8"))
        return fold(" ".join(reader.parts))

    @cached_property
    def word_text(self) -> str:
        """The Word report's text, of paragraphs and tables, white space folded."""
        document = docx.Document(str(self.document(".docx")))
        texts = [
            node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")
        ]
        return fold("".join(texts))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def fold(text: str) -> str:
    """Leave out white space and the breaks that a layout may put anywhere."""
    return re.sub(r"[\s\u200b\u00ad]+", "", text)


def start(lab: Lab, output: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start the main job (or the playbook named first) and return the process."""
    words = list(arguments)
    playbook = words.pop(0) if words and words[0].endswith(".yml") else "quarterly_inspection.yml"
    return subprocess.Popen(
        [str(Path(sys.executable).parent / "ansible-playbook"), playbook, *words],
        cwd=ROOT,
        env={
            **lab.environment,
            "EBILL_OUTPUT": str(output),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_HOME": str(lab.state / "ansible"),
            "PYTHONWARNINGS": "ignore",
            **variables,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def inspect(lab: Lab, output: Path, *arguments: str, **variables: str) -> Run:
    """Run the main job (or the playbook named first) to its end."""
    process = start(lab, output, *arguments, **variables)
    said, _ = process.communicate(timeout=240)
    url = variables.get("EBILL_LEDGER_URL") or default_url(output)
    return Run(process.returncode, said, output, url)
