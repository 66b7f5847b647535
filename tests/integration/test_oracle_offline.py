# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The offline scripts as an engineer runs them, and archives that something happened to."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.archive import (
    Expected,
    read_archive,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import (
    Collected,
    Wanted,
    all_parts,
    collect,
    from_answers,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.offline_script import scripts
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.sqlplus_login import Address

from lab.oracle.breaks import ACTIONS
from lab.oracle.server import INSPECTOR, PASSWORD, OracleServer, running_server
from lab.oracle.world.green import green_world
from tests.integration.oracle_transports import MANNERS, SITE, oracle_home
from tests.requirement import need_command
from tests.shells import SHELLS

WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
WANTED = Wanted(**SITE)
PARTS = all_parts(WANTED)
EXPECTED = Expected("ebilldb", WEDNESDAY + timedelta(days=1), service="EBILLDB")


@pytest.fixture
def server() -> Iterator[OracleServer]:
    with running_server(green_world(lambda: WEDNESDAY)) as running:
        yield running


def written(server: OracleServer, folder: Path) -> dict[str, Path]:
    """The scripts on disk, by their ending."""
    address = Address("127.0.0.1", server.port, service=server.service_name)
    folder.mkdir(exist_ok=True)
    found = {}
    for name, text in scripts("ebilldb", INSPECTOR, address, PARTS).items():
        path = folder / name
        path.write_bytes(text.encode("utf-8"))
        found[path.suffix] = path
    return found


def run_sh(
    server: OracleServer, folder: Path, shell: str = "dash", manner: str = "19", before: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the sh script in ``folder``, the password typed as sqlplus asks for it."""
    script = written(server, folder)[".sh"]
    home = oracle_home(folder.parent / "home", manner, before)
    words = [need_command(shell), *(["sh"] if shell == "busybox" else []), script.name]
    return subprocess.run(
        words,
        cwd=folder,
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "ORACLE_HOME": str(home)},
        timeout=120,
    )


def archive_of(folder: Path) -> bytes:
    (path,) = folder.glob("ebill-oracle-ebilldb-*.txt")
    return path.read_bytes()


def observed(data: bytes, expected: Expected = EXPECTED) -> dict[str, Any]:
    reading = read_archive(data, PARTS, expected, "a.txt")
    return of_the_database(from_answers(reading.answers, WANTED, reading.asked))


def of_the_database(found: Collected) -> dict[str, Any]:
    """Observations without the statements that were sent, which every transport has its own of."""
    return {name: seen for name, seen in found.observations.items() if name != "statements"}


def by_driver(server: OracleServer) -> dict[str, Any]:
    service = server.service_name
    login = Login("127.0.0.1", INSPECTOR, PASSWORD, port=server.port, service=service)
    return of_the_database(collect(login, WANTED))


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("shell", SHELLS)
def test_green(server: OracleServer, tmp_path: Path, shell: str, manner: str) -> None:
    done = run_sh(server, tmp_path / "on site", shell, manner)
    assert done.returncode == 0, done.stderr
    data = archive_of(tmp_path / "on site")
    assert observed(data) == by_driver(server)
    assert PASSWORD.encode() not in data
    assert (server.logins[INSPECTOR].success, server.logins[INSPECTOR].failure) == (2, 0)


@pytest.mark.parametrize(
    "break_id",
    ["oracle.datafile_offline", "oracle.rman_never", "oracle.undo_full", "oracle.missing_grant"],
)
def test_broken(server: OracleServer, tmp_path: Path, break_id: str) -> None:
    asyncio.run(ACTIONS[break_id].apply(server))
    assert run_sh(server, tmp_path / "s").returncode == 0
    assert observed(archive_of(tmp_path / "s")) == by_driver(server)


@pytest.mark.parametrize(
    "fault", [("logon_error", 1017), ("logon_error", 28000), ("refuse", 12514)]
)
def test_no_archive_without_a_login(
    server: OracleServer, tmp_path: Path, fault: tuple[str, int]
) -> None:
    setattr(server.faults, *fault)
    done = run_sh(server, tmp_path / "s")
    assert done.returncode == 1
    assert "The login did not succeed" in done.stderr
    assert not list((tmp_path / "s").glob("*.txt"))
    assert sum(count.failure for count in server.logins.values()) <= 1


def test_nothing_is_left_behind(server: OracleServer, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    folder = tmp_path / "s"
    script = written(server, folder)[".sh"]
    home = oracle_home(tmp_path / "home")
    subprocess.run(
        ["dash", script.name],
        cwd=folder,
        input=f"{PASSWORD}\n".encode(),
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "ORACLE_HOME": str(home), "TMPDIR": str(temporary)},
    )
    assert not list(temporary.iterdir())
    assert {path.suffix for path in folder.iterdir()} == {".sh", ".sql", ".txt"}
    (result,) = folder.glob("*.txt")
    assert result.stat().st_mode & 0o077 == 0


def test_the_same_inventory_gives_the_same_script() -> None:
    address = Address("db", service="EBILL")
    assert scripts("d", "U", address, PARTS) == scripts("d", "U", address, PARTS)


CERTUTIL = {
    # Windows 10 in English, Windows 7 in Chinese (code page 936): the digits are what counts
    "new": "SHA256 hash of a.txt:\r\n{digest}\r\nCertUtil: -hashfile command completed\r\n",
    "old": "SHA256 哈希(文件 a.txt):\r\n{spaced}\r\nCertUtil: -hashfile 命令成功完成。\r\n",
}


@pytest.mark.parametrize("certutil", CERTUTIL)
def test_windows(server: OracleServer, tmp_path: Path, certutil: str) -> None:
    """SPOOL writes CRLF there, and certutil's words follow the contents."""
    script = written(server, tmp_path / "s")[".sql"]
    program = oracle_home(tmp_path / "home") / "bin" / "sqlplus"
    address = f"//127.0.0.1:{server.port}/{server.service_name}"
    subprocess.run(
        [program, "-L", f"{INSPECTOR}@{address}", f"@{script.name}"],
        cwd=script.parent,
        input=f"{PASSWORD}\n".encode(),
        capture_output=True,
        check=True,
    )
    spooled = (script.parent / "ebill-oracle-ebilldb.txt").read_bytes()
    # Here is no certutil: what the script's HOST commands left behind is not the spool's.
    content = spooled[: spooled.index(b" done\n") + 6].replace(b"\n", b"\r\n")
    digest = hashlib.sha256(content).hexdigest()
    spaced = " ".join(digest[place : place + 2] for place in range(0, 64, 2))
    said = CERTUTIL[certutil].format(digest=digest, spaced=spaced).encode("gb18030")
    reading = read_archive(content + said, PARTS, EXPECTED, "a.txt")
    assert reading.session["database"] == "EBILLDB"
    assert observed(content + said) == by_driver(server)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("archive") / "s"
    with running_server(green_world(lambda: WEDNESDAY)) as server:
        assert run_sh(server, folder).returncode == 0
    return archive_of(folder)


def _changed(data: bytes) -> bytes:
    return data.replace(b"EBILL_DATA", b"EBILL_DATB", 1)


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], Expected, str]] = {
    "empty": (lambda data: b"", EXPECTED, "archive_foreign"),
    "other file": (lambda data: b"%PDF-1.7", EXPECTED, "archive_foreign"),
    "half": (lambda data: data[: len(data) // 2], EXPECTED, "archive_truncated"),
    "no digest": (lambda data: data[:-40], EXPECTED, "archive_truncated"),
    "changed": (_changed, EXPECTED, "archive_changed"),
    "text mode": (lambda data: data.replace(b"\n", b"\r\n"), EXPECTED, "archive_changed"),
    "other name": (bytes, replace(EXPECTED, database="other"), "archive_other_database"),
    "other service": (bytes, replace(EXPECTED, service="HIS"), "archive_other_database"),
    "old": (bytes, replace(EXPECTED, now=WEDNESDAY + timedelta(days=8)), "archive_old"),
    "ahead": (bytes, replace(EXPECTED, now=WEDNESDAY - timedelta(days=1)), "time_ahead"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_what_is_not_a_good_archive_answers_nothing(archive: bytes, name: str) -> None:
    damage, expected, reason = DAMAGE[name]
    answers = read_archive(damage(archive), PARTS, expected, "a.txt").answers
    assert {getattr(answer, "reason", "answered") for answer in answers.values()} == {reason}
    assert answers.keys() == {part.name for part in PARTS}


def test_another_version_of_the_script(archive: bytes) -> None:
    fewer = PARTS[:-1]
    answers = read_archive(archive, fewer, EXPECTED, "a.txt").answers
    assert {getattr(answer, "reason", "") for answer in answers.values()} == {
        "archive_other_script"
    }


def test_seven_days_are_allowed(archive: bytes) -> None:
    expected = replace(EXPECTED, now=WEDNESDAY + timedelta(days=6, hours=23))
    assert "rows" in observed(archive, expected)["tablespaces"]
    domain = replace(EXPECTED, service="ebilldb.hospital.example")
    assert "rows" in observed(archive, domain)["tablespaces"]
