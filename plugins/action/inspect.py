# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inspect one area of one target: collect once, judge everything owed, never fail the task."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible_collections.ebill.ops.plugins.module_utils.redact import redact
from ansible_collections.ebill.ops.plugins.plugin_utils.absent import require
from ansible_collections.ebill.ops.plugins.plugin_utils.inspection import (
    all_errors,
    finish,
    judge_all,
    load_plan,
    owed_checks,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.settings import InactiveError, open_run
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import backup, host, log, sqlplus
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

# Imported here, in Ansible's main process: a worker for each target would import them again.
SHELLS = {"host": host, "backup": backup, "log": log, "sqlplus": sqlplus}
# Built here, once: a worker for each target would build it again.
ARGUMENTS = ArgumentSpecValidator(
    {
        "area": {"type": "str", "required": True},
        "shell": {"type": "str", "choices": list(SHELLS)},
        "module": {"type": "str"},
        "options": {"type": "dict", "default": {}},
        "remember": {"type": "bool", "default": False},
        "tell_owed": {"type": "bool", "default": False},
        "timeout_seconds": {"type": "float", "default": 120.0},
    },
    mutually_exclusive=[["shell", "module"]],
    required_one_of=[["shell", "module"]],
)
DETAIL_LENGTH = 200


class _CollectionError(Exception):
    """The collector could not answer at all: ``reason`` and ``detail`` say why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = redact(" ".join(detail.split()))[:DETAIL_LENGTH]


class _TimeLimitError(BaseException):
    """The area's time is over. Not an Exception: nothing on the way may swallow it."""


class ActionModule(ActionBase):
    """See the documentation of the module of the same name."""

    _requires_connection = False
    _supports_check_mode = True
    _VALID_ARGS = frozenset(ARGUMENTS.argument_spec)

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return ``check_results``, ``evidence`` and ``bookmarks`` for the callback."""
        task_vars = task_vars or {}
        super().run(tmp, task_vars)
        require()
        arguments = _arguments(self._task.args)
        try:
            plan = load_plan(Path(open_run()["folder"]))
        except (InactiveError, OSError, ValueError) as error:
            raise AnsibleActionFail(str(error)) from error
        checks = owed_checks(plan, task_vars["inventory_hostname"], arguments["area"])
        if not checks:
            return {"changed": False, "skipped": True, "skip_reason": "nothing owed here"}
        return {"changed": False, **self._inspect(plan, checks, arguments, task_vars)}

    def _inspect(
        self,
        plan: Mapping[str, Any],
        checks: Sequence[Mapping[str, Any]],
        arguments: Mapping[str, Any],
        task_vars: dict[str, Any],
    ) -> dict[str, Any]:
        """Collect within the time limit, and judge; what could not be collected is errors."""
        target, area = task_vars["inventory_hostname"], arguments["area"]
        started, clock = datetime.now(UTC), time.monotonic()
        bookmarks = plan["bookmarks"].get(target, {}).get(area, {})
        collected = Collected({})
        arguments = {**arguments, "options": _options(arguments, checks, bookmarks)}
        try:
            with _time_limit(arguments["timeout_seconds"]):
                collected = self._collect(arguments, bookmarks, task_vars)
            results = judge_all(plan, checks, target, collected.observations)
        except _TimeLimitError:
            limit = f"{arguments['timeout_seconds']:g} s"
            results = all_errors(plan, checks, target, "timeout", limit)
        except _CollectionError as error:
            results = all_errors(plan, checks, target, error.reason, error.detail)
        duration = time.monotonic() - clock
        final, evidence = finish(plan, results, collected.observations, started, duration)
        return {
            "check_results": final,
            "evidence": evidence if collected.observations else None,
            "bookmarks": collected.bookmarks or None,
            "notes": collected.notes,
            "area": area,
            "target": target,
        }

    def _collect(
        self, arguments: Mapping[str, Any], bookmarks: Mapping[str, Any], task_vars: dict[str, Any]
    ) -> Collected:
        try:
            if arguments["shell"]:
                return self._collect_by_shell(arguments, bookmarks)
            return self._collect_by_module(arguments, task_vars)
        except AnsibleConnectionFailure as error:
            # Ansible's own words stand before what ssh itself said.
            raise _CollectionError("unreachable", str(error).rpartition("ssh: ")[2]) from error
        except _CollectionError:
            raise
        except (AnsibleError, OSError, ValueError, TypeError, KeyError) as error:
            raise _CollectionError("crashed", f"{type(error).__name__}: {error}") from error

    def _collect_by_shell(
        self, arguments: Mapping[str, Any], bookmarks: Mapping[str, Any]
    ) -> Collected:
        collector = SHELLS[arguments["shell"]]
        options, seconds = arguments["options"], arguments["timeout_seconds"]
        before = Context(datetime.now(UTC), None, bookmarks, seconds)
        script = collector.script(options, before)
        sent = datetime.now(UTC)
        # One round trip: the script is the shell's input; no file on the target, no Python there.
        answer = self._low_level_execute_command("/bin/sh -s", in_data=script.encode("utf-8"))
        after = Context(sent, datetime.now(UTC), bookmarks, seconds)
        output = answer["stdout"].encode("utf-8", "surrogateescape")
        if answer["rc"] != 0 and not output.strip():
            detail = f"rc {answer['rc']}: {answer.get('stderr', '')}"
            raise _CollectionError("crashed", detail)
        collected: Collected = collector.parse(output, options, after)
        return collected

    def _collect_by_module(
        self, arguments: Mapping[str, Any], task_vars: dict[str, Any]
    ) -> Collected:
        answer = self._execute_module(
            module_name=arguments["module"],
            module_args=dict(arguments["options"]),
            task_vars=task_vars,
        )
        observations = answer.get("observations")
        if answer.get("failed") or not isinstance(observations, dict):
            message = answer.get("msg") or answer.get("module_stderr") or "no observations"
            raise _CollectionError("crashed", str(message))
        kept = answer.get("bookmarks") if arguments["remember"] else None
        return Collected(observations, dict(kept or {}), dict(answer.get("notes") or {}))


def _arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the task's arguments with their defaults; AnsibleActionFail names what is wrong."""
    validated = ARGUMENTS.validate(dict(given))
    if validated.error_messages:
        raise AnsibleActionFail(validated.errors.msg)
    arguments = dict(validated.validated_parameters)
    if arguments["timeout_seconds"] <= 0:
        raise AnsibleActionFail("timeout_seconds: must be more than 0")
    return arguments


def _options(
    arguments: Mapping[str, Any],
    checks: Sequence[Mapping[str, Any]],
    bookmarks: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the collector's options, with what the task says that it is to be told."""
    options = dict(arguments["options"])
    if arguments["remember"]:
        options["earlier"] = dict(bookmarks)
    if arguments["tell_owed"]:
        owed: dict[str, list[str]] = {}
        for check in checks:
            owed.setdefault(check["observation"], []).append(check["id"])
        options["owed"] = owed
    return options


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Bound the collection. A worker runs one task in its main thread, so an alarm is ours."""

    def stop(_signal: int, _frame: Any) -> None:
        raise _TimeLimitError

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TimeLimitError:
        _end_children()
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _end_children() -> None:
    """End what the interrupted collection left running (ssh, a module's process)."""
    for children in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        with suppress(OSError):
            for pid in children.read_text(encoding="ascii").split():
                os.kill(int(pid), signal.SIGKILL)
