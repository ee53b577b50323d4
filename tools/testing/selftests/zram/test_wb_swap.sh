#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# slow: 50
# Swap whose pages are written back while processes use them, whole and packed.

. ./lib.sh

# swapping NAME
swapping() {
	zram_new 64M '' "$BD"
	swap_on
	bg_squeeze zswap -m 40 -P -r 2 -F -w $hold > /tmp/out.$$
	swapper=$BGPID
	filled $hold "$1"
	put "$ZSYS/idle" all
	store 0 writeback idle
	wb_read
	between "$1: swapped pages are on the device" "$WB_pages" 6000 10240
	zhammer -t 6000 -p 50 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle" \
		> /tmp/hammer.$$ &
	hammer=$!
	rm -f $hold
	wait "$swapper"
	is "$1: every page came back" "$? $(tail -n 1 /tmp/out.$$)" \
		"0 pages=10240 bad=0"
	check "$1: another process, with huge pages" \
		squeeze zswap -m 32 -H -P -r 1 -s 2
	wait $hammer
	sed 's/^/# /' /tmp/hammer.$$
	bd_read
	between "$1: pages were read back" "$BD_READS" 2000 100000000
	swap_empty "$1: all is freed when the processes exit"
	swap_off "$1"
	bd_read
	between "$1: no block is left but the swap header's" "$BD_COUNT" 0 \
		"$PER_PAGE"
	is "$1: no write failed" "$IO_FAILED_WRITES" 0
	must zram_remove
}

hold=/tmp/hold.$$
ZT_FILES="$hold /tmp/out.$$ /tmp/hammer.$$"
bd_use nvme || bd_use virtio || bd_use null 128 || skip_all "no backing device"
cgroup_limit 20 || echo "# no memory cgroup: paged out by request only"
# A debug kernel takes a minute for either.
[ -n "${ZT_DEBUG-}" ] || swapping whole
PACKED=1
swapping packed
finish
