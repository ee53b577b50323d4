#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# An unprivileged user's O_DIRECT with any buffer offset, on ext4 on zram.

. ./lib.sh

mnt=/tmp/zt_dio
need_program mkfs.ext4
need_fs ext4
zram_new 64M
must mkfs.ext4 -q -F "$ZDEV"
must mkdir -p $mnt
must mount -t ext4 "$ZDEV" $mnt
ZT_MOUNTS=$mnt
must truncate -s 1M $mnt/file
must chmod 666 $mnt/file
must zpat fill -k cycle $mnt/file > /dev/null
out=$(zdio $mnt/file 100 65534 2>&1)
status=$?
if [ $status -eq 0 ]; then
	pass "direct I/O to a file at every 512-byte offset"
else
	fail "direct I/O to a file at every 512-byte offset" \
		"$(echo "$out" | head -n 8)"
fi
check "the file's other pages" zpat verify -k cycle -n 100 $mnt/file
must umount $mnt
ZT_MOUNTS=
check "fsck" e2fsck -fn "$ZDEV"
finish
