#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# slow: 40
# reset, hot_remove, SIGTERM and SIGKILL while a run is under way on a slow device: the
# run stops soon, nothing hangs, nothing is kept. On a device that is slow to read, too: the
# run reads back what it writes to device-mapper.

. ./lib.sh

# shellcheck disable=SC2317 # called through wait_for
writing() {
	bd_read
	[ "$BD_WRITES" -gt 0 ]
}

# The device takes read_ms or write_ms for a request, however large, until dm_fast.
running() {
	must dm_table zt_slow \
		"0 $DEV_SECTORS delay $SLOW 0 $read_ms $SLOW 0 $write_ms"
	zram_new 16M '' "$BD"
	# The run takes eight seconds at least
	put "$ZSYS/writeback_batch_size" $((256 / PER_PAGE))
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
	if ended "$writer" 5; then
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

# signalled SIGNAL
signalled() {
	running
	kill "-$1" "$writer"
	stopped "SIG$1, slow $slow" "$writer"
	dm_fast
	bd_read
	between "SIG$1, slow $slow: it ended early" "$BD_COUNT" 1 4095
	is "SIG$1, slow $slow: a block for each page written" "$BD_COUNT" \
		"$BD_WRITES"
	check "SIG$1, slow $slow: every byte" zpat verify -k random -j 2 "$ZDEV"
	must zram_remove
}

bd_use virtio || bd_use null 64 || skip_all "no backing device"
bd_slow 0 0 || skip_all "no dm-delay"

ZT_FILES="/tmp/run.$$ /tmp/reset.$$"
# The run reads back what it writes to device-mapper, one request after the other. Slow
# writes too, so that there are several in flight.
for slow in writes reads; do
	read_ms=0 write_ms=500
	[ $slow = writes ] || read_ms=2000 write_ms=1000
	PACKED=0
	signalled KILL
	signalled TERM

	PACKED=1
	running
	bg ztry "$ZSYS/reset" 1 > /tmp/reset.$$
	stopped "reset, slow $slow" "$BGPID"
	is "reset, slow $slow: it succeeds" "$(cat /tmp/reset.$$)" 0
	is "reset, slow $slow: no block is left" \
		"$(tr -s ' ' < "$ZSYS/bd_stat")" " 0 0 0"
	empty "reset, slow $slow: the pool is empty"
	gives "reset, slow $slow: the backing device is free" 0 ztry -e "$BD"
	must zram_remove

	running
	bg ztry $CONTROL/hot_remove "$ZID" > /tmp/reset.$$
	stopped "hot_remove, slow $slow" "$BGPID"
	is "hot_remove, slow $slow: it succeeds" "$(cat /tmp/reset.$$)" 0
	check "hot_remove, slow $slow: the device is gone" test ! -e "$ZSYS"
	zram_forget "$ZID"
done
finish
