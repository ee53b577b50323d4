#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# O3: how many pages a second are swapped out, by MADV_PAGEOUT and by memory.reclaim
# of a cgroup; with both implementations of the LRU lists, in pages and in folios of
# 64 KiB.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

GROUP=/sys/fs/cgroup/bench
LRU=/sys/kernel/mm/lru_gen/enabled

group_up()
{
	[ -f /sys/fs/cgroup/cgroup.controllers ] ||
		mount -t cgroup2 none /sys/fs/cgroup || return
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control || return
	mkdir -p $GROUP
	[ -f $GROUP/memory.reclaim ]
}

# out PREFIX FOLIO_KIB
out()
{
	measure "$1pageout_" swapout "$O_DATA" "$SEED" "$2" "$O3_MIB"
	[ -n "$group" ] || return 0
	# shellcheck disable=SC2016 # for the inner shell
	measure "$1reclaim_" sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' $GROUP \
		swapout "$O_DATA" "$SEED" "$2" "$O3_MIB" $GROUP
}

# both PREFIX
both()
{
	folios_4k
	out "$1" 4
	if folios_64k; then
		out "$1"64k_ 64
	fi
}

group=
! group_up || group=1
swap_setup "$O3_MIB"
if [ -w $LRU ]; then
	read -r was <$LRU
	echo y >$LRU
	both mglru_
	echo n >$LRU
	both classic_
	echo "$was" >$LRU
else
	both classic_
fi
[ -z "$group" ] || rmdir $GROUP
