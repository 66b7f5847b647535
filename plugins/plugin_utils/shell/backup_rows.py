# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup set: its files, the backups that they make, and the rows of the observations.

Sizes are bytes, times are seconds since 1970 by the target's clock. The median is that of the
backups before the newest, so that a shrunk newest one does not pull its own measure down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.sizes import in_words

_RUN_GAP_SECONDS = 3600
# A backup store's clock may be off by a few minutes against the server that lists its files. More
# than that, and its times tell nothing: a clock, a time zone or a copied file is wrong.
_AHEAD_SECONDS = 600
_STREAK = 30  # backups looked back at for a streak
GROUPS = ("file", "day", "folder", "run")

Row = frame.Observation


@dataclass
class Backup:
    """One backup: of one or more files. ``time`` is when the last of them was written."""

    time: int
    size: int
    names: list[str]
    empty_files: int = 0


@dataclass
class BackupSet:
    """A set as configured, and the files found: (time, size, name relative to the folder)."""

    name: str
    path: str
    pattern: str
    group: str
    every_hours: float
    minimum_kept: int
    settle_minutes: float
    utc_offset_hours: float
    count: int = 0
    odd_names: int = 0
    listed: list[tuple[int, int, str]] | None = None
    wrong: str = field(default="")

    @classmethod
    def of(cls, record: Mapping[str, Any], utc_offset_hours: float) -> BackupSet:
        """Read a record of the inventory; what is not right is named by problem()."""
        path = str(record.get("path") or "")
        values: dict[str, float] = {"every_hours": 24, "minimum_kept": 2, "settle_minutes": 0}
        wrong = ""
        for key in values:
            try:
                values[key] = float(values[key] if record.get(key) is None else record[key])
            except (TypeError, ValueError):
                wrong = key
        return cls(
            name=str(record.get("name") or path),
            path=path.rstrip("/") or path,
            pattern=str(record.get("pattern") or "*"),
            group=str(record.get("group") or "file"),
            every_hours=values["every_hours"],
            minimum_kept=int(values["minimum_kept"]),
            settle_minutes=values["settle_minutes"],
            utc_offset_hours=utc_offset_hours,
            wrong=wrong,
        )

    def problem(self) -> str:
        """The key of the record that is not right, "" if all are."""
        if self.wrong or self.every_hours <= 0:
            return self.wrong or "every_hours"
        if not self.path.startswith("/") or any(char in self.path for char in "\0\n\r"):
            return "path"
        if self.pattern.startswith("/") or any(char in self.pattern for char in "\0\n\r"):
            return "pattern"
        return "" if self.group in GROUPS else "group"

    def take(self, line: bytes) -> None:
        """Read a line of the answer, ``files COUNT ODD`` or ``file MTIME SIZE PATH/``.

        ValueError when it is neither. A name may be in another encoding than its folder's.
        """
        verb, *words = line.split(b" ", 3)
        if verb == b"files":
            count, odd = words
            self.count, self.odd_names, self.listed = int(count), int(odd), []
        elif verb == b"file" and self.listed is not None:
            time, size, path = words
            name = path.removesuffix(b"/").removeprefix(self.path.encode("utf-8")).lstrip(b"/")
            self.listed.append((int(time), int(size), frame.clean(frame.decode(name))))
        else:
            raise ValueError(line)

    @cached_property
    def backups(self) -> list[Backup]:
        """Backups, newest first; call it when all files were taken."""
        found: dict[str, Backup] = {}
        run, oldest = 0, 0
        for time, size, name in sorted(self.listed or (), reverse=True):
            if found and oldest - time > _RUN_GAP_SECONDS:
                run += 1
            oldest = time
            backup = found.setdefault(self._key(time, name, run), Backup(time, 0, []))
            backup.size += size
            backup.names.append(name)
            backup.empty_files += size == 0
        return list(found.values())

    def _key(self, time: int, name: str, run: int) -> str:
        """Files with the same key make one backup; ``run`` counts the pauses before a file."""
        if self.group == "file":
            return name
        if self.group == "folder":
            return name.rpartition("/")[0]
        if self.group == "day":
            return str(int((time + self.utc_offset_hours * 3600) // 86400))
        return str(run)

    def settled(self, now: int) -> list[Backup]:
        """The backups that are not still being written; all of them if none has settled."""
        limit = now - self.settle_minutes * 60 if self.settle_minutes else now + _AHEAD_SECONDS
        return [backup for backup in self.backups if backup.time <= limit] or self.backups

    def kept_count(self, now: int) -> int:
        """How many backups are kept, empty ones left out; what was not listed is estimated."""
        shown = sum(backup.size > 0 for backup in self.settled(now))
        listed = len(self.listed or ())
        return shown if listed >= self.count or not listed else shown * self.count // listed

    def usual_size(self, now: int, median_of: int) -> float:
        """What the next backup will need: the larger of the newest and the median before it."""
        backups = self.settled(now)
        if not backups:
            return 0.0
        before = [backup.size for backup in backups[1 : median_of + 1]]
        return max(float(backups[0].size), float(median(before)) if before else 0.0)


def kept(one: BackupSet, now: int) -> Row:
    """The row of ``sets``. A set without any backup lacks at least one, whatever is asked for."""
    count = one.kept_count(now)
    return {
        "set": one.name,
        "path": one.path,
        "kept_count": count,
        "minimum_kept": one.minimum_kept,
        "missing_count": max(0, max(1, one.minimum_kept) - count),
        "odd_names": one.odd_names,
    }


def ages(one: BackupSet, now: int) -> list[Row]:
    """The row of ``ages``, none if there is no backup.

    A time in the future is an error: it would stay the newest, and pass, until that day comes.
    """
    if not one.backups:
        return []
    backups = one.settled(now)
    latest = max(one.backups, key=lambda backup: backup.time)
    if latest.time - now > _AHEAD_SECONDS:
        detail = f"{latest.names[0]} (+{(latest.time - now) / 3600:.1f} h)"
        return [{"set": one.name, **frame.failure("time_ahead", detail)}]
    age = max(0, now - backups[0].time) / 3600
    return [
        {
            "set": one.name,
            "newest": backups[0].names[0],
            "age_hours": round(age, 2),
            "every_hours": one.every_hours,
            "age_periods": round(age / one.every_hours, 3),
        }
    ]


def newest(one: BackupSet, now: int) -> list[Row]:
    """The row of ``newest``, none if there is no backup."""
    return [
        {
            "set": one.name,
            "newest": backup.names[0],
            "size_bytes": backup.size,
            "size": in_words(backup.size),
            "empty_files": backup.empty_files,
            "file_count": len(backup.names),
        }
        for backup in one.settled(now)[:1]
    ]


def sizes(one: BackupSet, now: int, median_of: int) -> list[Row]:
    """The row of ``sizes``, none if there is nothing before the newest to compare with."""
    backups = one.settled(now)[: max(_STREAK, median_of + 1)]
    before = [backup.size for backup in backups[1 : median_of + 1]]
    if not before:
        return []
    usual = median(before)
    all_sizes = [backup.size for backup in backups]
    pairs = list(pairwise(all_sizes))
    return [
        {
            "set": one.name,
            "newest": backups[0].names[0],
            # a median of nothing: whatever the newest holds, it is no less
            "size_percent": round(100 * all_sizes[0] / usual, 2) if usual else 100.0,
            "size_bytes": all_sizes[0],
            "size": in_words(all_sizes[0]),
            "median_bytes": usual,
            "median": in_words(usual),
            "compared": len(before),
            "shrinking_count": _streak([new < old for new, old in pairs]),
            "same_size_count": _streak([new == old for new, old in pairs]) + 1,
        }
    ]


def _streak(steps: list[bool]) -> int:
    """How many of the newest steps in a row are true."""
    return next((place for place, step in enumerate(steps) if not step), len(steps))


def destination(mount: str, used_kib: int, available_kib: int, names: str) -> Row:
    """The row of ``destinations``; df's own reckoning, used/(used+available): reading R-01."""
    total = used_kib + available_kib
    return {
        "mount": mount,
        "used_percent": 100 * used_kib / total if total else 100.0,
        "used_bytes": used_kib * 1024,
        "available_bytes": available_kib * 1024,
        "total_bytes": total * 1024,
        "available": in_words(available_kib * 1024),
        "total": in_words(total * 1024),
        "sets": names,
    }


def room(mount: str, available_kib: int, need: float, names: str) -> Row:
    """The row of ``rooms``: how often one backup of every set there still fits."""
    available = available_kib * 1024
    return {
        "mount": mount,
        "next_count": round(available / need, 2),
        "available": in_words(available),
        "need_bytes": need,
        "need": in_words(need),
        "sets": names,
    }
