# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Freeze a report: all its files at once, never over an older one, with SHA-256 sums.

A version is a folder ``v1``, ``v2`` ... beside the others. It is written under a hidden name
and renamed when all of it is on the disk: a reader sees a whole version or none.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.ebill.ops.plugins.plugin_utils.report.source import ReportError

SUMS = "SHA256SUMS"
_VERSION = re.compile(r"v([1-9]\d*)\Z")
_SAFE = re.compile(r"[^/\\\0]+\Z")


def versions(directory: Path) -> list[int]:
    """Return the versions that are frozen in a folder, oldest first."""
    if not directory.is_dir():
        return []
    found = (_VERSION.match(path.name) for path in directory.iterdir() if path.is_dir())
    return sorted(int(match.group(1)) for match in found if match)


def next_version(directory: Path) -> int:
    """Return the number after the newest frozen version."""
    return max(versions(directory), default=0) + 1


def freeze(directory: Path, files: Mapping[str, bytes], version: int | None = None) -> Path:
    """Write ``files`` (name -> content) and their sums as a new version; return its folder.

    Without ``version`` the next free one is taken. A version that exists, or that somebody else
    took meanwhile, raises VersionTaken. Raises ReportError when the disk is full or the folder
    may not be written; nothing is left behind then.
    """
    for name in files:
        if not _SAFE.match(name) or name in (".", "..", SUMS):
            raise ReportError(f"not a file name for a report: {name!r}")
    number = version or next_version(directory)
    target = directory / f"v{number}"
    partial: Path | None = None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".v{number}.", dir=directory))
        for name, content in {**files, SUMS: sums(files)}.items():
            _write(partial / name, content)
        partial.chmod(0o755)
        _sync(partial)
        _claim(partial, target)
        _sync(directory)
    except OSError as problem:
        # Without its cause: Ansible would show that once more behind the sentence.
        raise ReportError(
            f"the report cannot be written to {directory}: {problem.strerror or problem}."
            " Check that this user may write there and that there is room, then make it again from"
            " the ledger: ansible-playbook playbooks/report_quarterly.yml"
        ) from None
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)
    return target


class VersionTaken(ReportError):
    """The version exists already; a frozen report is never overwritten."""


def _claim(partial: Path, target: Path) -> None:
    """Rename into place. A rename onto a folder that holds files fails, so it can't overwrite."""
    if target.exists():
        raise VersionTaken(f"report version {target} exists and is not overwritten")
    try:
        partial.rename(target)
    except OSError as problem:
        if target.exists():
            raise VersionTaken(
                f"report version {target} exists and is not overwritten"
            ) from problem
        raise


def sums(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest in the form that ``sha256sum -c`` reads."""
    lines = (
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    )
    return "".join(lines).encode()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o444)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
