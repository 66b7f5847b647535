# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
#
# The log area: what is new in each log since the last run, counted here by one pass of grep, so
# that no log travels. It only reads; log.py writes the calls and reads the answer.
# Set by log.script():
#   LOG_MAX_BYTES   at most so many bytes of a log are read in one run, the newest
#   LOG_CUTOFF      a first run leaves out rotated files older than this (seconds since 1970)
#   LOG_SECONDS     limit of one log
#   each_log        calls: want_log INDEX PATH GLOB SINCE DONE ERE AWK MARK...
#                   SINCE: newest time seen by the last run, -1 at first; DONE: files of that time
#                   that need no second look, " device:inode:size:time " and so on; ERE and AWK
#                   are for printf %b;
#                   MARK: inode:offset:head length:its SHA-256:tail length:its SHA-256
#
# A log is a family of files: the one that is written, and those it was rotated to. A file is
# known again by its contents before the offset (its head, and the bytes right before the offset),
# not by its name, and not by its inode alone, which may be used again.

LOG_NL='
'
LOG_HEAD=1024
LOG_TAIL=256
LOG_WINDOW=65536
LOG_MARKS=4

# --- pieces of files ---

log_range() {
    # $1 file, $2 from, $3 length; dd moves the offset of the input that it shares with head
    { { [ "$2" = 0 ] || dd bs=1 skip="$2" count=0; } && head -c "$3"; } <"$1" 2>/dev/null
}

log_sum() {
    # $1 file, $2 from, $3 length: LOG_SUM
    LOG_SUM=$(log_range "$@" | sha256sum)
    LOG_SUM=${LOG_SUM%% *}
}

log_unpacked_size() {
    # gzip keeps the size modulo 4 GiB in its last four bytes, lowest first
    IFS=' '
    # shellcheck disable=SC2046  # four numbers
    set -- $(tail -c 4 <"$1" | od -An -tu1)
    IFS=$LOG_NL
    LOG_SIZE=$((${1:-0} + ${2:-0} * 256 + ${3:-0} * 65536 + ${4:-0} * 16777216))
}

# --- which files ---

log_add() {
    for log_file; do
        [ -f "$log_file" ] || continue
        case $log_file in *"$LOG_NL"*) continue ;; esac
        LOG_FILES="$LOG_FILES$log_file$LOG_NL"
    done
}

log_find() {
    # $1 path, $2 1 if it is a pattern. An empty IFS leaves file name expansion alone.
    log_folder=${1%/*}
    IFS=''
    LOG_FILES=''
    if [ "$2" = 1 ]; then
        # shellcheck disable=SC2086  # expansion is meant
        log_add $1 $1.[0-9]* $1-[0-9]* $1.gz
    else
        log_name=${1##*/}
        log_add "$1" "$1".[0-9]* "$1"-[0-9]* "$1".gz "$1".old
        case $log_name in
        ?*.?*) log_add "$log_folder/${log_name%.*}"[._-][0-9]*".${log_name##*.}"* ;;
        esac
    fi
    IFS=$LOG_NL
    if [ -z "$LOG_FILES" ] || { [ "$2" = 0 ] && [ ! -f "$1" ]; }; then
        if [ -e "$1" ]; then
            echo "error not_supported $1"
        elif [ "$2" = 0 ] && [ -d "$log_folder/" ] && [ ! -x "${log_folder:-/}" ]; then
            echo "error permission $log_folder"
        elif [ "$2" = 1 ] && [ -d "$log_folder/" ] && [ ! -r "${log_folder:-/}" ]; then
            echo "error permission $log_folder"
        else
            echo "error not_found $1"
        fi
        return 1
    fi
    set -f
    # shellcheck disable=SC2086  # one word a line
    LOG_LIST=$(stat -L -c '%Y %d:%i %s %b %n/' $LOG_FILES | sort -rn)
    [ -n "$LOG_LIST" ] || {
        echo "error unreadable $1"
        return 1
    }
}

