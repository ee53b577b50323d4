#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# mem_limit reached while swapping: a process may be killed, data never lies.

. ./lib.sh

# survived NAME STATUS: finished with right data, or killed; never wrong data
survived() {
	case $2 in
	0) pass "$1: finished" ;;
	135 | 137) pass "$1: killed" ;;
	*) fail "$1" "status $2: $(tail -n 3 "$3")" ;;
	esac
}

# In parts of the memory there is; a debug kernel takes very long over it.
part=4
[ -z "${ZT_DEBUG-}" ] || part=1
cgroup_limit $((part * 6)) 0 || skip_all "no memory cgroup"
hold=/tmp/hold.$$
zram_new 64M
swap_on
quiet_console
bg zswap -m $((part * 2)) -k random -P -r 2 -w $hold > /tmp/quiet.$$
quiet=$BGPID
ZT_FILES="/tmp/quiet.$$ /tmp/greedy.$$ $hold"
filled $hold
put "$ZSYS/mem_limit" $((part * 3))M
squeeze zswap -m $((part * 12)) -k random -r 1 -s 2 > /tmp/greedy.$$ 2>&1
survived "the process over the limit" $? /tmp/greedy.$$
io_read
between "failed_writes counts" "$IO_FAILED_WRITES" 1 100000000
mm_read
between "the pool keeps to its limit" "$MM_USED" 0 $((part * 3145728))
read -r used < "$ZSYS/initstate"
is "the device goes on" "$used" 1
rm -f $hold
wait "$quiet"
survived "the process swapped out before" $? /tmp/quiet.$$
put "$ZSYS/mem_limit" 0
check "without the limit the same load fits" \
	squeeze zswap -m $((part * 8)) -k random -r 1 -s 3
swap_off "limit"
zram_reset
empty "the pool is empty after reset"
finish
