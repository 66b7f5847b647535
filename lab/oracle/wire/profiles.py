# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of server: what each says of itself while a client connects and negotiates."""

from __future__ import annotations

from dataclasses import dataclass

from lab.oracle.wire.codec import Writer

PROTOCOL = 1
UTF8 = 873
NATIONAL = 2000
"""AL16UTF16."""
FAST_AUTH_FLAG, END_OF_RESPONSE_FLAG = 0x10000000, 0x02000000
END_OF_RESPONSE_CAP = 0x20
LIKE_A_SERVER = {
    0: 6, 4: 0x6F, 15: 0x29, 16: 0x90, 17: 3, 18: 7, 19: 3, 21: 1, 23: 0x4F, 26: 4, 27: 1,
    31: 0x10, 34: 12, 37: 0xB8, 42: 1,
}  # fmt: skip
"""Capabilities that no thin client looks at."""


@dataclass(frozen=True)
class Profile:
    """One kind of server."""

    name: str
    tns_version: int
    field_version: int
    version: tuple[int, int, int, int, int]
    modern: bool = False
    """Logs on in one round trip less and marks where a response ends, as 23ai does."""

    @property
    def text(self) -> str:
        return ".".join(map(str, self.version))

    @property
    def flags(self) -> int:
        """The second flags of ACCEPT."""
        return FAST_AUTH_FLAG | END_OF_RESPONSE_FLAG if self.modern else 0

    @property
    def number(self) -> int:
        """AUTH_VERSION_NO; the packing changed with field version 11."""
        a, b, c, d, e = self.version
        if self.field_version >= 11:
            return a << 24 | b << 16 | c << 12 | d << 4 | e
        return a << 24 | b << 20 | c << 12 | d << 8 | e

    def protocol(self) -> bytes:
        """The answer to the client's PROTOCOL message."""
        compile_caps = bytearray(55)
        for index, value in LIKE_A_SERVER.items():
            compile_caps[index] = value
        compile_caps[7] = self.field_version
        compile_caps[40] = END_OF_RESPONSE_CAP if self.modern else 0
        runtime_caps = bytearray(11)
        runtime_caps[0] = 2
        runtime_caps[6] = 0x05
        fdo = bytes(9) + NATIONAL.to_bytes(2, "big")
        answer = Writer().u8(PROTOCOL, 6, 0).raw(b"ebill-ops-lab/stand-in\0")
        answer.raw(UTF8.to_bytes(2, "little")).u8(1).raw(bytes(2)).u16(len(fdo)).raw(fdo)
        return bytes(answer.lp(bytes(compile_caps)).lp(bytes(runtime_caps)))


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("12.1", 315, 7, (12, 1, 0, 2, 0)),
        Profile("19c", 318, 12, (19, 0, 0, 0, 0)),
        Profile("23ai", 319, 24, (23, 4, 0, 24, 5), modern=True),
    )
}
