# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All breaks of the lab's database, whichever file makes them."""

from __future__ import annotations

from lab.oracle import (  # noqa: F401 - they register their breaks
    breaks_operation,
    breaks_performance,
    breaks_upkeep,
)
from lab.oracle.breaks import ACTIONS

__all__ = ["ACTIONS"]
