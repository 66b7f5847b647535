# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers: their views, and the green world as a multitenant database.

The root holds what is the instance's and its own few tablespaces; EBILLPDB holds the e-bill system,
ARCHPDB the closed years. The seed has CON_ID 2 and is in V$CONTAINERS and V$PDBS only.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from datetime import datetime

from lab.oracle.world.green import green_world
from lab.oracle.world.model import Account, Container, Segment, Tablespace, World, utc_clock
from lab.oracle.world.views import Row, Sight, view

ROOT, SEED, PDB, ARCHIVE = "CDB$ROOT", "PDB$SEED", "EBILLPDB", "ARCHPDB"
SYSTEM_SPACES = ("SYSTEM", "SYSAUX", "UNDOTBS1", "TEMP", "USERS")
RELEASES = {
    "11.2": ("11.2.0.4.0", "11.2.0.4.0"),
    "12.1": ("12.1.0.2.0", "12.1.0.2.0"),
    "12.2": ("12.2.0.1.0", "12.2.0.1.0"),
    "19": ("19.0.0.0.0", "19.21.0.0.0"),
    "23": ("23.0.0.0.0", "23.5.0.24.07"),
}


def _container(sight: Sight, con_id: int, name: str, open_mode: str) -> Row:
    return {
        "CON_ID": con_id,
        "DBID": sight.world.dbid + con_id,
        "CON_UID": sight.world.dbid + con_id if con_id > 1 else con_id,
        "GUID": bytes([con_id]) * 16,
        "NAME": name,
        "OPEN_MODE": open_mode,
        "RESTRICTED": "NO" if open_mode.startswith("READ") else None,
        "OPEN_TIME": sight.world.started,
        "BLOCK_SIZE": 8192,
        "RECOVERY_STATUS": "ENABLED",
    }


@view("V$CONTAINERS")
def v_containers(sight: Sight) -> Iterable[Row]:
    """A database that is no CDB shows itself alone, as container 0."""
    for one in sight.world.containers():
        yield _container(sight, one.con_id, one.name, one.open_mode)
        if one.con_id == 1:
            yield _container(sight, 2, SEED, "READ ONLY")


@view("V$PDBS")
def v_pdbs(sight: Sight) -> Iterable[Row]:
    """Empty where there are no containers."""
    for row in v_containers(sight):
        if row["CON_ID"] > 1:
            yield row


@view("DBA_PDBS")
def dba_pdbs(sight: Sight) -> Iterable[Row]:
    for row in v_pdbs(sight):
        yield {
            "PDB_ID": row["CON_ID"],
            "PDB_NAME": row["NAME"],
            "DBID": row["DBID"],
            "CON_UID": row["CON_UID"],
            "GUID": row["GUID"],
            "STATUS": "NORMAL",
        }


def at_release(world: World, release: str) -> World:
    """The world as an older or newer server would have it; `release` is a key of RELEASES."""
    world.release = RELEASES[release]
    world.parameters["compatible"] = world.release[0]
    return world


def pluggable(
    root: World,
    con_id: int,
    name: str,
    tablespaces: dict[str, Tablespace],
    accounts: list[Account],
    segments: list[Segment],
) -> Container:
    """A container of `root`: what is the instance's is shared with it."""
    before = sum(len(space.files) for one in root.containers() for space in _spaces(one))
    world = dataclasses.replace(
        root,
        con_id=con_id,
        container=name,
        tablespaces=tablespaces,
        accounts=accounts,
        segments=segments,
        pluggable=[],
        first_file=before,
    )
    return Container(con_id, name, world)


def _spaces(container: Container) -> list[Tablespace]:
    return list(container.world.tablespaces.values())


def _moved(spaces: dict[str, Tablespace], folder: str) -> dict[str, Tablespace]:
    """The same tablespaces with their files in a folder of the container's own."""
    for space in spaces.values():
        for file in space.files:
            head, _, tail = file.path.rpartition("/")
            file.path = f"{head}/{folder}/{tail}"
    return spaces


def multitenant_world(clock: Callable[[], datetime] = utc_clock, release: str = "19") -> World:
    """The green world in a container database: root, EBILLPDB (3) and ARCHPDB (4)."""
    root = at_release(green_world(clock), release)
    everything, accounts, segments = root.tablespaces, root.accounts, root.segments
    root.con_id, root.container = 1, ROOT
    root.tablespaces = {name: everything[name] for name in SYSTEM_SPACES}
    root.accounts = [one for one in accounts if one.maintained]
    root.segments = [one for one in segments if one.owner == "SYS"]
    ebill = _moved(green_world(clock).tablespaces, PDB)
    archive = _moved({n: green_world(clock).tablespaces[n] for n in SYSTEM_SPACES}, ARCHIVE)
    archive["EBILL_ARCH"] = ebill.pop("EBILL_ARCH")
    root.pluggable.append(pluggable(root, 3, PDB, ebill, accounts, segments))
    root.pluggable.append(pluggable(root, 4, ARCHIVE, archive, root.accounts, []))
    return root
