# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of the logs: their lines, and how a file is lost, locked or rotated away."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING

from lab.hosts import content
from lab.hosts.canaries import CARD_NUMBERS, ID_NUMBERS, NAMES, PHONES

if TYPE_CHECKING:
    from lab.hosts.machine import Machine

_TRACE = (
    "\tat oracle.jdbc.driver.T4CTTIoer11.processError(T4CTTIoer11.java:509)\n"
    "\tat com.ebill.dao.BillMainDao.insert(BillMainDao.java:188)\n"
    "\tat com.ebill.service.IssueService.issue(IssueService.java:97)\n"
    "\tat java.lang.Thread.run(Thread.java:748)\n"
)


def application_errors(machine: Machine) -> str:
    """Return what a bad hour leaves in catalina.out, with patient-like data in it."""
    moment = content.now(machine) - timedelta(minutes=40)
    lines = []
    for n in range(6):
        when = f"{moment + timedelta(minutes=n * 5):%d-%b-%Y %H:%M:%S}"
        who = n % 2
        lines.append(
            f"{when}.417 SEVERE [http-nio-8080-exec-{n + 3}] com.ebill.service.IssueService.issue "
            f"票据开具失败 姓名={NAMES[who]} 身份证号={ID_NUMBERS[who]} 手机号={PHONES[who]} "
            f"卡号={CARD_NUMBERS[0]}\n"
            "java.sql.SQLException: ORA-01653: unable to extend table EBILL.BILL_MAIN by 1024 in "
            f"tablespace EBILL_DATA\n{_TRACE}"
        )
    lines.append(
        f"{moment + timedelta(minutes=33):%d-%b-%Y %H:%M:%S}.902 SEVERE [http-nio-8080-exec-9] "
        "org.apache.catalina.core.StandardWrapperValve.invoke Servlet.service() threw exception\n"
        f"java.lang.OutOfMemoryError: Java heap space\n{_TRACE}"
    )
    return "".join(lines)


def alert_errors(machine: Machine) -> str:
    """Return an internal error and a full tablespace as the alert log tells them."""
    moment = content.now(machine) - timedelta(minutes=55)
    later = moment + timedelta(minutes=12)
    trace = "/u01/app/oracle/diag/rdbms/ebill/ebill/trace/ebill_ora_21877.trc"
    return (
        f"{content.stamp(moment)}\nErrors in file {trace}  (incident=48211):\n"
        "ORA-00600: internal error code, arguments: [kdsgrp1], [0], [4], [], [], [], [], []\n"
        "Use ADRCI or Support Workbench to package the incident.\n"
        f"{content.stamp(later)}\n"
        "ORA-01653: unable to extend table EBILL.BILL_MAIN by 1024 in tablespace EBILL_DATA\n"
    )


def append(machine: Machine, name: str, text: str) -> None:
    """Append to a log as its writer would: the file stays the same file."""
    with machine.path(name).open("a", encoding="utf-8") as log:
        log.write(text)


def rotate(machine: Machine) -> None:
    """Write errors, rotate the log away and compress it; the new file has nothing wrong in it."""
    append(machine, content.CATALINA, application_errors(machine))
    path = machine.path(content.CATALINA)
    moment = content.now(machine)
    rotated = f"{content.CATALINA}-{moment:%Y%m%d}.gz"
    machine.put(rotated, gzip.compress(path.read_bytes()), moment)
    path.unlink()
    machine.put(content.CATALINA, content.catalina(moment, lines=5))


def restore(machine: Machine, name: str) -> None:
    """Put back a log in which nothing is wrong; its rotated ones go."""
    moment = content.now(machine)
    text = {
        content.CATALINA: lambda: content.catalina(moment),
        content.NGINX_ERROR: lambda: content.nginx_error(moment),
        content.MESSAGES: lambda: content.messages(moment, machine.world.name),
        content.ALERT: lambda: content.alert(moment),
    }[name]()
    path = machine.path(name)
    for rotated in path.parent.glob(f"{path.name}-*.gz"):
        rotated.unlink()
    if path.exists():
        path.chmod(0o644)
    machine.put(name, text)