log_split() {
    # $1 a line of the list
    log_rest=$1
    log_time=${log_rest%% *} log_rest=${log_rest#* }
    log_inode=${log_rest%% *} log_rest=${log_rest#* }
    LOG_SIZE=${log_rest%% *} log_rest=${log_rest#* }
    log_blocks=${log_rest%% *} log_rest=${log_rest#* }
    log_file=${log_rest%/}
    log_packed=''
    case $log_file in
    *.gz) log_packed=gzip ;;
    *.xz | *.bz2 | *.zip | *.zst | *.Z | *.lzma) log_packed=other ;;
    esac
}

# --- known again or not ---

log_split_mark() {
    log_rest=$1
    mark_inode=${log_rest%%:*} log_rest=${log_rest#*:}
    mark_offset=${log_rest%%:*} log_rest=${log_rest#*:}
    mark_head=${log_rest%%:*} log_rest=${log_rest#*:}
    mark_head_sum=${log_rest%%:*} log_rest=${log_rest#*:}
    mark_tail=${log_rest%%:*}
    mark_tail_sum=${log_rest#*:}
}

log_is_marked() {
    # Does the file of log_split begin as the one of log_split_mark did up to its offset?
    if [ "$mark_offset" = 0 ]; then
        [ -z "$log_packed" ] && [ "${log_inode#*:}" = "$mark_inode" ]
        return
    fi
    case $log_packed in
    gzip)
        LOG_SUM=$(gzip -dc <"$log_file" | head -c "$mark_head" | sha256sum)
        [ "${LOG_SUM%% *}" = "$mark_head_sum" ] || return 1
        LOG_SUM=$(gzip -dc <"$log_file" | tail -c "+$((mark_offset - mark_tail + 1))" |
            head -c "$mark_tail" | sha256sum)
        [ "${LOG_SUM%% *}" = "$mark_tail_sum" ]
        ;;
    '')
        [ "$LOG_SIZE" -ge "$mark_offset" ] || return 1
        log_sum "$log_file" 0 "$mark_head"
        [ "$LOG_SUM" = "$mark_head_sum" ] || return 1
        log_sum "$log_file" "$((mark_offset - mark_tail))" "$mark_tail"
        [ "$LOG_SUM" = "$mark_tail_sum" ]
        ;;
    *) return 1 ;;
    esac
}

log_find_homes() {
    # LOG_HOMES: marks whose file is where its inode says; LOG_MOVED: those found elsewhere
    LOG_HOMES=' ' LOG_MOVED=' '
    for log_mark in $LOG_KNOWN; do
        log_split_mark "$log_mark"
        for log_line in $LOG_LIST; do
            case $log_line in *" "*":$mark_inode "*) ;; *) continue ;; esac
            log_split "$log_line"
            [ "${log_inode#*:}" = "$mark_inode" ] && log_is_marked && LOG_HOMES="$LOG_HOMES$log_mark "
        done
    done
}

log_look_up() {
    # LOG_FROM: where to go on in the file of log_split: an offset; copy: of a file read already;
    # empty: not known
    LOG_FROM=''
    for log_mark in $LOG_KNOWN; do
        log_split_mark "$log_mark"
        case $LOG_HOMES in
        *" $log_mark "*)
            if [ "${log_inode#*:}" = "$mark_inode" ]; then
                LOG_FROM=$mark_offset
                return
            fi
            ;;
        esac
    done
    for log_mark in $LOG_KNOWN; do
        log_split_mark "$log_mark"
        [ "$mark_offset" != 0 ] || continue
        log_is_marked || continue
        case $LOG_HOMES$LOG_MOVED in
        *" $log_mark "*) LOG_FROM=copy ;;
        *)
            LOG_FROM=$mark_offset
            LOG_MOVED="$LOG_MOVED$log_mark "
            ;;
        esac
        return
    done
}

# --- what to read: newest first, until the limit is used up ---

log_is_new() {
    # $1 path: is there anything to read? Sets LOG_FROM.
    LOG_FROM=0
    if [ "$LOG_SINCE" -lt 0 ]; then
        [ "$log_number" = 1 ] || [ "$log_file" = "$1" ] || [ "$log_time" -ge "$LOG_CUTOFF" ]
        return
    fi
    case $LOG_DONE in *" $log_inode:$LOG_SIZE:$log_time "*) return 1 ;; esac
    if [ "$log_time" -lt "$LOG_SINCE" ] && [ "$log_file" != "$1" ]; then
        case $LOG_INODES in *" ${log_inode#*:} "*) ;; *) return 1 ;; esac
    fi
    log_look_up
    case $LOG_FROM in
    copy) return 1 ;;
    '')
        LOG_FROM=0
        [ "$log_time" -ge "$LOG_SINCE" ] || [ "$log_file" = "$1" ]
        ;;
    esac
}

