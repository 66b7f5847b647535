# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tablespaces there are, of what kind, and how they are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers, rows_of
from ansible_collections.ebill.ops.plugins.module_utils.oracle.owners import labelled
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

SYSTEM = frozenset({"SYSTEM", "SYSAUX"})

Key = tuple[Any, str]
Index = Mapping[Key, Sequence[Mapping[str, Any]]]


def is_listed(space: Mapping[str, Any], label: str, names: Sequence[str]) -> bool:
    """Whether a list of the site names it: as it is, in lower case, or with its container."""
    own = (space.get("tablespace_name"), label)
    return any(name in own or name.upper() in own for name in names)


def kind_of(space: Mapping[str, Any], label: str, wanted: Wanted) -> str:
    """``system``, ``undo``, ``temp``, ``user`` (of the e-bill system) or ``other``."""
    contents = space.get("contents")
    if space.get("tablespace_name") in SYSTEM:
        return "system"
    if contents in ("UNDO", "TEMPORARY"):
        return "undo" if contents == "UNDO" else "temp"
    listed = wanted.user_tablespaces
    return "user" if not listed or is_listed(space, label, listed) else "other"


def key_of(item: Mapping[str, Any]) -> Key:
    """The container and the name: pluggable databases have tablespaces of the same names."""
    return item.get("con_id"), str(item.get("tablespace_name"))


def by_tablespace(items: Iterable[Mapping[str, Any]]) -> Index:
    """Group rows by their tablespace."""
    found: dict[Key, list[Mapping[str, Any]]] = {}
    for item in items:
        found.setdefault(key_of(item), []).append(item)
    return found


def in_root(answers: Answers) -> bool:
    """Whether the session is in the root of a multitenant database."""
    return any(row.get("container") == "CDB$ROOT" for row in rows_of(answers, "instance"))


def spaces_of(answers: Answers) -> list[tuple[str, Mapping[str, Any]]]:
    """(label, row) of every tablespace; the label names the container where several were asked."""
    return [
        (labelled(space["tablespace_name"], space, answers), space)
        for space in rows_of(answers, "tablespaces")
    ]
