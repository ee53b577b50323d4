#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# slow: 35
# Writeback to virtio-blk, NVMe, null_blk, loop, a partition, device-mapper and
# NBD: the counts are exact and every byte comes back.

. ./lib.sh

# The MiB before the partition and the one after it
around() {
	echo 3 > /proc/sys/vm/drop_caches
	dd if="$PART_DISK" bs=1M skip=$((PART_START - 1)) count=1 2> /dev/null |
		md5sum
	dd if="$PART_DISK" bs=1M skip=$((PART_START + 32)) count=1 \
		2> /dev/null | md5sum
}

# A quarter of each kind of page; the same-filled stay in memory
kind() {
	if ! bd_use "$1" 32; then
		skip "writeback to $1" "no such device"
		return
	fi
	[ "$1" != part ] || before=$(around)
	zram_new $((pages * 4))K '' "$BD"
	must zpat fill -k cycle "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	store 0 writeback idle
	bd_read
	is "$1: bd_stat after the run" "$BD_COUNT $BD_READS $BD_WRITES" \
		"$written 0 $written"
	mm_read
	is "$1: mm_stat keeps the pages, not the memory" \
		"$MM_ORIG $MM_COMPR $MM_USED $MM_SAME $MM_HUGE $MM_HUGE_SINCE" \
		"$((pages * 4096)) 0 0 $quarter 0 $quarter"
	check "$1: every byte comes back" zpat verify -k cycle -j 2 "$ZDEV"
	bd_read
	is "$1: bd_stat after reading" "$BD_COUNT $BD_READS $BD_WRITES" \
		"$written $written $written"
	store 0 writeback idle
	bd_read
	is "$1: what is written is not written again" "$BD_WRITES" $written
	check "$1: and again in random order" \
		zpat verify -k cycle -j 2 -R "$ZDEV"
	[ "$1" != part ] ||
		is "$1: what is around it is untouched" "$(around)" "$before"
	zram_reset
	is "$1: reset clears bd_stat" "$(tr -s ' ' < "$ZSYS/bd_stat")" " 0 0 0"
	empty "$1: the pool is empty after reset"
	must zram_remove
}

pages=4096
[ -z "${ZT_DEBUG-}" ] || pages=1024
quarter=$((pages / 4)) written=$((pages * 3 / 4))
for name in virtio nvme null loop dm nbd part; do
	kind $name
done
finish
