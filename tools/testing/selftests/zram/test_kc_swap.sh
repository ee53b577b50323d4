#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# slow: 35
# Swap by way of kcompressd, under pressure, while everything about it changes.

. ./lib.sh

mib=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
size=$((mib + mib / 50 + 16)) hard=''
if [ -n "${ZT_DEBUG-}" ]; then
	size=24 hard=squeeze
	cgroup_limit 16 || skip_all "no memory cgroup"
else
	# Two thirds of the memory hold what is never swapped out. The rest is filled
	# sooner, and kswapd swaps out as many pages.
	taken=/tmp/taken.$$
	must mkdir $taken
	must mount -t ramfs none $taken
	ZT_MOUNTS=$taken
	must dd if=/dev/zero of=$taken/file bs=1M count=$((mib * 2 / 3)) 2> /dev/null
	size=$((size - mib * 2 / 3)) mib=$((mib - mib * 2 / 3))
fi
kc_start 1
swap_reserve
zram_new "$((size * 2))M"
swap_on
check "kswapd's pages: $size MiB in $mib" $hard zswap -m $size -r 1 -k sparse
kc_read
if [ -z "${ZT_DEBUG-}" ]; then
	between "kswapd's pages were queued" "$KC_queued" 100 100000000
	between "those of others were not" "$KC_inline_policy" 1 100000000
fi
swap_empty "all is freed when the process exits"

put "$ZSYS/kcompressd" all
ms=8000
[ -z "${ZT_DEBUG-}" ] || ms=6000
zhammer -p 40 -t $ms "w:$KC_PARAMS/nr_kcompressd=0,1,3,2" \
	"w:$KC_PARAMS/queue_size_per_kcompressd=1,64,256,8" \
	"w:$ZSYS/kcompressd=off,all,all,kswapd,all" "w:$ZSYS/idle=all" \
	"w:$ZSYS/compact=1" > /tmp/hammer.$$ &
ZT_FILES=/tmp/hammer.$$
mib=24
[ -z "${ZT_DEBUG-}" ] || mib=8
check "two threads, everything changing" \
	zswap -m $mib -j 2 -P -r 3 -k cycle
check "a fork, everything changing" zswap -m $mib -P -F -r 2 -s 2
wait
sed 's/^/# /' /tmp/hammer.$$
put "$KC_PARAMS/nr_kcompressd" 1
put "$KC_PARAMS/queue_size_per_kcompressd" 256
put "$ZSYS/kcompressd" all
check "huge pages" zswap -m $mib -H -P -r 2 -s 3
kc_idle "all that was accepted is compressed"
between "pages that were queued" "$KC_queued" 100 100000000
swap_empty "all is freed when the processes exit"
swap_off "kcompressd"
zram_reset
empty "the pool is empty after reset"
finish
