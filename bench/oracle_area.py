# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Oracle area on a database with 200 tablespaces and 4,000 files, beyond its queries' own time.

The stand-in runs in a process of its own. The collection is a process as the module's is (start,
imports, one session, observations as JSON), the judging is ours. What the statements took, as the
evidence lists it, is the database's time and is taken off; the median of several rounds counts.

    python -m bench.oracle_area [--tablespaces 200] [--files 20] [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)

from lab.oracle.server import INSPECTOR, PASSWORD

ROOT = Path(__file__).resolve().parents[1]
MAX_SECONDS, MAX_MIB = 2.0, 150

SERVER = """
import sys, threading
from lab.oracle.server import running_server
from lab.oracle.world.green import green_world
from lab.oracle.world.model import GIB, DataFile, Tablespace
world, spaces, files = green_world(), int(sys.argv[1]), int(sys.argv[2])
for number in range(spaces - len(world.tablespaces)):
    name = f"EBILL_P{number:04d}"
    made = [
        DataFile(f"/u01/app/oracle/oradata/EBILLDB/{name.lower()}_{n:02d}.dbf",
                 4 * GIB, 32 * GIB, autoextend=True)
        for n in range(files)
    ]
    world.tablespaces[name] = Tablespace(name, made, files * 3 * GIB)
with running_server(world) as server:
    print(server.port, server.service_name, flush=True)
    sys.stdin.read()
"""

MODULE = """
import json, sys
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted
found = collect(Login(**json.load(sys.stdin)), Wanted())
json.dump({"observations": found.observations, "queries": found.queries}, sys.stdout)
"""


def collected(login: dict[str, Any]) -> tuple[float, float, dict[str, Any]]:
    """Seconds and greatest memory (MiB) of the collecting process, and what it found."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "collections")}
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(login).encode())
        process.stdin.close()
        output = process.stdout.read()
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    return seconds, usage.ru_maxrss / 1024, json.loads(output)


def judged(observations: dict[str, Any]) -> tuple[float, int]:
    """Seconds of judging everything that was observed, and the number of results."""
    catalogue = load()
    settings = resolve_settings(catalogue, {})
    checks = [
        compile_check(catalogue, check.id, settings) for check in catalogue.areas["oracle"].checks
    ]
    begin = time.perf_counter()
    count = sum(len(judge(c, observations[c["observation"]], "ebilldb")) for c in checks)
    return time.perf_counter() - begin, count


def _login(line: str) -> dict[str, Any]:
    port, service = line.split()
    where = {"host": "127.0.0.1", "port": int(port), "service": service}
    return {**where, "user": INSPECTOR, "password": PASSWORD, "query_timeout_seconds": 60}


def main(tablespaces: int = 200, files: int = 20, rounds: int = 5) -> list[str]:
    """Measure; return the lines to print."""
    command = [sys.executable, "-c", SERVER, str(tablespaces), str(files)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    beyond, peaks, totals, results = [], [], [], 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as server:
        assert server.stdin and server.stdout
        login = _login(server.stdout.readline())
        for _ in range(rounds):
            seconds, mib, found = collected(login)
            wrong = {n: o["error"] for n, o in found["observations"].items() if "error" in o}
            if wrong:
                raise SystemExit(f"not answered: {wrong}")
            asked = sum(query["elapsed_seconds"] for query in found["queries"])
            more, results = judged(found["observations"])
            totals.append(seconds + more)
            beyond.append(seconds + more - asked)
            peaks.append(mib)
        server.stdin.close()
    return [
        f"oracle area, {tablespaces} tablespaces, {results} results, {len(found['queries'])}"
        f" statements: {statistics.median(totals):.2f} s",
        f"  beyond the queries' own time: {statistics.median(beyond):.2f} s"
        f" (at most {MAX_SECONDS:g} s)",
        f"  memory of the module: {max(peaks):.0f} MiB (at most {MAX_MIB} MiB)",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tablespaces", type=int, default=200)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print("\n".join(main(arguments.tablespaces, arguments.files, arguments.rounds)))
