#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: optimisation_proposal
short_description: Make the optimisation proposal of a quarter from the ledger
version_added: 1.0.0
description:
  - Builds the proposal that a hospital signs from the quarter's performance diagnosis, in the
    formats asked for, and freezes it with a SHA-256 manifest. A version is never overwritten.
options:
  quarter:
    description: Quarter such as V(2026Q4); that of the newest run when empty.
    type: str
    default: ''
  run:
    description: Id of one run to take alone.
    type: str
    default: ''
  language:
    description: Language of the documents.
    type: str
    choices: [zh, en]
    default: zh
  formats:
    description: Formats to write.
    type: list
    elements: str
    choices: [html, docx, pdf]
    default: [html, docx, pdf]
  templates:
    description: Folder with a hospital's own templates; a file of the same name replaces ours.
    type: str
    default: ''
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
- name: Make the optimisation proposal
  ebill.ops.optimisation_proposal:
    quarter: 2026Q4
  run_once: true
"""

RETURN = r"""
ebill_report:
  description: The frozen package.
  returned: success
  type: dict
  contains:
    quarter: {description: Its quarter., type: str, returned: success}
    files: {description: Path of each format., type: dict, returned: success}
    version: {description: Version within the quarter., type: int, returned: success}
"""
