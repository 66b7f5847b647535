# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL*Plus on the database host: passwords, hangs, odd surroundings."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import sqlplus as collector
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context

from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, running_server
from tests.integration.oracle_transports import options, oracle_home
from tests.shells import SHELLS, Target

ODD = "p@ss/w&rd ^x'$(id)`\\;- 中"


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with running_server() as running:
        yield running


def seen(server: OracleServer, shell: str = "dash", **changed: Any) -> dict[str, Any]:
    return (
        Target(shell)
        .collect(collector, options(server, **changed), timeout_seconds=60)
        .observations
    )


def reasons(observations: dict[str, Any]) -> set[str]:
    """Of all observations but those that are rightly absent and those of the transport."""
    return {
        observation["error"]["reason"] if "error" in observation else "answered"
        for name, observation in observations.items()
        if name not in ("oracle_session", "statements") and "absent" not in observation
    }


@pytest.mark.parametrize("shell", SHELLS)
def test_any_password_that_oracle_takes(server: OracleServer, tmp_path: Path, shell: str) -> None:
    server.users[INSPECTOR].password = ODD
    home = str(oracle_home(tmp_path))
    assert "answered" in reasons(seen(server, shell, sqlplus_home=home, password=ODD))
    assert server.logins[INSPECTOR].success == 1


@pytest.mark.parametrize("password", ['a"b', "a\nb", "a\rb", "a\0b", ""])
def test_a_password_that_cannot_be_quoted_is_never_tried(
    server: OracleServer, tmp_path: Path, password: str
) -> None:
    home = str(oracle_home(tmp_path))
    found = seen(server, sqlplus_home=home, password=password)
    assert reasons(found) == {"not_configured"}
    assert found["instance"]["error"]["detail"].startswith("inspect_oracle_password")
    assert not server.logins


@pytest.mark.parametrize(
    ("option", "value"),
    [("host", "db)(PORT=1)"), ("service", "A))(X="), ("user", "A/B"), ("protocol", "udp")],
)
def test_what_would_change_the_descriptor_is_refused(
    server: OracleServer, tmp_path: Path, option: str, value: str
) -> None:
    found = seen(server, sqlplus_home=str(oracle_home(tmp_path)), **{option: value})
    assert found["instance"]["error"] == {
        "reason": "not_configured",
        "detail": f"inspect_oracle_{option}",
    }
    assert not server.logins


def test_the_password_is_in_no_argument_list_and_no_environment(
    server: OracleServer, tmp_path: Path
) -> None:
    dump = tmp_path / "processes"
    before = (
        f"for p in /proc/[0-9]*; do cat $p/cmdline $p/environ; done >'{dump}' 2>/dev/null\n"
        f"ls -lR /tmp >>'{dump}' 2>/dev/null"
    )
    home = oracle_home(tmp_path / "home", before=before)
    assert "answered" in reasons(seen(server, sqlplus_home=str(home)))
    text = dump.read_bytes()
    assert b"sqlplus" in text
    assert PASSWORD.encode() not in text


def test_an_expired_password_is_not_changed(server: OracleServer, tmp_path: Path) -> None:
    server.faults.logon_error = 28001
    chosen = options(server, sqlplus_home=str(oracle_home(tmp_path)))
    context = Context(datetime.now(UTC), timeout_seconds=60)
    output = Target("dash").run(collector.script(chosen, context))
    assert b"Password unchanged" in output
    assert reasons(collector.parse(output, chosen, context).observations) == {"password_expired"}


def test_a_silent_listener_costs_the_limit(server: OracleServer, tmp_path: Path) -> None:
    server.faults.silent = "connect"
    home = str(oracle_home(tmp_path))
    assert reasons(seen(server, sqlplus_home=home, timeout_seconds=2)) == {"listener_silent"}


def test_what_was_answered_before_a_hang_stands(server: OracleServer, tmp_path: Path) -> None:
    release = threading.Event()
    engines = server.engines

    def hanging(host: Any, facts: Any) -> Any:
        engine = engines(host, facts)
        execute = engine.execute

        def held(sql: str, binds: Any) -> Any:
            if "dba_free_space" in sql:
                release.wait(60)
            return execute(sql, binds)

        engine.execute = held  # type: ignore[method-assign]
        return engine

    server.engines = hanging
    found = seen(server, sqlplus_home=str(oracle_home(tmp_path)), timeout_seconds=5)
    release.set()
    assert "rows" in found["instance"]
    assert found["tablespaces"]["error"] == {"reason": "timeout", "detail": "5 s"}
    assert found["rman_jobs"]["error"]["reason"] == "timeout"


def test_a_lost_session(server: OracleServer, tmp_path: Path) -> None:
    server.faults.kill_on_execute = True
    assert reasons(seen(server, sqlplus_home=str(oracle_home(tmp_path)))) == {"connection_lost"}


def test_a_site_profile_that_sets_everything(server: OracleServer, tmp_path: Path) -> None:
    profile = tmp_path / "glogin.sql"
    profile.write_text(
        "SET PAGESIZE 20\nSET LINESIZE 60\nSET FEEDBACK ON\nSET HEADING ON\nSET DEFINE ON\n"
        "COLUMN line FORMAT A10\nPROMPT ORA-01017: welcome\n",
        encoding="utf-8",
    )
    plain = seen(server, sqlplus_home=str(oracle_home(tmp_path / "plain")))
    home = oracle_home(tmp_path / "odd", before=f"export EBILL_LAB_GLOGIN='{profile}'")
    odd = seen(server, sqlplus_home=str(home))
    assert reasons(plain) == reasons(odd) == {"answered"}
    assert plain["tablespaces"] == odd["tablespaces"]


def test_where_sqlplus_is_looked_for(server: OracleServer, tmp_path: Path) -> None:
    missing = seen(server, sqlplus_home=str(tmp_path / "none"))
    assert missing["instance"]["error"]["reason"] == "tool_missing"
    assert missing["instance"]["error"]["detail"] == f"{tmp_path}/none/bin/sqlplus"
    home = oracle_home(tmp_path / "home")
    script = collector.script(options(server), Context(datetime.now(UTC), timeout_seconds=60))
    for environment in ({"ORACLE_HOME": str(home)}, {"PATH": f"{home}/bin:/usr/bin:/bin"}):
        done = subprocess.run(
            ["dash", "-s"],
            input=script.encode(),
            capture_output=True,
            env={"PATH": "/usr/bin:/bin", **environment},
            check=True,
        )
        assert b" done" in done.stdout
        assert b" begin sqlplus\n" in done.stdout


def test_a_program_that_cannot_start(server: OracleServer, tmp_path: Path) -> None:
    said = "Error 6 initializing SQL*Plus\\nSP2-0667: Message file sp1<lang>.msb not found\\n"
    broken = f"printf '{said}'; exit 1"
    home = oracle_home(tmp_path, before=broken)
    found = seen(server, sqlplus_home=str(home))
    assert found["instance"]["error"] == {
        "reason": "sqlplus_failed",
        "detail": "sqlplus (SP2-0667)",
    }
