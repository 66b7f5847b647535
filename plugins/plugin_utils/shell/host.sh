# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
#
# The host area: disks, memory, load, clock, services, ports, JVMs. It only looks; host.py reads it.
# Set by host.script():
#   HOST_IGNORE         mount points not to look at, each between newlines
#   HOST_PROBE_SECONDS  limit of a probe
#   HOST_PORTS          hexadecimal ports joined by |, empty: none asked for
#   each_service        calls: want_service INDEX KIND NAME PATTERN
#   each_process        calls: want_process INDEX PATTERN, want_program INDEX NAME,
#                       want_jvm INDEX PATTERN
#   HOST_PROCESSES      1 if each_process calls anything whose answer is needed in any case

HOST_UNITS=''

# --- small files of /proc: read by the shell itself, no process needed ---

read_clock() {
    # The time between two readings of the uptime, for starting `date` takes its time too.
    eb_need clock date || return 0
    read -r host_up _ </proc/uptime
    host_date=$(date +%s.%N)
    read -r host_then _ </proc/uptime
    eb_emit clock 0 "$host_date $host_up $host_then"
}

read_one() {
    # $1 section, then files: the first line of the first one that can be read
    host_section=$1
    shift
    for host_file; do
        [ -r "$host_file" ] || continue
        IFS= read -r host_line <"$host_file" || [ -n "$host_line" ] || continue
        eb_emit "$host_section" 0 "$host_line"
        return 0
    done
    eb_note "$host_section" unreadable "$1"
}

read_memory() {
    host_text=''
    while read -r host_key host_value host_unit; do
        case $host_key in
        MemTotal: | MemFree: | MemAvailable: | Buffers: | Cached: | SwapTotal: | SwapFree: | \
            Shmem: | SReclaimable:)
            host_text="$host_text$host_key $host_value $host_unit$EB_NEWLINE"
            ;;
        esac
    done </proc/meminfo
    eb_emit memory 0 "$host_text"
}

read_cpus() {
    host_file=/sys/devices/system/cpu/online
    if [ -r "$host_file" ]; then
        read_one cpus "$host_file"
    elif eb_need cpus grep; then
        eb_emit cpus 0 "count $(grep -c '^processor' /proc/cpuinfo)"
    fi
}

read_release() {
    if [ -r /etc/os-release ]; then
        while IFS= read -r host_line; do
            case $host_line in PRETTY_NAME=*)
                eb_emit release 0 "${host_line#*=}"
                return 0
                ;;
            esac
        done </etc/os-release
    fi
    read_one release /etc/kylin-release /etc/redhat-release /etc/issue
}

# --- file systems ---

