#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# compressed_writeback: objects packed on the device, their blocks shared and
# given back one by one, reads of single objects and of many.

. ./lib.sh

# What a device has, MiB and pages
size=16
[ -z "${ZT_DEBUG-}" ] || size=4
pages=$((size * 256))

# kind DEVICE: write pages back to it, a quarter of each kind
kind() {
	if ! bd_use "$1" 32; then
		skip "packed to $1" "no such device"
		return
	fi
	zram_new ${size}M '' "$BD"
	must zpat fill -k cycle "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	mm_read
	bytes=$MM_COMPR
	store 0 writeback idle
	wb_read
	is "$1: pages, of which compressed" "$WB_pages $WB_objects" \
		"$((pages * 3 / 4)) $((pages / 2))"
	is "$1: bytes of content" "$WB_payload_bytes" "$bytes"
	bd_read
	is "$1: each block written is in use" "$BD_COUNT" "$BD_WRITES"
	between "$1: blocks for the bytes" "$BD_COUNT" $((bytes / 4096)) \
		$((bytes / 4096 + bytes / 40960 + pages / 8))
	mm_read
	is "$1: nothing is left in memory" "$MM_COMPR $MM_USED" "0 0"
	check "$1: every byte comes back" zpat verify -k cycle -j 2 "$ZDEV"
	check "$1: page by page, in random order" \
		zpat verify -k cycle -j 4 -R "$ZDEV"
	check "$1: from a buffer that is not aligned" \
		zpat verify -k cycle -j 4 -m 512 "$ZDEV"
	store 0 writeback idle
	wb_read
	is "$1: what is written is not written again" "$WB_pages" $((pages * 3 / 4))
	must zpat fill -u -k mixed -g 2 -S 2 "$ZDEV" > /dev/null
	check "$1: every second page overwritten" \
		zpat verify -u -k mixed -g 2 -S 2 "$ZDEV"
	check "$1: the others" zpat verify -u -k cycle -j 4 -o 1 -S 2 "$ZDEV"
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1: no block is left" "$BD_COUNT" 0
	zram_reset
	empty "$1: the pool is empty after reset"
	must zram_remove
}

PACKED=1
for name in virtio nvme null loop; do
	kind $name
done

# 3:1 takes a third.
bd_use null 32 || bail "null_blk"
zram_add
algorithms
must zram_remove
# A debug kernel is slow, and its KUnit tests have all compressors
[ -z "${ZT_DEBUG-}" ] || ALGORITHMS=${ALGORITHMS%% *}
for algorithm in $ALGORITHMS; do
	zram_new ${size}M "$algorithm" "$BD"
	must zpat fill -k mixed "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	mm_read
	put "$ZSYS/writeback" idle
	bd_read
	between "$algorithm: blocks for each 1000 of content" \
		$((BD_WRITES * 4096 / (MM_COMPR / 1000))) 1000 1060
	check "$algorithm: every byte" zpat verify -k mixed -j 2 "$ZDEV"
	must zram_remove
done

# Pages that do not compress begin at a block. What is left of the block before is used, too.
# among STEP: each STEP-th page does not compress
among() {
	zram_new ${size}M '' "$BD"
	must zpat fill -u -k mixed "$ZDEV" > /dev/null
	must zpat fill -u -k random -S "$1" "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	mm_read
	put "$ZSYS/writeback" idle
	bd_read
	between "each ${1}th page does not compress: blocks for 100 of content" \
		$((BD_WRITES * 4096 / (MM_COMPR / 100))) 100 105
	check "each ${1}th: every page that does not" zpat verify -u -k random -S "$1" "$ZDEV"
	blocks=$BD_COUNT whole=$(((pages / PER_PAGE + $1 - 1) / $1))
	must zpat discard -u -S "$1" "$ZDEV" > /dev/null
	bd_read
	is "each ${1}th: blocks that come back" $((blocks - BD_COUNT)) \
		$((whole * PER_PAGE))
	check "each ${1}th: a page behind it" \
		zpat verify -u -k mixed -o 1 -S "$1" "$ZDEV"
	must zram_remove
}

for step in 2 3 8; do
	among $step
done

# Bios of many MiB are read in parts, as memory for each is taken at once.
# large NAME KIND
large() {
	zram_new ${mib}M '' "$BD"
	must zpat fill -k "$2" -j 2 "$ZDEV" > /dev/null
	# Some stay in memory
	put "$ZSYS/idle" all
	must zpat fill -u -k "$2" -o 700 -n 100 "$ZDEV" > /dev/null
	put "$ZSYS/writeback" idle
	read -r before _ < "$ZSYS/stat"
	check "$1: large bios" zpat verify -k "$2" -b $((mib * 256)) -H "$ZDEV"
	read -r after _ < "$ZSYS/stat"
	between "$1: parts" $((after - before)) $mib $((mib * 256))
	check "$1: large bios side by side" \
		zpat verify -k "$2" -b $((mib * 64)) -H -j 4 "$ZDEV"
	must zram_remove
}

bd_use null 48 || bail "null_blk"
mib=32
[ -z "${ZT_DEBUG-}" ] || mib=8
large "packed" mixed
PACKED=0
large "whole" random
PACKED=1

# A read of a single page covers only the logical blocks of the device that its object lies on.
# sectors BYTES: check this on a device with logical blocks of BYTES
sectors() {
	bd_null 32 blocksize="$1" || bail "null_blk with blocks of $1 bytes"
	read -r logical < "$BDSYS/queue/logical_block_size"
	is "$1: bytes of a logical block" "$logical" "$1"
	zram_new ${size}M '' "$BD"
	must zpat fill -k mixed "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	mm_read
	put "$ZSYS/writeback" idle
	wb_read
	is "$1: objects" "$WB_objects" "$pages"
	bd_read
	blocks=$BD_READS
	read -r _ _ before _ < "$BDSYS/stat"
	check "$1: page by page, in random order" zpat verify -k mixed -R "$ZDEV"
	read -r _ _ after _ < "$BDSYS/stat"
	# An object fills the blocks that are read, except for parts of the first and the last
	between "$1: bytes read" $(((after - before) * 512)) "$MM_COMPR" \
		$((MM_COMPR + pages * 2 * $1))
	bd_read
	between "$1: reads count in blocks of 4096 bytes" \
		$((BD_READS - blocks)) "$pages" $((pages * 2))
	check "$1: many pages at a time" zpat verify -k mixed -j 4 "$ZDEV"
	must zram_remove
}

[ "$PER_PAGE" -gt 1 ] || for bytes in 512 1024 4096; do
	sectors $bytes
done

# A device too small takes what fits, the rest stays.
bd_null 1 || bail "second null_blk"
zram_new 16M '' "$BD"
must zpat fill -k mixed "$ZDEV" > /dev/null
put "$ZSYS/idle" all
store ENOSPC writeback idle
bd_read
between "every block of the device is used" "$BD_COUNT" \
	$((257 - PER_PAGE)) 256
is "and written once" "$BD_WRITES" "$BD_COUNT"
wb_read
between "by more pages than blocks" "$WB_pages" 257 4095
check "every byte, device full" zpat verify -k mixed -j 2 "$ZDEV"
must zpat discard -u -S 2 "$ZDEV" > /dev/null
check "what is left" zpat verify -u -k mixed -o 1 -S 2 "$ZDEV"
must zpat discard "$ZDEV" > /dev/null
bd_read
is "no block is left of the full device" "$BD_COUNT" 0
finish
