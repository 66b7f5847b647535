# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session that changes something: one login, a few statements, every step bounded in time.

As in session.py all that can hang is done in a daemon thread, and the caller waits for it no
longer than it said. What was done until then is told.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.errors import (
    codes,
    connect_problem,
    query_problem,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.inspector import (
    ROOT,
    Found,
    Grant,
    Inspector,
    RefusedError,
    Release,
    Step,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login

try:
    import oracledb
except ImportError:
    oracledb = None

_MULTITENANT = (12, 1)
_MOST_ROWS = 5000
# How long a finished session may take to say goodbye.
_LOGOFF_SECONDS = 2.0
_LOST = ("connection_lost", "database_not_open", "timeout")


class AdministrationError(Exception):
    """The database could not be asked, or not in time."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


@dataclass(frozen=True)
class _Question:
    """What errors.py names in its details."""

    view: str
    grant_object: str


@dataclass
class Done:
    """What became of the steps: those done, and those refused with the code of the error."""

    steps: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


class Database:
    """A logged-on session: asks, and executes statements that change something."""

    def __init__(self, connection: Any, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self.release: Release = tuple(
            int(number) for number in re.findall(r"\d+", connection.version)
        )

    def ask(self, view: str, sql: str, **binds: str) -> list[tuple[Any, ...]]:
        """Return the rows; AdministrationError names the view."""
        try:
            with self._cursor() as cursor:
                cursor.execute(sql, binds or None)
                rows: list[tuple[Any, ...]] = cursor.fetchmany(_MOST_ROWS)
                return rows
        except Exception as error:  # the driver's classes differ by version, see errors.py
            question = _Question(view, f"SYS.{view}")
            raise AdministrationError(query_problem(error, question)) from error

    def may_read(self, target: str) -> bool:
        """Whether the account may read it: parsed, never executed."""
        try:
            with self._cursor() as cursor:
                cursor.parse(f"SELECT 1 FROM {target} WHERE 1 = 0")  # noqa: S608 - a name of ours
        except Exception as error:  # as above
            problem = query_problem(error, _Question(target, target))
            if problem.reason == "missing_grant":
                return False
            raise AdministrationError(problem) from error
        return True

    def execute(self, steps: Sequence[Step], password: str, done: Done) -> None:
        """Execute the steps, each by itself; one that is refused does not stop the others.

        AdministrationError where the session is gone; ``done`` says how far it came.
        """
        for step in steps:
            try:
                with self._cursor() as cursor:
                    cursor.execute(step.sql(password))
            except Exception as error:  # as above
                code = next(iter(codes(error)), type(error).__name__)
                done.refused.append((step.shown, code))
                problem = query_problem(error, _Question(step.shown.split(" ", 1)[0], ""))
                if problem.fatal or problem.reason in _LOST:
                    raise AdministrationError(problem) from error
                if step.needed_by_others:
                    return
            else:
                done.steps.append(step.shown)

    def _cursor(self) -> Any:
        self._connection.call_timeout = max(1, int(self._seconds * 1000))
        return self._connection.cursor()


def container_of(database: Database) -> str:
    """Return the name of the container; empty for a database without containers."""
    if database.release < _MULTITENANT:
        return ""
    sql = "SELECT SYS_CONTEXT('USERENV', 'CDB_NAME'), SYS_CONTEXT('USERENV', 'CON_NAME') FROM DUAL"
    multitenant, container = database.ask("DUAL", sql)[0]
    return str(container) if multitenant else ""


def look(database: Database, inspector: Inspector) -> Found:
    """Return what the database says of the account."""
    container = container_of(database)
    place = Found(database.release, container)
    # The name goes into binds only; still, what cannot be is refused before anything is asked.
    inspector.validate(place)
    of = {"name": inspector.name}
    new = database.release >= _MULTITENANT
    maintained = "oracle_maintained" if new else "'N'"
    rows = database.ask(
        "DBA_USERS",
        f"SELECT account_status, {maintained} FROM dba_users WHERE username = :name",  # noqa: S608
        **of,
    )
    if not rows:
        return place
    objects = "cdb_objects" if container == ROOT else "dba_objects"
    owned = database.ask(
        objects.upper(),
        f"SELECT COUNT(*) FROM {objects} WHERE owner = :name",  # noqa: S608 - one of two names
        **of,
    )
    return Found(
        database.release,
        container,
        exists=True,
        status=str(rows[0][0]),
        maintained=rows[0][1] == "Y",
        privileges=_names(database, "DBA_SYS_PRIVS", "privilege", of),
        roles=_names(database, "DBA_ROLE_PRIVS", "granted_role", of),
        grants=_grants(database, of, common=new),
        owned=int(owned[0][0]),
        sees_all=container == ROOT and _sees_all(database, of),
    )


def _names(database: Database, view: str, column: str, of: Mapping[str, str]) -> frozenset[str]:
    sql = f"SELECT {column} FROM {view.lower()} WHERE grantee = :name"  # noqa: S608 - names of ours
    return frozenset(str(name) for (name,) in database.ask(view, sql, **of))


def _grants(database: Database, of: Mapping[str, str], *, common: bool) -> frozenset[Grant]:
    kind = "common" if common else "'NO'"
    sql = (
        f"SELECT owner || '.' || table_name, privilege, {kind}"  # noqa: S608 - names of ours
        " FROM dba_tab_privs WHERE grantee = :name"
    )
    rows = database.ask("DBA_TAB_PRIVS", sql, **of)
    return frozenset(
        Grant(str(target), str(verb), everywhere == "YES") for target, verb, everywhere in rows
    )


def _sees_all(database: Database, of: Mapping[str, str]) -> bool:
    """DBA_CONTAINER_DATA: the default attribute holds for all objects of the account."""
    sql = (
        "SELECT COUNT(*) FROM dba_container_data WHERE username = :name"
        " AND default_attr = 'Y' AND all_containers = 'Y'"
    )
    return bool(database.ask("DBA_CONTAINER_DATA", sql, **of)[0][0])


class _Worker:
    """Connects and works in a thread of its own."""

    def __init__(self, login: Login, work: Callable[[Database], None], *, sysdba: bool) -> None:
        self.login = login
        self.work = work
        self.sysdba = sysdba
        self.problem: Exception | None = None
        self.connected = threading.Event()
        self.done = threading.Event()

    def run(self) -> None:
        try:
            connection = self._connect()
        except Exception as error:  # drivers raise OSError, gaierror and AttributeError here too
            login = self.login
            client = login.client_dir if login.mode == "thick" else login.wallet_location
            problem = connect_problem(error, login.address, login.user, client)
            self.problem = AdministrationError(problem)
            self.connected.set()
            self.done.set()
            return
        self.connected.set()
        try:
            self.work(Database(connection, self.login.query_timeout_seconds))
        except (AdministrationError, RefusedError) as error:
            self.problem = error
        except Exception as error:  # a fault of ours must not hang the caller
            self.problem = AdministrationError(Problem("crashed", type(error).__name__))
        finally:
            self.done.set()
        with contextlib.suppress(Exception):
            connection.close()

    def _connect(self) -> Any:
        login = self.login
        if login.mode == "thick":
            oracledb.init_oracle_client(lib_dir=login.client_dir, config_dir=login.config_dir)
        mode = {"mode": oracledb.AUTH_MODE_SYSDBA} if self.sysdba else {}
        return oracledb.connect(**login.arguments(), **mode)


def administer(login: Login, work: Callable[[Database], None], *, sysdba: bool = False) -> None:
    """Log in once and do the work; AdministrationError or RefusedError where that fails.

    Work that is given up ends with the process, with the statement that it hangs in.
    """
    if oracledb is None:
        raise AdministrationError(Problem("driver_missing", "python-oracledb"))
    deadline = time.monotonic() + login.timeout_seconds
    worker = _Worker(login, work, sysdba=sysdba)
    thread = threading.Thread(target=worker.run, name="oracle-administration", daemon=True)
    thread.start()
    if not worker.connected.wait(login.connect_timeout_seconds):
        raise AdministrationError(Problem("listener_silent", login.address))
    if not worker.done.wait(max(0.0, deadline - time.monotonic())):
        raise AdministrationError(Problem("timeout", f"{login.timeout_seconds:g} s"))
    thread.join(_LOGOFF_SECONDS)
    if worker.problem:
        raise worker.problem
