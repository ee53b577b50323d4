#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Scripts that mark all pages idle once, on the empty device, and then write "idle"
# from a timer, as several distributions ship. No page is ever idle, so none leaves.

. ./lib.sh

hold=/tmp/hold.$$ link=/tmp/by-label.$$
ZT_FILES="$hold $link /tmp/out.$$"
zram_add
[ -e "$ZSYS/backing_dev" ] || absent writeback
bd_use loop 64 || skip_all "no loop device"
must ln -s "$BD" $link
store 0 backing_dev $link
is "backing_dev shows the device, not the link" "$(cat "$ZSYS/backing_dev")" "$BD"
store 0 mem_limit 0
store 0 disksize 128M
must mkswap "$ZDEV" > /dev/null
store 0 idle all
must swapon "$ZDEV"
cgroup_limit 16 || echo "# no memory cgroup: paged out by request only"
bg_squeeze zswap -m 48 -k random -P -r 1 -w $hold > /tmp/out.$$
swapper=$BGPID
filled $hold
mm_read
between "pages were swapped out" $((MM_ORIG / 4096)) 8192 12400
store 0 writeback idle
is "none of them is idle, and none was written" "$(tr -s ' ' < "$ZSYS/bd_stat")" \
	" 0 0 0"
store 0 idle all
store 0 writeback idle
bd_read
between "marked again, they are written" "$BD_WRITES" 8192 12400
rm -f $hold
wait "$swapper"
is "every page came back" "$? $(tail -n 1 /tmp/out.$$)" "0 pages=12288 bad=0"
swap_off "timer"
finish
