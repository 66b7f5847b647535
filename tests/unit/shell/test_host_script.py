# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host collector run for real: shells, locales, missing tools, processes, ports."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import host
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixtures.host.shells import (
    SHELLS,
    busybox_tools,
    collect,
    in_namespace,
    need_namespace,
    need_shell,
    only_tools,
    truncations,
)

TOOLS = ("cat", "date", "df", "grep", "head", "sleep", "tr")
SECRET = "--db.password=Canary-8861"


@pytest.fixture(params=sorted(SHELLS))
def shell(request: pytest.FixtureRequest) -> list[str]:
    return need_shell(request.param)


@pytest.fixture
def java(tmp_path: Path) -> Iterator[str]:
    """A process that looks like a JVM, with a secret among its arguments; gives its pattern."""
    program = tmp_path / "java"
    program.symlink_to(os.path.realpath("/bin/sh"))
    arguments = ["-Xmx512m", f"-Dcatalina.base={tmp_path}/ebill app", SECRET, "-Xmx1g", "a\nb*?["]
    process = subprocess.Popen([program, "-c", "read -r _; :", *arguments], stdin=subprocess.PIPE)
    yield f"catalina.base={tmp_path}/ebill app*{SECRET[:6]}"
    process.kill()
    process.communicate()


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_everything_on_this_machine(shell: list[str], java: str, port: int) -> None:
    closed = unused_port()
    options = {
        "services": [
            {"name": "tomcat", "kind": "process", "pattern": java},
            {"name": "absent", "kind": "process", "pattern": "no such * process"},
        ],
        "ports": [{"port": port, "name": "ours"}, {"port": closed}],
        "jvms": [{"name": "tomcat", "pattern": java}, {"name": "other", "pattern": "no-such.jar"}],
    }
    answer = collect(host, options, shell)
    assert (answer.code, answer.errors, answer.left_behind) == (0, b"", [])
    assert b"Canary" not in answer.output
    seen = answer.observations
    services = answer.rows("services", "service")
    assert [services[name]["state"] for name in ("tomcat", "absent")] == ["running", "stopped"]
    listening = answer.rows("ports", "listener")
    assert listening[f"{port} (ours)"]["listening"] is True
    assert listening[str(closed)]["listening"] is False
    jvms = answer.rows("jvms", "jvm")
    assert (jvms["tomcat"]["instances"], jvms["tomcat"]["heap_max"]) == (1, "1g")
    assert jvms["tomcat"]["resident_size"].endswith((" KiB", " MiB"))
    assert 0 <= jvms["tomcat"]["uptime_days"] < 0.05
    assert jvms["other"]["running"] is False
    assert seen["clock"]["rows"][0]["certain_seconds"] < 0.1
    assert seen["load"]["rows"][0]["cores"] == os.cpu_count()
    assert seen["system"]["rows"][0]["kernel"] == os.uname().release
    assert seen["system"]["rows"][0]["hostname"] == os.uname().nodename
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    assert answer.bookmarks == {"boot_id": boot}


def test_the_root_as_the_system_itself_counts_it(shell: list[str]) -> None:
    before = os.statvfs("/")
    row = collect(host, {}, shell).rows("filesystems", "mount")["/"]
    used = (before.f_blocks - before.f_bfree) * before.f_frsize
    available = before.f_bavail * before.f_frsize
    assert row["used_percent"] == pytest.approx(100 * used / (used + available), abs=0.5)
    assert row["total_bytes"] == pytest.approx(used + available, rel=0.01)


def test_busybox_tools_alone(tmp_path: Path) -> None:
    path = busybox_tools(tmp_path / "bin")
    answer = collect(host, {}, [f"{path}/sh", "-s"], {"PATH": path})
    assert answer.errors == b""
    for name, observation in answer.observations.items():
        assert "error" not in observation, name
    assert answer.rows("filesystems", "mount")["/"]["used_percent"] > 0
    assert answer.observations["clock"]["rows"][0]["certain_seconds"] < 0.1
    assert answer.left_behind == []


@pytest.mark.parametrize("name", ["dash", "bash"])
@pytest.mark.parametrize(
    ("missing", "errors", "rows"),
    [
        ("df", {"filesystems": "df", "inodes": "df"}, {}),
        ("date", {"clock": "date"}, {}),
        ("grep", {}, {"ports": "grep"}),
        ("head", {}, {"jvms": "head", "services": "head"}),
        ("tr", {}, {"jvms": "tr", "services": "tr"}),
        ("sleep", {}, {}),
        ("cat", {}, {}),
    ],
)
def test_a_missing_tool_costs_its_own_checks(
    tmp_path: Path, name: str, missing: str, errors: dict[str, str], rows: dict[str, str]
) -> None:
    options = {
        "services": [{"name": "x", "kind": "process", "pattern": "x"}],
        "ports": [{"port": 22}],
        "jvms": [{"name": "x", "pattern": "x"}],
    }
    path = only_tools(tmp_path / "bin", set(TOOLS) - {missing})
    answer = collect(host, options, need_shell(name), {"PATH": path})
    seen = answer.observations
    got = {key: value["error"] for key, value in seen.items() if "error" in value}
    assert got == {key: {"reason": "tool_missing", "detail": t} for key, t in errors.items()}
    for key, value in seen.items():
        for row in value.get("rows", ()):
            wanted = {"reason": "tool_missing", "detail": rows[key]} if key in rows else None
            assert row.get("error") == wanted


