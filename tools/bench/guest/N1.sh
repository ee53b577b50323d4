#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# N1: processor time of a page, in ns, without system calls: pagecost.ko submits the
# bios. Pages in memory, by kind of data; pages on a null_blk, whole and packed.
# Lane uml only.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

RESULT=/sys/module/pagecost/parameters/ns
pages=$((N1_MIB * 256))

# cost KEY OP KIB [PARAMETER]...
cost()
{
	key=$1 op=$2 kib=$3
	shift 3
	insmod /modules/pagecost.ko dev=/dev/zram0 op="$op" kib="$kib" \
		pages="$pages" rounds="$N1_ROUNDS" "$@"
	figure "${key}_ns" "$(cat $RESULT)"
	rmmod pagecost
}

# memory KIND: pages in memory
memory()
{
	content fill "$1" "$SEED" "$N1_MIB" /dev/zram0 >/dev/null
	for kib in 4 128; do
		cost "$1_${kib}k_read" read "$kib"
		cost "$1_${kib}k_overwrite" write "$kib"
		cost "$1_${kib}k_fill" fill "$kib"
		cost "$1_${kib}k_discard" discard "$kib"
	done
	cost "$1_4k_read_random" read 4 random=1
	measure "$1_" content verify "$1" "$SEED" "$N1_MIB" /dev/zram0
}

# disk NAME COMPRESSED KIND: pages on the backing device
disk()
{
	if [ -e "$ZRAM/compressed_writeback" ]; then
		echo "$2" >"$ZRAM/compressed_writeback"
	fi
	path=$(nullb_up N1 $((N1_MIB * 2)) 1)
	zram_setup "$N1_MIB" "$path"
	content fill "$3" "$SEED" "$N1_MIB" /dev/zram0 >/dev/null
	echo all >"$ZRAM/idle"
	echo idle >"$ZRAM/writeback"
	cost "$1_4k_readback_random" read 4 random=1
	cost "$1_4k_readback" read 4
	cost "$1_128k_readback" read 128
	measure "$1_" content verify "$3" "$SEED" "$N1_MIB" /dev/zram0
	zram_reset
	nullb_down N1
}

zram_setup "$N1_MIB"
for kind in mixed incompressible same; do
	memory "$kind"
done
zram_reset
disk huge 0 incompressible
disk whole 0 mixed
disk packed 1 mixed
