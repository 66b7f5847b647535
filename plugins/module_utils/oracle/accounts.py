# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that must not expire: the inspection's own and those of the e-bill system (ENV-03).

An account whose date has passed stays OPEN until its next login, which then fails or begins the
time of grace; so the date is looked at beside the status. Names of other accounts, which may be
those of people, are read to find the ones that are listed, and go no further.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Problem,
    Row,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import labelled
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import (
    Part,
    date,
    number,
    text,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

_COLUMNS = (
    text("username"),
    text("account_status"),
    date("expiry_date"),
    number("days_left", "ROUND(expiry_date - SYSDATE, 2)"),
)

PARTS = (
    Part("own_account", "USER_USERS", _COLUMNS, max_rows=1),
    Part(
        "open_accounts",
        "DBA_USERS",
        _COLUMNS,
        max_rows=5000,
        by_container=True,
    ),
)

MAKES: dict[str, tuple[str, ...]] = {
    "own_account": ("own_account",),
    "application_accounts": ("open_accounts",),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES; a row for each account."""
    return {
        "own_account": _own(answers),
        "application_accounts": _application(answers, wanted),
    }


def _own(answers: Answers) -> Observation:
    problem = first_problem(answers, "own_account")
    if problem:
        return error(problem)
    found = [_account(row, str(row.get("username"))) for row in rows_of(answers, "own_account")]
    return rows(found) if found else error(Problem("bad_answer", "USER_USERS: 0 rows"))


def _application(answers: Answers, wanted: Wanted) -> Observation:
    if not wanted.application_accounts:
        return absent("not_configured", "application_accounts")
    problem = first_problem(answers, "open_accounts")
    if problem:
        return error(problem)
    known: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows_of(answers, "open_accounts"):
        known.setdefault(str(row.get("username")), []).append(row)
    found: list[Row] = []
    for name in dict.fromkeys(name.upper() for name in wanted.application_accounts):
        for row in known.get(name, ()):
            found.append(_account(row, labelled(name, row, answers)))
        if name not in known:
            missing = Problem("not_found", f"DBA_USERS: {name}")
            found.append({"account": name} | error(missing))
    return rows(found)


def _account(row: Mapping[str, Any], name: str) -> Row:
    """``state``: ``open``, ``grace``, ``expired`` or ``locked``, the worst of them that holds.

    ACCOUNT_STATUS joins several by " & ", such as EXPIRED & LOCKED or OPEN & IN ROLLOVER.
    """
    words = str(row.get("account_status")).split(" & ")
    state = "open" if "OPEN" in words or words == ["IN ROLLOVER"] else "unknown"
    for word, meaning in (("EXPIRED(GRACE)", "grace"), ("EXPIRED", "expired")):
        if word in words:
            state = meaning
    if any(word.startswith("LOCKED") for word in words):
        state = "locked"
    expires = row.get("expiry_date")
    return {
        "account": name,
        "state": state,
        "status": row.get("account_status"),
        "dated": expires is not None and state in ("open", "grace"),
        "expires": expires.strftime("%Y-%m-%d") if expires else None,
        "days_left": row.get("days_left"),
    }
