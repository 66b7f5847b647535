# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a shell collector as a target would: each shell, with coreutils or with busybox alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

from tests.requirement import need_command

SHELLS = ("dash", "bash", "busybox")


@dataclass(frozen=True)
class Target:
    """A shell, and the folder that its tools are taken from ("" for the machine's own)."""

    shell: str
    tools: str = ""
    prefix: tuple[str, ...] = ()

    def run(self, script: str, timeout: float = 120) -> bytes:
        """Feed the script to the shell's standard input; nothing may come on standard error."""
        environment = {**os.environ, "PATH": self.tools or os.environ["PATH"]}
        path = need_command(self.shell)
        words = [path, "sh", "-s"] if self.shell == "busybox" else [path, "-s"]
        done = subprocess.run(
            [*self.prefix, *words],
            input=script.encode("utf-8"),
            capture_output=True,
            timeout=timeout,
            env=environment,
            check=False,
        )
        assert done.stderr == b""
        return done.stdout

    def collect(
        self,
        collector: ModuleType,
        options: Mapping[str, Any],
        bookmarks: Mapping[str, Any] | None = None,
        timeout_seconds: float = 60,
    ) -> Collected:
        """Script, run and parse, as the action does."""
        before = Context(datetime.now(UTC), None, bookmarks or {}, timeout_seconds)
        output = self.run(collector.script(options, before))
        after = Context(before.sent, datetime.now(UTC), bookmarks or {}, timeout_seconds)
        collected: Collected = collector.parse(output, options, after)
        return collected


def busybox_tools(folder: Path, without: Sequence[str] = ()) -> str:
    """A folder in which every tool is busybox's, but for those left out."""
    busybox = need_command("busybox")
    names = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True)
    folder.mkdir()
    for name in names.stdout.split():
        if name not in without:
            (folder / name).symlink_to(busybox)
    return str(folder)


def tools_without(folder: Path, *missing: str) -> str:
    """A folder with the machine's tools, but for those left out."""
    folder.mkdir()
    for directory in ("/usr/bin", "/bin"):
        for path in Path(directory).iterdir():
            link = folder / path.name
            if path.name not in missing and not link.is_symlink():
                link.symlink_to(shutil.which(path.name, path=directory) or path)
    return str(folder)
