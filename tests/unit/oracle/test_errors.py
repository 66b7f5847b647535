# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver's errors, as python-oracledb 26.1 words them, and the reasons they become."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import oracledb
import pytest
import yaml
from ansible_collections.ebill.ops.plugins.module_utils.oracle import errors
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part

INSTANCE, DATABASE = Part("instance", "V$INSTANCE", ()), Part("database", "V$DATABASE", ())
ADDRESS = "db01:1521/EBILL"
WRAPPED = "DPY-6005: cannot connect to database (CONNECTION_ID=Q2xJ==).\n"
HELP = "\nHelp: https://python-oracledb.readthedocs.io/en/latest/"


class Shape:
    """The driver's error object: ``full_code`` beside the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.full_code = text.split(":")[0]

    def __str__(self) -> str:
        return self.text


def driver_error(text: str) -> Exception:
    error: Exception = oracledb.DatabaseError(Shape(text))
    return error


CONNECT = {
    WRAPPED + 'DPY-6001: Service "X" is not registered with the listener at host "db01" port 1521.'
    " (Similar to ORA-12514)": ("service_unknown", f"{ADDRESS} (ORA-12514)"),
    WRAPPED + 'DPY-6003: SID "X" is not registered. (Similar to ORA-12505)': (
        "service_unknown",
        f"{ADDRESS} (ORA-12505)",
    ),
    WRAPPED + "DPY-6000: Listener refused connection. (Similar to ORA-12519)": (
        "sessions_exhausted",
        f"{ADDRESS} (ORA-12519)",
    ),
    WRAPPED + "DPY-6000: Listener refused connection. (Similar to ORA-12528)": (
        "database_not_open",
        f"{ADDRESS} (ORA-12528)",
    ),
    WRAPPED + "DPY-4011: the database or network closed the connection" + HELP: (
        "connection_lost",
        f"{ADDRESS} (DPY-4011)",
    ),
    WRAPPED + "[Errno 111] Connection refused": ("connection_refused", ADDRESS),
    WRAPPED + "[Errno 113] No route to host": ("unreachable", ADDRESS),
    WRAPPED + "[Errno -2] Name or service not known": ("name_unresolved", ADDRESS),
    WRAPPED + "timed out": ("unreachable", ADDRESS),
    WRAPPED + "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed": ("tls_failed", ADDRESS),
    WRAPPED + "DPY-3010: connections to this database server version are not supported": (
        "needs_thick",
        f"{ADDRESS} (DPY-3010)",
    ),
    WRAPPED + "DPY-3001: Native Network Encryption is only supported in thick mode": (
        "needs_thick",
        f"{ADDRESS} (DPY-3001)",
    ),
    "DPY-3015: password verifier type 0x939 is not supported": (
        "verifier_too_old",
        f"EBILL_OPS, {ADDRESS} (DPY-3015)",
    ),
    "ORA-01017: invalid username/password; logon denied": (
        "login_refused",
        f"EBILL_OPS, {ADDRESS} (ORA-01017)",
    ),
    "ORA-28000: The account is locked.": ("account_locked", f"EBILL_OPS, {ADDRESS} (ORA-28000)"),
    "ORA-28001: the password has expired": (
        "password_expired",
        f"EBILL_OPS, {ADDRESS} (ORA-28001)",
    ),
    "ORA-65162: Password of the common database user has expired.": (
        "password_expired",
        f"EBILL_OPS, {ADDRESS} (ORA-65162)",
    ),
    "ORA-01045: user EBILL_OPS lacks CREATE SESSION privilege": (
        "missing_grant",
        "CREATE SESSION (EBILL_OPS, ORA-01045)",
    ),
    "ORA-01033: ORACLE initialization or shutdown in progress": (
        "database_not_open",
        f"{ADDRESS} (ORA-01033)",
    ),
    "ORA-01034: ORACLE not available": ("database_not_open", f"{ADDRESS} (ORA-01034)"),
    "DPI-1047: Cannot locate a 64-bit Oracle Client library": (
        "client_missing",
        "/opt/oracle (DPI-1047)",
    ),
    "DPI-1050: Oracle Client library is at version 10.2 but version 11.2 or higher is needed": (
        "client_too_old",
        "/opt/oracle (DPI-1050)",
    ),
    "DPY-3016: python-oracledb thin mode cannot be used because the cryptography package": (
        "driver_missing",
        "cryptography (DPY-3016)",
    ),
    WRAPPED + "DPY-6006: The name on the server certificate does not match the expected value": (
        "tls_failed",
        f"{ADDRESS} (DPY-6006)",
    ),
    "ORA-28759: failure to open file": ("wallet_unusable", "/opt/oracle (ORA-28759)"),
    "DPY-4026: file /opt/oracle/tnsnames.ora is missing": (
        "wallet_unusable",
        "/opt/oracle (DPY-4026)",
    ),
    "ORA-28040: No matching authentication protocol": (
        "auth_protocol",
        f"EBILL_OPS, {ADDRESS} (ORA-28040)",
    ),
    "ORA-12660: Encryption or crypto-checksumming parameters incompatible": (
        "needs_thick",
        f"{ADDRESS} (ORA-12660)",
    ),
    "ORA-00257: Archiver error. Connect AS SYSDBA only until resolved.": (
        "archiver_stuck",
        f"{ADDRESS} (ORA-00257)",
    ),
    "ORA-01035: ORACLE only available to users with RESTRICTED SESSION privilege": (
        "login_restricted",
        f"{ADDRESS} (ORA-01035)",
    ),
    "ORA-01034: ORACLE not available\nORA-27101: shared memory realm does not exist": (
        "database_not_open",
        f"{ADDRESS} (ORA-01034)",
    ),
    # thick mode puts its own code before the database's
    "DPY-4011: the database or network closed the connection\nORA-12537: TNS:connection closed": (
        "connection_lost",
        f"{ADDRESS} (ORA-12537)",
    ),
    "DPY-4001: no credentials specified\nORA-01005: null password given": (
        "login_refused",
        f"EBILL_OPS, {ADDRESS} (ORA-01005)",
    ),
    "ORA-12541: TNS:no listener": ("connection_refused", f"{ADDRESS} (ORA-12541)"),
    "ORA-12170: TNS:Connect timeout occurred": ("unreachable", f"{ADDRESS} (ORA-12170)"),
    "ORA-12518: TNS:listener could not hand off client connection": (
        "connection_refused",
        f"{ADDRESS} (ORA-12518)",
    ),
    "DPY-9999: something new": ("unreachable", f"{ADDRESS} (DPY-9999)"),
    "ORA-00020: maximum number of processes (300) exceeded": (
        "sessions_exhausted",
        f"{ADDRESS} (ORA-00020)",
    ),
}


@pytest.mark.parametrize(("text", "wanted"), CONNECT.items())
def test_connect(text: str, wanted: tuple[str, str]) -> None:
    problem = errors.connect_problem(driver_error(text), ADDRESS, "EBILL_OPS", "/opt/oracle")
    assert (problem.reason, problem.detail, problem.fatal) == (*wanted, True)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(-2, "Name or service not known"), "name_unresolved"),
        (ConnectionRefusedError(111, "[Errno 111] Connection refused"), "connection_refused"),
        (ConnectionResetError(104, "[Errno 104] reset"), "connection_lost"),
        (TimeoutError("timed out"), "unreachable"),
        (ssl.SSLError(1, "bad"), "tls_failed"),
        (OSError(), "unreachable"),
        (AttributeError("no such"), "unreachable"),
    ],
)
def test_connect_errors_that_are_not_the_drivers(error: Exception, reason: str) -> None:
    assert errors.connect_problem(error, ADDRESS, "EBILL_OPS").reason == reason


QUERY = {
    "ORA-00942: table or view does not exist": (
        "missing_grant",
        "SELECT ON SYS.V_$INSTANCE (ORA-00942)",
        False,
    ),
    'ORA-41900: missing SELECT privilege on "SYS"."V_$INSTANCE"': (
        "missing_grant",
        "SELECT ON SYS.V_$INSTANCE (ORA-41900)",
        False,
    ),
    "ORA-01031: insufficient privileges": (
        "missing_grant",
        "SELECT ON SYS.V_$INSTANCE (ORA-01031)",
        False,
    ),
    "ORA-01219: database or pluggable database not open: queries allowed on fixed tables only": (
        "database_not_open",
        "V$INSTANCE (ORA-01219)",
        False,
    ),
    "DPY-4024: call timeout of 5000 ms exceeded": ("timeout", "V$INSTANCE (DPY-4024)", False),
    "ORA-01013: user requested cancel of current operation": (
        "timeout",
        "V$INSTANCE (ORA-01013)",
        False,
    ),
    "DPY-4011: the database or network closed the connection": (
        "connection_lost",
        "V$INSTANCE (DPY-4011)",
        True,
    ),
    "DPY-1001: not connected to database": ("connection_lost", "V$INSTANCE (DPY-1001)", True),
    "ORA-03113: end-of-file on communication channel": (
        "connection_lost",
        "V$INSTANCE (ORA-03113)",
        True,
    ),
    "DPY-4011: the database or network closed the connection\nORA-01089: immediate shutdown": (
        "database_not_open",
        "V$INSTANCE (ORA-01089)",
        True,
    ),
    'ORA-00904: "X": invalid identifier': ("query_failed", "V$INSTANCE (ORA-00904)", False),
    "ORA-01555: snapshot too old: rollback segment number 9 with name '_SYSSMU9$'": (
        "query_failed",
        "V$INSTANCE (ORA-01555)",
        False,
    ),
}


@pytest.mark.parametrize(("text", "wanted"), QUERY.items())
def test_query(text: str, wanted: tuple[str, str, bool]) -> None:
    problem = errors.query_problem(driver_error(text), INSTANCE)
    assert problem == Problem(*wanted)


def test_old_drivers_show_a_dead_session_as_anything() -> None:
    for error in (AttributeError("x"), OSError(9, "bad file")):
        problem = errors.query_problem(error, DATABASE)
        assert (problem.reason, problem.fatal) == ("connection_lost", True)
    assert errors.query_problem(KeyError("x"), DATABASE).detail == "V$DATABASE (KeyError)"


def test_no_text_of_an_error_is_passed_on() -> None:
    canary = "Hunter2-Canary"
    for text in [*CONNECT, *QUERY]:
        error = driver_error(f"{text} {canary}")
        assert canary not in errors.connect_problem(error, ADDRESS, "u").detail
        assert canary not in errors.query_problem(error, INSTANCE).detail


def test_every_reason_has_its_wording() -> None:
    path = Path(__file__).parents[3] / "catalogue" / "reasons.yml"
    known = yaml.safe_load(path.read_text(encoding="utf-8"))
    used = {reason for reason, _ in CONNECT.values()} | {reason for reason, *_ in QUERY.values()}
    tables = (errors._CONNECT_REASONS, errors._ERRNO_REASONS, errors._FATAL, errors._QUERY_REASONS)
    used |= {reason for table in tables for reason in table.values()}
    assert used <= known.keys()
