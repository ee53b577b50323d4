#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Every compressor offered: each kind of data, overwritten and read back.

. ./lib.sh

pages=2048
[ -z "${ZT_DEBUG-}" ] || pages=512

one() {
	zram_new 32M "$1"
	for kind in cycle mixed text; do
		check "$1: fill with $kind data" \
			zpat fill -k $kind -j 2 -n "$pages" "$ZDEV"
		check "$1: read it back" \
			zpat verify -k $kind -j 2 -R -n "$pages" "$ZDEV"
	done
	mm_read
	between "$1: text shrinks by half and more" "$MM_COMPR" \
		$((pages * 48)) $((pages * 2048))
	must zpat fill -k cycle -u -g 2 -S 3 -n $((pages / PER_PAGE)) "$ZDEV" > /dev/null
	check "$1: overwritten pages" \
		zpat verify -k cycle -u -g 2 -S 3 -n $((pages / PER_PAGE)) "$ZDEV"
	check "$1: their neighbours" \
		zpat verify -k text -u -o 1 -S 3 -n $((pages / PER_PAGE - 1)) "$ZDEV"
	zram_reset
	empty "$1: the pool is empty after reset"
	must zram_remove
}

zram_add
algorithms
must zram_remove
for alg in $ALGORITHMS; do
	one "$alg"
done
finish
