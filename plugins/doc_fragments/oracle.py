# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and attributes that the Oracle modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """C(ebill.ops.oracle): how to reach a database, and within what time."""

    DOCUMENTATION = r"""
options:
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
    description:
      - The driver's V(thin) mode needs no Oracle client and Oracle Database 12.1 or later.
      - The V(thick) mode needs an Oracle client. It is for Oracle Database 11.2, for servers that
        demand native network encryption and for wallets that the thin mode cannot read.
    type: str
    choices: [thin, thick]
    default: thin
  client_dir:
    description:
      - Folder of an Oracle client on the machine that runs the module, such as
        C(/opt/oracle/instantclient_19_25), for O(mode=thick).
      - Without it the client must be where the system's loader looks.
    type: path
  config_dir:
    description: Folder with C(tnsnames.ora) and C(sqlnet.ora), where they are to be used.
    type: path
  wallet_location:
    description:
      - Folder of the wallet for O(protocol=tcps). The thin mode reads C(ewallet.pem), the thick
        mode C(cwallet.sso).
      - Without it the certificates that the machine trusts are used.
    type: path
  wallet_password:
    description: Password of C(ewallet.pem), where it has one.
    type: str
  ssl_server_dn_match:
    description: Whether the server's certificate must be made out to the name that is connected to.
    type: bool
    default: true
  user:
    description: The read-only inspection account, see C(docs/oracle-grants.sql).
    type: str
    required: true
  password:
    description: Its password.
    type: str
    required: true
  timeout_seconds:
    description: Limit for the whole module, in seconds.
    type: float
    default: 120
  connect_timeout_seconds:
    description: Limit for resolving, connecting and logging in, in seconds.
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
  - A database that cannot be reached or asked is an answer, not a failure of the task.
attributes:
  check_mode:
    support: full
    description: Reads only, so check mode makes no difference.
  diff_mode:
    support: none
    description: Changes nothing, so there is no difference to show.
"""

    TABLESPACES = r"""
options:
  user_tablespaces:
    description:
      - The tablespaces of the e-bill system.
      - Empty means every tablespace that is not the database's own.
      - A tablespace that is listed but does not exist is reported.
    type: list
    elements: str
    default: []
  read_only_tablespaces:
    description: Tablespaces that are meant to be read only, such as closed years.
    type: list
    elements: str
    default: []
"""
