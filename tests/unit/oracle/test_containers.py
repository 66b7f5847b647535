# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pluggable database cannot see of its backups, and what counts as a test of one."""

from __future__ import annotations

import sqlite3

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle import rman_history
from ansible_collections.ebill.ops.plugins.module_utils.oracle.backups import TYPES, observe_rman

from tests.unit.oracle.test_recovery import EMPTY, full, logs, seen

REASON = "backups_of_root"

ASKED: dict[str, tuple[str | None, str, bool]] = {
    # container, database, whether "no backup on record" may mean that it is out of sight
    "a pluggable database": ("EBILLPDB", "EBILLCDB", True),
    "the root": ("CDB$ROOT", "EBILLCDB", False),
    "no containers: the name is the database's": ("EBILLDB", "EBILLDB", False),
    "before 12.1": (None, "EBILLDB", False),
}
HIDEABLE = {"rman_full", "rman_incremental", "rman_archivelog", "rman_jobs", "file_backups",
            "controlfile_backup", "archived_logs", "backup_test"}  # fmt: skip


@pytest.mark.parametrize(("container", "name", "hidden"), ASKED.values(), ids=ASKED)
def test_backups_of_the_root_are_out_of_sight(
    container: str | None, name: str, hidden: bool
) -> None:
    database = [{"name": name, "database_role": "PRIMARY", "log_mode": "ARCHIVELOG"}]
    known = {"database": database, "instance": [{"container": container}]}
    given = {
        "controlfile_backups": [{"backups": 0}],
        "archived_logs": [logs(missing=3, missing_days=90.0)],
    } | known
    found = seen(**given) | observe_rman(EMPTY | given, TYPES)
    blind = {key for key, item in found.items() if item.get("error", {}).get("reason") == REASON}
    assert blind == (HIDEABLE if hidden else set())
    job = observe_rman(EMPTY | known | {"rman_jobs": [full(2)]}, ("full",))
    assert job["rman_full"]["rows"][0]["age_days"] == 2


TESTS = {
    "RESTORE": ("RESTORE", "DB FULL", True),
    "RESTORE VALIDATE": ("RESTORE VALIDATE", None, True),
    "RESTORE PREVIEW": ("RESTORE PREVIEW", None, False),
    "of backup sets": ("VALIDATE", "BACKUPSET", True),
    "of the files in use": ("VALIDATE", "DB FULL", False),
    "of a file in use": ("VALIDATE", "DATAFILE FULL", False),
    "DUPLICATE": ("DUPLICATE", None, True),
    "BACKUP VALIDATE": ("BACKUP VALIDATE", "DB FULL", False),
}


@pytest.mark.parametrize(("operation", "object_type", "counts"), TESTS.values(), ids=TESTS)
def test_what_tests_a_backup(operation: str, object_type: str | None, counts: bool) -> None:
    """By a real SQL engine: the condition is plain SQL but for NVL."""
    (part,) = (part for part in rman_history.PARTS if part.name == "rman_tests")
    (column,) = (column for column in part.columns if column.name == "tested_at")
    with sqlite3.connect(":memory:") as engine:
        engine.create_function("NVL", 2, lambda value, other: other if value is None else value)
        engine.execute("CREATE TABLE t (operation, object_type, status, end_time)")
        engine.execute("INSERT INTO t VALUES (?, ?, 'COMPLETED', 'then')", (operation, object_type))
        ((found,),) = engine.execute(f"SELECT {column.sql} FROM t")
    assert (found == "then") is counts
