# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load without the control node's libraries, and say which are missing when they are needed.

A plugin file must load without them: Ansible lists and documents plugins of a collection whose
libraries are not installed. What an action or the callback does first is require().
"""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail

_MISSING: list[str] = []


class Absent:
    """Stands in for an absent library or a name of it: may be subclassed, called, joined."""

    def __call__(self, *_arguments: Any, **_named: Any) -> Absent:
        return self

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _key: Any) -> Absent:
        return self

    def __or__(self, _other: Any) -> Absent:
        return self

    def __enter__(self) -> Absent:
        return self

    def __exit__(self, *_problem: object) -> None:
        return None

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()


def absent(error: ImportError) -> Any:
    """Note that a library is missing and return what stands in for its names."""
    name = str(error.name or error).partition(".")[0]
    if name not in _MISSING:
        _MISSING.append(name)
    return Absent()


def require() -> None:
    """Raise AnsibleActionFail when a library was missed while our files were loaded."""
    if _MISSING:
        raise AnsibleActionFail(
            f"missing on the control node: {', '.join(sorted(_MISSING))}; install them into"
            " Ansible's own Python: pip install -r requirements.txt"
        )
