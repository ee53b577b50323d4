#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# No byte reaches the backing device that is not content of a page or its checksum: gaps
# and tails of blocks are zero, and what was not asked for is not touched.

. ./lib.sh

# is_zero NAME SKIP COUNT: bytes of the backing device
is_zero() {
	# What was read before the device was written would be out of date.
	echo 1 > /proc/sys/vm/drop_caches
	dd if="$BD" bs=1 skip="$2" count="$3" 2> /dev/null > /tmp/zeros.$$
	is "$1" "$(wc -c < /tmp/zeros.$$) $(tr -d '\000' < /tmp/zeros.$$ | wc -c)" \
		"$3 0"
}

# Bytes of the checksum that follows each packed object
sum=4
ZT_FILES=/tmp/zeros.$$
bd_use null 4 || skip_all "no null_blk"
# Generation 7 of seed 9 is on the device before.
must zpat fill -k random -g 7 -s 9 "$BD" > /dev/null
PACKED=1
zram_new 1M '' "$BD"
must zpat fill -k text -n 1 "$ZDEV" > /dev/null
mm_read
first=$MM_COMPR
must zpat fill -k text -o "$PER_PAGE" -n 1 "$ZDEV" > /dev/null
mm_read
both=$MM_COMPR
between "an object smaller than half a block" "$first" 1 2000
store 0 writeback "page_indexes=0-1"
bd_read
is "two objects in one block" "$BD_COUNT" 1
second=$(((first + sum + 7) / 8 * 8))
end=$((second + both - first + sum))
is_zero "the gap between them" $((first + sum)) $((second - first - sum))
is_zero "the tail" $end $((4096 - end))
check "the blocks behind it are as they were" \
	zpat verify -k random -g 7 -s 9 -o 1 "$BD"
check "the first page" zpat verify -k text -n 1 "$ZDEV"
check "the second" zpat verify -k text -o "$PER_PAGE" -n 1 "$ZDEV"
# One object, again with a tail of its own.
must zpat fill -k text -g 2 -o $((5 * PER_PAGE)) -n 1 "$ZDEV" > /dev/null
mm_read
third=$MM_COMPR
store 0 writeback "page_index=5"
is_zero "the tail of the second block" $((4096 + third + sum)) $((4096 - third - sum))
check "the blocks behind that" \
	zpat verify -k random -g 7 -s 9 -o 2 "$BD"
# A request that was full before: a page that does not compress, then one that does.
if [ "$PER_PAGE" -eq 1 ]; then
	put "$ZSYS/writeback_batch_size" 1
	must zpat fill -k text -g 3 -o 9 -n 1 "$ZDEV" > /dev/null
	mm_read
	fourth=$MM_COMPR
	must zpat fill -k random -g 3 -o 8 -n 1 "$ZDEV" > /dev/null
	store 0 writeback "page_index=8 page_index=9"
	is_zero "the tail behind one that was full" $((3 * 4096 + fourth + sum)) \
		$((4096 - fourth - sum))
	check "and both are there" zpat verify -k text -g 3 -o 9 -n 1 "$ZDEV"
fi
finish
