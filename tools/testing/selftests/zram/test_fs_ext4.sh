#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# ext4 on zram: a tree with checksums, fio in a file, trim, fsck.

. ./lib.sh

mnt=/tmp/zt_ext4

mounted() {
	must mkdir -p $mnt
	must mount -t ext4 "$ZDEV" $mnt
	ZT_MOUNTS=$mnt
}

unmounted() {
	must umount $mnt
	ZT_MOUNTS=
	check "fsck $1" e2fsck -fn "$ZDEV"
}

need_program mkfs.ext4
need_fs ext4
zram_new 96M
must mkfs.ext4 -q -F "$ZDEV"
mounted
must cp -r . $mnt/tree
for i in 1 2 3; do must cp -r . $mnt/tree/copy$i; done
(cd $mnt && find tree -type f -exec sha256sum '{}' + > /tmp/sums.$$)
ZT_FILES="$ZT_FILES /tmp/sums.$$"
must rm -r $mnt/tree/copy2
check "fio in a file" fio --name=f --directory=$mnt --thread --size=12M \
	--rw=randwrite --bsrange=4k-64k --ioengine=psync --verify=crc32c \
	--verify_fatal=1 --do_verify=1 --fsync=64 --output-format=terse
must truncate -s 8M $mnt/direct
check "direct I/O to a file" zpat fill -k cycle $mnt/direct
unmounted "after the first use"

mounted
check "direct I/O from the file" zpat verify -k cycle $mnt/direct
grep -v copy2 /tmp/sums.$$ > /tmp/sums2.$$
ZT_FILES="$ZT_FILES /tmp/sums2.$$"
check "the tree has its checksums" \
	sh -c "cd $mnt && sha256sum -c -s /tmp/sums2.$$"
mm_read
before=$MM_ORIG
must rm -r $mnt/tree $mnt/f.0.0 $mnt/direct
sync
check "fstrim" fstrim $mnt
mm_read
between "trim frees the pages" "$MM_ORIG" 0 $((before / 2))
unmounted "after the second"
io_read
is "no I/O failed" "$IO_FAILED_READS $IO_FAILED_WRITES" "0 0"
finish
