#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 600
# Folios of 64 KiB are swapped out whole while most of the swap space is in use: the
# kernel's own tools/mm/thp_swap_allocator_test, and pages that do not compress.

. ./lib.sh

SIZE=$ZT_THP/hugepages-64kB
thp_swapped || skip_all "kernel that does not swap folios of 64 KiB whole"
program=/mainline/thp_swap_allocator_test

# Sets OUT and SPLIT: folios of 64 KiB swapped out whole, and in parts
thp_read() {
	read -r OUT < $SIZE/stats/swpout
	read -r SPLIT < $SIZE/stats/swpout_fallback
}

# whole NAME COMMAND...: it succeeds, and no folio was split
whole() {
	thp_read
	before=$OUT split=$SPLIT name=$1
	shift
	check "$name" "$@"
	thp_read
	between "$name: folios went out" $((OUT - before)) \
		"$(at_least 500)" 100000000
	is "$name: none was split" $((SPLIT - split)) 0
}

ZT_AT_EXIT=thp_restore
thp_only 64kB madvise
zram_new 64M
swap_on
whole "incompressible pages" zswap -m 48 -k random -H -P -r 0
whole "compressible pages" zswap -m 48 -k mixed -H -P -r 0
if [ -n "${ZT_DEBUG-}" ]; then
	skip "thp_swap_allocator_test" "takes ten minutes with debug options"
elif [ -x $program ]; then
	put $SIZE/enabled always
	whole "thp_swap_allocator_test" $program
	whole "thp_swap_allocator_test, small folios between" $program -s
else
	skip "thp_swap_allocator_test" "this lane has no source tree"
fi
swap_off "64 KiB"
is "no write failed" "$IO_FAILED_WRITES" 0
finish
