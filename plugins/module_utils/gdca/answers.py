# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the GDCA collector's parts hand to each other: observations, and why one is missing."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.probe import fields

Observation = dict[str, Any]
"""Exactly one of {"rows": [flat dict]}, {"error": ...} and {"absent": ...}, the latter two with
{reason, detail}."""


class Trouble(Exception):
    """A question that could not be answered: a reason id of catalogue/reasons.yml and a detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail[:200]

    def as_dict(self) -> dict[str, str]:
        """As an observation or a row carries it."""
        return {"reason": self.reason, "detail": self.detail}


def rows(found: Iterable[Mapping[str, Any]]) -> Observation:
    """Looked and saw."""
    return {"rows": [dict(row) for row in found]}


def error(trouble: Trouble) -> Observation:
    """Could not look."""
    return {"error": trouble.as_dict()}


def absent(reason: str, detail: str) -> Observation:
    """Nothing of the kind here, rightly."""
    return {"absent": {"reason": reason, "detail": detail}}


def driver(name: str) -> Any:
    """Import a library that only some questions need; Trouble driver_missing without it."""
    try:
        return importlib.import_module(name)
    except ImportError as exc:
        raise Trouble("driver_missing", name.partition(".")[0]) from exc


def clean(value: Any, length: int = 80) -> str:
    """Return foreign text as one printable line that every encoding of ours can hold."""
    text = str(value)[: length * 4].encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() else " " for char in text).strip()[:length]


def dig(data: Any, path: str) -> Any:
    """Return the field of a path such as "a.b"; Trouble bad_answer where it leads nowhere."""
    try:
        return fields.dig(data, path)
    except KeyError as exc:
        raise Trouble("bad_answer", f"field {path}") from exc
