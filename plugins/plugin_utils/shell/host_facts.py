# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory, load, clock and the facts of a server, from the collector's small sections."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.sizes import in_words
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context

_KIB_PER_GIB = 1024**2
# Seconds since 1970, nanoseconds if `date` has them, the uptime before and after.
_CLOCK = re.compile(r"(\d{1,12})(?:\.(\d{9}|%N|))? (\d{1,12}\.\d{2}) (\d{1,12}\.\d{2})\Z")
_UPTIME_STEP = 0.01


def observe(frames: frame.Frames, context: Context) -> dict[str, frame.Observation]:
    """Observations memory, swap, load, clock, uptime, restart and system."""
    memory = _memory_kib(frames)
    return {
        "memory": _memory(frames, memory, context),
        "swap": _swap(frames, memory, context),
        "load": _load(frames, context),
        "clock": _clock(frames, context),
        "uptime": _uptime(frames, context),
        "restart": _restart(frames, context),
        "system": _system(frames, memory, context),
    }


def _word(frames: frame.Frames, name: str) -> str | None:
    section = frames.sections.get(name)
    return frame.clean(section.text) if section and section.lines else None


def uptime_seconds(frames: frame.Frames) -> float | None:
    """Seconds since boot when the collector ended (or at least began), None if unknown."""
    begun = _CLOCK.match(_word(frames, "clock") or "")
    return _ended(frames) or (float(begun.group(3)) if begun else None)


def days(seconds: float) -> float:
    """Days for a reader: a hundredth is a quarter of an hour."""
    return round(max(0.0, seconds) / 86400, 2)


def _ended(frames: frame.Frames) -> float | None:
    return frame.number((_word(frames, "uptime") or "").partition(" ")[0])


def _memory_kib(frames: frame.Frames) -> dict[str, int]:
    """/proc/meminfo in KiB by key."""
    section = frames.sections.get("memory")
    found: dict[str, int] = {}
    for line in section.lines if section else ():
        words = frame.decode(line).split()
        value = frame.number(words[1]) if len(words) > 1 else None
        if value is not None:
            found[words[0].rstrip(":")] = int(value)
    return found


def _memory(frames: frame.Frames, kib: dict[str, int], context: Context) -> frame.Observation:
    """MemAvailable, or before Linux 3.14 (CentOS 6) what free and caches give."""
    total = kib.get("MemTotal", 0)
    available = kib.get("MemAvailable")
    if available is None and "MemFree" in kib:
        caches = sum(kib.get(key, 0) for key in ("Buffers", "Cached", "SReclaimable"))
        available = kib["MemFree"] + caches - kib.get("Shmem", 0)
    if not total or available is None:
        return frames.error("memory", context)
    row = {
        "available_percent": 100 * available / total,
        "available_size": in_words(available * 1024),
        "total_size": in_words(total * 1024),
    }
    return {"rows": [row]}


def _swap(frames: frame.Frames, kib: dict[str, int], context: Context) -> frame.Observation:
    if "SwapTotal" not in kib or "SwapFree" not in kib:
        return frames.error("memory", context)
    total, used = kib["SwapTotal"], kib["SwapTotal"] - kib["SwapFree"]
    if total == 0:
        return {"absent": {"reason": "not_listed", "detail": "swap"}}
    row = {
        "used_percent": 100 * used / total,
        "used_size": in_words(used * 1024),
        "total_size": in_words(total * 1024),
    }
    return {"rows": [row]}


def _cores(frames: frame.Frames) -> int | None:
    """Of `count 8`, or of the kernel's list of processors that are on: `0-3,6`."""
    text = _word(frames, "cpus") or ""
    if text.startswith("count "):
        count = frame.number(text[6:])
        return int(count) if count else None
    cores = 0
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        low, high = frame.number(first), frame.number(last or first)
        if low is None or high is None or high < low:
            return None
        cores += int(high - low) + 1
    return cores or None


def _load(frames: frame.Frames, context: Context) -> frame.Observation:
    cores = _cores(frames)
    if cores is None:
        return frames.error("cpus", context)
    words = (_word(frames, "load") or "").split()
    loads = [frame.number(word) for word in words[1:3]]
    if len(loads) != 2 or None in loads:
        return frames.error("load", context)
    rows = [
        {"window": window, "load": load, "cores": cores, "load_per_core": (load or 0.0) / cores}
        for window, load in zip(("5 min", "15 min"), loads, strict=True)
    ]
    return {"rows": rows}


def _clock(frames: frame.Frames, context: Context) -> frame.Observation:
    """Offset to the controller as NTP reckons it: the mean of both legs of the round trip.

    The target's own running time (from its uptime, in 1/100 s) is taken out, so that a probe
    that waits ten seconds does not shift the result. ``uncertainty_seconds``: half of what the
    round trip took beyond that, half of what ``date`` took to start, and half a second where it
    knows whole seconds only (busybox). ``certain_seconds`` is what of the offset cannot be an
    error of the measurement.
    """
    found = _CLOCK.match(_word(frames, "clock") or "")
    ended = _ended(frames)
    if not found or ended is None or context.received is None:
        return frames.error("clock" if not found else "uptime", context)
    fine = found.group(2) or ""
    coarse = 0.0 if fine.isdigit() else 0.5
    begun = int(found.group(1)) + (float(f"0.{fine}") if fine.isdigit() else coarse)
    before, after = float(found.group(3)), float(found.group(4))
    ran = max(0.0, ended - (before + after) / 2)
    took = max(0.0, context.received.timestamp() - context.sent.timestamp() - ran)
    middle = (context.sent.timestamp() + context.received.timestamp() - ran) / 2
    offset = begun - middle
    uncertainty = took / 2 + coarse + max(0.0, after - before) / 2 + _UPTIME_STEP
    row = {
        "offset_seconds": offset,
        "uncertainty_seconds": uncertainty,
        "certain_seconds": max(0.0, abs(offset) - uncertainty),
    }
    return {"rows": [row]}


def _uptime(frames: frame.Frames, context: Context) -> frame.Observation:
    seconds = uptime_seconds(frames)
    if seconds is None:
        return frames.error("uptime", context)
    return {"rows": [{"uptime_days": days(seconds)}]}


def _restart(frames: frame.Frames, context: Context) -> frame.Observation:
    """Whether the boot id is another one than at the last inspection."""
    boot, before = _word(frames, "boot"), context.bookmarks.get("boot_id")
    seconds = uptime_seconds(frames)
    if not boot or seconds is None:
        return frames.error("boot" if not boot else "uptime", context)
    if not before:
        return {"absent": {"reason": "no_baseline", "detail": "boot_id"}}
    return {"rows": [{"restarted": boot != before, "uptime_days": days(seconds)}]}


def _system(frames: frame.Frames, kib: dict[str, int], context: Context) -> frame.Observation:
    """Facts for the environment table; a fact that the host does not tell is a dash or None."""
    kernel = _word(frames, "kernel")
    if kernel is None or not frames.complete:
        return frames.error("kernel", context)
    release = (_word(frames, "release") or "-").strip("\"'")
    row: dict[str, Any] = {
        "hostname": _word(frames, "hostname") or "-",
        "release": release,
        "kernel": kernel,
        "cores": _cores(frames) or "-",
        "memory_gib": kib["MemTotal"] / _KIB_PER_GIB if "MemTotal" in kib else None,
    }
    return {"rows": [row]}
