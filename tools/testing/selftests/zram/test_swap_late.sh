#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Swap-in from a backing device that no longer answers: each read fails, after seconds.
# If a request for many pages fails, the kernel reads each page again, and does not wait for
# one before it reads the next. All reads together take less time than six single ones, also
# if every other page is in memory: without bios such a page joins the request of the pages
# before it. Slots that are not consecutive need a further request. Linux 6.3 to 7.2 read
# one page after the other from a device that is synchronous.

. ./lib.sh

hold=/tmp/hold.$$
ZT_FILES="$hold /tmp/out.$$"
LATE=3000

# shellcheck disable=SC2317 # called by swap_in
all() {
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
}

# swap_in WHICH OPTION...: the function WHICH writes pages back, then a process reads its
# pages. Each read of the backing device fails. Sets TOOK, in ms, and BUS: the pages that
# the process has lost
swap_in() {
	which=$1
	shift
	swap_on
	bg zwill -k random "$@" "$hold" > /tmp/out.$$
	swapper=$BGPID
	filled "$hold"
	$which
	must dm_table zt_slow "0 $DEV_SECTORS delay $late 0 $LATE $late 0 0"
	clock
	begin=$NOW
	rm -f "$hold"
	wait "$swapper"
	clock
	TOOK=$((NOW - begin))
	must dm_fast
	result=$(tail -n 1 /tmp/out.$$)
	echo "# $which $* $TOOK ms: $result"
	BUS=${result##*bus=}
	must swapoff "$ZDEV"
}

# in_time NAME: what swap_in has done
in_time() {
	case $(uname -r) in
	6.[012].* | 7.[3-9]*)
		between "$1: within the time of six single reads" "$TOOK" $LATE \
			$((single * 6)) ;;
	*) skip "$1: time" "this kernel reads a page at a time" ;;
	esac
}

bd_dm zt_late error "0 131072 error" || skip_all "no device-mapper"
late=$BD
bd_use null 64 || skip_all "no null_blk"
bd_slow 0 0 || skip_all "no dm-delay"
zram_new 64M '' "$BD"

swap_in all -p $PER_PAGE -n
is "one page is lost" "$BUS" $PER_PAGE
between "it fails late" "$TOOK" $LATE 100000
single=$TOOK
swap_in all -p $((32 * PER_PAGE))
between "many pages are lost" "$BUS" $((24 * PER_PAGE)) $((32 * PER_PAGE))
in_time all
# shellcheck disable=SC2317 # called by swap_in
every_other() {
	wb_every_other 16383
}
if mm_mended 2; then
	swap_in every_other -p $((32 * PER_PAGE))
	between "every other page is lost" "$BUS" $((12 * PER_PAGE)) $((20 * PER_PAGE))
	in_time "every other"
else
	skip "every other page" "Linux 7.3 loses all pages of a request"
fi
zram_reset
empty "the pool is empty after reset"
finish
