# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts that an engineer runs behind a jump host; archive.py reads what they bring back.

Two files with the same questions: one for sh (Linux, AIX, Solaris), one for SQL*Plus on Windows.
Both hold no password, SQL*Plus asks for it. The same inventory gives the same text, byte by byte.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence

from ansible_collections.ebill.ops.plugins.module_utils.oracle import sqlplus, sqlplus_login
from ansible_collections.ebill.ops.plugins.module_utils.oracle.part import Part

FORMAT = 1
_DATABASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\Z")

_SH = r"""#!/bin/sh
# ebill.ops: 数据库巡检（离线）。只读查询；口令由 sqlplus 现场询问，不写入任何文件。
# ebill.ops: inspect a database offline. It only reads, and sqlplus asks for the password.
#
#   sh @FILE@.sh                         连接 connects to @ADDRESS@
#   sh @FILE@.sh //10.0.0.1:1521/EBILL   同一数据库的其他地址 another address of the same database
#
# 口令含特殊字符时，请在输入的口令两边加双引号。
# A password with special characters: type it between double quotes.
# 结果文件 ./@FILE@-<UTC>.txt 须以二进制方式原样带回。
# Bring the result ./@FILE@-<UTC>.txt back unchanged, by a binary transfer.
umask 077
LC_ALL=C
NLS_LANG=AMERICAN_AMERICA.AL32UTF8
export LC_ALL NLS_LANG
unset TWO_TASK LOCAL SQLPATH ORACLE_PATH
connect=${1:-@CONNECT@}

say() { printf '%s\n' "$*" >&2; }
give_up() { say "$@"; exit 1; }

find_sqlplus() {
    for home in "${ORACLE_HOME:-}" $(sed -n 's/^[A-Za-z0-9+_][^:]*:\(\/[^:]*\):.*/\1/p' \
        /etc/oratab /var/opt/oracle/oratab 2>/dev/null); do
        if [ -n "$home" ] && [ -x "$home/bin/sqlplus" ]; then
            ORACLE_HOME=$home
            LD_LIBRARY_PATH=$home/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
            LIBPATH=$home/lib${LIBPATH:+:$LIBPATH}
            export ORACLE_HOME LD_LIBRARY_PATH LIBPATH
            sqlplus=$home/bin/sqlplus
            return 0
        fi
    done
    sqlplus=$(command -v sqlplus)
}

digest() {
    for tool in sha256sum 'shasum -a 256' 'openssl dgst -sha256' 'digest -a sha256'; do
        # shellcheck disable=SC2086  # a command and its options
        found=$($tool <"$1" 2>/dev/null | sed -n 's/.*\([0-9a-f]\{64\}\).*/\1/p')
        [ -z "$found" ] || { printf '%s\n' "$found"; return 0; }
    done
    return 1
}

find_sqlplus || give_up '未找到 sqlplus，请先设置 ORACLE_HOME。 sqlplus not found: set ORACLE_HOME.'
work=$(mktemp -d 2>/dev/null) || {
    work=${TMPDIR:-/tmp}/ebill.$$
    mkdir "$work" || give_up "cannot write to $work"
}
trap 'rm -rf "$work"' 0
trap 'exit 1' 1 2 15
cat >"$work/ask.sql" <<'EBILL_END'
@QUESTIONS@
EBILL_END
say '用户 user: @USER@，请输入口令 type the password'
(cd "$work" && "$sqlplus" -L "@USER@@$connect" @ask.sql)
answers=$work/@FILE@.txt
grep '^@MARK@ start ' "$answers" >/dev/null 2>&1 ||
    give_up '登录未成功，没有结果。 The login did not succeed, there is no result.'
grep '^@MARK@ done' "$answers" >/dev/null ||
    give_up '查询中断，没有结果，请重新运行。 Interrupted, there is no result: run it again.'
sum=$(digest "$answers") ||
    give_up '未找到 sha256sum、shasum 或 openssl。 Neither sha256sum, shasum nor openssl found.'
result=@FILE@-$(date -u +%Y%m%dT%H%M%SZ).txt
{
    cat "$answers"
    printf '@MARK@ sha256 %s\n' "$sum"
} >"$result" || give_up "cannot write $result"
say "完成 done: $result"
"""

_WINDOWS = r"""-- ebill.ops: inspect a database offline, with SQL*Plus on Windows. It only reads.
-- In a command window (cmd), in the folder of this file:
--   set NLS_LANG=AMERICAN_AMERICA.AL32UTF8
--   sqlplus -L @USER@@"@ADDRESS@" @@FILE@.sql
-- SQL*Plus asks for the password. Bring the file @FILE@.txt back unchanged.
@QUESTIONS@
"""

# certutil is part of Windows since 2008; its own words differ by language, the digits do not.
_WINDOWS_END = (
    "HOST certutil -hashfile @FILE@.txt SHA256 > @FILE@.sum",
    "HOST type @FILE@.sum >> @FILE@.txt",
    "HOST del @FILE@.sum",
    "PROMPT done: @FILE@.txt",
)


def mark_of(database: str, parts: Sequence[Part]) -> str:
    """Return the word that the frames of this database's archives start with."""
    words = f"{FORMAT} {database} {sqlplus.version_of(parts)}"
    return "ebill-" + hashlib.sha256(words.encode("utf-8")).hexdigest()[:24]


def file_name(database: str) -> str:
    """Return the scripts' name without its ending; UnusableError for an odd inventory name."""
    if not _DATABASE.match(database):
        raise sqlplus_login.UnusableError("database")
    return f"ebill-oracle-{database}"


def scripts(
    database: str, user: str, address: sqlplus_login.Address, parts: Sequence[Part]
) -> dict[str, str]:
    """Return the files by name: ``.sh`` and ``.sql``."""
    name, mark = file_name(database), mark_of(database, parts)
    begin = f"PROMPT {mark} archive {FORMAT} {database} {sqlplus.version_of(parts)}"
    questions = [
        "SET DEFINE OFF",
        "SET TRIMSPOOL ON",
        "SET TERMOUT OFF",
        f"SPOOL {name}.txt",
        begin,
        *sqlplus.after_login(parts, mark),
        "SPOOL OFF",
        "SET TERMOUT ON",
    ]
    words = {
        "@FILE@": name,
        "@MARK@": mark,
        "@USER@": sqlplus_login.account(user),
        "@ADDRESS@": f"//{address}" if address.service else address.descriptor(),
        "@CONNECT@": shlex.quote(address.descriptor()),
    }
    shell = _SH.replace("@QUESTIONS@", "\n".join([*questions, "EXIT"]))
    windows = _WINDOWS.replace("@QUESTIONS@", "\n".join([*questions, *_WINDOWS_END, "EXIT"]))
    for key, value in words.items():
        shell, windows = shell.replace(key, value), windows.replace(key, value)
    return {f"{name}.sh": shell, f"{name}.sql": windows.replace("\n", "\r\n")}
