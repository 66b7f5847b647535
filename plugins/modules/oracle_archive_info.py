#!/usr/bin/python
# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: oracle_archive_info
short_description: Observe an Oracle database by the archive that an engineer brought back
version_added: 1.0.0
author: ebill.ops contributors (@ebill-ops)
description:
  - Reads what the script of M(ebill.ops.oracle_offline_script) wrote and returns the same
    observations as M(ebill.ops.oracle_info). It needs no database.
  - An archive that is cut short, was changed on the way, is of another database, of another version
    of the script or too old answers nothing. Each observation then says so.
options:
  archive:
    description:
      - The file, on the machine that runs the module.
      - Of a folder, the newest archive of the database, by the time in its name.
    type: path
    required: true
  database:
    description: Name of the database in the inventory, which the script was made for.
    type: str
    required: true
  service:
    description: Service name that the login must have reached.
    type: str
  max_days:
    description: Greatest age of an archive.
    type: float
    default: 7
  site:
    description:
      - What the site says about its database, by the names of the options of
        M(ebill.ops.oracle_info), such as C(user_tablespaces).
      - Other keys are ignored.
    type: dict
    default: {}
  earlier:
    description: The RV(bookmarks) of the last run, for what is compared with the last run.
    type: dict
    default: {}
  owed:
    description: Ids of the checks by the observation that they read.
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
  - module: ebill.ops.oracle_info
  - module: ebill.ops.oracle_offline_script
"""

EXAMPLES = r"""
- name: Observe the e-bill database by its archive
  ebill.ops.oracle_archive_info:
    archive: /srv/ebill/ebill-oracle-ebilldb-20261125T020000Z.txt
    database: ebilldb
    service: EBILL
    site:
      user_tablespaces: [EBILL_DATA, EBILL_IDX]
  register: database
"""

RETURN = r"""
observations:
  description:
    - As those of M(ebill.ops.oracle_info).
    - C(oracle_session) tells that they are from an archive, and of what time.
  returned: always
  type: dict
  sample:
    oracle_session:
      rows:
        - transport: offline
          archive: ebill-oracle-ebilldb-20261125T020000Z.txt
          database: EBILLDB
          service: EBILL
          taken_utc: "2026-11-25T02:00:00Z"
          statements: 31
queries:
  description: The statements of the archive, with the seconds that each took.
  returned: always
  type: list
  elements: dict
  sample:
    - name: instance
      view: V$INSTANCE
      elapsed_seconds: 0.01
      rows: 1
bookmarks:
  description: What to give as O(earlier) in the next run.
  returned: always
  type: dict
  sample: {}
"""

import glob
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Problem
from ansible_collections.ebill.ops.plugins.module_utils.oracle.archive import (
    MAX_BYTES,
    Expected,
    read_archive,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.collect import (
    all_parts,
    from_answers,
)
from ansible_collections.ebill.ops.plugins.module_utils.oracle.frames import Reading, source_of
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted, wanted_of


def newest(archive: str, database: str) -> Path:
    """Return the file that is meant; names from sh sort by their time, Windows gives none."""
    path = Path(archive)
    if not archive or not path.is_dir():
        return path
    name = glob.escape(f"ebill-oracle-{database}")
    found = sorted(path.glob(f"{name}-[0-9]*T[0-9]*Z.txt")) or list(path.glob(f"{name}.txt"))
    return found[-1] if found else path


def reading_of(path: Path, params: dict[str, Any], wanted: Wanted) -> Reading:
    """Return the archive's answers; a file that cannot be read is the answer of every part."""
    parts = all_parts(wanted)
    expected = Expected(
        database=params["database"],
        now=datetime.now(timezone.utc),  # noqa: UP017 - a target's Python may be an old one
        max_days=params["max_days"],
        service=params["service"],
    )
    try:
        if not path.name or path.is_dir():
            problem = Problem("archive_missing", str(path))
        elif path.stat().st_size > MAX_BYTES:
            problem = Problem("archive_foreign", f"{path.name} (> {MAX_BYTES >> 20} MiB)")
        else:
            return read_archive(path.read_bytes(), parts, expected, path.name)
    except FileNotFoundError:
        problem = Problem("archive_missing", path.name)
    except OSError as error:
        problem = Problem("unreadable", f"{path.name} ({type(error).__name__})")
    return Reading({part.name: problem for part in parts})


def main() -> None:
    """Read and answer."""
    module = AnsibleModule(
        argument_spec={
            "archive": {"type": "path", "required": True},
            "database": {"type": "str", "required": True},
            "service": {"type": "str"},
            "max_days": {"type": "float", "default": 7},
            "site": {"type": "dict", "default": {}},
            "earlier": {"type": "dict", "default": {}},
            "owed": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    compared = {key: module.params[key] for key in ("earlier", "owed")}
    wanted = wanted_of({**module.params["site"], **compared})
    path = newest(module.params["archive"], module.params["database"])
    reading = reading_of(path, module.params, wanted)
    found = from_answers(reading.answers, wanted, reading.asked)
    told = {"transport": "offline", "archive": path.name}
    observations = {
        **found.observations,
        "oracle_session": {"rows": [{**told, **source_of(reading)}]},
    }
    module.exit_json(
        changed=False,
        observations=observations,
        queries=found.queries,
        bookmarks=found.bookmarks,
    )


if __name__ == "__main__":
    main()
