# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in database as plain data. Change it while the server runs: the next statement sees it.

Moments are the database host's local time, naive, as Oracle's DATE columns hold them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from lab.oracle.world.load import Load
from lab.oracle.world.running import Operation
from lab.oracle.world.upkeep import Upkeep

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
BLOCK = 8192


@dataclass
class DataFile:
    """`max_bytes` counts only while `autoextend` is on, as in DBA_DATA_FILES."""

    path: str
    size_bytes: int
    max_bytes: int = 0
    autoextend: bool = False
    online: bool = True
    increment_bytes: int = 128 * MIB

    @property
    def limit_bytes(self) -> int:
        """The size that it can reach."""
        return max(self.max_bytes, self.size_bytes) if self.autoextend else self.size_bytes


@dataclass
class Tablespace:
    name: str
    files: list[DataFile]
    used_bytes: int
    contents: str = "PERMANENT"
    status: str = "ONLINE"
    bigfile: bool = False
    # UNDO only: used_bytes are its active and unexpired extents and these the expired ones.
    undo_active_bytes: int = 0
    undo_expired_bytes: int = 0

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def limit_bytes(self) -> int:
        return sum(file.limit_bytes for file in self.files)

    @property
    def used_percent(self) -> float:
        """Used of the size that it can reach."""
        return 100.0 * self.used_bytes / self.limit_bytes


@dataclass
class RmanJob:
    """A row of V$RMAN_BACKUP_JOB_DETAILS."""

    started: datetime
    elapsed_seconds: int
    input_type: str
    status: str = "COMPLETED"
    input_bytes: int = 0
    output_bytes: int = 0
    incremental_level: int | None = None


@dataclass
class RecoveryArea:
    """`used_bytes` and `reclaimable_bytes` by file type of V$RECOVERY_AREA_USAGE."""

    path: str
    limit_bytes: int
    used_bytes: dict[str, int]
    reclaimable_bytes: dict[str, int]
    files: dict[str, int]


@dataclass
class Account:
    """A row of DBA_USERS that is no login of the stand-in."""

    name: str
    status: str = "OPEN"
    default_tablespace: str = "USERS"
    maintained: bool = True
    created: datetime = datetime(2019, 4, 17, 0, 56, 32)
    expires: datetime | None = None


@dataclass
class Segment:
    owner: str
    name: str
    kind: str
    tablespace: str
    size_bytes: int


@dataclass
class BackgroundSession:
    """A session of the application or the database itself, beside those that are logged on."""

    sid: int
    serial: int
    user: str | None
    program: str
    machine: str
    status: str = "INACTIVE"
    event: str = "SQL*Net message from client"
    wait_class: str = "Idle"
    kind: str = "USER"


@dataclass
class ResourceLimit:
    name: str
    current: int
    highest: int
    limit: int | None
    initial: int | None = None


@dataclass
class Role:
    """`catalog`: it may read the whole dictionary, as SELECT_CATALOG_ROLE and DBA may."""

    name: str
    privileges: set[str] = field(default_factory=set)
    grants: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    catalog: bool = False


@dataclass
class UserDetails:
    """What CREATE USER says of an account beside its password."""

    created: datetime
    default_tablespace: str = "USERS"
    temporary_tablespace: str = "TEMP"
    profile: str = "DEFAULT"
    all_containers: bool = False
    """CONTAINER_DATA of a common user."""


@dataclass
class TableColumn:
    """`kind` as in seam.py; `size`: characters of text or digits of a number, 0 for no bound."""

    name: str
    kind: str
    size: int = 0
    scale: int | None = None
    nullable: bool = True


@dataclass
class Table:
    """A small table of a user's: rows are lists of Python values."""

    owner: str
    name: str
    columns: list[TableColumn]
    rows: list[list[Any]] = field(default_factory=list)
    key: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.owner}.{self.name}"


