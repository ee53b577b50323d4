#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# slow: 35
# More anonymous memory than the machine has, on swap on zram, every page
# verified in random order. On a debug kernel, where that takes very long, more
# than a memory cgroup has.

. ./lib.sh

while read -r key kib _; do
	[ "$key" = MemTotal: ] && total=$((kib / 1024))
done < /proc/meminfo
with=''
least=64
if [ -n "${ZT_DEBUG-}" ]; then
	total=48 with=squeeze least=8
	cgroup_limit $total || skip_all "no memory cgroup"
fi
swap_reserve
zram_new "$((total * 2))M"
swap_on
swapped_read
before=$SWAPPED_OUT
size=$((total + total / 50 + 16))
clock
start=$NOW
check "$size MiB in a machine of $total MiB" $with zswap -m $size -r 1 -k sparse
clock
echo "# $((NOW - start)) ms"
mm_read
echo "# mem_used_max $((MM_MAX / 1048576)) MiB"
swapped_read
between "a good part went through zram, MiB" $(((SWAPPED_OUT - before) / 256)) \
	$least 4000
swap_empty "all is freed when the process exits"
swap_off "full"
is "no write failed" "$IO_FAILED_WRITES" 0
zram_reset
empty "the pool is empty after reset"
finish
