# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup area (ENV-07, file side): is the newest backup there, whole, and room for the next.

Options (the role inspect_backup hands them over):

- ``sets``: [{name, path, pattern, group, every_hours, minimum_kept, settle_minutes}]. ``path`` is
  the folder, ``pattern`` a shell pattern below it (it may hold "/"). ``group`` says which files
  make one backup: ``file`` each alone; ``day`` those of a day; ``folder`` those of a folder;
  ``run`` those written at most an hour apart. A backup that changed within ``settle_minutes`` is
  taken as still being written and left out.
- ``median_of``: so many backups before the newest make the median, 4
- ``utc_offset_hours``: whose day it is, 8; ``probe_seconds``: limit of one set

Observations:

- ``sets``: a row for each set: set, path, kept_count (empty ones left out), minimum_kept,
  missing_count, odd_names (file names with a line end, which are not listed)
- ``ages``: a row for each set that has a backup: set, newest (name), age_hours, every_hours,
  age_periods; time_ahead instead of the ages where a file is dated in the future
- ``newest``: a row for each set that has a backup: set, newest (name), size_bytes, size,
  empty_files, file_count
- ``sizes``: a row for each set with something to compare: set, size_percent (of the median),
  size_bytes, size, median_bytes, median, compared, shrinking_count, same_size_count
- ``destinations``: a row for each file system: mount, used_percent, used_bytes, available_bytes,
  total_bytes (used and available, as df reckons), available, total, sets
- ``rooms``: a row for each file system whose next backup can be estimated: mount, next_count,
  available, need_bytes, need, sets

size, median, available, total and need are texts with their unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import backup_rows, frame
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.backup_rows import BackupSet
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

OBSERVATIONS = ("sets", "ages", "newest", "sizes", "destinations", "rooms")
_DF = re.compile(r"\s(\d+)\s+(\d+)\s+(\d+)\s+(?:\d+%|-)\s+(/.*)\Z", re.ASCII)
_LISTED = 2000
_BATCH_BYTES = 30_000  # half of what the oldest systems still take, with room for a long name


def script(options: Mapping[str, Any], context: Context) -> str:
    """The sh text for these options; a set that is not right is left out (parse tells it)."""
    calls: list[list[str | int]] = [
        ["want_set", index, found.path, found.pattern]
        for index, found in enumerate(_sets(options))
        if not found.problem()
    ]
    seconds = max(1, int(options.get("probe_seconds") or 20))
    variables: dict[str, str | int] = {
        "BACKUP_SECONDS": seconds,
        "BACKUP_LINES": _LISTED,
        "BACKUP_BATCH": _BATCH_BYTES,
    }
    return frame.assemble("backup", context, variables, {"each_set": calls})


def parse(output: bytes, options: Mapping[str, Any], context: Context) -> Collected:
    """Observations of an output; whatever is missing in it becomes an error, nothing is raised."""
    frames = frame.read(output)
    sets = _sets(options)
    if not sets:
        problem = frame.failure("not_configured", "inspect_backup_sets")
        return Collected(dict.fromkeys(OBSERVATIONS, problem))
    clock = frames.sections.get("clock")
    now = int(clock.text) if clock and re.fullmatch(r"\d{1,12}", clock.text, re.ASCII) else None
    rows: dict[str, list[frame.Observation]] = {name: [] for name in OBSERVATIONS}
    needs: dict[int, float] = {}
    for index, one in enumerate(sets):
        wrong = _read(frames, f"set.{index}", one, context)
        if wrong or now is None:
            why = wrong or frames.error("clock", context)
            for name in ("sets", "ages", "newest", "sizes"):
                rows[name].append({"set": one.name, **why})
            continue
        rows["sets"].append(backup_rows.kept(one, now))
        rows["ages"] += backup_rows.ages(one, now)
        rows["newest"] += backup_rows.newest(one, now)
        rows["sizes"] += backup_rows.sizes(one, now, int(options.get("median_of") or 4))
        size = one.usual_size(now, int(options.get("median_of") or 4))
        if size:
            needs[index] = size
    _rooms(frames, sets, needs, context, rows)
    return Collected({name: {"rows": found} for name, found in rows.items()})


def _sets(options: Mapping[str, Any]) -> list[BackupSet]:
    offset = float(8 if options.get("utc_offset_hours") is None else options["utc_offset_hours"])
    records = options.get("sets") or ()
    return [
        BackupSet.of(record if isinstance(record, Mapping) else {}, offset) for record in records
    ]


def _read(
    frames: frame.Frames, section: str, one: BackupSet, context: Context
) -> frame.Observation | None:
    """Fill the set with its files; return the error if there is one."""
    wrong = one.problem()
    if wrong:
        return frame.failure("not_configured", wrong)
    if section not in frames.sections:
        return frames.error(section, context)
    for line in frames.sections[section].lines:
        if line.startswith(b"error "):
            reason, _blank, detail = frame.decode(line[6:]).partition(" ")
            return frame.failure(reason, detail)
        try:
            one.take(line)
        except ValueError:
            return frame.failure("bad_answer", frame.decode(line))
    if one.listed is None:
        return frame.failure("bad_answer", one.path)
    if one.count and not one.listed:
        # There are files and stat showed none.
        return frame.failure("unreadable", f"{one.path} (stat: 0/{one.count})")
    return None


def _rooms(
    frames: frame.Frames,
    sets: list[BackupSet],
    needs: Mapping[int, float],
    context: Context,
    rows: dict[str, list[frame.Observation]],
) -> None:
    """File systems of the sets; those of several sets are listed once, with the sum they need."""
    found: dict[str, tuple[int, int, list[int]]] = {}
    for index, one in enumerate(sets):
        if one.problem():
            continue
        section = frames.sections.get(f"room.{index}")
        match = _DF.search(section.text) if section and section.lines else None
        if not match:
            problem = frames.error(f"room.{index}", context)
            if section:
                problem = frame.failure("not_found" if section.code else "bad_answer", one.path)
            rows["destinations"].append({"mount": one.path, **problem})
            rows["rooms"].append({"mount": one.path, **problem})
            continue
        used, available, mount = int(match[2]), int(match[3]), match[4]
        found.setdefault(mount, (used, available, []))[2].append(index)
    for mount, (used, available, members) in found.items():
        names = "、".join(sets[index].name for index in members)
        need = sum(needs.get(index, 0.0) for index in members)
        rows["destinations"].append(backup_rows.destination(mount, used, available, names))
        if need:
            rows["rooms"].append(backup_rows.room(mount, available, need, names))
