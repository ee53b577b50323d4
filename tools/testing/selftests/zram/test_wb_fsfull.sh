#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# A loop device on a sparse file, on a file system that has less space than the
# file: what does not fit stays in memory, whatever loop reports.

. ./lib.sh

# file_system tmpfs|ext4 KIB: mounted at $mnt
file_system() {
	if [ "$1" = tmpfs ]; then
		mount -t tmpfs -o "size=${2}k" none "$mnt" || return 1
	else
		command -v mkfs.ext4 > /dev/null || return 1
		bd_null 64 || return 1
		must mkfs.ext4 -q -O ^has_journal -b 4096 "$BD" "${2}k"
		mount -t ext4 "$BD" "$mnt" 2> /dev/null || return 1
	fi
	ZT_MOUNTS="$ZT_MOUNTS $mnt"
}

# on_loop 0|1: a loop device on a sparse file there, direct I/O off or on
on_loop() {
	must truncate -s 64M "$mnt/file"
	loop=$(losetup -f)
	must losetup "$loop" "$mnt/file"
	ZT_LOOPS="$ZT_LOOPS $loop"
	[ "$(ztry -d "$loop" "$1")" = 0 ]
}

off_loop() {
	losetup -d "$loop"
	ZT_LOOPS=${ZT_LOOPS%" $loop"}
	wait_for 5 rm "$mnt/file"
}

# full NAME DEVICE
full() {
	zram_new 12M lzo "$2"
	must zpat fill -k random -j 2 "$ZDEV" > /dev/null
	got=$(ztry "$ZSYS/writeback" huge)
	case $got in
	ENOSPC | EIO) pass "$1: the run fails ($got)" ;;
	*) fail "$1: the run fails" "$got" ;;
	esac
	wb_read
	between "$1: part of the pages is written" "$WB_pages" 512 3071
	is "$1: no block is retired" "$WB_bad_blocks" 0
	sync
	echo 3 > /proc/sys/vm/drop_caches
	check "$1: every byte" zpat verify -k random -j 2 "$ZDEV"
	zram_reset
	must zram_remove
}

# both NAME DEVICE
both() {
	PACKED='' full "$1, whole" "$2"
	PACKED=1 full "$1, packed" "$2"
}

modprobe loop > /dev/null 2>&1
mnt=/tmp/zt$$.mnt
must mkdir -p "$mnt"
for fs in tmpfs ext4; do
	if ! file_system $fs 8100; then
		skip "$fs" "no such file system"
		continue
	fi
	for dio in 0 1; do
		if on_loop $dio; then
			both "$fs, direct I/O $dio" "$loop"
		else
			skip "$fs, direct I/O $dio" "loop cannot"
		fi
		off_loop
	done
	# A device-mapper device passes bios on.
	if on_loop 0 && bd_dm zt_lin linear "0 131072 linear $loop 0"; then
		both "$fs, device-mapper on loop" "$BD"
		dmsetup remove --noudevsync zt_lin
		ZT_DMS=
	else
		skip "$fs, device-mapper on loop" "no device-mapper"
	fi
	off_loop
	umount "$mnt"
	ZT_MOUNTS=
done
finish
