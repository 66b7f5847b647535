#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: oracle_offline_script
short_description: Write the scripts that inspect an Oracle database offline
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Writes two scripts with the same questions, one for sh and one for SQL*Plus on Windows.
  - An engineer runs one of them where the database can be reached and brings back the one file that
    it writes, which M(ebill.ops.oracle_archive_info) reads.
  - The scripts only read, and hold no password. SQL*Plus asks for it.
options:
  dest:
    description: Folder for the scripts, which must be there.
    type: path
    required: true
  database:
    description: Name of the database in the inventory.
    type: str
    required: true
  host:
    description: Name or address of the listener, seen from where the script will run.
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
  user:
    description: The read-only account.
    type: str
    required: true
  site:
    description:
      - What the site says about its database, the same as for M(ebill.ops.oracle_archive_info).
    type: dict
    default: {}
attributes:
  check_mode:
    description: Can run in check mode and return changed status without modifying the target.
    support: full
  diff_mode:
    description: Returns details on what has changed or would be changed.
    support: none
seealso:
  - module: ebill.ops.oracle_archive_info
"""

EXAMPLES = r"""
- name: Write the scripts for the database behind the jump host
  ebill.ops.oracle_offline_script:
    dest: output/offline
    database: ebilldb
    host: 192.0.2.20
    service: EBILL
    user: EBILL_OPS
"""

RETURN = r"""
files:
  description: The scripts' paths.
  returned: always
  type: list
  elements: str
  sample: [output/offline/ebill-oracle-ebilldb.sh, output/offline/ebill-oracle-ebilldb.sql]
version:
  description: The version of the questions. An archive of another version is refused.
  returned: always
  type: str
  sample: 0f343b0931ab
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import all_parts
from ansible_collections.ebill.ops.plugins.module_utils.oracle.offline_script import scripts
from ansible_collections.ebill.ops.plugins.module_utils.oracle.sqlplus import version_of
from ansible_collections.ebill.ops.plugins.module_utils.oracle.sqlplus_login import (
    Address,
    UnusableError,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import wanted_of


def write(folder: Path, texts: dict[str, str], *, really: bool) -> tuple[list[str], bool]:
    """Write what is not there yet or differs; return the paths, and whether anything does.

    The scripts hold no secret, but name a host and an account: they are the owner's to read.
    """
    changed = False
    paths = [folder / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        wanted = text.encode("utf-8")
        if path.is_file() and path.read_bytes() == wanted:
            continue
        changed = True
        if really:
            path.write_bytes(wanted)
            path.chmod(0o700 if path.suffix == ".sh" else 0o600)
    return [str(path) for path in paths], changed


def main() -> None:
    """Write the scripts."""
    module = AnsibleModule(
        argument_spec={
            "dest": {"type": "path", "required": True},
            "database": {"type": "str", "required": True},
            "host": {"type": "str", "required": True},
            "port": {"type": "int", "default": 1521},
            "protocol": {"type": "str", "choices": ["tcp", "tcps"], "default": "tcp"},
            "service": {"type": "str"},
            "sid": {"type": "str"},
            "user": {"type": "str", "required": True},
            "site": {"type": "dict", "default": {}},
        },
        mutually_exclusive=[("service", "sid")],
        required_one_of=[("service", "sid")],
        supports_check_mode=True,
    )
    given = module.params
    parts = all_parts(wanted_of(given["site"]))
    address = Address(**{key: given[key] for key in ("host", "port", "service", "sid", "protocol")})
    try:
        texts = scripts(given["database"], given["user"], address, parts)
        files, changed = write(Path(given["dest"]), texts, really=not module.check_mode)
    except UnusableError as error:
        module.fail_json(msg=f"cannot be passed to SQL*Plus: {error}")
    except OSError as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=changed, files=files, version=version_of(parts))


if __name__ == "__main__":
    main()
