#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# lzpage: both levels, recompression from one to the other, and swap, ext4 and
# packed writeback with it.

. ./lib.sh

# lzpage LEVEL: a new device of 16 MiB
lzpage() {
	zram_add
	algorithms
	case " $ALGORITHMS " in *" lzpage "*) ;; *) skip_all "no lzpage" ;; esac
	put "$ZSYS/comp_algorithm" lzpage
	put "$ZSYS/algorithm_params" "algo=lzpage level=$1"
}

for level in 1 2; do
	lzpage $level
	put "$ZSYS/disksize" 16M
	for kind in mixed text random cycle; do
		must zpat fill -k $kind -j 2 "$ZDEV" > /dev/null
		check "level $level: $kind data" zpat verify -k $kind -j 2 -R "$ZDEV"
	done
	must zram_remove
done

# One decompressor reads both levels, and a run makes dense objects of fast ones
lzpage 1
if [ -e "$ZSYS/recompress" ]; then
	put "$ZSYS/recomp_algorithm" "algo=lzpage priority=1"
	put "$ZSYS/algorithm_params" "priority=1 level=2"
	put "$ZSYS/disksize" 16M
	must zpat fill -k text -j 2 "$ZDEV" > /dev/null
	mm_read
	fast=$MM_COMPR
	store 0 recompress "algo=lzpage priority=1"
	mm_read
	between "level 2 is denser than level 1" "$MM_COMPR" 1000 \
		$((fast - fast / 50))
	check "recompressed pages" zpat verify -k text -j 2 -R "$ZDEV"
	must zpat fill -k mixed -g 2 -n 1000 "$ZDEV" > /dev/null
	check "pages of level 1" zpat verify -k mixed -g 2 -n 1000 "$ZDEV"
	check "pages of level 2 beside them" zpat verify -k text -o 1000 "$ZDEV"
else
	skip "recompression" "not in this build"
fi
must zram_remove

if PACKED=1 bd_use virtio 32; then
	lzpage 2
	put "$ZSYS/compressed_writeback" 1
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 16M
	must zpat fill -k mixed "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	store 0 writeback idle
	wb_read
	between "objects are on the backing device" "$WB_objects" 1 1000000
	check "read back" zpat verify -k mixed -j 4 -R "$ZDEV"
	must zram_remove
else
	skip "writeback" "no such device"
fi

lzpage 2
put "$ZSYS/disksize" 64M
modprobe ext4 > /dev/null 2>&1
if command -v mkfs.ext4 > /dev/null && grep -qw ext4 /proc/filesystems; then
	must mkfs.ext4 -q -F "$ZDEV"
	must mkdir -p /tmp/zt_lzpage
	must mount -t ext4 "$ZDEV" /tmp/zt_lzpage
	ZT_MOUNTS=/tmp/zt_lzpage
	must cp -r . /tmp/zt_lzpage/tree
	must umount /tmp/zt_lzpage
	must mount -t ext4 "$ZDEV" /tmp/zt_lzpage
	check "a tree on ext4" diff -r . /tmp/zt_lzpage/tree
	must umount /tmp/zt_lzpage
	ZT_MOUNTS=
	check "fsck" e2fsck -fn "$ZDEV"
else
	skip "ext4" "no such program or file system"
fi
must zram_remove

lzpage 2
put "$ZSYS/disksize" 64M

swap_on
cgroup_limit 20 || echo "# no memory cgroup: paged out by request only"
check "a process larger than its memory" squeeze zswap -m 40 -P -r 2
swap_empty "all is freed when it exits"
swap_off "lzpage"
is "no write failed" "$IO_FAILED_WRITES" 0
finish
