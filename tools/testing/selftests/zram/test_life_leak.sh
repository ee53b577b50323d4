#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# After writing, writeback, overwriting and a reset nothing is kept: objects,
# blocks, pages of the system. Neither is it where the backing device fails.

. ./lib.sh

# shellcheck disable=SC2317 # called by nothing_lost
one_round() {
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/disksize" "$size"
	must zpat fill -k cycle -j 2 "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	put "$ZSYS/writeback" idle
	must zpat fill -k cycle -u -g 2 -S 3 "$ZDEV" > /dev/null
	must zpat discard -o 1000 -n 500 "$ZDEV" > /dev/null
	must zpat verify -k cycle -u -o 1 -S 3 -n $((900 / PER_PAGE)) "$ZDEV" > /dev/null
	zram_reset
}

# Most of the backing device takes nothing, then it gives nothing back.
# shellcheck disable=SC2317 # called by nothing_lost
failing_round() {
	put "$ZSYS/backing_dev" "$BD"
	put "$ZSYS/compressed_writeback" $((round % 2))
	put "$ZSYS/disksize" "$size"
	must zpat fill -k mixed -j 2 "$ZDEV" > /dev/null
	put "$ZSYS/idle" all
	store_quietly "$ZSYS/writeback" idle 2> /dev/null
	wb_read
	errors=$((errors + (WB_last_error != 0)))
	must dm_table zt_half "0 $sectors error"
	dd if="$ZDEV" of=/dev/null bs=64K iflag=direct conv=noerror 2> /dev/null
	io_read
	errors=$((errors + (IO_FAILED_READS > 0)))
	# Partial reads, and writes that have to read first
	dd if="$ZDEV" of=/dev/null bs=4K count=64 2> /dev/null
	printf x 2> /dev/null 1<> "$ZDEV"
	tries=$((tries + 2))
	zram_reset
	must dm_table zt_half "$halves"
}

# KASAN's shadow of freed mappings stays till the kernel drops these mappings, which
# loading a module makes it do.
drop_shadow() {
	if [ -z "${ZT_DEBUG-}" ] || [ -z "${ZRAM_KO-}" ]; then return; fi
	zram_remove_all
	must zram_unload
	zram_add
}

# nothing_lost NAME ROUND: what a round loses it loses in every window of some;
# caches that grow settle.
nothing_lost() {
	lost=
	for window in 1 2 3 4 5 6 7 8; do
		[ "$window" -eq 1 ] || before=$free
		for round in $rounds; do $2; done
		drop_shadow
		free=$(mem_free)
		[ "$window" -eq 1 ] && continue
		lost="$lost $((before - free))"
		# What comes back may be somebody else's, and hide it.
		[ $((before - free)) -ge 256 ] || [ $((before - free)) -lt -256 ] ||
			break
	done
	echo "# KiB lost in windows of some rounds:$lost"
	between "a window without loss$1" $((before - free)) -256 255
}

size=16M rounds="1 2 3 4"
[ -z "${ZT_DEBUG-}" ] || size=8M rounds="1 2"
bd_use virtio || bd_use null 32 || skip_all "no backing device"
zram_add
nothing_lost '' one_round
disk=$BD
sectors=16384 halves="0 4096 linear $BD 0\n4096 12288 error"
if bd_dm zt_half "linear error" "$halves"; then
	errors=0 tries=0
	nothing_lost ", where everything fails" failing_round
	is "each run and the reads after it failed" $errors $tries
else
	skip "where everything fails" "no device-mapper"
fi
empty "the pool is empty"
bd_read
is "no block is in use" "$BD_COUNT" 0
must zram_remove
[ -z "$ZT_DMS" ] || disk=/dev/mapper/zt_half
gives "the backing device is free" 0 ztry -e "$disk"
finish
