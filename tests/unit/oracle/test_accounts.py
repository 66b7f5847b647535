# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that must not expire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import accounts
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

GRANT = Problem("missing_grant", "SELECT ON SYS.DBA_USERS (ORA-00942)")


def account(name: str = "EBILL", status: str = "OPEN", days: float | None = None) -> dict[str, Any]:
    expires = None if days is None else datetime(2026, 12, 12, 9)
    return {"username": name, "account_status": status, "expiry_date": expires, "days_left": days}


def seen(rows: Any, *listed: str, own: Any = ()) -> dict[str, Any]:
    answers = {"own_account": own, "open_accounts": rows}
    return dict(accounts.observe(answers, Wanted(application_accounts=listed)))


@pytest.mark.parametrize(
    ("status", "days", "state", "dated"),
    [
        ("OPEN", None, "open", False),
        ("OPEN", 90.5, "open", True),
        # the day has passed, but nobody has logged in since
        ("OPEN", -3, "open", True),
        ("EXPIRED(GRACE)", 4.5, "grace", True),
        ("EXPIRED", -3, "expired", False),
        ("LOCKED", None, "locked", False),
        ("LOCKED(TIMED)", 20, "locked", False),
        ("EXPIRED & LOCKED", -3, "locked", False),
        ("EXPIRED(GRACE) & LOCKED(TIMED)", 2, "locked", False),
        ("OPEN & IN ROLLOVER", None, "open", False),
        ("EXPIRED(GRACE) & IN ROLLOVER", 2, "grace", True),
        ("LOCKED & IN ROLLOVER", None, "locked", False),
        ("RESTING", None, "unknown", False),
    ],
)
def test_states(status: str, days: float | None, state: str, dated: bool) -> None:
    (row,) = seen([account("EBILL", status, days)], "EBILL")["application_accounts"]["rows"]
    assert (row["state"], row["dated"], row["days_left"]) == (state, dated, days)
    assert row["expires"] == (None if days is None else "2026-12-12")


def test_only_listed_accounts_are_shown() -> None:
    rows = [account("ZHANGSAN", "LOCKED"), account("EBILL"), account("EBILL_RPT", days=3)]
    found = seen(rows, "ebill", "EBILL", "ebill_none")["application_accounts"]["rows"]
    assert [row["account"] for row in found] == ["EBILL", "EBILL_NONE"]
    assert found[1]["error"] == {"reason": "not_found", "detail": "DBA_USERS: EBILL_NONE"}


def test_none_listed_needs_no_grant() -> None:
    assert seen(GRANT)["application_accounts"]["absent"]["reason"] == "not_configured"
    assert seen(GRANT, "EBILL")["application_accounts"]["error"] == GRANT.as_dict()


def test_containers_are_told_apart() -> None:
    rows = [account() | {"con_id": number} for number in (3, 4)]
    found = seen(rows, "EBILL")["application_accounts"]["rows"]
    assert [row["account"] for row in found] == ["CON_ID 3/EBILL", "CON_ID 4/EBILL"]


def test_the_own_account() -> None:
    (row,) = seen([], own=[account("EBILL_OPS", days=12)])["own_account"]["rows"]
    assert (row["account"], row["days_left"]) == ("EBILL_OPS", 12)
    assert seen([], own=[])["own_account"]["error"]["reason"] == "bad_answer"
    assert seen([], own=GRANT)["own_account"]["error"] == GRANT.as_dict()


def test_the_own_account_needs_no_grant() -> None:
    assert [part.grant_object for part in accounts.PARTS] == ["", "SYS.DBA_USERS"]
