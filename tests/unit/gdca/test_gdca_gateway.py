# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed connection says of the server, and what only of the way to it."""

from __future__ import annotations

import pytest
from ansible_collections.ebill.ops.plugins.module_utils.gdca.answers import Trouble
from ansible_collections.ebill.ops.plugins.module_utils.gdca.gateway import _reachability


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (None, "answered"),
        (Trouble("tls_failed", "gdca01:443 WRONG_VERSION_NUMBER"), "answered"),
        (Trouble("connection_refused", "gdca01:443"), "refused"),
        (Trouble("timeout", "gdca01:443"), "no_answer"),
        (Trouble("listener_silent", "gdca01:443"), "silent"),
        # No way from here: of the server that says nothing, as for interfaces.
        (Trouble("unreachable", "gdca01:443 EHOSTUNREACH"), None),
        (Trouble("unreachable", "gdca01:443 ENETUNREACH"), None),
    ],
)
def test_a_state_is_said_only_of_a_server_that_was_reached(
    trouble: Trouble | None, state: str | None
) -> None:
    seen = _reachability({"address": "192.0.2.1"}, trouble)
    if state is None:
        assert trouble
        assert seen == {"error": trouble.as_dict()}
    else:
        assert seen == {"rows": [{"address": "192.0.2.1", "state": state}]}
