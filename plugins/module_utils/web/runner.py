# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One visit to a site: certificate, health, one log-in, all flows, log-out.

Whose fault what is, problem.py decides; a flow behind a log-in that did not work is an `error`
with the log-in's reason, for the log-in is the one finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ansible_collections.ebill.ops.plugins.module_utils.probe.certificate import (
    Server,
    read_certificate,
)
from ansible_collections.ebill.ops.plugins.module_utils.probe.net import connect, hang_up
from ansible_collections.ebill.ops.plugins.module_utils.probe.problem import (
    Broken,
    CouldNotLook,
    Observation,
    Row,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.flow import Flow, Site, Step, fill
from ansible_collections.ebill.ops.plugins.module_utils.web.health import read_health
from ansible_collections.ebill.ops.plugins.module_utils.web.outcome import (
    Verdict,
    evaluate,
    expected,
)
from ansible_collections.ebill.ops.plugins.module_utils.web.page import extract
from ansible_collections.ebill.ops.plugins.module_utils.web.session import Session

NAMES = (
    "login",
    "flows",
    "flow_times",
    "pages",
    "page_times",
    "health",
    "health_counts",
    "certificate",
)
"""The observations that are always returned."""

LOGOUT_SECONDS = 5.0
"""What the log-out may take beyond the whole time, so that no session is left on the site."""

NO_SESSION = frozenset({"login_refused", "refused", "reset", "no_answer"})
"""After these the site holds no session that would have to be ended."""


@dataclass(frozen=True)
class Visited:
    """What a visit gave: all of NAMES, and what became of the one attempt to log in.

    `login_attempt`: none (nothing was asked of the log-in), good, or failed.
    """

    observations: dict[str, Observation]
    login_attempt: str


async def inspect(site: Site, now: datetime) -> Visited:
    """Visit the site; all of NAMES come back, whatever happens."""
    try:
        session = Session(site)
    except CouldNotLook as error:
        return Visited({key: {"error": error.as_error()} for key in NAMES}, "none")
    async with session:
        visit = Visit(site, session)
        observations = await visit.run(now)
        return Visited(observations, visit.login_attempt)


class Visit:
    """The state of one visit: what was extracted, and the rows so far."""

    def __init__(self, site: Site, session: Session) -> None:
        self._site = site
        self._session = session
        self._values = {"user": site.user, "password": site.password}
        self.login_attempt = "none"
        self._flows: list[Row] = []
        self._flow_times: list[Row] = []
        self._pages: list[Row] = []
        self._times: list[Row] = []

    async def run(self, now: datetime) -> dict[str, Observation]:
        """Do everything and return the observations, without a secret in them."""
        found: dict[str, Observation] = {}
        try:
            _reader, writer, _seconds = await connect(*self._session.origin[1:], self._session.left)
            await hang_up(writer)
        except (Broken, CouldNotLook) as error:
            self._unreachable(error, found)
        else:
            found["certificate"] = await self._certificate(now)
            found |= await read_health(self._session, self._site.health)
            await self._flows_after_login(found)
        found["flows"] = {"rows": self._flows}
        found["flow_times"] = {"rows": self._flow_times}
        found["pages"] = {"rows": self._pages}
        found["page_times"] = {"rows": self._times}
        return self._scrub(found)

    def _unreachable(self, error: Broken | CouldNotLook, found: dict[str, Observation]) -> None:
        """Nothing answers: that is the log-in's finding, and why the rest is unknown."""
        reason = error if isinstance(error, CouldNotLook) else self._reason(error)
        unknown: Observation = {"error": reason.as_error()}
        found |= dict.fromkeys(("health", "health_counts", "certificate"), unknown)
        found["login"] = unknown
        if isinstance(error, Broken):
            found["login"] = {"rows": [self._login_row(Verdict(error.outcome, error.seen))]}
        self._skip(self._site.flows, reason)

    async def _certificate(self, now: datetime) -> Observation:
        scheme, host, port = self._session.origin
        if scheme != "https":
            return {"absent": {"reason": "not_listed", "detail": "TLS"}}
        try:
            server = Server(host, port, ca_file=self._site.ca_file)
            return {"rows": [await read_certificate(server, self._session.left, now)]}
        except CouldNotLook as error:
            return {"error": error.as_error()}
        except Broken as broken:
            return {"error": self._reason(broken).as_error()}

    async def _flows_after_login(self, found: dict[str, Observation]) -> None:
        """Log in once, run the flows, log out."""
        if not self._site.login:
            # No log-in was tried, so nothing is known of it: not "there is none here".
            found["login"] = {"error": {"reason": "not_configured", "detail": "login"}}
            await self._run_flows()
            return
        if not self._site.attempt_login:
            refused = CouldNotLook("login_not_repeated", self._session.endpoint)
            found["login"] = {"error": refused.as_error()}
            self._skip(self._site.flows, refused)
            return
        try:
            verdict, step = await self._login()
        except CouldNotLook as error:
            found["login"] = {"error": error.as_error()}
            self._skip(self._site.flows, error)
            return
        self.login_attempt = "good" if verdict.good else "failed"
        row = self._login_row(verdict, step)
        found["login"] = {"rows": [row]}
        if verdict.good:
            await self._run_flows()
        else:
            self._skip(self._site.flows, self._why_not_reached(verdict, step))
        if verdict.outcome not in NO_SESSION:
            row["logged_out"] = await self._logout()

    async def _login(self) -> tuple[Verdict, Step]:
        """Take the log-in's steps; the first that fails, or the last, is its verdict."""
        for step in self._site.login:
            if step.sends_password:
                # Until the answer is there, and if none comes, the attempt counts as failed.
                self.login_attempt = "failed"
            verdict = await self._take(step, self._site.refused_text)
            if not verdict.good:
                break
        return verdict, step

    async def _logout(self) -> bool:
        """Try to log out, however the flows ended; False when it did not work or is not known."""
        self._session.grant(LOGOUT_SECONDS)
        try:
            verdicts = [await self._take(step) for step in self._site.logout]
        except CouldNotLook:
            return False
        return bool(verdicts) and all(verdict.good for verdict in verdicts)

    async def _run_flows(self) -> None:
        for position, flow in enumerate(self._site.flows):
            try:
                await self._run_flow(flow)
            except CouldNotLook as error:
                # What stops us here (our time, our route) stops the flows after it too.
                self._skip(self._site.flows[position:], error)
                return

    async def _run_flow(self, flow: Flow) -> None:
        """Take a flow's steps until one fails; the rest of its pages were not reached."""
        total = 0.0
        for position, step in enumerate(flow.steps):
            verdict = await self._take(step)
            self._add_page(flow, step, verdict)
            total += verdict.elapsed_seconds or 0.0
            if not verdict.good:
                reason = CouldNotLook("not_reached", step.name)
                for later in flow.steps[position + 1 :]:
                    self._skip_page(flow, later, reason)
                break
        row = {"flow": flow.name, "function": flow.function}
        self._flows.append(row | self._fields(verdict, step))
        self._flow_times.append(row | self._time(verdict, total))

    async def _take(self, step: Step, refused_text: Sequence[str] | None = None) -> Verdict:
        """Take one step: one request, and the values that later steps need."""
        quoted = {name: quote(value, safe="") for name, value in self._values.items()}
        try:
            path = fill(step.path, quoted)
            form = {name: fill(value, self._values) for name, value in step.form}
        except KeyError as error:
            return Verdict("value_missing", f"× {{{error.args[0]}}}")
        try:
            page = await self._session.open(step.request, path, form or None)
        except Broken as broken:
            return Verdict(broken.outcome, broken.seen)
        verdict = evaluate(page, step.expect, self._site.error_text, refused_text)
        if not verdict.good:
            return verdict
        for name, rule in step.extract:
            value = extract(page.source, rule)
            if value is None:
                return Verdict("value_missing", f"{verdict.seen}, × {rule}", page.status)
            self._values[name] = value
        return verdict

    def _add_page(self, flow: Flow, step: Step, verdict: Verdict) -> None:
        row = {"flow": flow.name, "page": step.name}
        self._pages.append(row | self._fields(verdict, step))
        self._times.append(row | self._time(verdict, verdict.elapsed_seconds))

    def _time(self, verdict: Verdict, seconds: float | None) -> Row:
        """A time is one of an answer, also of a wrong one; without an answer there is none."""
        if verdict.elapsed_seconds is None:
            return {"error": self._reason(verdict).as_error()}
        return {"elapsed_seconds": seconds}

    def _skip(self, flows: Sequence[Flow], reason: CouldNotLook) -> None:
        """Name every flow and page that is not looked at any more, once each."""
        reached = {row["page"] for row in self._pages}
        for flow in flows:
            row = {"flow": flow.name, "function": flow.function, "error": reason.as_error()}
            self._flows.append(row)
            self._flow_times.append(row)
            for step in flow.steps:
                if step.name not in reached:
                    self._skip_page(flow, step, reason)

    def _skip_page(self, flow: Flow, step: Step, reason: CouldNotLook) -> None:
        row = {"flow": flow.name, "page": step.name, "error": reason.as_error()}
        self._pages.append(row)
        self._times.append(row)

    def _login_row(self, verdict: Verdict, step: Step | None = None) -> Row:
        last = step or (self._site.login[-1] if self._site.login else None)
        row: Row = {"endpoint": self._session.endpoint, "logged_out": False}
        return row | self._fields(verdict, last)

    def _why_not_reached(self, verdict: Verdict, step: Step) -> CouldNotLook:
        """Say why what lies behind this log-in could not be looked at."""
        if verdict.outcome in NO_SESSION:
            return self._reason(verdict)
        return CouldNotLook("not_reached", f"{step.name}: {verdict.seen}")

    def _fields(self, verdict: Verdict, step: Step | None) -> Row:
        return {
            "outcome": verdict.outcome,
            "ok": verdict.good,
            "status_code": verdict.status_code,
            "elapsed_seconds": verdict.elapsed_seconds,
            "missing_text": " ".join(verdict.missing),
            "found_text": " ".join(verdict.found),
            "failed_step": step.name if step and not verdict.good else "",
            "expected": expected(step.expect) if step else "",
            "seen": verdict.seen,
        }

    def _reason(self, found: Broken | Verdict) -> CouldNotLook:
        return found.as_reason(self._session.endpoint)

    def _scrub(self, found: dict[str, Observation]) -> dict[str, Observation]:
        """Take the password and every extracted token out of all texts."""
        secrets = [v for k, v in self._values.items() if k != "user" and len(v) > 2]
        scrubbed: dict[str, Observation] = _without(found, sorted(secrets, key=len, reverse=True))
        return scrubbed


def _without(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "***")
        return value
    if isinstance(value, dict):
        return {key: _without(one, secrets) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, secrets) for one in value]
    return value
