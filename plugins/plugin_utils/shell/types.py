# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the action hands to a shell collector and gets back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Context:
    """Circumstances of one collection; clocks are passed in, never read by a collector.

    ``sent`` and ``received`` are aware UTC datetimes of the controller around the round trip
    (``received`` is None while the script is being built). ``bookmarks`` is what the same
    collector returned for this target the last time, {} at first. ``timeout_seconds`` bounds
    the collection as a whole.
    """

    sent: datetime
    received: datetime | None = None
    bookmarks: Mapping[str, Any] = field(default_factory=dict)
    timeout_seconds: float = 120.0


@dataclass
class Collected:
    """Observations by name (see docs/architecture.md) and the bookmarks to keep for next time.

    ``notes``: codes for a later area of the same run, such as web's ``login_attempt``; not kept.
    """

    observations: dict[str, Any]
    bookmarks: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
