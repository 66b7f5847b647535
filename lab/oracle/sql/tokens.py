# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A statement as words, for the commands that the SQL parser does not know."""

from __future__ import annotations

import re

from lab.oracle.seam import OraError

TOKEN = re.compile(
    r"""\s*(?:--[^\n]*(?:\n|$)|/\*.*?\*/\s*|
      (?P<text>'(?:[^']|'')*') | (?P<quoted>"[^"]+") | (?P<number>\d+(?:\.\d+)?)
      | (?P<word>[^\W\d][\w$\#]*) | (?P<mark>[(),.=;@*]))""",
    re.VERBOSE | re.DOTALL,
)
SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50}
BAD_OPTION = OraError(922, "missing or invalid option")


class Tokens:
    """Reads a statement from left to right; words compare in upper case."""

    def __init__(self, sql: str) -> None:
        self.items: list[tuple[str, str]] = []
        place = 0
        while sql[place:].strip():
            found = TOKEN.match(sql, place)
            if not found:
                raise OraError(911, "invalid character", place)
            place = found.end()
            if found.lastgroup:
                self.items.append((found.lastgroup, found.group(found.lastgroup)))
        if self.items and self.items[-1] == ("mark", ";"):
            # A client that sends the semicolon gets what the server says to it.
            raise OraError(911, "invalid character")
        self.place = 0

    def peek(self) -> str:
        """The next word or mark in upper case; "" at the end."""
        if self.place >= len(self.items):
            return ""
        kind, text = self.items[self.place]
        return text.upper() if kind in ("word", "mark") else text

    def accept(self, *words: str) -> bool:
        """Step over these words if they all come next."""
        start = self.place
        for word in words:
            if self.peek() != word:
                self.place = start
                return False
            self.place += 1
        return True

    def expect(self, *words: str) -> None:
        if not self.accept(*words):
            raise BAD_OPTION

    def choose(self, *words: str) -> str:
        """The one of these words that comes next."""
        for word in words:
            if self.accept(word):
                return word
        raise BAD_OPTION

    def _take(self, *kinds: str) -> tuple[str, str]:
        if self.place >= len(self.items) or self.items[self.place][0] not in kinds:
            raise BAD_OPTION
        self.place += 1
        return self.items[self.place - 1]

    def name(self) -> str:
        """An identifier by Oracle's rule: upper case unless quoted."""
        kind, text = self._take("word", "quoted")
        return text[1:-1] if kind == "quoted" else text.upper()

    def dotted(self) -> tuple[str, str]:
        """[schema.]name as (schema or "", name)."""
        first = self.name()
        return (first, self.name()) if self.accept(".") else ("", first)

    def names(self) -> list[str]:
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        return found

    def password(self) -> str:
        """As it stands: passwords keep their case, in double quotes or as a bare word."""
        kind, text = self._take("word", "quoted")
        return text[1:-1] if kind == "quoted" else text

    def string(self) -> str:
        return self._take("text")[1][1:-1].replace("''", "'")

    def number(self) -> int:
        text = self._take("number")[1]
        if not text.isdigit():
            raise BAD_OPTION
        return int(text)

    def size(self) -> int:
        """Bytes: 512M, 10 G, 1048576."""
        number = self.number()
        if self.peek() in SIZES and self.peek():
            number *= SIZES[self.name()]
        return number

    def is_text(self) -> bool:
        return self.place < len(self.items) and self.items[self.place][0] == "text"

    def end(self) -> None:
        if self.place < len(self.items):
            raise OraError(933, "SQL command not properly ended")
