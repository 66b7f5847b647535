# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays a server process of a lab host (Tomcat's JVM, nginx, the Oracle listener).

Runs inside the host, by a copy of the Python interpreter under the server's name; the arguments are
the server's own and mean nothing here. LAB_PORT: the TCP port to listen on, 0 for none; LAB_HTTP:
answer as a web server. SIGUSR1 closes the listener while the process lives on, SIGUSR2 opens it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class SwitchedError(Exception):
    """A signal asked for the listener to be opened (True) or closed (False)."""


def _switch(number: int, _frame: object) -> None:
    raise SwitchedError(number == signal.SIGUSR2)


def listener(port: int) -> list[socket.socket]:
    """Listen on a port of every address; nothing when there is no port to be had."""
    if port == 0:
        return []
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((os.environ.get("LAB_ADDRESS", "0.0.0.0"), port))
    except OSError as problem:
        sys.stderr.write(f"port {port}: {problem}\n")
        return []
    sock.listen(16)
    return [sock]


def serve(socks: list[socket.socket], http: bool) -> None:
    """Answer until a signal comes."""
    while True:
        for sock in select.select(socks, [], [])[0]:
            with contextlib.suppress(OSError):
                peer, _ = sock.accept()
                peer.settimeout(2)
                if http:
                    peer.recv(4096)
                    peer.sendall(ANSWER)
                peer.close()


def main() -> None:
    """Listen and answer until killed."""
    port, http = int(os.environ["LAB_PORT"]), "LAB_HTTP" in os.environ
    signal.signal(signal.SIGUSR1, _switch)
    signal.signal(signal.SIGUSR2, _switch)
    socks = listener(port)
    while True:
        try:
            serve(socks, http)
        except SwitchedError as switched:
            for sock in socks:
                sock.close()
            socks = listener(port) if switched.args[0] else []


if __name__ == "__main__":
    main()
