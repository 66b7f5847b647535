# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend of oracle_inspector: look, plan, and where it is asked for, execute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.administration import (
    AdministrationError,
    Database,
    Done,
    administer,
    container_of,
    look,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.inspector import (
    COMMON_PREFIX,
    ROOT,
    Found,
    Inspector,
    Plan,
    RefusedError,
    Step,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.privileges import Needed, needed
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login

ARGUMENTS: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent", "checked"], "default": "present"},
    "inspector": {"type": "str", "default": "EBILL_OPS"},
    "inspector_password": {"type": "str", "no_log": True},
    "update_password": {
        "type": "str",
        "choices": ["on_create", "always"],
        "default": "on_create",
        "no_log": False,
    },
    "common": {"type": "bool", "default": False},
    "revoke_surplus": {"type": "bool", "default": False},
    "owed": {"type": "dict", "default": {}},
    "licensed_diagnostics": {"type": "bool", "default": False},
    "checks": {"type": "list", "elements": "str", "default": ["oracle"]},
    "language": {"type": "str", "choices": ["zh", "en"], "default": "zh"},
    "sysdba": {"type": "bool", "default": False},
}


@dataclass
class Answer:
    """What is told, also of a run that ended early."""

    name: str
    dry: bool
    checked: bool
    found: Found | None = None
    plan: Plan = field(default_factory=Plan)
    needed: Needed = field(default_factory=dict)
    done: Done = field(default_factory=Done)
    problem: dict[str, str] | None = None

    def problem_of(self, error: AdministrationError | RefusedError) -> dict[str, str]:
        """Keep and return why it failed."""
        if isinstance(error, AdministrationError):
            self.problem = error.problem.as_dict()
        else:
            self.problem = {"reason": error.reason, "detail": error.detail}
        return self.problem

    def result(self) -> dict[str, Any]:
        """Return what the module answers."""
        shown = [step.shown for step in self.plan.steps]
        statements = shown if self.dry and not self.problem else list(self.done.steps)
        answer: dict[str, Any] = {"changed": bool(statements) and not self.checked}
        if self.problem:
            answer["problem"] = self.problem
        if self.found is None:
            return answer
        return answer | {
            "account": {
                "name": self.name,
                "exists": self.found.exists,
                "status": self.found.status,
                "release": ".".join(str(number) for number in self.found.release),
                "container": self.found.container,
            },
            "statements": statements,
            "missing": [
                {"grant": target, "checks": self.needed[target]} for target in self.plan.missing
            ],
            "surplus": list(self.plan.surplus),
            "beyond": self.found.beyond,
            "refused": [{"statement": text, "code": code} for text, code in self.done.refused],
        }


@dataclass(frozen=True)
class Request:
    """What is wanted; ``state`` as the module documents it. ``dry``: change nothing."""

    state: str
    inspector: Inspector
    owed: Mapping[str, Sequence[str]]
    licensed: bool
    sysdba: bool
    dry: bool

    @classmethod
    def of(cls, params: Mapping[str, Any], *, dry: bool) -> Request:
        """Return what the module's arguments ask for; names fold to upper case as in Oracle."""
        checked = params["state"] == "checked"
        name = (params["user"] if checked else params["inspector"]).upper()
        inspector = Inspector(
            name=name,
            password=params["inspector_password"] or "",
            common=name.startswith(COMMON_PREFIX) if checked else params["common"],
            revoke_surplus=params["revoke_surplus"],
            renew_password=params["update_password"] == "always",  # noqa: S105 - a choice
        )
        return cls(
            params["state"],
            inspector,
            params["owed"],
            params["licensed_diagnostics"],
            params["sysdba"],
            dry or checked,
        )

    def answer(self) -> Answer:
        """Return an empty answer to fill."""
        return Answer(self.inspector.name, self.dry, self.state == "checked")


def provide(login: Login, request: Request, answer: Answer) -> None:
    """Do what is requested in one session, and fill ``answer`` as far as it comes.

    AdministrationError where the database cannot be asked, RefusedError for what is not done.
    """

    def work(database: Database) -> None:
        if request.state == "checked":
            _check(database, request, answer)
            return
        answer.found = look(database, request.inspector)
        if request.state == "absent":
            answer.plan = request.inspector.absent(answer.found)
        else:
            answer.needed = _needed(database, request, answer.found.container)
            answer.plan = request.inspector.present(answer.found, answer.needed)
        if not request.dry:
            database.execute(answer.plan.steps, request.inspector.password, answer.done)

    administer(login, work, sysdba=request.sysdba)


def _check(database: Database, request: Request, answer: Answer) -> None:
    """Try every view with the inspector's own rights, whatever they come from."""
    container = container_of(database)
    answer.needed = _needed(database, request, container)
    missing = tuple(target for target in answer.needed if not database.may_read(target))
    proposed = request.inspector.grants(database.release, missing)
    answer.plan = Plan(tuple(Step(one) for one in proposed), missing)
    answer.found = Found(database.release, container, exists=True)


def _needed(database: Database, request: Request, container: str) -> Needed:
    major, minor = (*database.release, 0)[:2]
    return needed(
        request.owed, (major, minor), in_root=container == ROOT, licensed=request.licensed
    )
