# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounds against servers that are slow, silent or strange: real sockets on loopback."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca import link
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble
from ansible_collections.ebill.ops.plugins.module_utils.gdca.settings import Settings
from ansible_collections.ebill.ops.plugins.module_utils.gdca.talk import LARGEST_ANSWER, Channel

from lab.tls import Authority

Serve = Callable[[Any, threading.Event], None]
"""What a server does with a connection until the event says that the test is over."""


@contextmanager
def server(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[int]:
    over, listener = threading.Event(), socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with suppress(OSError):
            while True:
                raw, _peer = listener.accept()
                threading.Thread(target=one, args=(raw,), daemon=True).start()

    def one(raw: socket.socket) -> None:
        with suppress(OSError):
            raw.settimeout(10)
            made = context.wrap_socket(raw, server_side=True) if context else raw
            serve(made, over)
            made.close()

    accepting = threading.Thread(target=run, daemon=True)
    accepting.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join(5)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    directory = tmp_path_factory.mktemp("tls")
    authority = Authority("test", datetime.now(UTC))
    ca_file = authority.write(directory / "ca.crt")
    issued = authority.issue("server", names=["127.0.0.1"])
    return issued.server_context(directory, "server"), str(ca_file)


def channel(port: int, ca_file: str = "", seconds: float = 0.5) -> Channel:
    settings = Settings("127.0.0.1", port, ca_file=ca_file, request_seconds=seconds)
    addresses: list[link.Address] = [(socket.AF_INET, ("127.0.0.1", port))]
    context = link.trusting_context(ca_file)
    return Channel(settings, addresses, context, link.Deadline(20), lambda: datetime.now(UTC))


def trouble_of(port: int, ca_file: str = "") -> tuple[str, float]:
    begun = time.monotonic()
    with pytest.raises(Trouble) as caught:
        channel(port, ca_file).get("/status")
    return caught.value.reason, time.monotonic() - begun


def quiet(_sock: socket.socket, over: threading.Event) -> None:
    over.wait(10)


def drip(sock: socket.socket, over: threading.Event) -> None:
    """A byte now and then: each one renews an ordinary socket timeout."""
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
        if over.wait(0.05):
            return
        sock.sendall(bytes([byte]))


def tls_drip(sock: socket.socket, over: threading.Event) -> None:
    for byte in b"\x16\x03\x03\x40\x00\x02" + b"\0" * 1000:
        if over.wait(0.05):
            return
        sock.sendall(bytes([byte]))


def says(content: bytes) -> Serve:
    def serve(sock: socket.socket, _over: threading.Event) -> None:
        sock.recv(65536)
        sock.sendall(content)

    return serve


@pytest.mark.parametrize("serve", [quiet, tls_drip])
def test_a_server_that_never_finishes_the_handshake(serve: Serve) -> None:
    with server(serve) as port:
        reason, spent = trouble_of(port)
    assert reason == "listener_silent"
    assert spent < 5  # a bound of ours, far from the drip's 50 s


@pytest.mark.parametrize("serve", [quiet, drip])
def test_a_server_that_never_finishes_its_answer(
    tls: tuple[ssl.SSLContext, str], serve: Serve
) -> None:
    with server(serve, tls[0]) as port:
        reason, spent = trouble_of(port, tls[1])
    assert reason == "timeout"
    assert spent < 5


@pytest.mark.parametrize(
    "content",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x15\x03\x01\x00\x02\x02\x28", b"\xff" * 99],
)
def test_what_answers_is_no_tls(content: bytes) -> None:
    with server(says(content)) as port:
        assert trouble_of(port)[0] == "tls_failed"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="closed"),
        pytest.param(b"rubbish\r\n\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", id="too short"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n", id="500 headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LARGEST_ANSWER + 9), id="too large"),
    ],
)
def test_what_answers_is_no_http(tls: tuple[ssl.SSLContext, str], content: bytes) -> None:
    with server(says(content), tls[0]) as port:
        assert trouble_of(port, tls[1])[0] in ("bad_answer", "timeout")


@pytest.mark.parametrize(
    ("head", "body", "status", "data"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b'{"a": 1}', 200, {"a": 1}),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"<html>", 200, None),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"[" * 100000, 200, None),
        (b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\n\r\n", b"", 302, None),
        (b"HTTP/1.1 503 Busy\r\n\r\n", b"{}", 503, {}),
    ],
)
def test_answers(
    tls: tuple[ssl.SSLContext, str], head: bytes, body: bytes, status: int, data: Any
) -> None:
    with server(says(head + body), tls[0]) as port:
        answer = channel(port, tls[1], 5).get("/status")
    assert (answer.status, answer.data) == (status, data)
    if status == 200:
        assert answer.checked() == data
    else:
        with pytest.raises(Trouble):
            answer.checked()


def test_a_closed_port() -> None:
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    with holder:
        assert trouble_of(holder.getsockname()[1])[0] == "connection_refused"


def test_a_proxy_in_the_environment_is_not_used(
    tls: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with server(says(b"HTTP/1.1 200 OK\r\n\r\n{}"), tls[0]) as port:
        assert channel(port, tls[1], 5).get("/status").data == {}


def test_a_name_that_does_not_resolve() -> None:
    with pytest.raises(Trouble) as caught:
        link.resolve("no-such-host.invalid", 443, 5)
    assert caught.value.reason == "name_unresolved"


@pytest.mark.parametrize("content", [None, b"", b"rubbish"])
def test_a_ca_file_that_cannot_be_used(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Trouble) as caught:
        link.trusting_context(str(path))
    assert caught.value.reason == "unreadable"


def test_the_deadline_bounds_every_step() -> None:
    times = iter([0.0, 1.0, 9.5, 10.0])
    deadline = link.Deadline(10, lambda: next(times))
    assert deadline.step(5) == 5
    assert deadline.step(5) == 0.5
    with pytest.raises(link.OutOfTime):
        deadline.step(5)
