# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the small SQL*Plus, in the manner of release 11.2 or 19.

``site_profile``: the lines of glogin.sql, which runs after every CONNECT.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from lab.oracle.sqlplus.client import Connection, SqlError
from lab.oracle.sqlplus.display import Settings, print_rows, shown
from lab.oracle.sqlplus.manner import LOGON, USAGE, Manner

_SQL_WORDS = ("SELECT", "WITH", "ALTER", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "GRANT")


class Left(Exception):
    """EXIT, or the end that WHENEVER asked for; the status of the program."""

    def __init__(self, status: int = 0) -> None:
        super().__init__()
        self.status = status


class Program:
    """Reads lines, writes what SQL*Plus would; ``ask`` reads a password from the terminal."""

    def __init__(
        self,
        lines: Iterator[str],
        out: TextIO,
        manner: Manner,
        ask: Callable[[str], str] | None = None,
        restricted: bool = False,
        site_profile: Sequence[str] = (),
    ) -> None:
        self.lines = lines
        self.out = out
        self.manner = manner
        self.ask = ask
        self.restricted = restricted
        self.site_profile = site_profile
        self.settings = Settings()
        self.variables = {"_SQLPLUS_RELEASE": manner.release}
        self.new_values: dict[str, str] = {}
        self.sign = "&"
        self.timing = False
        self.termout = True
        self.on_sql_error = False
        self.spool: TextIO | None = None
        self.connection: Connection | None = None

    def run(self) -> int:
        """Until EXIT or the end of the input; the status."""
        try:
            for line in self.lines:
                self._line(line.rstrip("\r\n"))
        except Left as end:
            return end.status
        finally:
            if self.spool:
                self.spool.close()
        return 0

    def say(self, text: str = "") -> None:
        if self.termout:
            self.out.write(text + "\n")
            self.out.flush()
        if self.spool:
            self.spool.write(text + "\n")

    def connect(self, logon: str) -> None:
        """One login attempt; raises Left when WHENEVER SQLERROR EXIT is in force."""
        found = LOGON.match(logon.strip())
        if not found or not found[4]:
            self.say(USAGE.format(roles=self.manner.roles))
            return
        self.variables.pop("_O_RELEASE", None)
        password = found[2] if found[2] is not None else found[3]
        if password is None:
            password = (self.ask or self._next_line)("Enter password: ").strip('"')
        try:
            self.connection = Connection(found[1], password, found[4])
        except SqlError as error:
            self._refused(found[1], error)
            return
        self.variables["_O_RELEASE"] = str(self.connection.release)
        self.say("Connected.")
        for line in self.site_profile:
            self._line(line)

    def _refused(self, user: str, error: SqlError) -> None:
        self.say(f"ERROR:\n{error}\n\n")
        if error.code == 28001:
            self.say(f"Changing password for {user}")
            ask = self.ask or self._next_line
            first, second = ask("New password: "), ask("Retype new password: ")
            self.say("Password changed" if first == second else "Password unchanged")
        if self.connection:
            self.connection = None
            self.say("Warning: You are no longer connected to ORACLE.")
        self._failed()

    def _failed(self) -> None:
        if self.on_sql_error:
            raise Left(1)

    def _next_line(self, prompt: str) -> str:
        self.say(prompt)
        return next(self.lines, "").rstrip("\r\n")

    def _line(self, line: str) -> None:
        if len(line) > self.manner.longest_line:
            limit = self.manner.longest_line
            self.say(f"SP2-0027: Input is too long (> {limit} characters) - line ignored")
            return
        line = self._substituted(line)
        word = line.split(maxsplit=1)[0].upper() if line.strip() else ""
        if not word or word.startswith(("--", "REM")):
            return
        if word.rstrip(";(*") in _SQL_WORDS:
            self._statement(line)
            return
        rest = line.strip()[len(word) :].strip()
        while rest.endswith("-"):
            rest = rest[:-1] + self._substituted(next(self.lines, "").rstrip("\r\n"))
        self._command(word.rstrip(";"), rest.rstrip(";") if word[:4] != "PROM" else rest)

    def _substituted(self, line: str) -> str:
        if not self.sign or self.sign not in line:
            return line

        def value(found: re.Match[str]) -> str:
            name = found[1].upper()
            if name not in self.variables:
                return self._next_line(f"Enter value for {found[1].lower()}: ")
            return self.variables[name]

        return re.sub(re.escape(self.sign) + r"{1,2}(\w+)\.?", value, line)

    def _statement(self, first: str) -> None:
        buffer = [first]
        while not buffer[-1].rstrip().endswith(";"):
            following = next(self.lines, None)
            if following is None or not following.strip() or following.strip() == ".":
                return
            if len(following) > self.manner.longest_line:
                self._line(following.rstrip("\r\n"))
                continue
            following = self._substituted(following.rstrip("\r\n"))
            if following.strip() == "/":
                break
            buffer.append(following)
        buffer[-1] = buffer[-1].rstrip().removesuffix(";")
        self._execute("\n".join(buffer))

    def _execute(self, sql: str) -> None:
        if self.connection is None:
            self.say("SP2-0640: Not connected")
            return
        begun = time.monotonic()
        try:
            result = self.connection.execute(sql)
        except SqlError as error:
            self._show_error(sql, error)
        else:
            columns = shown(result.description, self.settings)
            for line in print_rows(columns, result.rows, self.settings):
                self.say(line)
            if result.rows:
                for column, value in zip(columns, result.rows[-1], strict=True):
                    if column.name in self.new_values:
                        text = "" if value is None else str(value)
                        self.variables[self.new_values[column.name]] = text
        if self.timing:
            seconds = time.monotonic() - begun
            minutes, seconds = divmod(seconds, 60)
            self.say(f"\nElapsed: 00:{int(minutes):02d}:{seconds:05.2f}")

    def _show_error(self, sql: str, error: SqlError) -> None:
        before = sql[: error.offset]
        number = before.count("\n") + 1
        self.say(sql.split("\n")[number - 1])
        self.say(" " * len(before.rpartition("\n")[2]) + "*")
        self.say(f"ERROR at line {number}:\n{error}\n\n")
        if error.code in (3113, 3114, 28, 1012, 3135):
            self.say("Process ID: 4711\nSession ID: 17 Serial number: 4\n\n")
        self._failed()

    def _command(self, word: str, rest: str) -> None:
        for name, least, action in _COMMANDS:
            if len(word) >= least and name.startswith(word):
                action(self, rest)
                return
        beginning = f"{word} {rest}"[:10]
        self.say(f'SP2-0734: unknown command beginning "{beginning}..." - rest of line ignored.')

    def _set(self, rest: str) -> None:
        name, _, text = rest.partition(" ")
        text = text.strip()
        plain = text.strip("'")
        on = plain.upper() == "ON"
        settings, key = self.settings, name.upper()
        if key in ("PAGESIZE", "LINESIZE", "NUMWIDTH"):
            setattr(settings, key.lower(), int(plain))
        elif key in ("HEADING", "TRIMOUT", "WRAP"):
            setattr(settings, key.lower(), on)
        elif key == "FEEDBACK":
            settings.feedback = {"ON": 1, "OFF": 0}.get(plain.upper()) or int(
                plain if plain.isdigit() else 0
            )
        elif key in ("NULL", "COLSEP"):
            setattr(settings, key.lower(), plain)
        elif key == "DEFINE":
            self.sign = "" if plain.upper() == "OFF" else ("&" if on else plain)
        elif key == "TIMING":
            self.timing = on
        elif key == "TERMOUT":
            self.termout = on
        elif key not in _IGNORED_SETTINGS:
            self.say(f'SP2-0158: unknown SET option "{name}"')

    def _define(self, rest: str) -> None:
        name, _, text = rest.partition("=")
        self.variables[name.strip().upper()] = text.strip().strip("'\"")

    def _column(self, rest: str) -> None:
        words = rest.upper().split()
        if "NEW_VALUE" in words:
            self.new_values[words[0]] = words[words.index("NEW_VALUE") + 1]
        if "FORMAT" in words:
            self.settings.widths[words[0]] = int(words[words.index("FORMAT") + 1].lstrip("A"))
        if "NOPRINT" in words:
            self.settings.noprint.add(words[0])

    def _clear(self, rest: str) -> None:
        if rest.upper().startswith("COL"):
            self.new_values.clear()
            self.settings.noprint.clear()
            self.settings.widths.clear()
        self.say(f"{rest.lower()} cleared")

    def _whenever(self, rest: str) -> None:
        words = rest.upper().split()
        if words[0] == "SQLERROR":
            self.on_sql_error = words[1] == "EXIT"

    def _spool(self, rest: str) -> None:
        if self.restricted:
            self.say('SP2-0738: Restricted command "spool" not available')
            return
        if self.spool:
            self.spool.close()
            self.spool = None
        if rest.upper() != "OFF":
            path = Path(rest.strip('"'))
            self.spool = path.open("w", encoding="utf-8", newline="\n")

    def _host(self, rest: str) -> None:
        if self.restricted:
            self.say('SP2-0738: Restricted command "host" not available')
            return
        subprocess.run(rest, shell=True, check=False)

    def _exit(self, rest: str) -> None:
        raise Left(1 if rest.upper().startswith("FAIL") else 0)

    def _title(self, _rest: str) -> None:
        """Titles are never on here, so OFF prints nothing."""


_IGNORED_SETTINGS = (
    *("ECHO", "SQLPROMPT", "CONCAT", "VERIFY", "TRIMSPOOL", "TAB", "TIME", "AUTOTRACE"),
    *("SERVEROUTPUT", "SQLBLANKLINES", "LONG", "LONGCHUNKSIZE", "ARRAYSIZE"),
)
_COMMANDS: tuple[tuple[str, int, Callable[[Program, str], None]], ...] = (
    ("SET", 3, Program._set),
    ("PROMPT", 3, Program.say),
    ("DEFINE", 3, Program._define),
    ("COLUMN", 3, Program._column),
    ("CLEAR", 2, Program._clear),
    ("CONNECT", 4, Program.connect),
    ("WHENEVER", 8, Program._whenever),
    ("SPOOL", 3, Program._spool),
    ("HOST", 2, Program._host),
    ("EXIT", 4, Program._exit),
    ("QUIT", 4, Program._exit),
    ("TTITLE", 3, Program._title),
    ("BTITLE", 3, Program._title),
)
