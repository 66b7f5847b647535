# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inspection account: which grants for which checks, and which statements lead there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.inspector import (
    MASK,
    Found,
    Grant,
    Inspector,
    RefusedError,
    Step,
    check_password,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.privileges import (
    every_part,
    grantable,
    needed,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import load
from hypothesis import given
from hypothesis import strategies as st

from lab.oracle.sql.tokens import Tokens
from tools import oracle_grants

CATALOGUE = load()
NEW = Found((19, 21, 0, 0, 0))
NEEDED = {"SYS.V_$SESSION": ["oracle.sessions_blocking"], "SYS.DBA_JOBS": []}
READS = frozenset(Grant(target, "READ") for target in NEEDED)
THERE = replace(
    NEW, exists=True, status="OPEN", privileges=frozenset({"CREATE SESSION"}), grants=READS
)
OURS = Inspector("EBILL_OPS", "Insp#2026x")
COMMON = Inspector("C##EBILL_OPS", "Insp#2026x", common=True)
IN_ROOT = replace(NEW, container="CDB$ROOT")
SQL = Grant("SYS.V_$SQL", "SELECT")


def statements(inspector: Inspector, found: Found) -> list[str]:
    return [step.shown for step in inspector.present(found, NEEDED).steps]


def test_a_new_account() -> None:
    assert statements(OURS, NEW) == [
        "CREATE USER EBILL_OPS IDENTIFIED BY ********",
        "GRANT CREATE SESSION TO EBILL_OPS",
        "GRANT READ ON SYS.V_$SESSION TO EBILL_OPS",
        "GRANT READ ON SYS.DBA_JOBS TO EBILL_OPS",
    ]
    assert OURS.present(NEW, NEEDED).missing == tuple(NEEDED)


def test_a_new_common_account() -> None:
    assert statements(COMMON, IN_ROOT) == [
        "CREATE USER C##EBILL_OPS IDENTIFIED BY ******** CONTAINER = ALL",
        "GRANT CREATE SESSION TO C##EBILL_OPS CONTAINER = ALL",
        "ALTER USER C##EBILL_OPS SET CONTAINER_DATA = ALL CONTAINER = CURRENT",
        "GRANT READ ON SYS.V_$SESSION TO C##EBILL_OPS CONTAINER = ALL",
        "GRANT READ ON SYS.DBA_JOBS TO C##EBILL_OPS CONTAINER = ALL",
    ]


@pytest.mark.parametrize(
    ("release", "verb"),
    [((11, 2, 0, 4), "SELECT"), ((12, 1, 0, 1), "SELECT"), ((12, 1, 0, 2), "READ")],
)
def test_read_came_with_a_patch_set(release: tuple[int, ...], verb: str) -> None:
    assert statements(OURS, Found(release))[-1] == f"GRANT {verb} ON SYS.DBA_JOBS TO EBILL_OPS"


@pytest.mark.parametrize("verb", ["READ", "SELECT"])
def test_nothing_to_do(verb: str) -> None:
    held = frozenset(Grant(target, verb) for target in NEEDED)
    assert statements(OURS, replace(THERE, grants=held)) == []


def test_what_lacks_is_added_and_other_rights_stay() -> None:
    found = replace(
        THERE,
        privileges=frozenset({"SELECT ANY TABLE"}),
        roles=frozenset({"DBA"}),
        grants=frozenset({Grant("SYS.DBA_JOBS", "READ"), Grant("EBILL.BILLS", "SELECT")}),
    )
    assert statements(OURS, found) == [
        "GRANT CREATE SESSION TO EBILL_OPS",
        "GRANT READ ON SYS.V_$SESSION TO EBILL_OPS",
    ]
    assert found.beyond == ["DBA", "SELECT ANY TABLE", "SELECT ON EBILL.BILLS"]


def test_a_surplus_is_named_and_revoked_only_when_asked() -> None:
    found = replace(THERE, grants=READS | {SQL, Grant("SYS.DBA_SOURCE", "SELECT")})
    assert OURS.present(found, NEEDED).surplus == ("SELECT ON SYS.V_$SQL",)
    assert statements(OURS, found) == []
    revoking = replace(OURS, revoke_surplus=True)
    assert statements(revoking, found) == ["REVOKE SELECT ON SYS.V_$SQL FROM EBILL_OPS"]


@pytest.mark.parametrize(("common", "where"), [(True, "ALL"), (False, "CURRENT")])
def test_a_common_grant_is_revoked_where_it_was_made(common: bool, where: str) -> None:
    found = replace(
        THERE, container="CDB$ROOT", grants=READS | {replace(SQL, common=common)}, sees_all=True
    )
    assert statements(replace(COMMON, revoke_surplus=True), found) == [
        f"REVOKE SELECT ON SYS.V_$SQL FROM C##EBILL_OPS CONTAINER = {where}"
    ]


def test_a_password_is_renewed_only_when_asked() -> None:
    assert statements(replace(OURS, renew_password=True), THERE) == [
        "ALTER USER EBILL_OPS IDENTIFIED BY ********"
    ]


def test_a_drop_and_a_second_one() -> None:
    assert [step.shown for step in OURS.absent(THERE).steps] == ["DROP USER EBILL_OPS"]
    assert OURS.absent(NEW).steps == ()


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (replace(THERE, owned=1), "owns_objects"),
        (replace(THERE, maintained=True), "oracle_account"),
        (replace(THERE, roles=frozenset({"CONNECT"})), "more_than_inspector"),
        (replace(THERE, privileges=frozenset({"CREATE TABLE"})), "more_than_inspector"),
        (replace(THERE, grants=frozenset({Grant("EBILL.B", "SELECT")})), "more_than_inspector"),
        (
            replace(THERE, grants=frozenset({Grant("SYS.DBMS_LOCK", "EXECUTE")})),
            "more_than_inspector",
        ),
    ],
)
def test_an_account_that_is_no_inspector_is_not_dropped(found: Found, reason: str) -> None:
    with pytest.raises(RefusedError) as caught:
        OURS.absent(found)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("inspector", "found", "reason"),
    [
        (Inspector("SYSTEM", "x"), Found((11, 2, 0, 4)), "oracle_account"),
        (OURS, replace(THERE, maintained=True), "oracle_account"),
        (OURS, replace(THERE, owned=3), "owns_objects"),
        (OURS, IN_ROOT, "in_root"),
        (COMMON, replace(NEW, container="EBILLPDB"), "not_in_root"),
        (COMMON, NEW, "not_in_root"),
        (replace(OURS, common=True), IN_ROOT, "bad_name"),
        (replace(COMMON, common=False), NEW, "bad_name"),
        (Inspector("A" * 31, "x"), Found((12, 1, 0, 2)), "bad_name"),
        (replace(OURS, password=""), NEW, "no_password"),
        (replace(OURS, password="", renew_password=True), THERE, "no_password"),
        (replace(OURS, password='a"b'), NEW, "bad_password"),
    ],
)
def test_what_is_refused(inspector: Inspector, found: Found, reason: str) -> None:
    with pytest.raises(RefusedError) as caught:
        inspector.present(found, NEEDED)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "name", ["", "1A", "ebill", "A B", "A;B", 'A"B', "A'B", "A--", "A.B", "中文", "A\n", "A*"]
)
def test_a_name_that_would_need_quotes_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match="bad_name"):
        Inspector(name, "x").present(NEW, NEEDED)


