#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Swap-in from a backing device that no longer answers: each read fails, after seconds.
# If a request for many pages fails, the kernel reads each page again, and does not wait for
# one before it reads the next. All of it takes less than three single reads.

. ./lib.sh

hold=/tmp/hold.$$
ZT_FILES="$hold /tmp/out.$$"
LATE=3000

# swap_in OPTION...: a process reads pages on the backing device, each read of which
# fails. Sets TOOK, in ms, and BUS: the pages that it has lost
swap_in() {
	swap_on
	bg zwill -k random "$@" "$hold" > /tmp/out.$$
	swapper=$BGPID
	filled "$hold"
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
	must dm_table zt_slow "0 $DEV_SECTORS delay $late 0 $LATE $late 0 0"
	clock
	begin=$NOW
	rm -f "$hold"
	wait "$swapper"
	clock
	TOOK=$((NOW - begin))
	must dm_fast
	result=$(tail -n 1 /tmp/out.$$)
	echo "# $* $TOOK ms: $result"
	BUS=${result##*bus=}
	must swapoff "$ZDEV"
}

bd_dm zt_late error "0 131072 error" || skip_all "no device-mapper"
late=$BD
bd_use null 64 || skip_all "no null_blk"
bd_slow 0 0 || skip_all "no dm-delay"
zram_new 64M '' "$BD"

swap_in -p $PER_PAGE -n
is "one page is lost" "$BUS" $PER_PAGE
between "it fails late" "$TOOK" $LATE 100000
single=$TOOK
swap_in -p $((32 * PER_PAGE))
between "many pages are lost" "$BUS" $((24 * PER_PAGE)) $((32 * PER_PAGE))
between "they fail within the time of three single reads" "$TOOK" $LATE $((single * 3))
zram_reset
empty "the pool is empty after reset"
finish
