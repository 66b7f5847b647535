#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: oracle_inspector
short_description: Create, mend, check or drop the read-only inspection account of a database
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Gives the account C(CREATE SESSION) and the right to read the dictionary views that the enabled
    checks need, each by name, and nothing else. No role, no C(ANY) privilege, no bill.
  - C(GRANT READ) from Oracle Database 12.1.0.2 on, C(GRANT SELECT) before. A view that the account
    may already read is left as it is.
  - Profile, expiry, lock, quota and tablespaces of the account are left alone.
  - In a multitenant database it is a local user of the pluggable database that O(service) leads to,
    or with O(common=true) a common user, made in the root.
  - It only drops what is an inspection account, and never with C(CASCADE).
options:
  state:
    description:
      - V(present) creates the account or adds the grants that are missing.
      - V(absent) drops it. Refused when it owns objects, or holds a role, a system privilege other
        than C(CREATE SESSION), or a right on anything but dictionary views.
      - V(checked) changes nothing. O(user) is then the inspection account itself, and what it may
        not read is named. No statement is executed for that, only parsed.
    type: str
    choices: [present, absent, checked]
    default: present
  inspector:
    description: Name of the inspection account, with C(C##) before it when O(common=true).
    type: str
    default: EBILL_OPS
  inspector_password:
    description:
      - Its password. Only used when the account is created, or with O(update_password=always).
      - 1 to 30 printable ASCII characters (1024 from 23ai on), no double quote.
    type: str
  update_password:
    description:
      - V(always) sets the password in every run, and so always changes something, for Oracle does
        not tell whether a password is right.
    type: str
    choices: [on_create, always]
    default: on_create
  common:
    description: Whether it is a common user who inspects all containers from the root.
    type: bool
    default: false
  revoke_surplus:
    description:
      - Whether to revoke grants that this module makes for some check or release, but that are not
        needed here. Others are never revoked; they are named in RV(beyond).
    type: bool
    default: false
  owed:
    description:
      - Ids of the enabled checks by the observation that they read. Empty means all.
      - The action plugin fills it in from the catalogue.
    type: dict
    default: {}
  licensed_diagnostics:
    description: Whether the site has the Diagnostics Pack, so that views that need it may be read.
    type: bool
    default: false
  checks:
    description:
      - Ids of checks, or areas (V(oracle), V(performance)), that the grants are for.
      - The action plugin makes O(owed) of it.
    type: list
    elements: str
    default: [oracle]
  language:
    description: Language of what the action plugin prints.
    type: str
    choices: [zh, en]
    default: zh
  user:
    description: The administrator who logs in, or for O(state=checked) the inspection account.
    type: str
    required: true
  password:
    description: The password that goes with O(user).
    type: str
    required: true
  sysdba:
    description: Whether O(user) logs in C(AS SYSDBA).
    type: bool
    default: false
  host:
    description: Name or address of the listener.
    type: str
    required: true
  port:
    description: Port of the listener.
    type: int
    default: 1521
  protocol:
    description: V(tcps) for a listener with TLS.
    type: str
    choices: [tcp, tcps]
    default: tcp
  service:
    description: Service name. Give either O(service) or O(sid).
    type: str
  sid:
    description: System identifier of an instance without a service name.
    type: str
  mode:
    description: The driver's mode, V(thick) for Oracle Database 11.2.
    type: str
    choices: [thin, thick]
    default: thin
  client_dir:
    description: Folder of an Oracle client, for O(mode=thick).
    type: path
  config_dir:
    description: Folder with C(tnsnames.ora) and C(sqlnet.ora), where they are to be used.
    type: path
  wallet_location:
    description: Folder of the wallet for O(protocol=tcps).
    type: path
  wallet_password:
    description: Password of C(ewallet.pem), where it has one.
    type: str
  ssl_server_dn_match:
    description: Whether the server's certificate must be made out to the name that is connected to.
    type: bool
    default: true
  timeout_seconds:
    description: Limit for the whole module, in seconds.
    type: float
    default: 120
  connect_timeout_seconds:
    description: Limit for connecting and logging in, in seconds.
    type: float
    default: 15
  query_timeout_seconds:
    description: Limit for each statement, in seconds.
    type: float
    default: 30
requirements:
  - python-oracledb
notes:
  - There is one login attempt and no retry, so that a wrong password cannot lock the account.
  - A new password travels inside C(CREATE USER). Where the network is not trusted, use
    O(protocol=tcps).
  - A grant makes the database parse again what reads the view; choose a quiet hour.
attributes:
  check_mode:
    support: full
    description: Logs in, looks, and shows what it would do.
  diff_mode:
    support: full
    description: Shows the statements, with the password masked.
seealso:
  - module: ebill.ops.oracle_info
"""

EXAMPLES = r"""
- name: Create the inspection account in the pluggable database of the e-bill system
  ebill.ops.oracle_inspector:
    host: 192.0.2.20
    service: EBILL
    user: SYSTEM
    password: "{{ vault_oracle_admin_password }}"
    inspector: EBILL_OPS
    inspector_password: "{{ vault_oracle_password }}"

- name: See what an account may not read yet
  ebill.ops.oracle_inspector:
    host: 192.0.2.20
    service: EBILL
    state: checked
    user: EBILL_OPS
    password: "{{ vault_oracle_password }}"

- name: Drop it when the contract ends
  ebill.ops.oracle_inspector:
    host: 192.0.2.20
    service: EBILL
    user: SYS
    password: "{{ vault_oracle_admin_password }}"
    sysdba: true
    state: absent
"""

RETURN = r"""
account:
  description: The account as it was found; C(exists) is false when there was none.
  returned: when the database answered
  type: dict
  sample: {name: EBILL_OPS, exists: true, status: OPEN, release: 19.21.0.0.0, container: EBILLPDB}
statements:
  description:
    - The statements that were executed, in check mode those that would be.
    - With O(state=checked) those that a DBA would have to execute.
  returned: when the database answered
  type: list
  elements: str
  sample: [GRANT READ ON SYS.V_$SESSION TO EBILL_OPS]
missing:
  description: The views that the account could not read, with the checks that each costs.
  returned: when the database answered
  type: list
  elements: dict
  sample: [{grant: SYS.V_$SESSION, checks: [oracle.sessions_blocking]}]
surplus:
  description: Grants that a check or release could need, but that are not needed here.
  returned: when the database answered
  type: list
  elements: str
  sample: [SELECT ON SYS.V_$SQL]
beyond:
  description: What else it holds, and what no inspection account needs.
  returned: when the database answered
  type: list
  elements: str
  sample: [SELECT ANY TABLE]
refused:
  description: Statements that the database refused, with the code of the error.
  returned: when the database answered
  type: list
  elements: dict
  sample: [{statement: GRANT READ ON SYS.DBA_JOBS TO EBILL_OPS, code: ORA-01031}]
problem:
  description: Why it failed, as C(reason) and C(detail).
  returned: failed
  type: dict
  sample: {reason: owns_objects, detail: EBILL_OPS (3)}
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ebill.ops.plugins.module_utils.oracle.administration import (
    AdministrationError,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.arguments import (
    ONE_OF,
    connection_spec,
    login_of,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.inspector import RefusedError
from ansible_collections.ebill.ops.plugins.module_utils.oracle.provide import (
    ARGUMENTS,
    Request,
    provide,
)


def main() -> None:
    """Look, and where it is asked for, change."""
    module = AnsibleModule(
        argument_spec={**connection_spec(), **ARGUMENTS},
        mutually_exclusive=[ONE_OF],
        required_one_of=[ONE_OF],
        supports_check_mode=True,
    )
    request = Request.of(module.params, dry=module.check_mode)
    answer = request.answer()
    try:
        provide(login_of(module.params), request, answer)
    except (AdministrationError, RefusedError) as error:
        problem = answer.problem_of(error)
        module.fail_json(msg=f"{problem['reason']}: {problem['detail']}", **answer.result())
    result = answer.result()
    if module._diff and result["changed"]:
        result["diff"] = [{"prepared": "".join(f"{line};\n" for line in result["statements"])}]
    if result["refused"]:
        codes = ", ".join(f"{one['statement']} ({one['code']})" for one in result["refused"])
        module.fail_json(msg=f"refused: {codes}", **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
