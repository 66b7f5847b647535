#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: oracle_performance_info
short_description: Observe where the time of an Oracle database goes
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Logs in once with a read-only account and gathers statements by cost, waits, memory advice,
    statistics of the optimizer, full scans of large tables and the largest segments.
  - A statement is named by its SQL_ID. Its text, bind values and predicates are never read.
  - It judges nothing, changes nothing and traces nothing.
extends_documentation_fragment:
  - ebill.ops.oracle
options:
  licensed_diagnostics:
    description:
      - Whether the site has licensed the Diagnostics Pack. Only then are views read that need it.
    type: bool
    default: false
  application_schemas:
    description: Schemas of the e-bill system. Empty means all that are not Oracle's own.
    type: list
    elements: str
    default: []
  earlier:
    description:
      - The RV(bookmarks) of the last diagnosis, to tell what grew. Empty means the first one.
    type: dict
    default: {}
seealso:
  - module: ebill.ops.oracle_info
"""

EXAMPLES = r"""
- name: See where the time of the e-bill database goes
  ebill.ops.oracle_performance_info:
    host: 192.0.2.20
    service: EBILL
    user: ebill_ops
    password: "{{ vault_oracle_password }}"
    application_schemas: [EBILL]
  register: performance
"""

RETURN = r"""
observations:
  description:
    - One entry for each observation, named as the catalogue names them.
    - An entry holds exactly one of C(rows) (a list of flat dictionaries), C(error) or C(absent),
      the latter two with C(reason) and C(detail).
  returned: always
  type: dict
  sample:
    latencies:
      rows:
        - event: log file sync
          wait_class: Commit
          waits: 4812331
          hours: 3.4
          milliseconds: 2.51
    sql_history:
      absent:
        reason: not_licensed
        detail: DBA_HIST_SQLSTAT
queries:
  description: The statements that were sent, with the views that each read and the seconds it took.
  returned: always
  type: list
  elements: dict
  sample:
    - name: plans
      views: [V$SQL_PLAN]
      elapsed_seconds: 0.012
      rows: 2
bookmarks:
  description: What to give as O(earlier) in the next diagnosis.
  returned: always
  type: dict
  sample: {}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ebill.ops.plugins.module_utils.oracle.arguments import (
    ONE_OF,
    connection_spec,
    login_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.performance import collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import wanted_of


def main() -> None:
    """Gather and answer."""
    module = AnsibleModule(
        argument_spec={
            **connection_spec(),
            "licensed_diagnostics": {"type": "bool", "default": False},
            "application_schemas": {"type": "list", "elements": "str", "default": []},
            "earlier": {"type": "dict", "default": {}},
        },
        mutually_exclusive=[ONE_OF],
        required_one_of=[ONE_OF],
        supports_check_mode=True,
    )
    found = collect(login_of(module.params), wanted_of(module.params))
    module.exit_json(
        changed=False,
        observations=found.observations,
        queries=found.queries,
        bookmarks=found.bookmarks,
    )


if __name__ == "__main__":
    main()