@pytest.mark.parametrize("name", ["dash", "bash"])
def test_no_tool_at_all(tmp_path: Path, name: str) -> None:
    answer = collect(host, {}, need_shell(name), {"PATH": only_tools(tmp_path / "bin", ())})
    missing = {key for key, value in answer.observations.items() if "error" in value}
    assert missing == {"filesystems", "inodes", "clock"}


def test_systemd_services(tmp_path: Path) -> None:
    """The answer of systemd 219 (CentOS 7) and later: blocks in the order that was asked."""
    path = only_tools(tmp_path / "bin", TOOLS)
    fake = tmp_path / "bin" / "systemctl"
    fake.write_text(
        "#!/bin/sh\n"
        '[ "$*" = "show -p LoadState -p ActiveState -- tomcat@1.service nginx gone" ] || exit 9\n'
        "printf 'LoadState=loaded\\nActiveState=active\\n\\n'\n"
        "printf 'LoadState=loaded\\nActiveState=failed\\n\\n'\n"
        "printf 'LoadState=not-found\\nActiveState=inactive\\n'\n",
        encoding="ascii",
    )
    fake.chmod(0o755)
    names = ("tomcat@1.service", "nginx", "gone")
    options = {"services": [{"name": name, "kind": "systemd"} for name in names]}
    answer = collect(host, options, need_shell("dash"), {"PATH": path})
    services = answer.rows("services", "service")
    assert [services[name]["state"] for name in names] == ["running", "failed", "not_found"]


def test_without_systemctl_its_services_are_errors(tmp_path: Path) -> None:
    path = only_tools(tmp_path / "bin", TOOLS)
    options = {"services": [{"name": "nginx", "kind": "systemd"}]}
    answer = collect(host, options, need_shell("dash"), {"PATH": path})
    wanted = {"reason": "tool_missing", "detail": "systemctl"}
    assert [row["error"] for row in answer.observations["services"]["rows"]] == [wanted]


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[str]:
    """A running program of a name of its own."""
    program = tmp_path / "ebill-queued"
    program.symlink_to(os.path.realpath("/bin/sh"))
    process = subprocess.Popen([program, "-c", "read -r _; :"], stdin=subprocess.PIPE)
    yield program.name
    process.kill()
    process.communicate()


def test_without_a_running_systemd_auto_asks_the_processes(
    tmp_path: Path, shell: list[str], daemon: str
) -> None:
    """systemctl is installed, but something else is process 1, as in a container or on SysV."""
    need_namespace()
    path = only_tools(tmp_path / "bin", TOOLS)
    fake = tmp_path / "bin" / "systemctl"
    fake.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    fake.chmod(0o755)
    names = [f"{daemon}.service", f"{daemon}@1", "ebill-queue", "by-pattern", "asked"]
    services: list[dict[str, str]] = [{"name": name} for name in names]
    services[3]["pattern"] = f"{tmp_path}/{daemon}"
    services[4]["kind"] = "systemd"
    command = in_namespace(b"[ ! -d /run/systemd ] || mount -t tmpfs none /run/systemd", shell)
    env = {"PATH": f"{path}:{os.environ['PATH']}"}
    answer = collect(host, {"services": services}, command, env)
    rows = answer.observations["services"]["rows"]
    assert [row.get("state") for row in rows] == ["running", "running", None, "running", None]
    assert [row["manager"] for row in rows[:2]] == ["process", "process"]
    assert rows[2]["error"]["reason"] == "not_configured"
    assert rows[4]["error"] == {"reason": "bad_answer", "detail": "systemctl show: exit 1"}


@pytest.mark.parametrize(("code", "state"), [(0, "running"), (3, "stopped"), (4, "not_found")])
def test_init_scripts(tmp_path: Path, code: int, state: str) -> None:
    path = only_tools(tmp_path / "bin", TOOLS)
    fake = tmp_path / "bin" / "service"
    fake.write_text(f'#!/bin/sh\necho noise\n[ "$*" = "redis status" ] && exit {code}\nexit 99\n')
    fake.chmod(0o755)
    options = {"services": [{"name": "redis", "kind": "sysv"}]}
    answer = collect(host, options, need_shell("dash"), {"PATH": path})
    assert answer.rows("services", "service")["redis"]["state"] == state


