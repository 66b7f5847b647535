# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab hosts show: texts with nothing wrong in them, planted data that is well-formed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.hosts import content, texts
from lab.hosts.canaries import ID_NUMBERS, id_number
from lab.hosts.world import APP01, OLD01, OLD_MOUNT, WORLDS, fleet

WRONG = re.compile(r"error|exception|fail|fatal|severe|ORA-|refused|denied|warn", re.IGNORECASE)
MOMENT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).astimezone(content.SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        content.catalina(MOMENT),
        content.nginx_access(MOMENT),
        content.nginx_error(MOMENT),
        content.messages(MOMENT, "app01"),
        content.alert(MOMENT),
    ],
    ids=["catalina", "nginx access", "nginx error", "messages", "alert"],
)
def test_a_log_of_normal_work_has_nothing_wrong_in_it(text: str) -> None:
    assert len(text.splitlines()) >= 3
    assert WRONG.search(text) is None


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1)))
def test_the_last_night_is_at_two_and_at_most_a_day_ago(naive: datetime) -> None:
    moment = naive.replace(tzinfo=content.SHANGHAI)
    night = content.last_night(moment)
    assert (night.hour, night.minute, night.second) == (2, 0, 0)
    assert timedelta(0) < moment - night <= timedelta(days=1)


@given(st.floats(0.6, 100), st.floats(0, 100))
def test_meminfo_says_what_was_asked_for(available: float, swap: float) -> None:
    lines = texts.meminfo(APP01, available, swap).splitlines()
    values = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    total = APP01.memory_mib * 1024
    assert values["MemTotal"] == total
    assert abs(values["MemAvailable"] / total * 100 - available) < 0.01
    assert 0 < values["MemFree"] <= total
    used = values["SwapTotal"] - values["SwapFree"]
    assert abs(used / values["SwapTotal"] * 100 - swap) < 0.01
    assert str(used) in texts.swaps(APP01, swap).split()


@pytest.mark.parametrize(("first17", "whole"), [("11010519491231002", "11010519491231002X")])
def test_the_check_digit_is_that_of_the_standard(first17: str, whole: str) -> None:
    assert id_number(first17) == whole  # the example of GB 11643-1999
    assert all(len(number) == 18 for number in ID_NUMBERS)


def test_the_mount_of_the_old_host_is_in_its_own_encoding() -> None:
    disk = OLD01.disks[-1]
    assert disk.path.encode("utf-8", "surrogateescape") == OLD_MOUNT.encode("gb18030")


def test_names_and_addresses_are_each_hosts_own() -> None:
    worlds = WORLDS + fleet(150)
    assert len({world.name for world in worlds}) == len(worlds)
    assert len({world.address for world in worlds}) == len(worlds)
    with pytest.raises(ValueError, match="at most 150"):
        fleet(151)
