# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interface's answer is worth, and whose fault a broken connection is."""

from __future__ import annotations

import errno
import ssl

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.probe.answer import (
    Answer,
    expected,
    outcome,
    read_probes,
    seen,
)
from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import (
    Broken,
    CouldNotLook,
    duration,
    problem_of,
)

HTTP = {"name": "his", "kind": "http", "url": "http://h.example:8080/health?token=abc"}
TCP = {"name": "sms", "kind": "tcp", "host": "h.example", "port": 7890, "expect": "^220"}


@pytest.mark.parametrize(
    ("given", "answer", "result"),
    [
        (HTTP, Answer(200, "", 0, 0.1), "ok"),
        (HTTP, Answer(500, "UP", 2, 0.1), "wrong_status"),
        (HTTP | {"expect": "UP"}, Answer(200, "UP", 2, 0.1), "ok"),
        (HTTP | {"expect": "UP"}, Answer(200, "DOWN", 4, 0.1), "body_differs"),
        (HTTP | {"expect": "UP"}, Answer(200, "", 0, 0.1), "silent"),
        (HTTP | {"expect": "UP"}, Answer(500, "", 0, 0.1), "wrong_status"),
        (HTTP | {"expect_status": [401]}, Answer(401, "", 0, 0.1), "ok"),
        (TCP, Answer(None, "220 hello\r\n", 11, 0.1), "ok"),
        (TCP, Answer(None, "banner\r\n220 hello\r\n", 19, 0.1), "ok"),
        (TCP, Answer(None, "500 no\r\n", 8, 0.1), "body_differs"),
        (TCP, Answer(None, "", 0, 10.0), "silent"),
    ],
)
def test_outcome(given: dict[str, object], answer: Answer, result: str) -> None:
    (probe,) = read_probes([given])
    assert outcome(probe, answer) == result


@pytest.mark.parametrize(
    "given",
    [
        {"url": "http://h.example/medical-web/api/medical/invoiceEBillOutpatient"},
        {"url": "http://h.example/api?method=write%4Fff_e_bill"},
        TCP | {"send": "POST /api/medical/invEBillRegistration HTTP/1.1"},
    ],
)
def test_what_makes_or_reverses_a_bill_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="an inspection never calls it"):
        read_probes([HTTP | given])


def test_signs_hold_neither_body_nor_token() -> None:
    (probe,) = read_probes([HTTP | {"expect": "UP", "within_seconds": 2.5}])
    answer = Answer(200, "测试患者甲", 15, 0.034)
    assert seen(probe, answer) == "HTTP 200, 34 ms, × /UP/"
    assert expected(probe) == "HTTP 200, /UP/, ≤ 2.5 s"
    assert probe.endpoint == "http://h.example:8080/health"
    (tcp,) = read_probes([TCP])
    assert seen(tcp, Answer(None, "220", 3, 0.1)) == "3 B, 100 ms, ✓ /^220/"
    assert not read_probes([TCP | {"expect": ""}])[0].asks


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"url": "https://h.example/"}, "url must begin with http://HOST"),
        ({"url": "http:///x"}, "url must begin with"),
        ({"url": ""}, "url must begin with"),
        ({"url": "http://u:p@h.example/"}, "must not hold a user"),
        ({"expect": "("}, "no regular expression"),
        ({"kind": "tcp"}, "host and port"),
        ({"kind": "tcp", "host": "h", "port": 70000}, "host and port"),
    ],
)
def test_probes_that_are_none(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_probes([HTTP | change])


def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match="named twice"):
        read_probes([HTTP, HTTP])


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.0004, "0 ms"), (0.0031, "3 ms"), (0.999, "999 ms"), (1.0, "1.00 s"), (12.345, "12.35 s")],
)
def test_durations(seconds: float, written: str) -> None:
    assert duration(seconds) == written


def caused_by(cause: BaseException) -> Exception:
    error = RuntimeError("outer")
    error.__cause__ = ExceptionGroup("all attempts", [OSError("first"), cause])  # type: ignore[list-item]
    return error


@pytest.mark.parametrize(
    ("cause", "kind", "code"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, ""), Broken, "refused"),
        (ConnectionResetError(errno.ECONNRESET, ""), Broken, "reset"),
        (BrokenPipeError(errno.EPIPE, ""), Broken, "reset"),
        (TimeoutError(), Broken, "no_answer"),
        (ValueError("rubbish"), Broken, "bad_answer"),
        (OSError(errno.ENETUNREACH, ""), CouldNotLook, "unreachable"),
        (OSError(errno.EHOSTUNREACH, ""), CouldNotLook, "unreachable"),
        (ssl.SSLError(1, "x"), CouldNotLook, "tls_failed"),
    ],
)
def test_whose_fault(cause: Exception, kind: type, code: str) -> None:
    for error in (cause, caused_by(cause)):
        problem = problem_of(error, "h:1")
        assert isinstance(problem, kind)
        assert code == (problem.outcome if isinstance(problem, Broken) else problem.reason)
