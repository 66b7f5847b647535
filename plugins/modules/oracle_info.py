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
  - ebill.ops.oracle.tablespaces
options:
  gather:
    description:
      - The subjects to gather, such as V(instance), V(tablespaces), V(temp_undo) or V(backups).
      - Empty means all. A name that is none is refused with the list of those there are.
    type: list
    elements: str
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
  application_schemas:
    description: Schemas of the e-bill system. Empty means all that are not Oracle's own.
    type: list
    elements: str
    default: []
  application_accounts:
    description: Database accounts that the e-bill system logs in with.
    type: list
    elements: str
    default: []
  disks:
    description:
      - Free bytes of the file systems of the database's server by mount point, where they are
        known, to tell whether data files have room to grow.
    type: dict
    default: {}
  df:
    description:
      - What C(df -P -k) says on the database's server. Mount points of O(disks) come first.
    type: str
    default: ""
  disk_server:
    description: Inventory name of the server that O(df) is from, to be named where it said nothing.
    type: str
    default: ""
  owed:
    description:
      - Ids of the checks that are owed by the observation that they read. A missing grant then
        names the checks that it costs.
    type: dict
    default: {}
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
    site_spec,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import wanted_of


def main() -> None:
    """Gather and answer."""
    module = AnsibleModule(
        argument_spec={**connection_spec(), **site_spec()},
        mutually_exclusive=[ONE_OF],
        required_one_of=[ONE_OF],
        supports_check_mode=True,
    )
    if unknown := sorted(set(module.params["gather"]) - SUBJECTS.keys()):
        module.fail_json(msg=f"gather: {unknown}; there are {sorted(SUBJECTS)}")
    found = collect(login_of(module.params), wanted_of(module.params))
    module.exit_json(
        changed=False,
        observations=found.observations,
        queries=found.queries,
        bookmarks=found.bookmarks,
    )


if __name__ == "__main__":
    main()
