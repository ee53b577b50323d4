#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Discard and write-zeroes free pages and leave their neighbours alone.

. ./lib.sh

# A range that is whole on pages of 64 KiB as well
frees() {
	must zpat fill -k cycle "$ZDEV" > /dev/null
	must zpat "$1" -o 96 -n 1008 -b "$2" "$ZDEV" > /dev/null
	mm_read
	left=3088
	[ "$1" = discard ] || [ "$PER_PAGE" -eq 1 ] ||
		left=4096
	is "$1 by $2 pages frees what it can" $((MM_ORIG / 4096)) $left
	gives "$1 by $2: the range reads zero" "ok=1008 bad=0 err=0" \
		zpat verify -g 0 -o 96 -n 1008 "$ZDEV"
	check "$1 by $2: the pages before" zpat verify -k cycle -n 96 "$ZDEV"
	check "$1 by $2: the pages behind" \
		zpat verify -k cycle -o 1104 "$ZDEV"
}

# Part of a larger page is not given up by a discard, and nothing else of it.
spares() {
	must zpat fill -k cycle "$ZDEV" > /dev/null
	must zpat discard -o 1 -n $((PER_PAGE - 1)) "$ZDEV" > /dev/null
	mm_read
	is "a discard of part of a page frees nothing" "$MM_ORIG" 16777216
	check "and changes none of the others" \
		zpat verify -k cycle -o "$PER_PAGE" "$ZDEV"
	check "nor the rest of that page" zpat verify -k cycle -n 1 "$ZDEV"
	must zpat zeroout -o 1 -n $((PER_PAGE - 1)) "$ZDEV" > /dev/null
	gives "zeroes in part of a page" "ok=$((PER_PAGE - 1)) bad=0 err=0" \
		zpat verify -g 0 -o 1 -n $((PER_PAGE - 1)) "$ZDEV"
	check "leave the rest of it" zpat verify -k cycle -n 1 "$ZDEV"
}

zram_new 16M
for pages in "$PER_PAGE" 16 1008; do
	frees discard $pages
	frees zeroout $pages
done
[ "$PER_PAGE" -eq 1 ] || spares
must zpat discard -b 4096 "$ZDEV" > /dev/null
empty "one discard of the whole device frees all"
must zpat discard -b 4096 "$ZDEV" > /dev/null
empty "discarding nothing is nothing"
must zpat fill -k cycle -g 2 "$ZDEV" > /dev/null
check "discarded pages can be written again" \
	zpat verify -k cycle -g 2 "$ZDEV"
must zpat zeroout -b 4096 "$ZDEV" > /dev/null
mm_read
is "one write-zeroes of the whole device keeps no object" "$MM_COMPR" 0
[ "$PER_PAGE" -ne 1 ] || empty "and frees all"
finish
