#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# recompress_age: pages of that age are recompressed, and those that are stored later. That
# the thread sleeps when all were tried is for tier_quiet.

. ./lib.sh

# settled: no more pages than three seconds ago
# shellcheck disable=SC2317 # called by wait_for
settled() {
	tier_read
	zt_before=$TIER_recompressed
	sleep 3
	tier_read
	[ "$TIER_recompressed" -eq "$zt_before" ]
}

bd_use null 64 || skip_all "no null_blk"
zram_add
[ -d "$ZSYS/tier" ] || absent tiering
[ -e "$ZSYS/recomp_algorithm" ] || absent recompression
grep -q zstd "$ZSYS/comp_algorithm" || skip_all "no zstd"
tier_recompressing
check "pages of that age are recompressed" wait_for 30 tier_recompressed 100
check "and all are tried" wait_for 30 settled
tier_read
is "without demand: walks, pages" "$TIER_walks $TIER_pages" "0 0"
recompressed=$TIER_recompressed

# Other content, so that there is something to recompress
must zpat fill -k text -s 2 -n 512 "$ZDEV" > /dev/null
check "pages stored later are recompressed, too" wait_for 30 tier_recompressed "$recompressed"
check "every byte" zpat verify -k text -s 2 -n 512 "$ZDEV"
must zram_remove
finish
