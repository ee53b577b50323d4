#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# recompress_age: pages of that age are recompressed, and the thread does not wake up for
# that on a device whose pages were tried.

. ./lib.sh

# recompressed NUMBER: the thread has recompressed more pages than that
# shellcheck disable=SC2317 # called by wait_for
recompressed() {
	tier_read
	[ "$TIER_recompressed" -gt "$1" ]
}

bd_use null 64 || skip_all "no null_blk"
zram_add
[ -d "$ZSYS/tier" ] || absent tiering
[ -e "$ZSYS/recomp_algorithm" ] || absent recompression
grep -q zstd "$ZSYS/comp_algorithm" || skip_all "no zstd"
# Objects of any other compressor shrink, but not those of zstd
put "$ZSYS/comp_algorithm" lzo
put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
put "$ZSYS/backing_dev" "$BD"
put "$ZSYS/disksize" 8M
put "$ZSYS/tier/recompress_age" 4
put "$ZSYS/tier/enable" 1
must zpat fill -k text "$ZDEV" > /dev/null
check "pages of that age are recompressed" wait_for 30 recompressed 100
# Nothing was accessed for a minute: then nothing but a pass wakes the thread
sleep 66
tier_read
steps=$TIER_steps recompressed=$TIER_recompressed
sleep 8
tier_read
is "steps of a quiet device, in 8 s" $((TIER_steps - steps)) 0
is "without demand: walks, pages" "$TIER_walks $TIER_pages" "0 0"

# Other content, so that there is something to recompress
must zpat fill -k text -s 2 -n 512 "$ZDEV" > /dev/null
check "pages stored later are recompressed, too" wait_for 30 recompressed "$recompressed"
check "every byte" zpat verify -k text -s 2 -n 512 "$ZDEV"
must zram_remove
finish
