#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# After writing, writeback, overwriting and a reset nothing is kept: objects,
# blocks, pages of the system.

. ./lib.sh

free_kib() {
	sync
	echo 3 > /proc/sys/vm/drop_caches
	sleep 0.2
	while read -r key kib _; do
		[ "$key" = MemFree: ] && FREE=$kib
	done < /proc/meminfo
}

one_round() {
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" $size
	must zpat fill -k cycle -j 2 "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
	must zpat fill -k cycle -u -g 2 -S 3 "$ZDEV" > /dev/null
	must zpat discard -o 1000 -n 500 "$ZDEV" > /dev/null
	must zpat verify -k cycle -u -o 1 -S 3 -n $((900 / PER_PAGE)) "$ZDEV" > /dev/null
	zram_reset
}

size=16M
[ -z "${ZT_DEBUG-}" ] || size=8M
bd_use virtio || bd_use null 32 || skip_all "no backing device"
zram_add
# What a round loses it loses in every window; caches that grow settle.
lost=
for window in 1 2 3 4 5 6; do
	[ "$window" -eq 1 ] || before=$FREE
	for _ in 1 2 3 4; do one_round; done
	free_kib
	[ "$window" -eq 1 ] && continue
	lost="$lost $((before - FREE))"
	[ $((before - FREE)) -ge 256 ] || break
done
echo "# KiB lost in windows of 4 rounds:$lost"
between "a window without loss" $((before - FREE)) -100000 255
empty "the pool is empty"
bd_read
is "no block is in use" "$BD_COUNT" 0
must zram_remove
gives "the backing device is free" 0 ztry -e "$BD"
finish
