# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection and one login attempt a run whatever fails, and a hang costs its limit only."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import Collected, collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

from lab.oracle.server import (
    INSPECTOR,
    PASSWORD,
    OracleServer,
    RunningServer,
    inspector,
    running_server,
)
from lab.oracle.world.green import green_world
from lab.tls import CLIENT, Authority


@dataclass
class Door:
    """What went through a port in front of the server."""

    port: int
    connections: int = 0
    sockets: list[socket.socket] = field(default_factory=list)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def door(server: OracleServer) -> Iterator[Door]:
    """Count the connections to a server, and pass everything on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Door(listener.getsockname()[1])

        def accept() -> None:
            with suppress(OSError):
                while True:
                    inside, _ = listener.accept()
                    found.connections += 1
                    outside = socket.create_connection(("127.0.0.1", server.port))
                    found.sockets += [inside, outside]
                    for pair in ((inside, outside), (outside, inside)):
                        threading.Thread(target=_pump, args=pair, daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield found
        listener.shutdown(socket.SHUT_RDWR)
        for end in found.sockets:
            # close() alone does not wake whoever waits in recv
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def login(port: int, server: OracleServer, **changed: Any) -> Login:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "service": server.service_name,
        "user": INSPECTOR,
        "password": PASSWORD,
        "timeout_seconds": 8,
        "connect_timeout_seconds": 2,
        "query_timeout_seconds": 0.5,
    }
    return Login(**{**values, **changed})


def reasons(found: Collected) -> set[str]:
    observations = found.observations.values()
    return {item["error"]["reason"] for item in observations if "error" in item}


# fault: (switches, the login's changes, the reason of what could not be told, logins tried)
FAILURES: dict[str, tuple[dict[str, Any], dict[str, Any], str, int]] = {
    "silent listener": ({"silent": "connect"}, {}, "listener_silent", 0),
    "silent after accept": ({"silent": "accept"}, {}, "listener_silent", 0),
    "closed at connect": ({"close_at_connect": True}, {}, "connection_lost", 0),
    "unknown service": ({"refuse": 12514}, {}, "service_unknown", 0),
    "unknown SID": ({"refuse": 12505}, {}, "service_unknown", 0),
    "no handler": ({"refuse": 12519}, {}, "sessions_exhausted", 0),
    "instance blocked": ({"refuse": 12528}, {}, "database_not_open", 0),
    "too old for thin": ({"too_old": True}, {}, "needs_thick", 0),
    "native encryption": ({"encryption_required": True}, {}, "needs_thick", 0),
    "10G verifier": ({"verifier": "10g"}, {}, "verifier_too_old", 1),
    "wrong password": ({}, {"password": "not-this-one"}, "login_refused", 1),
    "unknown account": ({}, {"user": "NOBODY"}, "login_refused", 1),
    "locked": ({"logon_error": 28000}, {}, "account_locked", 1),
    "expired": ({"logon_error": 28001}, {}, "password_expired", 1),
    "no CREATE SESSION": ({"logon_error": 1045}, {}, "missing_grant", 1),
    "starting": ({"logon_error": 1033}, {}, "database_not_open", 1),
    "down": ({"logon_error": 1034}, {}, "database_not_open", 1),
    "no common protocol": ({"logon_error": 28040}, {}, "auth_protocol", 1),
    "killed while asked": ({"kill_on_execute": True}, {}, "connection_lost", 1),
    "hangs while asked": ({"hang_in_execute": True}, {}, "timeout", 1),
    "and ignores the break": (
        {"hang_in_execute": True, "ignore_break": True},
        {},
        "connection_lost",
        1,
    ),
}


@pytest.mark.parametrize(
    ("switches", "changed", "reason", "tried"), FAILURES.values(), ids=FAILURES
)
def test_a_failure_costs_one_connection_and_one_login_at_most(
    switches: dict[str, Any], changed: dict[str, Any], reason: str, tried: int
) -> None:
    with running_server() as server, door(server) as front:
        for name, value in switches.items():
            setattr(server.faults, name, value)
        found = collect(login(front.port, server, **changed), Wanted())
        count = server.logins.get(str(changed.get("user", INSPECTOR)))
        assert reason in reasons(found)
        assert front.connections == 1
        assert (count.success + count.failure if count else 0) <= tried
        assert len(found.queries) > 0 or reasons(found) == {reason}


def test_a_good_run_is_one_connection_and_one_login() -> None:
    with running_server() as server, door(server) as front:
        found = collect(login(front.port, server, query_timeout_seconds=5), Wanted())
        assert reasons(found) == set()
        assert front.connections == 1
        assert (server.logins[INSPECTOR].success, server.logins[INSPECTOR].failure) == (1, 0)
        assert len(found.queries) <= 12


def test_missing_grants_cost_statements_and_no_login() -> None:
    with running_server(users=[inspector_without("V$DATABASE", "DBA_TABLESPACES")]) as server:
        found = collect(login(server.port, server, query_timeout_seconds=5), Wanted())
        assert reasons(found) == {"missing_grant"}
        assert server.logins[INSPECTOR].success == 1
        lanes = [query["name"] for query in found.queries if "error" not in query]
        again = {query["name"] for query in found.queries if "error" in query}
        assert again == {"identity", "dictionary"}
        assert len(set(lanes)) <= 12


def inspector_without(*views: str) -> Any:
    user = inspector()
    user.grants -= set(views)
    return user


HANGS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "parse or execute": ({"hang_in_execute": True}, {"timeout"}),
    "slow": ({"slow_seconds": 60}, {"timeout"}),
    "ignoring the break": ({"slow_seconds": 60, "ignore_break": True}, {"connection_lost"}),
}


@pytest.mark.parametrize(("switches", "wanted"), HANGS.values(), ids=HANGS)
def test_a_hang_is_given_up_at_the_limit_of_the_whole(
    switches: dict[str, Any], wanted: set[str]
) -> None:
    """The server is still hanging when the answer is there: nobody waited for it."""
    with running_server() as server:
        for name, value in switches.items():
            setattr(server.faults, name, value)
        limits = {"timeout_seconds": 1.5, "query_timeout_seconds": 0.3}
        found = collect(login(server.port, server, **limits), Wanted())
        assert reasons(found) == wanted
        assert all(query["rows"] is None for query in found.queries)


def test_a_hang_in_fetch_costs_its_own_checks_only() -> None:
    with running_server() as server:
        server.faults.hang_in_fetch = True
        many = server.world.tablespaces["EBILL_DATA"].files
        many += [type(many[0])(f"{many[0].path}{i}", 2**20) for i in range(1100)]
        limits = {"query_timeout_seconds": 2, "timeout_seconds": 40}
        found = collect(login(server.port, server, **limits), Wanted())
        assert found.observations["datafiles"]["error"]["reason"] == "timeout"
        assert "rows" in found.observations["rman_full"]
        assert "rows" in found.observations["database"]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("hospital", datetime.now(UTC))


@contextmanager
def with_tls(authority: Authority, folder: Path, names: list[str]) -> Iterator[OracleServer]:
    server = OracleServer(green_world(), [inspector()])
    # The driver compares the common name and DNS names, not addresses.
    server.tls = authority.issue(names[0], names=names).server_context(folder, "server")
    with RunningServer(server) as running:
        yield running


def wallet(folder: Path, authority: Authority) -> str:
    """A folder with the wallet that the thin driver reads: a client's pair and the authority."""
    client = authority.issue("client", usages=[CLIENT])
    pems = (client.certificate_pem, client.key_pem, authority.root.certificate_pem)
    (folder / "ewallet.pem").write_bytes(b"".join(pems))
    return str(folder)


