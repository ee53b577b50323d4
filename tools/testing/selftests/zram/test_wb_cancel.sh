#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# reset, hot_remove, SIGTERM and SIGKILL while a run is under way on a slow device: the
# run stops soon, nothing hangs, nothing is kept. On a device that is slow to read, too: the
# run reads back what it writes to device-mapper.

# shellcheck disable=SC2154 # use() has them from eval

. ./lib.sh

# Four runs side by side, each on 64 MiB of the disk: nearly all of it is waiting.
sectors=131072

# tables "TARGET" [READ_MS WRITE_MS]: of the four devices
tables() {
	for n in 1 2 3 4; do
		at=$(((n - 1) * sectors))
		dm_table zt_slow$n "0 $sectors $1 $SLOW $at ${2:+$2 $SLOW $at $3}" ||
			return 1
	done
}

# For the clean-up, too
dm_fast() {
	tables linear
}

# shellcheck disable=SC2317 # called through wait_for
writing() {
	bd_read
	[ "$BD_WRITES" -gt 0 ]
}

# use N: the N-th device is the current one
use() {
	eval "ZID=\$id$1 writer=\$writer$1"
	ZDEV=/dev/zram$ZID ZSYS=/sys/block/zram$ZID
}

# running: a run on each device, which takes read_ms or write_ms for a request, however
# large
running() {
	must tables delay "$read_ms" "$write_ms"
	for n in 1 2 3 4; do
		PACKED=$((n / 3))
		zram_new 32M '' "/dev/mapper/zt_slow$n"
		must zpat fill -k random -j 2 -b 64 "$ZDEV" > /dev/null
		eval "id$n=$ZID writer$n="
	done
	for n in 1 2 3 4; do
		use $n
		bg ztry "$ZSYS/writeback" huge > "/tmp/run.$$.$n"
		eval "writer$n=$BGPID"
	done
	for n in 1 2 3 4; do
		use $n
		wait_for 10 writing || bail "a run is under way"
	done
	sleep 0.5
}

# stopped NAME N PID: the process that stops the N-th run, and the run, end soon
stopped() {
	use "$2"
	if ended "$3" 5 && clock && [ $((NOW - start)) -le 5000 ]; then
		pass "$1 ends in $((NOW - start)) ms"
	else
		fail "$1 ends within 5 s"
		dm_fast
		ended "$3" 30 || bail "$1 ends at all"
	fi
	if ended "$writer" 1; then
		pass "$1: the run has ended"
	else
		fail "$1: the run has ended"
		dm_fast
		ended "$writer" 30 || bail "$1: the run ends at all"
	fi
	run=$(cat "/tmp/run.$$.$2")
	if [ "$run" != 0 ]; then
		pass "$1: the run was cut short ($run)"
	else
		fail "$1: the run was cut short"
	fi
}

# after_signal NAME N: what its run has left behind
after_signal() {
	use "$2"
	bd_read
	between "$1: it ended early" "$BD_COUNT" 1 8191
	is "$1: a block for each page written" "$BD_COUNT" "$BD_WRITES"
	check "$1: every byte" zpat verify -k random -j 2 "$ZDEV"
	must zram_remove
}

bd_use virtio || bd_use null 256 || skip_all "no backing device"
SLOW=$BD
for n in 1 2 3 4; do
	bd_dm zt_slow$n delay "0 $sectors delay $SLOW 0 0" || skip_all "no dm-delay"
	ZT_FILES="$ZT_FILES /tmp/run.$$.$n /tmp/stop.$$.$n"
done
# The run reads back what it writes to device-mapper, one request after the other. Slow
# writes too, so that there are several in flight.
for slow in writes reads; do
	read_ms=0 write_ms=500
	[ $slow = writes ] || read_ms=2000 write_ms=1000
	running
	clock
	start=$NOW
	use 3
	bg ztry "$ZSYS/reset" 1 > /tmp/stop.$$.3
	reset=$BGPID
	use 4
	bg ztry $CONTROL/hot_remove "$ZID" > /tmp/stop.$$.4
	remove=$BGPID
	kill -KILL "$writer1"
	kill -TERM "$writer2"
	stopped "SIGKILL, slow $slow" 1 "$writer1"
	stopped "SIGTERM, slow $slow" 2 "$writer2"
	stopped "reset, slow $slow" 3 "$reset"
	stopped "hot_remove, slow $slow" 4 "$remove"

	is "hot_remove, slow $slow: it succeeds" "$(cat /tmp/stop.$$.4)" 0
	check "hot_remove, slow $slow: the device is gone" test ! -e "$ZSYS"
	zram_forget "$ZID"
	use 3
	is "reset, slow $slow: it succeeds" "$(cat /tmp/stop.$$.3)" 0
	is "reset, slow $slow: no block is left" \
		"$(tr -s ' ' < "$ZSYS/bd_stat")" " 0 0 0"
	empty "reset, slow $slow: the pool is empty"
	gives "reset, slow $slow: the backing device is free" 0 ztry -e "/dev/mapper/zt_slow3"
	must zram_remove
	dm_fast
	after_signal "SIGKILL, slow $slow" 1
	after_signal "SIGTERM, slow $slow" 2
done
finish
