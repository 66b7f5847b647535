# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the four hosts of the lab are: disks, memory, services. Sizes are small on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

MIB = 1 << 20
USER = "ops"
UID = 1000
JAVA = "/opt/jdk1.8.0_202/bin/java"
NGINX = "/opt/nginx/sbin/nginx"
ORACLE = "/u01/app/oracle/product/19.3.0/dbhome_1/bin"
OLD_MOUNT = "/data/票据 归档"


@dataclass(frozen=True)
class Disk:
    """A tmpfs of a fixed size and number of inodes, named as a disk would be."""

    source: str
    target: str
    size_mib: int
    inodes: int = 4000
    encoding: str = "utf-8"  # of the target's name on the host

    @property
    def path(self) -> str:
        """The mount point as Python's own file functions take it (surrogates for odd bytes)."""
        return self.target.encode(self.encoding).decode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Service:
    """A server process: `program` is a copy of the interpreter, `arguments` follow its script."""

    name: str
    program: str
    script: str
    argv0: str
    arguments: tuple[str, ...] = ()
    port: int = 0
    http: bool = False


@dataclass(frozen=True)
class World:
    """One host. `minimal`: a few copied tools instead of the machine's programs."""

    name: str
    address: str
    release: str
    disks: tuple[Disk, ...]
    services: tuple[Service, ...] = ()
    lang: str = "zh_CN.UTF-8"
    minimal: bool = False
    cpus: int = 8
    memory_mib: int = 16384
    swap_mib: int = 8192
    uptime_days: int = 87
    folders: tuple[str, ...] = field(default=())


TOMCAT = Service(
    name="tomcat",
    program=JAVA,
    script="/opt/tomcat/bin/bootstrap.jar",
    argv0=JAVA,
    arguments=(
        "-Djava.util.logging.config.file=/opt/tomcat/conf/logging.properties",
        "-Xms512m",
        "-Xmx2048m",
        "-Dfile.encoding=UTF-8",
        "-Dcatalina.base=/opt/tomcat",
        "-Dcatalina.home=/opt/tomcat",
        "-Djava.io.tmpdir=/opt/tomcat/temp",
        "org.apache.catalina.startup.Bootstrap",
        "start",
    ),
    port=8080,
    http=True,
)
NGINX_SERVICE = Service(
    name="nginx",
    program=NGINX,
    script="/opt/nginx/lib/nginx.so",
    argv0=f"nginx: master process {NGINX}",
    port=80,
    http=True,
)
LISTENER = Service(
    name="tnslsnr",
    program=f"{ORACLE}/tnslsnr",
    script=f"{ORACLE}/lsnr.so",
    argv0=f"{ORACLE}/tnslsnr",
    arguments=("LISTENER", "-inherit"),
    port=1521,
)
PMON = Service(
    name="ora_pmon_ebill",
    program=f"{ORACLE}/oracle",
    script=f"{ORACLE}/lsnr.so",
    argv0="ora_pmon_ebill",
)

APP01 = World(
    name="app01",
    address="127.0.0.11",
    release='NAME="Kylin Linux Advanced Server"\nVERSION="V10 (Lance)"\nID="kylin"\n'
    'VERSION_ID="V10"\nPRETTY_NAME="Kylin Linux Advanced Server V10 (Lance)"\n',
    disks=(
        Disk("/dev/mapper/klas-root", "/", 48, 8000),
        Disk("/dev/mapper/klas-data", "/data", 32),
        Disk("/dev/mapper/klas-log", "/var/log", 8),
    ),
    services=(TOMCAT, NGINX_SERVICE),
    folders=("/opt/tomcat/logs", "/opt/tomcat/temp", "/var/log/nginx", "/mnt/archive"),
)
DB01 = World(
    name="db01",
    address="127.0.0.12",
    release='NAME="Oracle Linux Server"\nVERSION="7.9"\nID="ol"\nVERSION_ID="7.9"\n'
    'PRETTY_NAME="Oracle Linux Server 7.9"\n',
    disks=(
        Disk("/dev/mapper/ol-root", "/", 16, 4000),
        Disk("/dev/sdb1", "/u01", 24, 3000),
        Disk("/dev/sdc1", "/u02", 24),
        Disk("/dev/mapper/ol-log", "/var/log", 8),
    ),
    services=(LISTENER, PMON),
    cpus=16,
    memory_mib=65536,
    swap_mib=16384,
    uptime_days=213,
    folders=("/u01/app/oracle/diag/rdbms/ebill/ebill/trace", "/u02/oradata/ebill"),
)
BAK01 = World(
    name="bak01",
    address="127.0.0.13",
    release='NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nVERSION_ID="7"\n'
    'PRETTY_NAME="CentOS Linux 7 (Core)"\n',
    disks=(
        Disk("/dev/mapper/centos-root", "/", 16, 4000),
        Disk("/dev/sdb1", "/backup", 48),
    ),
    cpus=4,
    memory_mib=8192,
    uptime_days=402,
    folders=("/backup/expdp", "/backup/rman", "/var/log"),
)
OLD01 = World(
    name="old01",
    address="127.0.0.14",
    release="CentOS release 6.10 (Final)\n",
    disks=(
        Disk("/dev/sda2", "/", 24, 4000),
        Disk("/dev/sdb1", "/data", 8),
        Disk("/dev/sdc1", OLD_MOUNT, 8, encoding="gb18030"),
    ),
    lang="zh_CN.GB18030",
    minimal=True,
    cpus=2,
    memory_mib=4096,
    swap_mib=4096,
    uptime_days=691,
    folders=("/var/log", "/data/print"),
)
WORLDS = (APP01, DB01, BAK01, OLD01)


def fleet(count: int) -> tuple[World, ...]:
    """Return up to 150 light hosts, node001 and on, for measuring: `HostsPart(fleet(30))`."""
    if count > 150:
        raise ValueError("a fleet has at most 150 hosts")
    return tuple(
        replace(APP01, name=f"node{n:03}", address=f"127.0.0.{100 + n}", services=())
        for n in range(1, count + 1)
    )
