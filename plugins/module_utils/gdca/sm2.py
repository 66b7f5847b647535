# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SM2 with SM3 (GB/T 32918.2) over gmssl, with the checks that gmssl leaves to its caller."""

from __future__ import annotations

import secrets
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import driver

CURVE = "1.2.156.10197.1.301"
WITH_SM3 = "1.2.156.10197.1.501"
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_PRIME = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _PRIME - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93


def verify(point: bytes, signature: bytes, data: bytes) -> bool:
    """Verify a DER signature over data with the default id 1234567812345678.

    `point` is the uncompressed public point, 0x04 and 64 bytes. Anything malformed is False;
    Trouble driver_missing without gmssl or asn1crypto.
    """
    numbers = _numbers(signature)
    if numbers is None or not _on_curve(point):
        return False
    r, s = numbers
    if (r + s) % ORDER == 0:
        return False
    try:
        return bool(_engine(point).verify_with_sm3(f"{r:064x}{s:064x}", data))
    except (ValueError, IndexError, TypeError):  # gmssl's way to meet the point at infinity
        return False


def sign(private: int, point: bytes, data: bytes) -> bytes:
    """Sign data and return the signature, DER.

    The nonce is ours: gmssl's own comes from a predictable generator, and one predictable nonce
    gives the key away.
    """
    core = driver("asn1crypto.core")
    engine = _engine(point, f"{private:064x}")
    made = None
    while made is None:
        made = engine.sign_with_sm3(data, f"{secrets.randbelow(ORDER - 1) + 1:064x}")
    pair = core.SequenceOf(spec=core.Integer)
    pair.append(core.Integer(int(made[:64], 16)))
    pair.append(core.Integer(int(made[64:], 16)))
    return bytes(pair.dump())


def _engine(point: bytes, private: str = "") -> Any:
    engine = driver("gmssl.sm2").CryptSM2(private_key=private, public_key="")
    # Set afterwards: the constructor strips every leading 0 and 4, not just the prefix 04.
    engine.public_key = point[1:].hex()
    return engine


def _numbers(signature: bytes) -> tuple[int, int] | None:
    core = driver("asn1crypto.core")
    try:
        found = core.SequenceOf.load(signature, strict=True, spec=core.Integer).native
    except (ValueError, TypeError):
        return None
    if len(found) != 2 or not all(0 < number < ORDER for number in found):
        return None
    return int(found[0]), int(found[1])


def _on_curve(point: bytes) -> bool:
    if len(point) != 65 or point[0] != 4:
        return False
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    if x >= _PRIME or y >= _PRIME:
        return False
    return (y * y - (x * x * x + _A * x + _B)) % _PRIME == 0
