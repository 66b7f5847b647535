# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Negotiation and logon messages, from the server's side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lab.oracle.seam import SessionFacts
from lab.oracle.wire.codec import Malformed, Reader, Writer
from lab.oracle.wire.profiles import END_OF_RESPONSE_CAP, PROTOCOL, Profile
from lab.oracle.wire.verifier import Pairs, Triple

DATA_TYPES, FUNCTION, PARAMETER, FAST_AUTH = 2, 3, 8, 34
AUTH_1, AUTH_2 = 118, 115
MODE_SYSDBA = 0x20
SB1_TYPE = 27
FAST_AUTH_FIELDS = 13
"""The field version in which the AUTH 1 inside FAST AUTH is written, whatever is agreed later."""
OLD_CLIENT_FIELDS = 13
"""The newest answers that 1.x python drivers can read."""


@dataclass(frozen=True)
class Client:
    """What DATA TYPES told about the client."""

    field_version: int
    universal_scale: bool = False
    """A 1.x python driver: it reads a scale as a universal integer and knows no newer fields."""
    end_of_response: bool = False


@dataclass(frozen=True)
class AuthMessage:
    function: int
    user: str
    mode: int
    pairs: Pairs


def read_protocol(reader: Reader) -> None:
    """Skip the client's PROTOCOL message (its version list and its name, each ended by NUL)."""
    if reader.u8() != PROTOCOL:
        raise Malformed("no PROTOCOL message")
    while reader.u8():
        pass
    while reader.u8():
        pass


def read_data_types(reader: Reader) -> Client:
    if reader.u8() != DATA_TYPES:
        raise Malformed("no DATA TYPES message")
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
    wants_end = len(caps) > 40 and bool(caps[40] & END_OF_RESPONSE_CAP)
    return Client(caps[7] if len(caps) > 7 else 0, universal, wants_end)


def read_fast_auth(reader: Reader) -> tuple[Client, AuthMessage]:
    """FAST AUTH: PROTOCOL, DATA TYPES and AUTH 1 in one message."""
    if reader.u8() != FAST_AUTH:
        raise Malformed("no FAST AUTH message")
    reader.raw(3)
    read_protocol(reader)
    reader.raw(6)
    client = read_data_types(reader)
    return client, read_auth(reader, AUTH_1)


def read_auth(reader: Reader, function: int, fields: int = FAST_AUTH_FIELDS) -> AuthMessage:
    """AUTH 1 or AUTH 2, whichever `function` says, from its message byte on."""
    if reader.u8() != FUNCTION or reader.u8() != function:
        raise Malformed("no logon")
    reader.u8()
    if fields >= 18:
        reader.ub()
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


def parameters(pairs: Iterable[Triple]) -> bytes:
    listed = list(pairs)
    out = Writer().u8(PARAMETER).ub(len(listed))
    for key, value, flags in listed:
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
        "AUTH_MAX_IDEN_LENGTH": "128" if profile.field_version >= 8 else "30",
        "AUTH_MAX_OPEN_CURSORS": "300",
    }
    return parameters((key, value, 0) for key, value in pairs.items())
