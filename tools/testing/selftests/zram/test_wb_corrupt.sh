#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# If the backing device returns other data than was written, reads of packed pages fail, and
# nothing worse happens: every block is overwritten, then all pages are read. Pages that were
# written whole have no checksum: their reads have to complete.

. ./lib.sh

# reads PAGES NAME: read all pages, PAGES at a time; each read fails
reads() {
	zpat verify -k mixed -b "$1" "$ZDEV" > /tmp/out.$$ 2>&1
	is "$algorithm, $2: reads of $1 pages" "$(sed -n 's/\( err=[0-9]*\).*/\1/p' /tmp/out.$$)" \
		"ok=0 bad=0 err=$((mib * 256))"
}

bd_use null 16 || skip_all "no null_blk"
ZT_FILES=/tmp/out.$$
mib=8
[ -z "${ZT_DEBUG-}" ] || mib=1
zram_add
algorithms
must zram_remove
log_mark
for algorithm in $ALGORITHMS; do
	PACKED=1
	zram_new ${mib}M "$algorithm" "$BD"
	must zpat fill -k mixed "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	store 0 writeback idle
	bd_read
	blocks=$BD_COUNT
	for kind in random text; do
		must zpat fill -k $kind "$BD" > /dev/null
		reads 1 $kind
		reads 32 $kind
	done
	bd_read
	is "$algorithm: the blocks stay" "$BD_COUNT" "$blocks"
	must zpat fill -k mixed -g 2 "$ZDEV" > /dev/null
	bd_read
	is "$algorithm: overwriting frees them" "$BD_COUNT" 0
	check "$algorithm: what is written then is right" \
		zpat verify -k mixed -g 2 "$ZDEV"
	must zram_remove
done
logged "a read of other data is logged" \
	"zram$ZID: slot [0-9]*: the backing device returned other data than was written to block [0-9]*"
lines=$(log_since | grep -c "returned other data")
between "messages are rate-limited" "$lines" 1 500

PACKED=0
zram_new ${mib}M '' "$BD"
must zpat fill -k mixed "$ZDEV" > /dev/null
put "$ZSYS/idle" all
store 0 writeback idle
must zpat fill -k random "$BD" > /dev/null
zpat verify -k mixed "$ZDEV" > /tmp/out.$$ 2>&1
is "whole pages: reads are wrong" "$(sed -n 's/\( err=[0-9]*\).*/\1/p' /tmp/out.$$)" \
	"ok=0 bad=$((mib * 256)) err=0"
must zram_remove
finish
