# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems of a server: what df says about each mount of /proc/self/mountinfo."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.sizes import in_words
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context

# `df -P`: source, total, used, available, capacity, mount point. The available space is negative
# when the blocks reserved for root are in use.
_DF_ROW = re.compile(rb"\s(\d{1,18})\s+(\d{1,18})\s+(-?\d{1,18})\s+(?:\d+%|-)\s+/")
_MAX_MOUNTS = 10_000


@dataclass(frozen=True)
class Mount:
    """One mounted file system, and its answer from df if there was one."""

    point: str
    fstype: str
    source: str
    writable: bool
    blocks: Sequence[bytes] = ()
    inodes: Sequence[bytes] = ()
    error: frame.Observation | None = None

    @property
    def row(self) -> frame.Observation:
        return {"mount": self.point, "fstype": self.fstype, "source": self.source}


def observe(
    frames: frame.Frames, options: Mapping[str, Any], context: Context
) -> dict[str, frame.Observation]:
    """Observations filesystems, inodes and disk_states."""
    listed = frames.sections.get("mounts")
    count = frame.number(listed.text) if listed else None
    if count is None or not 0 <= count <= _MAX_MOUNTS:
        return dict.fromkeys(
            ("filesystems", "inodes", "disk_states"), frames.error("mounts", context)
        )
    mounts = _mounts(frames, int(count), options, context)
    expected = set(map(str, options.get("mounts_read_only") or ()))
    states = [
        mount.row | {"writable": mount.writable}
        for mount in mounts
        if mount.writable or mount.point not in expected
    ]
    observations: dict[str, frame.Observation] = {"disk_states": {"rows": states}}
    if "disks" in frames.notes:
        observations |= dict.fromkeys(("filesystems", "inodes"), frames.error("disks", context))
        return observations
    observations["filesystems"] = {"rows": [row for mount in mounts if (row := _space(mount))]}
    observations["inodes"] = _inodes(mounts)
    return observations


def _mounts(
    frames: frame.Frames, count: int, options: Mapping[str, Any], context: Context
) -> list[Mount]:
    """The mounts in their order; of two on the same point the later hides the earlier."""
    ignore = set(map(str, options.get("mounts_ignore") or ()))
    mounts: dict[str, Mount] = {}
    for index in range(1, count + 1):
        mount = _mount(frames, index, context)
        if mount.point not in ignore:
            mounts[mount.point] = mount
    return list(mounts.values())


def _mount(frames: frame.Frames, index: int, context: Context) -> Mount:
    listed = frames.sections.get(f"mount.{index}")
    words = listed.lines[0].split(b" ", 3) if listed and listed.lines else []
    if len(words) != 4:
        return Mount(f"#{index}", "", "", True, error=frame.failure("bad_answer", f"#{index}"))
    mode, fstype, source, point = words
    described = (
        _printable(frame.unescape_octal(point)),
        frame.clean(frame.decode(fstype)),
        _printable(frame.unescape_octal(source)),
        mode != b"ro",
    )
    section = frames.sections.get(f"disk.{index}")
    if not section or b"inodes" not in section.lines:
        return Mount(*described, error=frames.error(f"disk.{index}", context))
    middle = section.lines.index(b"inodes")
    return Mount(*described, section.lines[:middle], section.lines[middle + 1 :])


def _printable(raw: bytes) -> str:
    return frame.clean(frame.decode(raw)) or "?"


def _figures(lines: Sequence[bytes]) -> tuple[int, int, int] | None:
    """(total, used, available) of df's row, None if it printed none."""
    for line in lines:
        found = _DF_ROW.search(line)
        if found:
            total, used, available = (int(text) for text in found.groups())
            return total, used, available
    return None


def _complaint(lines: Sequence[bytes]) -> frame.Observation:
    """The error of a mount that df could not look at, from what it printed."""
    text = " ".join(frame.decode(line) for line in lines)
    reason = "permission" if "ermission denied" in text else "unreadable"
    return frame.failure(reason, text or "df")


def _space(mount: Mount) -> frame.Observation | None:
    """A row of filesystems; None for a file system without size, which df leaves out too."""
    if mount.error:
        return mount.row | mount.error
    figures = _figures(mount.blocks)
    if not figures:
        return mount.row | _complaint(mount.blocks)
    total, used, available = figures
    if total == 0:
        return None
    if used + available <= 0:
        return mount.row | frame.failure("bad_answer", f"df {total} {used} {available}")
    return mount.row | {
        # Reading R-01 of the contract: as df, used/(used+available), not rounded.
        "used_percent": 100 * used / (used + available),
        "used_bytes": used * 1024,
        "total_bytes": (used + available) * 1024,
        "available_bytes": available * 1024,
        "available_size": in_words(max(available, 0) * 1024),
        "total_size": in_words((used + available) * 1024),
    }


def _inodes(mounts: Sequence[Mount]) -> frame.Observation:
    rows = []
    for mount in mounts:
        figures = _figures(mount.inodes)
        if mount.error:
            rows.append(mount.row | mount.error)
        elif not figures:
            if any(b"nvalid option" in line or b"nrecognized option" in line
                   for line in mount.inodes):  # fmt: skip
                return frame.failure("tool_missing", "df -i")
            rows.append(mount.row | _complaint(mount.inodes))
        elif figures[1] + figures[2] > 0:  # else made on demand: btrfs, vfat, some NFS servers
            _size, used, free = figures
            percent = 100 * used / (used + free)
            rows.append(mount.row | {"used_percent": percent, "used": used, "free": free})
    return {"rows": rows}
