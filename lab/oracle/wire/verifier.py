# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The challenge of a logon and the check of its answer, by the kinds of stored password.

All AES is CBC with a zero vector. A user who does not exist gets a challenge too: without a
password no answer ever fits.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lab.oracle.wire.codec import Malformed

VERIFIER_10G, VERIFIER_11G, VERIFIER_12C = 0x0939, 0x1B25, 0x4815
VGEN_COUNT, SDER_COUNT = 4096, 3

Pairs = dict[str, bytes]
Triple = tuple[str, str, int]


def aes(key: bytes, data: bytes, *, decrypt: bool = False) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16)))
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()


def upper_hex(data: bytes) -> str:
    return data.hex().upper()


class Challenge(Protocol):
    """One logon in progress."""

    def pairs(self) -> list[Triple]:
        """What the client is sent: key, value, flags."""
        ...

    def proof(self, answer: Pairs) -> str | None:
        """AUTH_SVR_RESPONSE when the answer holds the right password, else None."""
        ...


def _word(password: str | None) -> bytes:
    return password.encode() if password is not None else os.urandom(32)


def _judge(combo: bytes, answer: Pairs, password: str | None) -> str | None:
    try:
        plain = aes(combo, bytes.fromhex(answer["AUTH_PASSWORD"].decode()), decrypt=True)[16:]
    except (KeyError, ValueError) as error:
        raise Malformed("answer to the challenge") from error
    padding = plain[-1] if plain else 0
    if password is None or plain[: len(plain) - padding] != password.encode():
        return None
    return upper_hex(aes(combo, os.urandom(16) + b"SERVER_TO_CLIENT" + b"\x10" * 16))


def _session_key(key: bytes, answer: Pairs) -> bytes:
    try:
        return aes(key, bytes.fromhex(answer["AUTH_SESSKEY"].decode()), decrypt=True)
    except (KeyError, ValueError) as error:
        raise Malformed("answer to the challenge") from error


@dataclass
class Challenge12c:
    password: str | None
    salt: bytes = field(default_factory=lambda: os.urandom(16))
    csk_salt: bytes = field(default_factory=lambda: os.urandom(16))
    secret: bytes = field(default_factory=lambda: os.urandom(32))

    def __post_init__(self) -> None:
        seed = self.salt + b"AUTH_PBKDF2_SPEEDY_KEY"
        speedy = hashlib.pbkdf2_hmac("sha512", _word(self.password), seed, VGEN_COUNT, 64)
        self.key = hashlib.sha512(speedy + self.salt).digest()[:32]

    def pairs(self) -> list[Triple]:
        return [
            ("AUTH_SESSKEY", upper_hex(aes(self.key, self.secret)), 0),
            ("AUTH_VFR_DATA", upper_hex(self.salt), VERIFIER_12C),
            ("AUTH_PBKDF2_CSK_SALT", upper_hex(self.csk_salt), 0),
            ("AUTH_PBKDF2_VGEN_COUNT", str(VGEN_COUNT), 0),
            ("AUTH_PBKDF2_SDER_COUNT", str(SDER_COUNT), 0),
            ("AUTH_GLOBALLY_UNIQUE_DBID\0", upper_hex(os.urandom(16)), 0),
        ]

    def proof(self, answer: Pairs) -> str | None:
        mixed = upper_hex(_session_key(self.key, answer) + self.secret).encode()
        combo = hashlib.pbkdf2_hmac("sha512", mixed, self.csk_salt, SDER_COUNT, 32)
        return _judge(combo, answer, self.password)


@dataclass
class Challenge11g:
    """Accounts of 11g, and later ones that were made for old clients: SHA-1 and AES-192."""

    password: str | None
    salt: bytes = field(default_factory=lambda: os.urandom(10))
    secret: bytes = field(default_factory=lambda: os.urandom(48))

    def __post_init__(self) -> None:
        # The protocol of 11g asks for SHA-1.
        digest = hashlib.sha1(_word(self.password) + self.salt, usedforsecurity=False).digest()
        self.key = digest + bytes(4)

    def pairs(self) -> list[Triple]:
        return [
            ("AUTH_SESSKEY", upper_hex(aes(self.key, self.secret)), 0),
            ("AUTH_VFR_DATA", upper_hex(self.salt), VERIFIER_11G),
            ("AUTH_GLOBALLY_UNIQUE_DBID\0", upper_hex(os.urandom(16)), 0),
        ]

    def proof(self, answer: Pairs) -> str | None:
        theirs = _session_key(self.key, answer)
        mixed = bytes(a ^ b for a, b in zip(self.secret[16:40], theirs[16:40], strict=False))
        halves = (hashlib.md5(part, usedforsecurity=False) for part in (mixed[:16], mixed[16:]))
        combo = b"".join(half.digest() for half in halves)[:24]
        return _judge(combo, answer, self.password)


@dataclass
class Challenge10g:
    """An account that was never given a newer password: thin clients refuse to answer."""

    password: str | None

    def pairs(self) -> list[Triple]:
        return [
            ("AUTH_SESSKEY", upper_hex(os.urandom(32)), 0),
            ("AUTH_VFR_DATA", upper_hex(os.urandom(8)), VERIFIER_10G),
            ("AUTH_GLOBALLY_UNIQUE_DBID\0", upper_hex(os.urandom(16)), 0),
        ]

    def proof(self, answer: Pairs) -> str | None:
        return None


CHALLENGES: dict[str, type[Challenge12c | Challenge11g | Challenge10g]] = {
    "12c": Challenge12c,
    "11g": Challenge11g,
    "10g": Challenge10g,
}
