#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# swap_slot_free_notify: when the swapped process goes, so does its data,
# whoever holds a slot's lock at that moment.

. ./lib.sh

hold=/tmp/hold.$$
mib=24
[ -z "${ZT_DEBUG-}" ] || mib=12
zram_new 48M
swap_on
for round in 1 2 3; do
	bg zswap -m $mib -P -w $hold > /dev/null
	filled $hold
	mm_read
	between "round $round: MiB in zram" $((MM_ORIG / 1048576)) $((mib * 3 / 4)) $((mib + 1))
	io_read
	before=$IO_NOTIFY
	# Take slot locks from other sides while the frees come.
	zhammer -t 2000 "w:$ZSYS/idle=all" "w:$ZSYS/compact=1" \
		"a:$ZSYS" > /dev/null &
	hammer=$!
	kill -9 "$BGPID"
	wait "$BGPID"
	# The process is gone, and its pages with it.
	kill "$hammer" 2> /dev/null
	wait
	rm -f $hold
	swap_empty "round $round: everything is freed with the process"
	io_read
	between "round $round: notify_free counts it" \
		$((IO_NOTIFY - before)) $((mib * 192)) 100000
done
check "pages read by their owner are freed too" \
	zswap -m $mib -P -r 2
swap_empty "with the process, too"
swap_off "notify"
finish
