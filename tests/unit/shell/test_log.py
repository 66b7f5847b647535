# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log collector's parser: any bytes at all, and nothing personal behind it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import log, log_rows
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context
from hypothesis import given
from hypothesis import strategies as st

SENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NOW = int(SENT.timestamp())
OPTIONS: dict[str, Any] = {
    "files": [
        {"name": "app", "path": "/opt/app.log", "kind": "java"},
        {"name": "alert", "path": "/u01/alert.log", "kind": "oracle_alert"},
    ]
}
SUM = "0" * 64
MARK = f"7:100:100:{SUM}:100:{SUM}"
GOOD = [
    f"family 2 400 {NOW - 60} 100 0 0 0",
    "file 0 100 /opt/app.log",
    f"mark {MARK}",
    "grep 0",
    "count 0 2 2",
    "sample 0 \tfirst",
    "sample 0 \tlast",
]


def context(bookmarks: dict[str, Any] | None = None, took: float = 1) -> Context:
    return Context(SENT, SENT + timedelta(seconds=took), bookmarks or {}, 60)


def output(*logs: list[str | bytes], done: bool = True, clock: bool = True) -> bytes:
    nonce = b"0" * 32
    lines = [b"banner", b"ebill-frame 1 " + nonce]
    if clock:
        lines += [nonce + b" begin clock", str(NOW).encode(), nonce + b" end clock 0"]
    for index, answer in enumerate(logs):
        name = f"log.{index}".encode()
        lines.append(nonce + b" begin " + name)
        lines += [line if isinstance(line, bytes) else line.encode() for line in answer]
        lines.append(nonce + b" end " + name + b" 0")
    return b"\n".join([*lines, nonce + b" done" if done else b""]) + b"\n"


def row(collected: Collected, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = collected.observations["logs"]["rows"][number]
    return found


def test_a_whole_answer() -> None:
    found = log.parse(output(GOOD, GOOD), OPTIONS, context())
    seen = row(found)
    assert (seen["errors"], seen["warnings"], seen["read_bytes"]) == (2, 0, 100)
    assert (seen["first_run"], seen["complete"]) == (True, True)
    assert (seen["errors_zh"], seen["errors_en"]) == ("内存溢出 2", "out of memory 2")
    assert seen["error_samples"] == "first … last"
    assert seen["silent_hours"] == pytest.approx(1 / 60, abs=0.01)
    expected = {"path": "/opt/app.log", "since": NOW - 60, "done": [], "marks": [MARK]}
    assert found.bookmarks["app"] == expected
    script = log.script(OPTIONS, Context(SENT, None, found.bookmarks))
    assert f"{NOW - 60}" in script
    assert MARK in script


def test_an_output_that_ends_early_keeps_what_came_and_the_old_bookmark() -> None:
    old = {"alert": {"path": "/u01/alert.log", "since": 5, "done": [], "marks": []}}
    found = log.parse(output(GOOD, done=False), OPTIONS, context(old))
    assert row(found)["errors"] == 2
    assert row(found, 1)["error"]["reason"] == "cancelled"
    assert found.bookmarks["alert"] == old["alert"]
    late = log.parse(output(GOOD, done=False), OPTIONS, context(old, took=61))
    assert row(late, 1)["error"]["reason"] == "timeout"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("error permission /opt/app.log", "permission"),
        ("grep 2", "unreadable"),
        ("gzip", "unreadable"),
        ("count 99 1 0", "bad_answer"),
        ("count x", "bad_answer"),
        ("file 1", "bad_answer"),
        ("family 1", "bad_answer"),
    ],
)
def test_what_is_wrong_is_an_error_and_moves_no_bookmark(line: str, reason: str) -> None:
    found = log.parse(output([*GOOD, line], GOOD), OPTIONS, context())
    assert row(found)["error"]["reason"] == reason
    assert "app" not in found.bookmarks
    assert all(match["log"] != "app" for match in found.observations["matches"]["rows"])


