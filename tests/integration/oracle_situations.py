# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The situations of tests/truth/tablespaces.yml as rows of Oracle's views."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.ebill.ops.plugins.module_utils.judge import judge
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted
from ansible_collections.ebill.ops.plugins.plugin_utils.catalogue import (
    compile_check,
    load,
    resolve_settings,
)

MIB = 2**20
Case = Mapping[str, Any]
Rows = list[dict[str, Any]]
SITUATIONS: list[Case] = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "truth" / "tablespaces.yml").read_text("utf-8")
)
CHECKS = {
    "user": "oracle.user_tablespace_used",
    "readonly": "oracle.readonly_tablespace_used",
    "other": "oracle.other_tablespace_used",
    "system": "oracle.system_tablespace_used",
    "undo": "oracle.undo_tablespace_used",
    "undo_active": "oracle.undo_active_used",
    "temp": "oracle.temp_tablespace_used",
    "allocated": "oracle.tablespace_allocated",
    "sys_allocated": "oracle.system_tablespace_allocated",
    "state": "oracle.tablespace_online",
    "file": "oracle.datafile_online",
    "room": "oracle.disk_room",
}
_CATALOGUE = load()


def wanted(case: Case) -> Wanted:
    """What the site says in this situation."""
    disks = {mount: int(free * MIB) for mount, (_size, free) in case.get("disks", {}).items()}
    return Wanted(
        gather=("instance", "tablespaces", "temp_undo", "growth"),
        user_tablespaces=case.get("user", ()),
        read_only_tablespaces=case.get("read_only", ()),
        disks=disks,
    )


def view_rows(case: Case) -> dict[str, Rows]:
    """The rows of each view; sizes in bytes, sums spread over two rows as Oracle would."""
    spaces = case.get("spaces") or {"EBILL_DATA": ["PERMANENT", "ONLINE"]}
    files = [_file(row, number) for number, row in enumerate(case.get("files", ()), 1)]
    for row in files:
        row["ONLINE_STATUS"] = row.pop("STATE", "ONLINE")
    temp_files = [_file(row, number) for number, row in enumerate(case.get("temp_files", ()), 1)]
    for row in temp_files:
        row["STATUS"] = row["STATUS"] if row["STATUS"] == "OFFLINE" else "ONLINE"
        row.pop("STATE", None)
    return {
        "TABLESPACES": [
            {**_key(name), "CONTENTS": contents, "STATUS": status, "BIGFILE": "NO"}
            for name, (contents, status) in spaces.items()
        ],
        "DATA_FILES": files,
        "FREE_SPACE": [
            {**_key(name), "FILE_ID": 1, "BYTES": part}
            for name, size in case.get("free", {}).items()
            for part in _halves(size)
        ],
        "TEMP_FILES": temp_files,
        "TEMP_FREE_SPACE": [
            {**_key(name), "TABLESPACE_SIZE": int(size * MIB), "FREE_SPACE": int(free * MIB)}
            for name, (size, free) in case.get("temp", {}).items()
        ],
        "UNDO_EXTENTS": [
            {**_key(name), "STATUS": status, "BYTES": part}
            for name, sizes in case.get("undo", {}).items()
            for status, size in sizes.items()
            for part in _halves(size)
        ],
        "DISKGROUPS": [
            {"NAME": name, "STATE": "CONNECTED", "TOTAL_MB": 100000, "USABLE_FILE_MB": usable}
            for name, usable in case.get("groups", {}).items()
        ],
        "METRICS": [
            {**_key(name), "USED_PERCENT": percent}
            for name, percent in case.get("metrics", {}).items()
        ],
    }


def _key(name: str) -> dict[str, Any]:
    container, found, plain = name.partition(":")
    return {"CON_ID": int(container) if found else None, "TABLESPACE_NAME": plain or container}


def _halves(size: float) -> Iterator[int]:
    whole = int(size * MIB)
    yield whole // 2
    yield whole - whole // 2


def _file(entry: list[Any], number: int) -> dict[str, Any]:
    name, size, grows_to, *more = entry
    given = {"name": f"/u01/{number}.dbf", **(more[0] if more else {})}
    most = 0 if grows_to is None else grows_to
    row = {
        **_key(name),
        "FILE_NAME": given.pop("name"),
        "FILE_ID": number,
        "BYTES": None if size is None else int(size * MIB),
        "MAXBYTES": int(most * MIB),
        "AUTOEXTENSIBLE": "NO" if grows_to is None else "YES",
        "STATUS": "AVAILABLE",
    }
    if "maxbytes" in given:
        most = given.pop("maxbytes")
        row["MAXBYTES"] = None if most is None else int(most * MIB)
    return row | {key.upper(): value for key, value in given.items()}


def judged(case: Case, observations: Mapping[str, Any]) -> dict[str, Any]:
    """``{"<check> <part>": [status, observed]}`` of the checks that the case names."""
    settings = resolve_settings(_CATALOGUE, {})
    found: dict[str, Any] = {}
    for short in dict.fromkeys(label.partition(" ")[0] for label in case["expect"]):
        check = compile_check(_CATALOGUE, CHECKS[short], settings)
        for result in judge(check, observations[check["observation"]], "ebilldb"):
            label = short if result["part"] is None else f"{short} {result['part']}"
            value = result.get("observed")
            found[label] = [
                result["status"],
                round(value, 6) if isinstance(value, float) else value,
            ]
    return found
