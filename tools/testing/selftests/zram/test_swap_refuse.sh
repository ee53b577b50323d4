#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Swap on a device at mem_limit: reclaim writes the same pages again and again, and
# the driver refuses them without compressing each of them first.

. ./lib.sh

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
swap_out "at the limit: every page is right"
between "at the limit: writes failed" "$SINCE" 300 100000000
between "ms at the limit, beside $free without" "$MS" 0 $((free * 2 / 3))
swap_off "at the limit"
finish
