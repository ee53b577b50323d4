#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# swapoff in the middle: everything comes back, into idle and busy processes, also
# what lies on a backing device that takes its time.

. ./lib.sh

hold=/tmp/hold.$$
zram_new 64M
swap_on
bg zswap -m 32 -P -r 1 -w $hold > /tmp/out.$$
idle=$BGPID
ZT_FILES="/tmp/out.$$ $hold"
filled $hold
mm_read
between "most of 32 MiB is in zram" $((MM_ORIG / 1048576)) 25 33
bg zswap -m 16 -P -r 6 -s 2 > /tmp/out2.$$
busy=$BGPID
ZT_FILES="$ZT_FILES /tmp/out2.$$"
sleep 1
if is_over "$busy"; then fail "it is busy"; else pass "it is busy"; fi
check "swapoff while one process swaps" swapoff "$ZDEV"
mm_read
is "only the header is left" "$MM_ORIG" "$PAGE"
rm -f $hold
wait "$idle"
is "the idle process has all its data" "$? $(tail -n 1 /tmp/out.$$)" \
	"0 pages=8192 bad=0"
wait "$busy"
# Without swap MADV_PAGEOUT leaves the pages where they are.
is "the busy process too" "$? $(tail -n 1 /tmp/out2.$$)" "0 pages=4096 bad=0"
io_read
is "no I/O failed" "$IO_FAILED_READS $IO_FAILED_WRITES" "0 0"
check "the device can be reset" ztry "$ZSYS/reset" 1
empty "the pool is empty after reset"

if ! bd_use null 48 || ! bd_slow 5 0; then
	skip "pages from a slow device" "no null_blk, or no device-mapper"
	finish
fi
mib=8
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 64M
swap_on
bg zswap -m $mib -P -r 1 -w $hold -k random > /tmp/out.$$
idle=$BGPID
filled $hold
put "$ZSYS/idle" all
put "$ZSYS/writeback" idle
bd_read
written=$BD_COUNT
between "most of $mib MiB is on the device" "$written" $((mib * 256 * 9 / 10)) \
	$((mib * 256 + 64))
bg swapoff "$ZDEV"
off=$BGPID
sleep 0.5
# Faults for the same pages, which swapoff reads meanwhile
rm -f $hold
wait "$idle"
is "it has all its data" "$? $(tail -n 1 /tmp/out.$$)" \
	"0 pages=$((mib * 256 / PER_PAGE)) bad=0"
check "swapoff ends" ended "$off" 300
bd_read
between "they were read from the device" "$BD_READS" $((written * 9 / 10)) \
	$((mib * 256 + 64))
is "swap is off" "$(grep -c "^$ZDEV" /proc/swaps)" 0
io_read
is "no read failed" "$IO_FAILED_READS" 0
zram_reset
empty "the pool is empty"
finish
