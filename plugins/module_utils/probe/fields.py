# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A field of somebody else's JSON, by its path."""

from __future__ import annotations

from typing import Any


def dig(values: Any, path: str) -> Any:
    """Follow a.b.c through objects and arrays (a.0.b); KeyError when it leads nowhere."""
    for name in path.split("."):
        if isinstance(values, dict) and name in values:
            values = values[name]
        elif isinstance(values, list) and name.isdecimal() and int(name) < len(values):
            values = values[int(name)]
        else:
            raise KeyError(path)
    return values
