#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: oracle_tablespace_info
short_description: Observe the tablespaces of an Oracle database
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Logs in once with a read-only account and shows use, growth and state of the tablespaces,
    temporary and undo ones included.
  - The percentage of the maximum counts what each file may still grow to.
  - It judges nothing and can be used by itself from the command line.
extends_documentation_fragment:
  - ebill.ops.oracle
  - ebill.ops.oracle.tablespaces
seealso:
  - module: ebill.ops.oracle_info
"""

EXAMPLES = r"""
- name: Show the tablespaces of the e-bill system
  ebill.ops.oracle_tablespace_info:
    host: 192.0.2.20
    service: EBILL
    user: ebill_ops
    password: "{{ vault_oracle_password }}"
    user_tablespaces: [EBILL_DATA, EBILL_IDX]
  register: space
"""

RETURN = r"""
observations:
  description:
    - The observations C(tablespaces), C(tablespace_states), C(datafiles), C(temp) and C(undo).
    - An entry holds exactly one of C(rows) (a list of flat dictionaries), C(error) or C(absent),
      the latter two with C(reason) and C(detail).
  returned: always
  type: dict
  sample:
    tablespaces:
      rows:
        - tablespace: EBILL_DATA
          kind: user
          used_percent: 78.4
          used_allocated_percent: 97.1
          used_bytes: 26937371033
          allocated_bytes: 27741126656
          total_bytes: 34359721984
          autoextend: all
queries:
  description: The statements that were sent, with the views that each read and the seconds it took.
  returned: always
  type: list
  elements: dict
  sample:
    - name: free_space
      views: [DBA_FREE_SPACE]
      elapsed_seconds: 0.012
      rows: 9
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ebill.ops.plugins.module_utils.oracle.arguments import (
    ONE_OF,
    connection_spec,
    login_of,
    tablespace_spec,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import collect
from ansible_collections.ebill.ops.plugins.module_utils.oracle.subjects import SUBJECTS
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

GATHER = ("tablespaces", "temp_undo")


def main() -> None:
    """Gather and answer."""
    module = AnsibleModule(
        argument_spec={**connection_spec(), **tablespace_spec()},
        mutually_exclusive=[ONE_OF],
        required_one_of=[ONE_OF],
        supports_check_mode=True,
    )
    wanted = Wanted(
        gather=GATHER,
        user_tablespaces=module.params["user_tablespaces"],
        read_only_tablespaces=module.params["read_only_tablespaces"],
    )
    found = collect(login_of(module.params), wanted)
    names = [name for subject in GATHER for name in SUBJECTS[subject].MAKES]
    module.exit_json(
        changed=False,
        observations={name: found.observations[name] for name in names},
        queries=found.queries,
    )


if __name__ == "__main__":
    main()
