#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 500
# slow: 180
# Ranges of the backing device that become free while the thread of tiering sleeps are
# discarded without a run: a sparse file loses the space. Then the thread sleeps again,
# also if the device cannot discard.

. ./lib.sh

# discarded BLOCKS: so many at least
# shellcheck disable=SC2317 # called by wait_for
discarded() {
	wb_read
	[ "$WB_discarded" -ge "$1" ]
}

# space_below KIB: the file takes less
# shellcheck disable=SC2317 # called by wait_for
space_below() {
	[ "$(du -k "$mnt/file" | cut -f1)" -le "$1" ]
}

# Discards, and tries of them, are 10 seconds apart at least
# shellcheck disable=SC2317 # called by wait_for
sleeps() {
	tier_read
	zt_steps=$TIER_steps
	sleep 12
	tier_read
	[ "$TIER_steps" -eq "$zt_steps" ]
}

# begin NAME DEVICE: all pages of a device leave
begin() {
	zram_new 24M '' "$2"
	[ -d "$ZSYS/tier" ] || absent tiering
	must zpat fill -k random -j 2 "$ZDEV" > /dev/null
	sleep 5
	tier_pressing
	put "$ZSYS/tier/enable" 1
	check "$1: all pages leave" wait_for 60 tier_moved 6144
	put "$ZSYS/tier/pool_target" 0
}

# use ID: it is the current device
use() {
	ZID=$1 ZDEV=/dev/zram$1 ZSYS=/sys/block/zram$1
}

only_4k
modprobe loop > /dev/null 2>&1
tmpfs_mount 100
must truncate -s 96M "$mnt/file"
bd_loop_on "$mnt/file" || skip_all "no loop device"
loop=$BD
[ "$(cat "/sys/block/${loop##*/}/queue/discard_max_bytes")" -gt 0 ] || skip_all "no discard"

# A device that cannot discard. Both threads fall asleep at once: it takes a minute.
null=
if bd_use null 48 && [ "$(cat "$BDSYS/queue/discard_max_bytes")" -eq 0 ]; then
	begin null "$BD"
	null=$ZID
fi
begin file "$loop"
file=$ZID
check "file: the thread sleeps" wait_for 120 sleeps
if [ -n "$null" ]; then
	use "$null"
	check "null: the thread sleeps" wait_for 120 sleeps
	must zpat discard "$ZDEV" > /dev/null
	check "null: it sleeps again" wait_for 30 sleeps
	wb_read
	is "null: nothing is discarded" "$WB_discarded" 0
	must zram_remove
	use "$file"
else
	skip "null" "no null_blk, or it can discard"
fi

# 24 MiB, and objects that take a part of their block
between "file: its space" "$(du -k "$mnt/file" | cut -f1)" 24576 30720

# Three quarters are freed: 9 of 12 ranges, but for those at both ends
must zpat discard -o 1536 "$ZDEV" > /dev/null
check "file: ranges that became free are discarded" wait_for 40 space_below 12288
# The driver counts ranges when all of a request are discarded
wait_for 20 discarded $((7 * 512))
wb_read
between "file: writeback_stat tells of it" "$WB_discarded" $((7 * 512)) 6144
is "file: without a run of a task" "$WB_runs" 0
check "file: the thread sleeps again" wait_for 120 sleeps
check "file: every byte" zpat verify -k random -n 1536 "$ZDEV"

# The space is used again, and becomes free by overwriting
must zpat fill -k random -g 2 "$ZDEV" > /dev/null
check "file: all ranges are discarded" wait_for 40 space_below 64
bd_read
is "file: no block is in use" "$BD_COUNT" 0
sleep 5
tier_pressing
check "file: pages leave again" wait_for 60 tier_moved 12288
check "file: every byte of them" zpat verify -k random -g 2 "$ZDEV"
put "$ZSYS/tier/pool_target" 0
must zram_remove
finish
