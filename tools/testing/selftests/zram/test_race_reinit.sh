#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# The device is reset and set up again, smaller and larger, under runs and reads
# that began with another size; and removed in the middle.

. ./lib.sh

seconds=6
[ -z "${ZT_DEBUG-}" ] || seconds=12
bd_use null 64 || BD=
state=/sys/kernel/debug/zram

zram_add
[ -z "$BD" ] || put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/comp_algorithm" lzo-rle
set -- "w:$ZSYS/disksize=64M,4K,16M,4K" "w:$ZSYS/reset=1" \
	"w:$ZSYS/idle=all" "w:$ZSYS/compact=1" "a:$ZSYS"
[ ! -e "$ZSYS/writeback" ] ||
	set -- "$@" "w:$ZSYS/writeback=idle,page_indexes=0-16383,huge" \
		"w:$ZSYS/backing_dev=$BD"
[ ! -e "$ZSYS/recompress" ] ||
	set -- "$@" "w:$ZSYS/recompress=type=idle algo=zstd" \
		"w:$ZSYS/recomp_algorithm=algo=zstd priority=1"
[ ! -e "$ZSYS/algorithm_params" ] ||
	set -- "$@" "w:$ZSYS/algorithm_params=level=3 priority=1,level=1 algo=zstd"
[ ! -e "$state/zram$ZID" ] ||
	set -- "$@" "r:$state/zram$ZID/block_state"
zhammer -t $((seconds * 1000)) -s 1 "$@" "w:$ZDEV=data,of a page" \
	> /tmp/hammer.$$
ZT_FILES=/tmp/hammer.$$
sed 's/^/# /' /tmp/hammer.$$

# done_of ATTRIBUTE: stores that succeeded
done_of() {
	sed -n "s/^w:.*\/$1=.* n=\([0-9]*\) max_ms=[0-9]*/\1/p" /tmp/hammer.$$ |
		awk -F'[ =]' '{ n = $1; for (i = 3; i <= NF; i += 2) n -= $i; print n }'
}
between "sizes that were set" "$(done_of disksize)" 1 1000000
between "resets that were done" "$(done_of reset)" 1 1000000
zram_reset
empty "the pool is empty after reset"
put "$ZSYS/disksize" 8M
check "the device works" zpat fill -k cycle "$ZDEV"
check "and holds its data" zpat verify -k cycle "$ZDEV"
must zram_remove
if [ -n "$BD" ]; then
	zram_add
	check "the backing device is free" store_quietly "$ZSYS/backing_dev" "$BD"
	must zram_remove
fi

# Removed while it is being set up
rounds=40
[ -z "${ZT_DEBUG-}" ] || rounds=15
for round in $(seq $rounds); do
	zram_add
	zhammer -t 150 "w:$ZSYS/disksize=4M,8M" "w:$ZSYS/reset=1" "a:$ZSYS" \
		> /tmp/hammer.$$ &
	usleep 50000
	zram_remove || fail "round $round: hot_remove"
	wait
done
pass "removed while it is being set up, $rounds times"
finish
