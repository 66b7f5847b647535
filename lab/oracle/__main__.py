# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m lab.oracle: run the stand-in in the foreground, to try things out."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from lab.oracle.every_break import ACTIONS
from lab.oracle.server import OracleServer, inspector
from lab.oracle.wire.profiles import PROFILES
from lab.oracle.world.green import green_world


async def serve(port: int, profile: str, broken: list[str]) -> None:
    account = inspector()
    server = OracleServer(green_world(), [account], profile, port=port)
    await server.start()
    for name in broken:
        await ACTIONS[name].apply(server)
    print(f"stand-in database (no Oracle software) on {server.host}:{server.port}")
    print(f"service {server.service_name}, user {account.name}, password {account.password}")
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lab.oracle", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--profile", default="19c", choices=sorted(PROFILES))
    parser.add_argument(
        "--break", dest="broken", action="append", default=[], choices=sorted(ACTIONS)
    )
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.port, options.profile, options.broken))


if __name__ == "__main__":
    main()
