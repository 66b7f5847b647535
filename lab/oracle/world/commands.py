# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statements that are neither queries nor DML: what they begin with, and who does them."""

from __future__ import annotations

from collections.abc import Callable

from lab.oracle.seam import OraError
from lab.oracle.sql.tokens import Tokens
from lab.oracle.world import access, accounts, grants, system_commands, tables, tablespace_commands
from lab.oracle.world.views import Sight

Command = Callable[[Sight, Tokens], None]
TableCommand = Callable[[Sight, Tokens, str], None]
COMMANDS: list[tuple[tuple[str, ...], Command]] = [
    (("CREATE", "USER"), accounts.create_user),
    (("ALTER", "USER"), accounts.alter_user),
    (("DROP", "USER"), accounts.drop_user),
    (("CREATE", "ROLE"), accounts.create_role),
    (("DROP", "ROLE"), accounts.drop_role),
    (("GRANT",), grants.grant),
    (("REVOKE",), grants.revoke),
    (("ALTER", "TABLESPACE"), tablespace_commands.alter_tablespace),
    (("DROP", "TABLESPACE"), tablespace_commands.drop_tablespace),
    (("ALTER", "SYSTEM"), system_commands.alter_system),
]
TABLE_COMMANDS: list[tuple[tuple[str, ...], TableCommand]] = [
    (("CREATE", "TABLE"), tables.create_table),
    (("DROP", "TABLE"), tables.drop_table),
    (("TRUNCATE", "TABLE"), tables.truncate_table),
]
KNOWN_VERBS = frozenset(
    {
        "ALTER", "CREATE", "DROP", "GRANT", "REVOKE", "TRUNCATE", "COMMENT", "RENAME", "AUDIT",
        "NOAUDIT", "PURGE", "FLASHBACK", "ANALYZE", "LOCK", "MERGE",
    }
)  # fmt: skip


def run(sight: Sight, sql: str, schema: str) -> None:
    """Raises ORA-03001 for a command that is not known, ORA-01031 where it would be refused."""
    tokens = Tokens(sql)
    for words, command in COMMANDS:
        if tokens.accept(*words):
            command(sight, tokens)
            return
    for words, on_table in TABLE_COMMANDS:
        if tokens.accept(*words):
            on_table(sight, tokens, schema)
            return
    if tokens.accept("ALTER", "DATABASE"):
        if tokens.peek() not in ("DATAFILE", "TEMPFILE"):
            access.require(sight, "ALTER DATABASE")
            raise OraError(
                3001, f"unimplemented feature (stand-in: ALTER DATABASE {tokens.peek()})"
            )
        tablespace_commands.alter_database_file(sight, tokens)
        return
    made = ("TABLESPACE", "BIGFILE", "SMALLFILE", "TEMPORARY")
    if tokens.accept("CREATE") and tokens.peek() in made:
        tablespace_commands.create_tablespace(sight, tokens)
        return
    _unknown(sight, sql)


def _unknown(sight: Sight, sql: str) -> None:
    """What is not known is refused as the server would refuse this user, else as unknown."""
    verb = sql.split(None, 1)[0].upper()
    if verb not in KNOWN_VERBS:
        raise OraError(900, "invalid SQL statement")
    if not access.is_sys(sight) and not access.has(sight, "ALTER SYSTEM"):
        raise access.INSUFFICIENT
    raise OraError(3001, f"unimplemented feature (stand-in: {verb})")
