# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab host says its pid and that it is built in either order: two processes speak."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lab.hosts.box import Box

PID: dict[str, Any] = {"event": "pid", "pid": 7}
READY: dict[str, Any] = {"event": "ready", "boot_shifted": True}


@pytest.mark.parametrize("order", [(PID, READY), (READY, PID)])
def test_a_host_is_ready_when_its_pid_is_known(order: tuple[dict[str, Any], ...]) -> None:
    async def heard() -> tuple[list[bool], Box]:
        box = Box({"plain": False, "root": "/", "hostname": "app01"})
        ready = asyncio.get_running_loop().create_future()
        done = []
        for message in order:
            box._hear(message, ready)
            done.append(ready.done())
        return done, box

    done, box = asyncio.run(heard())
    assert done == [False, True]
    assert (box.pid, box.boot_shifted) == (7, True)
