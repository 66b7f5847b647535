# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
#
# The backup area: time and size of the files of each backup set, and the room where they lie. It
# only looks; backup.py reads it. Set by backup.script():
#   BACKUP_SECONDS  limit of one set and of one file system
#   BACKUP_LINES    at most so many files of a set are listed, the newest
#   BACKUP_BATCH    names of about so many bytes go to one command
#   each_set        calls: want_set INDEX FOLDER PATTERN

BACKUP_NL='
'

backup_files() {
    # $1 folder, $2 pattern below it. An empty IFS leaves file name expansion alone.
    for backup_step in "$1" "${1%/*}"; do
        [ -d "$backup_step" ] && break
    done
    if [ ! -d "$1" ]; then
        if [ -d "${backup_step:-/}" ] && [ ! -x "${backup_step:-/}" ]; then
            echo "error permission $backup_step"
        else
            echo "error not_found $1"
        fi
        return
    fi
    if [ ! -r "$1" ] || [ ! -x "$1" ]; then
        echo "error permission $1"
        return
    fi
    IFS=''
    # shellcheck disable=SC2086  # expansion is meant
    set -- "$1"/$2
    IFS=$BACKUP_NL
    set -f
    backup_count=0 backup_odd=0
    for backup_file; do
        [ -f "$backup_file" ] || continue
        case $backup_file in
        *"$BACKUP_NL"*) backup_odd=$((backup_odd + 1)) ;;
        *) backup_count=$((backup_count + 1)) ;;
        esac
    done
    echo "files $backup_count $backup_odd"
    [ "$backup_count" = 0 ] || backup_times "$@" | sort -k 2,2rn | head -n "$BACKUP_LINES"
}

backup_times() {
    # The names go to stat in batches: a command takes 128 KiB to 2 MiB of them, by the system.
    backup_list=''
    for backup_file; do
        case $backup_file in *"$BACKUP_NL"*) continue ;; esac
        [ -f "$backup_file" ] || continue
        backup_list="$backup_list$backup_file$BACKUP_NL"
        [ "${#backup_list}" -lt "$BACKUP_BATCH" ] || backup_stat
    done
    [ -z "$backup_list" ] || backup_stat
}

backup_stat() {
    # shellcheck disable=SC2086  # one file a line
    stat -L -c 'file %Y %s %n/' $backup_list
    backup_list=''
}

backup_room() {
    df -P -k "$1"
}

want_set() {
    if eb_need "set.$1" stat sort head; then
        eb_run "set.$1" "$BACKUP_SECONDS" backup_files "$2" "$3"
    fi
    if eb_need "room.$1" df; then
        eb_run "room.$1" "$BACKUP_SECONDS" backup_room "$2"
    fi
}

collect() {
    if eb_have date; then
        eb_emit clock 0 "$(date +%s)"
    else
        eb_note clock tool_missing date
    fi
    each_set
}
