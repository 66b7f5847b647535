# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SSH door of one lab host: public-key login, and a listener that can refuse or fall silent."""

from __future__ import annotations

import socket

import asyncssh

from lab.hosts.box import Box
from lab.hosts.session import Account, Session


class Door(asyncssh.SSHServer):
    """The rules of one connection; made anew for each by its `Entrance`."""

    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn
        self.entrance.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self.entrance.connections.discard(self.connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        account = self.entrance.account
        return username == account.user and key.public_data == account.key.public_data

    def session_requested(self) -> Session:
        return Session(self.entrance.box, self.entrance.account)


class Entrance:
    """Listens on one address and port for the whole life of the lab, unless told otherwise."""

    def __init__(self, box: Box, account: Account, host_key: asyncssh.SSHKey) -> None:
        self.box = box
        self.account = account
        self.host_key = host_key
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.address = ""
        self.port = 0
        self._socket: socket.socket | None = None
        self._acceptor: asyncssh.SSHAcceptor | None = None

    async def open(self, address: str) -> None:
        """Take a free port of `address` (127.0.0.1 if that address is not there) and listen."""
        try:
            self._socket = _bound(address, 0)
            self.address = address
        except OSError:
            self.address = "127.0.0.1"
            self._socket = _bound(self.address, 0)
        self.port = self._socket.getsockname()[1]
        await self.listen()

    async def listen(self) -> None:
        """Answer logins (again)."""
        self._acceptor = await asyncssh.create_server(
            lambda: Door(self),
            sock=self._fresh(),
            server_host_keys=[self.host_key],
            encoding=None,
            line_editor=False,
            kex_algs=["curve25519-sha256"],
            compression_algs=None,
            login_timeout=30,
            backlog=256,
        )

    async def refuse(self) -> None:
        """Hold the port without listening: the kernel answers with a reset."""
        self._fresh()

    async def hang(self) -> None:
        """Let the kernel accept connections and never say a word."""
        self._fresh().listen(256)

    async def close(self) -> None:
        """Stop listening, drop every connection and give the port back."""
        self._let_go()

    def _fresh(self) -> socket.socket:
        """Drop listener and connections; return a new socket that holds the same port."""
        self._let_go()
        self._socket = _bound(self.address, self.port)
        return self._socket

    def _let_go(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None
        for connection in list(self.connections):
            connection.abort()
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _bound(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock
