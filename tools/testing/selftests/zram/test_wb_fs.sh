#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# An archive on ext4 on zram, written back in parts while the file system is in
# use: whole, then compressed; its checksum is what it was.

. ./lib.sh

mnt=/tmp/zt_wbfs
trace=/sys/kernel/tracing
event=$trace/events/block/block_bio_queue
# shellcheck disable=SC2317 # called by the clean-up
trace_off() {
	traced 0
}
ZT_AT_EXIT=trace_off

# traced 0|1: trace the bios to each disk; 1 clears the trace
traced() {
	[ -d $trace/events ] || mount -t tracefs none $trace 2> /dev/null
	[ -d $event ] || return 1
	[ "$1" = 0 ] || echo > $trace/trace
	put $event/enable "$1"
}

# mounted NAME: mount it, which reads metadata
mounted() {
	traced 1
	must mount -t ext4 "$ZDEV" $mnt
	ZT_MOUNTS=$mnt
	if ! traced 0; then
		skip "$1: reads of metadata are marked" "kernel without the trace"
		return
	fi
	dev=$(tr : , < "$BDSYS/dev")
	between "$1: reads of metadata are marked" \
		"$(grep -c ": $dev R[A-Z]*M" $trace/trace)" 1 100000
}

# archived NAME LIMIT
archived() {
	zram_new 64M '' "$BD"
	must mkfs.ext4 -q -F "$ZDEV"
	must mkdir -p $mnt
	must mount -t ext4 "$ZDEV" $mnt
	ZT_MOUNTS=$mnt
	must tar -cf $mnt/a.tar .
	sync
	put "$ZSYS/idle" all
	store 0 writeback idle
	must cp $mnt/a.tar $mnt/b.tar
	sync
	put "$ZSYS/writeback_limit" "$2"
	put "$ZSYS/writeback_limit_enable" 1
	store EIO writeback "page_indexes=0-$((16384 / PER_PAGE - 1))"
	read -r left < "$ZSYS/writeback_limit"
	# An object has up to a page, and the last does not fit.
	between "$1: a limit of $2 blocks is used up" "$left" 0 \
		$((PER_PAGE - 1))
	put "$ZSYS/writeback_limit_enable" 0
	store 0 writeback "page_indexes=0-$((16384 / PER_PAGE - 1))"
	must umount $mnt
	ZT_MOUNTS=
	bd_read
	read=$BD_READS
	check "$1: fsck" e2fsck -fn "$ZDEV"
	mounted "$1"
	sum=$(sha256sum < $mnt/a.tar)
	is "$1: both copies are the same" "$sum" "$(sha256sum < $mnt/b.tar)"
	check "$1: the archive is what was archived" \
		sh -c "tar -xOf $mnt/a.tar ./lib.sh | cmp - lib.sh"
	bd_read
	between "$1: it was read back" $((BD_READS - read)) 500 100000
	must umount $mnt
	ZT_MOUNTS=
	io_read
	is "$1: no I/O failed" "$IO_FAILED_READS $IO_FAILED_WRITES" "0 0"
	must zram_remove
}

need_program mkfs.ext4
need_fs ext4
bd_use virtio || bd_use null 64 || skip_all "no backing device"
archived whole 1002
PACKED=1
archived packed 100
finish
