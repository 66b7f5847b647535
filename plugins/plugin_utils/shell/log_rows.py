# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer about one log (see log.sh) taken apart: counts, masked samples, bookmark, rows.

Lines: ``error REASON DETAIL``; ``family FILES BYTES MTIME SIZE SKIPPED LOST UNREAD``;
``file FROM TO PATH`` and ``mark MARK`` for each file; ``done FILE``; ``grep STATUS``;
``gzip`` (it is damaged); ``count PATTERN N UNDATED``; ``sample PATTERN STAMP<tab>TEXT``.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.redact import redact
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.log_patterns import Kind, Pattern
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.sizes import in_words

_MIB = 1 << 20
_PATTERNS_SHOWN = 3  # in one sentence
_SHOWN = 140  # characters of a sample inside a sentence; the whole (300) stands in `matches`


@dataclass
class Found:
    """What was found of one pattern: samples are (time stamp or "", masked line)."""

    count: int = 0
    undated: int = 0
    samples: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Answer:
    """One log's answer; ``problem`` is an error observation part if it could not be read."""

    record: Mapping[str, str]
    kind: Kind
    problem: frame.Observation | None = None
    family: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    found: dict[int, Found] = field(default_factory=dict)
    path: str = ""

    def row(self, first_run: bool, now: int | None) -> frame.Observation:
        """The row of this log in the observation ``logs``; ``now`` is the target's clock."""
        name = self.record["name"]
        if self.problem:
            return {"log": name, "path": self.record["path"], **self.problem}
        files, total, newest_time, newest_size, skipped, lost, unread = self.family
        read = sum(max(0, end - begin) for begin, end in self.spans)
        silent = None if now is None else round(max(0, now - newest_time) / 3600, 2)
        return {
            "log": name,
            "path": self.record["path"],
            "kind": self.record["kind"],
            **self._counted("fail", "error"),
            **self._counted("warn", "warning"),
            "read_bytes": read,
            "read_size": in_words(read),
            "files_read": sum(end > begin for begin, end in self.spans),
            "first_run": first_run,
            "complete": not (lost or skipped or unread),
            "skipped_bytes": skipped,
            "skipped_size": in_words(skipped),
            "newest_mib": round(newest_size / _MIB, 2),
            "newest_size": in_words(newest_size),
            "family_size": in_words(total),
            "family_files": files,
            "silent_hours": silent,
            "undated": sum(found.undated for found in self.found.values()),
        }

    def _of_weight(self, weight: str) -> list[tuple[Pattern, Found]]:
        return [
            (self.kind.patterns[number], found)
            for number, found in sorted(self.found.items())
            if self.kind.patterns[number].weight == weight
        ]

    def _counted(self, weight: str, word: str) -> dict[str, Any]:
        seen = self._of_weight(weight)
        samples = []
        for _pattern, found in seen[:_PATTERNS_SHOWN]:
            lines = [_short(text) for _stamp, text in found.samples]
            samples.append(" … ".join(dict.fromkeys(lines[:1] + lines[-1:])))
        return {
            f"{word}s": sum(found.count for _pattern, found in seen),
            f"{word}s_zh": "、".join(f"{pattern.zh} {found.count}" for pattern, found in seen),
            f"{word}s_en": ", ".join(f"{pattern.en} {found.count}" for pattern, found in seen),
            f"{word}_samples": " | ".join(samples),
        }

    def match_rows(self) -> list[frame.Observation]:
        """The rows of this log in the observation ``matches``."""
        if self.problem:
            return []
        rows = []
        for weight in ("fail", "warn"):
            for pattern, found in self._of_weight(weight):
                first, last = (found.samples or [("", "")])[0], (found.samples or [("", "")])[-1]
                rows.append(
                    {
                        "log": self.record["name"],
                        "pattern": pattern.id,
                        "weight": weight,
                        "count": found.count,
                        "undated": found.undated,
                        "first": first[1],
                        "last": last[1],
                        "first_at": first[0],
                        "last_at": last[0],
                    }
                )
        return rows

    def bookmark(self, since: int, now: int | None) -> dict[str, Any]:
        """What the next run needs. A time in the future would hide what is written until then."""
        newest = self.family[2] if now is None else min(self.family[2], now)
        since = max(since, newest)
        return {
            "path": self.record["path"],
            "since": since,
            # only what the next run would otherwise take for new
            "done": [token for token in self.done if int(token.rpartition(":")[2]) >= since],
            "marks": list(reversed(self.marks)),
        }


def read(section: frame.Section, record: Mapping[str, str], kind: Kind) -> Answer:
    """Take the answer apart. Never raises; an answer that is not whole is a problem."""
    answer = Answer(record, kind)
    for line in section.lines:
        verb, _blank, rest = line.partition(b" ")
        try:
            _line(answer, verb, rest)
        except (ValueError, IndexError):
            answer.problem = answer.problem or frame.failure("bad_answer", frame.decode(line))
    if not answer.problem and section.code:
        answer.problem = frame.failure("crashed", f"awk {section.code}")
    if not answer.problem and len(answer.family) != 7:
        answer.problem = frame.failure("bad_answer", record["path"])
    return answer


def _line(answer: Answer, verb: bytes, rest: bytes) -> None:
    words = rest.split(b" ")
    if verb == b"error":
        reason, _blank, detail = frame.decode(rest).partition(" ")
        answer.problem = answer.problem or frame.failure(reason, redact(detail))
    elif verb == b"family":
        answer.family = [int(word) for word in words]
    elif verb == b"file":
        begin, end, path = rest.split(b" ", 2)
        answer.spans.append((int(begin), int(end)))
        answer.path = frame.decode(path)
    elif verb == b"mark":
        answer.marks.append(rest.decode("ascii"))
    elif verb == b"done":
        answer.done.append(rest.decode("ascii"))
    elif verb == b"gzip" or (verb == b"grep" and int(rest) > 1):
        answer.problem = answer.problem or frame.failure("unreadable", answer.path)
    elif verb == b"count":
        found = answer.found.setdefault(_pattern(answer, words[0]), Found())
        found.count, found.undated = int(words[1]), int(words[2])
        if not answer.kind.stamp:
            found.undated = 0
    elif verb == b"sample":
        number, _space, rest = rest.partition(b" ")
        stamp, _tab, text = rest.partition(b"\t")
        found = answer.found.setdefault(_pattern(answer, number), Found())
        found.samples.append((frame.clean(frame.decode(stamp)), _masked(text, answer.record)))


def _pattern(answer: Answer, word: bytes) -> int:
    number = int(word)
    if not 0 <= number < len(answer.kind.patterns):
        raise ValueError(word)
    return number


def _masked(raw: bytes, record: Mapping[str, str]) -> str:
    return frame.clean(redact(decode(raw, record["encoding"])))


def decode(raw: bytes, encoding: str) -> str:
    """Text of a log line that may be cut inside a character.

    The encoding named, else UTF-8, else GB18030, else ASCII with escapes. Only the last few bytes
    may be incomplete: more than that and the guess is wrong.
    """
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            decoder = codecs.getincrementaldecoder(name)("replace" if encoding else "strict")
            return decoder.decode(raw)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("ascii", "backslashreplace")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
