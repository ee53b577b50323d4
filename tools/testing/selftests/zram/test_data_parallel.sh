#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Many writers on one index leave one object, or none after a reset.

. ./lib.sh

one_object() {
	mm_read
	is "$1: one page is stored" "$MM_ORIG" "$PAGE"
	# One object keeps one zspage, and that has at most 16 pages.
	between "$1: in at most one zspage" "$MM_USED" 0 $((16 * PAGE))
}

zram_new 16M
check "8 writers on one page" \
	zrace -n 1 -b 1 -j 8 -t 3000 -m 1,0,0,0 "$ZDEV"
one_object "8 writers"
check "4 writers and 4 readers on one page" \
	zrace -n 1 -b 1 -j 8 -t 2000 -m 1,1,0,0 "$ZDEV"
one_object "readers too"
zram_reset
empty "the pool is empty after reset"
put "$ZSYS/disksize" 16M
check "8 writers on eight pages" \
	zrace -n 8 -b 8 -j 8 -t 3000 -m 4,2,0,0 "$ZDEV"
must zpat discard "$ZDEV" > /dev/null
empty "the pool is empty after discard"
finish
