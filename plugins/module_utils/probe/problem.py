# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose fault it is that something did not answer, and what an observation says of it.

The rule for everything that is probed over the network:

=====================================  ==========================================================
what happened                          what it means
=====================================  ==========================================================
refused, reset, closed early           the inspected end is not normal: an outcome, judged `fail`
connected or sent, no answer in time   the same (the path to it included)
wrong status, wrong text, silent       the same
the name does not resolve              we could not look: `error` name_unresolved
no route from the control node         `error` unreachable
TLS cannot be agreed or not trusted    `error` tls_failed (where a secret would have to be sent)
a library is missing here              `error` driver_missing
our own total time is used up          `error` timeout
=====================================  ==========================================================
"""

from __future__ import annotations

import errno
import ssl
from typing import Any

Row = dict[str, Any]
Observation = dict[str, Any]

_NO_ROUTE = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
)
_GONE = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ESHUTDOWN})

REASON_OF_OUTCOME = {"refused": "connection_refused", "no_answer": "timeout"}
"""What is said of a question that could not be asked because of this outcome of an earlier one."""


class CouldNotLook(Exception):
    """We could not tell. `reason` is an id of catalogue/reasons.yml, `detail` is no sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def as_error(self) -> Observation:
        """Return the value {"reason", "detail"} of an error."""
        return {"reason": self.reason, "detail": self.detail}


class Broken(Exception):
    """The inspected end is at fault. `outcome` is a code, `seen` what was seen, in no language."""

    def __init__(self, outcome: str, seen: str) -> None:
        super().__init__(f"{outcome}: {seen}")
        self.outcome = outcome
        self.seen = seen

    def as_reason(self, endpoint: str) -> CouldNotLook:
        """Say why what depends on this end could not be looked at."""
        reason = REASON_OF_OUTCOME.get(self.outcome, "bad_answer")
        return CouldNotLook(reason, f"{endpoint} {self.seen}")


def duration(seconds: float) -> str:
    """Write a time with a unit that suits it: 3 ms, 230 ms, 4.05 s."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def problem_of(error: BaseException, endpoint: str) -> Broken | CouldNotLook:
    """Turn whatever a connection raised into one of the two."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, ssl.SSLError):
            return CouldNotLook("tls_failed", f"{endpoint} {_tls_text(link)}")
    for link in chain:
        if isinstance(link, TimeoutError):
            return Broken("no_answer", "ETIMEDOUT")
        number = getattr(link, "errno", None)
        if number in _NO_ROUTE:
            return CouldNotLook("unreachable", f"{endpoint} {errno.errorcode[number]}")
        if number in _GONE:
            return Broken("reset", errno.errorcode[number])
        if number == errno.ECONNREFUSED:
            return Broken("refused", "ECONNREFUSED")
    return Broken("bad_answer", type(error).__name__)


def _chain(error: BaseException) -> list[BaseException]:
    """List an exception, its causes and the members of its groups, each once, nearest first."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop(0)
        if link is None or link in found:
            continue
        found.append(link)
        waiting += [link.__cause__, link.__context__]
        if isinstance(link, BaseExceptionGroup):
            waiting += link.exceptions
    return found


def _tls_text(error: ssl.SSLError) -> str:
    """Shorten OpenSSL's complaint to its own words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"OpenSSL {error.verify_code} {error.verify_message}"
    return str(getattr(error, "reason", None) or type(error).__name__)
