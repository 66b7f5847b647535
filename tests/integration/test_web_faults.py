# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site that behaves badly, played by a bare socket: nothing hangs, nothing leaks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.web.flow import (
    Site,
    read_flows,
    read_health,
    read_steps,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.runner import (
    Visited,
    inspect,
)

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
PASSWORD = "Geheim-4711"
FLOWS = read_flows([{"name": "f", "steps": [{"name": "p", "path": "/p"}]}])


async def _visit(answer: Answer, **changes: Any) -> tuple[Visited, list[bytes]]:
    """Visit a server that handles each request's bytes with `answer`; return what it was sent."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (
                        int(x[15:])
                        for x in head.split(b"\r\n")
                        if x.lower().startswith(b"content-length:")
                    ),
                    0,
                )
                request = head + await reader.readexactly(length)
                requests.append(request)
                await answer(request, writer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    options: dict[str, Any] = {"flows": FLOWS, "request_timeout_seconds": 1.0} | changes
    site = Site(base_url=f"http://127.0.0.1:{port}", user="u", password=PASSWORD, **options)
    found = await inspect(site, datetime.now(UTC))
    server.close()
    return found, requests


def visit_whole(answer: Answer, **changes: Any) -> tuple[Visited, list[bytes]]:
    return asyncio.run(asyncio.wait_for(_visit(answer, **changes), 30))


def visit(answer: Answer, **changes: Any) -> tuple[dict[str, Any], list[bytes]]:
    visited, requests = visit_whole(answer, **changes)
    return visited.observations, requests


def ok(body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n%s" % (len(body), more, body)


async def drip_headers(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)


async def drip_body(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def silent(request: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def no_http(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def hang_up(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def huge(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(ok(b"x" * 300_000))


async def away(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 302 Found\r\nLocation: http://other.invalid/t?token=abc\r\n"
        b"Content-Length: 0\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("answer", "outcome", "seen"),
    [
        (drip_headers, "no_answer", "> 1 s"),
        (drip_body, "no_answer", "> 1 s"),
        (silent, "no_answer", "> 1 s"),
        (no_http, "bad_answer", "RemoteProtocolError"),
        (hang_up, "bad_answer", "RemoteProtocolError"),
        (huge, "too_large", "> 100000 B"),
        (away, "redirected_away", "HTTP 302 → http://other.invalid:80"),
    ],
)
def test_bounded_and_named(answer: Answer, outcome: str, seen: str) -> None:
    found, _ = visit(answer, max_bytes=100_000)
    (row,) = found["pages"]["rows"]
    assert (row["outcome"], row["seen"]) == (outcome, seen)


def test_the_form_does_not_follow_to_another_origin() -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        if request.startswith(b"POST"):
            writer.write(
                b"HTTP/1.1 307 Temporary\r\nLocation: https://127.0.0.1/x\r\n"
                b"Content-Length: 0\r\n\r\n"
            )
        else:
            writer.write(ok(b"<html><input name=t value=Token-99></html>"))

    login = read_steps(
        [
            {"path": "/login", "extract": {"csrf": "input:t"}},
            {"path": "/login", "request": "POST", "form": {"p": "{password}", "t": "{csrf}"}},
        ]
    )
    found, requests = visit(answer, login=login)
    assert found["login"]["rows"][0]["outcome"] == "redirected_away"
    assert [request[:11] for request in requests] == [b"GET /login ", b"POST /login"]
    assert b"p=Geheim-4711&t=Token-99" in requests[1]
    assert b"Referer: http://127.0.0.1" in requests[1]


LOGIN = read_steps(
    [
        {"name": "form", "path": "/login"},
        {"name": "log in", "path": "/login", "request": "POST", "form": {"p": "{password}"}},
    ]
)


def redirects_to(path: bytes, status: bytes) -> Answer:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 %s Redirect\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
        writer.write(head % (status, path) if request.startswith(b"POST") else ok(b"x"))

    return answer


@pytest.mark.parametrize("status", [b"307", b"308"])
@pytest.mark.parametrize("path", [b"/login", b"/login/"])
def test_a_redirect_that_repeats_the_password_is_not_followed(path: bytes, status: bytes) -> None:
    visited, requests = visit_whole(redirects_to(path, status), login=LOGIN)
    seen = f"HTTP {status.decode()} → {path.decode()}"
    assert visited.observations["login"]["error"] == {"reason": "post_redirected", "detail": seen}
    (page,) = visited.observations["pages"]["rows"]
    assert page["error"]["reason"] == "post_redirected"
    assert sum(PASSWORD.encode() in request for request in requests) == 1
    assert visited.login_attempt == "failed"


async def error_500(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")


async def unlisted_refusal(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(ok(b"<html>no such user</html>"))


async def never_after_the_password(request: bytes, writer: asyncio.StreamWriter) -> None:
    if request.startswith(b"POST"):
        await asyncio.sleep(60)
    writer.write(ok(b"x"))


WELCOMED = read_steps(
    [{"path": "/in", "request": "POST", "form": {"p": "{password}"}, "expect": {"text": ["Bye"]}}]
)


@pytest.mark.parametrize(
    ("answer", "changes", "attempt"),
    [
        (error_500, {"login": LOGIN}, "failed"),
        (unlisted_refusal, {"login": WELCOMED}, "failed"),
        (never_after_the_password, {"login": LOGIN}, "failed"),
        (never_after_the_password, {"login": LOGIN, "timeout_seconds": 0.8}, "failed"),
        (unlisted_refusal, {"login": LOGIN}, "good"),
        (unlisted_refusal, {"login": ()}, "none"),
        (unlisted_refusal, {"login": LOGIN, "attempt_login": False}, "none"),
    ],
)
def test_what_became_of_the_attempt_to_log_in(
    answer: Answer, changes: dict[str, Any], attempt: str
) -> None:
    assert visit_whole(answer, **changes)[0].login_attempt == attempt


def test_nothing_was_tried_where_nobody_listens() -> None:
    site = Site(base_url="http://127.0.0.1:9", user="u", password=PASSWORD, login=LOGIN)
    visited = asyncio.run(inspect(site, datetime.now(UTC)))
    assert visited.login_attempt == "none"


def test_secrets_are_scrubbed_wherever_the_configuration_puts_them() -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(ok(b"<html><input name=t value=Token-99></html>"))

    steps = [{"name": "s", "path": "/s", "extract": {"csrf": "input:t"}}]
    flows = read_flows(
        [{"name": "f", "steps": [{"path": "/p", "expect": {"text": ["Token-99", PASSWORD]}}]}]
    )
    found, _ = visit(answer, login=read_steps(steps), flows=flows)
    text = repr(found)
    assert "Token-99" not in text
    assert PASSWORD not in text
    assert "× “***”" in found["pages"]["rows"][0]["seen"]


def test_extracted_values_are_quoted_into_paths_and_missing_ones_are_named() -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(
            ok(b'<html><a href="/bill?id=4 2&amp;x">x</a></html>', b"Content-Type: text/html\r\n")
        )

    steps = [
        {"name": "list", "path": "/list", "extract": {"bill": 'regex:id=([^&"]+)'}},
        {"name": "one", "path": "/bill?id={bill}"},
        {"name": "two", "path": "/bill", "extract": {"y": "meta:none"}},
        {"name": "three", "path": "/late"},
    ]
    found, requests = visit(answer, flows=read_flows([{"name": "f", "steps": steps}]))
    assert requests[1].startswith(b"GET /bill?id=4%202 ")
    assert found["flows"]["rows"][0]["outcome"] == "value_missing"
    assert found["flows"]["rows"][0]["failed_step"] == "two"
    assert found["pages"]["rows"][3]["error"] == {"reason": "not_reached", "detail": "two"}


HEALTH = read_health(
    {
        "path": "/health",
        "fields": [
            {"name": "db", "path": "db.0.state", "good": ["up"]},
            {"name": "waiting", "path": "n"},
            {"name": "gone", "path": "a.b", "good": ["UP"]},
        ],
    }
)


@pytest.mark.parametrize(
    ("body", "state", "count"),
    [
        (b'{"db": [{"state": "UP"}], "n": 3}', {"state": "UP", "ok": True}, {"count": 3}),
        (
            b'{"db": [{"state": {"patient": "x"}}], "n": true}',
            {"state": "{}", "ok": False},
            {"error": {"reason": "bad_answer", "detail": "n = true"}},
        ),
        (
            '{"db": [{"state": "用户 13800001234 不存在"}], "n": "9"}'.encode(),
            {"state": "用户 138****1234 不存在", "ok": False},
            {"error": {"reason": "bad_answer", "detail": "n = 9"}},
        ),
        (
            b"<html>maintenance</html>",
            {"error": {"reason": "not_found", "detail": "db.0.state"}},
            {"error": {"reason": "not_found", "detail": "n"}},
        ),
    ],
)
def test_health(body: bytes, state: dict[str, Any], count: dict[str, Any]) -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(ok(body))

    found, _ = visit(answer, health=HEALTH, flows=())
    page, db, gone = found["health"]["rows"]
    assert page == {"component": "/health", "state": "HTTP 200", "ok": True}
    assert db == {"component": "db"} | state
    assert gone["error"]["reason"] == "not_found"
    assert found["health_counts"]["rows"] == [{"component": "waiting"} | count]


def test_a_health_page_that_hangs_is_a_finding() -> None:
    found, _ = visit(silent, health=HEALTH, flows=())
    assert found["health"]["rows"] == [{"component": "/health", "state": "> 1 s", "ok": False}]
    assert found["health_counts"]["error"]["reason"] == "timeout"