# Kinds that hold no data of their own, and images that are full and read-only by nature.
# An overlay is a container's view of a disk that is listed anyway, except where it is the root.
skip_mount() {
    case $1 in
    proc | sysfs | devtmpfs | devpts | ramfs | rootfs | securityfs | selinuxfs | debugfs | tracefs | \
        pstore | bpf | configfs | fusectl | hugetlbfs | mqueue | autofs | binfmt_misc | cgroup | \
        cgroup2 | rpc_pipefs | nfsd | nsfs | efivarfs | squashfs | erofs | iso9660 | udf | cramfs | \
        fuse.gvfsd-fuse | fuse.lxcfs | fuse.portal | fuse.snapfuse)
        return 0
        ;;
    overlay | aufs) [ "$2" = / ] || return 0 ;;
    esac
    case $2 in
    /run | /run/* | /dev | /dev/* | /sys | /sys/* | /proc | /proc/* | /var/run/* | /snap/* | \
        /var/lib/docker/* | /var/lib/containers/* | /var/lib/kubelet/*)
        return 0
        ;;
    esac
    case $HOST_IGNORE in *"$EB_NEWLINE$2$EB_NEWLINE"*) return 0 ;; esac
    return 1
}

probe_disk() {
    df -P -k -- "$1" 2>&1
    printf 'inodes\n'
    df -P -i -- "$1" 2>&1
}

# The kernel writes blanks, line ends, backslashes and # as three octal digits. (printf's %b would
# read a digit that follows them as a fourth.)
unescape_mount() {
    host_path=''
    host_left=$1
    while :; do
        case $host_left in *\\*) ;; *) break ;; esac
        host_path=$host_path${host_left%%\\*}
        host_left=${host_left#*\\}
        case $host_left in
        040*) host_path="$host_path " ;;
        011*) host_path="$host_path	" ;;
        012*) host_path=$host_path$EB_NEWLINE ;;
        043*) host_path="$host_path#" ;;
        134*) host_path=$host_path\\ ;;
        *)
            host_path=$host_path\\
            continue
            ;;
        esac
        host_left=${host_left#???}
    done
    host_path=$host_path$host_left
}

# mountinfo, not /proc/mounts: it alone names the device of tmpfs and bind mounts, and tells a
# file system that went read-only (its own option, the last field) from a mount made read-only.
probe_mounts() {
    [ -r /proc/self/mountinfo ] || {
        eb_note mounts unreadable /proc/self/mountinfo
        return 0
    }
    host_index=0
    host_seen=' '
    eb_need disks df
    while read -r _ _ host_device _ host_mount host_rest; do
        host_rest=" $host_rest"
        host_rest=${host_rest#* - }
        host_kind=${host_rest%% *}
        unescape_mount "$host_mount"
        skip_mount "$host_kind" "$host_path" && continue
        case $host_seen in *" $host_device "*) continue ;; esac
        host_seen="$host_seen$host_device "
        host_index=$((host_index + 1))
        host_mode=rw
        case ",${host_rest##* }," in *,ro,*) host_mode=ro ;; esac
        host_rest=${host_rest#* }
        eb_emit "mount.$host_index" 0 "$host_mode $host_kind ${host_rest%% *} $host_mount"
        ! eb_have df || eb_job "disk.$host_index" probe_disk "$host_path"
    done </proc/self/mountinfo
    eb_emit mounts 0 "$host_index"
}

# --- services, processes, JVMs ---

want_service() {
    # A pattern is counted by each_process whatever the kind; host.py takes what it needs.
    host_kind=$2
    if [ "$host_kind" = auto ]; then
        if [ -d /run/systemd/system ] && eb_have systemctl; then
            host_kind=systemd
        elif [ -x "/etc/init.d/$3" ]; then
            host_kind=sysv
        elif [ -n "$4" ]; then
            host_kind=process
        else
            # systemctl without a running systemd (chroot, container, another init) knows nothing.
            host_kind=program
        fi
    fi
    eb_emit "kind.$1" 0 "$host_kind"
    case $host_kind in
    systemd) HOST_UNITS="$HOST_UNITS $3" ;;
    program) HOST_PROCESSES=1 ;;
    sysv)
        if eb_have service || [ -x "/etc/init.d/$3" ]; then
            eb_job "sysv.$1" sysv_status "$3"
        else
            eb_note "sysv.$1" tool_missing service
        fi
        ;;
    esac
}

# `status` only looks, by LSB and by custom; its exit status is the answer.
sysv_status() {
    if eb_have service; then
        service "$1" status
    else
        "/etc/init.d/$1" status
    fi >/dev/null 2>&1
}

probe_units() {
    [ -n "$HOST_UNITS" ] || return 0
    eb_need units systemctl || return 0
    # shellcheck disable=SC2086  # names without blanks, checked by host.script()
    eb_job units systemctl show -p LoadState -p ActiveState -- $HOST_UNITS
}

# `head` names each file before its content, so one pass over all processes costs two forks.
# The command lines stay here: they may hold passwords. What leaves is numbers.
scan_processes() {
    host_pid=''
    host_line=''
    host_ifs=$IFS
    set -f
    IFS=$EB_NEWLINE
    # shellcheck disable=SC2046  # one word a line
    set -- $(set +f; head -c 65536 /proc/[0-9]*/cmdline | tr '\000' ' ') '==> end <=='
    for host_text; do
        case $host_text in
        '==> '*' <==')
            if [ -n "$host_line" ]; then
                IFS=$host_ifs
                each_process
            fi
            host_pid=${host_text#==> /proc/}
            host_pid=${host_pid%%/*}
            host_line=''
            ;;
        *) host_line="$host_line$host_text " ;;
        esac
    done
}

want_process() {
    # A pattern is a shell pattern somewhere in the command line.
    # shellcheck disable=SC2254  # meant as a pattern
    case $host_line in *$2*) printf 'p %s\n' "$1" ;; esac
}

want_program() {
    # The program's own name, as the process shows it: "/usr/sbin/NAME ..." or "NAME: master ...".
    host_key=${host_line%% *}
    host_key=${host_key%:}
    [ "${host_key##*/}" != "$2" ] || printf 'n %s\n' "$1"
}

want_jvm() {
    case ${host_line%% *} in java | */java | jsvc* | */jsvc*) ;; *) return 0 ;; esac
    # shellcheck disable=SC2254  # meant as a pattern
    case $host_line in *$2*) ;; *) return 0 ;; esac
    host_index=$1
    host_heap=''
    case $host_line in *' -Xmx'*)
        host_heap=${host_line##* -Xmx}
        host_heap=${host_heap%% *}
        ;;
    esac
    host_memory=''
    while read -r host_key host_value host_rest; do
        [ "$host_key" != VmRSS: ] || host_memory=$host_value
    done <"/proc/$host_pid/status"
    read -r host_rest <"/proc/$host_pid/stat" || return 0
    # After the name, which may hold anything: state is field 3, the start in ticks field 22.
    # shellcheck disable=SC2086  # split on purpose
    set -- ${host_rest##*) }
    shift 19
    printf 'j %s %s %s %s\n' "$host_index" "${host_memory:--}" "$1" "${host_heap:--}"
}

probe_processes() {
    [ "$HOST_PROCESSES" = 1 ] || return 0
    # With hidepid the processes of others are not shown, and "not running" would be a lie.
    [ -r /proc/1/cmdline ] || {
        eb_note processes permission /proc/1
        return 0
    }
    eb_need processes head tr || return 0
    eb_job processes scan_processes
}

# --- ports ---

# The kernel's own table: neither ss nor netstat is needed. State 0A is LISTEN.
probe_ports() {
    [ -n "$HOST_PORTS" ] || return 0
    [ -r /proc/net/tcp ] || {
        eb_note ports unreadable /proc/net/tcp
        return 0
    }
    eb_need ports grep || return 0
    eb_job ports grep -hE "^ *[0-9]+: [0-9A-F]+:($HOST_PORTS) [0-9A-F]+:0000 0A " \
        /proc/net/tcp /proc/net/tcp6
}

collect() {
    read_clock
    probe_mounts
    each_service
    probe_units
    probe_processes
    probe_ports
    read_memory
    read_one load /proc/loadavg
    read_one boot /proc/sys/kernel/random/boot_id
    read_cpus
    read_one hostname /proc/sys/kernel/hostname
    read_one kernel /proc/sys/kernel/osrelease
    read_release
    eb_join "$HOST_PROBE_SECONDS"
    read_one uptime /proc/uptime
}
