# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services of a server: asked of systemd, of init scripts, or looked for among processes.

A service is ``{name, kind: auto|systemd|sysv|process, pattern}`` of the inventory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context

_UNIT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}\Z")
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


def records(options: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the records of a list option; a bare name is a record too."""
    found = options.get(key) or ()
    return [record if isinstance(record, Mapping) else {"name": record} for record in found]


def text(record: Mapping[str, Any], key: str, default: str = "") -> str:
    """Return a key of a record as text; ``default`` when it is left out or null."""
    value = record.get(key)
    return default if value is None else str(value)


def listed(options: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(name, kind, pattern) as configured."""
    return [
        (text(record, "name"), text(record, "kind", "auto"), text(record, "pattern"))
        for record in records(options, "services")
    ]


def problem_of(name: str, kind: str, pattern: str) -> str:
    """What is wrong with a service's record: the key, "" if nothing."""
    if kind not in _KINDS:
        return "kind"
    if "\0" in pattern or (kind == "process" and not pattern):
        return "pattern"
    return "" if kind == "process" or _UNIT.match(name) else "name"


def program(service: str) -> str:
    """Name of the program behind a unit's name: ``sshd`` of ``sshd@1.service``."""
    return service.removesuffix(".service").partition("@")[0]


def observe(
    frames: frame.Frames, options: Mapping[str, Any], context: Context
) -> list[frame.Observation]:
    """Return a row for each service: service, manager, state, or the error of that service."""
    units = _unit_states(frames, options)
    rows: list[frame.Observation] = []
    for index, (name, kind, pattern) in enumerate(listed(options)):
        problem = problem_of(name, kind, pattern)
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
        elif seen == "program":
            row |= _program_state(frames, index, context)
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
        for index in range(len(listed(options)))
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


def process_lines(frames: frame.Frames, letter: str, index: int) -> list[Sequence[str]] | None:
    """Words of the lines of one pattern, None if the processes were not seen."""
    section = frames.sections.get("processes")
    if not section:
        return None
    lines = [frame.decode(line).split() for line in section.lines]
    return [words[2:] for words in lines if words[:2] == [letter, str(index)]]


def _process_state(frames: frame.Frames, index: int, context: Context) -> frame.Observation:
    found = process_lines(frames, "p", index)
    if found is None:
        return frames.error("processes", context)
    return {"state": "running" if found else "stopped", "processes": len(found)}


def _program_state(frames: frame.Frames, index: int, context: Context) -> frame.Observation:
    """State of a service that no service manager knows and that has no pattern.

    A program of its name runs, or we cannot tell: it may run under another name, as Java does.
    """
    found = process_lines(frames, "n", index)
    if found is None:
        return frames.error("processes", context)
    if not found:
        return frame.failure("not_configured", "pattern (auto: no systemd, no /etc/init.d)")
    return {"manager": "process", "state": "running", "processes": len(found)}
