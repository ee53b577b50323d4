#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Writeback runs with overwrites, reads and discards racing them, on each kind
# of backing device; all blocks come back.

. ./lib.sh

kind() {
	if ! bd_use "$1" 32; then
		skip "races on $1" "no such device"
		return
	fi
	zram_new 16M '' "$BD"
	zhammer -t 6000 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle,huge" \
		"w:$ZSYS/writeback=huge_idle" "w:$ZSYS/compact=1" \
		"a:$ZSYS" > /tmp/hammer.$$ &
	ZT_FILES=/tmp/hammer.$$
	check "$1: many pages" zrace -n 1024 -b 16 -j 4 -t 2500 -m 3,5,1,1 "$ZDEV"
	check "$1: few pages" \
		zrace -o 1024 -n 16 -b 4 -j 4 -t 2500 -m 3,5,1,1 "$ZDEV"
	wait
	sed 's/^/# /' /tmp/hammer.$$
	check "$1: no run failed" sh -c \
		"! grep -q '^w:.*writeback.* [A-Z]*=' /tmp/hammer.$$"
	bd_read
	between "$1: pages were written" "$BD_WRITES" 500 100000000
	between "$1: and read back" "$BD_READS" 100 100000000
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1: no block is left" "$BD_COUNT" 0
	empty "$1: the pool is empty"
	must zram_remove
}

kind virtio
kind nvme
kind null
finish
