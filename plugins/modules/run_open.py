#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_open
short_description: Open an inspection run
version_added: 1.0.0
description:
  - Validates the site profile, the roles' variables of all targets, limits and waivers, fixes the
    plan (checks times targets) and records it in the ledger before the first target is touched.
  - A profile or selection that is wrong stops the run at once, naming key and allowed values.
options:
  checks:
    description: Ids of checks or areas; all when empty. An unknown one is refused with the known.
    type: list
    elements: str
    default: []
  quarter:
    description:
      - Quarter that the run counts for, such as V(2026Q4); that of today when empty.
      - One that today is not in is refused; an inspection fills the quarter that it is dated in.
    type: str
    default: ''
  engineer:
    description: Name of the engineer in the documents; the login name when empty.
    type: str
    default: ''
  language:
    description: Language of the lines in the terminal.
    type: str
    choices: [zh, en]
    default: zh
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
- name: Open the run
  ebill.ops.run_open:
    checks: [host.disk_used, oracle]
  run_once: true
"""

RETURN = r"""
ebill_run:
  description: The run, which the callback hands to the actions that follow.
  returned: success
  type: dict
  contains:
    id: {description: Id of the run., type: str, returned: success}
    quarter: {description: Its quarter., type: str, returned: success}
    folder: {description: Folder of its plan., type: str, returned: success}
    targets: {description: Number of targets., type: int, returned: success}
    owed: {description: Number of checks owed., type: int, returned: success}
"""