def test_tcps_with_a_wallet(authority: Authority, tmp_path: Path) -> None:
    with with_tls(authority, tmp_path, ["127.0.0.1"]) as server:
        where = {"protocol": "tcps", "wallet_location": wallet(tmp_path, authority)}
        found = collect(login(server.port, server, query_timeout_seconds=5, **where), Wanted())
        assert reasons(found) == set()
        assert server.logins[INSPECTOR].success == 1


def test_a_certificate_of_somebody_else(authority: Authority, tmp_path: Path) -> None:
    with with_tls(authority, tmp_path, ["192.0.2.7"]) as server:
        where: dict[str, Any] = {
            "protocol": "tcps",
            "wallet_location": wallet(tmp_path, authority),
        }
        limits = {"query_timeout_seconds": 5}
        refused = collect(login(server.port, server, **where, **limits), Wanted())
        assert reasons(refused) == {"tls_failed"}
        assert server.logins == {}
        where["ssl_server_dn_match"] = False
        found = collect(login(server.port, server, **where, **limits), Wanted())
        assert reasons(found) == set()


@pytest.mark.parametrize("known", ["nothing", "another authority", "no wallet in the folder"])
def test_a_server_that_is_not_trusted(authority: Authority, tmp_path: Path, known: str) -> None:
    folder, theirs = tmp_path / "theirs", tmp_path / "ours"
    folder.mkdir()
    theirs.mkdir()
    where: dict[str, Any] = {"protocol": "tcps"}
    reason = "tls_failed"
    if known == "another authority":
        where["wallet_location"] = wallet(folder, Authority("other", datetime.now(UTC)))
    elif known != "nothing":
        where["wallet_location"], reason = str(folder), "wallet_unusable"
    with with_tls(authority, theirs, ["127.0.0.1"]) as server:
        found = collect(login(server.port, server, **where), Wanted())
        assert reasons(found) == {reason}
        assert server.logins == {}
        if reason == "wallet_unusable":
            detail = found.observations["instance"]["error"]["detail"]
            assert detail.startswith(str(folder))


def test_plain_words_to_a_tls_listener_and_tls_to_a_plain_one(
    authority: Authority, tmp_path: Path
) -> None:
    with with_tls(authority, tmp_path, ["127.0.0.1"]) as server:
        plain = collect(login(server.port, server), Wanted())
        assert len(reasons(plain)) == 1
        assert server.logins == {}
    with running_server() as server:
        where = {"protocol": "tcps", "wallet_location": wallet(tmp_path, authority)}
        found = collect(login(server.port, server, **where), Wanted())
        assert len(reasons(found)) == 1
        assert server.logins == {}


def test_what_is_remembered_is_compared_in_the_next_run() -> None:
    with running_server() as server:
        where = login(server.port, server, query_timeout_seconds=5)
        first = collect(where, Wanted())
        kept = json.loads(json.dumps(first.bookmarks))
        assert len(json.dumps(kept)) < 100_000
        second = collect(where, Wanted(earlier=kept))
        fresh = {n for n, o in first.observations.items() if "no_baseline" in json.dumps(o)}
        assert fresh
        assert not {n for n, o in second.observations.items() if "no_baseline" in json.dumps(o)}
        server.faults.refuse = 12514
        third = collect(where, Wanted(earlier=json.loads(json.dumps(second.bookmarks))))
        assert third.bookmarks == json.loads(json.dumps(second.bookmarks))
