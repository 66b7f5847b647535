# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tablespaces used each day by Oracle's own history, for the forecast of the report.

DBA_HIST_TBSPC_SPACE_USAGE needs the Diagnostics Pack (see performance.py), so its parts are
``licensed``. Sizes are in blocks of the tablespace, and RTIME is text (Database Reference, 11.2
to 23ai). The reference does not give its form; it is MM/DD/YYYY HH24:MI:SS, as scripts that DBAs
published read it, and what has another form is left out here. How many days there are is the
retention of AWR: 8 unless the site made it more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers, rows_of
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part, number, text
from ansible_collections.ebill.ops.plugins.module_utils.oracle.spaces import in_root

MOST = 60
"""Points of a tablespace that are kept; so many say as much as all of them."""

_DAY = "SUBSTR(rtime, 7, 4) || '-' || SUBSTR(rtime, 1, 2) || '-' || SUBSTR(rtime, 4, 2)"
_PICTURE = "'YYYY-MM-DD'"
# The day has a name of its own: in a chain of || its expression is not one to group by.
_NAMED = (
    f"(SELECT dbid, tablespace_id, tablespace_usedsize, {_DAY} AS taken_on"  # noqa: S608
    " FROM dba_hist_tbspc_space_usage)"
)
# Not today: of that the inspection has its own figure. A year of 50 tablespaces fits the rows.
_REST = (
    f"AND taken_on < TO_CHAR(SYSDATE, {_PICTURE})"
    f" AND taken_on >= TO_CHAR(SYSDATE - 366, {_PICTURE}) GROUP BY tablespace_id, taken_on"
)
_OWN = "dbid IN (SELECT dbid FROM v$database)"
# A pluggable database may keep a history of its own, under its own number.
_OWN_SINCE_12 = f"({_OWN} OR dbid IN (SELECT con_dbid FROM v$database))"  # noqa: S608 - our own constants


def _outside_root(answers: Answers) -> bool:
    """Numbers of tablespaces are those of a container; the root's name none of the others'."""
    return not in_root(answers)


def _history(own: str, since: tuple[int, int], until: tuple[int, int] | None) -> Part:
    return Part(
        "space_history",
        "DBA_HIST_TBSPC_SPACE_USAGE",
        (
            number("tablespace_id"),
            text("day", "taken_on"),
            number("used_blocks", "MAX(tablespace_usedsize)"),
        ),
        f"WHERE {own} {_REST}",
        source=_NAMED,
        max_rows=20000,
        since=since,
        until=until,
        when=_outside_root,
        licensed=True,
    )


PARTS = (
    _history(_OWN, (11, 2), (12, 1)),
    _history(_OWN_SINCE_12, (12, 1), None),
    Part(
        "space_numbers",
        "V$TABLESPACE",
        (number("ts", "ts#"), text("name")),
        max_rows=2000,
        when=_outside_root,
        licensed=True,
    ),
)


def daily_used(answers: Answers) -> dict[str, str]:
    """Return by tablespace ``YYYY-MM-DD=1048576B;...``, oldest first, at most MOST days.

    Text, because a result has flat details; with the unit, because a number of eleven digits
    without one is masked as somebody's mobile phone.
    Empty where there is no history: no licence, no grant, in the root. Points that make no sense
    are left out.
    """
    if in_root(answers):
        return {}
    blocks: dict[Any, dict[str, int]] = {}
    for row in rows_of(answers, "space_history"):
        used = row.get("used_blocks")
        if _is_day(row.get("day")) and isinstance(used, int) and used >= 0:
            blocks.setdefault(row.get("tablespace_id"), {})[row["day"]] = used
    names = {row.get("name"): row.get("ts") for row in rows_of(answers, "space_numbers")}
    spaces = rows_of(answers, "tablespaces")
    found = {
        str(space["tablespace_name"]): _text(space, blocks.get(names.get(space["tablespace_name"])))
        for space in spaces
    }
    return {name: points for name, points in found.items() if points}


def _text(space: Mapping[str, Any], blocks: Mapping[str, int] | None) -> str:
    size = space.get("block_size")
    if not blocks or not isinstance(size, int) or size <= 0:
        return ""
    days = sorted(blocks)
    if len(days) > MOST:
        days = [days[n * (len(days) - 1) // (MOST - 1)] for n in range(MOST)]
    return ";".join(f"{day}={blocks[day] * size}B" for day in days)


def _is_day(words: Any) -> bool:
    try:
        return len(words) == len("YYYY-MM-DD") and bool(date.fromisoformat(words))
    except (TypeError, ValueError):
        return False