def test_only_files_of_the_newest_second_are_remembered_as_done() -> None:
    done = [f"done 1:2:3:{NOW - 61}", f"done 1:3:3:{NOW - 60}"]
    found = log.parse(output([*GOOD, *done], GOOD), OPTIONS, context())
    assert found.bookmarks["app"]["done"] == [f"1:3:3:{NOW - 60}"]


def test_a_time_in_the_future_is_not_trusted() -> None:
    answer = [f"family 1 1 {NOW + 9999} 1 0 0 0", *GOOD[1:]]
    assert log.parse(output(answer), OPTIONS, context()).bookmarks["app"]["since"] == NOW


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "text",
        {"path": "/other", "since": 1, "done": [], "marks": []},
        {"path": "/opt/app.log", "since": "1; rm", "done": [], "marks": []},
        {"path": "/opt/app.log", "since": 1, "done": [], "marks": "no list"},
    ],
)
def test_a_bookmark_that_is_not_ours_means_a_first_run(stored: Any) -> None:
    seen = row(log.parse(output(GOOD, GOOD), OPTIONS, context({"app": stored})))
    assert seen["first_run"] is True


def test_a_bookmark_cannot_bring_commands() -> None:
    stored = {
        "path": "/opt/app.log",
        "since": 1,
        "done": ["1:1:1:1", "$(reboot)"],
        "marks": [MARK, "1:1:1:;reboot:1:x"],
    }
    script = log.script(OPTIONS, Context(SENT, None, {"app": stored}))
    assert "reboot" not in script
    assert MARK in script


def test_paths_are_quoted() -> None:
    options = {"files": [{"name": "x", "path": "/a/'; reboot; '$(b)`c`", "kind": "java"}]}
    script = log.script(options, Context(SENT))
    assert "'/a/'\"'\"'; reboot; '\"'\"'$(b)`c`'" in script


def test_samples_are_masked_and_of_any_encoding() -> None:
    answer: list[str | bytes] = [
        *GOOD[:4],
        "count 7 1 0",
        b"sample 7 \t" + "患者：张三丰 手机 13812345678".encode("gb18030"),
    ]
    text = json.dumps(log.parse(output(answer), OPTIONS, context()).observations)
    assert "\\u60a3\\u8005\\uff1a\\u5f20*" in text
    assert "13812345678" not in text


@given(st.binary(max_size=400))
def test_any_output_gives_observations(data: bytes) -> None:
    for raw in (data, output([data], GOOD)):
        found = log.parse(raw, OPTIONS, context())
        rows = found.observations["logs"]["rows"]
        assert [r["log"] for r in rows] == ["app", "alert"]
        json.dumps(found.observations)
        json.dumps(found.bookmarks)


LINE = st.sampled_from([*GOOD, "grep 1", "gzip", "error timeout x", "sample 1 \t", "mark x", ""])


@given(st.lists(LINE, max_size=12))
def test_any_lines_give_a_row_that_is_whole_or_an_error(lines: list[str]) -> None:
    seen = row(log.parse(output(list(lines), GOOD), OPTIONS, context()))
    assert ("error" in seen) != ("errors" in seen)


TEXTS = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x9FA5), max_size=80)


@given(TEXTS, st.integers(0, 3))
def test_a_cut_character_is_dropped_not_guessed(text: str, cut: int) -> None:
    raw = text.encode()
    decoded = log_rows.decode(raw[: len(raw) - cut] + b"", "")
    assert decoded.isascii() or text.startswith(decoded)


def test_a_named_encoding_is_taken() -> None:
    assert log_rows.decode("严重".encode("gb18030"), "gb18030") == "严重"
    assert log_rows.decode(b"\xff\xfe", "utf-8") == "��"
    assert log_rows.decode(b"abc", "no-such") == "abc"


def test_no_files_is_said_once_for_all() -> None:
    found = log.parse(b"", {}, context())
    assert {key: value["error"]["reason"] for key, value in found.observations.items()} == {
        "logs": "not_configured",
        "matches": "not_configured",
    }


def test_nonce_is_random() -> None:
    nonces = {re.search(r"EB_NONCE=(\w+)", log.script(OPTIONS, Context(SENT)))[1] for _ in range(9)}
    assert len(nonces) == 9
