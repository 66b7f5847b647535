# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the site says about its database, and what the last run remembered of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Wanted:
    """What to gather, and what a subject must know to answer; every field has a default.

    ``gather``: names of subjects.py; empty means all. ``user_tablespaces``: the e-bill system's;
    empty means all that are not the database's own. ``rman_expected``: kinds of RMAN backup in
    the backup plan; empty means that RMAN is not in use. ``licensed_diagnostics``: the site has
    the Diagnostics Pack, so the views that need it may be read. ``earlier``: what ``remember``
    of each subject returned in the last run, by subject; a subject's ``observe`` and
    ``remember`` get their own dictionary, ``{}`` in the first run.
    """

    gather: Sequence[str] = ()
    user_tablespaces: Sequence[str] = ()
    read_only_tablespaces: Sequence[str] = ()
    rman_expected: Sequence[str] = ("full", "archivelog")
    licensed_diagnostics: bool = False
    application_schemas: Sequence[str] = ()
    """Schemas of the e-bill system; empty means all that are not Oracle's own."""
    application_accounts: Sequence[str] = ()
    """Database accounts that the e-bill system logs in with; none of them may expire."""
    disks: Mapping[str, int] = field(default_factory=dict)
    """Free bytes of the file systems of the database's server, by mount point."""
    disk_server: str = ""
    """The server that was asked for them; empty when nobody was."""
    owed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Ids of the checks by the observation that they read, to say what a missing grant costs."""
    earlier: Mapping[str, Any] = field(default_factory=dict)


def wanted_of(site: Mapping[str, Any]) -> Wanted:
    """Return what a task's options say of the site; options of other kinds are left out.

    ``df``, what the database's server says of its file systems, becomes ``disks``; those that
    the site names itself come first.
    """
    known = {item.name for item in fields(Wanted)}
    values = {name: value for name, value in site.items() if name in known}
    named = {mount: int(free) for mount, free in (values.get("disks") or {}).items()}
    values["disks"] = {**read_df(site.get("df") or ""), **named}
    return Wanted(**values)


def read_df(output: str) -> dict[str, int]:
    """Return available bytes by mount point from ``df -P -k`` (POSIX); other lines are ignored."""
    found: dict[str, int] = {}
    for line in output.splitlines():
        words = line.split(None, 5)
        if len(words) == 6 and words[3].isdigit() and words[5].startswith("/"):
            found[words[5]] = int(words[3]) * 1024
    return found
