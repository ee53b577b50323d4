#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 1800
# slow: 50
# Swapping under pressure with both LRU implementations: two processes, forked
# children, threads, transparent huge pages; after the exit nothing is left.

. ./lib.sh

# swapped NAME: pages went out since swapped_read
swapped() {
	before=$SWAPPED_OUT
	swapped_read
	between "$1: swapped out" $((SWAPPED_OUT - before)) 256 100000000
}

# round NAME OPTIONS...: under twice the memory there is
round() {
	name=$1
	shift
	swapped_read
	check "$name" squeeze zswap "$@"
	swapped "$name"
	swap_empty "$name: all is freed when the process exits"
}

two_processes() {
	swapped_read
	bg_squeeze zswap -m $more -s 2 > /tmp/second.$$
	check "$1: first of two processes" squeeze zswap -m $more -s 3
	wait "$BGPID"
	is "$1: second of two processes" "$? $(tail -n 1 /tmp/second.$$)" \
		"0 pages=$((more * 256)) bad=0"
	swapped "$1: two processes"
	swap_empty "$1: all is freed when both exit"
}

ZT_FILES=/tmp/second.$$
# In MiB; a debug kernel takes long over them.
some=20 more=24 most=32 memory=16
[ -z "${ZT_DEBUG-}" ] || some=8 more=8 most=12 memory=6
cgroup_limit $memory || echo "# no memory cgroup: paged out by request only"
for lru in 0 y; do
	if ! lru_set $lru; then
		skip "lru_gen $lru" "one LRU only"
		[ $lru = 0 ] || continue
	fi
	zram_new 96M
	swap_on
	swap_empty "lru_gen $lru: the swap header is all there is"
	two_processes "lru_gen $lru"
	round "lru_gen $lru: paged out on request, forked" -m $most -P -F
	round "lru_gen $lru: two threads" -m $some -j 2 -r 1
	round "lru_gen $lru: threads on the same pages" -m $some -j 2 -P -S
	if [ -d /sys/kernel/mm/transparent_hugepage ]; then
		round "lru_gen $lru: huge pages" -m $most -H -r 1
		round "lru_gen $lru: huge pages on request" -m $some -H -P
	else
		skip "lru_gen $lru: huge pages" "kernel without THP"
	fi
	swap_off "lru_gen $lru"
	is "lru_gen $lru: no write failed" "$IO_FAILED_WRITES" 0
	must zram_remove
done
finish
