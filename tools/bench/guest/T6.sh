#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# T6: real programs, each in a cgroup that has a third of the memory that it takes.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"
# shellcheck source=tiering.sh disable=SC1091
. "${0%/*}/tiering.sh"

CGROUPS=/sys/fs/cgroup
GROUP=$CGROUPS/programs
# What the programs take and say without a limit
FREE=/tmp/T6.free

groups_up()
{
	[ -f $CGROUPS/cgroup.controllers ] || mount -t cgroup2 none $CGROUPS
	echo +memory >$CGROUPS/cgroup.subtree_control
}

# in_group LIMIT COMMAND...: a command below /programs. Sets seconds, and peak, the bytes
# that it took.
in_group()
{
	mkdir $GROUP
	echo "$1" >$GROUP/memory.high
	shift
	begin=$(cut -d ' ' -f 1 /proc/uptime) status=0
	# shellcheck disable=SC2016 # for the inner shell
	timeout -s KILL "$T_LIMIT" sh -c 'echo $$ >"$0/cgroup.procs"; exec chroot /programs "$@"' \
		$GROUP "$@" >/tmp/T6.out || status=$?
	seconds=$(awk -v begin="$begin" '{ print $1 - begin }' /proc/uptime)
	read -r peak <$GROUP/memory.peak
	rmdir $GROUP
	return "$status"
}

# program NAME: it has $limit; what it says is in /tmp/T6.out
program()
{
	case $1 in
	sqlite) in_group "$limit" /usr/bin/sqlite3 :memory: '.read /table.sql' ;;
	cc1) in_group "$limit" /cc1 -quiet -fpreprocessed -O1 /functions.i -o - ;;
	python) in_group "$limit" /usr/bin/python3 /dict.py 300000 60000 ;;
	esac
}

# disk_mib FIELD [WAS]: 3 is what was read from the disk, 7 what was written; since it was WAS
disk_mib()
{
	awk -v field="$1" -v was="${2:-0}" '{ print $field / 2048 - was }' "/sys/block/$DISK/stat"
}

# measured NAME: a program with a third of the memory
measured()
{
	read -r peak digest <"$FREE/$1"
	limit=$((peak / 3)) status=0
	kills=$(tiering_kills) was_read=$(disk_mib 3) was_written=$(disk_mib 7)
	program "$1" || status=$?
	figure "${1}_s" "$seconds"
	figure "${1}_read_mib" "$(disk_mib 3 "$was_read")"
	figure "${1}_written_mib" "$(disk_mib 7 "$was_written")"
	figure "${1}_oom_kills" $(($(tiering_kills) - kills))
	case $status in
	0) ;;
	137)
		figure "${1}_unfinished" 1
		return ;;
	*) return "$status" ;;
	esac
	figure "${1}_unfinished" 0
	mismatches=0
	[ "$(md5sum </tmp/T6.out)" = "$digest" ] || mismatches=1
	figure "${1}_mismatches" $mismatches
}

groups_up
if [ ! -d $FREE ]; then
	mkdir $FREE
	limit=max
	for name in $T6_PROGRAMS; do
		program "$name"
		echo "$peak $(md5sum </tmp/T6.out)" >"$FREE/$name"
		say "$name takes $peak bytes, and without a limit $seconds s"
	done
fi
tiering_up
for name in $T6_PROGRAMS; do
	measured "$name"
done
