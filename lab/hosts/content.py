# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies on the disks of the lab hosts: logs in which nothing is wrong, a history of backups.

Times are the host's own, Asia/Shanghai; the clock is the lab's.
"""

from __future__ import annotations

import random
import shutil
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from lab.hosts.world import APP01, BAK01, DB01, OLD01, OLD_MOUNT

if TYPE_CHECKING:
    from lab.hosts.machine import Machine

SHANGHAI = timezone(timedelta(hours=8))
CATALINA = "/opt/tomcat/logs/catalina.out"
MESSAGES = "/var/log/messages"
NGINX_ERROR = "/var/log/nginx/error.log"
NGINX_ACCESS = "/var/log/nginx/access.log"
ALERT = "/u01/app/oracle/diag/rdbms/ebill/ebill/trace/alert_ebill.log"
EXPDP = "/backup/expdp"
RMAN = "/backup/rman"
NIGHTS = 8
DUMP_BYTES = 940_000
PIECE_BYTES = 1_180_000
_PAGES = ("issue", "reverse", "deliver", "reconcile", "query", "print", "statistics")


def fill(machine: Machine) -> None:
    """Put a host's own data in place."""
    match machine.world.name:
        case APP01.name:
            fill_app(machine)
        case DB01.name:
            fill_db(machine)
        case BAK01.name:
            fill_backups(machine)
            machine.put(MESSAGES, messages(now(machine), "bak01"))
        case OLD01.name:
            machine.put(MESSAGES, messages(now(machine), "old01"))
            machine.put("/data/print/queue.dat", bytes(900_000))
            machine.put(f"{old_mount(machine)}/2019.tar", bytes(2_400_000))


def now(machine: Machine) -> datetime:
    """The lab's time as the host's wall clock shows it."""
    return machine.clock().astimezone(SHANGHAI)


def old_mount(machine: Machine) -> str:
    """The mount point of old01 whose name has a blank and Chinese, in the bytes of its locale."""
    found = [disk.path for disk in machine.world.disks if disk.target == OLD_MOUNT]
    return found[0]


def fill_app(machine: Machine) -> None:
    """Logs and data of the application server."""
    moment = now(machine)
    machine.put(CATALINA, catalina(moment))
    machine.put(NGINX_ACCESS, nginx_access(moment))
    machine.put(NGINX_ERROR, nginx_error(moment))
    machine.put(MESSAGES, messages(moment, "app01"))
    machine.put("/opt/tomcat/conf/logging.properties", "handlers = java.util.logging.FileHandler\n")
    machine.put("/data/ebill/archive/2026.dat", bytes(9_000_000))


def fill_db(machine: Machine) -> None:
    """Alert log and data files of the database server."""
    moment = now(machine)
    machine.put(ALERT, alert(moment))
    machine.put(MESSAGES, messages(moment, "db01"))
    for name in ("system01", "sysaux01", "ebill_data01", "ebill_index01", "undotbs01"):
        machine.put(f"/u02/oradata/ebill/{name}.dbf", bytes(1_900_000))


def last_night(moment: datetime) -> datetime:
    """The last 02:00 before a moment."""
    night = moment.replace(hour=2, minute=0, second=0, microsecond=0)
    return night if night < moment else night - timedelta(days=1)


def fill_backups(machine: Machine, newest_days_ago: int = 0) -> None:
    """Write the last eight nights of Data Pump dumps and RMAN pieces; replaces what is there."""
    for folder in (EXPDP, RMAN):
        path = machine.path(folder)
        if path.exists():
            path.chmod(0o755)
            shutil.rmtree(path)
        path.mkdir(parents=True)
    first = last_night(now(machine)) - timedelta(days=newest_days_ago + NIGHTS - 1)
    for number in range(NIGHTS):
        night = first + timedelta(days=number)
        grown = 1 + number * 0.006
        dump = dump_name(night)
        machine.put(dump, noise(number, int(DUMP_BYTES * grown)), night + timedelta(minutes=22))
        machine.put(
            dump.replace(".dmp", ".log"), dump_log(night), night + timedelta(minutes=22, seconds=4)
        )
        for piece in (1, 2):
            size = int(PIECE_BYTES * grown * (0.8 if piece == 1 else 0.2))
            name = f"{RMAN}/ebill_db_{night:%Y%m%d}_{piece}.bkp"
            machine.put(name, noise(number, size), night + timedelta(minutes=40 + piece))


