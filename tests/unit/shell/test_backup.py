# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup collector's parser: grouping, measures, and any bytes at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import backup
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.backup import OBSERVATIONS
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context
from hypothesis import given
from hypothesis import strategies as st

SENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NOW = int(SENT.timestamp())
CONTEXT = Context(SENT, SENT + timedelta(seconds=1))
DF = "Filesystem 1024-blocks Used Available Capacity Mounted on\n"


def output(files: list[str], df: str | None = None, now: str = str(NOW)) -> bytes:
    nonce = "0" * 32
    room = DF + "/dev/sd a1 1000000 300000 600000 34% /back up" if df is None else df
    lines = [f"ebill-frame 1 {nonce}"]
    for name, text in (("clock", now), ("set.0", "\n".join(files)), ("room.0", room)):
        lines += [f"{nonce} begin {name}", text, f"{nonce} end {name} 0"]
    return "\n".join([*lines, f"{nonce} done", ""]).encode("utf-8", "surrogateescape")


def look(files: list[tuple[float, int, str]], **record: Any) -> dict[str, Any]:
    """Observations of files given as (hours ago, size, name)."""
    lines = [f"files {len(files)} 0"]
    lines += [f"file {NOW - int(hours * 3600)} {size} /b/{name}/" for hours, size, name in files]
    options = {"sets": [{"name": "s", "path": "/b", **record}]}
    return backup.parse(output(lines), options, CONTEXT).observations


def only(observations: dict[str, Any], name: str) -> dict[str, Any]:
    (row,) = observations[name]["rows"]
    return dict(row)


def test_days_are_those_of_the_site() -> None:
    # NOW is 20:00 in Shanghai: 3 h and 19 h ago is one day there, two days in UTC
    files = [(3.0, 10, "a"), (19.0, 10, "b")]
    assert only(look(files, group="day"), "sets")["kept_count"] == 1
    options = {"sets": [{"name": "s", "path": "/b", "group": "day"}], "utc_offset_hours": 0}
    lines = ["files 2 0", f"file {NOW - 3 * 3600} 10 /b/a/", f"file {NOW - 19 * 3600} 10 /b/b/"]
    found = backup.parse(output(lines), options, CONTEXT).observations
    assert only(found, "sets")["kept_count"] == 2


def test_a_run_may_cross_midnight() -> None:
    files = [(19.9, 10, "p3"), (20.1, 10, "p2"), (20.9, 10, "p1"), (44.0, 30, "q1")]
    found = look(files, group="run")
    assert only(found, "sets")["kept_count"] == 2
    assert only(found, "newest")["file_count"] == 3
    assert only(found, "sizes")["size_percent"] == 100


def test_median_is_of_the_four_before() -> None:
    files = [(hours, size, f"f{hours}") for hours, size in ((1, 60), (2, 100), (3, 120), (4, 80))]
    files += [(5, 100, "e"), (6, 9000, "old")]
    row = only(look(files), "sizes")
    assert (row["size_percent"], row["compared"]) == (60.0, 4)


def test_room_counts_the_larger_of_newest_and_usual() -> None:
    gib = 1 << 30
    row = only(look([(1, gib // 10, "a"), (2, gib // 2, "b")]), "rooms")
    assert row["mount"] == "/back up"
    assert row["next_count"] == pytest.approx(600000 * 1024 / (gib // 2), abs=0.01)


def test_use_is_reckoned_as_df_does() -> None:
    row = only(look([]), "destinations")
    assert row["used_percent"] == pytest.approx(100 * 300000 / 900000)
    assert row["total_bytes"] == 900000 * 1024


def test_names_with_slashes_and_blanks() -> None:
    found = look([(1, 5, "2026/a b.dmp"), (2, 5, "2025/c.dmp")], group="folder")
    assert only(found, "newest")["newest"] == "2026/a b.dmp"
    assert only(found, "sets")["kept_count"] == 2


def test_what_was_not_listed_is_counted() -> None:
    options = {"sets": [{"name": "s", "path": "/b", "minimum_kept": 5000}]}
    lines = ["files 5000 0"] + [f"file {NOW - n} 10 /b/{n}/" for n in range(2000)]
    found = backup.parse(output(lines), options, CONTEXT).observations
    assert only(found, "sets")["kept_count"] == 5000


def test_files_of_which_none_was_listed_are_not_called_missing() -> None:
    options = {"sets": [{"name": "s", "path": "/b"}]}
    found = backup.parse(output(["files 90000 0"]), options, CONTEXT).observations
    for name in ("sets", "ages", "newest", "sizes"):
        assert only(found, name)["error"] == {
            "reason": "unreadable",
            "detail": "/b (stat: 0/90000)",
        }


@pytest.mark.parametrize("df", ["", "df: no such file", DF, DF + "x 1 2 3 4"])
def test_a_df_that_is_not_understood(df: str) -> None:
    options = {"sets": [{"name": "s", "path": "/b"}]}
    found = backup.parse(output(["files 0 0"], df), options, CONTEXT).observations
    assert only(found, "destinations")["error"]["reason"] == "bad_answer"
    assert only(found, "rooms")["error"]["reason"] == "bad_answer"


def test_without_a_clock_the_ages_are_errors_and_the_room_stands() -> None:
    options = {"sets": [{"name": "s", "path": "/b"}]}
    found = backup.parse(output(["files 0 0"], now="soon"), options, CONTEXT).observations
    assert "error" in only(found, "ages")
    assert "used_percent" in only(found, "destinations")


@pytest.mark.parametrize("line", ["file 1 2", "file x 1 /b/a/", "files 1", "nonsense"])
def test_lines_that_are_not_understood(line: str) -> None:
    options = {"sets": [{"name": "s", "path": "/b"}]}
    found = backup.parse(output(["files 1 0", line]), options, CONTEXT).observations
    assert only(found, "sets")["error"]["reason"] == "bad_answer"


@given(st.binary(max_size=300))
def test_any_output_gives_every_observation(raw: bytes) -> None:
    options = {"sets": [{"name": "s", "path": "/b"}, {"name": "t", "path": "/c"}]}
    found = backup.parse(raw, options, CONTEXT).observations
    assert set(found) == set(OBSERVATIONS)
    assert all("error" in row for rows in found.values() for row in rows["rows"])
    json.dumps(found)


SIZES = st.lists(st.integers(0, 10**12), min_size=1, max_size=40)


@given(SIZES, st.sampled_from(["file", "run", "day"]), st.integers(1, 100))
def test_measures_are_in_their_range(sizes: list[int], group: str, step: int) -> None:
    found = look([(n * step, size, f"f{n:03d}") for n, size in enumerate(sizes)], group=group)
    assert only(found, "ages")["age_hours"] == 0
    kept = only(found, "sets")
    assert 0 <= kept["kept_count"] <= len(sizes)
    for row in found["sizes"]["rows"]:
        assert row["size_percent"] >= 0
        assert 0 <= row["shrinking_count"] < 31
        assert 1 <= row["same_size_count"] <= 31


def test_script_quotes_what_it_is_given() -> None:
    options = {"sets": [{"name": "s", "path": "/b'; reboot '", "pattern": "$(reboot) *.dmp"}]}
    script = backup.script(options, Context(SENT))
    assert """want_set 0 '/b'"'"'; reboot '"'"'' '$(reboot) *.dmp'""" in script
