# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reading of the host collector's output with any bytes, any sections and any early end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import host
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Context
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.host.answers import CONTEXT, GOOD, NAMES, OPTIONS, SENT, answer


def check_shape(observation: Mapping[str, Any]) -> None:
    """An observation as the judge expects it, that JSON and UTF-8 can carry."""
    assert len(observation) == 1
    for kind in ("error", "absent"):
        if kind in observation:
            assert set(observation[kind]) == {"reason", "detail"}
            observation[kind]["detail"].encode("utf-8")
    for row in observation.get("rows", ()):
        if "error" in row:
            assert set(row["error"]) == {"reason", "detail"}
        for key, value in row.items():
            if key != "error":
                assert value is None or isinstance(value, (str, int, float, bool))
                assert value == value
                str(value).encode("utf-8")


def check(output: bytes, context: Context = CONTEXT) -> dict[str, Any]:
    collected = host.parse(output, OPTIONS, context)
    assert set(collected.observations) == NAMES
    for observation in collected.observations.values():
        check_shape(observation)
    return collected.observations


@given(st.binary(max_size=300))
def test_any_bytes_give_observations(output: bytes) -> None:
    check(output)


values = st.one_of(
    st.none(), st.binary(max_size=60), st.sampled_from(sorted(map(str, GOOD.values())))
)
changes = st.dictionaries(st.sampled_from(sorted(GOOD)), values, max_size=6)


@given(changes, st.integers(0, 300))
def test_any_sections_give_observations(sections: dict[str, Any], code: int) -> None:
    codes = dict.fromkeys(GOOD, code)
    check(answer(sections, codes))
    check(answer(sections, codes), Context(SENT, None))


@given(st.integers(0, len(answer({}))))
def test_an_answer_cut_short_says_so(length: int) -> None:
    seen = check(answer({})[:length])
    whole = host.parse(answer({}), OPTIONS, CONTEXT).observations
    for name, observation in seen.items():
        if "error" in observation:
            assert observation["error"]["reason"] in ("cancelled", "bad_answer")
        elif "rows" in observation:
            # What is there is as in the whole answer, or an error of its own part. How long it
            # has been up is the collector's last word, or else its first.
            for row, wanted in zip(observation["rows"], whole[name]["rows"], strict=True):
                assert "error" in row or row == pytest.approx(wanted, abs=1e-5)
