# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the driver's and the database's errors to reason ids.

Facts about python-oracledb (thin, 1.4 to 26.1): a failure to connect carries DPY-6005 and the
code 0; the telling code stands in the text, either as ``Similar to ORA-nnnnn`` or as a second
DPY code or ``[Errno n]``. Errors of the logon carry their own ORA code. A name that does not
resolve is a bare ``socket.gaierror`` in some versions.
"""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterable
from typing import Protocol

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem

_CODE = re.compile(r"\b(ORA|DPY|DPI|TNS)-0*(\d{1,5})\b")
_ERRNO = re.compile(r"\[Errno (\d+)\]|Connect call failed")
# Wrappers, which say only that something failed.
_WRAPPERS = ("DPY-6005", "DPY-6000")

_CONNECT_REASONS = {
    "ORA-01017": "login_refused",
    "ORA-01005": "login_refused",
    "ORA-28000": "account_locked",
    "ORA-28001": "password_expired",
    "ORA-01045": "missing_grant",
    "ORA-12514": "service_unknown",
    "ORA-12505": "service_unknown",
    "DPY-6001": "service_unknown",
    "DPY-6003": "service_unknown",
    "ORA-01033": "database_not_open",
    "ORA-01034": "database_not_open",
    "ORA-01035": "database_not_open",
    "ORA-12528": "database_not_open",
    "ORA-12526": "database_not_open",
    "ORA-12527": "database_not_open",
    "DPY-3010": "needs_thick",
    "DPY-3001": "needs_thick",
    "DPY-3015": "verifier_too_old",
    "DPI-1047": "driver_missing",
    "DPI-1072": "driver_missing",
    "ORA-28040": "verifier_too_old",
    "DPY-4011": "connection_lost",
    "ORA-03113": "connection_lost",
    "ORA-12537": "connection_lost",
}
_ERRNO_REASONS = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ECONNRESET: "connection_lost",
    errno.EPIPE: "connection_lost",
}
_FATAL = {
    "DPY-4011": "connection_lost",
    "DPY-1001": "connection_lost",
    "ORA-03113": "connection_lost",
    "ORA-03114": "connection_lost",
    "ORA-03135": "connection_lost",
    "ORA-00028": "connection_lost",
    "ORA-01012": "connection_lost",
    "ORA-02396": "connection_lost",
    "ORA-01089": "database_not_open",
    "ORA-01092": "database_not_open",
}
_QUERY_REASONS = {
    "ORA-00942": "missing_grant",
    "ORA-01031": "missing_grant",
    "ORA-01219": "database_not_open",
    "ORA-01109": "database_not_open",
    "ORA-01507": "database_not_open",
    "DPY-4024": "timeout",
    "ORA-01013": "timeout",
    "ORA-00040": "timeout",
    "ORA-56735": "timeout",
}


class Question(Protocol):
    """What was asked: a part, or a statement."""

    @property
    def view(self) -> str:
        """The view that was read."""

    @property
    def grant_object(self) -> str:
        """What SELECT is needed on."""


def codes(error: BaseException) -> list[str]:
    """Return the error's codes as ORA-00942, the telling ones first, the wrappers last."""
    text = _text(error)
    found = [_code(kind, number) for kind, number in _CODE.findall(text)]
    own = getattr(error.args[0], "full_code", "") if error.args else ""
    similar = [code for code in found if f"Similar to {code}" in text]
    ordered = [*similar, own or "", *found]
    unique = list(dict.fromkeys(code for code in ordered if code))
    return sorted(unique, key=lambda code: code in _WRAPPERS)


def _code(kind: str, number: str) -> str:
    return f"{kind}-{int(number):0{5 if kind == 'ORA' else 4}d}"


def _text(error: BaseException) -> str:
    return str(error.args[0]) if error.args else str(error)


def connect_problem(error: BaseException, address: str, user: str) -> Problem:
    """Say why connecting failed; the detail holds the address, or the account, and the code."""
    found = codes(error)
    for code in found:
        reason = _CONNECT_REASONS.get(code)
        if reason == "missing_grant":
            return Problem(reason, f"CREATE SESSION ({user}, {code})", fatal=True)
        if reason in ("login_refused", "account_locked", "password_expired", "verifier_too_old"):
            return Problem(reason, f"{user}, {address} ({code})", fatal=True)
        if reason == "driver_missing":
            return Problem(reason, f"Oracle Client ({code})", fatal=True)
        if reason:
            return Problem(reason, f"{address} ({code})", fatal=True)
    if reason := _network_reason(error):
        return Problem(reason, address, fatal=True)
    named = next((code for code in found if code.startswith("ORA-")), "")
    if named:
        return Problem("connection_refused", f"{address} ({named})", fatal=True)
    shown = found[0] if found else type(error).__name__
    return Problem("unreachable", f"{address} ({shown})", fatal=True)


def _network_reason(error: BaseException) -> str | None:
    chain = list(_chain(error))
    text = " ".join(_text(item) for item in chain)
    if any(isinstance(item, socket.gaierror) for item in chain) or "Name or service" in text:
        return "name_unresolved"
    if any(isinstance(item, ssl.SSLError) for item in chain) or "[SSL" in text:
        return "tls_failed"
    if any(isinstance(item, TimeoutError) for item in chain) or "timed out" in text:
        return "unreachable"
    for item in chain:
        if isinstance(item, OSError) and item.errno is not None:
            return _ERRNO_REASONS.get(item.errno, "unreachable")
    match = _ERRNO.search(text)
    if match:
        number = int(match[1]) if match[1] else errno.ECONNREFUSED
        return _ERRNO_REASONS.get(number, "unreachable")
    return None


def _chain(error: BaseException) -> Iterable[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def query_problem(error: BaseException, query: Question) -> Problem:
    """Say why one statement failed. The text of the error is never passed on: it may quote data."""
    found = codes(error)
    for code in found:
        if code in _FATAL:
            return Problem(_FATAL[code], f"{query.view} ({code})", fatal=True)
    for code in found:
        reason = _QUERY_REASONS.get(code)
        if reason == "missing_grant":
            return Problem(reason, f"SELECT ON {query.grant_object} ({code})")
        if reason:
            return Problem(reason, f"{query.view} ({code})")
    if isinstance(error, (OSError, AttributeError)):
        # Old drivers show a session that is gone this way.
        return Problem("connection_lost", f"{query.view} ({type(error).__name__})", fatal=True)
    return Problem("query_failed", f"{query.view} ({found[0] if found else type(error).__name__})")
