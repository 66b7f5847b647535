# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every driver does the same scenario against the stand-in, and the same must come of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.oracle.listener import Listener, User
from lab.oracle.seam import SessionFacts
from lab.oracle.server import OracleServer, RunningServer
from lab.oracle.wire.profiles import PROFILES
from lab.oracle.world.green import green_world
from lab.tls import CLIENT, Authority
from tests.drivers import engine
from tests.drivers.engine import CannedEngine
from tests.drivers.environments import DRIVERS, HERE, Driver, Missing, make_ready

STRICT = os.environ.get("EBILL_TESTS_STRICT") == "1"
SECONDS = 60
NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)
SCENARIO: list[dict[str, Any]] = yaml.safe_load((HERE / "scenario.yml").read_text("utf-8"))
FAULTS: dict[str, dict[str, Any]] = {
    "verifier_11g": {"verifier": "11g"},
    "only_10g": {"verifier": "10g"},
    "starting": {"logon_error": 1033},
    "not_there": {"logon_error": 1034},
    "refuse": {"refuse": 12528},
    "too_old": {"too_old": True},
    "encrypted": {"encryption_required": True},
    "closed": {"close_at_connect": True},
    "resend": {"resend": True},
}
Estate = dict[str, Listener]


def users() -> list[User]:
    dba = User("DBA", "p", privileges={"CREATE SESSION", "SYSDBA"})
    locked, expired = User("LOCKED", "p", locked=True), User("EXPIRED", "p", expired=True)
    return [User("TESTER", "p"), dba, locked, expired]


def listener(profile: str, **options: Any) -> Listener:
    def engines(_: Listener, facts: SessionFacts) -> CannedEngine:
        return CannedEngine(facts)

    return Listener(engines, users(), profile, **options)


@pytest.fixture(scope="module")
def wallet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wallet")


def tls(wallet: Path) -> ssl.SSLContext:
    """A certificate for loopback. The wallet holds its authority and, as node's driver wants one,
    a client's pair."""
    authority = Authority("drivers", datetime.now(UTC))
    client = authority.issue("client", usages=[CLIENT])
    pems = (client.certificate_pem, client.key_pem, authority.root.certificate_pem)
    (wallet / "ewallet.pem").write_bytes(b"".join(pems))
    return authority.issue("127.0.0.1", names=["127.0.0.1"]).server_context(wallet, "server")


@pytest.fixture(scope="module", params=list(PROFILES))
def estate(request: pytest.FixtureRequest, wallet: Path) -> Iterator[tuple[str, Estate]]:
    """One server for each fault, and one without."""
    profile = request.param
    servers: Estate = {"main": listener(profile), "tls": listener(profile, tls=tls(wallet))}
    reader = User("TESTER", "p", grants={"DBA_TABLESPACE_USAGE_METRICS"})
    servers["world"] = OracleServer(green_world(lambda: NOW), [reader], profile)
    for name, faults in FAULTS.items():
        servers[name] = listener(profile)
        for key, value in faults.items():
            setattr(servers[name].faults, key, value)
    with ExitStack() as stack:
        for server in servers.values():
            stack.enter_context(RunningServer(server))
        yield profile, servers


def canonical(value: Any) -> Any:
    """As the programs write values."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return "t:" + value.isoformat(timespec="milliseconds")
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return format(Decimal(str(value)).normalize(), "f")


def digest(rows: list[Any]) -> list[Any]:
    table = [[canonical(value) for value in row] for row in rows]
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    return [len(rows), hashlib.sha256(text.encode()).hexdigest()]


def expected(step: dict[str, Any], driver: Driver) -> Any:
    """What a step must give; the words stand for what is too long to be written down."""
    special = step.get("but", {})
    wanted = special.get(driver.name, special.get(driver.family, step["expect"]))
    lobs = [[1, *engine.LOBS], [2, None, None], [3, "short", b"\x01"]]
    first = [canonical(value) for _, value in engine.TYPES]
    known = {
        "types": [first, [None] * len(first)],
        "long": digest([["x" * 40000, 1]]),
        "rows_once": digest(engine.ROWS),
        "lobs": digest(lobs),
    }
    if wanted == "rows":
        return [digest(engine.ROWS)] * (len(step["sdus"]) * len(step["shapes"]))
    return known.get(wanted, wanted) if isinstance(wanted, str) else wanted


def excluded(step: dict[str, Any], driver: Driver) -> bool:
    without = step.get("without", {})
    return driver.name in without or driver.family in without


def run(driver: Driver, servers: Estate, wallet: Path) -> dict[str, Any]:
    steps = [step for step in SCENARIO if not excluded(step, driver)]
    ports = {name: server.port for name, server in servers.items()}
    order = {"ports": ports, "wallet": str(wallet), "steps": steps}
    done = subprocess.run(
        driver.command(),
        input=json.dumps(order).encode(),
        capture_output=True,
        env={**os.environ, "TZ": "UTC"},
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    results: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])["results"]
    return results


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_driver(driver: Driver, estate: tuple[str, Estate], wallet: Path) -> None:
    profile, servers = estate
    if profile not in driver.profiles:
        pytest.skip(f"{driver.name} cannot log on to {profile}")
    try:
        make_ready(driver)
    except Missing as missing:
        if STRICT:
            raise
        pytest.skip(f"NOT TESTED: {driver.name}, for want of {missing}")
    results = run(driver, servers, wallet)
    wrong = {}
    for step in SCENARIO:
        if excluded(step, driver):
            continue
        wanted, found = expected(step, driver), results[step["name"]]
        if step["do"] == "connect":
            right = isinstance(found, str) and re.search(wanted, found)
        else:
            right = found == wanted
        if not right:
            wrong[step["name"]] = {"found": found, "expected": wanted}
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)
    for name, server in servers.items():
        assert server.protocol_errors == [], name


def test_every_exception_is_used() -> None:
    """A driver named in `but` or `without` exists."""
    known = {driver.name for driver in DRIVERS} | {driver.family for driver in DRIVERS}
    for step in SCENARIO:
        assert {*step.get("but", {}), *step.get("without", {})} <= known, step["name"]
