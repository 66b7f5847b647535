# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduled jobs: the scheduler's, those of DBMS_JOB, and the nightly statistics (ENV-03).

Jobs of the e-bill schemas are judged, those of others only shown. A disabled job is nobody's
concern: it was switched off by somebody. A job that fails until MAX_FAILURES becomes BROKEN.
Ages count in UTC, for the scheduler's times carry a time zone of their own. The texts of jobs
and of their errors (JOB_ACTION, WHAT, ADDITIONAL_INFO) may hold patient data and are never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import (
    Answers,
    Observation,
    Row,
    absent,
    error,
    first_problem,
    rows,
    rows_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import (
    container_of,
    kind_of_owner,
    labelled,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part, number, text
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

STATISTICS = "auto optimizer stats collection"
_MOST_FAILURES = 16
"""Then DBMS_JOB marks a job as broken by itself."""
_NOW = "CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS DATE)"


def _newest_age(column: str, only: str = "") -> str:
    """SQL: days since the newest of these times, of those rows only that have ``only``."""
    moment = f"CAST(SYS_EXTRACT_UTC({column}) AS DATE)"
    if only:
        moment = f"CASE WHEN {only} THEN {moment} END"
    return f"ROUND({_NOW} - MAX({moment}), 4)"


PARTS = (
    # Steps of a running chain have a JOB_SUBNAME; the chain's own row speaks for them.
    Part(
        "scheduler_jobs",
        "DBA_SCHEDULER_JOBS",
        (
            text("owner"),
            text("job_name"),
            text("state"),
            number("failure_count"),
            number("last_start_days", f"ROUND({_NOW} - "
                   "CAST(SYS_EXTRACT_UTC(last_start_date) AS DATE), 4)"),
        ),
        "WHERE job_subname IS NULL AND job_name NOT LIKE 'ORA$AT%'",
        max_rows=5000,
        by_container=True,
        lane="jobs",
    ),
    # The scheduler keeps 30 days of these by default (attribute LOG_HISTORY).
    Part(
        "job_runs",
        "DBA_SCHEDULER_JOB_RUN_DETAILS",
        (
            text("owner"),
            text("job_name"),
            number("runs", "COUNT(*)"),
            number("failures", "SUM(CASE WHEN status = 'FAILED' THEN 1 ELSE 0 END)"),
            number("succeeded_days", _newest_age("log_date", "status = 'SUCCEEDED'")),
            number("failed_days", _newest_age("log_date", "status = 'FAILED'")),
            number("error_code", "MAX(CASE WHEN status = 'FAILED' THEN error# END)"),
        ),
        "WHERE log_date > SYSTIMESTAMP - INTERVAL '7' DAY AND job_name NOT LIKE 'ORA$AT%'"
        " GROUP BY owner, job_name",
        max_rows=5000,
        by_container=True,
        lane="jobs",
    ),
    Part(
        "old_jobs",
        "DBA_JOBS",
        (
            number("job"),
            text("schema_user"),
            text("broken"),
            number("failures"),
            number("last_good_days", "ROUND(SYSDATE - last_date, 4)"),
        ),
        max_rows=5000,
        by_container=True,
        lane="jobs",
    ),
    Part(
        "autotask_clients",
        "DBA_AUTOTASK_CLIENT",
        (text("client_name"), text("status")),
        f"WHERE client_name = '{STATISTICS}'",
        max_rows=500,
        by_container=True,
        lane="jobs",
    ),
    Part(
        "autotask_runs",
        "DBA_AUTOTASK_JOB_HISTORY",
        (
            text("client_name"),
            number("runs", "COUNT(*)"),
            number("good_runs", "SUM(CASE WHEN job_status = 'SUCCEEDED' THEN 1 ELSE 0 END)"),
            number("last_days", _newest_age("job_start_time")),
            number("good_days", _newest_age("job_start_time", "job_status = 'SUCCEEDED'")),
        ),
        f"WHERE client_name = '{STATISTICS}' GROUP BY client_name",
        max_rows=500,
        by_container=True,
        lane="jobs",
    ),
)  # fmt: skip

MAKES: dict[str, tuple[str, ...]] = {
    "jobs_overview": ("scheduler_jobs", "job_runs", "old_jobs"),
    "scheduler_jobs": ("scheduler_jobs", "job_runs", "containers"),
    "old_jobs": ("old_jobs", "containers"),
    "statistics_task": ("autotask_clients", "autotask_runs", "containers"),
}


def observe(answers: Answers, wanted: Wanted) -> dict[str, Observation]:
    """Return the observations of MAKES.

    ``scheduler_jobs`` and ``old_jobs`` have a row for each job that is not well; all others are
    counted in ``jobs_overview``. ``statistics_task`` has a row for each container.
    """
    return {
        "jobs_overview": _overview(answers, wanted),
        "scheduler_jobs": _scheduler(answers, wanted),
        "old_jobs": _old(answers, wanted),
        "statistics_task": _statistics(answers),
    }


def _key(row: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return row.get("con_id"), row.get("owner"), row.get("job_name")


def _state(job: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    """``good``, ``disabled``, ``broken``, ``failed``, ``stalled``; the last run decides.

    FAILED is the state of a job that ran once and failed; a repeating one is SCHEDULED again, or
    RETRY SCHEDULED, and only its runs tell. A run that was stopped is neither good nor bad.
    """
    state = str(job.get("state"))
    if state == "DISABLED":
        return "disabled"
    if state in ("BROKEN", "FAILED"):
        return state.lower()
    if state == "CHAIN_STALLED":
        return "stalled"
    failed, good = run.get("failed_days"), run.get("succeeded_days")
    if failed is not None and (good is None or failed < good):
        return "failed"
    return "good"


def _scheduler(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "scheduler_jobs", "job_runs")
    if problem:
        return error(problem)
    runs = {_key(run): run for run in rows_of(answers, "job_runs")}
    found: list[Row] = []
    for job in rows_of(answers, "scheduler_jobs"):
        run = runs.get(_key(job), {})
        state = _state(job, run)
        if state in ("good", "disabled"):
            continue
        code = run.get("error_code")
        found.append(
            {
                "job": labelled(f"{job.get('owner')}.{job.get('job_name')}", job, answers),
                "kind": kind_of_owner(job.get("owner"), wanted),
                "state": state,
                "failures": run.get("failures", 0),
                "runs": run.get("runs", 0),
                "failures_in_all": job.get("failure_count"),
                "error_code": f"ORA-{code:05d}" if isinstance(code, int) and code else None,
                "last_start_days": job.get("last_start_days"),
            }
        )
    return rows(found)


def _old(answers: Answers, wanted: Wanted) -> Observation:
    """A failed job of DBMS_JOB is tried again, and is broken after 16 failures in a row.

    With fewer of them somebody marked it as broken (DBMS_JOB.BROKEN): ``stopped``.
    """
    problem = first_problem(answers, "old_jobs")
    if problem:
        return error(problem)
    return rows(
        [
            {
                "job": labelled(f"{job.get('schema_user')} #{job.get('job')}", job, answers),
                "kind": kind_of_owner(job.get("schema_user"), wanted),
                "state": _old_state(job),
                "failures": job.get("failures") or 0,
                "last_good_days": job.get("last_good_days"),
            }
            for job in rows_of(answers, "old_jobs")
            if job.get("broken") == "Y" or job.get("failures")
        ]
    )


def _old_state(job: Mapping[str, Any]) -> str:
    if job.get("broken") != "Y":
        return "failed"
    return "broken" if (job.get("failures") or 0) >= _MOST_FAILURES else "stopped"


def _overview(answers: Answers, wanted: Wanted) -> Observation:
    problem = first_problem(answers, "scheduler_jobs", "job_runs", "old_jobs")
    if problem:
        return error(problem)
    jobs = [
        job
        for job in rows_of(answers, "scheduler_jobs")
        if kind_of_owner(job.get("owner"), wanted) == "site"
    ]
    runs = [
        run
        for run in rows_of(answers, "job_runs")
        if kind_of_owner(run.get("owner"), wanted) == "site"
    ]
    old = [
        job
        for job in rows_of(answers, "old_jobs")
        if kind_of_owner(job.get("schema_user"), wanted) == "site"
    ]
    row = {
        "jobs": len(jobs) + len(old),
        "disabled": sum(job.get("state") == "DISABLED" for job in jobs),
        "runs": sum(run.get("runs") or 0 for run in runs),
        "failures": sum(run.get("failures") or 0 for run in runs),
    }
    return rows([row]) if jobs or old else absent("not_listed", "DBA_SCHEDULER_JOBS, DBA_JOBS")


def _statistics(answers: Answers) -> Observation:
    problem = first_problem(answers, "autotask_clients", "autotask_runs")
    if problem:
        return error(problem)
    runs = {run.get("con_id"): run for run in rows_of(answers, "autotask_runs")}
    found: list[Row] = []
    for client in rows_of(answers, "autotask_clients"):
        if client.get("status") != "ENABLED":
            continue
        run = runs.get(client.get("con_id"), {})
        found.append(
            {
                "container": container_of(client, answers),
                "state": "ran" if run.get("good_runs") else "never",
                "good_days": run.get("good_days"),
                "last_days": run.get("last_days"),
                "runs": run.get("runs", 0),
                "good_runs": run.get("good_runs", 0),
            }
        )
    return rows(found) if found else absent("not_configured", STATISTICS.upper())
