# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every statement that we send names only what Oracle's reference lists for that release.

The reference is lab/oracle/dictionary/views.yml; the statements are all Parts of all subjects,
each variant at each release that it is sent to, from a container root too where it has that.
What they ask for is also confirmed for the release, by a page or by other evidence in that file,
or stands there as unconfirmed.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlglot
import yaml
from ansible_collections.ebill.ops.plugins.module_utils import oracle as package
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from sqlglot import exp

from lab.oracle import dictionary
from lab.oracle.dictionary import Release

RELEASES: tuple[Release, ...] = ((11, 2), (12, 1), (12, 2), (18, 0), (19, 0), (21, 0), (23, 0))
PSEUDO = frozenset(
    {"ROWNUM", "SYSDATE", "SYSTIMESTAMP", "USER", "LEVEL", "DBTIMEZONE", "CURRENT_DATE", "ROWID"}
)
HOWS = ("page", "create_view", "describe", "script")
"""The kinds of evidence in views.yml, the best first; its header explains them."""
SUBJECT_FILES = sorted(module.name for module in pkgutil.iter_modules(package.__path__))


def parts() -> list[Part]:
    """The parts of every file that has some, whether a registry knows it or not."""
    found = []
    for name in SUBJECT_FILES:
        module = importlib.import_module(f"{package.__name__}.{name}")
        found += list(getattr(module, "PARTS", ()))
    return found


def statements() -> Iterator[tuple[str, Release, str]]:
    """(part, release, SQL) for all that may be sent."""
    for part in parts():
        for release in RELEASES:
            if not part.fits(release):
                continue
            yield part.name, release, part.sql()
            if part.by_container and release >= dictionary.MULTITENANT:
                yield part.name, release, part.in_root().sql()


def faults(sql: str, release: Release) -> list[str]:
    """What is wrong with a statement: no parse, an unknown view or column."""
    try:
        tree = sqlglot.parse_one(sql, dialect="oracle")
    except sqlglot.errors.SqlglotError as problem:
        return [f"does not parse: {problem}"]
    found: list[str] = []
    for select in tree.find_all(exp.Select):
        found += list(_block(select, release))
    return found


def _tables(select: exp.Select) -> list[Any]:
    """What stands in FROM: tables and subqueries."""
    source = select.args.get("from_")
    tables = [source.this] if source is not None else []
    return tables + [join.this for join in select.args.get("joins") or []]


def _view_name(table: Any) -> str:
    """The view that a table in FROM means; V_$X is V$X."""
    return re.sub(r"^(G?V)_\$", r"\1$", table.name.upper())


def _views(select: exp.Select, release: Release) -> dict[str, set[str]] | str:
    """What stands in FROM: name or alias -> columns; the fault when it is unknown."""
    seen: dict[str, set[str]] = {}
    for table in _tables(select):
        if isinstance(table, exp.Subquery):
            seen[table.alias.upper()] = {name.upper() for name in table.this.named_selects}
            continue
        name = table.name.upper()
        view = dictionary.views().get(_view_name(table))
        if view is None or not view.there(release):
            return f"{name} is not in {_shown(release)}"
        seen[(table.alias or name).upper()] = {column.name for column in view.of(release)}
    return seen


def _block(select: exp.Select, release: Release) -> Iterator[str]:
    views = _views(select, release)
    if isinstance(views, str):
        yield views
        return
    known = {name.upper() for name in select.named_selects}
    for column in _own_columns(select):
        name, table = column.name.upper(), column.table.upper()
        if not table and (name in PSEUDO or any(name in of for of in views.values())):
            continue
        if table and name in views.get(table, set()):
            continue
        if not table and name in known and column.find_ancestor(exp.Order):
            continue
        shown = ", ".join(view for view in views)
        yield f"{shown} has no column {name} in {_shown(release)}"


def _own_columns(select: exp.Select) -> Iterator[exp.Column]:
    """The columns of this block, not those of the queries inside it."""
    for column in select.find_all(exp.Column):
        if column.find_ancestor(exp.Select) is select:
            yield column


def _shown(release: Release) -> str:
    return ".".join(map(str, release))


@functools.cache
def _document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(dictionary.SOURCE.read_text(encoding="utf-8"))
    return found


@functools.cache
def asked(release: str) -> dict[str, set[str]]:
    """The columns that our statements ask for at a release, by the view that views.yml lists.

    A CDB_ view is its DBA_ view, with CON_ID.
    """
    found: dict[str, set[str]] = {}
    for _, at, sql in statements():
        if at == dictionary.release_of(release):
            for select in sqlglot.parse_one(sql, dialect="oracle").find_all(exp.Select):
                for view, column in _asked_here(select, at):
                    found.setdefault(view, set()).add(column)
    return found


def _asked_here(select: exp.Select, release: Release) -> Iterator[tuple[str, str]]:
    """(view as listed, column) of one block."""
    for table in _tables(select):
        if isinstance(table, exp.Subquery):
            continue
        name = _view_name(table)
        known = {column.name for column in dictionary.views()[name].of(release)}
        for column in _own_columns(select):
            of_it = column.table.upper() in ("", (table.alias or table.name).upper())
            if of_it and column.name.upper() in known:
                yield re.sub(r"^CDB_", "DBA_", name), column.name.upper()


def read(view: str, release: str) -> list[str]:
    """The columns that the page of a release was read for, in order: all, or those down to `to`."""
    at = dictionary.release_of(release)
    names = [one.name for one in dictionary.views()[view].columns if one.there(at)]
    page = _document()["views"][view]["releases"].get(release, {})
    if page.get("checked"):
        return names
    return names[: names.index(page["to"]) + 1] if "to" in page else []


