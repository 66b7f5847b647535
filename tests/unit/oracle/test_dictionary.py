# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every statement that we send names only what Oracle's reference lists for that release.

The reference is lab/oracle/dictionary/views.yml; the statements are all Parts of all subjects,
each variant at each release that it is sent to, from a container root too where it has that.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

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


def _views(select: exp.Select, release: Release) -> dict[str, set[str]] | str:
    """What stands in FROM: name or alias -> columns; the fault when it is unknown."""
    seen: dict[str, set[str]] = {}
    source = select.args.get("from_")
    tables = [source.this] if source is not None else []
    tables += [join.this for join in select.args.get("joins") or []]
    for table in tables:
        if isinstance(table, exp.Subquery):
            seen[table.alias.upper()] = {name.upper() for name in table.this.named_selects}
            continue
        name = table.name.upper()
        view = dictionary.views().get(re.sub(r"^(G?V)_\$", r"\1$", name))
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
    document = yaml.safe_load(dictionary.SOURCE.read_text(encoding="utf-8"))
    for name, view in document["views"].items():
        since = dictionary.release_of(str(view.get("since", "11.2")))
        due = {page for page in dictionary.PAGES if dictionary.release_of(page) >= since}
        assert set(view["releases"]) == due, name
        for release, page in view["releases"].items():
            if page["checked"]:
                assert page["page"].startswith("https://docs.oracle.com/"), (name, release)
            else:
                assert page["reason"] in document["reasons"], (name, release)
