#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# Whatever the backing device returns, a read is wrong data or an error, and
# nothing else: every block of it is overwritten, then everything is read.

. ./lib.sh

# Reading may say what it likes, but it has to come back.
reads() {
	zpat verify -k mixed -b "$1" "$ZDEV" > /tmp/out.$$ 2>&1
	case $? in
	1 | 2) pass "$algorithm: reads of $1 pages fail or are wrong" ;;
	*) fail "$algorithm: reads of $1 pages" "$(tail -n 3 /tmp/out.$$)" ;;
	esac
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
		reads 1
		# What is not compressed is not to be told from noise, the rest is.
		[ $kind = text ] || between "$algorithm: noise is refused" \
			"$(sed -n 's/.* err=\([0-9]*\).*/\1/p' /tmp/out.$$)" \
			$((mib * 128)) $((mib * 256))
		reads 32
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
logged "an object that cannot be decompressed is logged" \
	"zram$ZID: slot [0-9]*: cannot decompress [0-9]* bytes of [a-z0-9-]* from block [0-9]*: error -22"
lines=$(log_since | grep -c "cannot decompress")
between "messages are rate-limited" "$lines" 1 500
finish
