# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log area (ENV-09): what is new in each log since the last run, counted on the target.

Options (the role inspect_log hands them over):

- ``files``: [{name, path, kind, encoding}]; path is absolute and may be a shell pattern; kind is
  one of catalogue/log_patterns.yml or of ``patterns``; encoding is a Python codec, "" for a guess
- ``patterns``: kinds of the site, {kind: {stamp, patterns: [...]}}, which replace the catalogue's
- ``max_bytes``: so much of a log is read in a run, the newest; what is left out is told
- ``first_days``: a first run takes rotated files up to this age
- ``samples``: lines kept of each pattern; ``probe_seconds``: limit of one log

Observations:

- ``logs``: a row for each log: log, path, kind, errors, warnings (matches of weight fail and warn
  in what is new), errors_zh/_en, warnings_zh/_en (by pattern), error_samples, warning_samples
  (masked), read_bytes, read_size, files_read, first_run, complete, skipped_bytes, skipped_size,
  newest_mib, newest_size, family_size, family_files, silent_hours, undated; ..._size is text
  with its unit
- ``matches``: a row for each log and pattern that was found: log, pattern, weight, count, undated,
  first, last, first_at, last_at

Bookmarks: {log name: {path, since, done, marks}}, explained in log.sh. A log that could not be read
keeps its old one, so that the next run goes on there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame, log_rows
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.log_patterns import (
    Kind,
    awk_program,
    catalogue_kinds,
    for_printf,
    grep_expression,
    kinds,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

_MARK = re.compile(r"\d{1,20}:\d{1,18}:\d{1,4}:[0-9a-f]{64}:\d{1,3}:[0-9a-f]{64}\Z", re.ASCII)
_DONE = re.compile(r"\d{1,20}:\d{1,20}:\d{1,18}:\d{1,12}\Z", re.ASCII)
_PATTERN_CHARACTERS = re.compile(r"[*?\[]")
_GIB = 1 << 30


def script(options: Mapping[str, Any], context: Context) -> str:
    """The sh text for these options; a record that is not right is left out (parse tells it)."""
    known = _kinds(options)
    samples = int(options.get("samples") or 3)
    seconds = max(1, int(options.get("probe_seconds") or 300))
    texts = {
        name: (for_printf(grep_expression(kind)), for_printf(awk_program(kind, samples)))
        for name, kind in known.items()
    }
    calls: list[list[str | int]] = []
    for index, record in enumerate(_files(options)):
        if _problem(record, known):
            continue
        path = record["path"]
        since, done, marks = _bookmark(record, context)
        glob = int(bool(_PATTERN_CHARACTERS.search(path)))
        calls.append(["want_log", index, path, glob, since, done, *texts[record["kind"]], *marks])
    days = float(92 if options.get("first_days") is None else options["first_days"])
    variables: dict[str, str | int] = {
        "LOG_MAX_BYTES": int(options.get("max_bytes") or _GIB),
        "LOG_CUTOFF": int(context.sent.timestamp() - days * 86400),
        "LOG_SECONDS": seconds,
    }
    # Ours ends before the action's limit, so that the logs that were read still count.
    own = replace(context, timeout_seconds=max(1.0, context.timeout_seconds * 0.95 - 1))
    return frame.assemble("log", own, variables, {"each_log": calls})


def parse(output: bytes, options: Mapping[str, Any], context: Context) -> Collected:
    """Observations of an output; whatever is missing in it becomes an error, nothing is raised."""
    frames = frame.read(output)
    records, known = _files(options), _kinds(options)
    if not records:
        problem = frame.failure("not_configured", "inspect_log_files")
        return Collected({"logs": problem, "matches": problem})
    clock = frames.sections.get("clock")
    now = _number(clock.text) if clock else None
    rows: list[frame.Observation] = []
    matches: list[frame.Observation] = []
    bookmarks: dict[str, Any] = {}
    for index, record in enumerate(records):
        name, section = record["name"], f"log.{index}"
        if name in context.bookmarks:
            bookmarks[name] = context.bookmarks[name]
        wrong = _problem(record, known)
        if wrong:
            rows.append({"log": name, **frame.failure("not_configured", wrong)})
        elif section not in frames.sections:
            rows.append({"log": name, **frames.error(section, context)})
        else:
            since = _bookmark(record, context)[0]
            answer = log_rows.read(frames.sections[section], record, known[record["kind"]])
            rows.append(answer.row(since < 0, now))
            matches += answer.match_rows()
            if not answer.problem:
                bookmarks[name] = answer.bookmark(since, now)
    return Collected({"logs": {"rows": rows}, "matches": {"rows": matches}}, bookmarks)


def _kinds(options: Mapping[str, Any]) -> dict[str, Kind]:
    own = options.get("patterns") or {}
    return {**catalogue_kinds(), **kinds(own, "inspect_log_patterns")}


def _files(options: Mapping[str, Any]) -> list[dict[str, str]]:
    found = []
    for record in options.get("files") or ():
        data = record if isinstance(record, Mapping) else {"path": record}
        path = str(data.get("path") or "")
        found.append(
            {
                "name": str(data.get("name") or path),
                "path": path,
                "kind": str(data.get("kind") or ""),
                "encoding": str(data.get("encoding") or ""),
            }
        )
    return found


def _problem(record: Mapping[str, str], known: Mapping[str, Kind]) -> str:
    """The key of a log's record that is not right, "" if all are."""
    path = record["path"]
    if not path.startswith("/") or path.endswith("/") or re.search(r"[\0\n\r]", path):
        return "path"
    return "" if record["kind"] in known else "kind"


def _bookmark(record: Mapping[str, str], context: Context) -> tuple[int, str, list[str]]:
    """(since, done, marks) of the last run, (-1, "", []) if there was none for this path."""
    stored = context.bookmarks.get(record["name"])
    if not isinstance(stored, Mapping) or stored.get("path") != record["path"]:
        return -1, "", []
    since, marks, done = stored.get("since"), stored.get("marks"), stored.get("done")
    if not isinstance(since, int) or not isinstance(marks, list) or not isinstance(done, list):
        return -1, "", []
    finished = [token for token in done if _DONE.match(str(token))]
    return (
        max(0, since),
        f" {' '.join(finished)} ",
        [mark for mark in marks if _MARK.match(str(mark))],
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