log_choose() {
    # $1 path, $2 1 if it is a pattern. LOG_PLAN: lines FROM CURRENT REMEMBER LINE, oldest first
    LOG_PLAN='' log_left=$LOG_MAX_BYTES log_skipped=0 log_number=0 log_total=0 log_seen=' '
    log_newest='' log_unread=0
    log_find_homes
    for log_line in $LOG_LIST; do
        log_split "$log_line"
        case $log_seen in *" $log_inode "*) continue ;; esac
        log_seen="$log_seen$log_inode "
        log_number=$((log_number + 1))
        log_total=$((log_total + LOG_SIZE))
        [ -n "$log_newest" ] || log_newest="$log_time $LOG_SIZE"
        if ! [ -r "$log_file" ]; then
            [ "$log_time" -lt "$LOG_SINCE" ] && [ "$log_file" != "$1" ] && continue
            echo "error permission $log_file"
            return 1
        fi
        log_packed_size=$LOG_SIZE
        log_is_new "$1" || {
            [ "$log_time" -lt "$LOG_SINCE" ] || echo "done $log_inode:$log_packed_size:$log_time"
            continue
        }
        case $log_packed in
        gzip)
            eb_have gzip || {
                echo "error tool_missing gzip"
                return 1
            }
            log_unpacked_size "$log_file"
            echo "done $log_inode:$log_packed_size:$log_time"
            ;;
        other)
            log_unread=$((log_unread + 1))
            continue
            ;;
        esac
        log_want=$((LOG_SIZE - LOG_FROM))
        [ "$log_want" -ge 0 ] || log_want=0
        if [ "$log_want" -gt "$log_left" ]; then
            log_skipped=$((log_skipped + log_want - log_left))
            LOG_FROM=$((LOG_FROM + log_want - log_left))
            log_want=$log_left
        fi
        log_left=$((log_left - log_want))
        if [ -z "$log_packed" ] && [ "$log_number" -gt "$LOG_MARKS" ]; then
            echo "done $log_inode:$log_packed_size:$log_time"
        fi
        log_current=0
        [ "$log_file" = "$1" ] && log_current=1
        [ "$2" = 1 ] && [ "$log_number" = 1 ] && log_current=1
        LOG_PLAN="$LOG_FROM $log_current $log_number $log_line$LOG_NL$LOG_PLAN"
    done
    log_lost=0
    for log_mark in $LOG_KNOWN; do # the first one is that of the file that was being written
        log_split_mark "$log_mark"
        case $LOG_HOMES$LOG_MOVED in *" $log_mark "*) ;; *) [ "$mark_offset" = 0 ] || log_lost=1 ;; esac
        break
    done
    echo "family $log_number $log_total $log_newest $log_skipped $log_lost $log_unread"
}

# --- reading ---

log_whole_lines() {
    # LOG_TO: behind the last complete line of a file that is being written
    LOG_TO=$LOG_SIZE
    [ "$LOG_SIZE" -gt "$LOG_FROM" ] || return 0
    [ "$(log_range "$log_file" "$((LOG_SIZE - 1))" 1 | wc -l)" -eq 0 ] || return 0
    log_begin=$((LOG_SIZE - LOG_WINDOW))
    [ "$log_begin" -ge "$LOG_FROM" ] || log_begin=$LOG_FROM
    log_length=$((LOG_SIZE - log_begin))
    log_rest=$(($(log_range "$log_file" "$log_begin" "$log_length" | tail -n 1 | wc -c)))
    if [ "$log_rest" -lt "$log_length" ] || [ "$log_length" -lt "$LOG_WINDOW" ]; then
        LOG_TO=$((LOG_SIZE - log_rest))
    fi
}

log_know_head() {
    # Was this file found to begin as its mark says? Then its head need not be read again.
    for log_mark in $LOG_KNOWN; do
        case $LOG_HOMES in *" $log_mark "*) ;; *) continue ;; esac
        log_split_mark "$log_mark"
        [ "${log_inode#*:}:$log_head" = "$mark_inode:$mark_head" ] || continue
        log_head_sum=$mark_head_sum
        return
    done
    return 1
}

