# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flows as data: what is opened, in which order, and what must be seen there.

Only the log-in and the log-out may post. A path that names a method by which bills are issued,
reversed or handed out is refused before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.probe.legal import refuse_legal_acts
from ansible_collections.ebill.ops.plugins.module_utils.web.page import EXTRACTORS

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Expect:
    """What a page must be. Texts are compared without white space."""

    status: tuple[int, ...] = (200,)
    text: tuple[str, ...] = ()
    absent_text: tuple[str, ...] = ()
    within_seconds: float | None = None


@dataclass(frozen=True)
class Step:
    """One request. `form` and `path` may hold {placeholders} of what was extracted before."""

    name: str
    request: str
    path: str
    form: tuple[tuple[str, str], ...]
    extract: tuple[tuple[str, str], ...]
    expect: Expect

    @property
    def sends_password(self) -> bool:
        """Whether the request holds the account's password."""
        return any("{password}" in text for text in (self.path, *dict(self.form).values()))


@dataclass(frozen=True)
class Flow:
    """Steps in their order. `function` is the code of one of the seven functions, or ""."""

    name: str
    function: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class HealthField:
    """A value in the health page's JSON: `path` is a.b.c; `good` the values of a healthy state,
    empty for a count."""

    name: str
    path: str
    good: tuple[str, ...]


@dataclass(frozen=True)
class Health:
    """The health page; path "" means the site has none."""

    path: str = ""
    fields: tuple[HealthField, ...] = ()


@dataclass(frozen=True)
class Site:
    """All that is asked of one site. `error_text`: signs of a fault on any page."""

    base_url: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    validate_certs: bool = True
    login: tuple[Step, ...] = ()
    refused_text: tuple[str, ...] = ()
    attempt_login: bool = True
    logout: tuple[Step, ...] = ()
    flows: tuple[Flow, ...] = ()
    error_text: tuple[str, ...] = ()
    health: Health = Health()
    request_timeout_seconds: float = 30.0
    timeout_seconds: float = 180.0
    max_bytes: int = 2 * 1024 * 1024


def read_flows(given: Sequence[Mapping[str, Any]]) -> tuple[Flow, ...]:
    """Read the module's `flows`; ValueError says which flow or page is wrong and why."""
    flows = tuple(
        Flow(str(one["name"]), str(one.get("function") or ""), read_steps(one["steps"]))
        for one in given
    )
    for flow in flows:
        if not flow.steps:
            raise ValueError(f"flow {flow.name!r} has no steps")
        for step in flow.steps:
            if step.request != "GET" or step.form:
                raise ValueError(f"{step.name!r}: only the log-in and the log-out may post")
    _unique("flow", [flow.name for flow in flows])
    _unique("page", [step.name for flow in flows for step in flow.steps])
    return flows


def read_steps(given: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Read a list of steps; ValueError says what is wrong."""
    return tuple(_read_step(one) for one in given)


def read_health(given: Mapping[str, Any] | None) -> Health:
    """Read the module's `health`."""
    if not given or not given.get("path"):
        return Health()
    path = _checked_path(str(given["path"]))
    fields = tuple(
        HealthField(str(one["name"]), str(one["path"]), tuple(map(str, one.get("good") or ())))
        for one in given.get("fields") or ()
    )
    for counts in (False, True):
        _unique("health field", [one.name for one in fields if (not one.good) == counts])
    return Health(path, fields)


def _read_step(given: Mapping[str, Any]) -> Step:
    path = _checked_path(str(given["path"]))
    form = {str(k): str(v) for k, v in (given.get("form") or {}).items()}
    for key, value in form.items():
        refuse_legal_acts(f"{path}: form", f"{key} {value}")
    extract = {str(k): str(v) for k, v in (given.get("extract") or {}).items()}
    for rule in extract.values():
        kind, _colon, what = rule.partition(":")
        if kind not in EXTRACTORS or not what:
            raise ValueError(f"{path}: extract must begin with one of {', '.join(EXTRACTORS)}")
        if kind == "regex":
            _check_expression(path, what)
    expect = given.get("expect") or {}
    within = expect.get("within_seconds")
    return Step(
        name=str(given.get("name") or path),
        request=str(given.get("request") or "GET"),
        path=path,
        form=tuple(form.items()),
        extract=tuple(extract.items()),
        expect=Expect(
            status=tuple(expect.get("status") or (200,)),
            text=tuple(expect.get("text") or ()),
            absent_text=tuple(expect.get("absent_text") or ()),
            within_seconds=None if within is None else float(within),
        ),
    )


def _check_expression(path: str, expression: str) -> None:
    try:
        re.compile(expression)
    except re.error as error:
        raise ValueError(f"{path}: {expression!r} is no regular expression: {error}") from error


def _checked_path(path: str) -> str:
    """Only a path of this site: no scheme, no other host, no voucher's method."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError(f"path {path!r} must begin with one /")
    if any(ord(sign) < 32 for sign in path):
        raise ValueError(f"path {path!r} holds a control character")
    refuse_legal_acts("path", path)
    return path


def _unique(what: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{what} {name!r} is named twice")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values into {placeholders}; KeyError names one without a value. Values stay as they are:
    braces in a password mean nothing."""
    return _PLACEHOLDER.sub(lambda found: values[found.group(1)], template)
