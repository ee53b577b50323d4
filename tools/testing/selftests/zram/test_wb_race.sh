#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# Writeback runs with overwrites, reads and discards racing them, on each kind
# of backing device; all blocks come back.

. ./lib.sh

# kind DEVICE [packed]
kind() {
	if ! bd_use "$1" 32; then
		skip "races on $1" "no such device"
		return
	fi
	PACKED=${2:+1}
	set -- "$1${2:+, packed}"
	zram_new 16M '' "$BD"
	ZT_FILES=/tmp/hammer.$$
	# Again on a slow host
	for _ in 1 2 3 4; do
		zhammer -t 3600 "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle,huge" \
			"w:$ZSYS/writeback=huge_idle" "w:$ZSYS/compact=1" \
			"a:$ZSYS" > /tmp/hammer.$$ &
		check "$1: many pages" \
			zrace -n 1024 -b 16 -j 4 -t 1500 -m 3,5,1,1 "$ZDEV"
		check "$1: few pages" \
			zrace -o 1024 -n 16 -b 4 -j 4 -t 1500 -m 3,5,1,1 "$ZDEV"
		wait
		sed 's/^/# /' /tmp/hammer.$$
		check "$1: no run failed" sh -c \
			"! grep -q '^w:.*writeback.* [A-Z]*=' /tmp/hammer.$$"
		bd_read
		[ "$BD_WRITES" -lt "$(at_least 500)" ] ||
			[ "$BD_READS" -lt "$(at_least 100)" ] || break
	done
	between "$1: pages were written" "$BD_WRITES" "$(at_least 500)" \
		100000000
	between "$1: and read back" "$BD_READS" "$(at_least 100)" \
		100000000
	wb_read
	echo "# $WB_stale changed while they were written"
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1: no block is left" "$BD_COUNT" 0
	empty "$1: the pool is empty"
	must zram_remove
}

# A slot may come more than once in a run: by overlapping ranges, and by turns
# where room is short.
again() {
	PACKED=$2 last=$((64 / PER_PAGE - 1))
	zram_new 1M '' "$BD"
	put "$ZSYS/writeback_limit_enable" 1
	put "$ZSYS/writeback_batch_size" 64
	ZT_FILES=/tmp/hammer.$$
	# Again on a slow host
	for _ in 1 2 3 4; do
		zhammer -t 3500 "w:$ZSYS/idle=all" \
			"w:$ZSYS/writeback=page_indexes=0-$last page_indexes=0-$last idle" \
			"w:$ZSYS/writeback=idle" "w:$ZSYS/writeback_limit=40,0,100" \
			> /tmp/hammer.$$ &
		check "$1: no old content comes back" \
			zrace -n 64 -b 2 -j 6 -t 3000 -m 5,5,1,0 "$ZDEV"
		wait
		sed 's/^/# /' /tmp/hammer.$$
		bd_read
		[ "$BD_WRITES" -lt "$(at_least 100)" ] || break
	done
	between "$1: pages were written" "$BD_WRITES" "$(at_least 100)" \
		100000000
	must zpat discard "$ZDEV" > /dev/null
	bd_read
	is "$1: no block is left" "$BD_COUNT" 0
	must zram_remove
}

if bd_use null 8 && bd_slow 0 5 8; then
	again "several times in a run" 0
	again "several times in a run, packed" 1
	dm_fast
else
	skip "several times in a run" "no dm-delay"
fi
kind virtio
kind nvme packed
kind null
kind null packed
finish
