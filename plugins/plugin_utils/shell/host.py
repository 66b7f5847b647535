# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host area: disks, memory, load, clock, services, ports and JVMs of a server, by sh alone.

Options (all optional; the role inspect_host hands them over):

- ``mounts_ignore``: mount points not to look at; ``mounts_read_only``: those meant to be so
- ``services``: [{name, kind: auto|systemd|sysv|process, pattern}]
- ``ports``: [{port, name}]; ``jvms``: [{name, pattern}]
- ``probe_seconds``: limit of one probe, 10

Observations: filesystems, inodes, disk_states, memory, swap, load, clock, uptime, restart,
services, ports, jvms, system. Bookmark: ``boot_id``, to tell a restart since the last inspection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import (
    frame,
    host_disks,
    host_facts,
    host_services,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.host_services import records, text
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.sizes import in_words
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

_HEAP = re.compile(r"[0-9]{1,15}[kKmMgGtT]?\Z")  # what a JVM takes; anything else may be private
_TICKS_PER_SECOND = 100  # USER_HZ of every Linux in use; the unit of field 22 of /proc/PID/stat


def script(options: Mapping[str, Any], context: Context) -> str:
    """The sh text for these options. What cannot be asked of a shell is left out (see parse)."""
    services: list[list[str | int]] = [
        ["want_service", index, kind, name, pattern]
        for index, (name, kind, pattern) in enumerate(host_services.listed(options))
        if not host_services.problem_of(name, kind, pattern)
    ]
    processes: list[list[str | int]] = [
        ["want_process", call[1], call[4]] for call in services if call[4]
    ]
    processes += [
        ["want_jvm", index, pattern]
        for index, (_name, pattern) in enumerate(_jvms(options))
        if pattern
    ]
    needed = bool(processes)
    processes += [
        ["want_program", call[1], host_services.program(str(call[3]))]
        for call in services
        if call[2] == "auto" and not call[4]
    ]
    ports = {f"{port:04X}" for _name, port in _ports(options) if port}
    ignore = [str(mount) for mount in options.get("mounts_ignore") or ()]
    probe_seconds = max(1, int(options.get("probe_seconds") or 10))
    variables: dict[str, str | int] = {
        "HOST_IGNORE": "\n" + "".join(f"{mount}\n" for mount in ignore),
        "HOST_PROBE_SECONDS": probe_seconds,
        "HOST_PORTS": "|".join(sorted(ports)),
        "HOST_PROCESSES": int(needed),
    }
    return frame.assemble(
        "host", context, variables, {"each_service": services, "each_process": processes}
    )


def parse(output: bytes, options: Mapping[str, Any], context: Context) -> Collected:
    """Observations of an output; whatever is missing in it becomes an error, nothing is raised."""
    frames = frame.read(output)
    observations = host_disks.observe(frames, options, context)
    observations |= host_facts.observe(frames, context)
    observations["services"] = {"rows": host_services.observe(frames, options, context)}
    observations["ports"] = {"rows": _port_rows(frames, options, context)}
    observations["jvms"] = {"rows": _jvm_rows(frames, options, context)}
    bookmarks = {}
    boot = frames.sections.get("boot")
    if boot and boot.lines:
        bookmarks["boot_id"] = frame.clean(boot.text)
    elif "boot_id" in context.bookmarks:
        bookmarks["boot_id"] = context.bookmarks["boot_id"]
    return Collected(observations, bookmarks)


def _jvms(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, pattern); the pattern is "" if there is no usable one."""
    return [
        (text(record, "name"), text(record, "pattern").replace("\0", ""))
        for record in records(options, "jvms")
    ]


def _ports(options: Mapping[str, Any]) -> list[tuple[str, int]]:
    """(part for the report, port), 0 for a port that is none."""
    ports = []
    for record in records(options, "ports"):
        number = text(record, "port", text(record, "name"))
        name = text(record, "name")
        valid = (
            number.isascii() and number.isdigit() and len(number) < 6 and 0 < int(number) < 65536
        )
        part = number if name in ("", number) else f"{number} ({name})"
        ports.append((part, int(number) if valid else 0))
    return ports


def _jvm_rows(
    frames: frame.Frames, options: Mapping[str, Any], context: Context
) -> list[frame.Observation]:
    uptime = host_facts.uptime_seconds(frames)
    rows: list[frame.Observation] = []
    for index, (name, pattern) in enumerate(_jvms(options)):
        found = host_services.process_lines(frames, "j", index)
        if not pattern:
            rows.append({"jvm": name, **frame.failure("not_configured", "pattern")})
        elif found is None:
            rows.append({"jvm": name, **frames.error("processes", context)})
        elif uptime is None:
            rows.append({"jvm": name, **frames.error("uptime", context)})
        else:
            rows.append({"jvm": name, **_jvm_row(found, uptime)})
    return rows


def _jvm_row(found: Sequence[Sequence[str]], uptime: float) -> frame.Observation:
    """Several instances are added up; the age is the youngest's, for it tells the last restart."""
    memory = sum(frame.number(words[0]) or 0 for words in found if words)
    started = max((frame.number(words[1]) or 0 for words in found if len(words) > 1), default=0)
    heaps = sorted({words[2] for words in found if len(words) > 2 and _HEAP.match(words[2])})
    age = uptime - started / _TICKS_PER_SECOND if found else 0
    return {
        "running": bool(found),
        "instances": len(found),
        "resident_size": in_words(memory * 1024),
        "heap_max": "/".join(heaps) or "-",
        "uptime_days": host_facts.days(age),
    }


def _port_rows(
    frames: frame.Frames, options: Mapping[str, Any], context: Context
) -> list[frame.Observation]:
    section = frames.sections.get("ports")
    open_ports = _listening(section.lines) if section else {}
    rows: list[frame.Observation] = []
    for part, port in _ports(options):
        if not port:
            rows.append({"listener": part, **frame.failure("not_configured", "port")})
        elif not section:
            rows.append({"listener": part, **frames.error("ports", context)})
        else:
            rows.append({"listener": part, "port": port, "listening": port in open_ports})
    return rows


def _listening(lines: Sequence[bytes]) -> set[int]:
    """Ports in lines of /proc/net/tcp: `sl local_address rem_address st ...`, hexadecimal."""
    return {
        int(found.group(1), 16)
        for line in lines
        if (found := re.match(rb"\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A", line))
    }
