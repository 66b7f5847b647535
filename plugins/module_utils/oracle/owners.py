# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose an object is: the e-bill system's, Oracle's own, or another system's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ebill.ops.plugins.module_utils.oracle.answers import Answers, rows_of
from ansible_collections.ebill.ops.plugins.module_utils.oracle.wanted import Wanted

# DBA_USERS.ORACLE_MAINTAINED says this from 12.1 on, but 11.2 has no such column. The names are
# those that the Security Guides of 11.2, 12.2, 19c and 23ai list as predefined accounts, PUBLIC,
# which owns public synonyms, and the owners of Oracle's own tools (Statspack, ORDS).
_NAMES = """
    ANONYMOUS APPQOSSYS AUDSYS BAASSYS CTXSYS DBSFWUSER DBSNMP DGPDB_INT DIP DVF DVSYS EXFSYS
    FLOWS_FILES GGSHAREDCAP GGSYS GSMADMIN_INTERNAL GSMCATUSER GSMROOTUSER GSMUSER LBACSYS
    MDDATA MDSYS MGDSYS MGMT_VIEW OJVMSYS OLAPSYS ORACLE_OCM ORDDATA ORDPLUGINS ORDSYS
    ORDS_METADATA ORDS_PUBLIC_USER OUTLN OWBSYS OWBSYS_AUDIT PDBADMIN PERFSTAT PUBLIC
    REMOTE_SCHEDULER_AGENT SI_INFORMTN_SCHEMA SPATIAL_CSW_ADMIN_USR SPATIAL_WFS_ADMIN_USR SYS
    SYS$UMF SYSBACKUP SYSDG SYSKM SYSMAN SYSRAC SYSTEM TSMSYS VECSYS WKPROXY WKSYS WK_TEST WMSYS
    XDB XS$NULL
"""
ORACLE_OWN = frozenset(_NAMES.split())
_ORACLE_PREFIXES = ("APEX_", "FLOWS_")


def kind_of_owner(owner: Any, wanted: Wanted) -> str:
    """``site`` (of the e-bill system), ``oracle`` or ``other``.

    Without a list of schemas every one that is not Oracle's own is the site's.
    """
    name = str(owner)
    if name in ORACLE_OWN or name.startswith(_ORACLE_PREFIXES):
        return "oracle"
    listed = {schema.upper() for schema in wanted.application_schemas}
    return "site" if not listed or name.upper() in listed else "other"


def container_of(row: Mapping[str, Any], answers: Answers) -> str | None:
    """The name of a row's container where several were asked, else None."""
    number = row.get("con_id")
    if number is None:
        return None
    names = {item.get("con_id"): item.get("name") for item in rows_of(answers, "containers")}
    return str(names.get(number) or f"CON_ID {number}")


def labelled(name: Any, row: Mapping[str, Any], answers: Answers) -> str:
    """A name with its container before it where several containers were asked."""
    container = container_of(row, answers)
    return f"{container}/{name}" if container else str(name)
