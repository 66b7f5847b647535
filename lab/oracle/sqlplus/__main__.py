# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m lab.oracle.sqlplus [-S] [-L] [-R LEVEL] {/nolog | USER@DESCRIPTOR} [@SCRIPT]

The environment variable EBILL_LAB_SQLPLUS says in whose manner: 11.2 or 19 (the default), and
EBILL_LAB_GLOGIN names a site profile.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lab.oracle.sqlplus.manner import MANNERS
from lab.oracle.sqlplus.program import Left, Program


def main(arguments: Sequence[str]) -> int:
    """Run as SQL*Plus would with these arguments; return its status."""
    manner = MANNERS[os.environ.get("EBILL_LAB_SQLPLUS", "19")]
    words = list(arguments)
    silent = restricted = False
    while words and words[0].startswith("-"):
        option = words.pop(0)
        silent = silent or option in ("-S", "-s")
        if option == "-R":
            restricted = words.pop(0) == "3"
    logon = words.pop(0) if words else "/nolog"
    lines: Iterator[str] = iter(sys.stdin.readline, "")
    if words and words[0].startswith("@"):
        lines = iter(Path(words[0][1:]).read_text(encoding="utf-8").splitlines(keepends=True))
    profile = os.environ.get("EBILL_LAB_GLOGIN")
    program = Program(
        lines,
        sys.stdout,
        manner,
        _ask if words else None,
        restricted=restricted,
        site_profile=Path(profile).read_text(encoding="utf-8").splitlines() if profile else (),
    )
    if not silent:
        program.say(f"\nSQL*Plus: Release {manner.name} - a stand-in of the lab\n")
    if logon.lower() != "/nolog":
        program.on_sql_error = True
        try:
            program.connect(logon)
        except Left as end:
            return end.status
        program.on_sql_error = False
    return program.run()


def _ask(prompt: str) -> str:
    """From the terminal without echo where there is one, else the next line of the input."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    sys.stdout.write(prompt)
    sys.stdout.flush()
    return sys.stdin.readline().rstrip("\r\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
