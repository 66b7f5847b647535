# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in database as a part of the lab: the target `ebilldb`."""

from __future__ import annotations

from collections.abc import Sequence

from lab.oracle.every_break import ACTIONS
from lab.oracle.server import OracleServer, inspector
from lab.oracle.world.green import green_world
from lab.part import Break, HostVars, LabContext

TARGET = "ebilldb"


class OraclePart:
    name = "oracle"

    def __init__(self) -> None:
        self.server: OracleServer | None = None

    async def start(self, ctx: LabContext) -> HostVars:
        account = inspector()
        self.server = OracleServer(green_world(ctx.clock), [account])
        await self.server.start()
        return {
            TARGET: {
                "inspect_oracle_host": self.server.host,
                "inspect_oracle_port": self.server.port,
                "inspect_oracle_service": self.server.service_name,
                "inspect_oracle_user": account.name,
                "inspect_oracle_password": account.password,
            }
        }

    async def stop(self) -> None:
        if self.server:
            await self.server.stop()
            self.server = None

    def breaks(self) -> Sequence[Break]:
        return [
            Break(action.id, TARGET, {"zh": action.zh, "en": action.en})
            for action in ACTIONS.values()
        ]

    def counters(self) -> dict[str, int]:
        """Log-in attempts so far, right or wrong."""
        counts = self.server.logins.values() if self.server else ()
        return {"oracle_logins": sum(count.success + count.failure for count in counts)}

    async def apply(self, break_id: str) -> None:
        await ACTIONS[break_id].apply(self._running())

    async def mend(self, break_id: str) -> None:
        await ACTIONS[break_id].mend(self._running())

    def _running(self) -> OracleServer:
        if self.server is None:
            raise RuntimeError("the part has not been started")
        return self.server
