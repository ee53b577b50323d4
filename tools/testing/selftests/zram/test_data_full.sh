#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# A device that is full to mem_limit: writes fail, what is freed can be used at once,
# and whatever fits into a gap is stored, however many writes have failed before.

. ./lib.sh

only_4k
zram_new 32M
must zpat fill -k random -n 1024 "$ZDEV" > /dev/null
mm_read
put "$ZSYS/mem_limit" "$MM_USED"

# fill NAME RESULT FIRST COUNT KIND
fill() {
	gives "$1" "$2" zpat fill -k "$5" -o "$3" -n "$4" -b 1 "$ZDEV"
}

fill "same-filled pages" "ok=1024 bad=0 err=0" 4096 1024 same
fill "pages are refused" "ok=0 bad=0 err=1024 EIO" 2048 1024 random
must zpat discard -n 512 "$ZDEV" > /dev/null
fill "what is freed is used at once" "ok=512 bad=0 err=0" 2048 512 random
fill "it is full again" "ok=0 bad=0 err=1024 EIO" 2560 1024 random
must zpat discard -o 2048 -n 1 "$ZDEV" > /dev/null
fill "one page is freed, one can be written" "ok=1 bad=0 err=0" 5000 1 random
check "the other pages are as they were" zpat verify -k random -o 2049 -n 511 "$ZDEV"

# Gaps between small objects
put "$ZSYS/mem_limit" 0
zram_reset
put "$ZSYS/disksize" 32M
must zpat fill -k mixed -n 4096 "$ZDEV" > /dev/null
must zpat discard -u "$ZDEV" -S 2 > /dev/null
mm_read
put "$ZSYS/mem_limit" "$MM_USED"
before=$MM_ORIG
zpat fill -k random -o 4096 -n 1024 -b 1 "$ZDEV" > /dev/null
mm_read
is "no page of random data fits into a gap" "$MM_ORIG" "$before"
gives "pages are overwritten with as much" "ok=32 bad=0 err=0" \
	zpat fill -k mixed -o 1 -n 64 -S 2 -b 1 "$ZDEV"
zpat fill -k mixed -o 6144 -n 2048 -b 1 "$ZDEV" > /dev/null
mm_read
echo "# $(((MM_ORIG - before) / 4096)) of 2048 pages stored"
between "smaller pages do" $(((MM_ORIG - before) / 4096)) 200 2048
is "below the limit" "$MM_USED" "$MM_LIMIT"
check "they read right" zpat verify -k mixed -n 4096 -o 1 -S 2 "$ZDEV"

# Only writes of swap are refused untried, not all from pages that swap knows
# shellcheck disable=SC2317 # called by the clean-up
swap_disk_off() {
	swapoff "$BD" 2> /dev/null
}
if bd_use virtio && [ -e /proc/kpageflags ]; then
	ZT_AT_EXIT=swap_disk_off
	must mkswap "$BD" > /dev/null
	must swapon "$BD"
	must zpat discard -o 4096 "$ZDEV" > /dev/null
	zpat fill -k random -o 4096 -n 1024 -b 1 "$ZDEV" > /dev/null
	out=$(zpat fill -P -k mixed -o 6144 -n 16 -b 1 "$ZDEV" 2>&1)
	echo "# $out"
	ok=${out#*ok=}
	between "direct writes of pages in the swap cache are tried" "${ok%% *}" 8 16
else
	skip "direct writes of pages in the swap cache" "no disk, or no /proc/kpageflags"
fi
zram_reset
empty "the pool is empty after reset"
finish
