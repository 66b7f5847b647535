# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a run: validate the site profile, fix the plan, record both in the ledger."""

from __future__ import annotations

import getpass
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ansible
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.ebill.ops.plugins.plugin_utils import catalogue as catalogue_file
from ansible_collections.ebill.ops.plugins.plugin_utils import plan as planning
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import require
from ansible_collections.ebill.ops.plugins.plugin_utils.addresses import target_address
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue_model import Catalogue
from ansible_collections.ebill.ops.plugins.plugin_utils.definitions import definitions
from ansible_collections.ebill.ops.plugins.plugin_utils.inspection import PLAN_FILE
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import LedgerError
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.life import this_process
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger, utc
from ansible_collections.ebill.ops.plugins.plugin_utils.quarter import quarter_labelled, quarter_of
from ansible_collections.ebill.ops.plugins.plugin_utils.role_arguments import (
    argument_spec,
    place_faults,
    role_faults,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.settings import (
    InactiveError,
    ledger_url,
    output_dir,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.version import VERSION

TIME_ZONE = ZoneInfo("Asia/Shanghai")


class ActionModule(ActionBase):
    """See the documentation of the module of the same name."""

    _requires_connection = False
    _supports_check_mode = True
    _VALID_ARGS = frozenset(("checks", "quarter", "engineer", "language"))

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return ``ebill_run``, which the callback hands to the actions that follow."""
        task_vars = task_vars or {}
        super().run(tmp, task_vars)
        require()
        _spec, arguments = self.validate_argument_spec(
            argument_spec={
                "checks": {"type": "list", "elements": "str", "default": []},
                "quarter": {"type": "str", "default": ""},
                "engineer": {"type": "str", "default": ""},
                "language": {"type": "str", "default": "zh", "choices": ["zh", "en"]},
            }
        )
        try:
            run = self._open(arguments, task_vars, datetime.now(UTC))
        except (catalogue_file.CatalogueError, InactiveError, LedgerError, OSError) as error:
            raise AnsibleActionFail(str(error)) from error
        return {"changed": False, "ebill_run": run}

    def _open(
        self, arguments: Mapping[str, Any], task_vars: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        catalogue = catalogue_file.load()
        # Task variables are as they were written: a value may be a template.
        site = dict(self._templar.template(task_vars.get("ebill_site") or {}))
        settings = catalogue_file.resolve_settings(catalogue, site)
        quarter = quarter_label(arguments["quarter"], site, settings["quarter_basis"], now)
        selection, owed = _select(catalogue, arguments, task_vars)
        _check_variables(owed, task_vars["hostvars"])
        plan = self._plan(catalogue, owed, settings, task_vars)
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
        row = {
            "id": run_id,
            "quarter": quarter,
            "opened": utc(now),
            "closed": None,
            "state": "running",
            # A worker opens the run; its parent is the process whose death ends it.
            "process": this_process(os.getppid()),
            "engineer": arguments["engineer"] or getpass.getuser(),
            "site": site,
            "selection": selection,
            "targets": _targets(catalogue, owed, task_vars),
            "definitions": definitions(catalogue, plan["checks"], settings),
            "versions": {
                "tool": VERSION,
                "catalogue": catalogue.version,
                "ansible": ansible.__version__,
            },
        }
        folder, expired = _record(row, owed, plan, now)
        return {
            "id": run_id,
            "quarter": quarter,
            "folder": folder,
            "expired": expired,
            "language": arguments["language"],
            "targets": len(owed),
            "owed": len(planning.pairs(owed)),
        }

    def _plan(
        self,
        catalogue: Catalogue,
        owed: planning.Owed,
        settings: Mapping[str, Any],
        task_vars: Mapping[str, Any],
    ) -> dict[str, Any]:
        hostvars = task_vars["hostvars"]
        overrides, waivers = {}, []
        for target in owed:
            limits = hostvars[target].get("ebill_limits")
            if limits:
                overrides[target] = planning.check_overrides(catalogue, target, limits)
            for waiver in hostvars[target].get("ebill_waivers") or []:
                if waiver not in waivers:
                    waivers.append(waiver)
        plan = planning.compile_plan(catalogue, owed, settings, overrides)
        plan["waivers"] = planning.check_waivers(
            catalogue, waivers, task_vars["groups"].get("ebill", ())
        )
        return plan


def _select(
    catalogue: Catalogue, arguments: Mapping[str, Any], task_vars: Mapping[str, Any]
) -> tuple[dict[str, Any], planning.Owed]:
    """Return what was selected, as the ledger keeps it, and what is owed by that."""
    checks = planning.select_checks(
        catalogue,
        [name.strip() for name in arguments["checks"] if name.strip()],
        task_vars.get("ansible_run_tags") or (),
        task_vars.get("ansible_skip_tags") or (),
    )
    targets = list(task_vars["ansible_play_hosts_all"])
    owed = planning.owed_results(catalogue, task_vars["groups"], targets, checks)
    if not owed:
        raise catalogue_file.CatalogueError(
            "nothing to inspect: no selected target is in the group of a selected check;"
            f" targets: {', '.join(targets)}; checks: {len(checks)} (see docs/checks.md)"
        )
    return {"checks": checks, "targets": targets, "all": not arguments["checks"]}, owed


def _record(
    row: Mapping[str, Any], owed: planning.Owed, plan: dict[str, Any], now: datetime
) -> tuple[str, list[str]]:
    """Write the plan for the workers and the run into the ledger.

    Returns the run's folder, and the runs that were found dead and settled.
    """
    with closing(Ledger(ledger_url())) as ledger:
        expired = ledger.expire_dead(now)
        plan["bookmarks"] = _by_target(ledger.bookmarks(), owed)
        folder = output_dir() / "runs" / str(row["id"])
        try:
            folder.mkdir(parents=True)
            (folder / PLAN_FILE).write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")
        except OSError as error:  # a full disk names no file
            raise LedgerError(
                f"the plan of the run cannot be written to {folder}: {error.strerror};"
                " check that this user may write there and that there is room, then run again"
            ) from None
        ledger.open_run(row, owed)
    return str(folder), expired


def _check_variables(owed: planning.Owed, hostvars: Mapping[str, Any]) -> None:
    """Refuse wrong role variables of any target before one is touched."""
    specs = {area: argument_spec(area) for area in {a for areas in owed.values() for a in areas}}
    faults = [fault for target in owed for fault in place_faults(target, hostvars[target])]
    faults += [
        fault
        for target, areas in owed.items()
        for area in areas
        for fault in role_faults(specs[area], target, hostvars[target])
    ]
    if faults:
        raise catalogue_file.CatalogueError("inventory:\n  " + "\n  ".join(faults))


def quarter_label(label: str, site: Mapping[str, Any], basis: str, now: datetime) -> str:
    """Return the label of the run's quarter; the contract's start has no default (R-10).

    CatalogueError for a start that is no date and for a quarter that ``now`` is not in (R-11).
    """
    start = site.get("contract_start")
    try:
        contract_start = start if isinstance(start, date) else date.fromisoformat(str(start))
    except ValueError:
        raise catalogue_file.CatalogueError(
            f"ebill_site.contract_start: {start!r} is not a date such as 2026-01-01;"
            " set it in the inventory's group_vars/all"
        ) from None
    today = now.astimezone(TIME_ZONE).date()
    try:
        current = quarter_of(today, contract_start, basis)
        wanted = quarter_labelled(label, contract_start, basis) if label else current
    except ValueError as error:
        raise catalogue_file.CatalogueError(f"quarter: {error}") from error
    if not wanted.start <= today <= wanted.end:
        raise catalogue_file.CatalogueError(
            f"inspection_quarter: {label} is {wanted.start} to {wanted.end} and today is {today};"
            f" an inspection counts for the quarter that it is dated in (R-11), which is"
            f" {current.label}: leave inspection_quarter out"
        )
    return wanted.label


def _targets(
    catalogue: Catalogue, owed: planning.Owed, task_vars: Mapping[str, Any]
) -> list[dict[str, Any]]:
    hostvars = task_vars["hostvars"]
    return [
        {
            "name": target,
            "title": str(hostvars[target].get("ebill_title") or target),
            "address": target_address(hostvars[target], target, areas),
            "areas": list(areas),
        }
        for target, areas in owed.items()
    ]


def _by_target(
    bookmarks: Mapping[tuple[str, str], dict[str, Any]], owed: planning.Owed
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for (target, area), body in bookmarks.items():
        if area in owed.get(target, {}):
            found.setdefault(target, {})[area] = body
    return found
