# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame: real scripts under each shell, and any bytes at all on the reading side."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixtures.host.shells import SHELLS, left_behind, need_shell

SENT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CONTEXT = Context(SENT, SENT + timedelta(seconds=1), timeout_seconds=20)
NONCE = b"0123456789abcdef" * 2
LIB = Path(frame.__file__).resolve().parent / "lib.sh"


def framed(*lines: bytes) -> bytes:
    return b"\n".join([b"ebill-frame 1 " + NONCE, *lines, b""])


def run(shell: str, body: str, env: dict[str, str] | None = None) -> frame.Frames:
    """Run lib.sh with a collector of our own."""
    head = f"EB_NONCE={NONCE.decode()}\nEB_TOTAL=20\n"
    text = head + LIB.read_text(encoding="utf-8") + f"\ncollect() {{\n{body}\n}}\neb_main\n"
    done = subprocess.run(need_shell(shell), input=text.encode(), capture_output=True, env=env)
    assert done.stderr == b""
    return frame.read(done.stdout)


@pytest.fixture(params=sorted(SHELLS))
def shell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_sections_keep_lines_and_exit_status(shell: str) -> None:
    frames = run(shell, "eb_job a sh -c 'echo one; echo; echo \" two \"; exit 7'\neb_join 10")
    assert frames.complete
    assert frames.sections["a"] == frame.Section((b"one", b"", b" two "), 7)


def test_an_empty_section_has_no_line(shell: str) -> None:
    assert run(shell, "eb_run a 10 true").sections["a"] == frame.Section((), 0)


def test_probes_that_write_at_the_same_time_do_not_mix(shell: str) -> None:
    body = "lines() { i=0; while [ $i -lt 40 ]; do echo $1; echo; i=$((i+1)); done; }\n"
    for number in range(20):
        body += f'eb_job s{number} lines {number}\neb_emit m{number} 0 "$(lines m)"\n'
    frames = run(shell, body + "eb_join 10")
    assert frames.complete
    for number in range(20):
        # The shell drops line ends at the end of an output.
        wanted = (str(number).encode(), b"") * 40
        assert frames.sections[f"s{number}"] == frame.Section(wanted[:-1], 0)
        assert frames.sections[f"m{number}"] == frame.Section((b"m", b"") * 39 + (b"m",), 0)


def test_a_line_too_long_for_one_write_is_cut(shell: str) -> None:
    frames = run(shell, "long() { printf '%05000d\\n' 7; echo end; }\neb_job a long\neb_join 9")
    assert [len(line) for line in frames.sections["a"].lines] == [3900, 3]


def test_waiting_for_probes_ends_with_the_last_of_them(shell: str) -> None:
    """Many short waits: an alarm that misses its end would add its eighteen seconds to one."""
    body = "i=0; while [ $i -lt 60 ]; do eb_run r$i 18 true; i=$((i+1)); done"
    frames = run(shell, body + "\neb_clock; eb_emit took 0 $((EB_NOW - EB_START))")
    assert int(frames.sections["took"].text) < 18
    assert [name for name, found in frames.sections.items() if found.code] == []


def test_a_missing_tool_is_named(shell: str) -> None:
    frames = run(shell, "eb_need a sh no-such-tool || eb_emit b 0 went-on")
    assert frames.why("a", CONTEXT) == {"reason": "tool_missing", "detail": "no-such-tool"}
    assert frames.sections["b"].text == "went-on"


def test_one_that_hangs_is_killed_with_its_children_and_the_others_stand(shell: str) -> None:
    mark = f"mark-of-{shell}-hang"
    body = "hang() { sh -c 'sleep 31 & sleep 31; wait'; }\neb_job bad hang\n"
    body += "eb_job good echo fine\neb_join 1\neb_emit after 0 on"
    frames = run(shell, body, {"PATH": "/usr/bin:/bin", "MARK": mark})
    assert frames.complete
    assert frames.why("bad", CONTEXT) == {"reason": "timeout", "detail": "1 s"}
    assert "bad" not in frames.sections
    assert frames.sections["good"].text == "fine"
    assert frames.sections["after"].text == "on"
    assert left_behind(mark) == []


def test_the_total_bounds_one_probe_after_the_other(shell: str) -> None:
    body = "EB_TOTAL=1\neb_run a 9 sleep 8\neb_run b 9 sleep 8\neb_run c 9 echo never"
    frames = run(shell, body)
    assert frames.complete
    assert [frames.why(name, CONTEXT)["reason"] for name in "abc"] == ["timeout"] * 3


def test_a_signal_leaves_no_process_behind(shell: str) -> None:
    mark = f"mark-of-{shell}-signal"
    head = f"EB_NONCE={NONCE.decode()}\nEB_TOTAL=20\n"
    body = "\ncollect() {\neb_job a sleep 19\neb_emit ready 0 now\neb_join 19\n}\neb_main\n"
    process = subprocess.Popen(
        need_shell(shell),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "MARK": mark},
    )
    assert process.stdin and process.stdout
    process.stdin.write((head + LIB.read_text(encoding="utf-8") + body).encode())
    process.stdin.close()
    while b"end ready" not in process.stdout.readline():
        pass
    process.terminate()
    assert process.wait() == 143
    process.stdout.close()
    assert left_behind(mark) == []


