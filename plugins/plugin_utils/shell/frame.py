# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame around a shell collector: how its text is put together and its output taken apart.

The output is bytes, in lines. After whatever a log-in script prints comes
``ebill-frame 1 NONCE``; from there on a line that starts with the nonce and a space is a mark::

    NONCE begin SECTION         the section's data lines follow, raw bytes
    NONCE end SECTION CODE      CODE: exit status of the probe
    NONCE data SECTION LINE     one data line of a probe that runs beside others, anywhere
    NONCE exit SECTION CODE     the end of that probe
    NONCE note SECTION REASON DETAIL    no answer, and why (reason ids of catalogue/reasons.yml)
    NONCE done                  the collector came to its end

The nonce is random for each script, so no file name, mount point or log line can look like a
mark. Reading never raises: what is missing or broken is simply not among the closed sections.
"""

from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context

# An observation or the error part of a row, see the collectors' contract.
Observation = dict[str, Any]

_HEADER = re.compile(rb"ebill-frame 1 ([0-9a-f]{32})\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_OCTAL = re.compile(rb"\\([0-7]{3})")
_NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})?\Z")
_REASON = re.compile(r"[a-z_]+\Z")
_DETAIL_LENGTH = 300


@dataclass(frozen=True)
class Section:
    """One closed section: its data lines without line ends, and its probe's exit status."""

    lines: tuple[bytes, ...]
    code: int

    @property
    def text(self) -> str:
        """All lines, decoded, joined by newlines."""
        return "\n".join(decode(line) for line in self.lines)


@dataclass
class Frames:
    """What one output holds. ``started``: the header was seen; ``complete``: the end mark too."""

    sections: dict[str, Section] = field(default_factory=dict)
    notes: dict[str, Observation] = field(default_factory=dict)
    started: bool = False
    complete: bool = False

    def why(self, section: str, context: Context) -> Observation:
        """The error of a section that has no (usable) answer: {"reason", "detail"}."""
        if section in self.notes:
            return self.notes[section]
        if not self.started:
            return {"reason": "bad_answer", "detail": "no answer from the collector"}
        if self.complete:
            return {"reason": "bad_answer", "detail": section}
        if _took(context) >= context.timeout_seconds:
            return {"reason": "timeout", "detail": f"{context.timeout_seconds:g} s"}
        return {"reason": "cancelled", "detail": "output ends early"}

    def error(self, section: str, context: Context) -> Observation:
        """The same as an observation."""
        return {"error": self.why(section, context)}


def _took(context: Context) -> float:
    if context.received is None:
        return 0.0
    return (context.received - context.sent).total_seconds()


def failure(reason: str, detail: str) -> Observation:
    """An error observation (or row part) with the detail made printable and short."""
    return {"error": {"reason": reason, "detail": clean(detail)}}


def read(output: bytes) -> Frames:
    """Take an output apart. Never raises; the first closed section of a name counts."""
    frames = Frames()
    nonce, lines = _after_header(output)
    if nonce is None:
        return frames
    frames.started = True
    mark = nonce + b" "
    name: str | None = None
    data: list[bytes] = []
    beside: dict[str, list[bytes]] = {}
    for line in lines:
        if not line.startswith(mark):
            data.append(line)
            continue
        verb, words = _mark(line[len(mark) :])
        if verb == "begin":
            name, data = words[0], []
        elif verb == "end":
            if name == words[0]:
                _close(frames, name, data, words[1])
            name = None
        elif verb == "data":
            tagged = line[len(mark) :].split(b" ", 2)
            beside.setdefault(words[0], []).append(tagged[2] if len(tagged) > 2 else b"")
        elif verb == "exit":
            _close(frames, words[0], beside.pop(words[0], []), words[1])
        elif verb == "note":
            _note(frames, words)
        elif verb == "done":
            frames.complete = True
    return frames


def _after_header(output: bytes) -> tuple[bytes | None, Iterable[bytes]]:
    lines = [line.removesuffix(b"\r") for line in output.split(b"\n")]
    for number, line in enumerate(lines):
        found = _HEADER.search(line)  # a banner without line end may stand before it
        if found:
            return found.group(1), lines[number + 1 :]
    return None, ()


def _mark(rest: bytes) -> tuple[str, list[str]]:
    """Verb and always three words, missing ones empty."""
    words = decode(rest).split(" ", 3)
    words += [""] * (4 - len(words))
    return words[0], words[1:]


def _close(frames: Frames, name: str, data: list[bytes], code: str) -> None:
    if name in frames.sections or not code.isascii() or not code.isdigit():
        return
    lines = () if data == [b""] else tuple(data)
    frames.sections[name] = Section(lines, int(code[:9]))


def _note(frames: Frames, words: Sequence[str]) -> None:
    section, reason, detail = words
    if not _REASON.match(reason):
        reason, detail = "bad_answer", f"{reason} {detail}"
    if reason == "timeout":
        detail = f"{detail} s"
    frames.notes.setdefault(section, {"reason": reason, "detail": clean(detail)})


def decode(raw: bytes) -> str:
    """Text of bytes from a target: UTF-8, else GB18030 (zh_CN.GB18030 targets), else escaped."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("ascii", "backslashreplace")


def clean(text: str) -> str:
    """One printable line of at most 300 characters, without lone surrogates."""
    text = _CONTROL.sub(" ", text).strip()
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= _DETAIL_LENGTH else text[: _DETAIL_LENGTH - 1] + "…"


def number(text: str) -> float | None:
    """A plain decimal number of a target, None for anything else (signs, nan, huge ones too)."""
    return float(text) if _NUMBER.match(text) else None


def unescape_octal(raw: bytes) -> bytes:
    r"""Undo the kernel's escapes in /proc/mounts and mountinfo: \040 \011 \012 \134 \043."""
    return _OCTAL.sub(lambda found: bytes([int(found.group(1), 8) & 0xFF]), raw)


def assemble(
    name: str,
    context: Context,
    variables: Mapping[str, str | int],
    functions: Mapping[str, Sequence[Sequence[str | int]]],
) -> str:
    """The complete text for ``/bin/sh -s``: assignments, lib.sh, generated functions, name.sh.

    ``variables`` become assignments. Each of ``functions`` becomes a shell function that runs the
    listed commands with their arguments: so lists of records reach the target without any
    splitting there. Everything is quoted here.
    """
    here = Path(__file__).resolve().parent
    total = max(1, int(context.timeout_seconds))
    head = {"EB_NONCE": secrets.token_hex(16), "EB_TOTAL": total, **variables}
    parts = [f"{_word(key)}={shlex.quote(str(value))}" for key, value in head.items()]
    parts.append((here / "lib.sh").read_text(encoding="utf-8"))
    for function, commands in functions.items():
        body = [" ".join(shlex.quote(str(word)) for word in command) for command in commands]
        parts.append("\n".join([f"{_word(function)}() {{", *body, ":", "}"]))
    parts.append((here / f"{_word(name)}.sh").read_text(encoding="utf-8"))
    parts.append("eb_main\n")
    return "\n".join(parts)


def _word(name: str) -> str:
    if not _NAME.match(name):
        raise ValueError(f"not a shell name: {name!r}")
    return name
