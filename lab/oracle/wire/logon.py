# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Negotiation messages and the 12c logon exchange, from the server's side."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lab.oracle.seam import SessionFacts
from lab.oracle.wire.codec import Malformed, Reader, Writer

PROTOCOL, DATA_TYPES, FUNCTION, PARAMETER = 1, 2, 3, 8
AUTH_1, AUTH_2 = 118, 115
VERIFIER_12C = 0x4815
VGEN_COUNT, SDER_COUNT = 4096, 3
UTF8 = 873
SB1_TYPE = 27

Pairs = dict[str, bytes]


@dataclass(frozen=True)
class Profile:
    """One kind of server. Other versions are further entries of PROFILES."""

    name: str
    tns_version: int
    field_version: int
    version: tuple[int, int, int, int, int]

    @property
    def text(self) -> str:
        return ".".join(map(str, self.version))

    @property
    def number(self) -> int:
        """AUTH_VERSION_NO; the packing changed with field version 11."""
        a, b, c, d, e = self.version
        if self.field_version >= 11:
            return a << 24 | b << 16 | c << 12 | d << 4 | e
        return a << 24 | b << 20 | c << 12 | d << 8 | e


PROFILES = {"19c": Profile("19c", 318, 12, (19, 0, 0, 0, 0))}


@dataclass(frozen=True)
class Client:
    """What DATA TYPES told about the client."""

    field_version: int
    universal_scale: bool


def protocol_answer(profile: Profile) -> bytes:
    compile_caps = bytearray(55)
    for index, value in (
        (0, 6), (4, 0x6F), (7, profile.field_version), (15, 0x29), (16, 0x90), (17, 3), (18, 7),
        (19, 3), (21, 1), (23, 0x4F), (26, 4), (27, 1), (31, 0x10), (34, 12), (37, 0xB8), (42, 1),
    ):  # fmt: skip
        compile_caps[index] = value
    runtime_caps = bytearray(11)
    runtime_caps[0] = 2
    runtime_caps[6] = 0x05
    fdo = bytes(9) + (2000).to_bytes(2, "big")
    answer = Writer().u8(PROTOCOL, 6, 0).raw(b"ebill-ops-lab/stand-in\0")
    answer.raw(UTF8.to_bytes(2, "little")).u8(1).raw(bytes(2)).u16(len(fdo)).raw(fdo)
    return bytes(answer.lp(bytes(compile_caps)).lp(bytes(runtime_caps)))


def read_protocol(reader: Reader) -> None:
    """Skip the client's PROTOCOL message (its version list and its name, each ended by NUL)."""
    while reader.u8():
        pass
    while reader.u8():
        pass


def read_data_types(reader: Reader) -> Client:
    reader.raw(5)
    caps = reader.lp() or b""
    runtime = reader.lp() or b""
    if len(runtime) > 1 and runtime[1] & 1:
        reader.raw(11)
    universal = False
    while kind := reader.u16():
        if reader.u16():
            representation = reader.u16()
            reader.u16()
            universal = universal or (kind == SB1_TYPE and representation == 1)
    return Client(caps[7] if len(caps) > 7 else 0, universal)


@dataclass(frozen=True)
class AuthMessage:
    function: int
    user: str
    mode: int
    pairs: Pairs


def read_auth(reader: Reader, function: int) -> AuthMessage:
    """The body of AUTH 1 / AUTH 2, behind the function header."""
    has_user = reader.u8()
    reader.ub()
    mode = reader.ub()
    reader.u8()
    count = reader.ub()
    reader.raw(2)
    user = (reader.lp() or b"").decode() if has_user else ""
    pairs: Pairs = {}
    for _ in range(count):
        key, value = reader.tl() or b"", reader.tl() or b""
        reader.ub()
        pairs[key.decode("utf-8", "replace").rstrip("\0")] = value
    return AuthMessage(function, user, mode, pairs)


