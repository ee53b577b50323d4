#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Blocks freed and written again while reads of them are in flight: a slow
# reader must not get another page's data.

. ./lib.sh

# reuse NAME BLOCKS: at least so many blocks are written. The threads pause, because a
# page that is overwritten sooner than it is written back leaves no block to read.
reuse() {
	zram_new 1M '' "$slow"
	ZT_FILES=/tmp/hammer.$$
	# Again on a slow host
	for _ in 1 2 3 4; do
		zhammer -t 8000 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle" \
			> /tmp/hammer.$$ &
		check "$1: 24 pages" \
			zrace -n 24 -b 1 -j 12 -p 3000 -t 3500 -m 3,6,2,0 "$ZDEV"
		check "$1: pages read several at a time" \
			zrace -n 64 -b 8 -j 8 -p 10000 -t 3000 -m 2,6,1,1 "$ZDEV"
		wait
		sed 's/^/# /' /tmp/hammer.$$
		bd_read
		echo "# $BD_WRITES blocks written, $BD_READS read"
		[ "$BD_WRITES" -lt "$(at_least "$2")" ] ||
			[ "$BD_READS" -lt "$(at_least 500)" ] || break
	done
	between "$1: blocks were written" "$BD_WRITES" "$(at_least "$2")" \
		100000000
	between "$1: and read" "$BD_READS" "$(at_least 500)" 100000000
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1: no block is left" "$BD_COUNT" 0
	must zram_remove
}

bd_use null 8 || bd_use virtio || skip_all "no backing device"
# With fewer blocks than pages each that is freed is used again at once, while
# others are still being read.
small=$((28 * PER_PAGE * 8))
bd_dm zt_reuse delay "0 $small delay $BD 0 8 $BD 0 0" || skip_all "no dm-delay"
slow=$BD
reuse whole 700
PACKED=1
reuse packed 500
finish