log_remember() {
    # prints the mark of the file up to LOG_TO
    log_head=$LOG_HEAD log_tail=$LOG_TAIL
    [ "$LOG_TO" -ge "$log_head" ] || log_head=$LOG_TO
    [ "$LOG_TO" -ge "$log_tail" ] || log_tail=$LOG_TO
    log_know_head || {
        log_sum "$log_file" 0 "$log_head"
        log_head_sum=$LOG_SUM
    }
    log_sum "$log_file" "$((LOG_TO - log_tail))" "$log_tail"
    echo "$EB_NONCE mark ${log_inode#*:}:$LOG_TO:$log_head:$log_head_sum:$log_tail:$LOG_SUM"
}

log_grep() {
    # $1 ERE. Reads [LOG_FROM, LOG_TO) of the file; the last line says how grep ended.
    log_length=$((LOG_TO - LOG_FROM))
    if [ "$log_packed" = gzip ]; then
        echo "$EB_NONCE limit -1"
        # the lines go by descriptor 3, so that what is captured is the verdict on the archive
        log_damaged=$({
            # 2 is a warning: bytes behind the end
            { gzip -dc <"$log_file" || [ "$?" = 2 ] || echo gzip >&4; } |
                tail -c "+$((LOG_FROM + 1))" | tr -d '\000' | grep -aE -e "$1" >&3
        } 4>&1)
        log_status=$?
        [ -z "$log_damaged" ] || echo "$EB_NONCE gzip"
    elif [ "$LOG_OFFSETS" = 1 ] && [ "$((log_blocks * 512))" -ge "$((LOG_SIZE / 2))" ]; then
        # grep reads the file itself, the fastest way; what was written meanwhile has an offset
        # behind the limit and waits for the next run
        echo "$EB_NONCE limit $log_length"
        { dd bs=1 skip="$LOG_FROM" count=0 && grep -abE -e "$1"; } <"$log_file"
        log_status=$?
    else
        # a file with holes is one endless line for grep, which keeps lines in memory
        echo "$EB_NONCE limit -1"
        log_range "$log_file" "$LOG_FROM" "$log_length" | tr -d '\000' | grep -aE -e "$1"
        log_status=$?
    fi
    echo "$EB_NONCE grep $log_status"
}

log_scan() {
    # $1 ERE
    exec 3>&1
    for log_line in $LOG_PLAN; do
        LOG_FROM=${log_line%% *} log_line=${log_line#* }
        log_current=${log_line%% *} log_line=${log_line#* }
        log_number=${log_line%% *} log_line=${log_line#* }
        log_split "$log_line"
        [ "$log_packed" != gzip ] || log_unpacked_size "$log_file"
        LOG_TO=$LOG_SIZE
        [ "$log_current" = 0 ] || [ -n "$log_packed" ] || log_whole_lines
        echo "$EB_NONCE file $LOG_FROM $LOG_TO $log_file"
        [ -n "$log_packed" ] || [ "$log_number" -gt "$LOG_MARKS" ] || log_remember
        if [ "$LOG_TO" -gt "$LOG_FROM" ] || [ "$log_packed" = gzip ]; then
            log_grep "$1"
        fi
    done
}

log_read() {
    # $1 path, $2 pattern or not, $3 since, $4 done, $5 ERE, $6 awk program, then marks
    log_path=$1 log_glob=$2 LOG_SINCE=$3 LOG_DONE=$4
    log_ere=$(printf '%b' "$5")
    log_awk=$(printf '%b' "$6")
    shift 6
    LOG_KNOWN='' LOG_INODES=' '
    for log_mark; do
        LOG_KNOWN="$LOG_KNOWN$log_mark$LOG_NL"
        LOG_INODES="$LOG_INODES${log_mark%%:*} "
    done
    log_find "$log_path" "$log_glob" || return 0
    log_choose "$log_path" "$log_glob" || return 0
    log_scan "$log_ere" | awk -v nonce="$EB_NONCE" "$log_awk"
}

# --- entry ---

want_log() {
    log_index=$1
    shift
    eb_need "log.$log_index" stat sort grep awk dd head tail sha256sum wc tr || return 0
    eb_run "log.$log_index" "$LOG_SECONDS" log_read "$@"
}

log_can_offset() {
    # Does grep know -b, and does it count from where it began to read?
    [ "$({ dd bs=1 skip=1 count=0 && grep -abE -m 1 -e '^'; } </etc/passwd 2>/dev/null | head -c 2)" = "0:" ]
}

collect() {
    LOG_OFFSETS=0
    log_can_offset && LOG_OFFSETS=1
    if eb_have date; then
        eb_emit clock 0 "$(date +%s)"
    fi
    each_log
}
