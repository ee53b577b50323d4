#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Pressure (PSI) counts the time in which a task waits for pages of its working set that
# swap reads from a slow backing device.

. ./lib.sh

param=/sys/module/zram/parameters/swap_ops
mnt=/tmp/psi.$$
mib=12 late=20

zram_load
mm_mended 1 || skip_all "Linux 7.3 does not count this time"
cgroup_limit 64 || skip_all "no memory cgroup"
pressure=$ZT_CG/$ZT_GROUP/memory.pressure
[ -r "$pressure" ] || skip_all "kernel without PSI"
[ -w "$ZT_CG/$ZT_GROUP/memory.reclaim" ] || skip_all "kernel without memory.reclaim"
bd_use null 64 || skip_all "no null_blk"
bd_slow 0 0 || skip_all "no dm-delay"
lru_set 0 || echo "# one LRU only"

was=-
[ ! -w "$param" ] || read -r was < "$param"
# shellcheck disable=SC2317 # called by the clean-up
put_back() {
	umount "$mnt"
	rmdir "$mnt"
	[ "$was" = - ] || echo "$was" > "$param"
}

# psi_read: sets STALLED, in ms: how long tasks of the group have waited; RESTORED: pages
# of the working set that came back
psi_read() {
	STALLED=$(sed -n 's/^some.*total=//p' "$pressure")
	STALLED=$((STALLED / 1000))
	RESTORED=$(awk '/^workingset_restore_anon / { print $2 }' \
		"$ZT_CG/$ZT_GROUP/memory.stat")
	RESTORED=$((RESTORED * PER_PAGE))
}

# shellcheck disable=SC2317 # called by wait_for
reclaimed() {
	echo 512K > "$ZT_CG/$ZT_GROUP/memory.reclaim" 2> /dev/null
	swapped_read
	[ $((SWAPPED_OUT - out)) -ge "$1" ]
}

# go_out NAME PAGES: make a file in tmpfs, and swap out at least PAGES of its active pages,
# but not all: a page does not count as one of the working set if, after it, more pages
# were swapped out than are in memory
go_out() {
	swap_on
	must squeeze cp /tmp/want.$$ "$mnt/file"
	squeeze cat "$mnt/file" "$mnt/file" > /dev/null
	swapped_read
	out=$SWAPPED_OUT
	check "$1: pages go out" wait_for 30 reclaimed "$2"
}

# come_back NAME PAGES PERCENT: read the file. At least PAGES pages of the working set come
# back, and at least PERCENT of the time counts as pressure
come_back() {
	psi_read
	stalled=$STALLED restored=$RESTORED
	clock
	begin=$NOW
	check "$1: data" squeeze cmp "$mnt/file" /tmp/want.$$
	clock
	took=$((NOW - begin))
	psi_read
	stalled=$((STALLED - stalled))
	echo "# $1: $stalled of $took ms are pressure"
	between "$1: pages of the working set" $((RESTORED - restored)) "$2" 100000000
	between "$1: waiting for them is pressure" $stalled $((took * $3 / 100)) 100000000
	must rm "$mnt/file"
	must swapoff "$ZDEV"
	must zram_remove
}

ZT_FILES="/tmp/part.$$ /tmp/want.$$"
must mkdir "$mnt"
must mount -t tmpfs none "$mnt"
ZT_AT_EXIT=put_back
# Compressible: 3 bytes of text for each random one
head -c 262144 /dev/urandom | od -An -v -tx1 > /tmp/part.$$
seq 16 | while read -r _; do cat /tmp/part.$$; done | head -c $((mib << 20)) > /tmp/want.$$
modes=-
[ "$was" = - ] || modes="Y N"
for by in $modes; do
	[ "$by" = - ] || put "$param" "$by"
	zram_new 64M '' "$BD"
	go_out "swap_ops=$by" 128
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
	must dm_table zt_slow "0 $DEV_SECTORS delay $SLOW 0 $late $SLOW 0 0"
	come_back "swap_ops=$by" 64 15
	must dm_fast
done
finish
