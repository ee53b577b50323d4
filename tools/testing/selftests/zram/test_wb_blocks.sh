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
must zpat fill -k mixed -g 2 -n 96 "$ZDEV" > /dev/null
blocks "overwritten" 2976
must zpat fill -k same -g 2 -o 96 -n 96 "$ZDEV" > /dev/null
blocks "overwritten with same-filled pages" 2880
must zpat discard -o 192 -n 304 "$ZDEV" > /dev/null
blocks "discarded" 2576
must zpat zeroout -o 496 -n 304 "$ZDEV" > /dev/null
blocks "zeroed" 2272
mm_read
# Zeroes are stored where write-zeroes cannot free a block.
if [ "$PER_PAGE" -eq 1 ]; then orig=2464; else orig=2768; fi
is "orig_data_size follows" "$((MM_ORIG / 4096))" $orig
check "what is left" zpat verify -k mixed -o 800 "$ZDEV"
gives "what was discarded" "ok=608 bad=0 err=0" \
	zpat verify -g 0 -o 192 -n 608 "$ZDEV"
check "what was overwritten" zpat verify -k mixed -g 2 -n 96 "$ZDEV"
check "same-filled" zpat verify -k same -g 2 -o 96 -n 96 "$ZDEV"
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
