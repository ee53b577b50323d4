#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# I1: instructions of a page, system calls included: pages in memory, by kind of data;
# pages on a null_blk, whole and packed, and written to its single free blocks; swap. The
# bench has QEMU count instructions, and the guest has one processor, so "ns" are
# instructions.
set -eu
# shellcheck source=lib.sh disable=SC1091
. "${0%/*}/lib.sh"

# packed 0|1: whether writeback packs pages, where it can
packed()
{
	if [ -e "$ZRAM/compressed_writeback" ]; then
		echo "$1" >"$ZRAM/compressed_writeback"
	fi
}

# disk NAME COMPRESSED KIND: pages on the backing device
disk()
{
	packed "$2"
	path=$(nullb_up I1 $((I1_MIB * 2)) 1)
	zram_setup "$I1_MIB" "$path"
	content fill "$3" "$SEED" "$I1_MIB" /dev/zram0 >/dev/null
	echo all >"$ZRAM/idle"
	measure "$1_writeback_" pageops store "$ZRAM/writeback" idle $((I1_MIB * 256))
	measure "$1_" pageops disk "$3" "$SEED" "$I1_MIB" /dev/zram0
	zram_reset
	nullb_down I1
}

# tier: pages in memory with a backing device and tiering, off, and on with nothing to do
tier()
{
	path=$(nullb_up I1 $((I1_MIB * 2)) 1)
	zram_setup "$I1_MIB" "$path"
	measure tier_off_ pageops memory mixed "$SEED" "$I1_MIB" /dev/zram0
	echo 1 >"$ZRAM/tier/enable"
	measure tier_on_ pageops memory mixed "$SEED" "$I1_MIB" /dev/zram0
	echo 0 >"$ZRAM/tier/enable"
	zram_reset
	nullb_down I1
}

# holes: writeback of whole pages while every second block of the backing device is free
holes()
{
	packed 0
	path=$(nullb_up I1 "$I1_MIB" 1)
	zram_setup "$I1_MIB" "$path"
	# One page fewer, in case the reference driver does not use the first block
	set -- -k random -s "$SEED" -n $((I1_MIB * 256 - 1))
	/selftests/zram/zpat fill "$@" /dev/zram0 >/dev/null
	echo all >"$ZRAM/idle"
	echo idle >"$ZRAM/writeback"
	/selftests/zram/zpat fill "$@" -g 2 -S 2 /dev/zram0 >/dev/null
	echo all >"$ZRAM/idle"
	measure holes_writeback_ pageops store "$ZRAM/writeback" idle $((I1_MIB * 128))
	/selftests/zram/zpat verify "$@" -g 2 -S 2 /dev/zram0 >/dev/null
	zram_reset
	nullb_down I1
}

# swap_disk NAME COMPRESSED: swap-in of pages on the backing device
swap_disk()
{
	packed "$2"
	path=$(nullb_up I1 $((I1_SWAP_MIB * 2)) 1)
	swap_setup "$I1_SWAP_MIB" "$path"
	measure "swap_$1_" swapin mixed "$SEED" 4 "$I1_SWAP_MIB" \
		$((I1_SWAP_MIB * 128)) page "$ZRAM"
	swap_down
	trap - EXIT
	nullb_down I1
}

if [ "$SIDE" != bios ]; then
	for kind in mixed incompressible same; do
		zram_setup "$I1_MIB"
		measure "${kind}_" pageops memory "$kind" "$SEED" "$I1_MIB" /dev/zram0
		zram_reset
	done
	disk whole 0 incompressible
	disk packed 1 mixed
	holes
	[ "$SIDE" != ours ] || tier
fi
for kind in mixed same; do
	swap_setup "$I1_SWAP_MIB"
	measure "${kind}_" pageops swap "$kind" "$SEED" "$I1_SWAP_MIB"
	swap_down
	trap - EXIT
done
swap_disk whole 0
swap_disk packed 1
