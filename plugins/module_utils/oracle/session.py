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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answer, Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.errors import (
    connect_problem,
    query_problem,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.queries import Query

try:
    import oracledb
except ImportError:
    oracledb = None

_BATCH = 1000
# How long a finished session may take to say goodbye.
_LOGOFF_SECONDS = 2.0


@dataclass(frozen=True)
class Login:
    """Where and as whom; give ``service`` or ``sid``. Times are seconds.

    ``client_dir``: folder of an Oracle client; the driver's thick mode, for servers before 12.1.
    """

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 1521
    service: str | None = None
    sid: str | None = None
    protocol: str = "tcp"
    client_dir: str | None = None
    timeout_seconds: float = 120.0
    connect_timeout_seconds: float = 15.0
    query_timeout_seconds: float = 30.0

    @property
    def address(self) -> str:
        """host:port/service for people."""
        return f"{self.host}:{self.port}/{self.service or self.sid}"


@dataclass
class Asked:
    """One query: its answer and the seconds it took; ``elapsed_seconds`` None: not needed."""

    query: Query
    answer: Answer
    elapsed_seconds: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return the row for the evidence."""
        return {
            "name": self.query.name,
            "view": self.query.view,
            "elapsed_seconds": round(self.elapsed_seconds or 0.0, 3),
            "rows": None if isinstance(self.answer, Problem) else len(self.answer),
        }


class Session:
    """Asks queries one after the other; ``run`` returns in time whatever the server does."""

    def __init__(self, login: Login, queries: Sequence[Query]) -> None:
        self._login = login
        self._queries = queries
        self._asked: list[Asked] = []
        self._phase = "resolve"
        self._problem: Problem | None = None
        self._given_up = False
        self._connected = threading.Event()
        self._done = threading.Event()
        self._deadline = time.monotonic() + login.timeout_seconds

    def run(self) -> tuple[dict[str, Answer], list[Asked]]:
        """Return an answer for every query (rows or Problem), and what was asked."""
        if oracledb is None:
            problem = Problem("driver_missing", "python-oracledb")
            return {query.name: problem for query in self._queries}, []
        worker = threading.Thread(target=self._work, name="oracle-session", daemon=True)
        worker.start()
        connect_seconds = min(self._login.connect_timeout_seconds, self._login.timeout_seconds)
        if not self._connected.wait(connect_seconds):
            self._given_up = True
            return self._answers(self._silence()), []
        if not self._done.wait(max(0.0, self._deadline - time.monotonic())):
            self._given_up = True
        else:
            worker.join(_LOGOFF_SECONDS)
        limit = f"{self._login.timeout_seconds:g} s"
        asked = [item for item in list(self._asked) if item.elapsed_seconds is not None]
        return self._answers(self._problem or Problem("timeout", limit)), asked

    def _answers(self, otherwise: Problem) -> dict[str, Answer]:
        found = {asked.query.name: asked.answer for asked in list(self._asked)}
        return {query.name: found.get(query.name, otherwise) for query in self._queries}

    def _silence(self) -> Problem:
        """Say which step of connecting is still under way."""
        seconds = f"{self._login.connect_timeout_seconds:g} s"
        if self._phase == "resolve":
            return Problem("name_unresolved", f"{self._login.host} ({seconds})")
        return Problem("listener_silent", f"{self._login.address} ({seconds})")

    def _work(self) -> None:
        try:
            connection = self._connect()
        except Exception as error:  # drivers raise OSError, gaierror and AttributeError here too
            self._problem = connect_problem(error, self._login.address, self._login.user)
            self._connected.set()
            self._done.set()
            return
        self._connected.set()
        usable = self._ask_all(connection)
        self._done.set()
        if usable:
            self._close(connection)

    def _connect(self) -> Any:
        login = self._login
        # The driver resolves again; this one is for telling a slow name server from a silent
        # listener, and it fails before the driver wraps the error.
        socket.getaddrinfo(login.host, login.port, type=socket.SOCK_STREAM)
        self._phase = "connect"
        if login.client_dir:
            oracledb.init_oracle_client(lib_dir=login.client_dir)
        oracledb.defaults.fetch_lobs = False
        oracledb.defaults.fetch_decimals = True
        return oracledb.connect(
            user=login.user,
            password=login.password,
            host=login.host,
            port=login.port,
            service_name=login.service,
            sid=login.sid,
            protocol=login.protocol,
            retry_count=0,
            # Shorter than ours, so that a host that drops packets is told from a silent one.
            tcp_connect_timeout=login.connect_timeout_seconds * 0.6,
            # Firewalls that inspect TNS drop urgent data; breaks then go in band.
            disable_oob=True,
            program="ebill.ops",
        )

    def _ask_all(self, connection: Any) -> bool:
        """Ask every query; return whether the session is still usable."""
        for query in self._queries:
            answers = {asked.query.name: asked.answer for asked in self._asked}
            if query.when and not query.when(answers):
                self._asked.append(Asked(query, (), None))
                continue
            if self._given_up or time.monotonic() >= self._deadline:
                return not self._given_up
            begun = time.monotonic()
            answer = self._ask(connection, query)
            self._asked.append(Asked(query, answer, time.monotonic() - begun))
            if isinstance(answer, Problem) and answer.fatal:
                self._problem = answer
                return False
        return True

    def _ask(self, connection: Any, query: Query) -> Answer:
        seconds = min(self._login.query_timeout_seconds, self._deadline - time.monotonic())
        until = time.monotonic() + seconds
        try:
            connection.call_timeout = max(1, int(seconds * 1000))
            with connection.cursor() as cursor:
                cursor.arraysize = cursor.prefetchrows = min(_BATCH, query.max_rows + 1)
                cursor.execute(query.sql_for(connection.version), dict(query.binds))
                names = [column[0].lower() for column in cursor.description]
                rows: list[dict[str, Any]] = []
                while batch := cursor.fetchmany():
                    rows += [dict(zip(names, _plain(row), strict=True)) for row in batch]
                    if len(rows) > query.max_rows:
                        return Problem("bad_answer", f"{query.view}: > {query.max_rows} rows")
                    if time.monotonic() > until:
                        return Problem("timeout", f"{query.view} ({seconds:g} s)")
                return rows
        except Exception as error:  # the driver's classes differ by version, see errors.py
            return query_problem(error, query)

    def _close(self, connection: Any) -> None:
        # The answers are in; a session that is gone needs no goodbye.
        with contextlib.suppress(Exception):
            connection.call_timeout = int(_LOGOFF_SECONDS * 1000)
            connection.close()


def _plain(values: Iterable[Any]) -> list[Any]:
    """Whole numbers as int, others as float: sizes stay exact, ages stay readable."""
    return [
        (int(value) if value == value.to_integral_value() else float(value))
        if isinstance(value, Decimal)
        else value
        for value in values
    ]
