# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What SQL*Plus wrote, read back as answers.

The script (sqlplus.py) frames every answer by lines of its own, MARK being a random word::

    MARK start RELEASE CONTAINER    the login succeeded; RELEASE as _O_RELEASE has it
    MARK begin PART                 rows follow, or an error
    MARK end PART
    MARK done                       the script came to its end

A row starts with its part's name and a unit separator (CHR(31)) and ends in a record separator
(CHR(30)); whatever else stands in a frame is SQL*Plus talking: ``ERROR at line 1:``, the code, the
time a statement took. So a wrapped, cut or interrupted row is noticed, and a code inside of data
(the alert log is full of them) is data. Messages are never passed on, only their codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answer, Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.errors import (
    connect_problem,
    query_problem,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import SEPARATOR, Part
from ansible_collections.ebill.ops.plugins.module_utils.oracle.sqlplus import (
    ROOT,
    ROW_END,
    SESSION,
    in_order,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.statements import (
    Statement,
    unasked,
)

_CODE = re.compile(r"^(?:ORA|TNS|SP2|CPY)-\d{4,5}\b", re.MULTILINE)
# "Elapsed: 00:00:00.01", and "已用时间:  00: 00: 00.01" of a Chinese client.
_ELAPSED = re.compile(r":\s*(\d{2,}):\s*(\d{2}):\s*(\d{2}\.\d{2})\s*$", re.MULTILINE)
_NETWORK = {
    "ORA-12154": "name_unresolved",
    "ORA-12545": "name_unresolved",
    "ORA-12170": "listener_silent",
    "ORA-12535": "listener_silent",
    "ORA-12606": "listener_silent",
    "ORA-12541": "connection_refused",
    "ORA-12543": "unreachable",
    "ORA-28759": "tls_failed",
    "ORA-28860": "tls_failed",
    "ORA-29024": "tls_failed",
}
_NO_SESSION = ("SP2-0640",)


@dataclass(frozen=True)
class Sender:
    """Who wrote it: for the details of problems. ``seconds``: the limit of the whole."""

    user: str
    address: str
    program: str = "sqlplus"


@dataclass
class Reading:
    """Answers by part name, as the driver gives them; ``asked``: a row each for the evidence.

    ``session``: the row of sqlplus.SESSION, {} without a login.
    """

    answers: dict[str, Answer]
    asked: list[dict[str, Any]] = field(default_factory=list)
    session: Mapping[str, Any] = field(default_factory=dict)
    release: tuple[int, int] | None = None


def source_of(reading: Reading) -> dict[str, Any]:
    """Say for the evidence who answered and when; None for what is not known."""
    taken = reading.session.get("taken_utc")
    return {
        "database": reading.session.get("database"),
        "service": reading.session.get("service"),
        "taken_utc": f"{taken:%Y-%m-%dT%H:%M:%SZ}" if taken else None,
        "statements": len(reading.asked),
    }


def read(
    output: str, parts: Sequence[Part], mark: str, sender: Sender, cut: Problem | None = None
) -> Reading:
    """Take an output apart. Never raises.

    ``cut``: why the output may end early; it is the answer of every part that is missing then.
    """
    before, start, body = _at_start(output, mark)
    if start is None:
        problem = _login_problem(before, sender, cut)
        return Reading({part.name: problem for part in parts})
    release, root = _server(start)
    cut = cut or Problem("connection_lost", f"{sender.address} ({sender.program})", fatal=True)
    sections = _sections(body, mark)
    session = _rows(SESSION, sections.get(SESSION.name, ""))
    if isinstance(session, Problem) or not session:
        problem = _login_problem(before, sender, session if isinstance(session, Problem) else cut)
        return Reading({part.name: problem for part in parts})
    found = Reading(unasked(parts, release), session=session[0], release=release)
    for part in _fitting(parts, release, root):
        _read_part(found, part, sections, cut)
    return found


def _read_part(found: Reading, part: Part, sections: Mapping[str, str], cut: Problem) -> None:
    if part.when and not part.when(found.answers):
        found.answers[part.name] = ()
        return
    section = sections.get(part.name)
    if section is None:
        found.answers[part.name] = cut
        return
    answer = _rows(part, section)
    found.answers[part.name] = answer
    found.asked.append(
        {
            "name": part.name,
            "view": part.view,
            "elapsed_seconds": _seconds(section),
            "rows": None if isinstance(answer, Problem) else len(answer),
        }
    )


def _at_start(output: str, mark: str) -> tuple[str, list[str] | None, str]:
    """What stands before the start mark, the mark's words, what follows."""
    found = re.search(rf"{re.escape(mark)} start (\S+)[ \t]*(\S*)[ \t]*\r?\n", output)
    if not found:
        return output, None, ""
    return output[: found.start()], [found[1], found[2]], output[found.end() :]


def _server(words: Sequence[str]) -> tuple[tuple[int, int], bool]:
    """Release (major, minor), and whether it is the root of a multitenant database."""
    number = int(words[0]) if words[0].isascii() and words[0].isdigit() else 0
    return (number // 10**8, number // 10**6 % 100), words[1] == ROOT


def _fitting(parts: Sequence[Part], release: tuple[int, int], root: bool) -> list[Part]:
    fitting = [part for part in in_order(parts) if part.fits(release)]
    return [part.in_root() for part in fitting] if root else fitting


def _sections(body: str, mark: str) -> dict[str, str]:
    """The closed frames; the first of a name counts."""
    found: dict[str, str] = {}
    pattern = rf"{re.escape(mark)} begin (\w+)[ \t]*\r?\n(.*?){re.escape(mark)} end \1[ \t]*\r?$"
    for section in re.finditer(pattern, body, re.DOTALL | re.MULTILINE):
        found.setdefault(section[1], section[2])
    return found


def _rows(part: Part, section: str) -> Answer:
    """The rows of a closed frame, or why there are none."""
    *chunks, last = section.split(ROW_END)
    opening = part.name + SEPARATOR
    lines: list[str] = []
    heard = [last]
    for chunk in chunks:
        said, found, line = chunk.partition(opening)
        if not found:
            return Problem("bad_answer", f"{part.view} ({len(lines)} rows)")
        heard.append(said)
        lines.append(opening + line.replace("\r", ""))
    codes = _CODE.findall("\n".join(heard))
    if any(code in _NO_SESSION for code in codes):
        return Problem("connection_lost", f"{part.view} (SP2-0640)", fatal=True)
    if codes:
        return _query_problem(part, codes)
    if opening in last:
        return Problem("bad_answer", f"{part.view} (row cut short)")
    return Statement("", (part,)).answers(lines)[part.name]


def _query_problem(part: Part, codes: Sequence[str]) -> Problem:
    oracle = [code for code in codes if code.startswith("ORA-")]
    if not oracle:
        return Problem("query_failed", f"{part.view} ({codes[0]})")
    return query_problem(RuntimeError(" ".join(oracle)), part)


def _login_problem(before: str, sender: Sender, cut: Problem | None) -> Problem:
    """Say why there is no session, from what SQL*Plus said while it connected."""
    codes = [code for code in _CODE.findall(before) if code not in _NO_SESSION]
    for code in codes:
        if code in _NETWORK:
            return Problem(_NETWORK[code], sender.address, fatal=True)
    oracle = [code for code in codes if code.startswith("ORA-")]
    if oracle:
        return connect_problem(RuntimeError(" ".join(oracle)), sender.address, sender.user)
    if codes:
        return Problem("sqlplus_failed", f"{sender.program} ({codes[0]})", fatal=True)
    if cut and cut.reason == "timeout":
        # It was killed while it connected: as the driver, which calls that by its cause.
        return Problem("listener_silent", f"{sender.address} ({cut.detail})", fatal=True)
    if cut:
        return cut
    return Problem("sqlplus_failed", sender.program, fatal=True)


def _seconds(section: str) -> float | None:
    found = _ELAPSED.findall(section)
    if not found:
        return None
    hours, minutes, seconds = found[-1]
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 3)
