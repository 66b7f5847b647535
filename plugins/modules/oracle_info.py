#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: oracle_info
short_description: Observe an Oracle database for the inspection
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Logs in once with a read-only account and gathers what the inspection asks about the database.
  - It judges nothing. Limits and verdicts are the catalogue's.
  - What is asked is put into at most twelve statements. One that fails is asked again view by view,
    so a missing grant or a slow view costs only what depends on it.
extends_documentation_fragment:
  - ebill.ops.oracle
options:
  gather:
    description: What to gather. Empty means everything.
    type: list
    elements: str
    choices: [instance, tablespaces, temp_undo, backups]
    default: []
  rman_expected:
    description:
      - The kinds of RMAN backup that the site's backup plan has.
      - V(full) includes incremental backups of level 0. Empty means that RMAN is not in use.
    type: list
    elements: str
    choices: [full, incremental, archivelog]
    default: [full, archivelog]
  licensed_diagnostics:
    description:
      - Whether the site has licensed the Diagnostics Pack. Only then are views read that need it.
    type: bool
    default: false
  earlier:
    description:
      - The RV(bookmarks) of the last run, for what is compared with the last run.
      - Empty means that this run is the first one.
    type: dict
    default: {}
seealso:
  - module: ebill.ops.oracle_tablespace_info
"""

EXAMPLES = r"""
- name: Observe the e-bill database
  ebill.ops.oracle_info:
    host: 192.0.2.20
    service: EBILL
    user: ebill_ops
    password: "{{ vault_oracle_password }}"
    user_tablespaces: [EBILL_DATA, EBILL_IDX]
  register: database
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
    recovery_area:
      rows:
        - used_percent: 41.2
          used_bytes: 44238798029
          total_bytes: 107374182400
    undo:
      error:
        reason: missing_grant
        detail: SELECT ON SYS.DBA_UNDO_EXTENTS (ORA-00942)
queries:
  description: The statements that were sent, with the views that each read and the seconds it took.
  returned: always
  type: list
  elements: dict
  sample:
    - name: identity
      views: [V$INSTANCE, V$DATABASE]
      elapsed_seconds: 0.012
      rows: 2
bookmarks:
  description: What to give as O(earlier) in the next run.
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
from ansible_collections.ebill.ops.plugins.module_utils.oracle.backups import TYPES
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

KEYS = (
    "gather",
    "user_tablespaces",
    "read_only_tablespaces",
    "rman_expected",
    "licensed_diagnostics",
    "earlier",
)


def main() -> None:
    """Gather and answer."""
    module = AnsibleModule(
        argument_spec={
            **connection_spec(),
            "gather": {
                "type": "list",
                "elements": "str",
                "choices": list(SUBJECTS),
                "default": [],
            },
            "rman_expected": {
                "type": "list",
                "elements": "str",
                "choices": list(TYPES),
                "default": ["full", "archivelog"],
            },
            "licensed_diagnostics": {"type": "bool", "default": False},
            "earlier": {"type": "dict", "default": {}},
        },
        mutually_exclusive=[ONE_OF],
        required_one_of=[ONE_OF],
        supports_check_mode=True,
    )
    found = collect(login_of(module.params), Wanted(**{key: module.params[key] for key in KEYS}))
    module.exit_json(
        changed=False,
        observations=found.observations,
        queries=found.queries,
        bookmarks=found.bookmarks,
    )


if __name__ == "__main__":
    main()
