# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
#
# What every sh collector shares: framed output and bounded probes. It runs under dash, bash and
# busybox ash with nothing but /proc and `sleep`; it writes no file and leaves no process.
#
# Set by frame.assemble() before this text:
#   EB_NONCE    random; every mark starts with it, so that data cannot look like a mark
#   EB_TOTAL    seconds for the collector as a whole
#
# The collector defines `collect`; frame.assemble() ends the text with `eb_main`.
#
#   eb_emit SECTION CODE TEXT       print a whole section
#   eb_note SECTION REASON DETAIL   say why a section has no answer (ids of catalogue/reasons.yml)
#   eb_need SECTION TOOL...         note tool_missing and return 1 if one is not there
#   eb_job SECTION COMMAND...       start a probe in the background; for a few lines of output
#   eb_join SECONDS                 wait for the started probes; who is late is killed and noted
#   eb_run SECTION SECONDS COMMAND  one probe alone, any size
#   eb_clock                        EB_NOW = seconds since boot (no fork)

LC_ALL=C
export LC_ALL
unset LANGUAGE BLOCKSIZE BLOCK_SIZE DF_BLOCK_SIZE POSIXLY_CORRECT GREP_OPTIONS GREP_COLOR
# The path of a session without log-in often lacks the directories of the administrator's tools.
PATH="${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin"
export PATH
IFS=' 	
'
EB_NEWLINE='
'
EB_JOBS=''
EB_START=0
EB_NOW=0

eb_clock() {
    EB_NOW=0
    read -r EB_NOW </proc/uptime && EB_NOW=${EB_NOW%%.*}
}

eb_emit() {
    printf '%s begin %s\n%s\n%s end %s %s\n' \
        "$EB_NONCE" "$1" "$3" "$EB_NONCE" "$1" "$2"
}

eb_note() {
    printf '%s note %s %s %s\n' "$EB_NONCE" "$1" "$2" "$3"
}

eb_have() {
    command -v "$1" >/dev/null 2>&1
}

eb_need() {
    eb_section=$1
    shift
    for eb_tool; do
        eb_have "$eb_tool" || {
            eb_note "$eb_section" tool_missing "$eb_tool"
            return 1
        }
    done
}

# Probes that run at the same time write at the same time, and bash writes line by line. So each of
# their lines says whose it is; a pipe keeps a line of up to 4096 bytes whole.
eb_tag() {
    eb_code=$2
    eb_text=$3
    while :; do
        eb_line=${eb_text%%"$EB_NEWLINE"*}
        printf '%s data %s %.3900s\n' "$EB_NONCE" "$1" "$eb_line"
        [ "$eb_line" != "$eb_text" ] || break
        eb_text=${eb_text#*"$EB_NEWLINE"}
    done
    printf '%s exit %s %s\n' "$EB_NONCE" "$1" "$eb_code"
}

# A probe's command never holds our standard output: its output goes through the substitution's
# pipe. So a command that cannot even be killed (a hung NFS mount) does not keep the session open.
eb_start() {
    # $1 who prints: eb_tag or eb_emit
    eb_printer=$1
    eb_section=$2
    shift 2
    (
        eb_text=$("$@")
        "$eb_printer" "$eb_section" "$?" "$eb_text"
    ) &
    EB_JOBS="$EB_JOBS $!:$eb_section"
}

eb_job() {
    eb_start eb_tag "$@"
}

# Kill processes with all that descend from them, ourselves excepted. Without job control a background job has no
# process group of its own, so the tree is read from /proc. Who is found is stopped at once, so
# that it starts no further ones meanwhile. Only the late path pays for this.
eb_kill_tree() {
    eb_tree=" $* "
    for eb_pid; do
        [ "$eb_pid" = "$$" ] || kill -STOP "$eb_pid"
    done 2>/dev/null
    eb_more=1
    while [ "$eb_more" = 1 ]; do
        eb_more=0
        for eb_file in /proc/[0-9]*/stat; do
            read -r eb_line <"$eb_file" || continue
            eb_pid=${eb_line%% *}
            case $eb_tree in *" $eb_pid "*) continue ;; esac
            eb_line=${eb_line##*) ? }
            case $eb_tree in
            *" ${eb_line%% *} "*)
                kill -STOP "$eb_pid"
                eb_tree="$eb_tree$eb_pid "
                eb_more=1
                ;;
            esac
        done
    done 2>/dev/null
    for eb_pid in $eb_tree; do
        [ "$eb_pid" = "$$" ] || kill -KILL "$eb_pid"
    done 2>/dev/null
}

eb_kill_jobs() {
    eb_pids=''
    for eb_entry in $EB_JOBS; do
        eb_pids="$eb_pids ${eb_entry%%:*}"
    done
    # shellcheck disable=SC2086  # a list of numbers
    [ -z "$eb_pids" ] || eb_kill_tree $eb_pids
}

# Kills the jobs after $1 seconds. It holds no descriptor of the session, and ends with its sleep
# when it is told that the jobs are done: by a signal that we do not handle ourselves, for a child
# that still has our handler would lose it. Without `sleep` the controller's limit alone holds.
eb_alarm() {
    eb_sleeper=''
    eb_stop=''
    trap 'eb_stop=1; [ -z "$eb_sleeper" ] || kill -KILL "$eb_sleeper"' USR1
    sleep "$1" &
    eb_sleeper=$!
    [ -z "$eb_stop" ] || kill -KILL "$eb_sleeper"
    wait "$eb_sleeper"
    [ -n "$eb_stop" ] || eb_kill_jobs
}

eb_join() {
    [ -n "$EB_JOBS" ] || return 0
    eb_clock
    eb_limit=$((EB_START + EB_TOTAL - EB_NOW))
    [ "$eb_limit" -lt "$1" ] || eb_limit=$1
    [ "$eb_limit" -ge 1 ] || eb_limit=1
    eb_alarm_pid=''
    if eb_have sleep; then
        (eb_alarm "$eb_limit") </dev/null >/dev/null 2>&1 &
        eb_alarm_pid=$!
    fi
    for eb_entry in $EB_JOBS; do
        wait "${eb_entry%%:*}"
        # Above 128: the probe was killed, by our alarm or (out of memory) by the kernel.
        [ "$?" -le 128 ] || eb_note "${eb_entry#*:}" timeout "$eb_limit"
    done
    EB_JOBS=''
    if [ -n "$eb_alarm_pid" ]; then
        kill -USR1 "$eb_alarm_pid"
        wait "$eb_alarm_pid"
    fi
}

eb_abandon() {
    eb_kill_tree "$$"
    exit 143
}

eb_run() {
    eb_clock
    if [ "$((EB_NOW - EB_START))" -ge "$EB_TOTAL" ]; then
        eb_note "$1" timeout "$EB_TOTAL"
        return 0
    fi
    eb_seconds=$2
    eb_section=$1
    shift 2
    eb_start eb_emit "$eb_section" "$@"
    eb_join "$eb_seconds"
}

# The whole text is read before the first command runs, for the text itself comes on standard
# input. Diagnostics of the shell ("Killed") are no answer.
eb_main() {
    printf 'ebill-frame 1 %s\n' "$EB_NONCE"
    eb_clock
    EB_START=$EB_NOW
    trap eb_abandon HUP INT TERM
    collect
    printf '%s done\n' "$EB_NONCE"
} </dev/null 2>/dev/null
