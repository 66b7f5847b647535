#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: run_close
short_description: Close an inspection run
version_added: 1.0.0
description:
  - Closes the open run. What the plan owes and the ledger does not hold becomes C(not_run).
options: {}
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
- name: Close the run
  ebill.ops.run_close:
  run_once: true
"""

RETURN = r"""
counts:
  description: Number of results by status; they add up to all results.
  returned: success
  type: dict
looked:
  description: Number of results that come from a look at a target.
  returned: success
  type: int
missing:
  description: Number of owed checks that nobody answered.
  returned: success
  type: int
"""
