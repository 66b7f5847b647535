# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets and TLS with a bound on every step; no proxy is ever used."""

from __future__ import annotations

import contextlib
import errno
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble

Address = tuple[socket.AddressFamily, tuple[Any, ...]]

TRIED_ADDRESSES = 3

# X509_V_ERR_* of OpenSSL's x509_vfy.h that an engineer acts on in different ways.
_TRUST_STATES = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "root_unknown",
    20: "issuer_missing",
    21: "issuer_missing",
    23: "revoked",
    62: "name_mismatch",
    64: "name_mismatch",
}


class Untrusted(Exception):
    """The peer's certificate did not stand validation: a state of ours and OpenSSL's code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
        self.state = _TRUST_STATES.get(code, "untrusted")


class OutOfTime(Trouble):
    """The inspection's own time is over: that says nothing about the server."""

    def __init__(self) -> None:
        super().__init__("timeout", "timeout_seconds")


class Deadline:
    """The end of the whole inspection; every step gets the rest of it at most."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def step(self, seconds: float) -> float:
        """Return how long the next step may take; OutOfTime when nothing is left."""
        left = self._end - self._clock()
        if left <= 0:
            raise OutOfTime
        return min(seconds, left)


@contextlib.contextmanager
def limited(sock: socket.socket, seconds: float, silent: Trouble) -> Iterator[None]:
    """Bound all that is done with the socket inside: `silent` is raised when the time is over.

    A socket's own timeout counts anew with every byte, so a watch also shuts the socket down.
    """
    over = threading.Event()

    def end() -> None:
        over.set()
        # The plain socket's method: that of SSLSocket changes an object in use by another thread.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    sock.settimeout(seconds)
    try:
        yield
    except TimeoutError as exc:
        raise silent from exc
    except Exception as exc:  # whatever a reader makes of a socket that was shut down under it
        if over.is_set():
            raise silent from exc
        raise
    finally:
        watch.cancel()
    if over.is_set():
        raise silent


def resolve(host: str, port: int, seconds: float) -> list[Address]:
    """Return the addresses of a name; Trouble name_unresolved also when the resolver hangs."""
    found: list[Address] = []

    def look() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            for family, _kind, _proto, _name, address in socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            ):
                found.append((family, address))

    looker = threading.Thread(target=look, daemon=True)
    looker.start()
    looker.join(seconds)
    if looker.is_alive() or not found:
        raise Trouble("name_unresolved", host)
    return found[:TRIED_ADDRESSES]


def connect(addresses: list[Address], place: str, seconds: float) -> socket.socket:
    """Connect to the first address that answers.

    Trouble connection_refused, timeout or unreachable (detail: place and the system's error name).
    """
    trouble = Trouble("unreachable", place)
    for family, address in addresses:
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(seconds / len(addresses))
        try:
            sock.connect(address)
            # Else the request waits for the peer's delayed ACK of the handshake: 40 ms of our own.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except ConnectionRefusedError:
            trouble = Trouble("connection_refused", place)
        except TimeoutError:
            trouble = Trouble("timeout", place)
        except OSError as exc:
            name = errno.errorcode.get(exc.errno or 0, type(exc).__name__)
            trouble = Trouble("unreachable", f"{place} {name}")
        sock.close()
    raise trouble


def handshake(
    sock: socket.socket, context: ssl.SSLContext, name: str, place: str, seconds: float
) -> ssl.SSLSocket:
    """Wrap a connected socket. Raises Untrusted, or Trouble listener_silent or tls_failed."""
    wrapped = context.wrap_socket(sock, server_hostname=name, do_handshake_on_connect=False)
    try:
        with limited(wrapped, seconds, Trouble("listener_silent", place)):
            wrapped.do_handshake()
    except ssl.SSLCertVerificationError as exc:
        wrapped.close()
        raise Untrusted(exc.verify_code) from exc
    except (OSError, ValueError) as exc:
        wrapped.close()
        detail = getattr(exc, "reason", None) or type(exc).__name__
        raise Trouble("tls_failed", f"{place} {detail}") from exc
    except Trouble:
        wrapped.close()
        raise
    return wrapped


def trusting_context(ca_file: str) -> ssl.SSLContext:
    """A context that validates against a CA file alone, or against the system's without one.

    Not probe.tls's, which trusts the file besides the system's: a device has one known authority.
    A CA file may hold the server's own certificate (appliances sign themselves).
    Trouble unreadable when the file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ValueError) as exc:
        raise Trouble("unreadable", ca_file) from exc
    # The same verdict on every Python: 3.13 changed both defaults, and its strict flag refuses
    # certificates without key identifiers, which appliances and their clients live with.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def sent_chain(wrapped: ssl.SSLSocket) -> list[bytes]:
    """Return the certificates that the peer sent, DER, its own first.

    Public from Python 3.13 on; before, the same data is only at the inner object; and where that
    is missing too, only the peer's own certificate is known.
    """
    public = getattr(wrapped, "get_unverified_chain", None)
    if public is not None:
        return [bytes(item) for item in public()]
    inner = getattr(getattr(wrapped, "_sslobj", None), "get_unverified_chain", None)
    if inner is not None:
        return [ssl.PEM_cert_to_DER_cert(item.public_bytes()) for item in inner() or []]
    own = wrapped.getpeercert(binary_form=True)
    return [own] if own else []
