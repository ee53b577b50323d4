#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# reset, hot_remove, SIGTERM and SIGKILL while a run is under way on a slow device: the
# run stops soon, nothing hangs, nothing is kept.

. ./lib.sh

# shellcheck disable=SC2317 # called through wait_for
writing() {
	bd_read
	[ "$BD_COUNT" -gt 0 ]
}

# The device takes 0.5 s for a write, however large.
running() {
	zram_new 32M '' "$BD"
	must zpat fill -k random -j 2 -b 64 "$ZDEV" > /dev/null
	bg ztry "$ZSYS/writeback" huge > /tmp/run.$$
	writer=$BGPID
	wait_for 10 writing || bail "a run is under way"
	sleep 0.5
	clock
	start=$NOW
}

# stopped NAME PID: the process that stops the run, and the run, end soon
stopped() {
	if ended "$2" 5; then
		clock
		pass "$1 ends in $((NOW - start)) ms"
	else
		fail "$1 ends within 5 s"
		dm_fast
		ended "$2" 30 || bail "$1 ends at all"
	fi
	if ended "$writer" 1; then
		pass "$1: the run has ended"
	else
		fail "$1: the run has ended"
		dm_fast
		ended "$writer" 30 || bail "$1: the run ends at all"
	fi
	if [ "$(cat /tmp/run.$$)" != 0 ]; then
		pass "$1: the run was cut short ($(cat /tmp/run.$$))"
	else
		fail "$1: the run was cut short"
	fi
}

# slow_again: dm_fast may have been needed
slow_again() {
	must dm_table zt_slow "0 $DEV_SECTORS delay $SLOW 0 0 $SLOW 0 500"
}

bd_use virtio || bd_use null 64 || skip_all "no backing device"
bd_slow 0 500 || skip_all "no dm-delay"

ZT_FILES="/tmp/run.$$ /tmp/reset.$$"
running
kill -9 "$writer"
stopped SIGKILL "$writer"
bd_read
between "SIGKILL: it ended early" "$BD_COUNT" 1 8191
is "SIGKILL: a block for each page written" "$BD_COUNT" "$BD_WRITES"
check "SIGKILL: every byte" zpat verify -k random -j 2 "$ZDEV"
must zram_remove
slow_again

running
kill -TERM "$writer"
stopped SIGTERM "$writer"
check "SIGTERM: every byte" zpat verify -k random -j 2 "$ZDEV"
must zram_remove
slow_again

PACKED=1
running
bg ztry "$ZSYS/reset" 1 > /tmp/reset.$$
stopped reset "$BGPID"
is "reset succeeds" "$(cat /tmp/reset.$$)" 0
is "reset: no block is left" "$(tr -s ' ' < "$ZSYS/bd_stat")" " 0 0 0"
empty "reset: the pool is empty"
gives "reset: the backing device is free" 0 ztry -e "$BD"
must zram_remove
slow_again

running
bg ztry $CONTROL/hot_remove "$ZID" > /tmp/reset.$$
stopped hot_remove "$BGPID"
is "hot_remove succeeds" "$(cat /tmp/reset.$$)" 0
check "hot_remove: the device is gone" test ! -e "$ZSYS"
ZT_IDS=
finish
