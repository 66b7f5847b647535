# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write results into the ledger as they come, and say them in the terminal."""

from __future__ import annotations

DOCUMENTATION = r"""
name: ledger
type: aggregate
short_description: Results of an inspection into the ledger, with live verdicts
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Writes each result of P(ebill.ops.inspect#module) into the ledger when its task ends, shows a
    line for each verdict, and at the end a table by area that adds up.
  - A run that is cancelled or that dies leaves what it still owed as C(not_run) with the reason.
  - Where it cannot write it says so at once, and the run ends non-zero.
options:
  output_dir:
    description: Folder of the ledger, the runs' plans and the documents.
    type: path
    default: ./output
    env:
      - name: EBILL_OUTPUT
    ini:
      - section: callback_ledger
        key: output_dir
  url:
    description:
      - SQLAlchemy URL of the ledger, such as C(postgresql+psycopg://user@host/ebill).
      - An SQLite file in O(output_dir) when empty.
    type: str
    default: ''
    env:
      - name: EBILL_LEDGER_URL
    ini:
      - section: callback_ledger
        key: url
"""

import atexit
import gc
import os
import signal
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import connection_loader, shell_loader
from ansible.template import Templar, trust_as_template
from ansible_collections.ebill.ops.plugins.module_utils.redact import redact
from ansible_collections.ebill.ops.plugins.plugin_utils.inspection import (
    all_errors,
    finish,
    load_plan,
    owed_checks,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.connection import LedgerError
from ansible_collections.ebill.ops.plugins.plugin_utils.ledger.store import Ledger, utc
from ansible_collections.ebill.ops.plugins.plugin_utils.settings import (
    begin,
    configure,
    ledger_url,
)
from ansible_collections.ebill.ops.plugins.plugin_utils.verdicts import (
    summary,
    verdict_lines,
    word,
)

INSPECT = "ebill.ops.inspect"
EXIT_NOTHING_INSPECTED = 3
# Ansible itself ends with 1, 2, 4, 5, 6, 99 and 250.
EXIT_LEDGER = 7
STOP_SECONDS = 3


def _preload() -> None:
    """Load once, here in the main process, what a worker for each target would load again.

    Frozen objects are left alone by the collector, so that a fork does not copy their pages.
    """
    connection_loader.get("ansible.builtin.ssh", class_only=True)
    shell_loader.get("ansible.builtin.sh", class_only=True)
    templar = Templar(variables={"areas": ["host"]})
    templar.template(trust_as_template("{{ areas }}"))
    templar.evaluate_conditional(trust_as_template("'host' in areas"))
    gc.collect()
    gc.freeze()


class CallbackModule(CallbackBase):
    """See DOCUMENTATION. Its state is the run that the play opened, and its ledger."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "ebill.ops.ledger"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, display: Any = None, options: Any = None) -> None:
        super().__init__(display=display, options=options)
        self._pid = os.getpid()
        self._run: dict[str, Any] | None = None
        self._plan: dict[str, Any] = {}
        self._ledger: Ledger | None = None
        self._reports: list[dict[str, Any]] = []
        self._wanted = False
        self._broken = False
        self._writing = False
        self._told: tuple[int, Any] | None = None
        self._ansible_stop: dict[int, Any] = {}

    def set_options(
        self, task_keys: Any = None, var_options: Any = None, direct: Any = None
    ) -> None:
        """Read the options and hand them to our actions."""
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        configure(self.get_option("output_dir"), self.get_option("url"))

    # -- hooks ---------------------------------------------------------------------------------

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Note that this playbook means to inspect, even if no host will match."""
        self._wanted = self._wanted or bool(play.get_vars().get("ebill_inspection"))

    def v2_runner_on_ok(self, result: Any) -> None:
        """Take what our actions return; every other task is none of our business."""
        body = result.result
        if isinstance(body.get("ebill_run"), dict) and self._run is None:
            self._open(body["ebill_run"])
        elif isinstance(body.get("check_results"), list):
            self._record(body)
        elif isinstance(body.get("ebill_report"), dict):
            self._reports.append(body["ebill_report"])

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Answer for a task that failed before it could look: its checks are errors."""
        self._record_failure(result, "crashed", str(result.result.get("msg", "")))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Answer for a task whose connection failed outside of the action."""
        self._record_failure(result, "unreachable", str(result.result.get("msg", "")))

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Close the run, show the table, and end non-zero where nothing was inspected."""
        if self._run is None:
            self._show_documents()
            if self._wanted:
                self._display.error("nothing was inspected: no run was opened")
                raise SystemExit(EXIT_NOTHING_INSPECTED)
            return
        self._guarded(self._settle, "complete", "not_run", "no task of the run answered")
        self._guarded(self._show_summary)
        self._close()
        if self._broken:
            raise SystemExit(EXIT_LEDGER)

    # -- work ----------------------------------------------------------------------------------

    def _open(self, run: dict[str, Any]) -> None:
        self._run = run
        begin(run)
        self._plan = load_plan(Path(run["folder"]))
        self._guarded(self._connect)
        _preload()
        # on_stats does not come when the run is told to stop.
        for number in (signal.SIGINT, signal.SIGTERM):
            self._ansible_stop[number] = signal.signal(number, self._stop)
        atexit.register(self._cancelled)
        keys = ("id", "quarter", "targets", "owed")
        if run["expired"]:
            broken = ", ".join(run["expired"])
            self._display.display(word(self._language, "expired", runs=broken), color="yellow")
        self._display.display(word(self._language, "open", **{key: run[key] for key in keys}))

    def _connect(self) -> None:
        self._ledger = Ledger(ledger_url())

    @property
    def _language(self) -> str:
        return str((self._run or {}).get("language", "zh"))

    def _record(self, body: dict[str, Any]) -> None:
        results, now = body["check_results"], datetime.now(UTC)
        place = {"target": body["target"], "area": body["area"]}
        evidence = body.get("evidence") and {
            **place,
            "collected": utc(now),
            "text": body["evidence"],
        }
        bookmarks = body.get("bookmarks") and {**place, "body": body["bookmarks"]}
        self._guarded(self._write, results, evidence, bookmarks, now)
        for line, colour in verdict_lines(results, self._plan["checks"], self._language):
            self._display.display(line, color=colour)

    def _write(self, results: Any, evidence: Any, bookmarks: Any, now: datetime) -> None:
        if self._ledger and self._run:
            self._ledger.record(self._run["id"], results, evidence, bookmarks, now)

    def _record_failure(self, result: Any, reason: str, message: str) -> None:
        if self._run is None or result.task.action != INSPECT:
            return
        target, area = result.host.get_name(), str(result.task.args.get("area"))
        detail = redact(" ".join(message.split()))[:200]
        checks = owed_checks(self._plan, target, area)
        errors = all_errors(self._plan, checks, target, reason, detail)
        results, _evidence = finish(self._plan, errors, {}, datetime.now(UTC), 0.0)
        self._record({"check_results": results, "target": target, "area": area})

    def _settle(self, state: str, reason: str, detail: str) -> None:
        if self._ledger and self._run:
            now = datetime.now(UTC)
            self._ledger.settle(self._run["id"], state, now, reason, detail)

    def _cancelled(self) -> None:
        """At exit: a run that is still open ended before its last play."""
        if os.getpid() == self._pid and self._run is not None:
            self._guarded(self._settle, "cancelled", "cancelled", "exit")
            self._close()

    def _close(self) -> None:
        """Leave the ledger as one file: the last connection takes SQLite's -wal in."""
        if self._ledger:
            self._ledger.close()
            self._ledger = None

    def _stop(self, number: int, frame: Any) -> None:
        """Settle the run by a connection of its own, then let Ansible do what it does.

        A write of ours holds the ledger, so it is ended first. Ansible's KeyboardInterrupt can be
        lost on the way, and its workers are gone then: the alarm ends what still waits for them.
        """
        if self._writing:
            self._told = (number, frame)
            return
        run, self._run = self._run, None
        if run is not None and os.getpid() == self._pid:
            with suppress(LedgerError):
                ledger, now = Ledger(ledger_url(), STOP_SECONDS), datetime.now(UTC)
                name = signal.Signals(number).name
                left = ledger.settle(run["id"], "cancelled", now, "cancelled", name)
                said = word(str(run["language"]), "cancelled", n=left)
                os.write(2, f"\n{said}\n".encode())
            signal.setitimer(signal.ITIMER_REAL, 2 * STOP_SECONDS)
        handler = self._ansible_stop[number]
        if callable(handler):
            handler(number, frame)

    def _show_summary(self) -> None:
        if not (self._ledger and self._run):
            return
        run, language = self._run["id"], self._language
        row, results = self._ledger.run(run), self._ledger.results(run)
        areas = [(a["id"], a["title"][language]) for a in row["definitions"]["areas"]]
        missing = len(self._ledger.missing(run))
        self._display.display("")
        for line in summary(results, areas, self._run["owed"], missing, language):
            self._display.display(line)
        self._show_documents()

    def _show_documents(self) -> None:
        for report in self._reports:
            self._display.display(word(report["language"], "documents"))
            for path in report["files"].values():
                self._display.display(f"  {path}")

    def _guarded(self, work: Any, *arguments: Any) -> None:
        """Ansible swallows a callback's exceptions: say them, and end non-zero at the end."""
        self._writing = True
        try:
            work(*arguments)
        except LedgerError as error:
            if not self._broken:
                self._display.error(str(error), wrap_text=False)
            self._broken = True
        finally:
            self._writing = False
        told, self._told = self._told, None
        if told:
            self._stop(*told)
