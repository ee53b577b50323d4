#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# What writeback takes: modes in all spellings, single pages, ranges, lists of
# them, and what it refuses; a line that is refused writes nothing.

. ./lib.sh

# Sixteen pages: 0-7 random, 8-15 mixed; 4-11 idle
prepare() {
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" $((16 * PAGE))
	must zpat fill -u -k random -n 8 "$ZDEV" > /dev/null
	must zpat fill -u -k mixed -o 8 -n 8 "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	must zpat fill -u -k random -n 4 "$ZDEV" > /dev/null
	must zpat fill -u -k mixed -o 12 -n 4 "$ZDEV" > /dev/null
}

# What is on the device, as a string of 16 digits: reading a page there counts.
where() {
	WHERE=
	bd_read
	for page in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		before=$BD_READS
		kind=random
		[ $page -lt 8 ] || kind=mixed
		zpat verify -u -k $kind -o $page -n 1 "$ZDEV" > /dev/null ||
			fail "page $page after '$1'"
		bd_read
		WHERE=$WHERE$(((BD_READS - before) / PER_PAGE))
	done
}

# writes ARGUMENTS PAGES-WRITTEN; on a debug kernel, where processes start
# slowly, every third time
writes() {
	turn=$(((turn + 1) % 3))
	[ -z "${ZT_DEBUG-}" ] || [ $turn -eq 0 ] || return
	prepare
	store 0 writeback "$1"
	where "$1"
	is "'$1' writes" "$WHERE" "$2"
	zram_reset
}

# refuses ARGUMENTS ERRNO
refuses() {
	store "$2" writeback "$1"
	bd_read
	is "'$1' writes nothing" "$BD_WRITES" 0
}

bd_use null 4 || skip_all "no null_blk"
turn=0
zram_add
writes idle 0000111111110000
writes huge 1111111100000000
writes huge_idle 0000111100000000
writes "type=idle" 0000111111110000
writes "type=huge_idle" 0000111100000000
writes "type=\"huge\"" 1111111100000000
writes incompressible 0000000000000000
writes "type=incompressible" 0000000000000000
writes "page_index=0" 1000000000000000
writes "page_index=15" 0000000000000001
writes "page_index=2 page_index=9 page_index=2" 0010000001000000
writes "page_indexes=3-5" 0001110000000000
writes "page_indexes=0-15" 1111111111111111
writes "page_indexes=7-7" 0000000100000000
writes "page_indexes=0000000000000000000000003-5" 0001110000000000
writes "page_indexes=1-2 page_indexes=12-13 page_index=15" 0110000000001101
writes "unknown=5" 0000000000000000
writes "unknown=5 page_index=1 other=x" 0100000000000000
writes "$NL" 0000000000000000
writes "  idle  $NL" 0000111111110000
# A mode is about the range named last, and ends the list.
writes "page_indexes=0-1 type=idle" 1100000000000000
writes "page_indexes=8-11 page_index=0 huge" 1000000011110000
writes "huge_idle page_index=0" 0000111100000000
writes "type=huge page_index=99" 1111111100000000
writes "idle=" 0000111111110000

prepare
for line in nonsense idl "type=nonsense" "type=" "unknown=" 1 2 3 type=1 4 0 "page_index" \
	"page_index=" "page_index=x" "page_index=-1" "page_index=0x1" \
	"page_indexes=3" "page_indexes=-" "page_indexes=1-" \
	"page_indexes=-3" "page_indexes=1-2-3" "page_indexes=a-b" \
	"page_index=1 nonsense" "page_indexes=0-3 page_index=q"; do
	refuses "$line" EINVAL
done
for line in "page_index=16" "page_indexes=0-16" "page_indexes=5-4" \
	"page_index=99999999999999999999" "page_indexes=20-30" \
	"page_indexes=9999999999999999999999999-5" "page_indexes=16-x" \
	"page_index=1 page_index=16"; do
	refuses "$line" ERANGE
done
list=
for page in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	list="$list page_index=$page page_index=$page page_index=$page"
done
store 0 writeback "$list $list $list"
bd_read
is "a long list writes each page once" "$BD_COUNT $BD_WRITES" \
	"$((16 * PER_PAGE)) $((16 * PER_PAGE))"
finish
