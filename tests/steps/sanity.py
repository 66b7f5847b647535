# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test sanity, on a copy of the collection as it would be built.

ansible-test wants a real tree named ansible_collections/NAMESPACE/NAME and refuses the project's
links; the copy needs a repository of its own, or everything below the ignored folder is skipped
with success.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import yaml

# ansible-test fetches get-pip.py from the network; ensurepip brings the same pip without it.
# In a child process, since it would clear the PIP_* variables of this one.
GET_PIP = """\
import subprocess, sys
subprocess.check_call([sys.executable, "-m", "ensurepip"])
unknown = ("--no-setuptools", "--no-wheel")
wanted = [word for word in sys.argv[1:] if word not in unknown]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *wanted]))
"""


def main(root: Path) -> int:
    """Copy the tree and run every sanity test on it; return the exit status."""
    tree = root / ".cache" / "tree" / "ansible_collections" / "ebill" / "ops"
    _copy(root, tree)
    home = root / ".cache" / "home"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in ("get_pip_24_2.py", "get_pip_25_2.py"):
        (cache / name).write_text(GET_PIP, encoding="utf-8")
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("ANSIBLE_CONFIG", "ANSIBLE_HOME", "ANSIBLE_COLLECTIONS_PATH")
    }
    environment["HOME"] = str(home)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return subprocess.run(
        ["ansible-test", "sanity", "--python", version, "--color", "no"],
        cwd=tree,
        env=environment,
        check=False,
    ).returncode


def _copy(root: Path, tree: Path) -> None:
    ignored = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    shutil.rmtree(tree, ignore_errors=True)
    for name in listed:
        source = root / name
        left_out = any(
            fnmatch(part, rule) for rule in ignored for part in (name, name.split("/")[0])
        )
        if left_out or not source.is_file():
            continue
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    for command in (["git", "init", "-q"], ["git", "add", "-A"]):
        subprocess.run(command, cwd=tree, check=True)
