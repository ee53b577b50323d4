#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
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

# 4096 pages, a quarter of each kind; the same-filled stay in memory
kind() {
	if ! bd_use "$1" 32; then
		skip "writeback to $1" "no such device"
		return
	fi
	[ "$1" != part ] || before=$(around)
	zram_new 16M '' "$BD"
	must zpat fill -k cycle "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	store 0 writeback idle
	bd_read
	is "$1: bd_stat after the run" "$BD_COUNT $BD_READS $BD_WRITES" \
		"3072 0 3072"
	mm_read
	is "$1: mm_stat keeps the pages, not the memory" \
		"$MM_ORIG $MM_COMPR $MM_USED $MM_SAME $MM_HUGE $MM_HUGE_SINCE" \
		"16777216 0 0 1024 0 1024"
	check "$1: every byte comes back" zpat verify -k cycle -j 2 "$ZDEV"
	bd_read
	is "$1: bd_stat after reading" "$BD_COUNT $BD_READS $BD_WRITES" \
		"3072 3072 3072"
	store 0 writeback idle
	bd_read
	is "$1: what is written is not written again" "$BD_WRITES" 3072
	check "$1: and again in random order" \
		zpat verify -k cycle -j 2 -R "$ZDEV"
	[ "$1" != part ] ||
		is "$1: what is around it is untouched" "$(around)" "$before"
	zram_reset
	is "$1: reset clears bd_stat" "$(tr -s ' ' < "$ZSYS/bd_stat")" " 0 0 0"
	empty "$1: the pool is empty after reset"
	must zram_remove
}

for name in virtio nvme null loop dm nbd part; do
	kind $name
done
finish
