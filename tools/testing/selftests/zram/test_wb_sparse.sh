#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# A sparse file behind the backing device takes about the space of what is on it,
# however often that is overwritten.

. ./lib.sh

# space NAME MOST: KiB that the file takes
space() {
	between "$1" "$(du -k "$mnt/file" | cut -f1)" 0 "$2"
}

# rounds NAME PART: 12 MiB are written, then every PART-th page anew, ten times
rounds() {
	must truncate -s 0 "$mnt/file"
	must truncate -s 256M "$mnt/file"
	loop=$(losetup -f)
	must losetup "$loop" "$mnt/file"
	ZT_LOOPS=$loop
	zram_new 12M '' "$loop"
	gen=1
	must zpat fill -k random -j 2 "$ZDEV" > /dev/null
	for _ in $(seq 10); do
		store_quietly "$ZSYS/writeback" huge || fail "$1: writeback"
		gen=$((gen + 1))
		must zpat fill -k random -g $gen -S "$2" "$ZDEV" > /dev/null
	done
	store_quietly "$ZSYS/writeback" huge || fail "$1: writeback"
	# 1.25 times 12 MiB
	space "$1: space after ten rounds" 15360
	bd_read
	is "$1: every page is on the device" "$BD_COUNT" 3072
	check "$1: every byte" zpat verify -k random -j 4 -g $gen -S "$2" "$ZDEV"
	must zpat discard -n 2048 "$ZDEV" > /dev/null
	must zpat fill -k random -o 3071 -n 1 "$ZDEV" > /dev/null
	store_quietly "$ZSYS/writeback" huge || fail "$1: writeback"
	if [ "$(cat "/sys/block/${loop##*/}/queue/discard_max_bytes")" -gt 0 ] &&
		[ "$2" -eq 1 ]; then
		space "$1: free segments are given back by the next run" 8192
		wb_read
		between "$1: writeback_stat tells of it" "$WB_discarded" 1024 3072
	fi
	zram_reset
	must zram_remove
	losetup -d "$loop"
	ZT_LOOPS=
}

only_4k
modprobe loop > /dev/null 2>&1
tmpfs_mount 300
rounds whole 1
rounds "whole, every other page" 2
PACKED=1
rounds packed 1
finish
