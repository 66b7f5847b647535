# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
#
# The Oracle area by the database host's own SQL*Plus; sqlplus.py reads it. The password goes from
# our text through a shell variable and a builtin into the pipe that SQL*Plus reads: no argument
# list, no environment, no file and no here-document (which some shells keep in a file).
# Set by sqlplus.script():
#   SQLPLUS_MARK     word that every frame line of the answers starts with
#   SQLPLUS_HOME     Oracle home, or folder of an Instant Client; empty: look for it
#   SQLPLUS_SID      instance whose line of oratab is taken first
#   SQLPLUS_SECONDS  limit of the whole session
#   SQLPLUS_BEFORE, SQLPLUS_CONNECT, SQLPLUS_AFTER    what SQL*Plus is told

SQLPLUS_PROGRAM=''

sqlplus_in() {
    # $1 an Oracle home or the folder of an Instant Client
    if [ -x "$1/bin/sqlplus" ]; then
        SQLPLUS_PROGRAM=$1/bin/sqlplus
        ORACLE_HOME=$1
        sqlplus_libraries=$1/lib
        export ORACLE_HOME
    elif [ -x "$1/sqlplus" ]; then
        SQLPLUS_PROGRAM=$1/sqlplus
        sqlplus_libraries=$1
    else
        return 1
    fi
    LD_LIBRARY_PATH=$sqlplus_libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    LIBPATH=$sqlplus_libraries${LIBPATH:+:$LIBPATH}
    export LD_LIBRARY_PATH LIBPATH
}

sqlplus_in_oratab() {
    # $1 the instance, or empty for any; lines are SID:HOME:Y
    for sqlplus_table in /etc/oratab /var/opt/oracle/oratab; do
        [ -r "$sqlplus_table" ] || continue
        while IFS=: read -r sqlplus_sid sqlplus_home _; do
            case $sqlplus_sid in '' | '#'* | ' '*) continue ;; esac
            [ -z "$1" ] || [ "$1" = "$sqlplus_sid" ] || continue
            sqlplus_in "$sqlplus_home" && return 0
        done <"$sqlplus_table"
    done
    return 1
}

sqlplus_find() {
    if [ -n "$SQLPLUS_HOME" ]; then
        sqlplus_in "$SQLPLUS_HOME"
        return
    fi
    [ -z "$SQLPLUS_SID" ] || ! sqlplus_in_oratab "$SQLPLUS_SID" || return 0
    [ -z "${ORACLE_HOME:-}" ] || ! sqlplus_in "$ORACLE_HOME" || return 0
    if eb_have sqlplus; then
        SQLPLUS_PROGRAM=sqlplus
        return 0
    fi
    sqlplus_in_oratab ''
}

# An external printf would show its arguments to everybody; ksh88 and mksh have `print` instead.
case $(command -v printf) in
printf) sqlplus_say() { printf '%s\n' "$1"; } ;;
*)
    case $(command -v print) in
    print) sqlplus_say() { print -r - "$1"; } ;;
    *) sqlplus_say() { return 1; } ;;
    esac
    ;;
esac

sqlplus_tell() {
    sqlplus_say "$SQLPLUS_BEFORE"
    sqlplus_say "$SQLPLUS_CONNECT"
    sqlplus_say "$SQLPLUS_AFTER"
    sqlplus_say EXIT
}

# -R 3: no HOST, no SPOOL, no login.sql. A session of its own: no terminal to ask for a password.
sqlplus_start() {
    set -- "$SQLPLUS_PROGRAM" -R 3 -S /nolog
    if eb_have setsid; then
        setsid "$@"
    else
        "$@"
    fi
}

# What was answered before a hang stands, so nothing is gathered first; `cat` holds the session's
# output, and is ours to kill, whatever SQL*Plus left behind.
sqlplus_session() {
    sqlplus_tell | sqlplus_start 2>&1 | cat
}

collect() {
    eb_emit mark 0 "$SQLPLUS_MARK"
    if [ -z "$SQLPLUS_CONNECT" ]; then
        return
    fi
    if ! sqlplus_find; then
        eb_note sqlplus tool_missing "${SQLPLUS_HOME:+$SQLPLUS_HOME/bin/}sqlplus"
        return
    fi
    if ! sqlplus_say '' >/dev/null; then
        eb_note sqlplus tool_missing 'printf (builtin)'
        return
    fi
    unset TWO_TASK LOCAL SQLPATH ORACLE_PATH
    NLS_LANG=AMERICAN_AMERICA.AL32UTF8
    export NLS_LANG
    cd / || return
    printf '%s begin sqlplus\n' "$EB_NONCE"
    sqlplus_session &
    # shellcheck disable=SC2034  # lib.sh waits for these, and ends them
    EB_JOBS=" $!:sqlplus"
    eb_join "$SQLPLUS_SECONDS"
    printf '\n%s end sqlplus 0\n' "$EB_NONCE"
}
