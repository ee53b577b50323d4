#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# What zramctl shows, and the steps by which zram-tools and zram-generator set up
# swap and file systems; fio by io_uring.

. ./lib.sh

need_program zramctl
zram_load
# Not what the shell has of that name itself.
sbin=/usr/sbin
[ -x $sbin/swapon ] || sbin=/sbin

# column NAME: of the current device
column() {
	zramctl --bytes --raw --noheadings --output "$1" "$ZDEV"
}

ZDEV=$(zramctl --find --size 16M --algorithm lz4) || bail "zramctl --find"
ZID=${ZDEV#/dev/zram}
ZSYS=/sys/block/zram$ZID
is "zramctl: NAME" "$(column NAME)" "$ZDEV"
is "zramctl: DISKSIZE" "$(column DISKSIZE)" 16777216
is "zramctl: ALGORITHM" "$(column ALGORITHM)" lz4
must zpat fill -k cycle "$ZDEV" > /dev/null
mm_read
is "zramctl: DATA" "$(column DATA)" "$MM_ORIG"
is "zramctl: COMPR" "$(column COMPR)" "$MM_COMPR"
is "zramctl: TOTAL" "$(column TOTAL)" "$MM_USED"
is "zramctl: MEM-LIMIT" "$(column MEM-LIMIT)" 0
is "zramctl: MEM-USED" "$(column MEM-USED)" "$MM_MAX"
is "zramctl: MIGRATED" "$(column MIGRATED)" $((MM_COMPACTED / PER_PAGE))
must $sbin/mkswap "$ZDEV" > /dev/null
must $sbin/swapon -p 100 "$ZDEV"
is "zramctl: MOUNTPOINT" "$(column MOUNTPOINT)" "[SWAP]"
must $sbin/swapoff "$ZDEV"
check "zramctl --reset" zramctl --reset "$ZDEV"

# max_comp_streams, which Linux has until 6.14: written, as zramctl -t and
# libblockdev do, it changes nothing
zram_add
IFS=.- read -r major minor _ < /proc/sys/kernel/osrelease
if [ $((major * 100 + minor)) -lt 615 ]; then
	is "max_comp_streams, mode" \
		"$(stat -c %a "$ZSYS/max_comp_streams")" 644
	check "zramctl --streams" \
		zramctl --streams 4 --size 16M --algorithm lz4 "$ZDEV"
	is "zramctl: STREAMS" "$(column STREAMS)" "$(nproc)"
	store 0 max_comp_streams 0
	store 0 max_comp_streams many
	is "max_comp_streams is the number of CPUs" \
		"$(cat "$ZSYS/max_comp_streams")" "$(nproc)"
else
	is "no max_comp_streams" "$(find "$ZSYS/" -name 'max_comp*')" ""
fi
must zram_remove

# zram-tools: algorithm, size, mkswap, swapon with a priority; and back
zram_add
put "$ZSYS/comp_algorithm" "lz4"
put "$ZSYS/disksize" $((16 * 1024 * 1024))
check "mkswap" $sbin/mkswap "$ZDEV"
check "swapon -p 100" $sbin/swapon -p 100 "$ZDEV"
is "it is swap" "$(grep -c "$ZDEV " /proc/swaps)" 1
check "swapoff" $sbin/swapoff "$ZDEV"
store 0 reset 1

# zram-generator: algorithm, algorithms for recompression with parameters, limit,
# backing device, size; then mkswap or mkfs
put "$ZSYS/comp_algorithm" "zstd"
if [ -e "$ZSYS/recomp_algorithm" ]; then
	store 0 algorithm_params "priority=0 level=3"
	store 0 recomp_algorithm "algo=lzo-rle priority=1"
fi
if [ -e "$ZSYS/backing_dev" ] && bd_use null 32; then
	store 0 backing_dev "$BD"
else
	skip "backing_dev" "no such attribute, or no null_blk"
fi
store 0 mem_limit 0
store 0 disksize 67108864
case $(cat "$ZSYS/comp_algorithm") in
*"[zstd]"*) pass "the algorithm asked for" ;;
*) fail "the algorithm asked for" "$(cat "$ZSYS/comp_algorithm")" ;;
esac
check "mkswap -L zram0" $sbin/mkswap -L zram0 "$ZDEV"
check "swapon --discard" $sbin/swapon -d -p 100 "$ZDEV"
check "swapoff again" $sbin/swapoff "$ZDEV"
check "mkfs.ext4" mkfs.ext4 -q -F "$ZDEV"
modprobe ext4 > /dev/null 2>&1
mkdir -p /tmp/mnt.$$
if grep -qw ext4 /proc/filesystems; then
	must mount -t ext4 -o discard "$ZDEV" /tmp/mnt.$$
	ZT_MOUNTS=/tmp/mnt.$$
	pass "mount -o discard"
	store EBUSY reset 1
	must umount /tmp/mnt.$$
	rmdir /tmp/mnt.$$
else
	skip "mount -o discard" "kernel without ext4"
fi
store 0 reset 1
put "$ZSYS/disksize" 32M

# fio: a kernel may be built without io_uring, or not allow it
size=64M
[ -z "${ZT_DEBUG-}" ] || size=16M
fio_uring() {
	fio --name=uring --filename="$1" --direct="$2" --ioengine=io_uring \
		--iodepth=32 --rw=randrw --bsrange=4k-128k --size=32M \
		--io_size=$size --verify=crc32c --verify_fatal=1 \
		--buffer_compress_percentage=60 --refill_buffers \
		--output-format=terse
}
ZT_FILES=/tmp/uring.$$
if fio_uring /tmp/uring.$$ 0 > /dev/null 2>&1; then
	rm -f /tmp/uring.$$
	check "fio by io_uring" fio_uring "$ZDEV" 1
else
	skip "fio by io_uring" "no io_uring"
fi
io_read
is "no I/O failed" "$IO_FAILED_READS $IO_FAILED_WRITES" "0 0"
finish
