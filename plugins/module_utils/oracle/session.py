# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session with an Oracle database: one login attempt, every step bounded in time.

python-oracledb's ``connect()`` never returns from a listener that accepts TCP and then says
nothing; ``tcp_connect_timeout`` does not cover that, and the maintainers call it expected
(python-oracledb issue 451). So everything that can hang, the name's resolution included, happens
in a daemon thread, and the caller waits for that thread no longer than it said. A thread that
is given up holds one socket until the process ends, which for a module is at once.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answer, Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.errors import (
    connect_problem,
    query_problem,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.statements import (
    Statement,
    plan,
    release_of,
    unasked,
)

try:
    import oracledb
except ImportError:
    oracledb = None

_BATCH = 1000
# How long a finished session may take to say goodbye.
_LOGOFF_SECONDS = 2.0


class _TooLongError(Exception):
    """The rows keep coming, but the statement's time is over."""


@dataclass(frozen=True)
class Login:
    """Where and as whom; give ``service`` or ``sid``. Times are seconds.

    ``mode``: ``thin``, or ``thick`` with the Oracle client in ``client_dir`` (without it, where
    the system's loader finds one). ``config_dir``: folder of tnsnames.ora and sqlnet.ora.
    ``wallet_location``: folder of the wallet for ``tcps``.
    """

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 1521
    service: str | None = None
    sid: str | None = None
    protocol: str = "tcp"
    mode: str = "thin"
    client_dir: str | None = None
    config_dir: str | None = None
    wallet_location: str | None = None
    wallet_password: str | None = field(default=None, repr=False)
    ssl_server_dn_match: bool = True
    timeout_seconds: float = 120.0
    connect_timeout_seconds: float = 15.0
    query_timeout_seconds: float = 30.0

    @property
    def address(self) -> str:
        """host:port/service for people."""
        return f"{self.host}:{self.port}/{self.service or self.sid}"

    def arguments(self) -> dict[str, Any]:
        """Return what the driver's ``connect`` is called with."""
        found: dict[str, Any] = {
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": self.port,
            "service_name": self.service,
            "sid": self.sid,
            "protocol": self.protocol,
            "retry_count": 0,
            # Shorter than ours, so that a host that drops packets is told from a silent one.
            "tcp_connect_timeout": self.connect_timeout_seconds * 0.6,
            # Firewalls that inspect TNS drop urgent data; breaks then go in band.
            "disable_oob": True,
            "program": "ebill.ops",
        }
        if self.protocol == "tcps":
            found["ssl_server_dn_match"] = self.ssl_server_dn_match
            found["wallet_location"] = self.wallet_location
            found["wallet_password"] = self.wallet_password
        if self.config_dir:
            found["config_dir"] = self.config_dir
        return found


@dataclass(frozen=True)
class Asked:
    """One statement that was sent: its rows, or why there are none, and the seconds it took."""

    statement: Statement
    rows: int | None
    problem: Problem | None
    elapsed_seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return the row for the evidence."""
        found: dict[str, Any] = {
            "name": self.statement.lane,
            "views": [part.view for part in self.statement.parts],
            "elapsed_seconds": round(self.elapsed_seconds, 3),
            "rows": self.rows,
        }
        return found if self.problem is None else found | {"error": self.problem.as_dict()}


class Session:
    """Asks statements one after the other; ``run`` returns in time whatever the server does."""

    def __init__(self, login: Login, parts: Sequence[Part]) -> None:
        self._login = login
        self._parts = parts
        self._answers: dict[str, Answer] = {}
        self._asked: list[Asked] = []
        self._phase = "resolve"
        self._problem: Problem | None = None
        self._given_up = False
        self._connected = threading.Event()
        self._done = threading.Event()
        self._deadline = time.monotonic() + login.timeout_seconds

    def run(self) -> tuple[dict[str, Answer], list[Asked]]:
        """Return an answer for every part (rows or Problem), and what was asked."""
        if oracledb is None:
            return self._all(Problem("driver_missing", "python-oracledb", fatal=True)), []
        worker = threading.Thread(target=self._work, name="oracle-session", daemon=True)
        worker.start()
        connect_seconds = min(self._login.connect_timeout_seconds, self._login.timeout_seconds)
        if not self._connected.wait(connect_seconds):
            self._given_up = True
            return self._all(self._silence()), []
        if not self._done.wait(max(0.0, self._deadline - time.monotonic())):
            self._given_up = True
        else:
            worker.join(_LOGOFF_SECONDS)
        limit = f"{self._login.timeout_seconds:g} s"
        return self._all(self._problem or Problem("timeout", limit)), list(self._asked)

    def _all(self, otherwise: Problem) -> dict[str, Answer]:
        """The answers so far, and the same problem for the parts without one."""
        return {part.name: otherwise for part in self._parts} | dict(self._answers)

    def _silence(self) -> Problem:
        """Say which step of connecting is still under way."""
        waited = min(self._login.connect_timeout_seconds, self._login.timeout_seconds)
        seconds = f"{waited:g} s"
        if self._phase == "resolve":
            return Problem("name_unresolved", f"{self._login.host} ({seconds})", fatal=True)
        return Problem("listener_silent", f"{self._login.address} ({seconds})", fatal=True)

    def _work(self) -> None:
        try:
            connection = self._connect()
        except Exception as error:  # drivers raise OSError, gaierror and AttributeError here too
            login = self._login
            client = login.client_dir if login.mode == "thick" else login.wallet_location
            self._problem = connect_problem(error, login.address, login.user, client)
            self._connected.set()
            self._done.set()
            return
        self._connected.set()
        usable = False
        try:
            usable = self._ask_all(connection)
        except Exception as error:  # a fault of ours must not look like a slow database
            self._problem = Problem("crashed", type(error).__name__, fatal=True)
        finally:
            self._done.set()
        if usable:
            self._close(connection)

    def _connect(self) -> Any:
        login = self._login
        # The driver resolves again; this one is for telling a slow name server from a silent
        # listener, and it fails before the driver wraps the error.
        socket.getaddrinfo(login.host, login.port, type=socket.SOCK_STREAM)
        self._phase = "connect"
        if login.mode == "thick":
            oracledb.init_oracle_client(lib_dir=login.client_dir, config_dir=login.config_dir)
        oracledb.defaults.fetch_lobs = False
        return oracledb.connect(**login.arguments())

    def _ask_all(self, connection: Any) -> bool:
        """Ask every statement; return whether the session is still usable."""
        release = release_of(connection.version)
        for statement in plan(self._parts, release, self._answers):
            if not self._ask_or_split(connection, statement):
                return False
            if self._time_is_over():
                return not self._given_up
        # A fresh dictionary: the caller may have given up and be copying the old one.
        self._answers = unasked(self._parts, release) | self._answers
        return True

    def _time_is_over(self) -> bool:
        return self._given_up or time.monotonic() >= self._deadline

    def _ask_or_split(self, connection: Any, statement: Statement) -> bool:
        """Ask, and where that fails ask part by part; return whether the session still lives."""
        problem = self._ask(connection, statement)
        if problem is None:
            return True
        if not problem.fatal and len(statement.parts) > 1:
            return all(
                self._ask_or_split(connection, single)
                for single in statement.split()
                if not self._time_is_over()
            )
        if problem.fatal:
            self._problem = problem
        self._answers |= {part.name: problem for part in statement.parts}
        return not problem.fatal

    def _ask(self, connection: Any, statement: Statement) -> Problem | None:
        """Ask once and keep the answers; return why there are none."""
        begun = time.monotonic()
        seconds = max(0.001, min(self._login.query_timeout_seconds, self._deadline - begun))
        problem, count = None, None
        try:
            lines = self._lines(connection, statement, seconds)
            self._answers |= statement.answers(lines)
            count = len(lines)
        except _TooLongError:
            problem = Problem("timeout", f"{statement.view} ({seconds:g} s)")
        except Exception as error:  # the driver's classes differ by version, see errors.py
            problem = query_problem(error, statement)
        self._asked.append(Asked(statement, count, problem, time.monotonic() - begun))
        return problem

    def _lines(self, connection: Any, statement: Statement, seconds: float) -> list[str]:
        until = time.monotonic() + seconds
        connection.call_timeout = max(1, int(seconds * 1000))
        lines: list[str] = []
        with connection.cursor() as cursor:
            cursor.arraysize = cursor.prefetchrows = min(_BATCH, statement.max_rows)
            cursor.execute(statement.sql())
            while batch := cursor.fetchmany():
                lines += [line for (line,) in batch]
                if time.monotonic() > until:
                    raise _TooLongError
        return lines

    def _close(self, connection: Any) -> None:
        # The answers are in; a session that is gone needs no goodbye.
        with contextlib.suppress(Exception):
            connection.call_timeout = int(_LOGOFF_SECONDS * 1000)
            connection.close()