def fold_user(name: str) -> str:
    """Upper case unless quoted, as Oracle folds identifiers."""
    if len(name) > 2 and name.startswith('"') and name.endswith('"'):
        return name[1:-1]
    return name.upper()


def parameters(pairs: list[tuple[str, str, int]]) -> bytes:
    out = Writer().u8(PARAMETER).ub(len(pairs))
    for key, value, flags in pairs:
        out.tl(key.encode()).tl(value.encode()).ub(flags)
    return bytes(out)


def welcome(
    profile: Profile, instance: str, service: str, facts: SessionFacts, proof: str
) -> bytes:
    """What a successful logon is answered with, before its ERROR 0."""
    pairs = {
        "AUTH_SVR_RESPONSE": proof,
        "AUTH_SESSION_ID": str(facts.sid),
        "AUTH_SERIAL_NUM": str(facts.serial),
        "AUTH_VERSION_NO": str(profile.number),
        "AUTH_INSTANCENAME": instance,
        "AUTH_SC_DBUNIQUE_NAME": instance,
        "AUTH_SC_REAL_DBUNIQUE_NAME": instance,
        "AUTH_SC_SERVICE_NAME": service,
        "AUTH_SC_DB_DOMAIN": "",
        "AUTH_MAX_IDEN_LENGTH": "128",
        "AUTH_MAX_OPEN_CURSORS": "300",
    }
    return parameters([(key, value, 0) for key, value in pairs.items()])


def _aes(key: bytes, data: bytes, *, decrypt: bool = False) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16)))
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()


def _hex(data: bytes) -> str:
    return data.hex().upper()


@dataclass
class Challenge:
    """One logon in progress. An unknown user gets a challenge too: password None never fits."""

    password: str | None
    salt: bytes = field(default_factory=lambda: os.urandom(16))
    csk_salt: bytes = field(default_factory=lambda: os.urandom(16))
    secret: bytes = field(default_factory=lambda: os.urandom(32))

    def __post_init__(self) -> None:
        word = self.password.encode() if self.password is not None else os.urandom(32)
        seed = self.salt + b"AUTH_PBKDF2_SPEEDY_KEY"
        speedy = hashlib.pbkdf2_hmac("sha512", word, seed, VGEN_COUNT, 64)
        self.key = hashlib.sha512(speedy + self.salt).digest()[:32]

    def message(self) -> bytes:
        return parameters(
            [
                ("AUTH_SESSKEY", _hex(_aes(self.key, self.secret)), 0),
                ("AUTH_VFR_DATA", _hex(self.salt), VERIFIER_12C),
                ("AUTH_PBKDF2_CSK_SALT", _hex(self.csk_salt), 0),
                ("AUTH_PBKDF2_VGEN_COUNT", str(VGEN_COUNT), 0),
                ("AUTH_PBKDF2_SDER_COUNT", str(SDER_COUNT), 0),
                ("AUTH_GLOBALLY_UNIQUE_DBID\0", _hex(os.urandom(16)), 0),
            ]
        )

    def proof(self, answer: Pairs) -> str | None:
        """AUTH_SVR_RESPONSE when the answer holds the right password, else None."""
        try:
            theirs = _aes(self.key, bytes.fromhex(answer["AUTH_SESSKEY"].decode()), decrypt=True)
            mixed = _hex(theirs + self.secret).encode()
            combo = hashlib.pbkdf2_hmac("sha512", mixed, self.csk_salt, SDER_COUNT, 32)
            plain = _aes(combo, bytes.fromhex(answer["AUTH_PASSWORD"].decode()), decrypt=True)[16:]
        except (KeyError, ValueError) as error:
            raise Malformed("answer to the challenge") from error
        padding = plain[-1] if plain else 0
        if self.password is None or plain[: len(plain) - padding] != self.password.encode():
            return None
        return _hex(_aes(combo, os.urandom(16) + b"SERVER_TO_CLIENT" + b"\x10" * 16))