def test_data_cannot_look_like_a_mark() -> None:
    text = frame.assemble("host", CONTEXT, {}, {})
    other = frame.assemble("host", CONTEXT, {}, {})
    assert text.split("\n")[0] != other.split("\n")[0]
    frames = frame.read(
        framed(
            NONCE + b" begin a",
            b"ebill-frame 1 " + b"f" * 32,
            b"f" * 32 + b" end a 0",
            b" " + NONCE + b" end a 0",
            NONCE + b" end a 3",
            NONCE + b" done",
        )
    )
    assert frames.sections["a"].code == 3
    assert len(frames.sections["a"].lines) == 3


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        pytest.param(b"", "bad_answer", id="nothing"),
        pytest.param(b"Welcome!\r\n", "bad_answer", id="a banner only"),
        pytest.param(framed(), "cancelled", id="ends after the header"),
        pytest.param(framed(NONCE + b" begin a", b"x"), "cancelled", id="ends in the section"),
        pytest.param(framed(NONCE + b" done"), "bad_answer", id="whole without the section"),
        pytest.param(
            framed(NONCE + b" begin a", NONCE + b" begin b", NONCE + b" end a 0", NONCE + b" done"),
            "bad_answer",
            id="two sections in each other",
        ),
        pytest.param(
            framed(NONCE + b" begin a", NONCE + b" end a x", NONCE + b" done"),
            "bad_answer",
            id="no exit status",
        ),
        pytest.param(framed(NONCE + b" note a permission /x"), "permission", id="a note"),
        pytest.param(framed(NONCE + b" note a Not-An-Id /x"), "bad_answer", id="a wrong note"),
    ],
)
def test_why_a_section_has_no_answer(output: bytes, reason: str) -> None:
    frames = frame.read(output)
    assert "a" not in frames.sections
    assert frames.why("a", CONTEXT)["reason"] == reason


def test_an_early_end_after_the_time_limit_is_a_timeout() -> None:
    late = Context(SENT, SENT + timedelta(seconds=20), timeout_seconds=20)
    assert frame.read(framed()).why("a", late) == {"reason": "timeout", "detail": "20 s"}


def test_banner_carriage_returns_and_a_banner_without_line_end() -> None:
    output = b"Last login: \xff\r\nMOTD " + framed(
        NONCE + b" begin a", b"x y", NONCE + b" end a 0", NONCE + b" done"
    ).replace(b"\n", b"\r\n")
    frames = frame.read(output)
    assert frames.complete
    assert frames.sections["a"].lines == (b"x y",)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("票据 存档".encode(), "票据 存档"),
        ("票据存档".encode("gb18030"), "票据存档"),
        (b"/data", "/data"),
        (b"\xff\xff/x", "\\xff\\xff/x"),
    ],
)
def test_decode(raw: bytes, text: str) -> None:
    assert frame.decode(raw) == text


def test_unescape_octal() -> None:
    assert frame.unescape_octal(rb"/a\040b\011c\134d\043e\012") == b"/a b\tc\\d#e\n"
    assert frame.unescape_octal(rb"/a\777\08x") == b"/a\xff\\08x"


def test_clean_makes_one_short_printable_line() -> None:
    assert frame.clean(" a\tb\nc\x1b[0m ") == "a b c [0m"
    assert len(frame.clean("字" * 400)) == 300
    assert frame.clean("\udcff") == "\\udcff"


@pytest.mark.parametrize("text", ["", "-1", "+1", "nan", "1e5", "²", "٣", "1.", "9" * 19, " 1"])
def test_no_number(text: str) -> None:
    assert frame.number(text) is None


def test_number() -> None:
    assert (frame.number("0"), frame.number("12.5")) == (0, 12.5)


def test_a_name_that_is_none_of_a_shell_is_refused() -> None:
    with pytest.raises(ValueError, match="not a shell name"):
        frame.assemble("host", CONTEXT, {"x; rm": 1}, {})


@given(st.binary(max_size=400))
def test_reading_never_raises(output: bytes) -> None:
    frames = frame.read(output)
    assert set(frames.why("a", CONTEXT)) == {"reason", "detail"}


marks = st.sampled_from(
    [b"begin a", b"end a 0", b"end b 1", b"data a x y", b"data", b"exit a 2", b"done", b""]
)
lines = st.one_of(marks.map(lambda mark: NONCE + b" " + mark), st.binary(max_size=30))


@given(st.lists(lines, max_size=25))
def test_reading_any_order_of_marks_never_raises(found: list[bytes]) -> None:
    frames = frame.read(framed(*found))
    assert frames.started
    for section in frames.sections.values():
        assert section.code >= 0
        section.text.encode("utf-8")
    frames.why("a", CONTEXT)["detail"].encode("utf-8")


words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=40, deadline=None)
@given(st.lists(words, min_size=1, max_size=4))
def test_any_text_reaches_the_target_unchanged(given_words: list[str]) -> None:
    text = frame.assemble("host", CONTEXT, {}, {"each": [["printf", "%s\\0", *given_words]]})
    function = text[text.index("\neach() {") : text.index("\n:\n}", text.index("\neach() {"))]
    done = subprocess.run(
        ["sh", "-s"], input=f"{function}\n}}\neach\n".encode(), capture_output=True, check=True
    )
    assert done.stdout.decode().split("\0")[:-1] == given_words
