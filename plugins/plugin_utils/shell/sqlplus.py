# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Oracle area without a driver: SQL*Plus on the database host, by ssh.

For 11.2 where the control node has no Oracle client. The same parts and the same observations as by
the driver, but each part is a statement of its own and there is no limit for a single one, only
for the whole: SQL*Plus has none. What was answered before the limit stands.
"""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle import sqlplus
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.frames import (
    Reading,
    Sender,
    read,
    source_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.sqlplus_login import (
    Address,
    UnusableError,
    connect_command,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted, wanted_of
from ansible_collections.ebill.ops.plugins.plugin_utils.shell import frame
from ansible_collections.ebill.ops.plugins.plugin_utils.shell.types import Collected, Context

_BACKEND = "ansible_collections.ebill.ops.plugins.module_utils.oracle.collect"
_OUTPUT = "sqlplus"
# What is left of the area's limit for ssh, looking for the program, and ending it.
_MARGIN_SECONDS = 5


def script(options: Mapping[str, Any], context: Context) -> str:
    """The sh text for these options; nothing is asked where a value cannot be passed on safely.

    Options: those of oracle_info, and ``sqlplus_home``.
    """
    mark = f"ebill-{secrets.token_hex(12)}"
    parts = _backend().all_parts(_wanted(options, context))
    variables: dict[str, str | int] = {
        "SQLPLUS_MARK": mark,
        "SQLPLUS_HOME": str(options.get("sqlplus_home") or ""),
        "SQLPLUS_SID": str(options.get("sid") or ""),
        "SQLPLUS_SECONDS": _session_seconds(options, context),
        "SQLPLUS_BEFORE": "\n".join(sqlplus.before_login()),
        "SQLPLUS_CONNECT": "",
        "SQLPLUS_AFTER": "\n".join(sqlplus.after_login(parts, mark)),
    }
    if not _unusable(options):
        variables["SQLPLUS_CONNECT"] = connect_command(
            str(options["user"]), str(options["password"]), _address(options)
        )
    return frame.assemble(_OUTPUT, context, variables, {})


def parse(output: bytes, options: Mapping[str, Any], context: Context) -> Collected:
    """Observations of an output; whatever is missing in it becomes an error, nothing is raised."""
    wanted = _wanted(options, context)
    parts = _backend().all_parts(wanted)
    found = frame.read(output)
    mark = found.sections.get("mark")
    session = found.sections.get(_OUTPUT)
    if unusable := _unusable(options):
        answers = _all_problems(parts, Problem("not_configured", f"inspect_oracle_{unusable}"))
    elif mark is None or session is None:
        why = found.why(_OUTPUT, context)
        answers = _all_problems(parts, Problem(why["reason"], why["detail"]))
    else:
        late = found.notes.get(_OUTPUT)
        cut = Problem(late["reason"], late["detail"]) if late else None
        sender = Sender(str(options["user"]), str(_address(options)))
        answers = read(session.text, parts, mark.text, sender, cut)
    collected = _backend().from_answers(answers.answers, wanted, answers.asked)
    observations = dict(collected.observations)
    observations["oracle_session"] = {"rows": [{"transport": "sqlplus", **source_of(answers)}]}
    return Collected(observations, collected.bookmarks)


def _backend() -> Any:
    """The subjects, loaded when they are asked for.

    They bring the driver along: 0.2 s that every run would pay, for actions load all collectors.
    """
    return importlib.import_module(_BACKEND)


def _wanted(options: Mapping[str, Any], context: Context) -> Wanted:
    """What the site says, and what the last run remembered."""
    return wanted_of({**options, "earlier": context.bookmarks})


def _all_problems(parts: Sequence[Part], problem: Problem) -> Reading:
    return Reading({part.name: problem for part in parts})


def _address(options: Mapping[str, Any]) -> Address:
    return Address(
        host=str(options["host"]),
        port=int(options.get("port") or 1521),
        service=str(options["service"]) if options.get("service") else None,
        sid=str(options["sid"]) if options.get("sid") else None,
        protocol=str(options.get("protocol") or "tcp"),
        connect_timeout_seconds=max(1, int(float(options.get("connect_timeout_seconds") or 15))),
    )


def _unusable(options: Mapping[str, Any]) -> str:
    """The option that SQL*Plus cannot be given, or an empty text."""
    try:
        address = _address(options)
        if bool(address.service) == bool(address.sid):
            return "service"
        connect_command(str(options["user"]), str(options["password"]), address)
    except UnusableError as error:
        return str(error)
    except KeyError as error:
        return str(error.args[0])
    return ""


def _session_seconds(options: Mapping[str, Any], context: Context) -> int:
    """The session's own limit, which ends before the area's."""
    room = context.timeout_seconds - _MARGIN_SECONDS
    wished = float(options.get("timeout_seconds") or room)
    return max(1, int(min(wished, room)))
