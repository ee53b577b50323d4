#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Blocks freed and written again while reads of them are in flight: a slow
# reader must not get another page's data.

. ./lib.sh

bd_use null 8 || bd_use virtio || skip_all "no backing device"
bd_slow 40 0 1 || skip_all "no dm-delay"
zram_new 1M '' "$BD"
zhammer -t 11000 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle" \
	> /tmp/hammer.$$ &
ZT_FILES=/tmp/hammer.$$
check "24 pages" zrace -n 24 -b 1 -j 12 -t 5000 -m 3,6,2,0 "$ZDEV"
check "pages read several at a time" \
	zrace -n 64 -b 8 -j 8 -t 4000 -m 2,6,1,1 "$ZDEV"
wait
sed 's/^/# /' /tmp/hammer.$$
bd_read
between "blocks were written" "$BD_WRITES" 200 100000000
between "and read" "$BD_READS" 100 100000000
must zpat discard "$ZDEV" > /dev/null
bd_read
is "no block is left" "$BD_COUNT" 0
must zram_remove
finish
