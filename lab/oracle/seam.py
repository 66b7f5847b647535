# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seam between the wire and whatever answers SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

NUMBER, VARCHAR2, DATE, TIMESTAMP = "NUMBER", "VARCHAR2", "DATE", "TIMESTAMP"
TIMESTAMP_TZ, INTERVAL, RAW, LONG = "TIMESTAMP WITH TIME ZONE", "INTERVAL", "RAW", "LONG"
TIMESTAMP_LTZ, LONG_RAW, CHAR = "TIMESTAMP WITH LOCAL TIME ZONE", "LONG RAW", "CHAR"
BINARY_DOUBLE, BINARY_FLOAT = "BINARY_DOUBLE", "BINARY_FLOAT"
CLOB, BLOB = "CLOB", "BLOB"


class OraError(Exception):
    """An Oracle error: `code` as in ORA-nnnnn; `offset` is the 0-based place in the SQL."""

    def __init__(self, code: int, text: str, offset: int = 0) -> None:
        super().__init__(f"ORA-{code:05d}: {text}")
        self.code = code
        self.text = text
        self.offset = offset


@dataclass(frozen=True)
class Column:
    """A result column: upper-case name, one of the kinds above, size in characters or bytes.

    `precision` and `scale` are a NUMBER's; without a scale it is a plain NUMBER.
    """

    name: str
    kind: str
    size: int = 0
    precision: int = 0
    scale: int | None = None


@dataclass(frozen=True)
class Result:
    """Rows hold int, float, Decimal, str, bytes, datetime (aware for TZ), timedelta or None.

    `columns` is empty for a statement that is no query: DML says in `affected` how many rows it
    changed, a PL/SQL call in `outs` what its OUT binds are now, by position from 0.
    """

    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Any]] = field(default_factory=list)
    affected: int = 0
    outs: Mapping[int, Any] = field(default_factory=dict)

    @property
    def is_query(self) -> bool:
        return bool(self.columns)


@dataclass(frozen=True)
class SessionFacts:
    """What the client said of itself, for v$session."""

    sid: int
    serial: int
    user: str
    program: str = ""
    machine: str = ""
    osuser: str = ""
    process: str = ""
    driver: str = ""
    service: str = ""
    sysdba: bool = False
    told: dict[str, str] = field(default_factory=dict)
    """What the client says of itself while it works: client_identifier, module, action,
    client_info, dbop, current_schema. The newest values; "" takes one back."""


class Engine(Protocol):
    """One logged-on session. `execute` runs in a thread, `interrupt` comes from another one."""

    def execute(self, sql: str, binds: Sequence[Any]) -> Result:
        """`binds` holds one value per placeholder occurrence. Raises OraError."""
        ...

    def describe(self, sql: str, binds: Sequence[Any]) -> Result:
        """The columns, no rows: a parse without execution. Raises OraError."""
        ...

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


@runtime_checkable
class Transactional(Protocol):
    """What an engine that changes data has besides. The wire asks it when there is one."""

    @property
    def in_transaction(self) -> bool: ...

    def commit(self) -> None: ...

    def rollback(self) -> None: ...