def roles() -> dict[str, Role]:
    """The roles that every database has and that matter here."""
    everything = {
        "CREATE SESSION", "ALTER SESSION", "ALTER SYSTEM", "ALTER DATABASE", "CREATE TABLE",
        "ALTER TABLESPACE", "CREATE TABLESPACE", "DROP TABLESPACE", "MANAGE TABLESPACE",
        "CREATE USER", "ALTER USER", "DROP USER", "CREATE ROLE", "DROP ANY ROLE", "GRANT ANY ROLE",
        "GRANT ANY PRIVILEGE", "GRANT ANY OBJECT PRIVILEGE", "SELECT ANY TABLE",
        "INSERT ANY TABLE", "UPDATE ANY TABLE", "DELETE ANY TABLE", "CREATE ANY TABLE",
        "DROP ANY TABLE", "SELECT ANY DICTIONARY", "SET CONTAINER",
    }  # fmt: skip
    known = (
        Role("CONNECT", {"CREATE SESSION", "SET CONTAINER"}),
        Role("RESOURCE", {"CREATE TABLE"}),
        Role("SELECT_CATALOG_ROLE", catalog=True),
        Role("DBA", everything, catalog=True),
    )
    return {role.name: role for role in known}


def utc_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Container:
    """The root, the seed or a pluggable database; `world` holds what is its own."""

    con_id: int
    name: str
    world: World
    open_mode: str = "READ WRITE"

    @property
    def is_open(self) -> bool:
        return self.open_mode.startswith("READ")


@dataclass
class World:
    """`clock` gives aware UTC; `zone` is the database host's."""

    clock: Callable[[], datetime] = utc_clock
    zone: timezone = timezone(timedelta(hours=8))
    name: str = "EBILLDB"
    dbid: int = 3126549871
    host: str = "ebill-db01"
    release: tuple[str, str] = ("19.0.0.0.0", "19.21.0.0.0")
    created: datetime = datetime(2021, 3, 18, 9, 26, 41)
    started: datetime = datetime(2026, 1, 1)
    log_mode: str = "ARCHIVELOG"
    open_mode: str = "READ WRITE"
    scn: int = 48812_773_104
    tablespaces: dict[str, Tablespace] = field(default_factory=dict)
    rman_jobs: list[RmanJob] = field(default_factory=list)
    recovery_area: RecoveryArea | None = None
    archived: list[datetime] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    sessions: list[BackgroundSession] = field(default_factory=list)
    limits: list[ResourceLimit] = field(default_factory=list)
    running: Operation = field(default_factory=Operation)
    upkeep: Upkeep = field(default_factory=Upkeep)
    load: Load = field(default_factory=Load)
    # A multitenant database is a world whose own tablespaces are the root's, with its pluggable
    # databases here: see world/multitenant.py. `con_id` is 0 where there are no containers.
    con_id: int = 0
    container: str = ""
    pluggable: list[Container] = field(default_factory=list)
    first_file: int = 0
    """How many file numbers come before this container's; they are unique in the database."""
    roles: dict[str, Role] = field(default_factory=roles)
    granted_roles: dict[str, set[str]] = field(default_factory=dict)
    """The roles of each user."""
    details: dict[str, UserDetails] = field(default_factory=dict)
    """Of accounts that were made by CREATE USER."""
    tables: dict[str, Table] = field(default_factory=dict)
    """By owner.name."""

    @property
    def is_multitenant(self) -> bool:
        return self.con_id > 0

    def containers(self) -> list[Container]:
        """This container, and from the root the pluggable ones; the seed is not shown."""
        own = Container(self.con_id, self.container or self.name, self, self.open_mode)
        return [own, *self.pluggable]

    def now(self) -> datetime:
        """The host's time, aware, to the microsecond."""
        return self.clock().astimezone(self.zone)

    def local(self) -> datetime:
        """The host's time as a DATE: naive, to the second."""
        return self.now().replace(tzinfo=None, microsecond=0)
