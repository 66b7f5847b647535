# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job with each transport: by the driver, by SQL*Plus over a real sshd, by an archive."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, running_server
from tests.integration.estate import Lab, Run, inspect
from tests.integration.oracle_transports import SITE, oracle_home
from tests.requirement import need_command


@contextlib.contextmanager
def sshd(folder: Path) -> Iterator[dict[str, Any]]:
    """A real OpenSSH server for this user; yields the variables of an inventory host."""
    path = os.environ["PATH"]
    program = shutil.which("sshd", path=f"{path}:/usr/sbin") or need_command("sshd")
    folder.mkdir()
    for name in ("host", "user"):
        key = folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder}/host\nPidFile none\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/authorized\nUsePAM no\nPasswordAuthentication no\n"
        "PermitRootLogin prohibit-password\n",
        encoding="utf-8",
    )
    server = subprocess.Popen([program, "-D", "-f", config], stderr=subprocess.DEVNULL)
    try:
        _reachable(port)
        yield {
            "ansible_host": "127.0.0.1",
            "ansible_port": port,
            "ansible_user": getpass.getuser(),
            "ansible_ssh_private_key_file": str(folder / "user"),
            "ansible_ssh_common_args": "-F /dev/null -o StrictHostKeyChecking=no"
            f" -o UserKnownHostsFile={folder}/known -o IdentitiesOnly=yes",
            "ansible_python_interpreter": "/nonexistent/python",
        }
    finally:
        server.terminate()
        server.wait()


def _reachable(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError("sshd does not listen")


class Site:
    """An inventory of one database and its server, and the main job on it."""

    def __init__(self, folder: Path, server: OracleServer) -> None:
        self.folder = folder
        self.server = server
        self.dbhost: dict[str, Any] = {"ansible_connection": "local"}
        self.runs = 0

    def job(self, *words: str, **variables: Any) -> Run:
        """Run a playbook (the main job without one), the Oracle area only."""
        self.runs += 1
        database = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "inspect_oracle_host": "127.0.0.1",
            "inspect_oracle_port": self.server.port,
            "inspect_oracle_service": self.server.service_name,
            "inspect_oracle_user": INSPECTOR,
            "inspect_oracle_password": PASSWORD,
            **{f"inspect_oracle_{name}": list(value) for name, value in SITE.items()},
            **variables,
        }
        groups = {
            "ebill": {
                "children": {"ebill_databases": {"hosts": {"ebilldb": database}}},
                "vars": {"ebill_site": {"hospital": "示范医院", "contract_start": "2026-01-01"}},
            },
            "others": {"hosts": {"dbhost": self.dbhost}},
        }
        inventory = self.folder / f"inventory{self.runs}.yml"
        inventory.write_text(yaml.safe_dump(groups), encoding="utf-8")
        inventory.chmod(0o600)
        output = self.folder / f"output{self.runs}"
        words = (*words, "--skip-tags", "report", "-i", str(inventory))
        run = inspect(Lab(self.folder), output, *words)
        assert PASSWORD not in run.output
        return run


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_server() as server:
        yield Site(tmp_path, server)


def verdicts(run: Run) -> dict[tuple[str, str], str]:
    """Status by check and part; the room of the disks is df's answer, not the database's."""
    assert run.status != 3, run.output
    return {
        (result["check"], result["part"] or ""): result["status"]
        for result in run.results
        if result["check"] != "oracle.disk_room"
    }


def test_each_transport_gives_the_same_verdicts(site: Site, tmp_path: Path) -> None:
    driver = site.job()
    wanted = verdicts(driver)
    assert {"pass", "skipped"} >= set(wanted.values())

    home = oracle_home(tmp_path / "home", "11.2")
    with sshd(tmp_path / "sshd") as site.dbhost:
        by_sqlplus = site.job(
            inspect_oracle_transport="sqlplus",
            inspect_oracle_server="dbhost",
            inspect_oracle_sqlplus_home=str(home),
        )
    assert verdicts(by_sqlplus) == wanted, by_sqlplus.output

    scripts = tmp_path / "scripts"
    written = site.job(
        "playbooks/oracle_offline_script.yml", inspect_oracle_offline_dest=str(scripts)
    )
    assert written.status == 0, written.output
    subprocess.run(
        ["sh", "ebill-oracle-ebilldb.sh"],
        cwd=scripts,
        input=f"{PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "ORACLE_HOME": str(home)},
    )
    logins = site.server.logins[INSPECTOR].success
    offline = site.job(
        inspect_oracle_transport="offline",
        inspect_oracle_archive=str(scripts),
        inspect_oracle_password="",
    )
    assert verdicts(offline) == wanted, offline.output
    assert site.server.logins[INSPECTOR].success == logins == 3
    evidence = b" ".join(text for _, text in offline.ledger.evidence_texts(offline.id))
    assert b'"transport":"offline"' in evidence


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        (
            {"inspect_oracle_transport": "offline", "inspect_oracle_archive": "/nonexistent/a.txt"},
            "archive_missing",
        ),
        (
            {"inspect_oracle_transport": "sqlplus", "inspect_oracle_sqlplus_home": "/nonexistent"},
            "tool_missing",
        ),
    ],
)
def test_what_cannot_be_asked_is_said(site: Site, variables: dict[str, str], reason: str) -> None:
    run = site.job(**variables)
    assert run.status != 3, run.output
    assert {result["status"] for result in run.results} <= {"error", "skipped"}
    assert {result["reason"] for result in run.results if result["status"] == "error"} == {reason}
    assert not site.server.logins