def confirmed(view: str, column: str, release: str) -> str | None:
    """How views.yml confirms a column for a release, None if it does not; see its header."""
    if column in read(view, release):
        return "page"
    own = {one.name for one in dictionary.views()[view].columns}
    if column == "CON_ID" and column not in own and view.startswith("DBA_"):
        if release in _document()["con_id"]:
            return "page"
    elif release == "12.2" and confirmed(view, column, "11.2") and confirmed(view, column, "19"):
        return "between"
    for evidence in _document()["views"][view].get("asked", {}).get(release, ()):
        if column in evidence["columns"]:
            return str(evidence["how"])
    return None


@pytest.mark.parametrize(
    ("name", "release", "sql"),
    [pytest.param(*one, id=f"{one[0]}-{_shown(one[1])}-{n}") for n, one in enumerate(statements())],
)
def test_names_only_what_the_reference_lists(name: str, release: Release, sql: str) -> None:
    assert faults(sql, release) == [], sql


def test_every_subject_has_been_found() -> None:
    assert {part.view for part in parts()} >= {"DBA_DATA_FILES", "V$RMAN_BACKUP_JOB_DETAILS"}


@pytest.mark.parametrize(
    ("sql", "release", "expected"),
    [
        ("SELECT name FROM v$database", (11, 2), []),
        ("SELECT cdb FROM v$database", (11, 2), ["V$DATABASE has no column CDB in 11.2"]),
        ("SELECT d.cdb FROM v$database d", (12, 1), []),
        ("SELECT name FROM v$containers", (11, 2), ["V$CONTAINERS is not in 11.2"]),
        ("SELECT con_id FROM cdb_tablespaces", (12, 1), []),
        ("SELECT con_id FROM cdb_tablespaces", (11, 2), ["CDB_TABLESPACES is not in 11.2"]),
        ("SELECT con_id FROM dba_tablespaces", (19, 0),
         ["DBA_TABLESPACES has no column CON_ID in 19.0"]),
        ("SELECT bundle_id FROM dba_registry_sqlpatch", (12, 2), []),
        ("SELECT bundle_id FROM dba_registry_sqlpatch", (19, 0),
         ["DBA_REGISTRY_SQLPATCH has no column BUNDLE_ID in 19.0"]),
        ("SELECT x FROM (SELECT name x FROM v$database) WHERE y = 1", (19, 0),
         [" has no column Y in 19.0"]),
        ("SELECT sys_context('USERENV', 'CON_NAME') c FROM dual WHERE rownum < 2", (12, 1), []),
    ],
)  # fmt: skip
def test_a_fault_is_named(sql: str, release: Release, expected: list[str]) -> None:
    assert faults(sql, release) == expected


def test_each_release_has_a_page_or_a_reason() -> None:
    document = _document()
    for name, view in document["views"].items():
        since = dictionary.release_of(str(view.get("since", "11.2")))
        due = {page for page in dictionary.PAGES if dictionary.release_of(page) >= since}
        assert set(view["releases"]) == due, name
        for release, page in view["releases"].items():
            if page["checked"]:
                assert page["page"].startswith("https://docs.oracle.com/"), (name, release)
            else:
                assert page["reason"] in document["reasons"], (name, release)


@pytest.mark.parametrize("release", dictionary.PAGES)
def test_what_we_ask_for_is_confirmed_or_listed_as_unconfirmed(release: str) -> None:
    """Both ways: nothing of ours is open unseen, and nothing is listed that is confirmed by now."""
    still_open: dict[str, list[str]] = {}
    for view, columns in asked(release).items():
        missing = sorted(one for one in columns if not confirmed(view, one, release))
        if missing:
            still_open[view] = missing
    assert still_open == _document()["unconfirmed"].get(release, {})


def test_evidence_says_what_it_is_and_is_needed() -> None:
    for name, view in _document()["views"].items():
        for release, entries in view.get("asked", {}).items():
            seen = [column for entry in entries for column in entry["columns"]]
            assert len(seen) == len(set(seen)), (name, release)
            assert set(seen) <= asked(release)[name], (name, release)
            assert not set(seen) & set(read(name, release)), (name, release)
            for entry in entries:
                assert entry["how"] in HOWS, (name, release)
                source = entry["source"].partition("/")[0]
                address = entry["source"].startswith(("https://", "http://"))
                assert address or source in _document()["sources"], entry
                if entry["how"] == "page":
                    assert entry["source"].startswith("https://docs.oracle.com/"), entry


@pytest.mark.parametrize(
    ("view", "column", "release", "how"),
    [
        ("V$INSTANCE", "STATUS", "19", "page"),
        ("V$SQL", "SQL_ID", "23", "page"),
        ("V$SQL", "MODULE", "23", None),
        ("DBA_USERS", "CON_ID", "19", "page"),
        ("DBA_USERS", "CON_ID", "23", None),
        ("DBA_TABLESPACES", "BIGFILE", "11.2", "create_view"),
        ("DBA_TABLESPACES", "BIGFILE", "12.2", "between"),
        ("DBA_TABLESPACES", "BIGFILE", "23", "describe"),
        ("V$DATABASE", "FORCE_LOGGING", "11.2", "script"),
        ("V$DATABASE", "CON_DBID", "12.2", None),
        ("DBA_TABLES", "HAS_IDENTITY", "12.2", None),
    ],
)
def test_a_column_is_confirmed_by_what_shows_it(
    view: str, column: str, release: str, how: str | None
) -> None:
    """The last one nobody asks for: a statement that did would find nothing to confirm it."""
    assert confirmed(view, column, release) == how
