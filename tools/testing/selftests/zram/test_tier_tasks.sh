#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Tasks go before the thread: a write to writeback, recompress or idle waits for a slice
# at most and never fails with EBUSY, and readers of attributes wait for neither.

. ./lib.sh

bd_use null 256 || skip_all "no null_blk"
bd_slow 0 200 || skip_all "no dm-delay"
zram_new 128M '' "$BD"
[ -d "$ZSYS/tier" ] || absent tiering
must zpat fill -k random "$ZDEV" > /dev/null
sleep 5
tier_pressing
put "$ZSYS/tier/enable" 1
# A run that did not end for others would take 32 times the 200 ms of a slice's writes. A busy
# host may make one try as slow, but not each of four.
bound=$((1500 * (1 + ${ZT_DEBUG:-0} * 3)))
hammer=/tmp/hammer.$$
ZT_FILES=$hammer
recompress=
[ ! -e "$ZSYS/recompress" ] || recompress="w:$ZSYS/recompress=type=huge"
for _ in 1 2 3 4; do
	# shellcheck disable=SC2086 # none or one
	zhammer -t 6000 -p 50 "w:$ZSYS/writeback=page_index=5" "w:$ZSYS/idle=all" \
		"r:$ZSYS/tier/stat" "r:$ZSYS/tier/ages" "r:$ZSYS/mm_stat" \
		"w:$ZSYS/tier/pool_target=2" $recompress > $hammer
	longest=$(sed 's/.*max_ms=\([0-9]*\).*/\1/' $hammer | sort -n | tail -n 1)
	echo "# longest $longest ms"
	[ "$longest" -gt "$bound" ] || break
done
tier_read
between "the thread has worked meanwhile, pages" "$TIER_pages" 500 100000
while read -r name rounds ms errors; do
	name=${name##*/}
	between "$name: longest, ms" "${ms#max_ms=}" 0 $bound
	between "$name: rounds" "${rounds#n=}" 3 100000
	# A page that left already is no error of writeback; recompress has no compressor
	case $name in
	recompress*) ;;
	*) is "$name: no error" "$errors" "" ;;
	esac
done < $hammer
check "every byte" zpat verify -k random "$ZDEV"
must zram_remove
finish
