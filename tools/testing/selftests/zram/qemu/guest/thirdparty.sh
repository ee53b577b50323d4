#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1500
#
# Programs of others that verify what they have stored: in memory that is swapped to
# zram and leaves for a disk by tiering, in files of ext4 on zram, and on the device.
# All but fio are in /thirdparty, with their own libraries.

# shellcheck source=../../lib.sh
. ./lib.sh

ROOT=/thirdparty
SECONDS_EACH=10
[ -x $ROOT/usr/bin/stress-ng ] || skip_all "no programs: make thirdparty"

# inside COMMAND...: in the tree of the programs, in the limited group
inside() {
	squeeze chroot $ROOT "$@"
}

# judge NAME STATUS: what stress-ng ends with; 4 is for a stressor that it does not have
judge() {
	case $2 in
	0) pass "$1" ;;
	4) skip "$1" "not implemented here" ;;
	*) fail "$1" "status $2$NL$(tail -n 12 /tmp/log)" ;;
	esac
}

# stress NAME OPTION...: one of its stressors, verifying
stress() {
	zt_stressor=$1
	shift
	inside stress-ng --verify --timeout $SECONDS_EACH --no-rand-seed --oomable "$@" \
		> /tmp/log 2>&1
	judge "stress-ng: $zt_stressor" $?
}

# no_failure NAME: of the current device
no_failure() {
	io_read
	is "$1: no I/O failed" "$IO_FAILED_READS $IO_FAILED_WRITES" "0 0"
}

for dir in dev proc sys tmp; do
	must mount -o bind /$dir $ROOT/$dir
	ZT_MOUNTS="$ROOT/$dir $ZT_MOUNTS"
done
ZT_FILES=/tmp/log

# Memory: half of it does not fit, and what is swapped leaves for the disk
bd_use virtio || skip_all "no disk"
zram_new 512M lz4 "$BD"
[ -e "$ZSYS/tier/enable" ] || absent tiering
put "$ZSYS/tier/enable" 1
# Every page is to leave at once: most are freed soon
tier_pressing
swap_on
cgroup_limit 64 64 || skip_all "no memory cgroup"
swapped_read
before=$SWAPPED_OUT
for stressor in vm mmap malloc shm memfd mremap vm-rw pageswap; do
	case $stressor in
	vm) set -- --vm 2 --vm-bytes 128M --vm-method all ;;
	mmap) set -- --mmap 1 --mmap-bytes 128M ;;
	malloc) set -- --malloc 1 --malloc-bytes 128M --malloc-touch ;;
	shm) set -- --shm 1 --shm-bytes 16M ;;
	memfd) set -- --memfd 1 --memfd-bytes 128M ;;
	mremap) set -- --mremap 1 --mremap-bytes 128M ;;
	vm-rw) set -- --vm-rw 1 --vm-rw-bytes 64M ;;
	*) set -- --$stressor 1 ;;
	esac
	stress $stressor "$@"
done
inside stressapptest -M 96 -m 1 -C 0 -s $((SECONDS_EACH * 2)) > /tmp/log 2>&1
status=$?
if [ $status -eq 0 ] && grep -q "Status: PASS" /tmp/log; then pass stressapptest; else
	fail stressapptest "status $status$NL$(tail -n 12 /tmp/log)"
fi
swapped_read
between "pages swapped out meanwhile" $((SWAPPED_OUT - before)) 20000 1000000000
tier_read
echo "# on the disk: $TIER_pages pages moved, $TIER_read_back read back"
between "pages that left for the disk" "$TIER_pages" 1000 1000000000
between "pages read back" "$TIER_read_back" 100 1000000000
no_failure memory
swap_off memory
must zram_remove

# Files, on a device that writes its pages to the other disk
bd_use nvme || bd_use virtio
zram_new 384M zstd "$BD"
put "$ZSYS/tier/daily_budget" max
put "$ZSYS/tier/enable" 1
put "$ZSYS/tier/pool_target" 8M
must mkfs.ext4 -q -F "$ZDEV"
modprobe ext4 > /dev/null 2>&1
must mount -t ext4 -o discard "$ZDEV" $ROOT/mnt
ZT_MOUNTS="$ROOT/mnt $ZT_MOUNTS"
for stressor in hdd iomix seek fallocate copy-file readahead aiol sync-file; do
	case $stressor in
	hdd) set -- --hdd 2 --hdd-bytes 48M --hdd-opts wr-rnd,rd-rnd,fsync ;;
	iomix) set -- --iomix 1 --iomix-bytes 48M ;;
	fallocate) set -- --fallocate 1 --fallocate-bytes 64M ;;
	copy-file) set -- --copy-file 1 --copy-file-bytes 128M ;;
	readahead) set -- --readahead 1 --readahead-bytes 64M ;;
	sync-file) set -- --sync-file 1 --sync-file-bytes 64M ;;
	seek) set -- --seek 1 --seek-size 64M ;;
	*) set -- --$stressor 1 ;;
	esac
	stress $stressor --temp-path /mnt "$@"
done
must umount $ROOT/mnt
check "e2fsck finds nothing" e2fsck -f -n "$ZDEV"
no_failure files
must zram_remove

# The device itself
zram_new 128M lzo-rle "$BD"
put "$ZSYS/tier/daily_budget" max
put "$ZSYS/tier/enable" 1
put "$ZSYS/tier/pool_target" 4M
# verified CHECKSUM OPTION...
verified() {
	zt_sum=$1
	shift
	fio --name=verify --filename="$ZDEV" --direct=1 --size=96M \
		--ioengine=libaio --iodepth=16 --bsrange=4k-128k --verify="$zt_sum" \
		--verify_fatal=1 --refill_buffers --buffer_compress_percentage=60 \
		--randseed=7 --output-format=terse "$@"
}
for sum in crc32c sha256 md5 pattern; do
	options=
	[ $sum != pattern ] || options=--verify_pattern=0x5a7261
	# shellcheck disable=SC2086 # an option or none
	check "fio: $sum" verified $sum --rw=randrw $options
done
# That it would see a wrong byte
check "fio: written, to be verified later" verified crc32c --rw=write --do_verify=0
check "fio: it is right" verified crc32c --rw=read
must zpat fill -k random -o 5000 -n 1 "$ZDEV" > /dev/null
if verified crc32c --rw=read > /tmp/log 2>&1; then
	fail "fio finds the page that another program has written"
else
	pass "fio finds the page that another program has written"
fi
no_failure device
finish