def dump_name(night: datetime) -> str:
    """The file of one night's Data Pump export."""
    return f"{EXPDP}/expdp_ebill_{night:%Y%m%d}.dmp"


def noise(seed: int, size: int) -> bytes:
    """Bytes that do not compress, the same for the same seed."""
    piece = random.Random(seed).randbytes(16384)
    return (piece * (size // len(piece) + 1))[:size]


def dump_log(night: datetime) -> str:
    """The log that expdp leaves beside a dump."""
    done = night + timedelta(minutes=22)
    return (
        f"Export: Release 19.0.0.0.0 - Production on {night:%a %b %d %H:%M:%S %Y}\n"
        'Starting "SYSTEM"."SYS_EXPORT_SCHEMA_01":  schemas=EBILL\n'
        '. . exported "EBILL"."BILL_MAIN"                         612.4 KB   48211 rows\n'
        'Master table "SYSTEM"."SYS_EXPORT_SCHEMA_01" successfully loaded/unloaded\n'
        f'Job "SYSTEM"."SYS_EXPORT_SCHEMA_01" successfully completed at {done:%a %b %d %H:%M:%S %Y}'
        " elapsed 0 00:21:58\n"
    )


def _steps(moment: datetime, number: int, seconds: int) -> list[datetime]:
    """The moments of a log's lines: `number` of them, the last one `seconds` ago."""
    return [moment - timedelta(seconds=seconds * (number - n)) for n in range(number)]


def catalina(moment: datetime, lines: int = 600) -> str:
    """A Tomcat log of normal work."""
    return "".join(
        f"{when:%d-%b-%Y %H:%M:%S}.{n % 1000:03d} INFO [http-nio-8080-exec-{n % 20 + 1}] "
        f"com.ebill.web.{_PAGES[n % 7].capitalize()}Controller.handle {_PAGES[n % 7]} "
        f"completed in {80 + n * 37 % 400} ms, batch={100000 + n}\n"
        for n, when in enumerate(_steps(moment, lines, 20))
    )


def nginx_access(moment: datetime, lines: int = 400) -> str:
    """An nginx access log of normal work."""
    return "".join(
        f"10.20.{n % 4}.{n % 200 + 10} - - [{when:%d/%b/%Y:%H:%M:%S +0800}] "
        f'"GET /ebill/{_PAGES[n % 7]} HTTP/1.1" 200 {4000 + n * 13 % 900} "-" "Mozilla/5.0"\n'
        for n, when in enumerate(_steps(moment, lines, 30))
    )


def nginx_error(moment: datetime) -> str:
    """An nginx error log that holds only its own notices."""
    start = moment - timedelta(days=2)
    return "".join(
        f"{start:%Y/%m/%d %H:%M:%S} [notice] 1187#1187: {text}\n"
        for text in ("using the epoll event method", "nginx/1.24.0", "start worker processes")
    )


def messages(moment: datetime, host: str, lines: int = 200) -> str:
    """A system log of normal work."""
    texts = (
        "systemd: Started Session {n} of user root.",
        "systemd-logind: New session {n} of user root.",
        "CROND[{n}]: (root) CMD (/usr/lib64/sa/sa1 1 1)",
        "chronyd[812]: Selected source 10.20.0.5",
    )
    return "".join(
        f"{when:%b %d %H:%M:%S} {host} {texts[n % 4].format(n=4100 + n)}\n"
        for n, when in enumerate(_steps(moment, lines, 300))
    )


def stamp(when: datetime) -> str:
    """A time as the 19c alert log writes it."""
    return when.isoformat(timespec="microseconds")


def alert(moment: datetime, switches: int = 120) -> str:
    """A 19c alert log of normal work: log switches and archiving."""
    parts = []
    for n, when in enumerate(_steps(moment, switches, 900)):
        sequence = 8000 + n
        parts.append(
            f"{stamp(when)}\nThread 1 advanced to log sequence {sequence} (LGWR switch)\n"
            f"  Current log# {n % 3 + 1} seq# {sequence} mem# 0: "
            f"/u02/oradata/ebill/redo0{n % 3 + 1}.log\n"
            f"{stamp(when + timedelta(seconds=2))}\n"
            f"ARC1 (PID:3127): Archived Log entry {sequence - 1} added for T-1.S-{sequence - 1}\n"
        )
    return "".join(parts)
