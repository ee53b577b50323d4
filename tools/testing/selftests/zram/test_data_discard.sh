#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
# Discard and write-zeroes free pages and leave their neighbours alone.

. ./lib.sh

frees() {
	must zpat fill -k cycle "$ZDEV" > /dev/null
	must zpat "$1" -o 100 -n 1000 -b "$2" "$ZDEV" > /dev/null
	mm_read
	is "$1 by $2 pages frees exactly its range" $((MM_ORIG / 4096)) 3096
	gives "$1 by $2: the range reads zero" "ok=1000 bad=0 err=0" \
		zpat verify -g 0 -o 100 -n 1000 "$ZDEV"
	check "$1 by $2: the pages before" zpat verify -k cycle -n 100 "$ZDEV"
	check "$1 by $2: the pages behind" \
		zpat verify -k cycle -o 1100 "$ZDEV"
}

zram_new 16M
for pages in 1 16 1000; do
	frees discard $pages
	frees zeroout $pages
done
must zpat discard -b 4096 "$ZDEV" > /dev/null
empty "one discard of the whole device frees all"
must zpat discard -b 4096 "$ZDEV" > /dev/null
empty "discarding nothing is nothing"
must zpat fill -k cycle -g 2 "$ZDEV" > /dev/null
check "discarded pages can be written again" \
	zpat verify -k cycle -g 2 "$ZDEV"
must zpat zeroout -b 4096 "$ZDEV" > /dev/null
empty "one write-zeroes of the whole device frees all"
finish
