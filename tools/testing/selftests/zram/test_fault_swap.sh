#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# Allocations fail in a task that swaps, without bios and with them: a page that
# cannot be stored stays in memory, and no page is lost.

. ./lib.sh

hold=/tmp/hold.$$
param=/sys/module/zram/parameters/swap_ops
ZT_FILES="$hold /tmp/out.$$"
zram_load
bd_use null 64 || bd_use loop 64 || skip_all "no backing device"
was=
[ ! -w "$param" ] || read -r was < "$param"
# shellcheck disable=SC2317 # called by the clean-up
put_back() {
	[ -z "$was" ] || echo "$was" > "$param"
}
ZT_AT_EXIT=put_back
quiet_console

# swapping FAULT WAY: while the program waits, half of its pages go to the
# backing device, so that its reads have both kinds.
swapping() {
	fault_or_skip "$1" 20 || return 0
	zram_new 64M '' "$BD"
	swap_on
	bg zswap -m 16 -P -r 2 -E -k mixed -w $hold > /tmp/out.$$
	swapper=$BGPID
	filled $hold "$1, $2"
	faulted "$1, $2: allocations failed while pages were swapped out"
	io_read
	between "$1, $2: writes failed" "$IO_FAILED_WRITES" 1 100000000
	mm_read
	between "$1, $2: bytes stored" "$MM_ORIG" $((1024 * PAGE)) 100000000
	wb_every_other 4095
	bd_read
	between "$1, $2: pages on the device" "$BD_COUNT" 100 100000
	rm -f $hold
	wait "$swapper"
	is "$1, $2: every page came back" "$? $(tail -n 1 /tmp/out.$$)" \
		"0 pages=4096 bad=0"
	fault_off
	bd_read
	between "$1, $2: pages were read back" "$BD_READS" 100 100000000
	swap_off "$1, $2"
	bd_read
	between "$1, $2: no block is left but the swap header's" "$BD_COUNT" 0 "$PER_PAGE"
	must zram_remove
}

for way in Y N; do
	name=bios
	if [ -n "$was" ]; then
		put "$param" $way
		[ $way = N ] || name="no bios"
	elif [ $way = Y ]; then
		continue
	fi
	swapping failslab "$name"
	swapping fail_page_alloc "$name"
done

finish
