#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# A written-back page gives its block back when it is overwritten, discarded,
# zeroed or reset; blocks are used again.

. ./lib.sh

blocks() {
	bd_read
	is "$1" "$BD_COUNT" "$2"
}

bd_use null 16 || bd_use virtio || skip_all "no backing device"
zram_new 12M '' "$BD"
must zpat fill -k mixed "$ZDEV" > /dev/null
put "$ZSYS/idle" all
put "$ZSYS/writeback" idle
blocks "all pages are on the device" 3072
must zpat fill -k mixed -g 2 -n 100 "$ZDEV" > /dev/null
blocks "overwritten" 2972
must zpat fill -k same -g 2 -o 100 -n 100 "$ZDEV" > /dev/null
blocks "overwritten with same-filled pages" 2872
must zpat discard -o 200 -n 300 "$ZDEV" > /dev/null
blocks "discarded" 2572
must zpat zeroout -o 500 -n 300 "$ZDEV" > /dev/null
blocks "zeroed" 2272
mm_read
is "orig_data_size follows" "$((MM_ORIG / 4096))" 2472
check "what is left" zpat verify -k mixed -o 800 "$ZDEV"
gives "what was discarded" "ok=600 bad=0 err=0" \
	zpat verify -g 0 -o 200 -n 600 "$ZDEV"
check "what was overwritten" zpat verify -k mixed -g 2 -n 100 "$ZDEV"
check "same-filled" zpat verify -k same -g 2 -o 100 -n 100 "$ZDEV"
blocks "reading gives no block back" 2272

for gen in 3 4 5; do
	must zpat fill -k mixed -g $gen -R "$ZDEV" > /dev/null
	blocks "all overwritten, generation $gen" 0
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
	blocks "all written again, generation $gen" 3072
	check "generation $gen" zpat verify -k mixed -g $gen "$ZDEV"
done
must zpat discard "$ZDEV" > /dev/null
blocks "all discarded" 0
empty "and the pool is empty"
must zpat fill -k mixed -g 6 "$ZDEV" > /dev/null
put "$ZSYS/idle" all
put "$ZSYS/writeback" idle
zram_reset
blocks "reset" 0
empty "and the pool is empty after reset"
finish
