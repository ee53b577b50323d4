#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Swap on a device at mem_limit: reclaim writes the same pages again and again, and
# the driver refuses them without compressing each of them first. Also with spill, if the
# budget is used up.

. ./lib.sh

# refused NAME: swap_out takes at most two thirds of the time without a limit. A busy host
# may make it take longer, but not each of three times.
refused() {
	for _ in 1 2 3; do
		swap_out "$1: every page is right"
		[ $MS -gt $((free * 2 / 3)) ] || break
	done
	between "$1: writes failed" "$SINCE" 300 100000000
	between "$1: ms, beside $free without a limit" "$MS" 0 $((free * 2 / 3))
}

# Sets MS, and SINCE: writes that failed
swap_out() {
	io_read
	before=$IO_FAILED_WRITES
	clock
	begun=$NOW
	check "$1" zswap -m 2 -k random -P -r 1
	clock
	MS=$((NOW - begun))
	io_read
	SINCE=$((IO_FAILED_WRITES - before))
	echo "# $MS ms, $SINCE writes failed"
}

zram_add
slow_comp || skip_all "no slow compressor"
put "$ZSYS/disksize" 32M
swap_on
quiet_console
swap_out "without a limit"
free=$MS
put "$ZSYS/mem_limit" 512K
refused "at the limit"
swap_off "at the limit"
must zram_remove

bd_use null 16 || skip_all "no null_blk"
zram_add
[ -e "$ZSYS/tier/spill" ] || skip_all "no spill in this build"
slow_comp
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 32M
put "$ZSYS/tier/daily_budget" 0
put "$ZSYS/tier/spill" 1
swap_on
put "$ZSYS/mem_limit" 512K
refused "spill without a budget"
tier_read
between "spill without a budget: it was tried" "$TIER_spill_failed" 300 100000000
put "$ZSYS/tier/daily_budget" max
swap_out "with a budget: every page is right"
is "with a budget: no write failed" "$SINCE" 0
swap_off "with a budget"
finish
