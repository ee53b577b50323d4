#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# Reset and removal while a task is in compact and gets no CPU: attributes stay readable,
# and a reset that waits for the task ends if it is killed.

. ./lib.sh

[ "$(nproc)" -gt 1 ] || skip_all "one CPU"
need_program chrt taskset
out=/tmp/compact.$$ go=/tmp/go.$$
ZT_FILES="$out $go"

# A task is in compact, which takes long, and gets no CPU. Sets COMPACT.
compact_starved() {
	put "$ZSYS/disksize" 192M
	must zpat fill -k mixed "$ZDEV" > /dev/null
	must zpat discard -u "$ZDEV" -S 2 > /dev/null
	rm -f "$go"
	must mkfifo "$go"
	# shellcheck disable=SC2016 # that shell expands them
	bg sh -c 'read -r _ < "$0"; echo 1 > "$1" && echo done > "$2"' \
		"$go" "$ZSYS/compact" "$out"
	COMPACT=$BGPID
	starve "$COMPACT" 100 6
	echo > "$go"
	zt_holder=$COMPACT zt_held=$(readlink -f "$ZSYS/compact")
	wait_for 20 is_open || bail "the task opens compact"
	# Time for its next slice of the CPU, if it has not begun
	sleep 2
}

# readable: a statistic is read before the task in compact gets a CPU
readable() {
	bg cat "$ZSYS/mm_stat" > /dev/null
	ended "$BGPID" 5
}

# Reset beside such a task. Returns 1 if the task was not in compact: then reset succeeds,
# or the task has finished.
reset_beside() {
	compact_starved
	bg ztry "$ZSYS/reset" 1 > /dev/null
	reset=$BGPID
	! ended "$reset" 1 || return 1
	readable
	read=$?
	kill -9 "$reset"
	ended "$reset" 5
	killed=$?
	read -r state < "$ZSYS/initstate"
	[ $read$killed != 00 ] || { [ "$state" -eq 1 ] && [ ! -e "$out" ]; }
}

must taskset -p 1 $$ > /dev/null
zram_add
for round in 1 2 3 4 5; do
	rm -f "$out"
	! reset_beside || break
	feed
	[ "$round" -lt 5 ] || skip_all "the task was not in compact"
	# A reset that was killed has left the device as it was
	ended "$COMPACT" 20
	zram_reset
done
is "mm_stat is read beside reset" "$read" 0
is "reset ends when it is killed" "$killed" 0
is "the device is as it was" "$state" 1

bg ztry $CONTROL/hot_remove "$ZID" > "$go.removed"
ZT_FILES="$ZT_FILES $go.removed"
remove=$BGPID
sleep 0.5
check "mm_stat is read beside hot_remove" readable
feed
check "hot_remove ends when the task has a CPU" ended "$remove" 20
is "it succeeds" "$(cat "$go.removed")" 0
check "compact has succeeded" ended "$COMPACT" 20
is "it says so" "$(cat "$out")" "done"
check "the device is gone" test ! -e "$ZSYS"
zram_forget "$ZID"
finish
