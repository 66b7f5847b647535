# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a run still lives: its process on this machine, its signs of life on another."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.absent import absent
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.schema import RUN

try:
    import sqlalchemy as sa
except ImportError as error:
    sa = absent(error)

SILENT_HOURS = 6
"""A run of another machine that gave no sign of life for so long is taken for dead. Every task of a
run ends within its area's limit, minutes by default, and its result is a sign of life; the rest is
for clocks that differ and for a site that allows a log scan hours. A run that only slept (a closed
laptop) goes on afterwards: see Ledger.record."""


def this_process(pid: int | None = None) -> dict[str, Any]:
    """Identify a process, ours by default, so that a later one can tell whether it still lives.

    ``started`` is field 22 of /proc/PID/stat (clock ticks since boot, proc(5)): a reused
    process number has another. ``space`` is the process numbers' namespace: two containers may
    have one host name.
    """
    pid = os.getpid() if pid is None else pid
    return {**_machine(), "pid": pid, "started": _process_start(pid)}


def _machine() -> dict[str, str]:
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return {"host": socket.gethostname(), "space": space}


def _is_here(process: Mapping[str, Any]) -> bool:
    """Whether a process is of this machine, so that it can be looked for."""
    return all(process.get(key, value) == value for key, value in _machine().items())


def _process_start(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]


def death_of(row: Mapping[str, Any], limit: str) -> tuple[Any, str] | None:
    """Tell whether a running run is dead: the condition on its row to settle it under, and why.

    ``row`` has process, opened and seen; ``limit`` is SILENT_HOURS ago, as the ledger writes it.
    None when it lives, or may.
    """
    process, seen = row["process"], row["seen"] or row["opened"]
    still = RUN.c.state == "running"
    if _is_here(process):
        gone = _process_start(process["pid"]) != process["started"]
        return (still, f"pid {process['pid']}") if gone else None
    if seen >= limit:
        return None
    # Asked again when the row is taken: it may have spoken since.
    silent = sa.func.coalesce(RUN.c.seen, RUN.c.opened) < limit
    return sa.and_(still, silent), f"{process['host']}, {seen}"


STILL_RUNS = (
    RUN.update()
    .where(RUN.c.id == sa.bindparam("of"), RUN.c.state.in_(["running", "expired"]))
    .values(state="running", closed=None, seen=sa.bindparam("at"))
)
"""A sign of life of run ``of``, also of one that another machine gave up; ``at`` as utc() says."""
