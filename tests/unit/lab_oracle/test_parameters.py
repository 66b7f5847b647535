# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in's instance has every parameter that the report shows: a real one has them all."""

from __future__ import annotations

from ansible_collections.ebill.ops.plugins.module_utils.oracle.parameters import CHOSEN

from lab.oracle.world import green
from lab.oracle.world.instance import AT_DEFAULT


def test_no_shown_parameter_is_missing() -> None:
    assert set(CHOSEN) <= set(green.parameters())
    assert set(green.parameters()) >= AT_DEFAULT
