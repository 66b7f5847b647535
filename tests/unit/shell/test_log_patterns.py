# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each pattern against lines of the real programs, by the grep and awk that will read them."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import CatalogueError
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.log_patterns import (
    awk_program,
    catalogue_kinds,
    for_printf,
    grep_expression,
    kinds,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.requirement import need_command

LINES = {
    "java": {
        "out_of_memory": [
            "java.lang.OutOfMemoryError: Java heap space",
            "OutOfMemoryError: Metaspace",
        ],
        "stack_overflow": ["java.lang.StackOverflowError"],
        "open_files": ["java.net.SocketException: Too many open files"],
        "disk_full": ["java.io.IOException: No space left on device"],
        "deadlock": ["Found one Java-level deadlock:", "Deadlock found when trying to get lock"],
        "pool_exhausted": [
            "HikariPool-1 - Connection is not available, request timed out after 30000ms.",
            "org.apache.tomcat.jdbc.pool.PoolExhaustedException: [http-1] Timeout",
            "All threads (200) are currently busy, waiting.",
        ],
        "database": [
            "java.sql.SQLException: ORA-01653: unable to extend table EBILL.T",
            "java.sql.SQLRecoverableException: IO Error: Connection reset",
        ],
        "severe": [
            "22-Nov-2026 SEVERE [main] org.apache",
            "2026-11-22 [main] FATAL x",
            "严重: 启动失败",
        ],
        "error": ["2026-11-22 10:00:00.1 ERROR [http-1] c.e.Bill - failed", "[ERROR] x"],
        "exception": ["java.lang.NullPointerException: x", "java.lang.IllegalStateException"],
        None: [
            "\tat com.ebill.FooException.of(FooException.java:1)",
            "Caused by: java.lang.NullPointerException: x",
            "2026-11-22 INFO errors=0",
        ],
    },
    "nginx": {
        "emergency": ["2026/11/22 10:00:00 [emerg] 1#1: bind() to 0.0.0.0:80 failed"],
        "limits": ["2026/11/22 [error] 1#1: 512 worker_connections are not enough"],
        "no_upstream": ["2026/11/22 [error] 1#1: *2 no live upstreams while connecting, client: 1"],
        "critical": ["2026/11/22 10:00:00 [crit] 1#1: *1 pwrite() failed"],
        "upstream": ["[error] 1#1: *1 upstream timed out (110: Connection timed out)"],
        "status_5xx": ['1.2.3.4 - - [22/Nov/2026] "GET /a HTTP/1.1" 502 157 "-"'],
        "error": ["2026/11/22 10:00:00 [error] 1#1: *1 access forbidden by rule"],
        None: [
            '1.2.3.4 - - [22/Nov/2026] "GET /a HTTP/1.1" 200 500 "-"',
            '[error] 1#1: *1 open() "/x" failed (2: No such file or directory)',
            "[crit] 1#1: *1 SSL_do_handshake() failed (SSL: error:0A00006C)",
        ],
    },
    "oracle_alert": {
        "internal": ["ORA-00600: internal error code", "ORA-600 signalled", "ORA-07445: exception"],
        "corrupt": ["ORA-01578: ORACLE data block corrupted", "Corrupt block relative dba"],
        "unable_to_extend": ["ORA-01653: unable", "ORA-1654: unable", "ORA-1652: unable"],
        "archiver": [
            "ORA-19809: limit exceeded for recovery files",
            "ORA-16038: log 1 sequence# 2 cannot be archived",
            "ARC1: Error 19504 Creating archive log file",
            "ARC0 (PID:312): Archiving not possible: error count exceeded",
        ],
        "shared_pool": ["ORA-04031: unable to allocate 32 bytes of shared memory"],
        "terminated": [
            "Instance terminated by USER, pid = 1",
            "PMON (ospid: 1): terminating the instance",
        ],
        "file_io": ["ORA-01157: cannot identify/lock data file 7"],
        "processes": ["ORA-00020: maximum number of processes (300) exceeded"],
        "deadlock": ["ORA-00060: Deadlock detected. See Note 60.1"],
        "snapshot": ["ORA-01555 caused by SQL statement below"],
        "checkpoint": ["Thread 1 cannot allocate new log, sequence 2", "Checkpoint not complete"],
        "recovery_area": ["ORA-19815: WARNING: db_recovery_file_dest_size is 85.00% used"],
        "other": ["ORA-12012: error on auto execute of job"],
        None: [
            "Thread 1 advanced to log sequence 17 (LGWR switch)",
            "ORA-28 : opiodr aborting process unknown ospid",
            "ARC1 (PID:3127): Archived Log entry 8 added for T-1.S-8",
        ],
    },
    "datapump": {
        "stopped": [
            'Job "SYSTEM"."SYS_EXPORT_SCHEMA_01" stopped due to fatal error at Mon Nov 2 02:01:09',
            '作业 "SYSTEM"."SYS_EXPORT_SCHEMA_01" 因致命错误于 02:01:09 停止',
        ],
        "with_errors": [
            'Job "SYSTEM"."SYS_EXPORT_SCHEMA_01" completed with 3 error(s) at Mon Nov 2 02:22:11',
            '作业 "SYSTEM"."SYS_EXPORT_SCHEMA_01" 已经完成, 但是有 3 个错误 (于 02:22:11 完成)',
        ],
        "skipped": [
            'ORA-31693: Table data object "EBILL"."T" failed to load/unload and is being skipped',
        ],
        "space": ["ORA-01555: snapshot too old", "ORA-39095: Dump file space has been exhausted"],
        "other": ["ORA-39001: invalid argument value"],
        None: [
            'Job "SYSTEM"."SYS_EXPORT_SCHEMA_01" successfully completed at Mon Nov 2 02:22:11 2026',
            '作业 "SYSTEM"."SYS_EXPORT_SCHEMA_01" 已于 02:22:11 成功完成',
            "ORA-31684: Object type USER already exists",
            '. . exported "EBILL"."BILL_MAIN"                         612.4 KB   48211 rows',
        ],
    },
    "syslog": {
        "io_error": [
            "kernel: Buffer I/O error on dev sda1",
            "kernel: blk_update_request: critical",
        ],
        "out_of_memory": ["kernel: Out of memory: Killed process 1 (java)"],
        "file_system": [
            "kernel: EXT4-fs error (device sda1): ext4_lookup",
            "XFS (dm-0): Corruption of",
        ],
        "read_only": ["kernel: EXT4-fs (sda1): Remounting filesystem read-only"],
        "hardware": ["kernel: mce: [Hardware Error]: Machine check events logged"],
        "raid": ["kernel: md/raid1:md0: Disk failure on sdb1"],
        "panic": ["kernel: Kernel panic - not syncing", "kernel: BUG: soft lockup - CPU#0"],
        "disk_full": ["rsyslogd: No space left on device"],
        "hung_task": ["kernel: INFO: task java:1 blocked for more than 120 seconds."],
        "segfault": ["kernel: java[1]: segfault at 0 ip 0"],
        "smart": ["smartd[1]: Device: /dev/sda, 8 Currently unreadable (pending) sectors"],
        "nfs": ["kernel: nfs: server 10.0.0.1 not responding, still trying"],
        "link": ["kernel: e1000: eth0 NIC Link is Down"],
        "login": ["sshd[1]: Failed password for root from 1.2.3.4"],
        None: ["systemd: Started Session 1 of user root.", "kernel: eth0 NIC Link is Up"],
    },
}
CASES = [
    (kind, pattern, line)
    for kind, patterns in LINES.items()
    for pattern, lines in patterns.items()
    for line in lines
]


def first_pattern(kind: str, raw: bytes, grep: list[str], awk: list[str]) -> str | None:
    """What the tools say: the pattern that counts the line, None if none does."""
    definition = catalogue_kinds()[kind]
    environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    found = subprocess.run(
        [*grep, "-E", "-e", grep_expression(definition)],
        input=raw + b"\n",
        capture_output=True,
        env=environment,
        check=False,
    )
    assert found.returncode < 2, found.stderr
    counted = subprocess.run(
        [*awk, "-v", "nonce=NONCE", awk_program(definition, 3)],
        input=b"NONCE limit -1\n" + found.stdout,
        capture_output=True,
        env=environment,
        check=True,
    ).stdout.split()
    return definition.patterns[int(counted[1])].id if counted else None


@pytest.mark.parametrize("tools", ["gnu", "busybox"])
@pytest.mark.parametrize(("kind", "pattern", "line"), CASES)
def test_each_line_is_counted_by_its_pattern(
    kind: str, pattern: str | None, line: str, tools: str
) -> None:
    if tools == "busybox":
        busybox = need_command("busybox")
        grep, awk = [busybox, "grep"], [busybox, "awk"]
    else:
        grep, awk = ["grep", "-a"], ["awk"]
    assert first_pattern(kind, line.encode(), grep, awk) == pattern
    if not line.isascii():
        assert first_pattern(kind, line.encode("gb18030"), grep, awk) == pattern


def test_every_pattern_has_a_line() -> None:
    known = {(kind, p.id) for kind, data in catalogue_kinds().items() for p in data.patterns}
    assert known == {(kind, pattern) for kind, pattern, _ in CASES if pattern}


@pytest.mark.parametrize(
    "regex",
    [
        "a{2}",
        "\\bword",
        "\\d+",
        "a\\/b",
        "[[:space:]]x",
        "a\tb",
        "(",
        "",
        "a*",
        "[^/]x",
        "\\<x",
        "x\ny",
    ],
)
def test_what_tools_read_differently_is_refused(regex: str) -> None:
    pattern = {"id": "x", "regex": regex, "weight": "fail", "zh": "x", "en": "x"}
    with pytest.raises(CatalogueError, match=r"site: java: patterns\.0\.regex"):
        kinds({"java": {"patterns": [pattern]}}, "site")


@pytest.mark.parametrize("change", [{"id": "B"}, {"weight": "bad"}, {"more": 1}, {"zh": ""}])
def test_faults_name_kind_and_key(change: dict[str, object]) -> None:
    pattern = {"id": "x", "regex": "y", "weight": "fail", "zh": "x", "en": "x", **change}
    with pytest.raises(CatalogueError, match=rf"patterns\.0\.{next(iter(change))}"):
        kinds({"java": {"patterns": [pattern]}}, "site")


@given(st.binary(max_size=60).filter(lambda raw: b"\0" not in raw and not raw.endswith(b"\n")))
def test_printf_gives_every_byte_back(raw: bytes) -> None:
    text = for_printf(raw)
    assert text.isascii() and text.isprintable()
    done = subprocess.run(
        ["/bin/sh", "-c", 'printf %b "$1"', "sh", text], capture_output=True, check=True
    )
    assert done.stdout == raw
