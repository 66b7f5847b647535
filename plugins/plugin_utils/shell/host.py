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

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame, host_disks, host_facts
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.sizes import in_words
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

_UNIT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}\Z")
_HEAP = re.compile(r"[0-9]{1,15}[kKmMgGtT]?\Z")  # what a JVM takes; anything else may be private
_KINDS = ("auto", "systemd", "sysv", "process")
_SYSTEMD_STATES = {
    "active": "running",
    "reloading": "running",
    "activating": "starting",
    "deactivating": "stopped",
    "inactive": "stopped",
    "failed": "failed",
}
# LSB: exit status of `status`; 4 is "unknown", which init scripts and `service` give for a name
# that does not exist.
_SYSV_STATES = {0: "running", 1: "failed", 2: "failed", 3: "stopped", 4: "not_found"}
_TICKS_PER_SECOND = 100  # USER_HZ of every Linux in use; the unit of field 22 of /proc/PID/stat


def script(options: Mapping[str, Any], context: Context) -> str:
    """The sh text for these options. What cannot be asked of a shell is left out (see parse)."""
    services: list[list[str | int]] = [
        ["want_service", index, kind, name, pattern]
        for index, (name, kind, pattern) in enumerate(_services(options))
        if not _service_problem(name, kind, pattern)
    ]
    processes: list[list[str | int]] = [
        ["want_process", call[1], call[4]] for call in services if call[4]
    ]
    processes += [
        ["want_jvm", index, pattern]
        for index, (_name, pattern) in enumerate(_jvms(options))
        if pattern
    ]
    ports = {f"{port:04X}" for _name, port in _ports(options) if port}
    ignore = [str(mount) for mount in options.get("mounts_ignore") or ()]
    probe_seconds = max(1, int(options.get("probe_seconds") or 10))
    variables: dict[str, str | int] = {
        "HOST_IGNORE": "\n" + "".join(f"{mount}\n" for mount in ignore),
        "HOST_PROBE_SECONDS": probe_seconds,
        "HOST_PORTS": "|".join(sorted(ports)),
        "HOST_PROCESSES": int(bool(processes)),
    }
    return frame.assemble(
        "host", context, variables, {"each_service": services, "each_process": processes}
    )


def parse(output: bytes, options: Mapping[str, Any], context: Context) -> Collected:
    """Observations of an output; whatever is missing in it becomes an error, nothing is raised."""
    frames = frame.read(output)
    observations = host_disks.observe(frames, options, context)
    observations |= host_facts.observe(frames, context)
    observations["services"] = {"rows": _service_rows(frames, options, context)}
    observations["ports"] = {"rows": _port_rows(frames, options, context)}
    observations["jvms"] = {"rows": _jvm_rows(frames, options, context)}
    bookmarks = {}
    boot = frames.sections.get("boot")
    if boot and boot.lines:
        bookmarks["boot_id"] = frame.clean(boot.text)
    elif "boot_id" in context.bookmarks:
        bookmarks["boot_id"] = context.bookmarks["boot_id"]
    return Collected(observations, bookmarks)


