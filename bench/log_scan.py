# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log area against bare grep: `LC_ALL=C grep -aE` with the same patterns on the same file.

A log like a Tomcat's is made (a match about every 200 lines, now and then a stack trace). Both
sides run under /bin/sh, the whole collector on ours with its marks, counts and masked samples;
they alternate, the median of the ratios counts. Then 1 % is appended and the next run measured.

    python -m bench.log_scan [--mib 1024] [--rounds 3]
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.ebill.ops.plugins.plugin_utils.shell import log
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.log_patterns import (
    catalogue_kinds,
    grep_expression,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

_MIB = 1 << 20
_PAGES = ("issue", "reverse", "deliver", "reconcile", "query", "print", "statistics")


def block(seed: int) -> bytes:
    """About one MiB of log, every seed another."""
    dice = random.Random(seed)
    lines = []
    size = 0
    while size < _MIB:
        when = f"2026-11-22 {seed % 24:02d}:{dice.randrange(60):02d}:{dice.randrange(60):02d}"
        page = dice.choice(_PAGES)
        line = (
            f"{when}.{dice.randrange(1000):03d} INFO [http-nio-8080-exec-{dice.randrange(20)}] "
            f"com.ebill.web.{page.capitalize()}Controller.handle {page} completed in "
            f"{dice.randrange(900)} ms, batch={dice.randrange(10**6)}\n"
        )
        if dice.random() < 0.005:
            line = f"{when} ERROR [exec-{dice.randrange(20)}] com.ebill.dao.BillDao 写入失败\n"
        if dice.random() < 0.0005:
            line += "java.sql.SQLException: ORA-01653: unable to extend table EBILL.T\n"
            line += "\tat oracle.jdbc.driver.T4CTTIoer11.processError(T4CTTIoer11.java:509)\n" * 8
        lines.append(line.encode())
        size += len(lines[-1])
    return b"".join(lines)


def append(path: Path, mib: int, seed: int) -> None:
    """Append so many MiB; blocks repeat after 16, which no side can profit from."""
    blocks = [block(seed + number) for number in range(min(mib, 16))]
    with path.open("ab") as file:
        for number in range(mib):
            file.write(blocks[number % len(blocks)])


def bare(path: Path, expression: Path) -> float:
    """Seconds of grep alone; its output goes to a pipe, for /dev/null would let it stop early."""
    begin = time.perf_counter()
    command = f'LC_ALL=C grep -aE -e "$(cat {expression})" {path} | cat >/dev/null'
    subprocess.run(["/bin/sh", "-c", command], check=True)
    return time.perf_counter() - begin


def ours(path: Path, bookmarks: Mapping[str, Any]) -> tuple[float, Collected]:
    """Seconds of the collector, and what it found."""
    options = {
        "files": [{"name": "bench", "path": str(path), "kind": "java"}],
        "max_bytes": 1 << 50,
    }
    context = Context(datetime.now(UTC), None, bookmarks, 3600)
    script = log.script(options, context).encode()
    begin = time.perf_counter()
    done = subprocess.run(["/bin/sh", "-s"], input=script, capture_output=True, check=True)
    seconds = time.perf_counter() - begin
    found = log.parse(done.stdout, options, context)
    row = found.observations["logs"]["rows"][0]
    if "error" in row:
        raise SystemExit(f"the collector failed: {row['error']}")
    return seconds, found


def main(mib: int = 256, rounds: int = 3) -> list[str]:
    """Measure; return the lines to print."""
    more = max(1, mib // 100)
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        path, expression = Path(name) / "app.log", Path(name) / "expression"
        expression.write_bytes(grep_expression(catalogue_kinds()["java"]))
        append(path, mib, 0)
        bare(path, expression)  # the first look only fills the page cache
        grep, first, found = [], [], Collected({})
        for _ in range(rounds):
            grep.append(bare(path, expression))
            seconds, found = ours(path, {})
            first.append(seconds)
        row = found.observations["logs"]["rows"][0]
        matches = row["errors"] + row["warnings"]
        following = []
        for number in range(rounds):
            append(path, more, 100 + number)
            seconds, found = ours(path, found.bookmarks)
            following.append(seconds)
    ratio = statistics.median(o / g for o, g in zip(first, grep, strict=True))
    again = statistics.median(following) / statistics.median(first)
    return [
        f"log scan, {mib} MiB, {matches} matches: {statistics.median(first):.2f} s;"
        f" bare grep {statistics.median(grep):.2f} s",
        f"  ratio to bare grep: {ratio:.2f} (at most 1.2)",
        f"  next run with {more} MiB more: {statistics.median(following):.3f} s,"
        f" {100 * again:.1f} % of the first (at most 3 %)",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print("\n".join(main(arguments.mib, arguments.rounds)))
