#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Programs that read statistics all the time, as monitors do: whatever else goes on,
# the objects never take less memory than their bytes, nor more than the high-water
# mark, and no column runs off.

. ./lib.sh

hammer=/tmp/hammer.$$ race=/tmp/race.$$
ZT_FILES="$hammer $race"
MS=6000

# samples NAME: reads mm_stat until the writers are done
samples() {
	n=0 low='' high='' off=''
	while ! is_over "$racer"; do
		mm_read
		n=$((n + 1))
		[ "$MM_USED" -ge "$MM_COMPR" ] || low="$MM_USED $MM_COMPR"
		[ "$MM_USED" -le "$MM_MAX" ] || high="$MM_USED $MM_MAX"
		for column in "$MM_ORIG" "$MM_COMPR" "$MM_SAME" "$MM_HUGE"; do
			[ "$column" -ge 0 ] && [ "$column" -le 16777216 ] ||
				off="$MM_ORIG $MM_COMPR $MM_SAME $MM_HUGE"
		done
	done
	between "$1: samples" $n "$(at_least 50)" 100000000
	is "$1: mem_used_total is never below compr_data_size" "$low" ''
	is "$1: mem_used_total is never above mem_used_max" "$high" ''
	is "$1: no column is beyond the device" "$off" ''
}

# busy NAME WRITE...: overwrites, discards, and what zhammer is given
busy() {
	name=$1
	shift
	zhammer -t $MS -p 5 "$@" "w:$ZSYS/compact=1" "r:$ZSYS/mm_stat" \
		"r:$ZSYS/io_stat" > $hammer &
	zrace -n 4096 -b 16 -j 3 -t $MS -m 4,3,2,1 "$ZDEV" > $race &
	racer=$!
	samples "$name"
	wait $racer
	is "$name: the data is right" "$?" 0
	wait
	sed 's/^/# /' $hammer
}

zram_new 16M
busy "memory alone"
must zram_remove
if bd_use null 64; then
	zram_new 16M '' "$BD"
	busy "writeback" "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle,huge" \
		"r:$ZSYS/bd_stat" "r:$ZSYS/writeback_stat"
	must zram_remove
else
	skip "writeback" "no null_blk"
fi
zram_load
if [ -e $KC_PARAMS/nr_kcompressd ]; then
	kc_start 1
	zram_new 16M
	put "$ZSYS/kcompressd" all
	busy "kcompressd" "r:$ZSYS/kcompressd_stat"
else
	skip "kcompressd" "no kcompressd in this build"
fi
finish
