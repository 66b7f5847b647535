# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give the lab's ledger a past, so that the demo's report shows growth and a forecast.

    PYTHONPATH=collections:. python tools/lab_history.py [SCENARIO]

Nothing is made up by hand: for each of four earlier quarters the stand-in database is started on
loopback with a clock of that day and tablespaces that held less, the unmodified driver inspects
it, the judge judges, the ledger records. Such a run's id begins with ``lab-`` and its engineer is
``lab``. A ledger that holds any run of another site than the lab's is never touched.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import Collected, collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted
from ansible_collections.ebill.ops.plugins.plugin_utils import catalogue as catalogue_file
from ansible_collections.ebill.ops.plugins.plugin_utils import inspection
from ansible_collections.ebill.ops.plugins.plugin_utils.definitions import definitions
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import default_url
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger, utc
from ansible_collections.ebill.ops.plugins.plugin_utils.plan import compile_plan
from ansible_collections.ebill.ops.plugins.plugin_utils.quarter import quarter_of
from ansible_collections.ebill.ops.plugins.plugin_utils.version import VERSION

from lab.estate import load_scenarios
from lab.oracle.every_break import ACTIONS
from lab.oracle.part import TARGET
from lab.oracle.server import OracleServer, inspector
from lab.oracle.world.green import green_world

ROOT = Path(__file__).resolve().parents[1]
GROUP_VARS = ROOT / "inventories/lab/group_vars"
AREA = "oracle"
QUARTERS = 4
DAYS = 91
GROWTH = {"EBILL_DATA": 0.052, "EBILL_IDX": 0.065, "EBILL_ARCH": 0.045, "EBILL_LOG": 0.02}
"""How much less than today each held for each quarter back; others grew by a hundredth."""
UNEVEN = (0.0, 0.15, -0.1, 0.1, 0.0)
"""No two quarters are alike: this share of a quarter's growth more or less."""


def main(scenario: str = "demo") -> int:
    """Write the earlier quarters that the ledger has no run of; return the exit status."""
    folder = Path(os.environ.get("EBILL_OUTPUT") or ROOT / "output")
    folder.mkdir(parents=True, exist_ok=True)
    site = _site()
    now = datetime.now(UTC).replace(microsecond=0)
    with closing(Ledger(os.environ.get("EBILL_LEDGER_URL") or default_url(folder))) as ledger:
        runs = ledger.runs()
        foreign = [row["id"] for row in runs if row["site"]["contract_no"] != site["contract_no"]]
        if foreign:
            sys.stderr.write(f"not the lab's ledger, nothing written: run {foreign[0]}\n")
            return 1
        known = {row["quarter"] for row in runs} | {_quarter(now)}
        for back in range(QUARTERS, 0, -1):
            moment = now - timedelta(days=DAYS * back)
            if _quarter(moment) not in known:
                found = asyncio.run(_inspected(moment, back, scenario))
                _record(ledger, site, moment, found)
                sys.stdout.write(f"{_quarter(moment)}: lab data of {moment:%Y-%m-%d}\n")
    return 0


def _site() -> dict[str, Any]:
    text = yaml.safe_load((GROUP_VARS / "all.yml").read_text("utf-8"))["ebill_site"]
    return {**text, "contract_start": "2026-01-01"}


def _quarter(moment: datetime) -> str:
    """The lab's contract begins with a year, so that its quarters are the calendar's."""
    return quarter_of(moment.date(), moment.date(), "calendar").label


async def _inspected(moment: datetime, back: int, scenario: str) -> Collected:
    world = green_world(lambda: moment)
    account = inspector()
    server = OracleServer(world, [account])
    await server.start()
    try:
        for name in load_scenarios()[scenario]:
            if name in ACTIONS:
                await ACTIONS[name].apply(server)
        for space in world.tablespaces.values():
            growth = GROWTH.get(space.name, 0.01) * (back + UNEVEN[back])
            space.used_bytes = int(space.used_bytes * (1 - growth)) // 65536 * 65536
        login = Login(server.host, account.name, account.password, server.port, server.service_name)
        return await asyncio.to_thread(collect, login, _wanted())
    finally:
        await server.stop()


def _wanted() -> Wanted:
    said = yaml.safe_load((GROUP_VARS / "ebill_databases.yml").read_text("utf-8"))
    prefix = "inspect_oracle_"
    return Wanted(
        **{
            name: said[f"{prefix}{name}"]
            for name in ("user_tablespaces", "application_accounts", "application_schemas")
        },
        rman_expected=said[f"{prefix}rman_expected"],
    )


def _record(ledger: Ledger, site: Mapping[str, Any], moment: datetime, found: Collected) -> None:
    catalogue = catalogue_file.load()
    settings = catalogue_file.resolve_settings(catalogue, site)
    checks = [check for check, area in catalogue.area_of.items() if area == AREA]
    plan = compile_plan(catalogue, {TARGET: {AREA: checks}}, settings, {})
    plan["waivers"] = []
    run: dict[str, Any] = {
        "id": f"lab-{moment:%Y%m%dT%H%M%SZ}",
        "quarter": _quarter(moment),
        "opened": utc(moment),
        "closed": None,
        "state": "running",
        "process": {},
        "engineer": "lab",
        "site": site,
        "selection": {"checks": checks, "targets": [TARGET], "all": False},
        "targets": [{"name": TARGET, "title": TARGET, "address": "", "areas": [AREA]}],
        "definitions": definitions(catalogue, plan["checks"], settings),
        "versions": {"tool": VERSION, "catalogue": catalogue.version, "ansible": ""},
    }
    owed = inspection.owed_checks(plan, TARGET, AREA)
    results = inspection.judge_all(plan, owed, TARGET, found.observations)
    stamped, evidence = inspection.finish(plan, results, found.observations, moment, 1.0)
    ledger.open_run(run, {TARGET: {AREA: checks}})
    kept = {"target": TARGET, "area": AREA, "collected": utc(moment), "text": evidence}
    ledger.record(run["id"], stamped, kept)
    ledger.settle(run["id"], "complete", moment, "not_run", "")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
