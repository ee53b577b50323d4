#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Spill from reclaim: swap at mem_limit, by bios and without; with kcompressd; with the
# thread of tiering beside it; a file system.

. ./lib.sh

param=/sys/module/zram/parameters/swap_ops

begin() {
	zram_add
	[ -e "$ZSYS/tier/spill" ] || absent "spill"
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 64M
	put "$ZSYS/tier/daily_budget" max
}

# swaps NAME: pages that do not fit into memory are swapped out and in
swaps() {
	swap_on
	put "$ZSYS/mem_limit" 1M
	check "$1: every page is right" zswap -m 8 -k random -P -r 2
	io_read
	is "$1: no write failed" "$IO_FAILED_WRITES" 0
	tier_read
	between "$1: pages were spilled" "$TIER_spilled" 1000 1000000
	is "$1: none could not be" "$TIER_spill_failed" 0
	swap_off "$1"
	bd_read
	# The thread may have moved the header
	read -r enabled < "$ZSYS/tier/enable"
	between "$1: no block is in use" "$BD_COUNT" 0 $((enabled * PER_PAGE))
	must zram_remove
}

bd_use null 64 || skip_all "no null_blk"
quiet_console
zram_load
ops=N
if [ -e $param ]; then ops='Y N'; else skip "swap_ops" "kernel without them"; fi
for on in $ops; do
	[ ! -e $param ] || put $param "$on"
	begin
	put "$ZSYS/tier/spill" 1
	swaps "swap_ops=$on"
done
[ ! -e $param ] || put $param Y

# The thread moves cold pages meanwhile
begin
put "$ZSYS/tier/regret_target" 4294967295
put "$ZSYS/tier/idle_age" 1
put "$ZSYS/tier/enable" 1
swaps "with the thread"

if [ -w /sys/module/zram/parameters/nr_kcompressd ] && [ "$(nproc)" -gt 1 ]; then
	kc_start 1 32
	begin
	put "$ZSYS/kcompressd" all
	put "$ZSYS/tier/spill" 1
	swaps "kcompressd"
else
	skip "kcompressd" "no threads, or one CPU"
fi

# A file system loses nothing
begin
put "$ZSYS/tier/spill" 1
put "$ZSYS/mem_limit" 2M
if modprobe ext4 2> /dev/null; grep -qw ext4 /proc/filesystems; then
	must mkfs.ext4 -q "$ZDEV"
	dir=/tmp/zt$$.mnt
	must mkdir -p $dir
	must mount "$ZDEV" $dir
	ZT_MOUNTS="$ZT_MOUNTS $dir"
	must dd if=/dev/zero of=$dir/file bs=1M count=24 2> /dev/null
	check "a file system: written" zpat fill -B -k random -n 6144 $dir/file
	must umount $dir
	must mount "$ZDEV" $dir
	check "a file system: every byte" zpat verify -k random -n 6144 $dir/file
	must umount $dir
	io_read
	is "a file system: no write failed" "$IO_FAILED_WRITES" 0
	tier_read
	between "a file system: spilled" "$TIER_spilled" 3000 1000000
else
	skip "a file system" "no ext4"
fi
must zram_remove
finish
