# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors in the alert log since the last run, read from V$DIAG_ALERT_EXT (ENV-03).

Oracle documents the view from 12.2 on. The log is counted by days of UTC, and the last day's
numbers are remembered: the next run takes them off, so that no entry counts twice and none is
missed. Each instance of a cluster has a log, and a memory, of its own. Only the code of the first
ORA- error of an entry is read, never its text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Problem,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.containers import (
    remembered,
    remembering,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

DAYS = 92
"""How far back a first run looks, as the log area does: a quarter."""
INCIDENT = "INCIDENT"
_MOST_SHOWN = 6

SERIOUS = frozenset(
    (
        *(600, 7445),  # internal errors
        *(1578, 26040, 8103),  # corrupt blocks
        *(1652, 1653, 1654, 1655, 1658, 1688, 1691, 1692),  # no room to extend
        *(257, 19502, 19504, 19809, 16014, 16038),  # archiving
        *(4030, 4031),  # memory
        *(603, 470, 471, 472, 474, 490),  # the instance was terminated
        *(1157, 1110, 1115, 1116, 27037, 27041, 27061, 27072),  # data files
        *(18, 20),  # sessions, processes
    )
)
"""The codes that log_patterns.yml of the catalogue weighs as failures; a test compares them."""
IGNORED = frozenset((1013, 28, 3136, 609))
"""Cancelled by the user, killed by a DBA, clients that went away: nothing is wrong then."""

_DAY = "TO_CHAR(SYS_EXTRACT_UTC({}), 'YYYY-MM-DD')"
# Five digits behind ORA-, or fewer and what follows them: see _code().
_CODE = (
    "CASE WHEN message_text LIKE '%ORA-%'"
    " THEN SUBSTR(message_text, INSTR(message_text, 'ORA-'), 9) END"
)
_ENTRY_DAY = _DAY.format("originating_timestamp")

PARTS = (
    Part(
        "today",
        "DUAL",
        (
            text("day", _DAY.format("SYSTIMESTAMP")),
            text("first_day", _DAY.format(f"SYSTIMESTAMP - INTERVAL '{DAYS}' DAY")),
        ),
        max_rows=1,
        lane="identity",
    ),
    # One pass over the log, which Oracle parses anew for every query. MESSAGE_TYPE 2 is
    # INCIDENT_ERROR: for internal or unexpected reasons, to be reported to Oracle Support. Other
    # components of the server, such as the listener, write to the same repository.
    Part(
        "alert_entries",
        "V$DIAG_ALERT_EXT",
        (
            text("day", _ENTRY_DAY),
            text("code", _CODE),
            number("entries", "COUNT(*)"),
            number("incidents", "SUM(CASE WHEN message_type = 2 THEN 1 ELSE 0 END)"),
        ),
        f"WHERE originating_timestamp >= SYSTIMESTAMP - INTERVAL '{DAYS}' DAY"
        " AND component_id LIKE 'rdbms%' AND (message_text LIKE '%ORA-%' OR message_type = 2)"
        f" GROUP BY {_ENTRY_DAY}, {_CODE}",
        max_rows=20000,
        since=(12, 2),
        lane="alert",
    ),
)

MAKES: dict[str, tuple[str, ...]] = {"alert_log": ("today", "alert_entries")}

Days = dict[str, dict[str, int]]
"""Numbers by day and code; the code of an incident is INCIDENT."""


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return ``alert_log``, one row: what is new, by weight, with the codes in words."""
    problem = first_problem(answers, *MAKES["alert_log"])
    if problem and problem.reason == "not_supported":
        return {"alert_log": absent("alert_log_file", problem.detail)}
    if problem:
        return {"alert_log": error(problem)}
    today = next(iter(rows_of(answers, "today")), {})
    if not today.get("day"):
        return {"alert_log": error(Problem("bad_answer", "SYSTIMESTAMP"))}
    earlier = remembered(answers, wanted.earlier.get("instances")) or {}
    new = _new(_days(answers), earlier)
    serious = {code: count for code, count in new.items() if _number(code) in SERIOUS}
    others = {
        code: count
        for code, count in new.items()
        if code != INCIDENT and _number(code) not in SERIOUS | IGNORED
    }
    row = {
        "since_day": max(str(today["first_day"]), str(earlier.get("day") or "")),
        "serious": sum(serious.values()),
        "serious_codes": _shown(serious),
        "others": sum(others.values()),
        "other_codes": _shown(others),
        "incidents": new.get(INCIDENT, 0),
    }
    return {"alert_log": rows([row])}


def remember(answers: Answers, wanted: Wanted) -> dict[str, Any]:
    """Return today and its numbers; what was remembered before when the log could not be read."""
    today = next(iter(rows_of(answers, "today")), {})
    if first_problem(answers, *MAKES["alert_log"]) or not today.get("day"):
        return dict(wanted.earlier)
    day = str(today["day"])
    own = {"day": day, "counts": _days(answers).get(day, {})}
    return {"instances": remembering(answers, wanted.earlier.get("instances"), own)}


def _days(answers: Answers) -> Days:
    found: Days = {}
    for row in rows_of(answers, "alert_entries"):
        day = found.setdefault(str(row.get("day")), {})
        for code, field in ((_code(row.get("code")), "entries"), (INCIDENT, "incidents")):
            if code and row.get(field):
                day[code] = day.get(code, 0) + int(row[field])
    return found


def _code(written: Any) -> str | None:
    """Return ORA-00600 for that or for ORA-600; None where no number follows."""
    match = re.match(r"ORA-(\d{1,5})", str(written))
    return f"ORA-{int(match[1]):05d}" if match else None


def _number(code: str) -> int:
    return 0 if code == INCIDENT else int(code[4:])


def _new(days: Days, earlier: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers since the last run, which read its own day up to its own time.

    A day with fewer entries than before was cleaned up meanwhile: what is left may be old or new,
    and counts.
    """
    since, known = str(earlier.get("day") or ""), earlier.get("counts") or {}
    found: dict[str, int] = {}
    for day, codes in days.items():
        if day < since:
            continue
        for code, count in codes.items():
            before = int(known.get(code, 0)) if day == since else 0
            more = count - before if count >= before else count
            if more:
                found[code] = found.get(code, 0) + more
    return found


def _shown(codes: Mapping[str, int]) -> str:
    """The most frequent codes with their numbers, such as ``ORA-00600 × 2, ORA-04031 × 1``."""
    ordered = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{code} × {count}" for code, count in ordered[:_MOST_SHOWN]]
    return ", ".join(shown + ["…"] * (len(ordered) > _MOST_SHOWN))