def _records(options: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = options.get(key) or ()
    return [record if isinstance(record, Mapping) else {"name": record} for record in found]


def _text(record: Mapping[str, Any], key: str, default: str = "") -> str:
    value = record.get(key)
    return default if value is None else str(value)


def _services(options: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(name, kind, pattern) as configured."""
    return [
        (_text(record, "name"), _text(record, "kind", "auto"), _text(record, "pattern"))
        for record in _records(options, "services")
    ]


def _service_problem(name: str, kind: str, pattern: str) -> str:
    """What is wrong with a service's record: the key, "" if nothing."""
    if kind not in _KINDS:
        return "kind"
    if "\0" in pattern or (kind == "process" and not pattern):
        return "pattern"
    return "" if kind == "process" or _UNIT.match(name) else "name"


def _jvms(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, pattern); the pattern is "" if there is no usable one."""
    return [
        (_text(record, "name"), _text(record, "pattern").replace("\0", ""))
        for record in _records(options, "jvms")
    ]


def _ports(options: Mapping[str, Any]) -> list[tuple[str, int]]:
    """(part for the report, port), 0 for a port that is none."""
    ports = []
    for record in _records(options, "ports"):
        number = _text(record, "port", _text(record, "name"))
        name = _text(record, "name")
        valid = (
            number.isascii() and number.isdigit() and len(number) < 6 and 0 < int(number) < 65536
        )
        part = number if name in ("", number) else f"{number} ({name})"
        ports.append((part, int(number) if valid else 0))
    return ports


def _service_rows(
    frames: frame.Frames, options: Mapping[str, Any], context: Context
) -> list[frame.Observation]:
    units = _unit_states(frames, options)
    rows: list[frame.Observation] = []
    for index, (name, kind, pattern) in enumerate(_services(options)):
        problem = _service_problem(name, kind, pattern)
        if problem:
            rows.append({"service": name, **frame.failure("not_configured", problem)})
            continue
        answered = frames.sections.get(f"kind.{index}")
        if not answered:
            rows.append({"service": name, **frames.error(f"kind.{index}", context)})
            continue
        seen = answered.text
        row: frame.Observation = {"service": name, "manager": seen}
        if seen == "systemd":
            row |= units.get(index) or frames.error("units", context)
        elif seen == "sysv":
            row |= _sysv_state(frames, f"sysv.{index}", context)
        else:
            row |= _process_state(frames, index, context)
        rows.append(row)
    return rows


def _unit_states(frames: frame.Frames, options: Mapping[str, Any]) -> dict[int, frame.Observation]:
    """State by index of the service: `systemctl show` answers in the order of its arguments."""
    section = frames.sections.get("units")
    if not section:
        return {}
    asked = [
        index
        for index in range(len(_services(options)))
        if (kind := frames.sections.get(f"kind.{index}")) and kind.text == "systemd"
    ]
    blocks = [dict(_pairs(block)) for block in section.text.split("\n\n")]
    if len(blocks) != len(asked) or not section.lines:
        failure = frame.failure("bad_answer", f"systemctl show: exit {section.code}")
        return dict.fromkeys(asked, failure)
    return {index: _unit_state(block) for index, block in zip(asked, blocks, strict=True)}


def _pairs(block: str) -> list[tuple[str, str]]:
    return [
        (key, value) for key, _sign, value in (line.partition("=") for line in block.split("\n"))
    ]


def _unit_state(block: Mapping[str, str]) -> frame.Observation:
    if block.get("LoadState") == "not-found":
        return {"state": "not_found"}
    active = block.get("ActiveState", "")
    if active not in _SYSTEMD_STATES:
        return frame.failure("bad_answer", f"systemctl {active}".strip())
    return {"state": _SYSTEMD_STATES[active]}


def _sysv_state(frames: frame.Frames, section: str, context: Context) -> frame.Observation:
    answer = frames.sections.get(section)
    if not answer:
        return frames.error(section, context)
    if answer.code not in _SYSV_STATES:
        return frame.failure("bad_answer", f"status {answer.code}")
    return {"state": _SYSV_STATES[answer.code]}


def _process_lines(frames: frame.Frames, letter: str, index: int) -> list[Sequence[str]] | None:
    """Words of the lines of one pattern, None if the processes were not seen."""
    section = frames.sections.get("processes")
    if not section:
        return None
    lines = [frame.decode(line).split() for line in section.lines]
    return [words[2:] for words in lines if words[:2] == [letter, str(index)]]


def _process_state(frames: frame.Frames, index: int, context: Context) -> frame.Observation:
    found = _process_lines(frames, "p", index)
    if found is None:
        return frames.error("processes", context)
    return {"state": "running" if found else "stopped", "processes": len(found)}


def _jvm_rows(
    frames: frame.Frames, options: Mapping[str, Any], context: Context
) -> list[frame.Observation]:
    uptime = host_facts.uptime_seconds(frames)
    rows: list[frame.Observation] = []
    for index, (name, pattern) in enumerate(_jvms(options)):
        found = _process_lines(frames, "j", index)
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