@given(st.text(max_size=40))
def test_every_password_that_is_taken_arrives_as_it_is(password: str) -> None:
    try:
        check_password(password, (19, 0))
    except RefusedError as error:
        # A short one may stand in the words of the refusal by chance.
        assert len(password) < 8 or password not in str(error)
        return
    tokens = Tokens(
        Step(f"CREATE USER EBILL_OPS IDENTIFIED BY {MASK} CONTAINER = ALL").sql(password)
    )
    assert tokens.accept("CREATE", "USER", "EBILL_OPS", "IDENTIFIED", "BY")
    assert tokens.password() == password
    assert tokens.accept("CONTAINER", "=", "ALL")
    tokens.end()


@pytest.mark.parametrize(("release", "longest"), [((19, 0), 30), ((23, 5), 1024)])
def test_how_long_a_password_may_be(release: tuple[int, ...], longest: int) -> None:
    check_password("x" * longest, release)
    with pytest.raises(RefusedError, match="bad_password"):
        check_password("x" * (longest + 1), release)


def test_the_password_is_in_no_picture_of_the_account() -> None:
    assert OURS.password not in repr(OURS)


def owed(*names: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(CATALOGUE.checks[name].observation, []).append(name)
    return found


def test_only_what_the_enabled_checks_need() -> None:
    found = needed(owed("oracle.sessions_blocking"), (19, 0))
    assert set(found) == {"SYS.V_$INSTANCE", "SYS.V_$DATABASE", "SYS.V_$SESSION"}
    assert found["SYS.V_$SESSION"] == ["oracle.sessions_blocking"]


def test_every_grant_names_its_checks() -> None:
    checks = [check.id for check in CATALOGUE.areas["oracle"].checks]
    found = needed(owed(*checks), (19, 0))
    assert all(found.values())
    named = {name for names in found.values() for name in names}
    # These are told from refusals, and from what every account may read of itself.
    own = {"oracle.grants_complete", "oracle.accounts_own_state", "oracle.accounts_own_expiry"}
    assert set(checks) - named <= own


def test_older_releases_are_granted_what_they_have() -> None:
    old, new = needed({}, (11, 2)), needed({}, (19, 0))
    assert "SYS.V_$CONTAINERS" in new
    assert "SYS.V_$CONTAINERS" not in old
    assert set(old) <= grantable()


def test_the_root_is_asked_by_the_views_of_all_containers() -> None:
    found = needed({}, (19, 0), in_root=True)
    assert "SYS.CDB_DATA_FILES" in found
    assert "SYS.DBA_DATA_FILES" not in found


@pytest.mark.parametrize("release", [(11, 2), (12, 1), (12, 2), (19, 0), (23, 0)])
@pytest.mark.parametrize("in_root", [False, True])
def test_the_script_for_the_dba_grants_the_same(release: tuple[int, int], in_root: bool) -> None:
    script = set(re.findall(r"GRANT SELECT ON (\S+) TO", oracle_grants.text()))
    assert set(needed({}, release, in_root=in_root, licensed=True)) <= script <= grantable()


def test_a_licence_is_never_used_unasked() -> None:
    free, bought = needed({}, (19, 0)), needed({}, (19, 0), licensed=True)
    assert set(free) <= set(bought)
    assert not any("_HIST_" in name or "ACTIVE_SESS" in name for name in free)
    assert len(every_part(licensed=True)) >= len(every_part(licensed=False))
