#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# kcompressd changed in every way while pages are on their way through it.

. ./lib.sh

kc_start 2
zram_new 32M
put "$ZSYS/kcompressd" all
zhammer -p 30 -t 8000 "w:$KC_PARAMS/nr_kcompressd=0,1,3,2" \
	"w:$KC_PARAMS/queue_size_per_kcompressd=1,64,256,8" \
	"w:$ZSYS/kcompressd=off,all,all,kswapd,all" \
	"r:$ZSYS/kcompressd_stat" "r:$ZSYS/mm_stat" > /tmp/hammer.$$ &
ZT_FILES=/tmp/hammer.$$
check "few pages, everything changing" \
	zrace -n 32 -b 4 -j 4 -t 3500 -m 5,4,1,1 "$ZDEV"
check "many pages, everything changing" \
	zrace -o 64 -n 4096 -b 16 -j 4 -t 3500 -m 5,4,1,1 "$ZDEV"
wait
sed 's/^/# /' /tmp/hammer.$$
is "no change failed" "$(grep -c ' E[A-Z]*=' /tmp/hammer.$$)" 0
put "$KC_PARAMS/nr_kcompressd" 2
put "$KC_PARAMS/queue_size_per_kcompressd" 256
put "$ZSYS/kcompressd" all
kc_idle "all is compressed"
# Parts of larger pages are compressed by the writer.
[ "$PER_PAGE" -gt 1 ] ||
	between "some of it by kcompressd" "$KC_completed" 1 100000000
must zpat discard "$ZDEV" > /dev/null
empty "nothing is left after discard"
must zram_remove

# Runs over pages that are on their way
if bd_use null 32; then
	zram_add
	[ ! -e "$ZSYS/recompress" ] ||
		put "$ZSYS/recomp_algorithm" "algo=zstd priority=1"
	put "$ZSYS/kcompressd" all
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" 8M
	set -- "w:$ZSYS/idle=all" "w:$ZSYS/writeback=idle,huge" \
		"w:$ZSYS/compact=1"
	[ ! -e "$ZSYS/recompress" ] || set -- "$@" "w:$ZSYS/recompress=type=idle"
	zhammer -p 5 -t 5000 "$@" > /tmp/hammer.$$ &
	check "under writeback and recompression" \
		zrace -n 256 -b 8 -j 4 -t 4500 -m 5,5,1,1 "$ZDEV"
	wait
	sed 's/^/# /' /tmp/hammer.$$
	must zpat fill -k random -g 9 -s 3 "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	store 0 writeback idle
	bd_read
	is "a run takes what was written just before" "$BD_COUNT" 2048
	check "and every byte is right" zpat verify -k random -g 9 -s 3 "$ZDEV"
	must zram_remove
else
	skip "under writeback and recompression" "no null_blk"
fi

# The device goes while its queue is full.
round=0 rounds=30 gens="1 2 3 4 5 6 7 8"
[ -z "${ZT_DEBUG-}" ] || rounds=6 gens="1 2"
full=0
while [ $round -lt $rounds ]; do
	round=$((round + 1))
	zram_new 16M zstd
	put "$ZSYS/kcompressd" all
	must zpat fill -k text -b 64 -n 1024 "$ZDEV" > /dev/null
	kc_read
	[ "$KC_staged" -eq 0 ] || full=$((full + 1))
	case $((round % 3)) in
	0) zram_reset ;;
	1) must zpat discard -b 1024 "$ZDEV" > /dev/null ;;
	esac
	must zram_remove
done
between "reset, discard and hot_remove with pages in the queue" $full 1 $rounds

# The threads go while their queue is full.
zram_new 8M
put "$ZSYS/kcompressd" all
for gen in $gens; do
	must zpat fill -k mixed -g "$gen" -b 64 "$ZDEV" > /dev/null
	put "$KC_PARAMS/nr_kcompressd" 0
	kc_read
	[ "$KC_staged" -eq 0 ] || fail "generation $gen: $KC_staged are staged"
	check "generation $gen: every byte, threads gone" \
		zpat verify -k mixed -g "$gen" "$ZDEV"
	put "$KC_PARAMS/nr_kcompressd" 2
done
must zpat fill -k random -g 9 -b 64 "$ZDEV" > /dev/null
zram_remove_all
need_module
put "$KC_PARAMS/nr_kcompressd" 2
wait_for 5 zram_unload || bail "rmmod"
ZT_KC=''
is "no thread is left after rmmod" "$(kc_threads)" ""
finish
