#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: inspect
short_description: Inspect one area of one target
version_added: 1.0.0
description:
  - Looks up what the target owes in the area by the plan of the open run, collects once, judges all
    of it and returns the results, which the callback P(ebill.ops.ledger#callback) records.
  - Never fails. A target that cannot be reached, a time limit or a collector's fault makes the owed
    checks C(error), with the reason.
  - Changes nothing on the target and leaves nothing there.
options:
  area:
    description: The area to inspect.
    type: str
    required: true
  shell:
    description:
      - The POSIX sh collector to send through the connection; the target needs no Python.
      - Exclusive with O(module), one of them is required.
    type: str
    choices: [host, backup, log, sqlplus]
  module:
    description: The module that collects, by its full name, such as V(ebill.ops.oracle_info).
    type: str
  options:
    description: Options of the collector.
    type: dict
    default: {}
  remember:
    description:
      - Whether the module of O(module) compares with the last run. It gets what it returned as
        C(bookmarks) the last time as its option C(earlier).
      - A shell collector always knows its bookmarks.
    type: bool
    default: false
  tell_owed:
    description:
      - Whether the collector gets the option C(owed), which lists the ids of the checks that the
        target owes by the observation that they read, for saying what a missing permission costs.
    type: bool
    default: false
  timeout_seconds:
    description: Seconds that the area may take as a whole.
    type: float
    default: 120.0
author: ebill.ops contributors (@ebill-ops)
attributes:
  check_mode:
    support: full
    description: Nothing on a target is ever changed, so check mode does the same.
  diff_mode:
    support: none
    description: There is nothing to show a difference of.
"""

EXAMPLES = r"""
- name: Inspect the host area
  ebill.ops.inspect:
    area: host
    shell: host
    options:
      services: []
"""

RETURN = r"""
check_results:
  description: The results, in the form that the ledger keeps.
  returned: when something is owed
  type: list
  elements: dict
evidence:
  description: The masked observations as canonical JSON; its SHA-256 stands in each result.
  returned: when something was observed
  type: str
notes:
  description:
    - Codes of the collector for a later area of the same run, such as C(login_attempt) of
      M(ebill.ops.web_flow_info).
  returned: when something is owed
  type: dict
bookmarks:
  description: Where the next run continues, of areas that look at what is new.
  returned: when the area keeps bookmarks
  type: dict
"""
