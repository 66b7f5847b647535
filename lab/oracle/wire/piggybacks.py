# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Piggybacks: what a client says before a request. They must be read exactly, or all behind them
is garbage."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.oracle.wire.codec import Malformed, Reader

CLOSE_CURSORS, CANCEL_CURSORS, FREE_LOBS, SCHEMA, END_TO_END = 105, 120, 96, 152, 135
KEY_VALUE, SESSION_STATE, ALTER_SESSION, PIPELINE = 154, 176, 204, 199
ABORT_ON_ERROR = 2


@dataclass
class Asides:
    """What the piggybacks of one request said."""

    close: list[int] = field(default_factory=list)
    cancel: list[int] = field(default_factory=list)
    """Cursors whose rows nobody wants any more; they may be executed again."""
    free: list[bytes] = field(default_factory=list)
    """Locators of temporary LOBs."""
    told: dict[str, str] = field(default_factory=dict)
    pipeline: int = 0
    """A pipeline begins: its mode, 1 or 2."""


def read_piggyback(reader: Reader, function: int, asides: Asides) -> None:
    if function in (CLOSE_CURSORS, CANCEL_CURSORS):
        reader.u8()
        named = asides.close if function == CLOSE_CURSORS else asides.cancel
        named += [reader.ub() for _ in range(reader.ub())]
    elif function == SCHEMA:
        reader.u8()
        asides.told["current_schema"] = (reader.tl() or b"").decode()
    elif function == END_TO_END:
        _read_end_to_end(reader, asides)
    elif function == KEY_VALUE:
        reader.skip("ubu")
        count = reader.ub()
        reader.skip("bul")
        _skip_pairs(reader, count)
    elif function == SESSION_STATE:
        reader.ub()
    elif function == ALTER_SESSION:
        reader.skip("bu")
        _skip_pairs(reader, reader.ub())
    elif function == FREE_LOBS:
        _read_free_lobs(reader, asides)
    elif function == PIPELINE:
        reader.skip("bu")
        asides.pipeline = reader.u8()
    else:
        raise Malformed(f"piggyback {function}")


def _skip_pairs(reader: Reader, count: int) -> None:
    for _ in range(count):
        reader.skip("ttb")


def _read_end_to_end(reader: Reader, asides: Asides) -> None:
    """Module, action and the like. A name that is set to nothing has a pointer but no length."""
    reader.skip("uub")
    named: dict[str, tuple[int, int]] = {}
    for name in ("client_identifier", "module", "action"):
        named[name] = (reader.u8(), reader.ub())
    reader.skip("ubub")
    named["client_info"] = (reader.u8(), reader.ub())
    reader.skip("ubub")
    named["dbop"] = (reader.u8(), reader.ub())
    for name, (said, length) in named.items():
        if length:
            asides.told[name] = (reader.lp() or b"").decode()
        elif said:
            asides.told[name] = ""


def _read_free_lobs(reader: Reader, asides: Asides) -> None:
    reader.u8()
    size = reader.ub()
    reader.skip("ubbbuuububbbu" + "ub" * 3)
    locators = reader.raw(size)
    while locators:
        length = 2 + int.from_bytes(locators[:2], "big")
        asides.free.append(locators[:length])
        locators = locators[length:]
