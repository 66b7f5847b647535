# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend of oracle_performance_info: a session of its own, asked for when it is wanted.

Licences: V$ACTIVE_SESSION_HISTORY, the DBA_HIST_ views (but for DBA_HIST_SNAPSHOT and five
more), DBA_ADDM_ and ADDM's rows of DBA_ADVISOR_ need the Diagnostics Pack; V$SQL_MONITOR and
V$SQL_PLAN_MONITOR need the Tuning Pack. Source: Oracle Database Licensing Information User
Manual, "Oracle Diagnostics Pack", "Oracle Tuning Pack". To look at them is to use them, whether
the pack was bought or not, so PARTS names none of them; LICENSED_PARTS are asked only where the
site says that it has the Diagnostics Pack. Every other view here belongs to the database itself.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle import (
    instance,
    performance_data,
    performance_load,
    performance_memory,
    performance_sql,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import Collected
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login, Session
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_SUBJECTS = (performance_load, performance_memory, performance_sql, performance_data)

MAKES: dict[str, tuple[str, ...]] = {
    name: parts for subject in _SUBJECTS for name, parts in subject.MAKES.items()
}


def parts(wanted: Wanted) -> list[Part]:
    """Return what is asked of a site; the views that need a licence only where it has one."""
    found = [part for part in instance.PARTS if part.name == "instance"]
    found += [part for subject in _SUBJECTS for part in subject.PARTS]
    if wanted.licensed_diagnostics:
        found += performance_sql.LICENSED_PARTS
    return found


def collect(login: Login, wanted: Wanted) -> Collected:
    """Log in once and answer for everything; never raises for what the database does."""
    answers, asked = Session(login, parts(wanted)).run()
    return Collected(
        observe(answers, wanted),
        [item.as_dict() for item in asked],
        bookmarks(answers, wanted),
    )


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return every observation of MAKES."""
    found: dict[str, Observation] = {}
    for subject in _SUBJECTS:
        found |= subject.observe(answers, wanted)
    return found


def bookmarks(answers: Answers, wanted: Wanted) -> dict[str, Any]:
    """Return what the next diagnosis compares with; what cannot be seen today is kept.

    Growth is measured from the first look of at least a week ago, so a look within a week of
    the last one leaves that one in its place.
    """
    grown = observe(answers, wanted)["segment_growth"]
    if grown.get("absent", {}).get("reason") == "baseline_young":
        return dict(wanted.earlier)
    return dict(wanted.earlier) | performance_data.remember(answers, wanted)