def test_an_init_script_that_hangs_is_one_row(tmp_path: Path, shell: list[str]) -> None:
    path = only_tools(tmp_path / "bin", TOOLS)
    fake = tmp_path / "bin" / "service"
    fake.write_text('#!/bin/sh\n[ "$1" = good ] || sleep 55\n', encoding="ascii")
    fake.chmod(0o755)
    names = ["good", "hung", "good"]
    options = {"services": [{"name": n, "kind": "sysv"} for n in names], "probe_seconds": 1}
    answer = collect(host, options, shell, {"PATH": path})
    rows = answer.observations["services"]["rows"]
    assert [row.get("state") for row in rows] == ["running", None, "running"]
    assert rows[1]["error"] == {"reason": "timeout", "detail": "1 s"}
    assert answer.left_behind == []
    assert "rows" in answer.observations["clock"]
    assert answer.observations["clock"]["rows"][0]["certain_seconds"] < 0.1


@pytest.fixture(scope="module")
def locales() -> str:
    """A folder with zh_CN in UTF-8 and GB18030, made once for this checkout (8 s of CPU)."""
    kept = Path(__file__).resolve().parents[3] / ".cache" / "test-locales"
    if kept.is_dir():
        return str(kept)
    if not shutil.which("localedef"):
        pytest.skip("NO localedef HERE, LOCALES OF THE TARGET NOT TESTED")
    kept.parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=kept.parent))
    for charset in ("UTF-8", "GB18030"):
        command = ["localedef", "-i", "zh_CN", "-f", charset, str(folder / f"zh_CN.{charset}")]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            shutil.rmtree(folder)
            pytest.skip(f"LOCALES OF THE TARGET NOT TESTED: {made.stderr[:200]}")
    try:
        folder.rename(kept)
    except OSError:  # another run was first
        shutil.rmtree(folder)
    return str(kept)


@pytest.mark.parametrize("lang", ["C", "zh_CN.UTF-8", "zh_CN.GB18030"])
@pytest.mark.parametrize("variable", ["LANG", "LC_ALL"])
def test_locales_of_the_target(shell: list[str], locales: str, lang: str, variable: str) -> None:
    env = {"LOCPATH": locales, variable: lang, "LANGUAGE": "zh_CN:zh"}
    answer = collect(host, {}, shell, env)
    assert answer.errors == b""
    for name, observation in answer.observations.items():
        assert "error" not in observation, name
        assert all("error" not in row for row in observation.get("rows", ()))


def test_real_output_cut_anywhere(shell: list[str]) -> None:
    answer = collect(host, {}, shell)
    before = set(answer.observations)
    for output in truncations(answer.output):
        context = Context(datetime.now(UTC))
        assert set(host.parse(output, {}, context).observations) == before


def test_nothing_is_written(shell: list[str]) -> None:
    """With every file system read-only the answer is whole: so it needs to write nothing."""
    need_namespace()
    freeze = (
        'while read -r _ m _; do mount -o remount,bind,ro "$m" 2>/dev/null || :; done'
        ' </proc/mounts; ! (: >/tmp/x) 2>/dev/null || exit 9; exec "$@"'
    )
    command = ["unshare", "-Urm", "sh", "-c", freeze, "sh", *shell]
    options = {"services": [{"name": "x", "kind": "process", "pattern": "x"}]}
    answer = collect(host, options, command)
    assert answer.code == 0
    for name, observation in answer.observations.items():
        assert "error" not in observation, name


def test_hidden_processes_are_not_called_stopped(shell: list[str]) -> None:
    """As with a /proc mounted hidepid=2, seen by an account that is not root."""
    need_namespace()
    command = in_namespace(b"mount -t tmpfs none /proc/1", shell)
    options = {
        "services": [{"name": "x", "kind": "process", "pattern": "x"}],
        "jvms": [{"name": "x", "pattern": "x"}],
    }
    answer = collect(host, options, command)
    for name in ("services", "jvms"):
        row = answer.observations[name]["rows"][0]
        assert row["error"] == {"reason": "permission", "detail": "/proc/1"}


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=40, deadline=None)
@given(st.lists(any_text, min_size=1, max_size=3), st.lists(any_text, max_size=2))
def test_no_option_can_break_the_script(patterns: list[str], mounts: list[str]) -> None:
    options = {
        "services": [{"name": text, "kind": "process", "pattern": text} for text in patterns],
        "jvms": [{"name": "x", "pattern": text} for text in patterns],
        "mounts_ignore": [mount.replace("\0", "") for mount in mounts],
    }
    answer = collect(host, options, need_shell("dash"))
    assert (answer.code, answer.errors) == (0, b"")
    assert all("rows" in answer.observations[name] for name in ("services", "jvms", "uptime"))
    assert all("error" not in row for row in answer.observations["filesystems"]["rows"])
