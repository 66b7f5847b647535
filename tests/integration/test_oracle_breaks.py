# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every break of the lab's database is found, and by the checks that it concerns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.session import Login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

from lab.oracle.part import OraclePart
from lab.part import running
from tests.integration.oracle_verdicts import verdicts

USER = ("EBILL_DATA", "EBILL_IDX", "EBILL_ARCH", "EBILL_LOG", "USERS")
WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)

RMAN_RECORDS = {
    "rman_full_age",
    "rman_incremental_age",
    "rman_archivelog_age",
    "rman_last_status",
}
NO_FILE_BACKUP = {"backup_oldest_file_age", "backup_controlfile_age"}

BREAKS: dict[str, tuple[set[str], set[str]]] = {
    # break: (checks that fail or warn, checks that cannot tell); "*": all of them
    "oracle.user_tablespace_full": ({"user_tablespace_used"}, set()),
    "oracle.system_tablespace_full": ({"system_tablespace_used"}, set()),
    "oracle.tablespace_warning": ({"user_tablespace_used"}, set()),
    "oracle.autoextend_off_full": ({"user_tablespace_used", "tablespace_allocated"}, set()),
    # what is left of the tablespace is full and cannot grow
    "oracle.datafile_offline": (
        {"datafile_online", "user_tablespace_used", "tablespace_allocated"},
        set(),
    ),
    "oracle.undo_full": ({"undo_tablespace_used", "undo_active_used"}, set()),
    "oracle.temp_full": ({"temp_tablespace_used"}, set()),
    "oracle.rman_failed": ({"rman_last_status", "rman_incremental_age"}, set()),
    "oracle.rman_old": ({"rman_full_age", "rman_incremental_age", *NO_FILE_BACKUP}, set()),
    "oracle.rman_never": (RMAN_RECORDS | NO_FILE_BACKUP, set()),
    "oracle.recovery_area_full": ({"recovery_area_used"}, set()),
    "oracle.listener_silent": (set(), {"*"}),
    "oracle.slow": (set(), {"*"}),
    "oracle.service_unknown": (set(), {"*"}),
    "oracle.instance_starting": ({"instance_open"}, {"*"}),
    "oracle.server_too_old": (set(), {"*"}),
    "oracle.wrong_password": (set(), {"*"}),
    "oracle.account_locked": (set(), {"*"}),
    "oracle.account_expired": (set(), {"*"}),
    "oracle.missing_grant": (
        {"grants_complete"},
        RMAN_RECORDS | {"backup_size", "backup_running", "archive_gaps"},
    ),
    "oracle.listener_down": (set(), {"*"}),
    "oracle.job_broken": ({"jobs_state"}, set()),
    "oracle.objects_invalid": ({"objects_invalid"}, set()),
    "oracle.index_unusable": ({"objects_unusable_indexes"}, set()),
    "oracle.blocks_corrupt": ({"objects_corrupt_blocks"}, set()),
    "oracle.file_not_backed_up": ({"backup_oldest_file_age"}, set()),
    "oracle.archived_log_lost": ({"archive_gaps"}, set()),
    "oracle.started_from_pfile": ({"parameters_spfile"}, set()),
    "oracle.session_blocks": ({"sessions_blocking"}, set()),
    "oracle.session_long": ({"sessions_long", "sessions_operations"}, set()),
    "oracle.processes_full": ({"sessions_used", "sessions_peak"}, set()),
    "oracle.archiver_stuck": ({"instance_archiver", "redo_ready"}, set()),
    "oracle.log_switches": ({"redo_switches"}, set()),
    "oracle.restricted": ({"logins_allowed"}, set()),
    "oracle.redo_member_lost": ({"redo_member_state"}, set()),
    "oracle.undo_errors": ({"undo_no_space", "undo_too_old"}, set()),
    "oracle.alert_errors": ({"alert_errors", "alert_incidents"}, set()),
    "oracle.own_account_expiring": ({"accounts_own_expiry"}, set()),
    "oracle.application_account_expiring": ({"accounts_expiry"}, set()),
    "oracle.standby_behind": ({"standby_lag"}, set()),
    # needs the free space of the server, which is not asked here; see breaks.yml
    "oracle.maximum_too_high": (set(), set()),
    # seen by the performance diagnosis only, see test_performance_diagnosis.py and breaks.yml
    "oracle.sql_scans_table": (set(), set()),
    "oracle.commits_slow": (set(), set()),
    "oracle.statistics_stale": (set(), set()),
    "oracle.memory_short": (set(), set()),
}


def test_every_break_of_the_lab_is_in_the_table() -> None:
    assert {item.id for item in OraclePart().breaks()} == BREAKS.keys()


@pytest.mark.parametrize("break_id", BREAKS)
def test_a_break_of_the_lab_is_found(break_id: str) -> None:
    bad, unknown = BREAKS[break_id]
    with running(OraclePart(), clock=lambda: WEDNESDAY) as lab, lab.broken(break_id):
        given = lab.hostvars["ebilldb"]
        names = ("host", "port", "service", "user", "password")
        where = {name: given[f"inspect_oracle_{name}"] for name in names}
        limits = {"timeout_seconds": 8, "connect_timeout_seconds": 2, "query_timeout_seconds": 3}
        kinds = ("full", "incremental", "archivelog")
        wanted = Wanted(user_tablespaces=USER, rman_expected=kinds, application_accounts=("EBILL",))
        found = verdicts(collect(Login(**where, **limits), wanted))
    every = {check.removeprefix("oracle.") for check in found}
    judged = {check.removeprefix("oracle."): statuses for check, statuses in found.items()}
    assert {check for check in every if judged[check] & {"warn", "fail"}} == bad
    lost = every - bad if unknown == {"*"} else unknown
    assert {check for check in every if "error" in judged[check]} == lost
