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
# Wrappers, which say only that something failed; the telling code stands beside them, if at all.
_WRAPPERS = ("DPY-6005", "DPY-6000", "DPY-4011", "DPY-4001")

_CONNECT_CODES = {
    "login_refused": ("ORA-01017", "ORA-01005"),
    "account_locked": ("ORA-28000",),
    "password_expired": ("ORA-28001", "ORA-65162"),
    "missing_grant": ("ORA-01045",),
    "service_unknown": ("ORA-12514", "ORA-12505", "DPY-6001", "DPY-6003", "ORA-12154"),
    # The instance is down, starting, stopping or only mounted.
    "database_not_open": ("ORA-01033", "ORA-01034", "ORA-01109", "ORA-12528", "ORA-27101"),
    "login_restricted": ("ORA-01035", "ORA-12526", "ORA-12527"),
    "archiver_stuck": ("ORA-00257",),
    # Processes, sessions, sessions of one account; a listener without a free handler.
    "sessions_exhausted": (
        "ORA-00018",
        "ORA-00020",
        "ORA-02391",
        "ORA-12516",
        "ORA-12519",
        "ORA-12520",
    ),
    # Older than 12.1, native network encryption, a character set that thin cannot decode.
    "needs_thick": ("DPY-3010", "DPY-3001", "DPY-3012", "DPY-3040", "ORA-12660"),
    "verifier_too_old": ("DPY-3015",),
    "auth_protocol": ("ORA-28040",),
    "driver_missing": ("DPY-3016",),
    "client_missing": ("DPI-1047",),
    "client_too_old": ("DPI-1050", "DPI-1072"),
    "wallet_unusable": ("DPY-2018", "DPY-4026", "ORA-28759", "ORA-28365", "ORA-29106"),
    "tls_failed": ("DPY-6002", "DPY-6006", "ORA-28860", "ORA-28862", "ORA-29003", "ORA-29024"),
    "connection_refused": ("ORA-12541",),
    "name_unresolved": ("ORA-12545",),
    "unreachable": ("ORA-12170", "ORA-12535", "ORA-12543", "ORA-12606", "ORA-12609"),
    "connection_lost": ("DPY-4011", "ORA-03113", "ORA-12537", "ORA-12547", "ORA-12570"),
}
_CONNECT_REASONS = {code: reason for reason, all_of in _CONNECT_CODES.items() for code in all_of}
_OF_THE_ACCOUNT = (
    "login_refused",
    "account_locked",
    "password_expired",
    "verifier_too_old",
    "auth_protocol",
)
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
    "ORA-41900": "missing_grant",  # 23ai, where another privilege on the object is there
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


def connect_problem(
    error: BaseException, address: str, user: str, client: str | None = None
) -> Problem:
    """Say why connecting failed; the detail holds the address, or the account, and the code.

    ``client``: the folder of the Oracle client, or of the wallet, for what lies there.
    """
    found = codes(error)
    for code in found:
        reason = _CONNECT_REASONS.get(code)
        if reason == "missing_grant":
            return Problem(reason, f"CREATE SESSION ({user}, {code})", fatal=True)
        if reason in _OF_THE_ACCOUNT:
            return Problem(reason, f"{user}, {address} ({code})", fatal=True)
        if reason == "driver_missing":
            return Problem(reason, f"cryptography ({code})", fatal=True)
        if reason in ("client_missing", "client_too_old", "wallet_unusable"):
            return Problem(reason, f"{client or '-'} ({code})", fatal=True)
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
