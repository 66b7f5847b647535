# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell the module which checks are enabled, and people what it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import require
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import CatalogueError, load
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue_model import Catalogue
from ansible_collections.ebill.ops.plugins.plugin_utils.inspector_text import WORDS, lines
from ansible_collections.ebill.ops.plugins.plugin_utils.plan import select_checks

MODULE = "ebill.ops.oracle_inspector"
AREAS = ("oracle", "performance")


class ActionModule(ActionBase):
    """See the documentation of the module of the same name."""

    _requires_connection = False
    _supports_check_mode = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the module's answer, and print it in words."""
        task_vars = task_vars or {}
        super().run(tmp, task_vars)
        require()
        arguments = dict(self._task.args)
        language = str(arguments.get("language", "zh"))
        if language not in WORDS:
            raise AnsibleActionFail(f"language: {language}: one of {', '.join(WORDS)}")
        try:
            catalogue = load()
            owed = _owed(catalogue, arguments.get("checks") or ["oracle"])
        except CatalogueError as error:
            raise AnsibleActionFail(str(error)) from error
        answer: dict[str, Any] = self._execute_module(
            module_name=MODULE, module_args={**arguments, "owed": owed}, task_vars=task_vars
        )
        state = str(arguments.get("state", "present"))
        dry = self._task.check_mode or state == "checked"
        said = lines(
            task_vars["inventory_hostname"],
            answer,
            state,
            language,
            dry=dry,
            titles={name: check.title.model_dump() for name, check in catalogue.checks.items()},
            reasons=catalogue.reasons,
        )
        self._display.display("\n".join(said))
        return answer


def _owed(catalogue: Catalogue, wanted: Any) -> Mapping[str, list[str]]:
    """Return the ids of the selected checks of a database by the observation that they read."""
    # An extra variable (-e oracle_inspector_checks=a,b) is text.
    names = wanted.split(",") if isinstance(wanted, str) else [str(name) for name in wanted]
    found: dict[str, list[str]] = {}
    for name in select_checks(catalogue, names):
        if catalogue.area_of[name] in AREAS:
            found.setdefault(catalogue.checks[name].observation, []).append(name)
    if not found:
        raise CatalogueError(f"checks: none of a database: {', '.join(names)}")
    return found
