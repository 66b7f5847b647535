# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All probes of one target at the same time, as the observations of `interface_info`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.probe.answer import (
    Probe,
    expected,
    outcome,
    seen,
)
from ansible_collections.ebill.ops.plugins.module_utils.probe.ask import ask
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
    duration,
)

NAMES = ("reachable", "answers", "latency", "certificates")
"""The observations that are always returned."""


Rows = dict[str, Row]
"""Observation -> the row that one probe adds to it; what was not asked is missing."""


async def inspect(
    probes: Sequence[Probe], timeout_seconds: float, now: datetime
) -> dict[str, Observation]:
    """Run all probes; what is not done within `timeout_seconds` is an error row of each name."""
    if not probes:
        nothing: Observation = {"error": {"reason": "not_configured", "detail": "probes"}}
        return dict.fromkeys(NAMES, nothing)
    tasks = [asyncio.create_task(_run(probe, now)) for probe in probes]
    await asyncio.wait(tasks, timeout=timeout_seconds)
    late = CouldNotLook("timeout", f"> {timeout_seconds:g} s")
    results = []
    for probe, task in zip(probes, tasks, strict=True):
        done = task.done()
        task.cancel()
        results.append(task.result() if done else _unanswered(probe, late, late))
    await asyncio.gather(*tasks, return_exceptions=True)
    return {name: _observation(name, results) for name in NAMES}


def _observation(name: str, results: Sequence[Rows]) -> Observation:
    rows = [found[name] for found in results if name in found]
    if not rows and name == "certificates":
        return {"absent": {"reason": "not_listed", "detail": "TLS"}}
    return {"rows": rows}


async def _run(probe: Probe, now: datetime) -> Rows:
    """Connect; then read the certificate and ask, each with its own verdict."""
    try:
        _reader, writer, elapsed = await connect(probe.host, probe.port, probe.within_seconds)
    except CouldNotLook as error:
        return _unanswered(probe, error, error)
    except Broken as broken:
        return _unanswered(probe, broken, broken.as_reason(probe.endpoint))
    await hang_up(writer)
    time_taken = {"elapsed_seconds": elapsed}
    rows: Rows = {
        "reachable": _row(probe, outcome="connected", ok=True, seen=duration(elapsed)) | time_taken
    }
    certificate, asked = await asyncio.gather(_certificate(probe, now), _answer(probe))
    # A bare TCP probe asks nothing: the time of the connection is all there is.
    return rows | certificate | (asked or {"latency": _row(probe) | time_taken})


async def _certificate(probe: Probe, now: datetime) -> Rows:
    if not probe.tls:
        return {}
    server = Server(probe.host, probe.port, probe.server_name, probe.ca_file)
    try:
        found = await read_certificate(server, probe.within_seconds, now)
    except CouldNotLook as error:
        found = {"error": error.as_error()}
    except Broken as broken:
        found = {"error": broken.as_reason(server.endpoint).as_error()}
    return {"certificates": found | _row(probe)}


async def _answer(probe: Probe) -> Rows:
    """Return the rows of the answer and of its latency; none when nothing is asked."""
    if not probe.asks:
        return {}
    try:
        answer = await ask(probe)
    except CouldNotLook as error:
        failed = _row(probe, error=error.as_error())
        return {"answers": failed, "latency": failed}
    except Broken as broken:
        return {
            "answers": _judged(probe, broken.outcome, broken.seen),
            "latency": _row(probe, error=broken.as_reason(probe.endpoint).as_error()),
        }
    result = outcome(probe, answer)
    row = _judged(probe, result, seen(probe, answer)) | {"status_code": answer.status}
    if result == "silent":
        silent = CouldNotLook("listener_silent", probe.endpoint)
        return {"answers": row, "latency": _row(probe, error=silent.as_error())}
    latency = _row(probe, elapsed_seconds=answer.elapsed_seconds)
    return {"answers": row, "latency": latency}


def _unanswered(probe: Probe, found: Broken | CouldNotLook, reason: CouldNotLook) -> Rows:
    """No connection: a refused one is a finding, and the reason why the rest is unknown."""
    unknown = _row(probe, error=reason.as_error())
    rows = {"reachable": unknown, "latency": unknown}
    if isinstance(found, Broken):
        rows["reachable"] = _row(probe, outcome=found.outcome, ok=False, seen=found.seen)
    if probe.asks:
        rows["answers"] = unknown
    if probe.tls:
        rows["certificates"] = unknown
    return rows


def _judged(probe: Probe, result: str, what: str) -> Row:
    return _row(probe, outcome=result, ok=result == "ok", expected=expected(probe), seen=what)


def _row(probe: Probe, **fields: Any) -> Row:
    return {"probe": probe.name, "kind": probe.kind, "endpoint": probe.endpoint, **fields}
