# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daily history of the tablespaces, which needs the Diagnostics Pack: a snapshot a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from lab.oracle.world.model import BLOCK
from lab.oracle.world.storage import spaces
from lab.oracle.world.views import Row, Sight, view

DAYS = 30
A_DAY = 0.002
"""Each day used so much of today's use more than the day before; the newest row is today's."""


@view("DBA_HIST_TBSPC_SPACE_USAGE")
def dba_hist_tbspc_space_usage(sight: Sight) -> Iterable[Row]:
    now = sight.world.local()
    for age in range(DAYS, -1, -1):
        for number, space in spaces(sight):
            yield {
                "SNAP_ID": 3400 - age,
                "DBID": sight.world.dbid,
                "TABLESPACE_ID": number,
                "TABLESPACE_SIZE": space.size_bytes // BLOCK,
                "TABLESPACE_MAXSIZE": space.limit_bytes // BLOCK,
                "TABLESPACE_USEDSIZE": int(space.used_bytes * (1 - A_DAY * age)) // BLOCK,
                "RTIME": f"{now - timedelta(days=age):%m/%d/%Y %H:%M:%S}",
                "CON_DBID": sight.world.dbid,
                "CON_ID": 0,
            }
